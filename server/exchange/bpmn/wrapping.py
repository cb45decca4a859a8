"""Titles in lines, by widths that hold for any usual font: a Chinese character is a square, a Latin one half of it."""

from __future__ import annotations

import unicodedata

import msgspec

from server.messages.charts import CLOSING


class Room(msgspec.Struct, frozen=True, kw_only=True):
    """How much room a kind of title has."""

    #: Height of a character.
    size: int
    width: int
    #: Lines; a title that needs more ends in an ellipsis.
    lines: int


class Wrapped(msgspec.Struct, frozen=True, kw_only=True):
    """A title as it is shown."""

    lines: tuple[str, ...]
    width: int
    height: int


NODE_TITLE = Room(size=14, width=112, lines=3)
SIDE_TITLE = Room(size=12, width=96, lines=3)
FLOW_TITLE = Room(size=12, width=96, lines=2)
_ELLIPSIS = "\u2026"


def line_height(room: Room) -> int:
    """From one line to the next."""
    return room.size + 4


def wrapped(title: str, room: Room) -> Wrapped:
    """The title in lines that fit."""
    words = " ".join(title.split())
    lines: list[str] = []
    line = ""
    for character in words:
        if line and _width(line + character, room) > room.width and character not in CLOSING:
            lines.append(line.strip())
            line = ""
        line += character
    if line.strip():
        lines.append(line.strip())
    if len(lines) > room.lines:
        lines = [*lines[: room.lines - 1], lines[room.lines - 1][:-1] + _ELLIPSIS]
    width = max((_width(line, room) for line in lines), default=0)
    return Wrapped(lines=tuple(lines), width=width, height=len(lines) * line_height(room))


def _width(text: str, room: Room) -> int:
    halves = sum(2 if unicodedata.east_asian_width(character) in "WF" else 1.2 for character in text)
    return round(halves * room.size / 2)

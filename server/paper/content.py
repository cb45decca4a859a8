"""What the template prints: a head and parts one below the other, all of it plain text."""

from __future__ import annotations

from typing import Literal

import msgspec


class Pair(msgspec.Struct, frozen=True, kw_only=True):
    """A label and what stands beside it."""

    label: str
    text: str


class PrintedCell(msgspec.Struct, frozen=True, kw_only=True):
    """One cell at its place in a grid."""

    x: int
    y: int
    width: int
    height: int
    text: str
    look: Literal["label", "answer", "picture"]
    #: A JPEG as its bytes, shown in place of the text.
    picture: tuple[int, ...] = ()


class PrintedGrid(msgspec.Struct, tag_field="type", tag="grid", frozen=True, kw_only=True):
    """Cells in equal columns, with a title beside them where there is one."""

    title: str
    columns: int
    lines: int
    cells: tuple[PrintedCell, ...]


class PrintedTable(msgspec.Struct, tag_field="type", tag="table", frozen=True, kw_only=True):
    """Lines below heads."""

    title: str
    widths: tuple[int, ...]
    heads: tuple[str, ...]
    lines: tuple[tuple[str, ...], ...]


class PrintedText(msgspec.Struct, tag_field="type", tag="text", frozen=True, kw_only=True):
    """Paragraphs, with a title above them where there is one."""

    title: str
    paragraphs: tuple[str, ...]
    #: Printed below in a line of its own, such as a box that is ticked.
    mark: str = ""


class PrintedBox(msgspec.Struct, tag_field="type", tag="box", frozen=True, kw_only=True):
    """Room to write and sign in."""

    title: str
    text: str
    lines: int
    #: Labels of the lines to sign on, each with whether a day is written beside it.
    signatures: tuple[tuple[str, bool], ...]


class PrintedFacts(msgspec.Struct, tag_field="type", tag="facts", frozen=True, kw_only=True):
    """Labels and texts, one below the other."""

    title: str
    pairs: tuple[Pair, ...]


class Closing(msgspec.Struct, tag_field="type", tag="closing", frozen=True, kw_only=True):
    """Who sends a letter and when, at its right end."""

    lines: tuple[str, ...]


class NewPage(msgspec.Struct, tag_field="type", tag="page", frozen=True, kw_only=True):
    """What follows begins on another page, under a title of its own."""

    title: str


Part = PrintedGrid | PrintedTable | PrintedText | PrintedBox | PrintedFacts | Closing | NewPage


class Words(msgspec.Struct, frozen=True, kw_only=True):
    """What the template itself says."""

    page: str
    date: str


class Paper(msgspec.Struct, frozen=True, kw_only=True):
    """One document to print."""

    title: str
    #: Smaller, above the title.
    issuer: str = ""
    #: Printed small at the top right and at the foot of every page.
    number: str = ""
    landscape: bool = False
    #: A form is set small and close, a letter large and wide.
    look: Literal["form", "letter"] = "letter"
    parts: tuple[Part, ...] = ()
    #: An SVG picture of a QR code, and what it leads to in words.
    code: str = ""
    code_text: str = ""
    words: Words

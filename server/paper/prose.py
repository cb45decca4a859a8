"""Texts of authors as paragraphs of plain text: of the Markdown they may use only the words stay."""

from __future__ import annotations

import re

_EMPHASIS = re.compile(r"(\*\*|__|`)(.+?)\1")
_LINK = re.compile(r"\[([^\]\n]*)\]\([^)\n]*\)")
_HEADING = re.compile(r"#{1,6}\s+")
_BULLET = re.compile(r"[-*+]\s+")


def title_and_text(text: str) -> tuple[str, str]:
    """The heading that a text begins with, and the rest."""
    first, _, rest = text.lstrip().partition("\n")
    return (_plain(first), rest) if _HEADING.match(first) else ("", text)


def paragraphs(text: str) -> tuple[str, ...]:
    """The paragraphs and list entries of a text."""
    lines: list[str] = []
    for block in re.split(r"\n\s*\n", text.strip()):
        for line in block.splitlines():
            plain = _plain(line)
            lines += [plain] if plain else []
    return tuple(lines)


def _plain(line: str) -> str:
    bare = _HEADING.sub("", line.strip(), count=1) if line.lstrip().startswith("#") else _BULLET.sub("", line.strip(), count=1)
    return _LINK.sub(r"\1", _EMPHASIS.sub(r"\2", bare))

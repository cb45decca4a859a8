"""Titles that people can read and tell apart."""

from __future__ import annotations

import re
from collections.abc import Iterable

from server.messages.importing import AGAIN

_LONGEST = 200
#: Characters that nobody sees, those that turn the direction of a line included.
_UNSEEN = re.compile("[\u0000-\u001f\u007f-\u009f\u00ad\u061c\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff\ufff9-\ufffb]+")


def readable(text: object, otherwise: str, *, longest: int = _LONGEST) -> str:
    """One line of the text without what nobody sees; `otherwise` where nothing is left."""
    found = " ".join(_UNSEEN.sub(" ", text).split()) if isinstance(text, str) else ""
    return found[: longest - 1] + "…" if len(found) > longest else found or otherwise


def told_apart(titles: Iterable[str]) -> tuple[str, ...]:
    """The titles, with a number behind each that came before."""
    found: list[str] = []
    seen: set[str] = set()
    for title in titles:
        label, number = title, 1
        while label.casefold() in seen:
            number += 1
            label = AGAIN.format(label=title, number=number)
        seen.add(label.casefold())
        found.append(label)
    return tuple(found)


def words_of(name: str) -> str:
    """A property name as words, for want of a title."""
    return re.sub(r"[_\-\s]+", " ", re.sub(r"(?<=[a-z0-9])(?=[A-Z])", " ", name)).strip()

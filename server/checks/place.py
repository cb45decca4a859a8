"""Where a finding stands: a document and a pointer inside it."""

from __future__ import annotations

import difflib
from collections.abc import Hashable, Iterable, Iterator
from typing import Any

import msgspec

from server.documents.pointer import format_pointer
from server.findings import Finding, Param, Severity


class Place(msgspec.Struct, frozen=True):
    """One place of a document, from which the places below it are reached."""

    path: str
    segments: tuple[str | int, ...] = ()

    def under(self, *segments: str | int) -> Place:
        """The place that these members lead to."""
        return Place(self.path, (*self.segments, *segments))

    def error(self, code: str, /, **params: Param) -> Finding:
        """An error here."""
        return self._finding(code, "error", params)

    def warning(self, code: str, /, **params: Param) -> Finding:
        """A warning here."""
        return self._finding(code, "warning", params)

    def note(self, code: str, /, **params: Param) -> Finding:
        """A note here."""
        return self._finding(code, "note", params)

    def _finding(self, code: str, severity: Severity, params: dict[str, Param]) -> Finding:
        return Finding(code=code, severity=severity, path=self.path, pointer=format_pointer(self.segments), params=params)


def repeated(entries: Iterable[Hashable]) -> Iterator[int]:
    """The indices of entries that stand further up already; nothing stands for none."""
    seen: set[Hashable] = set()
    for index, entry in enumerate(entries):
        if entry is not None and entry in seen:
            yield index
        seen.add(entry)


def nearest(name: str, known: Iterable[str]) -> str:
    """The known name most like this one; empty when none is."""
    return next(iter(difflib.get_close_matches(name, list(known), n=1)), "")


def places(value: Any, pattern: str, here: Place) -> Iterator[tuple[Place, Any]]:
    """Place and value of everything below that a pointer leads to, `*` standing for any member."""
    found = [(here, value)]
    for step in pattern.split("/")[1:]:
        found = [
            (place.under(name), member)
            for place, holder in found
            for name, member in _members(holder)
            if step in ("*", str(name))
        ]
    yield from found


def _members(value: Any) -> Iterable[tuple[str | int, Any]]:
    return value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()

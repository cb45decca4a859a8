"""Findings of one process, gathered while it is checked and compiled."""

from __future__ import annotations

import difflib
from collections.abc import Iterable, Mapping

from server.documents.pointer import format_pointer
from server.findings import Finding, Param


class Collector:
    """Gathers findings; paths are relative to the bundle's process folder."""

    def __init__(self, process_id: str) -> None:
        self.process_id = process_id
        self.findings: list[Finding] = []
        #: Variables, and nodes with all of theirs, that are missing only because of another finding.
        self.excused: set[str] = set()

    def add(self, place: Iterable[str | int], code: str, params: Mapping[str, Param] | None = None) -> None:
        """Something wrong at a place of the process document."""
        self.add_at(f"{self.process_id}.process.json", format_pointer(tuple(place)), code, params)

    def add_at(self, path: str, pointer: str, code: str, params: Mapping[str, Param] | None = None) -> None:
        """Something wrong in a document that the process uses; what only follows from another finding is left out."""
        field = str((params or {}).get("field", ""))
        if code == "unknown-field" and not self.excused.isdisjoint((field, field.split(".")[0])):
            return
        self.findings.append(Finding(code=code, severity="error", path=path, pointer=pointer, params=dict(params or {})))

    def unknown(self, place: Iterable[str | int], code: str, *, known: Iterable[str], **named: str) -> None:
        """A name that nothing has, under the word for what it should name, with the nearest one that exists."""
        ((_, name),) = named.items()
        near = difflib.get_close_matches(name, list(known), n=1)
        self.add(place, code, {**named, "suggestion": near[0] if near else ""})

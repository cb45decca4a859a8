"""What one set of documents changes of another: in sentences, and for each document the lines that differ."""

from __future__ import annotations

import difflib
from collections.abc import Mapping

import msgspec

from admin_ui.catalogue import State, document_title
from server.differences.change import SemanticChange
from server.differences.semantic import semantic_changes
from server.exports.folder import document_bytes
from server.types import JsonValue

_MOST_LINES = 400


class DocumentChange(msgspec.Struct, frozen=True, kw_only=True):
    """One document that differs."""

    path: str
    title: str
    state: State
    #: What changed, in sentences.
    summary: tuple[str, ...]
    #: Unified difference of the pretty text.
    lines: tuple[str, ...]
    #: Lines left out of a very long difference.
    omitted: int = 0


class Differences(msgspec.Struct, frozen=True, kw_only=True):
    """Everything that differs between two sets of documents."""

    changes: tuple[SemanticChange, ...] = ()
    documents: tuple[DocumentChange, ...] = ()

    @property
    def major(self) -> tuple[str, ...]:
        """The sentences that somebody who decides has to read."""
        return tuple(dict.fromkeys(change.zh for change in self.changes if change.importance == "major"))

    @property
    def minor(self) -> tuple[str, ...]:
        """The other sentences."""
        return tuple(dict.fromkeys(change.zh for change in self.changes if change.importance != "major"))


def differences(before: Mapping[str, JsonValue], after: Mapping[str, JsonValue], service_id: str) -> Differences:
    """What differs, the documents sorted by path."""
    changes = semantic_changes(before, after, service_id=service_id)
    said: dict[str, list[str]] = {}
    for change in changes:
        for path in dict.fromkeys((change.path, *(spot.path for spot in change.also))):
            said.setdefault(path, []).append(change.zh)
    paths = (path for path in sorted({*before, *after}) if before.get(path) != after.get(path))
    documents = tuple(_document_change(before, after, path, service_id, tuple(said.get(path, ()))) for path in paths)
    return Differences(changes=changes, documents=documents)


def _document_change(
    before: Mapping[str, JsonValue], after: Mapping[str, JsonValue], path: str, service_id: str, said: tuple[str, ...]
) -> DocumentChange:
    state: State = "added" if path not in before else "removed" if path not in after else "changed"
    lines = _difference(before.get(path), after.get(path))
    return DocumentChange(
        path=path,
        title=document_title(after if path in after else before, path, service_id),
        state=state,
        summary=said if state == "changed" else (),
        lines=lines[:_MOST_LINES],
        omitted=max(len(lines) - _MOST_LINES, 0),
    )


def _difference(before: JsonValue | None, after: JsonValue | None) -> tuple[str, ...]:
    old, new = ([] if value is None else document_bytes(value).decode().split("\n") for value in (before, after))
    return tuple(difflib.unified_diff(old, new, lineterm="", n=3))[2:]

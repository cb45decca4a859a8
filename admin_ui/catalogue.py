"""The documents of a service as administrators know them: grouped by kind, with titles, changes and findings."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any, Literal
from urllib.parse import quote

import msgspec

from admin_ui.form_keys import FormKey, form_documents, form_keys
from admin_ui.levels import Badge
from server.definitions.service import LIBRARY, place_of
from server.findings import Finding
from server.messages.admin import DOCUMENT_GROUPS, DOCUMENT_KINDS
from server.types import JsonValue

#: Kinds whose documents carry their own title.
_TITLED = ("codelist", "table", "process", "connector", "notice", "example", "guide", "library", "regions")
#: Kinds that belong to no service.
_SHARED = ("library", "regions")
_FORM_KINDS = {
    "data_schema": "form",
    "layout": "form",
    "logic": "form",
    "task_data_schema": "tasks",
    "task_layout": "tasks",
    "task_logic": "tasks",
}

State = Literal["", "added", "changed", "removed"]


class Entry(msgspec.Struct, frozen=True, kw_only=True):
    """One document, or one form made of three."""

    title: str
    #: Id or path that tells it from others with the same title.
    name: str
    href: str
    #: Documents it stands for.
    paths: tuple[str, ...]
    state: State = ""
    #: Which level it comes from; nothing in the base, and for what all services share.
    origin: Badge | None = None
    errors: int = 0
    warnings: int = 0
    #: Documents behind a form, each to be edited as text.
    parts: tuple[Entry, ...] = ()


class Group(msgspec.Struct, frozen=True, kw_only=True):
    """The documents of one kind."""

    id: str
    title: str
    entries: tuple[Entry, ...]

    @property
    def changed(self) -> int:
        """How many entries wait to be published."""
        return sum(bool(entry.state) for entry in self.entries)

    @property
    def own(self) -> int:
        """How many entries the region edited changes itself."""
        return sum(entry.origin is not None and entry.origin.own for entry in self.entries)

    @property
    def errors(self) -> int:
        """How many errors lie in its documents."""
        return sum(entry.errors for entry in self.entries)


def kind_of(path: str, service_id: str) -> tuple[str, str]:
    """Kind of a document, one of `DOCUMENT_KINDS`, and its name among documents of that kind."""
    place = place_of(path, service_id)
    if path.startswith(f"{LIBRARY}/"):
        kind = "regions" if place is not None and place.kind == "regions" else "library"
        return kind, path.rsplit("/", 1)[1].rpartition(".")[0]
    if place is not None:
        return place.kind, place.name
    inner = path.partition(f"/{service_id}/")[2] or path
    return ("walk" if inner.startswith("walks/") else "other"), inner


def document_title(documents: Mapping[str, JsonValue], path: str, service_id: str) -> str:
    """What a document is called on pages: its own title, else the words of its kind."""
    kind, name = kind_of(path, service_id)
    value = documents.get(path)
    if kind in _TITLED or kind == "walk":
        own = value.get("title") if isinstance(value, dict) else None
        if isinstance(own, str) and own.strip():
            return own
    if isinstance(value, str):
        heading = next((line.lstrip("# ").strip() for line in value.splitlines() if line.startswith("#")), "")
        return heading or name
    words = DOCUMENT_KINDS[kind][1]
    return f"{words} {name}" if kind in ("other", *_TITLED) and name else words


def document_href(base: str, path: str) -> str:
    """The address at which a document is edited as text."""
    return f"{base}/documents/{quote(path)}"


def catalogue(
    documents: Mapping[str, JsonValue],
    *,
    before: Mapping[str, JsonValue],
    service_id: str,
    base: str,
    findings: Iterable[Finding] = (),
    origin: Callable[[Sequence[str]], Badge | None] = lambda paths: None,
) -> tuple[Group, ...]:
    """Every document of the service in its group, removed ones included; `before` are the documents in force."""
    marks = _Marks(documents, before, tuple(findings), origin)
    entries: dict[str, list[Entry]] = {group: [] for group in DOCUMENT_GROUPS}
    for key in form_keys(documents, service_id):
        entries["tasks" if key.task else "form"].append(_form_entry(documents, key, base, marks))
    for path in sorted({*documents, *before}):
        kind, name = kind_of(path, service_id)
        if kind in _FORM_KINDS and path in documents:
            continue
        source = documents if path in documents else before
        title = document_title(source, path, service_id)
        href = f"{base}/processes/{name}" if kind == "process" and path in documents else document_href(base, path)
        state, errors, warnings = marks.of((path,))
        shared = kind in _SHARED
        entries[DOCUMENT_KINDS[kind][0]].append(
            Entry(
                title=title,
                name=name,
                href=href,
                paths=(path,),
                state=state,
                origin=None if shared else origin((path,)),
                errors=errors,
                warnings=warnings,
            )
        )
    return tuple(
        Group(id=group, title=title, entries=tuple(entries[group])) for group, title in DOCUMENT_GROUPS.items() if entries[group]
    )


def form_title(documents: Mapping[str, JsonValue], key: FormKey) -> str:
    """What a form is called: the title of its schema, else of its first page."""
    schema = documents.get(key.paths[0])
    own = schema.get("title") if isinstance(schema, dict) else None
    if isinstance(own, str) and own.strip():
        return own
    form = form_documents(documents, key)
    pages: list[Any] = form.layout["elements"] if form is not None else []
    return str(pages[0]["label"]) if pages else key.task or DOCUMENT_GROUPS["form"]


class _Marks:
    """What changed, what is wrong and where it comes from, by path."""

    def __init__(
        self,
        documents: Mapping[str, JsonValue],
        before: Mapping[str, JsonValue],
        findings: tuple[Finding, ...],
        origin: Callable[[Sequence[str]], Badge | None],
    ) -> None:
        self._documents = documents
        self._before = before
        self._findings = findings
        self.origin = origin

    def of(self, paths: tuple[str, ...]) -> tuple[State, int, int]:
        found = [finding.severity for finding in self._findings if finding.path in paths]
        states = {self._state(path) for path in paths} - {""}
        state: State = "" if not states else states.pop() if len(states) == 1 else "changed"
        return state, found.count("error"), found.count("warning")

    def _state(self, path: str) -> State:
        if path not in self._before:
            return "added" if path in self._documents else ""
        if path not in self._documents:
            return "removed"
        return "" if self._documents[path] == self._before[path] else "changed"


def _form_entry(documents: Mapping[str, JsonValue], key: FormKey, base: str, marks: _Marks) -> Entry:
    parts = []
    for path in key.paths:
        if path in documents:
            state, errors, warnings = marks.of((path,))
            parts.append(
                Entry(
                    title=document_title(documents, path, key.service_id),
                    name=path.rsplit("/", 1)[1],
                    href=document_href(base, path),
                    paths=(path,),
                    state=state,
                    origin=marks.origin((path,)),
                    errors=errors,
                    warnings=warnings,
                )
            )
    state, errors, warnings = marks.of(key.paths)
    return Entry(
        title=form_title(documents, key),
        name=key.task,
        href=f"{base}/forms/{key.key}",
        paths=key.paths,
        state=state,
        origin=marks.origin(key.paths),
        errors=errors,
        warnings=warnings,
        parts=tuple(parts),
    )

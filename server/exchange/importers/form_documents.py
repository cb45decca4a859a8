"""A draft of a form as its three documents."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from server.definitions.data_schema import STANDARD
from server.exchange.importers.draft import (
    FieldDraft,
    FormDraft,
    GroupDraft,
    MemberDraft,
    PageDraft,
    TextDraft,
    fields_of,
    joined,
)
from server.exchange.importers.names import Names
from server.types import JsonValue


def form_documents(draft: FormDraft, taken: tuple[str, ...] = ()) -> dict[str, JsonValue]:
    """`data.schema.json`, `ui.json` and `logic.json` by these names; no element has an id that is taken."""
    layout = _Layout(taken)
    rules: dict[str, dict[str, str]] = {}
    pages: list[JsonValue] = []
    for page in draft.pages:
        elements = layout.elements(page.members, page.name, page.name)
        texts = {"hint": page.hint} if page.hint else {}
        page_id = layout.id(f"page {page.name or page.label}")
        pages.append({"type": "Category", "id": page_id, "label": page.label, **texts, "elements": elements})
        _rules(page.members, page.name, page.relevant, rules)
    assertions = Names()
    return {
        "data.schema.json": {"$schema": STANDARD, "title": draft.title, **_object_of(draft.pages)},
        "ui.json": {"type": "Categorization", "id": "layout", "elements": pages},
        "logic.json": {
            "facts": dict(draft.facts),
            "fields": rules,
            "assertions": {
                assertions.take(one.at, otherwise="check"): {"at": one.at, "holds": one.holds, "message": one.message}
                for one in draft.assertions
            },
        },
    }


def field_ids(draft: FormDraft) -> tuple[str, ...]:
    """The ids of all fields."""
    return tuple(field_id for page in draft.pages for field_id, _ in fields_of(page.members, page.name))


def _object_of(parts: Sequence[PageDraft | MemberDraft]) -> dict[str, Any]:
    """The schema of an object with these members, wherever on the pages they stand."""
    root: dict[str, Any] = {"type": "object", "properties": {}}
    for part in parts:
        _put_in(root, part, ())
    return root


def _put_in(root: dict[str, Any], part: PageDraft | MemberDraft, path: tuple[str, ...]) -> None:
    if isinstance(part, TextDraft):
        return
    here = (*path, *part.name.split(".")) if part.name else path
    if isinstance(part, FieldDraft):
        *outer, name = here
        _holder(root, tuple(outer))["properties"][name] = _field_schema(part)
        if part.required:
            _demand(root, here)
        return
    if part.name:
        _holder(root, here).setdefault("title", part.label)
    for member in part.members:
        _put_in(root, member, here)


def _holder(root: dict[str, Any], path: tuple[str, ...]) -> dict[str, Any]:
    """The object at a path, made on the way."""
    found = root
    for name in path:
        found = found["properties"].setdefault(name, {"type": "object", "properties": {}})
    return found


def _demand(root: dict[str, Any], path: tuple[str, ...]) -> None:
    """Everything on the way to a required field is required."""
    for length, name in enumerate(path):
        required = _holder(root, path[:length]).setdefault("required", [])
        if name not in required:
            required.append(name)


def _field_schema(field: FieldDraft) -> dict[str, Any]:
    texts = {"title": field.label} | ({"description": field.hint} if field.hint else {})
    return texts | field.schema | ({"items": _object_of(field.rows)} if field.rows else {})


def _rules(members: tuple[MemberDraft, ...], path: str, relevant: str, found: dict[str, dict[str, str]]) -> None:
    """The rules of every field, with those of what it stands in; a row is as relevant as its group."""
    for member in members:
        if isinstance(member, GroupDraft):
            _rules(member.members, joined(path, member.name), both(relevant, member.relevant), found)
        elif isinstance(member, FieldDraft):
            field_id = joined(path, member.name)
            rules = dict(member.rules)
            whole = both(relevant, rules.get("relevant", ""))
            if whole:
                rules["relevant"] = whole
            if rules:
                found[field_id] = rules
            _rules(member.rows, f"{field_id}[]", "", found)


def both(one: str, other: str) -> str:
    """The rule that holds where both do; an empty one always does."""
    if not one or not other or one == other:
        return one or other
    return f"({one}) && ({other})"


class _Layout:
    """Elements with an id each."""

    def __init__(self, taken: tuple[str, ...]) -> None:
        self._names = Names(taken=taken)

    def id(self, text: str) -> str:
        """An id that no other element has."""
        return self._names.take(text, otherwise="part")

    def elements(self, members: tuple[MemberDraft, ...], path: str, id_path: str) -> list[JsonValue]:
        """The elements of members; scopes are relative to the row inside rows."""
        found: list[JsonValue] = []
        for member in members:
            if isinstance(member, TextDraft):
                found.append({"type": "Label", "id": self.id("text"), "text": member.text})
            elif isinstance(member, GroupDraft):
                inner = self.elements(member.members, joined(path, member.name), joined(id_path, member.name))
                texts = {"label": member.label} | ({"hint": member.hint} if member.hint else {})
                name = joined(id_path, member.name) if member.name else member.label
                found.append({"type": "Group", "id": self.id(f"group {name}"), **texts, "elements": inner})
            else:
                found.append(self._control(member, path, id_path))
        return found

    def _control(self, field: FieldDraft, path: str, id_path: str) -> JsonValue:
        place, name = joined(path, field.name), joined(id_path, field.name)
        options = dict(field.options)
        element_id = self.id(name)
        if field.rows:
            options["detail"] = self.elements(field.rows, "", name)
        scope = "#" + "".join(f"/properties/{step}" for step in place.split("."))
        return {"type": "Control", "id": element_id, "scope": scope, **({"options": options} if options else {})}

"""A draft of a form as its three documents."""

from __future__ import annotations

from typing import Any

from server.definitions.data_schema import STANDARD
from server.exchange.importers.draft import FieldDraft, FormDraft, GroupDraft, MemberDraft, TextDraft, fields_of, joined
from server.exchange.importers.names import Names
from server.types import JsonValue


def form_documents(draft: FormDraft) -> dict[str, JsonValue]:
    """`data.schema.json`, `ui.json` and `logic.json` by these names."""
    layout = _Layout()
    properties: dict[str, Any] = {}
    required: list[str] = []
    rules: dict[str, dict[str, str]] = {}
    pages: list[JsonValue] = []
    for page in draft.pages:
        elements = layout.elements(page.members, page.name, page.name)
        texts = {"hint": page.hint} if page.hint else {}
        page_id = layout.id(f"page {page.name or page.label}")
        pages.append({"type": "Category", "id": page_id, "label": page.label, **texts, "elements": elements})
        inner, needs = _properties(page.members)
        if page.name:
            properties[page.name] = _object(inner, needs, title=page.label)
            required += [page.name] if needs else []
        else:
            properties |= inner
            required += needs
        _rules(page.members, page.name, page.relevant, rules)
    assertions = Names()
    return {
        "data.schema.json": {"$schema": STANDARD, "title": draft.title, **_object(properties, required)},
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


def _properties(members: tuple[MemberDraft, ...]) -> tuple[dict[str, Any], list[str]]:
    """The properties that members stand for, and which of them are required."""
    properties: dict[str, Any] = {}
    required: list[str] = []
    for member in members:
        if isinstance(member, TextDraft):
            continue
        if isinstance(member, FieldDraft):
            properties[member.name] = _field_schema(member)
            required += [member.name] if member.required else []
            continue
        inner, needs = _properties(member.members)
        if member.name:
            properties[member.name] = _object(inner, needs, title=member.label)
            required += [member.name] if needs else []
        else:
            properties |= inner
            required += needs
    return properties, required


def _field_schema(field: FieldDraft) -> dict[str, Any]:
    texts = {"title": field.label} | ({"description": field.hint} if field.hint else {})
    if not field.rows:
        return texts | field.schema
    inner, needs = _properties(field.rows)
    return texts | field.schema | {"items": _object(inner, needs)}


def _object(properties: dict[str, Any], required: list[str], title: str = "") -> dict[str, Any]:
    found: dict[str, Any] = {"type": "object", **({"title": title} if title else {}), "properties": properties}
    return found | ({"required": list(dict.fromkeys(required))} if required else {})


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

    def __init__(self) -> None:
        self._names = Names()

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

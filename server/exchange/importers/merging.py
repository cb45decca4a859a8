"""An imported form put behind the pages of a form that is there already."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

import msgspec

from server.definitions.service import Documents, path_of
from server.exchange.fidelity import Ledger
from server.exchange.importers.draft import FieldDraft, FormDraft, GroupDraft, MemberDraft, PageDraft, TextDraft, fields_of
from server.exchange.importers.form_documents import form_documents
from server.exchange.importers.titles import told_apart
from server.types import JsonValue


def with_form(documents: Documents, draft: FormDraft, *, service_id: str, ledger: Ledger) -> dict[str, JsonValue]:
    """The documents that change when a form is added; what has the name of a field that is there already is left out."""
    schema, layout, logic = (_object(documents, path_of(service_id, kind)) for kind in ("data_schema", "layout", "logic"))
    new = _beside(draft, frozenset(schema.get("properties", {})), ledger)
    if not new.pages:
        return {}
    pages = layout.get("elements", [])
    made = form_documents(new, taken=tuple(_ids(pages)))
    before = [str(page.get("label", "")) for page in pages]
    labels = told_apart((*before, *(page["label"] for page in made["ui.json"]["elements"])))[len(before) :]
    added = [{**page, "label": label} for page, label in zip(made["ui.json"]["elements"], labels, strict=True)]
    rules = made["logic.json"]
    required = [*schema.get("required", ()), *made["data.schema.json"].get("required", ())]
    items = _object(documents, path_of(service_id, "items"))
    scope = [field_id for page in new.pages for field_id, _ in fields_of(page.members, page.name)]
    return {
        path_of(service_id, "data_schema"): {
            **schema,
            "properties": {**schema.get("properties", {}), **made["data.schema.json"]["properties"]},
            **({"required": required} if required else {}),
        },
        path_of(service_id, "layout"): {**layout, "elements": [*pages, *added]},
        path_of(service_id, "logic"): {
            **logic,
            "facts": {**rules["facts"], **logic.get("facts", {})},
            "fields": {**logic.get("fields", {}), **rules["fields"]},
            "assertions": {**logic.get("assertions", {}), **_renamed(rules["assertions"], logic.get("assertions", {}))},
        },
        path_of(service_id, "items"): {**items, "items": _seen_by_all(items, scope)},
    }


def _seen_by_all(items: dict[str, Any], scope: list[str]) -> dict[str, Any]:
    """The items, whose departments see the new fields; what all departments see in common is often not for regions to change."""
    found = items.get("items")
    known = found.items() if isinstance(found, dict) else ()
    return {name: {**item, "data_scope": [*item.get("data_scope", ()), *scope]} for name, item in known if isinstance(item, dict)}


def _beside(draft: FormDraft, taken: frozenset[str], ledger: Ledger) -> FormDraft:
    """The draft without what begins with a name that is taken."""
    left: set[str] = set()

    def kept(members: tuple[MemberDraft, ...]) -> Iterator[MemberDraft]:
        for member in members:
            if isinstance(member, TextDraft):
                yield member
            elif member.name and _first_step(member.name) in taken:
                left.add(_first_step(member.name))
            elif isinstance(member, GroupDraft) and not member.name:
                inner = tuple(kept(member.members))
                if any(isinstance(one, FieldDraft | GroupDraft) for one in inner):
                    yield msgspec.structs.replace(member, members=inner)
            else:
                yield member

    pages: list[PageDraft] = []
    for page in draft.pages:
        if page.name and _first_step(page.name) in taken:
            left.add(_first_step(page.name))
            continue
        members = page.members if page.name else tuple(kept(page.members))
        if any(isinstance(one, FieldDraft | GroupDraft) for one in members):
            pages.append(msgspec.structs.replace(page, members=members))
    for field_id, place in draft.places.items():
        if _first_step(field_id) in left:
            ledger.drop(place, "field-already-there", field_id)
    assertions = tuple(one for one in draft.assertions if _first_step(one.at) not in left)
    return msgspec.structs.replace(draft, pages=tuple(pages), assertions=assertions)


def _first_step(path: str) -> str:
    return re.split(r"[.\[]", path)[0]


def _ids(elements: Any) -> Iterator[str]:
    """The id of every element of a layout."""
    for element in elements if isinstance(elements, list) else ():
        if isinstance(element, dict):
            yield str(element.get("id", ""))
            yield from _ids(element.get("elements"))
            options = element.get("options")
            yield from _ids(options.get("detail") if isinstance(options, dict) else None)


def _renamed(new: dict[str, JsonValue], taken: dict[str, JsonValue]) -> dict[str, JsonValue]:
    found: dict[str, JsonValue] = {}
    for name, value in new.items():
        free, number = name, 1
        while free in taken or free in found:
            number += 1
            free = f"{name}_{number}"
        found[free] = value
    return found


def _object(documents: Documents, path: str) -> dict[str, Any]:
    found = documents.get(path)
    return found if isinstance(found, dict) else {}

"""Who sees a field: edits of the data scopes in `items.json`."""

from __future__ import annotations

import msgspec

from server.definitions.items import Items
from server.documents.pointer import format_pointer, replace
from server.types import JsonValue


class FieldScope(msgspec.Struct, frozen=True, kw_only=True):
    """The items whose departments see a field."""

    everyone: bool = False
    #: Item ids; without meaning while everyone sees the field.
    items: frozenset[str] = frozenset()


def readable_items(items: JsonValue) -> bool:
    """Whether the document has the shape of `items.json`, so that the edits below can rely on it."""
    try:
        msgspec.convert(items, Items)
    except msgspec.ValidationError:
        return False
    return True


def scope_of(items: JsonValue, field_id: str) -> FieldScope:
    """Who sees a field now."""
    named = frozenset(name for name, item in items["items"].items() if field_id in item.get("data_scope", ()))
    return FieldScope(everyone=field_id in items["common_scope"], items=named)


def write_scope(items: JsonValue, field_id: str, scope: FieldScope) -> JsonValue:
    """The document with the field seen by these items' departments only; scopes that say so already are left as they are."""
    named = frozenset[str]() if scope.everyone else scope.items
    changed = _with(items, "/common_scope", items["common_scope"], field_id, listed=scope.everyone)
    for name, item in items["items"].items():
        pointer = format_pointer(("items", name, "data_scope"))
        changed = _with(changed, pointer, item.get("data_scope", ()), field_id, listed=name in named)
    return changed


def _with(document: JsonValue, pointer: str, scope: list[str] | tuple[str, ...], field_id: str, *, listed: bool) -> JsonValue:
    if (field_id in scope) == listed:
        return document
    kept = [name for name in scope if name != field_id]
    return replace(document, pointer, [*kept, field_id] if listed else kept)

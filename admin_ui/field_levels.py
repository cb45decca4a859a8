"""What levels have to do with one field: where it comes from, what is kept from being changed, and the way back."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import msgspec

from admin_ui.form_keys import FormKey
from admin_ui.levels import Badge, Hold
from admin_ui.workspace import Workspace
from server.definitions.field_places import FormDocuments, Located
from server.definitions.service import path_of
from server.documents.pointer import MISSING, parse_pointer
from server.findings import Refused
from server.messages.admin import REQUIREMENTS
from server.messages.overlays import ABSENT
from server.overlays.layering import patched
from server.overlays.normal import Place
from server.overlays.overlay import overlay_path
from server.types import JsonValue

_TEXTS = (("label", "title"), ("hint", "description"))
_RULES = ("relevant", "required", "computed", "suggested", "options")
#: Aspects that locks other than `none` do not concern.
_FREE = ("label", "hint", "place")
_ITEMS, _LAYOUT, _LABEL = "/items.json", "/ui.json", "label"
#: Member of a document to the aspect of the field that it says.
_SAID_AT = {
    "title": "label",
    "label": "label",
    "description": "hint",
    "hint": "hint",
    **dict.fromkeys(("oneOf", "enum", "x-codelist"), "listed"),
    **{aspect: aspect for aspect in _RULES if aspect != "options"},
}
#: Aspect under which the choice of options is held; the rule about them is an aspect of its own.
LISTED = "listed"


class FieldLevels(msgspec.Struct, frozen=True, kw_only=True):
    """What the page of a field tells of levels."""

    badge: Badge | None = None
    #: Aspect to what an upper level says about it; aspects of which nothing is said are absent.
    holds: dict[str, Hold] = {}
    #: Whether the region changes a field that the level above has, so that it can go back.
    can_restore: bool = False
    #: Why it cannot be removed; nothing where it can.
    kept: Hold | None = None


def aspect_of(refused: Refused) -> str:
    """The aspect of a field that a `locked` refusal speaks of."""
    path, parts = str(refused.params.get("path", "")), parse_pointer(str(refused.params.get("pointer", "")))
    if path.endswith(_ITEMS):
        return "scope"
    said = next((_SAID_AT[part] for part in reversed(parts) if part in _SAID_AT), "label")
    return "place" if said == "label" and path.endswith(_LAYOUT) and _LABEL not in parts else said


def in_words(refused: Refused) -> Refused:
    """A `locked` refusal with the values as the page of a field calls them."""
    if aspect_of(refused) != "required":
        return refused
    words = {"true": REQUIREMENTS["always"], ABSENT: REQUIREMENTS["never"]}
    values = {name: words.get(str(refused.params[name]), refused.params[name]) for name in ("before", "after")}
    return Refused(refused.reason, {**refused.params, **values})


def field_parts(space: Workspace, key: FormKey, form: FormDocuments, field: Located) -> tuple[tuple[str, Place], ...]:
    """Path and place, in the normal form, of everything that documents say of a field."""
    schema, layout, logic = key.paths
    parts: list[tuple[str, Place]] = [
        (schema, field.schema_place),
        (schema, _required(field)),
        (layout, _layout_place(form, field)),
        (logic, ("fields", field.field_id)),
    ]
    if not key.task:
        parts += [(_items_path(space), place) for place in _scopes(space, field.field_id)]
    return tuple(parts)


def line_levels(space: Workspace, key: FormKey, form: FormDocuments, field: Located) -> FieldLevels:
    """What a line about a field tells: its origin, and why it cannot be removed; nothing in the base."""
    if space.levels.is_base:
        return FieldLevels()
    hold = space.levels.hold(key.paths[0], field.schema_place)
    kept = hold is not None and not hold.removable and not space.levels.added(key.paths[0], field.schema_place)
    return FieldLevels(badge=space.levels.badge(*field_parts(space, key, form, field)), kept=hold if kept else None)


def field_levels(space: Workspace, key: FormKey, form: FormDocuments, field: Located) -> FieldLevels:
    """Origin and locks of a field; nothing in the base."""
    line = line_levels(space, key, form, field)
    if space.levels.is_base:
        return line
    added = space.levels.added(key.paths[0], field.schema_place)
    patched_parts = (_patched_at(_patch(space, path), place) for path, place in field_parts(space, key, form, field))
    return msgspec.structs.replace(line, holds=_holds(space, key, form, field), can_restore=not added and any(patched_parts))


def restored(
    space: Workspace, key: FormKey, form: FormDocuments, field: Located, upper: Mapping[str, JsonValue]
) -> dict[str, JsonValue | None]:
    """The documents without anything that the region changed of the field, by path; `upper` are those of the level above."""
    parts = field_parts(space, key, form, field)
    changes: dict[str, JsonValue | None] = {}
    for path in dict.fromkeys(path for path, _ in parts):
        patch = _patch(space, path)
        if patch is MISSING:
            continue
        left = patch
        for place in (place for at, place in parts if at == path):
            left = _without(left, place)
        above = upper.get(path, MISSING)
        value, _ = patched(above, left, path=path, service_id=space.service_id) if left is not MISSING else (above, ())
        changes[path] = None if value is MISSING else value
    return changes


def _holds(space: Workspace, key: FormKey, form: FormDocuments, field: Located) -> dict[str, Hold]:
    schema, layout, logic = key.paths
    place, at = field.schema_place, _layout_place(form, field)
    asked: dict[str, list[tuple[str, Place]]] = {
        aspect: [(layout, (*at, aspect))] if aspect in field.control else [(schema, (*place, keyword))]
        for aspect, keyword in _TEXTS
    }
    asked |= {aspect: [(logic, ("fields", field.field_id, aspect))] for aspect in _RULES}
    asked["required"].append((schema, _required(field)))
    asked[LISTED] = [(schema, (*place, "oneOf")), (schema, (*place, "items", "oneOf"))]
    asked["place"] = [(layout, at)]
    if not key.task:
        asked["scope"] = [(_items_path(space), place) for place in _scopes(space, field.field_id)]
    found = {aspect: [space.levels.hold(path, one) for path, one in places] for aspect, places in asked.items()}
    told = {aspect: hold for aspect, holds in found.items() if (hold := _strictest(holds)) is not None}
    # Texts bind nobody: only what keeps them as they are concerns them.
    return {aspect: hold for aspect, hold in told.items() if hold.fixed or aspect not in _FREE}


def _strictest(holds: list[Hold | None]) -> Hold | None:
    present = [hold for hold in holds if hold is not None]
    return max(present, key=lambda hold: hold.fixed, default=None)


def _required(field: Located) -> Place:
    return (*field.schema_place[:-2], "required", field.schema_place[-1])


def _layout_place(form: FormDocuments, field: Located) -> Place:
    """Where the control stands in the normal form of the layout, whose elements are known by their ids."""
    place: list[str] = []
    inner: Any = form.layout
    for step in field.place:
        inner = inner[step]
        place.append(step if isinstance(step, str) else inner["id"])
    return tuple(place)


def _items_path(space: Workspace) -> str:
    return path_of(space.service_id, "items")


def _scopes(space: Workspace, field_id: str) -> tuple[Place, ...]:
    """Every place at which a field may be named as seen by departments."""
    items: Any = space.documents.get(_items_path(space))
    named = items.get("items") if isinstance(items, dict) else None
    own = tuple(("items", name, "data_scope", field_id) for name in named) if isinstance(named, dict) else ()
    return (("common_scope", field_id), *own)


def _patch(space: Workspace, path: str) -> Any:
    """What the region changes of a document; `MISSING` for nothing."""
    own = overlay_path(path, service_id=space.service_id, region=space.region)
    return space.working.layer.get(own, MISSING)


def _patched_at(patch: Any, place: Place) -> bool:
    """Whether a patch says anything at a place, or replaces something around it whole."""
    for part in place:
        if not isinstance(patch, dict):
            return patch is not MISSING
        patch = patch.get(part, MISSING)
    return patch is not MISSING


def _without(patch: Any, place: Place) -> Any:
    """The patch without what it says at a place; what is replaced whole around it stays."""
    if not place or not isinstance(patch, dict) or place[0] not in patch:
        return MISSING if not place else patch
    inner = _without(patch[place[0]], place[1:])
    left = {name: value for name, value in patch.items() if name != place[0]}
    if inner is not MISSING:
        left = {name: inner if name == place[0] else value for name, value in patch.items()}
    return left or MISSING

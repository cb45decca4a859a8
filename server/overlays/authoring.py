"""Writing patches: the smallest one that turns one value in normal form into another."""

from __future__ import annotations

from typing import Any

from server.documents.pointer import MISSING
from server.overlays.changes import unchanged
from server.overlays.normal import AFTER, FIRST, RESERVED, VALUE, mergeable, plain_form
from server.overlays.positions import anchors
from server.overlays.shapes import Shape, member_shape
from server.types import JsonValue


def patch_between(before: Any, after: Any, *, shape: Shape) -> Any:
    """The patch, exact for every JSON value but for the order of sets; `MISSING` when nothing has to be changed."""
    if after is MISSING:
        return MISSING if before is MISSING else None
    if not (mergeable(before, shape) and mergeable(after, shape)):
        return MISSING if before is not MISSING and unchanged(before, after, shape) else _whole(after, shape)
    if shape.form == "plain":
        return _members(before, after, shape)
    return _list(before, after, shape)


def _members(before: dict[str, JsonValue], after: dict[str, JsonValue], shape: Shape) -> Any:
    if RESERVED & (before.keys() | after.keys()):
        return MISSING if unchanged(before, after, shape) else {VALUE: plain_form(after, shape)}
    patch: dict[str, JsonValue] = {name: None for name in before if name not in after}
    for name, value in after.items():
        part = patch_between(before.get(name, MISSING), value, shape=member_shape(shape, name))
        if part is not MISSING:
            patch[name] = part
    return patch or MISSING


def _list(before: dict[str, JsonValue], after: dict[str, JsonValue], shape: Shape) -> Any:
    patch: dict[str, JsonValue] = {name: None for name in before if name not in after}
    places = anchors(tuple(before), tuple(after), ordered=shape.form != "set")
    for name, value in after.items():
        position: dict[str, JsonValue] = {}
        if name in places:
            anchor = places[name]
            position = {FIRST: True} if anchor is None else {AFTER: anchor}
        if shape.form != "keyed":
            part = position or (MISSING if name in before else True)
        else:
            part = _entry(before.get(name, MISSING), value, shape, name)
            part = position or MISSING if part is MISSING else {**position, **part}
        if part is not MISSING:
            patch[name] = part
    return patch or MISSING


def _entry(before: Any, after: JsonValue, shape: Shape, key: str) -> Any:
    """The part of an entry; its key is said by its name already."""
    inner = member_shape(shape, key)
    part = patch_between(before, after, shape=inner)
    if before is not MISSING or part is MISSING or VALUE in part:
        return part
    left = {name: value for name, value in part.items() if name not in shape.key}
    # An entry that is nothing but its key would read as one that is only moved.
    return left or part


def _whole(after: Any, shape: Shape) -> JsonValue:
    """A patch that yields exactly this value where nothing, or nothing that can be merged, stands."""
    plain = plain_form(after, shape)
    if plain is None or (shape.form != "plain" and not isinstance(plain, list) and not (shape.single and isinstance(plain, str))):
        return {VALUE: plain}
    if not isinstance(plain, dict):
        return plain
    if RESERVED & plain.keys():
        return {VALUE: plain}
    return {name: _whole(value, member_shape(shape, name)) for name, value in after.items()}

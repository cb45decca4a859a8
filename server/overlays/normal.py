"""The normal form of documents: lists with members that have names written as objects, so that patches can name them.

A set `["a", "b"]` is `{"a": true, "b": true}`; a list of objects is an object of them under their keys, in the order of the
list. A list that does not have that shape (members twice, without a key) stays as it is and can only be replaced whole; an
object where a list belongs is written `{"$value": …}`. So the way back is exact for any JSON value.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from server.documents.pointer import MISSING
from server.overlays.shapes import KEY_MARK, Shape, member_shape
from server.types import JsonValue

#: Stands for exactly this value, replaced whole and not merged; in the normal form, for an object where a list belongs.
VALUE = "$value"
#: In an entry of a patch: the key of the entry it comes after, or `true` for the first.
AFTER = "$after"
FIRST = "$first"
#: Members that mean something to patches and are no members of documents.
RESERVED = frozenset((VALUE, AFTER, FIRST))
_MARK = "$"

#: Segments of a place in the normal form of a document.
Place = tuple[str, ...]


def normal_form(value: JsonValue, shape: Shape) -> JsonValue:
    """The normal form of a value whose place has this shape."""
    if isinstance(value, list) and shape.form != "plain":
        return _entries(value, shape)
    if isinstance(value, dict):
        if shape.form != "plain":
            return {VALUE: value}
        if shape.members:
            return {name: normal_form(member, member_shape(shape, name)) for name, member in value.items()}
    return value


def plain_form(value: JsonValue, shape: Shape) -> JsonValue:
    """The value as it stands in a document: the inverse of `normal_form`."""
    if not isinstance(value, dict):
        return value
    if shape.form == "plain":
        return {name: plain_form(member, member_shape(shape, name)) for name, member in value.items()} if shape.members else value
    if VALUE in value:
        return value[VALUE]
    if shape.form != "keyed":
        return list(value)
    return [plain_form(entry, member_shape(shape, key)) for key, entry in value.items()]


def mergeable(value: Any, shape: Shape) -> bool:
    """Whether a value in normal form has members that can be changed one by one."""
    return isinstance(value, dict) and (shape.form == "plain" or VALUE not in value)


def member(value: Any, name: str, shape: Shape) -> Any:
    """What stands under a name or key, or under an index of a list that can only be replaced whole; or `MISSING`."""
    if mergeable(value, shape):
        return value.get(name, MISSING)
    if isinstance(value, list) and name.isdecimal() and name.isascii() and len(name) < 10 and int(name) < len(value):
        return value[int(name)]
    return MISSING


def members_of(value: Any, shape: Shape) -> tuple[str, ...]:
    """The names, keys or indices below a value in normal form."""
    if mergeable(value, shape):
        return tuple(value)
    return tuple(map(str, range(len(value)))) if isinstance(value, list) else ()


def normal_place(document: JsonValue, shape: Shape, segments: Sequence[str]) -> Place:
    """The place in the normal form that a pointer into a document leads to: keys stand for the indices of keyed entries."""
    place: list[str] = []
    value = normal_form(document, shape)
    for segment in segments:
        if mergeable(value, shape) and shape.form != "plain" and segment.isdecimal() and segment.isascii():
            keys = tuple(value)
            segment = keys[int(segment)] if len(segment) < 10 and int(segment) < len(keys) else segment
        place.append(segment)
        value, shape = member(value, segment, shape), member_shape(shape, segment)
    return tuple(place)


def key_members(key: str, shape: Shape) -> dict[str, str] | None:
    """The members of an entry that its key says; nothing when it is no key of this list."""
    if key.startswith(_MARK):
        return None
    parts = key.split(KEY_MARK, len(shape.key) - 1)
    return dict(zip(shape.key, parts, strict=True)) if len(parts) == len(shape.key) else None


def is_name(name: str) -> bool:
    """Whether a text can be a member of a set: it must not be taken for a word of the patch format."""
    return not name.startswith(_MARK)


def _entries(values: list[JsonValue], shape: Shape) -> JsonValue:
    """A list as an object; the list itself when its members do not have distinct names."""
    if shape.form != "keyed":
        if not all(isinstance(value, str) and is_name(value) for value in values) or len(set(values)) != len(values):
            return values
        return dict.fromkeys(values, True)
    entries: dict[str, JsonValue] = {}
    for value in values:
        key = _key(value, shape)
        if key is None or key in entries:
            return values
        entries[key] = normal_form(value, member_shape(shape, key))
    return entries


def _key(entry: JsonValue, shape: Shape) -> str | None:
    if not isinstance(entry, dict) or RESERVED & entry.keys():
        return None
    parts = [entry.get(name) for name in shape.key]
    if not all(isinstance(part, str) for part in parts):
        return None
    key = KEY_MARK.join(map(str, parts))
    return key if key_members(key, shape) == dict(zip(shape.key, parts, strict=True)) else None

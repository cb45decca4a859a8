"""Conflicts between an overlay and a newer parent, and what is chosen to resolve them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Literal

import msgspec

from server.documents.pointer import MISSING, format_pointer, parse_pointer
from server.overlays.normal import AFTER, FIRST, VALUE, Place, mergeable, normal_form, plain_form
from server.overlays.positions import arrange
from server.overlays.shapes import Shape, member_shape
from server.types import JsonValue

ConflictKind = Literal["both-changed", "target-gone", "anchor-gone", "type-changed", "newly-locked"]


class Conflict(msgspec.Struct, frozen=True, kw_only=True):
    """One place at which the overlay and the newer parent do not go together; absent values are `null`,
    `null` itself is `{"$value": null}`."""

    kind: ConflictKind
    #: Path of the document.
    path: str
    #: JSON Pointer into its normal form: entries of lists by key. It ends in `/$after` where an entry's place is meant, and
    #: the values are the keys it follows then, `$first` for none.
    pointer: str
    #: What the older parent had.
    base: JsonValue
    #: What the newer parent has; of an entry's place, what is proposed.
    theirs: JsonValue
    #: What the overlay made of the older parent.
    ours: JsonValue


class Choice(msgspec.Struct, frozen=True, kw_only=True):
    """How a conflict is resolved."""

    take: Literal["keep-ours", "take-theirs", "value"]
    #: With `value`: what is to stand there, `null` for nothing; of an entry's place the key it follows.
    value: JsonValue = None


#: Path and pointer of a conflict to how it is resolved.
Choices = Mapping[tuple[str, str], Choice]


def conflict_at(path: str, place: Place, kind: ConflictKind, *, shape: Shape, base: Any, theirs: Any, ours: Any) -> Conflict:
    """The conflict at a place of the normal form, its values as they stand in documents."""

    def told(value: Any) -> JsonValue:
        if value is MISSING:
            return None
        plain = value if place[-1:] == (AFTER,) else plain_form(value, shape)
        return {VALUE: plain} if plain is None or _is_exact(plain) else plain

    return Conflict(kind=kind, path=path, pointer=format_pointer(place), base=told(base), theirs=told(theirs), ours=told(ours))


def settle(value: Any, conflict: Conflict, choice: Choice, *, shape: Shape) -> Any:
    """The document in normal form with what was chosen at the place of the conflict."""
    chosen = {"keep-ours": conflict.ours, "take-theirs": conflict.theirs, "value": choice.value}[choice.take]
    return _put(value, parse_pointer(conflict.pointer), chosen, shape)


def _put(value: Any, place: Place, chosen: JsonValue, shape: Shape) -> Any:
    if not place:
        return MISSING if chosen is None else normal_form(chosen[VALUE] if _is_exact(chosen) else chosen, shape)
    head, rest = place[0], place[1:]
    if rest == (AFTER,) and shape.form in ("ordered", "keyed") and mergeable(value, shape):
        return _moved(value, head, chosen)
    if isinstance(value, list):
        return [
            _put(inner, rest, chosen, member_shape(shape, head)) if head == str(at) else inner for at, inner in enumerate(value)
        ]
    members = dict(value) if mergeable(value, shape) else {}
    inner = _put(members.get(head, MISSING), rest, chosen, member_shape(shape, head))
    if inner is MISSING:
        members.pop(head, None)
        return members if members or value is not MISSING else MISSING
    return {**members, head: inner}


def _is_exact(value: JsonValue) -> bool:
    return isinstance(value, dict) and value.keys() == {VALUE}


def _moved(entries: dict[str, JsonValue], name: str, anchor: JsonValue) -> dict[str, JsonValue]:
    """The entries with one behind another, at the end when that one is not there."""
    if name not in entries:
        return entries
    order, _ = arrange([key for key in entries if key != name], {name: None if anchor == FIRST else str(anchor)})
    return {key: entries[key] for key in order}

"""Applying a patch to a value in normal form.

A patch is an RFC 7396 merge patch: objects are merged, `null` removes a member, anything else replaces. Beyond it, an entry of
an ordered list may say where it stands (`"$after": key`, `"$first": true`), a member of a set is `true`, a list may be written
whole, and `{"$value": …}` is exactly that value, so that every change of any JSON value can be said.
"""

from __future__ import annotations

from typing import Any

import msgspec

from server.documents.pointer import MISSING
from server.findings import Param
from server.overlays.normal import AFTER, FIRST, RESERVED, VALUE, Place, is_name, key_members, mergeable, normal_form
from server.overlays.positions import Anchor, arrange
from server.overlays.shapes import Shape, member_shape
from server.types import JsonValue

_Members = dict[str, JsonValue]


class PatchFault(msgspec.Struct, frozen=True, kw_only=True):
    """A part of a patch that cannot be applied; it changes nothing."""

    #: Segments inside the patch.
    place: Place
    #: Code of the finding it becomes.
    code: str
    params: dict[str, Param] = {}


def apply(target: Any, patch: JsonValue, *, shape: Shape) -> tuple[Any, tuple[PatchFault, ...]]:
    """The target with the patch merged in, and what could not be applied; target and result may be `MISSING`."""
    if patch is None:
        return MISSING, () if target is not MISSING else (PatchFault(place=(), code="overlay-target-missing"),)
    merging = _Merging()
    return merging.merged(target, patch, shape, ()), tuple(merging.faults)


def position_of(part: JsonValue) -> tuple[bool, Anchor]:
    """Whether an entry of a patch says where it stands, and the key it follows; `None` for the first place."""
    if not isinstance(part, dict):
        return False, None
    after = part.get(AFTER)
    if FIRST in part:
        return part[FIRST] is True and AFTER not in part, None
    return isinstance(after, str), after if isinstance(after, str) else None


class _Merging:
    """One application of a patch, gathering what is wrong with it."""

    def __init__(self) -> None:
        self.faults: list[PatchFault] = []

    def fault(self, place: Place, code: str, **params: Param) -> None:
        self.faults.append(PatchFault(place=place, code=code, params=params))

    def merged(self, target: Any, patch: JsonValue, shape: Shape, place: Place) -> Any:
        if isinstance(patch, dict) and VALUE in patch:
            for name in sorted(patch.keys() - RESERVED):
                self.fault((*place, name), "overlay-beside-value", member=name)
            return normal_form(patch[VALUE], shape)
        if not isinstance(patch, dict):
            if shape.form != "plain" and not isinstance(patch, list) and not (shape.single and isinstance(patch, str)):
                self.fault(place, "overlay-list-expected")
                return target
            return normal_form(patch, shape)
        if shape.form == "plain":
            return self._members(target, patch, shape, place)
        if target is not MISSING and not mergeable(target, shape):
            self.fault(place, "overlay-list-whole")
            return target
        return self._list({} if target is MISSING else target, patch, shape, place)

    def _members(self, target: Any, patch: _Members, shape: Shape, place: Place) -> _Members:
        members = dict(target) if isinstance(target, dict) else {}
        for name, part in patch.items():
            here = (*place, name)
            if name in RESERVED:
                self.fault(here, "overlay-position", member=name)
            elif part is None:
                self._remove(members, name, here)
            else:
                self._put(members, name, self.merged(members.get(name, MISSING), part, member_shape(shape, name), here))
        return members

    def _list(
        self, target: dict[str, JsonValue], patch: dict[str, JsonValue], shape: Shape, place: Place
    ) -> dict[str, JsonValue]:
        entries = dict(target)
        placed: dict[str, Anchor] = {}
        for name, part in patch.items():
            here = (*place, name)
            if not is_name(name):
                self.fault(here, "overlay-position", member=name)
            elif part is None:
                self._remove(entries, name, here)
            elif self._entry(entries, name, part, shape, here) and self._is_placed(part, here):
                placed[name] = position_of(part)[1]
        standing = [name for name in target if name in entries and name not in placed]
        order, lost = arrange(standing, placed, [name for name in entries if name not in target and name not in placed])
        for name in lost:
            self.fault((*place, name, AFTER), "overlay-anchor-gone", member=name, anchor=placed[name] or "")
        return {name: entries[name] for name in order}

    def _entry(self, entries: _Members, name: str, part: JsonValue, shape: Shape, place: Place) -> bool:
        """Whether the entry stands in the list after its part of the patch was merged."""
        content = {key: value for key, value in part.items() if key not in (AFTER, FIRST)} if isinstance(part, dict) else part
        if shape.form != "keyed":
            only_placed = shape.form == "ordered" and isinstance(part, dict) and part and not content
            if part is not True and not only_placed:
                self.fault(place, "overlay-member", member=name)
                return False
            entries[name] = True
            return True
        named = key_members(name, shape)
        if named is None or not isinstance(part, dict):
            self.fault(place, "overlay-entry", member=name)
            return False
        if name not in entries and not content:
            self.fault(place, "overlay-target-missing")
            return False
        merged = self.merged(entries.get(name, MISSING), content, member_shape(shape, name), place) if content else entries[name]
        if not isinstance(merged, dict) or any(key in merged and merged[key] != value for key, value in named.items()):
            self.fault(place, "overlay-entry", member=name)
            return False
        entries[name] = merged if named.keys() <= merged.keys() else {**named, **merged}
        return True

    def _is_placed(self, part: JsonValue, place: Place) -> bool:
        """Whether the part of an entry says, in the way it must, where the entry stands."""
        if not isinstance(part, dict) or not part.keys() & {AFTER, FIRST}:
            return False
        placed, _ = position_of(part)
        if not placed:
            self.fault(place, "overlay-position", member=FIRST if FIRST in part else AFTER)
            return False
        return True

    def _remove(self, members: _Members, name: str, place: Place) -> None:
        if name in members:
            del members[name]
        else:
            self.fault(place, "overlay-target-missing")

    def _put(self, members: _Members, name: str, value: Any) -> None:
        if value is not MISSING:
            members[name] = value

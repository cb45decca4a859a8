"""Carrying an overlay over to a newer parent: what is clean follows by itself, conflicts are named and resolved one by one."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import msgspec

from server.definitions.service import Documents
from server.documents.pointer import MISSING
from server.overlays.conflicts import Choice, Choices, Conflict, conflict_at, settle
from server.overlays.layering import document_patch, lay_over, normal_of, patched, plain_of, shape_of, too_deep
from server.overlays.locks import Breach, breaches, locks_of
from server.overlays.normal import AFTER, Place, member
from server.overlays.overlay import Overlay
from server.overlays.shapes import member_shape
from server.overlays.three_way import merge
from server.types import JsonValue


class Rebased(msgspec.Struct, frozen=True, kw_only=True):
    """An overlay over the newer parent; clean when there are no conflicts. Where there is one, it has what the parent has."""

    overlay: Overlay
    conflicts: tuple[Conflict, ...]
    #: The newer parent's documents that conflicts are in.
    parent: dict[str, JsonValue]


def rebase(old_parent: Documents, new_parent: Documents, overlay: Overlay) -> Rebased:
    """The overlay carried over from the documents it was made for to newer ones.

    Over an unchanged parent it is the same; a clean one changes of the newer parent exactly what it changed of the older
    one, except what the newer parent has changed in the same way.
    """
    patches: dict[str, JsonValue] = {}
    conflicts: list[Conflict] = []
    for path, patch in sorted(overlay.patches.items()):
        carried, found = _carried(old_parent, new_parent, overlay, path, patch)
        conflicts += found
        if carried is not MISSING:
            patches[path] = carried
    moved_on = msgspec.structs.replace(overlay, patches=patches)
    locked = tuple(_newly_locked(old_parent, new_parent, overlay, moved_on))
    held = {conflict.path for conflict in (*conflicts, *locked) if conflict.path in new_parent}
    rebased = Rebased(overlay=moved_on, conflicts=(*conflicts, *locked), parent={path: new_parent[path] for path in sorted(held)})
    # A change that is locked by now waits for its resolution as any other conflict does.
    return msgspec.structs.replace(
        rebased, overlay=_with(rebased, {(one.path, one.pointer): Choice(take="take-theirs") for one in locked}).overlay
    )


def resolve(rebased: Rebased, choices: Choices) -> Rebased:
    """The rebased overlay with these conflicts resolved; choices for no conflict change nothing."""
    resolved = _with(rebased, choices)
    left = tuple(conflict for conflict in rebased.conflicts if (conflict.path, conflict.pointer) not in choices)
    return msgspec.structs.replace(resolved, conflicts=left)


def _carried(
    old_parent: Documents, new_parent: Documents, overlay: Overlay, path: str, patch: JsonValue
) -> tuple[Any, tuple[Conflict, ...]]:
    """The patch of one document over the newer parent, `MISSING` when nothing is left of it, and its conflicts."""
    old, new = old_parent.get(path, MISSING), new_parent.get(path, MISSING)
    if too_deep(patch) or too_deep(old) or too_deep(new):
        return patch, ()
    shape = shape_of(path, overlay.service_id)
    ours, faults = patched(old, patch, path=path, service_id=overlay.service_id)
    merged = merge(*(normal_of(side, shape) for side in (old, new, ours)), shape=shape, patch=patch)
    wanted = plain_of(merged.value, shape)
    if not merged.disagreements:
        again, now = patched(new, patch, path=path, service_id=overlay.service_id)
        as_wanted = document_patch(again, wanted, path=path, service_id=overlay.service_id) is MISSING
        if as_wanted and all(fault in faults for fault in now):
            return patch, ()
    conflicts = tuple(
        conflict_at(path, one.place, one.kind, shape=one.shape, base=one.base, theirs=one.theirs, ours=one.ours)
        for one in merged.disagreements
    )
    return document_patch(new, wanted, path=path, service_id=overlay.service_id), conflicts


def _newly_locked(old_parent: Documents, new_parent: Documents, old: Overlay, new: Overlay) -> Iterator[Conflict]:
    """Conflicts for changes that locks of the newer parent forbid and those of the older one did not."""
    was, now = lay_over(old_parent, old).documents, lay_over(new_parent, new).documents
    service_id = new.service_id
    known = {
        (breach.path, breach.place)
        for breach in breaches(old_parent, was, service_id=service_id, locks=locks_of(old_parent, service_id), paths=old.patches)
    }
    found: dict[tuple[str, Place], Conflict] = {}
    for breach in breaches(new_parent, now, service_id=service_id, locks=locks_of(new_parent, service_id), paths=new.patches):
        if (breach.path, breach.place) not in known:
            found[breach.path, breach.place] = conflict_at(
                breach.path,
                breach.place,
                "newly-locked",
                shape=breach.shape,
                base=_value_at(old_parent, breach, service_id),
                theirs=breach.before,
                ours=breach.after,
            )
    yield from found.values()


def _value_at(documents: Documents, breach: Breach, service_id: str) -> Any:
    shape = shape_of(breach.path, service_id)
    value = normal_of(documents.get(breach.path, MISSING), shape)
    if breach.place[-1:] == (AFTER,):
        return breach.before
    for segment in breach.place:
        value, shape = member(value, segment, shape), member_shape(shape, segment)
    return value


def _with(rebased: Rebased, choices: Choices) -> Rebased:
    """With these conflicts resolved, all of them still listed."""
    overlay, patches = rebased.overlay, dict(rebased.overlay.patches)
    for path in sorted({conflict.path for conflict in rebased.conflicts if (conflict.path, conflict.pointer) in choices}):
        parent = rebased.parent.get(path, MISSING)
        shape = shape_of(path, overlay.service_id)
        current, _ = patched(parent, patches[path], path=path, service_id=overlay.service_id) if path in patches else (parent, ())
        value = normal_of(current, shape)
        for conflict in rebased.conflicts:
            choice = choices.get((conflict.path, conflict.pointer))
            if conflict.path == path and choice is not None:
                value = settle(value, conflict, choice, shape=shape)
        patch = document_patch(parent, plain_of(value, shape), path=path, service_id=overlay.service_id)
        patches.pop(path, None)
        patches |= {} if patch is MISSING else {path: patch}
    return msgspec.structs.replace(rebased, overlay=msgspec.structs.replace(overlay, patches=patches))

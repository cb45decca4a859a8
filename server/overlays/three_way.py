"""Three-way merging of values in normal form: what one side changed is kept, what both changed differently is a conflict."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, Literal

import msgspec

from server.definitions.reading import type_name
from server.documents.pointer import MISSING
from server.overlays.changes import predecessors, unchanged
from server.overlays.normal import AFTER, FIRST, RESERVED, Place, mergeable
from server.overlays.patches import position_of
from server.overlays.positions import Anchor, anchors, arrange, moved
from server.overlays.shapes import Shape, member_shape
from server.types import JsonValue

Clash = Literal["both-changed", "target-gone", "anchor-gone", "type-changed"]


class Disagreement(msgspec.Struct, frozen=True, kw_only=True):
    """A place that both sides changed, with the values in normal form or, for the place of an entry, keys of its neighbours."""

    kind: Clash
    place: Place
    shape: Shape
    base: Any
    theirs: Any
    ours: Any


class Merged(msgspec.Struct, frozen=True, kw_only=True):
    """Both sides merged; where they disagree, theirs."""

    value: Any
    disagreements: tuple[Disagreement, ...]


def merge(base: Any, theirs: Any, ours: Any, *, shape: Shape, patch: JsonValue) -> Merged:
    """Their value with our changes since the common base; each may be `MISSING`.

    `patch` is what made ours of the base: where an entry is to stand, is taken from its words.
    """
    merging = _Merging()
    value = merging.merged(base, theirs, ours, shape, patch, ())
    return Merged(value=value, disagreements=tuple(merging.disagreements))


class _Merging:
    """One merge, gathering the disagreements."""

    def __init__(self) -> None:
        self.disagreements: list[Disagreement] = []

    def merged(self, base: Any, theirs: Any, ours: Any, shape: Shape, patch: JsonValue, place: Place) -> Any:
        if unchanged(ours, base, shape) or unchanged(ours, theirs, shape):
            return theirs
        if unchanged(theirs, base, shape):
            return ours
        if not all(mergeable(side, shape) for side in (base, theirs, ours)):
            self.disagree(_clash(base, theirs, ours), place, shape, base, theirs, ours)
            return theirs
        members = {
            name: self.merged(
                base.get(name, MISSING),
                theirs.get(name, MISSING),
                ours.get(name, MISSING),
                member_shape(shape, name),
                patch.get(name) if isinstance(patch, dict) else None,
                (*place, name),
            )
            for name in dict.fromkeys((*theirs, *ours, *base))
        }
        present = {name: value for name, value in members.items() if value is not MISSING}
        if shape.form == "plain" or shape.form == "set":
            return present
        return self.ordered(base, theirs, ours, present, shape, patch, place)

    def ordered(
        self,
        base: dict[str, JsonValue],
        theirs: dict[str, JsonValue],
        ours: dict[str, JsonValue],
        present: dict[str, JsonValue],
        shape: Shape,
        patch: JsonValue,
        place: Place,
    ) -> dict[str, JsonValue]:
        """The entries in their order, those that we placed or added where we want them."""
        wanted = {name: anchor for name, anchor in _wanted(base, ours, patch) if name in present and name in ours}
        shifted = set(moved(tuple(base), tuple(theirs)))
        former, later, own = predecessors(base), predecessors(theirs), predecessors(ours)
        for name, anchor in tuple(wanted.items()):
            here = (*place, name, AFTER)
            if name in shifted and name in base and (anchor or FIRST) != later[name]:
                self.disagree("both-changed", here, shape, former[name], later[name], anchor or FIRST)
                del wanted[name]
            elif anchor not in (None, *present) and (anchor in base or anchor in ours):
                surviving = own[name]
                while surviving not in (FIRST, *present):
                    surviving = own[surviving]
                wanted[name] = None if surviving == FIRST else surviving
                self.disagree("anchor-gone", here, shape, anchor, surviving, anchor)
        standing = [name for name in theirs if name in present and name not in wanted]
        loose = [name for name in present if name not in theirs and name not in wanted]
        order, _ = arrange(standing, wanted, loose)
        return {name: present[name] for name in order}

    def disagree(self, kind: Clash, place: Place, shape: Shape, base: Any, theirs: Any, ours: Any) -> None:
        self.disagreements.append(Disagreement(kind=kind, place=place, shape=shape, base=base, theirs=theirs, ours=ours))


def _wanted(base: dict[str, JsonValue], ours: dict[str, JsonValue], patch: JsonValue) -> Iterator[tuple[str, Anchor]]:
    """Each entry whose place we chose with the key it follows: as the patch says, or as a list written whole shows."""
    if isinstance(patch, dict) and not RESERVED & patch.keys():
        for name, part in patch.items():
            placed, anchor = position_of(part)
            if placed:
                yield name, anchor
    else:
        yield from anchors(tuple(base), tuple(ours), ordered=True).items()


def _clash(base: Any, theirs: Any, ours: Any) -> Clash:
    if theirs is MISSING:
        return "target-gone"
    if MISSING not in (base, ours) and type_name(theirs) != type_name(base):
        return "type-changed"
    return "both-changed"

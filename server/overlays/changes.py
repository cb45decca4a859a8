"""What differs between two values in normal form: at the deepest place that still tells them apart, moves included."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from typing import Any, Literal

import msgspec

from server.documents.merge_patch import same
from server.documents.pointer import MISSING
from server.overlays.normal import AFTER, FIRST, Place, mergeable
from server.overlays.positions import moved
from server.overlays.shapes import Shape, is_entry, member_shape


class Change(msgspec.Struct, frozen=True, kw_only=True):
    """One place at which a value in normal form changed."""

    place: Place
    kind: Literal["added", "removed", "changed", "moved"]
    #: `MISSING` where it was added; for a move the key it followed before.
    before: Any
    #: `MISSING` where it was removed; for a move the key it follows now.
    after: Any
    shape: Shape
    #: The shape of what holds an entry that was added or removed; none for members that the format knows.
    holder: Shape | None = None


def changes(
    before: Any,
    after: Any,
    *,
    shape: Shape,
    place: Place = (),
    holder: Shape | None = None,
    skipped: Callable[[Place], bool] | None = None,
) -> Iterator[Change]:
    """Every change from one value to another; what is below a `skipped` place is left out."""
    if skipped is not None and skipped(place):
        return
    if before is MISSING or after is MISSING:
        if before is not after:
            kind: Literal["added", "removed"] = "added" if before is MISSING else "removed"
            yield Change(place=place, kind=kind, before=before, after=after, shape=shape, holder=holder)
        return
    if not (mergeable(before, shape) and mergeable(after, shape)):
        if not same(before, after):
            yield Change(place=place, kind="changed", before=before, after=after, shape=shape)
        return
    for name in (*before, *(name for name in after if name not in before)):
        yield from changes(
            before.get(name, MISSING),
            after.get(name, MISSING),
            shape=member_shape(shape, name),
            place=(*place, name),
            holder=shape if is_entry(shape, name) else None,
            skipped=skipped,
        )
    if shape.form in ("ordered", "keyed"):
        former, later = predecessors(before), predecessors(after)
        for name in moved(tuple(before), tuple(after)):
            yield Change(place=(*place, name, AFTER), kind="moved", before=former[name], after=later[name], shape=shape)


def unchanged(before: Any, after: Any, shape: Shape) -> bool:
    """Whether two values are the same, the order of lists included where it means something."""
    return before is after or next(changes(before, after, shape=shape), None) is None


def predecessors(names: Iterable[str]) -> dict[str, str]:
    """The key before each key; `$first` for the first."""
    order = tuple(names)
    return dict(zip(order, (FIRST, *order), strict=False))

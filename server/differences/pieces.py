"""The single changes between two sets of documents, before they are put into words.

They are those of `server.overlays.changes` for each document; in layouts every page, group and control that came, went or
stands elsewhere is one of its own.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any, Literal

import msgspec

from server.definitions.service import Documents, place_of
from server.documents.pointer import MISSING, format_pointer
from server.overlays.changes import Change, changes
from server.overlays.layering import normal_of, shape_of, too_deep
from server.overlays.normal import Place, mergeable
from server.overlays.shapes import SHAPES, Shape
from server.types import JsonValue

_LAYOUTS = ("layout", "task_layout")
_ELEMENT = SHAPES["element"]
#: Members below which a layout element holds others.
_HELD = (("elements",), ("options", "detail"))


class Piece(msgspec.Struct, frozen=True, kw_only=True):
    """One change at one place of one document."""

    path: str
    #: Kind of the document, empty for one of no known kind, and its name among those of its kind.
    kind: str
    name: str
    #: Place in the normal form: keys stand for places in lists.
    place: Place
    what: Literal["added", "removed", "changed", "moved", "relocated"]
    #: `MISSING` where it was added; what it followed before for one that moved.
    before: Any
    #: `MISSING` where it was removed; what it follows now for one that moved.
    after: Any
    #: Whether the words bind nobody.
    wording: bool
    #: Where it stood before, for one that was relocated.
    former: Place = ()


def pieces_between(before: Documents, after: Documents, service_id: str) -> tuple[Piece, ...]:
    """Every change, by document; none if and only if the documents are the same in normal form."""
    found: list[Piece] = []
    for path in sorted(before.keys() | after.keys()):
        old, new = before.get(path, MISSING), after.get(path, MISSING)
        if old is not new:
            found += _of_document(path, old, new, service_id)
    return tuple(found)


def pointer_of(document: Any, normal: Any, place: Place) -> str:
    """The pointer into a document of a place in its normal form; keys that it does not have stay keys."""
    segments: list[str | int] = []
    for step in place:
        if isinstance(document, list):
            keys = list(normal) if isinstance(normal, dict) else list(map(str, range(len(document))))
            segments.append(keys.index(step) if step in keys else step)
            document = document[keys.index(step)] if step in keys else None
        else:
            segments.append(step)
            document = document.get(step) if isinstance(document, dict) else None
        normal = normal.get(step) if isinstance(normal, dict) else None
    return format_pointer(segments)


def _of_document(path: str, old: Any, new: Any, service_id: str) -> Iterator[Piece]:
    stands, shape = place_of(path, service_id), shape_of(path, service_id)
    kind, name = (stands.kind, stands.name) if stands is not None else ("", "")
    if too_deep(old) or too_deep(new):
        # Deeper than anything that can be read; only that it differs can be said.
        found: Iterable[Change] = (_whole(old, new, shape),) if not _equal(old, new) else ()
    else:
        found = changes(normal_of(old, shape), normal_of(new, shape), shape=shape)
    pieces = [_piece(change, path, kind, name) for change in found]
    return iter(_by_element(pieces) if kind in _LAYOUTS else pieces)


def _whole(old: Any, new: Any, shape: Shape) -> Change:
    kind: Literal["added", "removed", "changed"] = "changed"
    if old is MISSING or new is MISSING:
        kind = "added" if old is MISSING else "removed"
    return Change(place=(), kind=kind, before=old, after=new, shape=shape)


def _equal(old: Any, new: Any) -> bool:
    """Equality of values of any depth."""
    pending = [(old, new)]
    while pending:
        left, right = pending.pop()
        if type(left) is not type(right):
            return False
        if isinstance(left, dict):
            if left.keys() != right.keys():
                return False
            pending += [(value, right[name]) for name, value in left.items()]
        elif isinstance(left, list):
            if len(left) != len(right):
                return False
            pending += zip(left, right, strict=True)
        elif left != right:
            return False
    return True


def _piece(change: Change, path: str, kind: str, name: str) -> Piece:
    return Piece(
        path=path,
        kind=kind,
        name=name,
        place=change.place[:-1] if change.kind == "moved" else change.place,
        what=change.kind,
        before=change.before,
        after=change.after,
        wording=change.shape is SHAPES["words"],
    )


def _by_element(pieces: list[Piece]) -> list[Piece]:
    """The changes of a layout with one for every element; one that stands elsewhere is no longer two."""
    single = [one for piece in pieces for one in _split(piece)]
    gone = {piece.place[-1]: piece for piece in single if piece.what == "removed" and _is_element(piece.place)}
    come = {piece.place[-1]: piece for piece in single if piece.what == "added" and _is_element(piece.place)}
    both = gone.keys() & come.keys()
    found: list[Piece] = []
    for piece in single:
        key = piece.place[-1] if piece.place else ""
        if key not in both or piece not in (gone[key], come[key]):
            found.append(piece)
        elif piece.what == "added":
            found += _relocated(gone[key], piece)
    return found


def _split(piece: Piece) -> Iterator[Piece]:
    """An element that came or went, without those in it, and each of those."""
    value = piece.after if piece.what == "added" else piece.before
    if piece.what not in ("added", "removed") or not _is_element(piece.place) or not isinstance(value, dict):
        yield piece
        return
    own = _own(value)
    yield msgspec.structs.replace(piece, **{"after" if piece.what == "added" else "before": own})
    for held, inner in _held(value):
        for key, element in inner.items():
            kept = {"after" if piece.what == "added" else "before": element}
            yield from _split(msgspec.structs.replace(piece, place=(*piece.place, *held, key), **kept))


def _relocated(old: Piece, new: Piece) -> Iterator[Piece]:
    """An element that stands elsewhere, unless it went along with what holds it; and how it changed by the way."""
    if old.place[-3:-2] != new.place[-3:-2] or len(old.place) < 3:
        yield msgspec.structs.replace(new, what="relocated", before=old.before, former=old.place)
    if isinstance(old.before, dict) and isinstance(new.after, dict):
        for change in changes(old.before, new.after, shape=_ELEMENT, place=new.place):
            # Those in it that came or went have a change of their own already; what is left is who moved.
            if (change.kind != "removed" and change.kind != "added") or not _is_element(change.place):
                yield _piece(change, new.path, new.kind, new.name)
    elif old.before != new.after:
        yield msgspec.structs.replace(new, what="changed", before=old.before)


def _is_element(place: Place) -> bool:
    return len(place) >= 2 and place[-2] in ("elements", "detail")


def _held(element: dict[str, JsonValue]) -> Iterator[tuple[Place, dict[str, JsonValue]]]:
    for way in _HELD:
        value: Any = element
        for step in way:
            value = value.get(step) if isinstance(value, dict) else None
        if isinstance(value, dict) and mergeable(value, SHAPES["elements"]):
            yield way, value


def _own(element: dict[str, JsonValue]) -> dict[str, JsonValue]:
    """The element with no more of those in it than their order."""
    own = dict(element)
    for way, inner in _held(element):
        order: dict[str, JsonValue] = dict.fromkeys(inner, True)
        own[way[0]] = order if len(way) == 1 else {**element[way[0]], way[1]: order}
    return own

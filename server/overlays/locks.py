"""Locks: what a level lets those below it do, and where an overlay oversteps it.

Within one set of locks the most specific one decides for a place and for everything below it; so an upper level can make an
exception of its own. A lower level can only add locks that are at least as strict as those above it.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from typing import Any

import msgspec

from server.definitions.bundle import Lock
from server.definitions.service import Documents, path_of
from server.documents.pointer import MISSING, parse_pointer
from server.messages.overlays import FIXED_BY_FORMAT
from server.overlays.changes import Change, changes
from server.overlays.layering import normal_of, shape_of
from server.overlays.normal import Place, member, members_of
from server.overlays.shapes import KEY_MARK, Shape, is_entry, member_shape
from server.overlays.strictness import direction_of, is_number

_ANY = "*"

#: The identity of a bundle is no matter of regions.
_FIXED = tuple(
    Lock(document="bundle.json", pointer=f"/{name}", allow="none", reason=FIXED_BY_FORMAT) for name in ("format", "id", "region")
)


class Breach(msgspec.Struct, frozen=True, kw_only=True):
    """One change that a lock does not allow."""

    #: Path of the document.
    path: str
    #: Where it was changed, in the normal form.
    place: Place
    lock: Lock
    #: Values in normal form, `MISSING` where there is none; keys of the neighbours for an entry that was moved.
    before: Any
    after: Any
    shape: Shape


def locks_of(documents: Documents, service_id: str) -> tuple[Lock, ...]:
    """The locks that hold for everyone below these documents; malformed ones are left to the checks."""
    document = documents.get(path_of(service_id, "locks"))
    listed = document.get("locks") if isinstance(document, dict) else None
    return (*_FIXED, *(lock for lock in map(_read, listed if isinstance(listed, list) else ()) if lock is not None))


def lock_key(lock: Lock) -> str:
    """The key of a lock in the normal form of its document."""
    return f"{lock.document}{KEY_MARK}{lock.pointer}"


def deciding_lock(locks: Iterable[Lock], *, service_id: str, path: str, place: Sequence[str]) -> Lock | None:
    """The lock that decides what may be done at a place of the normal form of a document."""
    reaching = [
        lock
        for lock in locks_on(locks, path=path, service_id=service_id)
        if _matches(_pattern(lock), tuple(place)[: len(_pattern(lock))])
    ]
    return max(reaching, key=_specific, default=None)


def breaches(
    parent: Documents, child: Documents, *, service_id: str, locks: Sequence[Lock], paths: Iterable[str]
) -> tuple[Breach, ...]:
    """Everything that the child's documents at these paths do against the locks of its parent, loosened locks included."""
    found: list[Breach] = []
    for path in sorted(paths):
        before, after = parent.get(path, MISSING), child.get(path, MISSING)
        shape = shape_of(path, service_id)
        applying = locks_on(locks, path=path, service_id=service_id)
        if before is not after and applying:
            old, new = normal_of(before, shape), normal_of(after, shape)
            # A document that only the lower level has is its own as far as members inside it are locked in all of its kind.
            inner = [lock for lock in applying if before is not MISSING or _ANY not in lock.document or not lock.pointer]
            found += _outermost([breach for lock in inner for breach in _breaches(lock, applying, old, new, shape, path)])
    return tuple(found)


def loosened(locks: Sequence[Lock], lower: Sequence[Lock]) -> Iterator[tuple[Lock, Lock | None]]:
    """Every lock that the lower level takes away or lets be overridden by a looser one, with that one."""
    kept = {lock_key(lock): lock for lock in lower}
    for lock in locks:
        own = kept.get(lock_key(lock))
        if own is None or not _as_strict(own, lock):
            yield lock, own
    known = {lock_key(lock) for lock in locks}
    for own in (lock for key, lock in kept.items() if key not in known):
        for lock in locks:
            if _may_override(own, lock) and not _as_strict(own, lock):
                yield lock, own


def _outermost(found: Sequence[Breach]) -> Iterator[Breach]:
    """Without those that come with another one: what is taken away takes all that is locked in it with it."""
    places = {breach.place for breach in found}
    for breach in found:
        if not any(breach.place[:length] in places for length in range(len(breach.place))):
            yield breach


def _breaches(lock: Lock, locks: Sequence[Lock], before: Any, after: Any, shape: Shape, path: str) -> Iterator[Breach]:
    pattern = _pattern(lock)
    inner = [other for other in map(_pattern, locks) if len(other) > len(pattern)]

    def decided_elsewhere(place: Place) -> bool:
        return any(_matches(other, place) for other in inner)

    for place, old, new, here, holder in _locked(before, after, pattern, shape):
        rivals = (other for other in locks if _matches(_pattern(other), place))
        if max(rivals, key=_specific) is not lock:
            continue
        for change in changes(old, new, shape=here, place=place, holder=holder, skipped=decided_elsewhere):
            if not _allowed(lock.allow, change, place):
                yield Breach(
                    path=path, place=change.place, lock=lock, before=change.before, after=change.after, shape=change.shape
                )


def _allowed(allow: str, change: Change, place: Place) -> bool:
    """Whether a permission at `place` lets a change be made there or below."""
    match allow:
        case "any":
            return True
        case "add":
            return change.kind == "added" and len(change.place) <= len(place) + 1
        case "tighten":
            return direction_of(change) in ("stricter", "same")
        case "relax":
            return direction_of(change) in ("looser", "same")
        case "decrease":
            smaller = is_number(change.before) and is_number(change.after) and change.after < change.before
            return smaller or (change.kind == "added" and is_number(change.after))
    return False


def _locked(
    before: Any, after: Any, pattern: Place, shape: Shape, place: Place = (), holder: Shape | None = None
) -> Iterator[tuple[Place, Any, Any, Shape, Shape | None]]:
    """Every place that a pattern reaches in either value: place, both values, their shape, what holds them as an entry.

    An entry that only the lower level has is its own as far as members inside it are locked.
    """
    if not pattern:
        yield place, before, after, shape, holder
        return
    head, rest = pattern[0], pattern[1:]
    names = dict.fromkeys((*members_of(before, shape), *members_of(after, shape))) if head == _ANY else (head,)
    for name in names:
        old, new = member(before, name, shape), member(after, name, shape)
        own = head == _ANY and rest and old is MISSING
        if not own and not (old is MISSING and new is MISSING):
            outer = shape if is_entry(shape, name) else None
            yield from _locked(old, new, rest, member_shape(shape, name), (*place, name), outer)


def locks_on(locks: Iterable[Lock], *, path: str, service_id: str) -> tuple[Lock, ...]:
    """The locks on anything in a document."""
    inner = path.split(f"/{service_id}/", 1)[-1]
    return tuple(lock for lock in locks if _document_matches(lock.document, inner))


def _document_matches(pattern: str, inner: str) -> bool:
    return pattern == inner or re.fullmatch("[^/]*".join(map(re.escape, pattern.split(_ANY))), inner) is not None


def _pattern(lock: Lock) -> Place:
    return parse_pointer(lock.pointer)


def _matches(pattern: Place, place: Place) -> bool:
    return len(pattern) == len(place) and all(part in (_ANY, step) for part, step in zip(pattern, place, strict=True))


def _specific(lock: Lock) -> tuple[int, tuple[bool, ...], bool, bool]:
    """Orders locks that reach one place: the longest, then the one with names where others have `*`, then `none`."""
    pattern = _pattern(lock)
    return len(pattern), tuple(part != _ANY for part in pattern), _ANY not in lock.document, lock.allow == "none"


def _may_override(own: Lock, lock: Lock) -> bool:
    """Whether a new lock could be the more specific one at some place that an existing lock reaches."""
    documents = _document_matches(own.document, lock.document) or _document_matches(lock.document, own.document)
    mine, theirs = _pattern(own), _pattern(lock)
    meeting = all(_ANY in pair or pair[0] == pair[1] for pair in zip(mine, theirs, strict=False))
    return documents and len(mine) >= len(theirs) and meeting


def _as_strict(own: Lock, lock: Lock) -> bool:
    return own.allow == lock.allow or own.allow == "none" or lock.allow == "any"


def _read(value: Any) -> Lock | None:
    try:
        lock = msgspec.convert(value, Lock)
        parse_pointer(lock.pointer)
    except (msgspec.ValidationError, ValueError):
        return None
    return lock

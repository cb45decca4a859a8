"""What a page tells of the levels of administration: where a value comes from, and what an upper level keeps as it is."""

from __future__ import annotations

from collections.abc import Sequence

import msgspec

from server.actions.configuring import WorkingSet
from server.definitions.bundle import Lock
from server.definitions.regions import RegionTree, level_of
from server.definitions.service import LIBRARY, path_of
from server.documents.pointer import format_pointer
from server.messages.layers import BASE_ORIGIN, OWN_ORIGIN, hold_words
from server.overlays.compose import Composed, origin_of
from server.overlays.locks import deciding_lock, lock_key, locks_on
from server.types import RegionCode, ServiceId

_NOTHING = "none"
_REMOVABLE = ("relax", "any")


class Badge(msgspec.Struct, frozen=True, kw_only=True):
    """Which level a value comes from."""

    words: str
    tone: str
    #: Whether it is the region edited itself.
    own: bool = False


class Hold(msgspec.Struct, frozen=True, kw_only=True):
    """What an upper level says about changing a place."""

    words: str
    #: Whether nothing at all may be changed there.
    fixed: bool
    #: Whether what the upper level has there may be taken away.
    removable: bool = False
    #: Where it holds in the document.
    pointer: str = ""


class Levels:
    """Origins and locks of a working copy; there is nothing to tell of the base, which has no level above."""

    def __init__(self, working: WorkingSet) -> None:
        """Reads nothing but the working copy."""
        self._working = working
        self._tree = region_tree(working)
        self._found: dict[str, tuple[Lock, ...]] = {}
        self.is_base = working.region == working.base_region
        self._composed = Composed(
            service_id=ServiceId(working.service_id),
            region=RegionCode(working.region),
            base=RegionCode(working.base_region),
            layers=(),
            documents=working.documents,
            origins=working.origins,
            findings=(),
        )

    def name(self, region: str) -> str:
        """The region's own name, its code where it has none."""
        return self._tree.name(region) or region

    def badge(self, *parts: tuple[str, Sequence[str]]) -> Badge | None:
        """The lowest level that changed anything at or below one of these places: path and place in its normal form."""
        if self.is_base:
            return None
        found = {
            region
            for path, place in parts
            for at, region in self._working.origins.get(path, {}).items()
            if all(one == other for one, other in zip(at, place, strict=False))
        }
        return self._worded(max(found, key=_depth, default=RegionCode(self._working.base_region)))

    def of_documents(self, paths: Sequence[str]) -> Badge | None:
        """The lowest level that changed anything in these documents."""
        return self.badge(*((path, ()) for path in paths))

    def added(self, path: str, place: Sequence[str]) -> bool:
        """Whether the region itself added what stands at a place, so that no level above has it."""
        changed = self._working.origins.get(path, {})
        whole = next((changed[tuple(place[:length])] for length in range(len(place) + 1) if tuple(place[:length]) in changed), "")
        return not self.is_base and whole == self._working.region

    def own(self, path: str) -> bool:
        """Whether the region itself changes the document."""
        return not self.is_base and self._working.region in self._working.origins.get(path, {}).values()

    def hold(self, path: str, place: Sequence[str]) -> Hold | None:
        """What holds for a place of a document's normal form; nothing where everything may be changed."""
        if self.is_base:
            return None
        lock = deciding_lock(self._locks(path), service_id=self._working.service_id, path=path, place=place)
        return self._held(lock) if lock is not None and lock.allow != "any" else None

    def holds(self, path: str) -> tuple[Hold, ...]:
        """Everything that upper levels say about places of a document."""
        if self.is_base:
            return ()
        return tuple(self._held(lock) for lock in self._locks(path))

    def _locks(self, path: str) -> tuple[Lock, ...]:
        """The locks on a document, looked for once: a page asks for those of many places."""
        if path not in self._found:
            self._found[path] = locks_on(self._working.locks, path=path, service_id=self._working.service_id)
        return self._found[path]

    def _held(self, lock: Lock) -> Hold:
        pointer = format_pointer(("locks", lock_key(lock)))
        upper = self.name(origin_of(self._composed, path_of(self._working.service_id, "locks"), pointer))
        words = hold_words(lock.allow, upper=upper, reason=lock.reason or "")
        return Hold(words=words, fixed=lock.allow == _NOTHING, removable=lock.allow in _REMOVABLE, pointer=lock.pointer)

    def _worded(self, region: str) -> Badge:
        if region == self._working.region:
            return Badge(words=OWN_ORIGIN, tone="info", own=True)
        if region == self._working.base_region:
            return Badge(words=BASE_ORIGIN.get(level_of(region), self.name(region)), tone="plain")
        return Badge(words=self.name(region), tone="good")


def region_tree(working: WorkingSet) -> RegionTree:
    """The regions that the service's list knows; none where it cannot be read, which the checks report."""
    listed = working.documents.get(f"{LIBRARY}/regions/{working.base_region}.json")
    names = listed.get("regions") if isinstance(listed, dict) else None
    return RegionTree({code: name for code, name in names.items() if isinstance(name, str)} if isinstance(names, dict) else {})


def _depth(region: str) -> int:
    return ("province", "city", "county", "township", "village").index(level_of(region))

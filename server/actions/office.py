"""The office every action works in: settings, store, clock and releases; and who acts in it."""

from __future__ import annotations

import asyncio
import secrets
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime, timedelta
from weakref import WeakValueDictionary

import httpx
import msgspec

from server.actions.kept import Kept
from server.actions.limiting import Limits
from server.actions.press import Press
from server.actions.unchanged import Unchanged
from server.cases.people import AccountKind, Unit
from server.checks.subject import compile_subject
from server.checks.workshop import Workshop
from server.definitions.common import LEVEL_DIGITS
from server.definitions.regions import contains, level_of
from server.definitions.service import service_ids
from server.documents.canonical import content_id
from server.errors import DamagedData
from server.findings import Finding, Refused
from server.releases import Release, compile_release
from server.releases.compile import release_of
from server.settings import Settings
from server.store import ChannelRow, Store
from server.types import JsonValue, RegionCode, ReleaseId

#: Compiled releases and trials kept in memory; a large service takes some ten megabytes, another region of it little more.
_KEPT = 64
#: Printed forms kept in memory, some hundred kilobytes each.
_BLANK_KEPT = 32
_CLOCK_FLAG = "clock-ahead-seconds"


class Applicant(msgspec.Struct, frozen=True, kw_only=True):
    """A person who applies, known by a telephone number."""

    account_id: str
    phone: str


class Official(msgspec.Struct, frozen=True, kw_only=True):
    """A person who works in one or several offices."""

    account_id: str
    name: str
    units: tuple[Unit, ...]


class Administrator(msgspec.Struct, frozen=True, kw_only=True):
    """A person who changes the configuration of a region."""

    account_id: str
    name: str
    region: RegionCode
    roles: tuple[str, ...]


Actor = Applicant | Official | Administrator


class Session(msgspec.Struct, frozen=True, kw_only=True):
    """Who is signed in."""

    kind: AccountKind
    actor: Actor
    #: When it ends unless it is used, on the office's clock.
    expires_at: datetime
    #: Whether it has ended; it still says who posted, so that what was typed too late can be kept.
    expired: bool


class Compiled(msgspec.Struct, frozen=True, kw_only=True):
    """What the checks make of a set of documents: a release, unless a finding is an error."""

    release: Release | None
    findings: tuple[Finding, ...]


class Office:
    """One running installation."""

    def __init__(self, settings: Settings, store: Store, http: httpx.AsyncClient) -> None:
        """Opens and starts nothing: the store is open already and the client is closed by whoever made it."""
        self.settings = settings
        self.store = store
        self.http = http
        self.limits = Limits()
        self.unchanged = Unchanged(store)
        self.press = Press()
        self.blank_sheets: Kept[ReleaseId, bytes | Refused] = Kept(_BLANK_KEPT)
        #: Set when something may have become due; whoever waits takes the event before looking, and a new one each time.
        self.awake = asyncio.Event()
        self._ahead = timedelta()
        self._releases: Kept[ReleaseId, Release] = Kept(_KEPT)
        self._trials: Kept[str, Compiled] = Kept(_KEPT)
        self._layers: Kept[str, dict[str, JsonValue]] = Kept(_KEPT)
        self._workshop = Workshop()
        self._locks: WeakValueDictionary[str, asyncio.Lock] = WeakValueDictionary()

    def now(self) -> datetime:
        """The real instant in UTC, for sessions, codes and signatures."""
        return datetime.now(UTC)

    def clock(self) -> datetime:
        """The instant it is in the office, in UTC; a demonstration may be days ahead of the real time."""
        return self.now() + self._ahead

    def on_clock(self, real: datetime) -> datetime:
        """A real instant as the office's clock shows it."""
        return real + self._ahead

    async def set_clock(self, *, ahead: timedelta) -> None:
        """Moves the clock of a demonstration and remembers it over restarts."""
        await self.store.set_flag(_CLOCK_FLAG, str(int(ahead.total_seconds())))
        self._ahead = ahead
        self.wake()

    async def restore_clock(self) -> None:
        """Ensures a demonstration's clock goes on where it was."""
        if self.settings.demo:
            self._ahead = timedelta(seconds=int(await self.store.flag(_CLOCK_FLAG) or 0))

    @property
    def ahead(self) -> timedelta:
        """How far the clock is ahead of the real time."""
        return self._ahead

    def ids(self) -> Iterator[str]:
        """Ids nobody can guess, without end."""
        while True:
            yield secrets.token_hex(16)

    def lock(self, name: str) -> asyncio.Lock:
        """The lock of this name; whoever holds it is alone with the thing it names."""
        lock = self._locks.get(name)
        if lock is None:
            lock = self._locks[name] = asyncio.Lock()
        return lock

    def wake(self) -> None:
        """Ensures that what has become due is looked for at once."""
        self.awake.set()
        self.awake = asyncio.Event()

    async def release(self, release_id: ReleaseId) -> Release:
        """The release with this id, compiled once."""
        return await self._releases.get(release_id, lambda: self._stored(release_id))

    async def layer(self, revision_id: str) -> dict[str, JsonValue]:
        """What a revision contributes; not to be changed, because a revision never does."""
        return await self._layers.get(revision_id, lambda: self.store.revision_layer(revision_id))

    def keep(self, release: Release) -> None:
        """Keeps a release that was compiled just now, as the stored one would be."""
        self._releases.keep(release.id, release)

    async def compiled(self, documents: Mapping[str, JsonValue], *, service_id: str, region: str, name: str = "") -> Compiled:
        """The documents checked and compiled, once while they stay the same; everybody else goes on meanwhile.

        `name` stands for these documents where the caller has a shorter one than their content.
        """
        key = name or await asyncio.to_thread(content_id, [service_id, region, dict(documents)])
        return await self._trials.get(key, lambda: asyncio.to_thread(_checked, documents, service_id, region, self._workshop))

    async def channels(self, service_id: str) -> tuple[ChannelRow, ...]:
        """What is in force for a service, in every region that contributes to it."""
        rows = await self.unchanged.get("channels", "", self.store.channels)
        return tuple(row for row in rows if row.service_id == service_id)

    async def channel(self, service_id: str, region: str = "") -> ChannelRow | None:
        """What is in force for a service: the row of the smallest region around the given one, else the topmost row."""
        rows = await self.channels(service_id)
        if not region:
            return min(rows, key=_extent, default=None)
        return max((row for row in rows if contains(row.region, region)), key=_extent, default=None)

    async def current(self, service_id: str, region: str = "") -> Release | None:
        """The release that people in the region apply under now."""
        row = await self.channel(service_id, region)
        return await self.release(row.release_id) if row is not None else None

    async def _stored(self, release_id: ReleaseId) -> Release:
        documents = await self.store.release_documents(release_id)
        if documents is None:
            raise DamagedData(f"release {release_id} is not in the store")
        (service_id,) = service_ids(documents)
        row = await self.store.release_row(release_id)
        assert row is not None
        return await asyncio.to_thread(_recompiled, release_id, documents, service_id, row.region, self._workshop)


async def make_office(settings: Settings, store: Store, http: httpx.AsyncClient) -> Office:
    """The office of an installation, its clock where it was."""
    office = Office(settings, store, http)
    await office.restore_clock()
    return office


def _recompiled(
    release_id: ReleaseId, documents: Mapping[str, JsonValue], service_id: str, region: str, workshop: Workshop
) -> Release:
    """A stored release without the checks: it passed them when it was published."""
    release = release_of(compile_subject(documents, service_id, region, workshop), region=region, workshop=workshop)
    if release is None or release.id != release_id:
        raise DamagedData(f"release {release_id} does not compile from its documents")
    return release


def _checked(documents: Mapping[str, JsonValue], service_id: str, region: str, workshop: Workshop) -> Compiled:
    release, findings = compile_release(documents, service_id, region, workshop)
    return Compiled(release=release, findings=findings)


def _extent(row: ChannelRow) -> int:
    """How deep in the tree of regions a row stands."""
    return LEVEL_DIGITS[level_of(row.region)]

"""The office every action works in: settings, store, clock and releases; and who acts in it."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime

import httpx
import msgspec

from server.cases.people import AccountKind, Unit
from server.releases import Release
from server.settings import Settings
from server.store import Store
from server.types import RegionCode, ReleaseId


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


class Office:
    """One running installation."""

    def __init__(self, settings: Settings, store: Store, http: httpx.AsyncClient) -> None:
        """Opens nothing and starts nothing: the store is open already and the client is closed by whoever made it."""
        self.settings = settings
        self.store = store
        self.http = http

    def clock(self) -> datetime:
        """The instant it is in the office, in UTC; a demonstration may be days ahead of the real time."""
        raise NotImplementedError

    def now(self) -> datetime:
        """The real instant in UTC, for sessions, codes and signatures."""
        return datetime.now(UTC)

    async def release(self, release_id: ReleaseId) -> Release:
        """The release with this id, compiled once."""
        raise NotImplementedError

    async def current(self, service_id: str, region: str) -> Release | None:
        """The release that people in the region apply under now."""
        raise NotImplementedError

    def ids(self) -> Iterator[str]:
        """Ids nobody can guess, without end."""
        raise NotImplementedError

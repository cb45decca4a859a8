"""An installation with the shipped service in force, and administrators with browsers."""

from __future__ import annotations

import contextlib
from collections.abc import AsyncIterator, Coroutine
from itertools import count
from pathlib import Path
from typing import Any, Protocol, TypeVar
from urllib.parse import quote

import httpx
import msgspec
from litestar import Litestar
from plain_browser import Browser

import admin_ui
from server.actions import publishing
from server.actions.office import Office, make_office
from server.actions.sessions import open_session
from server.cases.people import Account
from server.definitions.service import path_of
from server.exports.folder import read_trees
from server.settings import Settings, make_keys, read_settings
from server.store import migrate, open_store
from server.types import JsonValue, RegionCode, ServiceId
from server.web.app import create_app

ROOT = Path(__file__).parents[2]
SERVICE = "shanxi/social_assistance"
REGION = RegionCode("140000")
BASE = f"/admin/services/{SERVICE}"
FORM = f"{BASE}/forms/form"

T = TypeVar("T")


class Run(Protocol):
    """Waits for something asynchronous on the loop the installation lives on."""

    def __call__(self, awaited: Coroutine[Any, Any, T], /) -> T: ...


class Town:
    """One running installation and its web application."""

    def __init__(self, office: Office, shipped: publishing.Published) -> None:
        self.office = office
        self._shipped = shipped
        self.app: Litestar = create_app(office, admin_ui.ROUTES)
        self._accounts = count(1)

    async def start_again(self) -> None:
        """Puts the service in force as it was shipped and forgets what was edited."""
        await self.office.store.delete_working(ServiceId(SERVICE), REGION)
        for row in await self.office.store.open_revisions(ServiceId(SERVICE)):
            decided = msgspec.structs.replace(row, state="withdrawn")
            assert await self.office.store.decide_revision(decided, was=row.state)
        shipped = self._shipped
        await self.office.store.set_channel(
            ServiceId(SERVICE), REGION, shipped.release_id, shipped.revision_id, self.office.clock(), ""
        )

    async def administrator(self, region: str = REGION, name: str = "Zhao") -> Browser:
        """The browser of a new administrator of a region, signed in."""
        return await self._browser("administrator", region=RegionCode(region), name=name)

    async def applicant(self) -> Browser:
        """The browser of a new applicant, signed in."""
        return await self._browser("applicant")

    async def official(self) -> Browser:
        """The browser of a new official without any office, signed in."""
        return await self._browser("official")

    async def working(self, kind: str, name: str = "") -> JsonValue:
        """A document of the working copy."""
        stored = await self.office.store.working(ServiceId(SERVICE), REGION)
        assert stored is not None, "nothing was saved"
        return stored.documents[path_of(SERVICE, kind, name)]

    async def _browser(self, kind: str, **members: Any) -> Browser:
        number = next(self._accounts)
        account = Account(
            id=f"account{number}",
            kind=kind,  # type: ignore[arg-type]
            login=f"login{number}",
            created_at=self.office.now(),
            **members,
        )
        await self.office.store.add_account(account)
        return Browser(self.app, (await open_session(self.office, account)).token)


def field_path(field_id: str) -> str:
    """The address of a field's editor."""
    return f"{FORM}/fields/{quote(field_id)}"


def document_path(kind: str, name: str = "") -> str:
    """The address at which a document is edited as text."""
    return f"{BASE}/documents/{path_of(SERVICE, kind, name)}"


@contextlib.asynccontextmanager
async def town(folder: Path) -> AsyncIterator[Town]:
    """An installation made in an empty folder, with the shipped service in force."""
    make_keys(folder, demo=True)
    migrate(folder)
    settings = read_settings({}, folder, demo=True)
    assert isinstance(settings, Settings), settings
    store = await open_store(folder, settings.keys)
    try:
        async with httpx.AsyncClient() as http:
            office = await make_office(settings, store, http)
            documents = read_trees(ROOT).documents
            published = await publishing.publish(
                office, actor=None, documents=documents, service_id=SERVICE, region=REGION, note="as shipped"
            )
            assert isinstance(published, publishing.Published), published
            yield Town(office, published)
    finally:
        await store.close()

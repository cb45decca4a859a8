"""An installation with the shipped service in force, and administrators with browsers."""

from __future__ import annotations

import contextlib
from collections.abc import AsyncIterator, Coroutine, Mapping
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
from server.actions.publishing import Published
from server.actions.sessions import open_session
from server.cases.people import Account
from server.definitions.service import path_of
from server.exports.folder import read_trees
from server.overlays.overlay import base_documents, overlay_path
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

    def __init__(self, office: Office, shipped: dict[str, JsonValue]) -> None:
        self.office = office
        self.shipped = shipped
        self.app: Litestar = create_app(office, admin_ui.ROUTES)
        self._accounts = count(1)

    async def start_again(self) -> None:
        """Puts the base in force as it was shipped, takes layers away, and forgets what was edited and proposed anywhere."""
        store, service_id = self.office.store, ServiceId(SERVICE)
        for region in await store.worked_on(SERVICE):
            await store.delete_working(service_id, RegionCode(region))
        for row in await store.open_revisions(SERVICE):
            decided = msgspec.structs.replace(row, state="withdrawn", decided_at=self.office.clock())
            await store.decide_revision(decided, was=row.state, events=())
        await publish(self.office, self.shipped)
        for layer in await store.layers_in_force(service_id):
            if layer.revision.region != REGION and layer.documents:
                await publish(self.office, self.shipped, layer.revision.region)

    async def publish(self, changes: Mapping[str, JsonValue], region: str = REGION) -> Published:
        """Puts the shipped documents with some changed in force, as the installation itself does."""
        return await publish(self.office, {**self.shipped, **changes}, region)

    async def administrator(self, region: str = REGION, name: str = "Zhao") -> Browser:
        """The browser of a new administrator of a region, signed in."""
        return await self._browser("administrator", region=RegionCode(region), name=name)

    async def approver(self, region: str = REGION, name: str = "Qian") -> Browser:
        """The browser of a new administrator who may approve, signed in."""
        return await self._browser("administrator", region=RegionCode(region), name=name, roles=("approver",))

    async def applicant(self) -> Browser:
        """The browser of a new applicant, signed in."""
        return await self._browser("applicant")

    async def official(self) -> Browser:
        """The browser of a new official without any office, signed in."""
        return await self._browser("official")

    async def working(self, kind: str, name: str = "", region: str = REGION) -> JsonValue:
        """A document of the working copy; below the base the patch over it."""
        stored = await self.office.store.working(ServiceId(SERVICE), RegionCode(region))
        assert stored is not None, "nothing was saved"
        path = path_of(SERVICE, kind, name)
        return stored.documents[path if region == REGION else overlay_path(path, service_id=SERVICE, region=region)]

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


def at(region: str, path: str = BASE) -> str:
    """The same page for a region below the base."""
    return path.replace(BASE, f"{BASE}@{region}", 1)


async def publish(office: Office, documents: Mapping[str, JsonValue], region: str = REGION) -> Published:
    """Puts the layer of a region in force."""
    published = await publishing.publish(office, documents=documents, service_id=SERVICE, region=region, note="as shipped")
    assert isinstance(published, Published), published
    return published


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
            documents = base_documents(read_trees(ROOT).documents, SERVICE)
            await publish(office, documents)
            yield Town(office, documents)
    finally:
        await store.close()

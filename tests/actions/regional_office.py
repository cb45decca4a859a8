"""A small service in a province with two cities and a county, whose administrators change their own layers of it."""

from __future__ import annotations

import asyncio
import copy
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any, TypeVar

import any_service
from any_service import SERVICE
from busy_office import opened

from server.actions import configuring, publishing, revising
from server.actions.configuring import WorkingSet
from server.actions.office import Administrator, Office
from server.actions.publishing import Published
from server.overlays.overlay import overlay_path
from server.settings import make_keys
from server.store import RevisionRow, migrate
from server.types import RegionCode

PROVINCE, CITY, OTHER_CITY, COUNTY = "110000", "110100", "110200", "110105"
NAMES = {PROVINCE: "Province", CITY: "City", OTHER_CITY: "Other city", COUNTY: "County"}
SCHEMA = f"form_schemas/{SERVICE}/form/data.schema.json"
LOCKS = f"form_schemas/{SERVICE}/locks.json"
ITEMS = f"process_defs/{SERVICE}/items.json"
WISH, REASON = "/properties/wish/title", "/properties/reason/title"

T = TypeVar("T")


def documents() -> dict[str, Any]:
    """The base: a wish and a reason besides what every form has, and a title nobody below may touch."""
    fields = {
        "wish": {"type": "string", "title": "Wish", "maxLength": 50},
        "reason": {"type": "string", "title": "Reason", "maxLength": 50},
    }
    own = any_service.service(fields)
    own[f"form_schemas/library/regions/{PROVINCE}.json"] = {"title": "Regions", "regions": NAMES}
    own[LOCKS] = {"locks": [{"document": "items.json", "pointer": "/items/*/title", "allow": "none", "reason": "one name"}]}
    return own


def patch(region: str, title: str, *, field: str = "wish") -> dict[str, Any]:
    """The layer of a region that calls a field otherwise."""
    path = overlay_path(SCHEMA, service_id=SERVICE, region=region)
    return {path: {"properties": {field: {"title": title}}}}


def titled(found: dict[str, Any], title: str, *, field: str = "wish") -> dict[str, Any]:
    """The schema of some documents with another title of a field."""
    schema = copy.deepcopy(found[SCHEMA])
    schema["properties"][field]["title"] = title
    return schema


def told(folder: Path, story: Callable[[Office], Awaitable[T]], *, layers: dict[str, Any] | None = None) -> T:
    """What a story results in where the base is in force, and these layers of regions; the folder stays for another story."""

    async def begin() -> T:
        async with opened(folder) as office:
            if await office.channel(SERVICE) is None:
                await publish(office, {**documents(), **(layers or {})})
            return await story(office)

    if not folder.exists():
        make_keys(folder, demo=True)
        migrate(folder)
    return asyncio.run(begin())


async def publish(office: Office, found: dict[str, Any], note: str = "") -> dict[str, Published]:
    """Every layer published by the installation itself."""
    done = await publishing.publish_all(office, documents=found, service_id=SERVICE, note=note)
    assert all(isinstance(one, Published) for one in done.values()), done
    return done  # type: ignore[return-value]


async def publish_base(office: Office, **titles: str) -> Published:
    """The base published again with other titles of its fields."""
    found = documents()
    for field, title in titles.items():
        found[SCHEMA] = titled(found, title, field=field)
    done = await publishing.publish(office, documents=found, service_id=SERVICE, note="new titles")
    assert isinstance(done, Published), done
    return done


def author(region: str = PROVINCE, name: str = "author") -> Administrator:
    return Administrator(account_id=f"{name}-{region}", name=name, region=RegionCode(region), roles=())


def approver(region: str = PROVINCE, name: str = "approver") -> Administrator:
    return Administrator(account_id=f"{name}-{region}", name=name, region=RegionCode(region), roles=("approver",))


async def working(office: Office, actor: Administrator, region: str = "") -> WorkingSet:
    found = await configuring.working(office, actor=actor, service_id=SERVICE, region=region)
    assert isinstance(found, WorkingSet), found
    return found


async def retitle(office: Office, actor: Administrator, title: str, *, region: str = "", field: str = "wish") -> WorkingSet:
    """The working copy with another title of a field."""
    before = await working(office, actor, region)
    value = titled(before.documents, title, field=field)
    saved = await configuring.save_document(
        office, actor=actor, service_id=SERVICE, region=region, path=SCHEMA, value=value, version=before.version
    )
    assert isinstance(saved, WorkingSet), saved
    return saved


async def propose(office: Office, actor: Administrator, *, region: str = "", **options: Any) -> RevisionRow:
    options = {"note": "a better title", **options}
    row = await revising.propose(office, actor=actor, service_id=SERVICE, region=region, **options)
    assert isinstance(row, RevisionRow), row
    return row


async def approve(office: Office, row: RevisionRow, actor: Administrator | None = None) -> Published:
    done = await revising.approve(office, actor=actor or approver(), revision_id=row.id)
    assert isinstance(done, Published), done
    return done


async def title_in(office: Office, region: str = "", field: str = "wish") -> str:
    """What people in a region are asked for."""
    release = await office.current(SERVICE, region)
    assert release is not None
    title = release.documents[SCHEMA]["properties"][field]["title"]
    assert isinstance(title, str)
    return title


async def parent_of(office: Office, region: str) -> str:
    """The revision that what a region has in force was made for."""
    row = await office.store.revision((await channel(office, region)).revision_id)
    assert row is not None
    return row.parent_id


async def channel(office: Office, region: str) -> Any:
    rows = {row.region: row for row in await office.channels(SERVICE)}
    return rows[RegionCode(region)]

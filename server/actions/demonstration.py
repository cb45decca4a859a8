"""What only a demonstration has: ready accounts, filled families, a clock that can be moved."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from datetime import timedelta
from itertools import count
from typing import Any

import msgspec
import structlog

from server.actions.attaching import store_file
from server.actions.demo_offices import (
    ADMINISTRATORS,
    DEMO_PASSWORD,
    account_in,
    example_places,
    posts_of,
    staff_administration,
    staff_places,
)
from server.actions.drafts import Draft, context, save_draft, start_draft
from server.actions.office import Applicant, Office
from server.actions.operating import run_timers
from server.actions.publishing import Published, publish_all
from server.actions.sample_files import sample_file
from server.actions.scheduling import publish_due
from server.cases.people import Account, AccountKind
from server.cases.submitting import chosen_items
from server.definitions.bundle import Example
from server.definitions.regions import level_of
from server.definitions.service import service_ids
from server.errors import ImpossibleState
from server.exports.folder import read_trees
from server.findings import Refused
from server.forms.data import FormData, from_instance
from server.forms.settle import settle
from server.messages.cases import LIST_COMMA
from server.messages.demo import DEMO_APPLICANT, MORE_PLACES
from server.releases import Release, due_materials
from server.types import JsonValue

__all__ = [
    "DEMO_PASSWORD",
    "DemoAccount",
    "Family",
    "advance_clock",
    "demo_accounts",
    "families",
    "load_family",
    "seed",
    "system_titles",
]

_LOG = structlog.get_logger("onething.demonstration")

PHONES = ("13800000001", "13800000002", "13800000003")

_SHOWN_PLACES = 3
_MOST_DAYS = 366
_FILE_KINDS = ("photo", "attachment")
_UNKNOWN = Refused("unknown-example")


class DemoAccount(msgspec.Struct, frozen=True, kw_only=True):
    """An account to try."""

    kind: AccountKind
    #: Telephone number or user name.
    login: str
    name: str
    #: Office or task in words; empty for applicants.
    unit: str
    place: str


class Family(msgspec.Struct, frozen=True, kw_only=True):
    """A filled application to load."""

    service_id: str
    example_id: str
    title: str
    region: str
    #: Region in words.
    place: str
    item_titles: tuple[str, ...]


async def demo_accounts(office: Office) -> tuple[DemoAccount, ...]:
    """The accounts of the demonstration in the order of the way of a case."""
    found = [DemoAccount(kind="applicant", login=phone, name=DEMO_APPLICANT, unit="", place="") for phone in PHONES]
    for release in await _releases(office):
        for post in posts_of(release):
            _, account = await account_in(office, release, "official", post.login)
            if account is not None and all(account.login != known.login for known in found):
                found.append(_shown_official(release, account))
        for login, *_ in ADMINISTRATORS:
            _, account = await account_in(office, release, "administrator", login)
            if account is not None and all(account.login != known.login for known in found):
                found.append(_shown_administrator(release, account))
    return tuple(found)


async def families(office: Office) -> tuple[Family, ...]:
    """The filled applications that can be loaded."""
    found: dict[tuple[str, str], Family] = {}
    for row in await office.store.channels():
        release = await office.release(row.release_id)
        for example_id, example in release.service.examples.items():
            # A region may have changed it, or have written one of its own.
            there = await office.current(row.service_id, example.region)
            if there is not None and there.id == release.id and not example.problems:
                found[row.service_id, example_id] = _family(release, example_id, example)
    return tuple(found[key] for key in sorted(found))


async def system_titles(office: Office) -> dict[str, str]:
    """What the systems the services call are called, by their slot."""
    return {slot: one.title for release in await _releases(office) for slot, one in release.service.connectors.items()}


async def load_family(office: Office, *, actor: Applicant, service_id: str, example_id: str) -> Draft | Refused:
    """A draft filled from an example, with sample files for every material due."""
    family = next((one for one in await families(office) if (one.service_id, one.example_id) == (service_id, example_id)), None)
    release = await office.current(service_id, family.region) if family is not None else None
    if release is None or not office.settings.demo:
        return _UNKNOWN
    example = release.service.examples[example_id]
    data = _answers(release, example)
    draft = await start_draft(office, actor=actor, service_id=service_id, data=data, visited=frozenset())
    if isinstance(draft, Refused):
        return draft
    filled = await _with_files(office, actor, draft, example)
    pages = frozenset(page.id for page in release.form.pages)
    return await save_draft(office, actor=actor, draft_id=draft.id, version=draft.version, data=filled, visited=pages)


async def advance_clock(office: Office, *, days: int) -> Refused | None:
    """Moves the office's clock forward and does what becomes due."""
    if not office.settings.demo or not 0 < days <= _MOST_DAYS:
        return Refused("clock-fixed")
    await office.set_clock(ahead=office.ahead + timedelta(days=days))
    await publish_due(office)
    await run_timers(office)
    return None


async def seed(office: Office) -> None:
    """Ensures the shipped services are published and the accounts exist; what was changed since stays."""
    if not office.settings.demo:
        raise ImpossibleState("only a demonstration has ready accounts")
    await office.restore_clock()
    await _publish_shipped(office)
    for release in await _releases(office):
        places = example_places(release) or (release.region,)
        for place in places:
            await staff_places(office, await office.current(release.service_id, place) or release, (place,))
        cities = [row.region for row in await office.channels(release.service_id) if level_of(row.region) == "city"]
        await staff_administration(office, release, (*cities, *places)[0])


async def _publish_shipped(office: Office) -> None:
    """Publishes the services nobody has published yet, with their overlays; what has errors is left out, and `check` says why."""
    documents = (await asyncio.to_thread(read_trees, office.settings.trees)).documents
    for service_id in service_ids(documents):
        if await office.channel(service_id) is not None:
            continue
        for region, published in (await publish_all(office, documents=documents, service_id=service_id)).items():
            if not isinstance(published, Published):
                found = len(published) if isinstance(published, tuple) else 0
                _LOG.warning("not published", service=service_id, region=region, findings=found)


async def _releases(office: Office) -> tuple[Release, ...]:
    ids = dict.fromkeys(row.service_id for row in await office.store.channels())
    found = [await office.current(service_id) for service_id in ids]
    return tuple(release for release in found if release is not None)


def _shown_official(release: Release, account: Account) -> DemoAccount:
    unit = account.units[0]
    agency = release.service.agencies.agencies[unit.agency]
    places = [release.regions.name(one.region) or one.region for one in account.units]
    more = MORE_PLACES.format(count=len(places)) if len(places) > _SHOWN_PLACES else ""
    return DemoAccount(
        kind="official",
        login=account.login,
        name=account.name,
        unit=agency.levels.get(unit.level, agency.title),
        place=LIST_COMMA.join(places[:_SHOWN_PLACES]) + more,
    )


def _shown_administrator(release: Release, account: Account) -> DemoAccount:
    place = release.regions.full_name(account.region)
    return DemoAccount(kind="administrator", login=account.login, name=account.name, unit=account.name, place=place)


def _family(release: Release, example_id: str, example: Example) -> Family:
    chosen: Any = example.answers
    for part in release.service.bundle.items_field.split("."):
        chosen = chosen.get(part) if isinstance(chosen, dict) else None
    items = release.service.items.items
    return Family(
        service_id=release.service_id,
        example_id=example_id,
        title=example.title,
        region=example.region,
        place=release.regions.full_name(example.region),
        item_titles=tuple(items[item].title for item in chosen or () if item in items),
    )


def _answers(release: Release, example: Example) -> FormData:
    keys: Iterator[str] = (f"r{number}" for number in count(1))
    return from_instance(example.answers, ((field.group, field.path) for field in release.form.fields.values()), keys)


async def _with_files(office: Office, actor: Applicant, draft: Draft, example: Example) -> FormData:
    """The answers with sample files: for pictures and attachments among them, and for every material due."""
    values = dict(draft.data.values)
    form, release = draft.release.form, draft.release
    for name, field in form.fields.items():
        pointer = "/" + name.replace(".", "/")
        if field.kind in _FILE_KINDS and pointer in values:
            held = values[pointer]
            files = await _samples(office, actor, draft.id, held if isinstance(held, list) else [held])
            values[pointer] = files if isinstance(held, list) else files[0]
    settled = settle(form, draft.data, context(office, release=release, data=draft.data))
    given = example.answers.get("materials", {})
    for material in due_materials(release, settled, chosen_items(release, settled)):
        if material.due and not material.waived:
            wanted = given.get(material.id) or [{"name": f"{material.title}.png"}]
            values[f"/materials/{material.id}"] = await _samples(office, actor, draft.id, wanted)
    return msgspec.structs.replace(draft.data, values=values)


async def _samples(office: Office, actor: Applicant, draft_id: str, wanted: list[JsonValue]) -> list[JsonValue]:
    """Sample files stored under the names wanted, as answers refer to them."""
    stored = []
    for one in wanted:
        sample = await asyncio.to_thread(sample_file, str(one.get("name", "")))
        file = await store_file(
            office,
            actor=actor,
            draft_id=draft_id,
            name=sample.name,
            media_type=sample.media_type,
            content=sample.content,
        )
        if not isinstance(file, Refused):
            parts = ("id", "name", "media_type", "size", "sha256")
            stored.append({part: getattr(file, part) for part in parts})
    return stored

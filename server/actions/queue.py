"""The tasks of an official's offices, page by page."""

from __future__ import annotations

from datetime import datetime

import msgspec

from server.actions.lights import Light, light_of
from server.actions.names import Names
from server.actions.office import Office, Official
from server.actions.titles import outcome_title, place_title
from server.cases.people import Unit
from server.cases.views import unit_title
from server.releases import Release
from server.store import QueueRow, Tab

__all__ = ["Queue", "QueueLine", "Tab", "offices", "queue"]


class QueueLine(msgspec.Struct, frozen=True, kw_only=True):
    """One task in the queue."""

    task_id: str
    case_number: str
    item_title: str
    task_title: str
    #: Name of the person who applies.
    applicant: str
    #: Office and region in words.
    unit: str
    place: str
    opened_at: datetime
    due_at: datetime | None
    light: Light
    #: Name of the official who works on it, or who completed it; empty while nobody does.
    holder: str
    mine: bool
    #: How it was completed; empty while it is open.
    outcome_title: str


class Queue(msgspec.Struct, frozen=True, kw_only=True):
    """One page of the queue."""

    lines: tuple[QueueLine, ...]
    #: Where the next page begins; empty on the last.
    next: str


async def queue(office: Office, *, actor: Official, tab: Tab, after: str = "") -> Queue:
    """The open tasks of the official's offices, those the official works on, or those done."""
    rows, following = await office.store.queue(actor.units, state=tab, account_id=actor.account_id, after=after)
    names = Names(office)
    return Queue(lines=tuple([await _line(office, actor, names, row) for row in rows]), next=following)


async def offices(office: Office, *, actor: Official) -> tuple[str, ...]:
    """The official's offices in words."""
    found: dict[str, None] = {}
    for service_id in sorted({row.service_id for row in await office.store.channels()}):
        topmost = await office.current(service_id)
        for unit in actor.units:
            release = topmost
            if release is not None and unit.agency not in release.service.agencies.agencies:
                # A department that only the place has.
                release = await office.current(service_id, unit.region)
            if release is not None and unit.agency in release.service.agencies.agencies:
                found[unit_title(release, unit)] = None
    return tuple(found)


async def _line(office: Office, actor: Official, names: Names, row: QueueRow) -> QueueLine:
    release, now = await office.release(row.release_id), office.clock()
    unit = Unit(agency=row.agency, level=row.level, region=row.region)
    worker = row.completed_by or row.holder
    return QueueLine(
        task_id=row.task_id,
        case_number=row.case_number,
        item_title=release.service.items.items[row.item].title,
        task_title=row.title,
        applicant=row.applicant_name,
        unit=unit_title(release, unit),
        place=place_title(release, row.region),
        opened_at=row.opened_at,
        due_at=row.due_at,
        light=light_of(row.opened_at, row.due_at, row.closed_at or now),
        holder=await names.of(worker),
        mine=worker == actor.account_id,
        outcome_title=_outcome(release, row),
    )


def _outcome(release: Release, row: QueueRow) -> str:
    return outcome_title(release, item=row.item, node=row.node, code=row.outcome) if row.outcome else ""

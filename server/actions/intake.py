"""Whether items are taken in where somebody applies; apart from releases, which may stay in force meanwhile.

Each place may say something about a service or one of its items. What counts for an applicant is what all places around them say
together: nothing below opens what was closed above, and the earliest end is the end.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Literal

import msgspec

from server.actions.office import Administrator, Office
from server.actions.rights import UNKNOWN_SERVICE, may_configure
from server.cases.model import AuditEvent
from server.definitions.common import LEVEL_DIGITS
from server.definitions.regions import contains, level_of
from server.findings import Refused
from server.messages.pages import enumeration
from server.releases import Release
from server.store import IntakeRule
from server.types import RegionCode, ServiceId

#: From how long before an end pages say until when.
SOON = timedelta(days=7)


class Closed(msgspec.Struct, frozen=True, kw_only=True):
    """Why an item is not taken in."""

    #: Closed by hand, or past its end.
    code: Literal["closed", "ended"]
    #: The uppermost place that says so.
    region: RegionCode
    #: When it ended; nothing for one closed by hand.
    until: datetime | None = None


class Intake(msgspec.Struct, frozen=True, kw_only=True):
    """What is taken in at a place: nothing said about an item means that it is, for now."""

    closed: dict[str, Closed] = {}
    #: Item to when it ends, where that is soon.
    ending: dict[str, datetime] = {}


async def rules(office: Office, *, service_id: str) -> tuple[IntakeRule, ...]:
    """Everything places say about a service, by region and item; what was set a moment ago, by whatever process, included."""
    return await office.unchanged.get("intake", service_id, lambda: office.store.intake_rules(ServiceId(service_id)))


async def closed_items(office: Office, *, service_id: str, region: str, items: Iterable[str], now: datetime) -> dict[str, Closed]:
    """Those of the items that are not taken in at a place, each with the reason."""
    around = _around(await rules(office, service_id=service_id), region)
    found = {item: _closed(around, item, now) for item in items}
    return {item: closed for item, closed in found.items() if closed is not None}


async def intake_at(office: Office, *, release: Release, region: str) -> Intake:
    """What pages tell an applicant in a region about each item."""
    items, now = release.service.items.items, office.clock()
    around = _around(await rules(office, service_id=release.service_id), region)
    closed = {item: found for item in items if (found := _closed(around, item, now)) is not None}
    left = {item: until for item in items if item not in closed and (until := _until(around, item)) is not None}
    return Intake(closed=closed, ending={item: until for item, until in left.items() if until - now <= SOON})


async def refusal_at(office: Office, *, release: Release, region: str, items: Iterable[object]) -> Refused | None:
    """Why an application for the items is not taken in at a place now: `intake-closed` with the titles of the closed ones."""
    known = release.service.items.items
    wanted = [item for item in items if isinstance(item, str) and item in known]
    closed = await closed_items(office, service_id=release.service_id, region=region, items=wanted, now=office.clock())
    if not closed:
        return None
    return Refused("intake-closed", {"items": enumeration(known[item].title for item in closed)})


async def set_intake(
    office: Office,
    *,
    actor: Administrator,
    service_id: str,
    region: str,
    item: str = "",
    open: bool,
    until: datetime | None = None,
) -> IntakeRule | Refused:
    """Opens or closes an item, or all of a service, in a region from this moment on; what was submitted goes on.

    Refuses `unknown-item`, and `until-passed` for an end that lies behind; whoever wants to end now closes.
    """
    release = await office.current(service_id, region)
    if release is None or region not in release.regions or not may_configure(actor, region):
        return UNKNOWN_SERVICE
    if item and item not in release.service.items.items:
        return Refused("unknown-item")
    now = office.clock()
    if open and until is not None and until <= now:
        return Refused("until-passed")
    rule = IntakeRule(
        service_id=ServiceId(service_id),
        region=RegionCode(region),
        item=item,
        open=open,
        until=until if open else None,
        at=now,
        account_id=actor.account_id,
    )
    await office.store.put_intake_rule(rule)
    details = {"service": service_id, "region": region, "item": item, "open": open, "until": until and until.isoformat()}
    event = AuditEvent(chain="system", at=now, actor=actor.account_id, action="set_intake", details=details)
    await office.store.add_events((event,))
    return rule


def _around(found: Iterable[IntakeRule], region: str) -> tuple[IntakeRule, ...]:
    """The rules of the places that hold the region, the uppermost first."""
    return tuple(
        sorted((rule for rule in found if contains(rule.region, region)), key=lambda rule: LEVEL_DIGITS[level_of(rule.region)])
    )


def _closed(around: Iterable[IntakeRule], item: str, now: datetime) -> Closed | None:
    said = [rule for rule in around if rule.item in ("", item)]
    shut = next((rule for rule in said if not rule.open), None)
    if shut is not None:
        return Closed(code="closed", region=shut.region)
    ended = min((rule for rule in said if rule.until is not None and rule.until <= now), key=_end, default=None)
    return Closed(code="ended", region=ended.region, until=ended.until) if ended is not None else None


def _until(around: Iterable[IntakeRule], item: str) -> datetime | None:
    return min((rule.until for rule in around if rule.item in ("", item) and rule.until is not None), default=None)


def _end(rule: IntakeRule) -> datetime:
    assert rule.until is not None
    return rule.until

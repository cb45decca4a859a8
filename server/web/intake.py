"""What pages say about items that are not taken in, or not for long."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

import msgspec

from server.actions.intake import Closed, Intake
from server.definitions.common import LEVEL_DIGITS
from server.definitions.regions import level_of
from server.definitions.workdays import CHINA
from server.forms.render import Remark
from server.messages.intake import BETWEEN, CLOSED, ENDED, ENDING, NOTICE, until_text
from server.releases import Release
from server.store import IntakeRule


class PlaceRule(msgspec.Struct, frozen=True, kw_only=True):
    """What a place says about an item, as everybody may read it."""

    place: str
    text: str
    closed: bool


def closed_text(closed: Closed, *, release: Release) -> str:
    """Why an item is not taken in."""
    place = release.regions.name(closed.region) or closed.region
    if closed.until is None:
        return CLOSED.format(place=place)
    return ENDED.format(place=place, until=until_text(closed.until.astimezone(CHINA)))


def ending_text(until: datetime) -> str:
    """Until when an item is taken in."""
    return ENDING.format(until=until_text(until.astimezone(CHINA)))


def remarks_of(intake: Intake, *, release: Release) -> tuple[Remark, ...]:
    """What stands beside each item to choose."""
    closed = (Remark(code=item, text=closed_text(one, release=release), closed=True) for item, one in intake.closed.items())
    ending = (Remark(code=item, text=ending_text(until), closed=False) for item, until in intake.ending.items())
    return (*closed, *ending)


def intake_notices(intake: Intake, *, release: Release, chosen: Iterable[str]) -> tuple[str, ...]:
    """A sentence for each chosen item that is not taken in, or not for long."""
    items = release.service.items.items
    remarks = {remark.code: remark.text for remark in remarks_of(intake, release=release)}
    return tuple(
        NOTICE.format(item=items[item].title, text=remarks[item]) for item in chosen if item in remarks and item in items
    )


def place_rules(rules: Iterable[IntakeRule], *, release: Release, item: str, now: datetime) -> tuple[PlaceRule, ...]:
    """What each place says about an item: closed, ended, or until when; the upper places first."""
    found = [rule for rule in rules if rule.item in ("", item) and (rule.until is not None or not rule.open)]
    return tuple(_place_rule(rule, release, now) for rule in sorted(found, key=_height))


def _place_rule(rule: IntakeRule, release: Release, now: datetime) -> PlaceRule:
    place = release.regions.name(rule.region) or rule.region
    if rule.open and rule.until is not None and rule.until > now:
        return PlaceRule(
            place=place, text=BETWEEN.format(place=place, until=until_text(rule.until.astimezone(CHINA))), closed=False
        )
    closed = Closed(code="ended" if rule.open else "closed", region=rule.region, until=rule.until if rule.open else None)
    return PlaceRule(place=place, text=closed_text(closed, release=release), closed=True)


def _height(rule: IntakeRule) -> tuple[int, str]:
    return LEVEL_DIGITS[level_of(rule.region)], rule.region

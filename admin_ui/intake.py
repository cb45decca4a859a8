"""Whether a region takes items in, and until when; it holds at once, apart from what is published."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime
from typing import Any

import msgspec
from litestar import Response, get, post
from litestar.params import FromPath

from admin_ui.field_views import Head, head_of
from admin_ui.rendering import show
from admin_ui.workspace import Workspace, administrator_of, open_workspace, service_path
from server.actions import intake
from server.actions.intake import Intake
from server.definitions.regions import contains
from server.definitions.workdays import end_of_day, is_day, last_day
from server.findings import Refused
from server.messages.admin import refusal_text
from server.messages.intake import ALL_ITEMS, NOTES, OWN_STATES, STATES
from server.releases import Release
from server.store import IntakeRule
from server.web.access import office_of, visit_of
from server.web.failures import Missing, SignInFirst
from server.web.intake import closed_text, ending_text, place_rules
from server.web.requests import AnyRequest, posted, query, see_other

_ROUTE = "/admin/services/{tree:str}/{name:str}/intake"


class ItemLine(msgspec.Struct, frozen=True, kw_only=True):
    """What the region says about an item, and what is so in the end."""

    #: Empty for all items of the service.
    item: str
    title: str
    open: bool
    #: Last day on which it is taken in, as a date input has it; empty without an end.
    until: str
    #: Words and tone of what holds in the region now.
    state: tuple[str, str]
    #: Why, or until when.
    detail: str
    #: Who said so, and when.
    said_by: str = ""
    said_at: datetime | None = None
    #: What is wrong with what was just typed.
    fault: str = ""


class LowerLine(msgspec.Struct, frozen=True, kw_only=True):
    """What a region below says about an item."""

    title: str
    text: str
    href: str


class IntakePage(msgspec.Struct, frozen=True, kw_only=True):
    """Context of `admin/intake.html`."""

    head: Head
    place: str
    lines: tuple[ItemLine, ...]
    lower: tuple[LowerLine, ...]
    states: dict[str, str] = msgspec.field(default_factory=lambda: OWN_STATES)
    note: str = ""


@get(_ROUTE, opt={"access": "administrator"})
async def ask(request: AnyRequest, tree: FromPath[str], name: FromPath[str]) -> Response[bytes]:
    """What the region says about each item."""
    space = await open_workspace(request, tree, name)
    page = await _page(request, space, note=NOTES.get(query(request, "note"), ""))
    return show(request, "intake.html", page)


@post(_ROUTE, opt={"access": "administrator", "represent": True})
async def change(request: AnyRequest, tree: FromPath[str], name: FromPath[str]) -> Response[Any]:
    """Opens or closes one item, or all, from this moment on."""
    visit, body = visit_of(request), posted(request)
    if visit.signed_in is None:
        raise SignInFirst(rule="administrator", ended=True)
    space = await open_workspace(request, tree, name)
    item, is_open, typed = body.first("item"), body.first("open") != "closed", body.first("until").strip()[:20]
    if not visit.genuine:
        page = await _page(request, space, typed=(item, is_open, typed), fault=NOTES["stale"])
        return show(request, "intake.html", page, status=403)
    until = _until(typed) if is_open else None
    result: IntakeRule | Refused = Refused("until-form")
    if not isinstance(until, Refused):
        result = await intake.set_intake(
            office_of(request),
            actor=administrator_of(request),
            service_id=space.service_id,
            region=space.region,
            item=item,
            open=is_open,
            until=until,
        )
    if isinstance(result, Refused):
        if result.reason in ("unknown-service", "unknown-item"):
            raise Missing
        page = await _page(request, space, typed=(item, is_open, typed), fault=refusal_text(result))
        return show(request, "intake.html", page, status=422)
    return see_other(f"{space.path}/intake?note={'opened' if is_open else 'closed'}#item-{item or 'all'}")


async def _page(
    request: AnyRequest, space: Workspace, *, typed: tuple[str, bool, str] | None = None, fault: str = "", note: str = ""
) -> IntakePage:
    office = office_of(request)
    release = await office.current(space.service_id, space.region)
    if release is None:
        raise Missing
    said = await intake.rules(office, service_id=space.service_id)
    found = await intake.intake_at(office, release=release, region=space.region)
    lines = []
    for item, title in _titles(release).items():
        rule = next((rule for rule in said if (rule.region, rule.item) == (space.region, item)), None)
        account = await office.store.account(rule.account_id) if rule is not None else None
        line = _line(release, found, item, title, rule, said_by=account.name if account is not None else "")
        if typed is not None and typed[0] == item:
            line = msgspec.structs.replace(line, open=typed[1], until=typed[2], fault=fault)
        lines.append(line)
    lower = _lower(release, space, said, now=office.clock())
    return IntakePage(head=head_of(space), place=space.place, lines=tuple(lines), lower=lower, note=note)


def _titles(release: Release) -> dict[str, str]:
    """All items together, then each in its order."""
    items = release.service.items.items
    return {"": ALL_ITEMS, **{item: items[item].title for item in sorted(items, key=lambda item: items[item].order)}}


def _line(release: Release, found: Intake, item: str, title: str, rule: IntakeRule | None, *, said_by: str) -> ItemLine:
    state, detail = _state(release, found, item)
    return ItemLine(
        item=item,
        title=title,
        open=rule is None or rule.open,
        until=last_day(rule.until).isoformat() if rule is not None and rule.until is not None else "",
        state=STATES[state],
        detail=detail,
        said_by=said_by,
        said_at=rule.at if rule is not None else None,
    )


def _state(release: Release, found: Intake, item: str) -> tuple[str, str]:
    """Key of `STATES` and why; of all items together only where they agree."""
    wanted = [item] if item else list(release.service.items.items)
    closed = [found.closed[one] for one in wanted if one in found.closed]
    if closed and len(closed) == len(wanted):
        return closed[0].code, closed_text(closed[0], release=release) if item or _agree(closed) else ""
    ending = [found.ending[one] for one in wanted if one in found.ending]
    if item and ending:
        return "ending", ending_text(ending[0])
    return ("partly", "") if closed else ("open", "")


def _agree(values: Iterable[object]) -> bool:
    listed = list(values)
    return all(value == listed[0] for value in listed)


def _lower(release: Release, space: Workspace, said: Iterable[IntakeRule], *, now: datetime) -> tuple[LowerLine, ...]:
    titles, lines = _titles(release), []
    below = [rule for rule in said if rule.region != space.region and contains(space.region, rule.region)]
    for rule in below:
        for told in place_rules((rule,), release=release, item=rule.item, now=now):
            href = f"{service_path(space.service_id, rule.region)}/intake"
            lines.append(LowerLine(title=titles.get(rule.item, rule.item), text=told.text, href=href))
    return tuple(lines)


def _until(text: str) -> datetime | Refused | None:
    """The end of the day typed; nothing where none was."""
    if not text:
        return None
    return end_of_day(date.fromisoformat(text)) if is_day(text) else Refused("until-form")


ROUTES = (ask, change)

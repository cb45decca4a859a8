"""The page of a demonstration: accounts to try, families to load, a clock to move, the simulators' pages."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import msgspec
from litestar import Response, get, post

from server.actions import demonstration
from server.findings import Refused
from server.messages.demo import CLOCK_MOVED
from server.web.access import actor_of, office_of, visit_of
from server.web.failures import Missing
from server.web.requests import AnyRequest, posted, query, see_other
from server.web.templating import render_page

#: By how many days the clock can be moved at once.
STEPS = (1, 3, 7)
_PAGE = "/demo"


class System(msgspec.Struct, frozen=True, kw_only=True):
    """A simulator that stands for another system."""

    title: str
    address: str


class DemoPage(msgspec.Struct, frozen=True, kw_only=True):
    """Context of `demo/demo.html`."""

    accounts: tuple[demonstration.DemoAccount, ...]
    password: str
    families: tuple[demonstration.Family, ...]
    #: Whether an applicant is signed in, who can load a family.
    applicant: bool
    now: datetime
    steps: tuple[int, ...]
    sms_page: str
    systems: tuple[System, ...]
    note: str = ""


@get(_PAGE, opt={"access": "public"})
async def demo(request: AnyRequest) -> Response[bytes]:
    """Everything there is to try."""
    _only_in_demonstrations(request)
    office, session = office_of(request), visit_of(request).signed_in
    titles = await demonstration.system_titles(office)
    page = DemoPage(
        accounts=await demonstration.demo_accounts(office),
        password=demonstration.DEMO_PASSWORD,
        families=await demonstration.families(office),
        applicant=session is not None and session.kind == "applicant",
        now=office.clock(),
        steps=STEPS,
        sms_page=office.settings.sms_page,
        systems=tuple(
            System(title=titles.get(slot, slot), address=binding.address)
            for slot, binding in sorted(office.settings.bindings.items())
            if slot != "sms"
        ),
        note=CLOCK_MOVED if query(request, "note") == "clock" else "",
    )
    return render_page(request, "demo/demo.html", page)


@post(f"{_PAGE}/families", opt={"access": "applicant"})
async def load_family(request: AnyRequest) -> Response[Any]:
    """Fills a draft of the applicant from an example."""
    _only_in_demonstrations(request)
    body = posted(request)
    draft = await demonstration.load_family(
        office_of(request),
        actor=actor_of(request),
        service_id=body.first("service"),
        example_id=body.first("example"),
    )
    if isinstance(draft, Refused):
        raise Missing
    return see_other(f"/apply/{draft.id}")


@post(f"{_PAGE}/clock", opt={"access": "public"})
async def move_clock(request: AnyRequest) -> Response[Any]:
    """Moves the clock forward; what becomes due happens."""
    _only_in_demonstrations(request)
    days = next((step for step in STEPS if posted(request).first("days") == str(step)), 0)
    if not days or await demonstration.advance_clock(office_of(request), days=days) is not None:
        raise Missing
    return see_other(f"{_PAGE}?note=clock#clock")


def _only_in_demonstrations(request: AnyRequest) -> None:
    if not office_of(request).settings.demo:
        raise Missing


DEMO_ROUTES = (demo, load_family, move_clock)

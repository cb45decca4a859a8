"""Moving a case to the release in force: the check is shown before anything is done."""

from __future__ import annotations

from typing import Any

import msgspec
from litestar import Response, get, post
from litestar.params import FromPath

from server.actions import migrating
from server.findings import Refused
from server.messages.staff import refusal_text
from server.web.access import office_of
from server.web.requests import AnyRequest, posted, see_other
from server.web.staff.desk import case_path, official_of, open_case
from server.web.templating import render_page


class MigrationPage(msgspec.Struct, frozen=True, kw_only=True):
    """Context of `staff/migration.html`."""

    number: str
    item_title: str
    old_release: str
    #: Empty when there is nothing to move to.
    new_release: str
    faults: tuple[str, ...]
    #: What is otherwise for the applicant.
    changes: tuple[str, ...]
    refused: str = ""


@get("/staff/cases/{number:str}/migration", opt={"access": "official"})
async def ask(request: AnyRequest, number: FromPath[str]) -> Response[bytes]:
    """What moving the case would mean."""
    return render_page(request, "staff/migration.html", await _page(request, number))


@post("/staff/cases/{number:str}/migration", opt={"access": "official"})
async def migrate(request: AnyRequest, number: FromPath[str]) -> Response[Any]:
    """Moves the case to the release that was shown."""
    release_id = posted(request).first("release")
    result = await migrating.migrate(office_of(request), actor=official_of(request), number=number, release_id=release_id)
    if isinstance(result, migrating.Moved):
        return see_other(f"{case_path(number)}?note=migrated")
    refused = refusal_text(result) if isinstance(result, Refused) else ""
    page = await _page(request, number, refused=refused)
    return render_page(request, "staff/migration.html", page, status=409)


async def _page(request: AnyRequest, number: str, *, refused: str = "") -> MigrationPage:
    offered = await migrating.offer(office_of(request), actor=official_of(request), number=number)
    if isinstance(offered, migrating.Offer):
        return MigrationPage(
            number=number,
            item_title=offered.item_title,
            old_release=offered.old.id,
            new_release=offered.new.id,
            faults=offered.faults,
            changes=offered.changes,
            refused=refused,
        )
    file = await open_case(request, number)
    return MigrationPage(
        number=number,
        item_title=file.item_title,
        old_release=file.release_id,
        new_release="",
        faults=(),
        changes=(),
        refused=refused or refusal_text(offered),
    )


ROUTES = (ask, migrate)

"""The task list of a draft, and deleting it."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import msgspec
from litestar import Response, get, post
from litestar.params import FromPath

from server.actions import applying
from server.findings import Refused
from server.messages.pages import NOTES
from server.web.access import actor_of, office_of
from server.web.applicant.drafts import CHECK, MATERIALS, Entry, chosen_items, entries, load, opened
from server.web.failures import Missing
from server.web.intake import intake_notices
from server.web.requests import AnyRequest, query, see_other
from server.web.templating import render_page


class TaskListPage(msgspec.Struct, frozen=True, kw_only=True):
    """Context of `applicant/task_list.html`."""

    draft_id: str
    service_title: str
    items: tuple[str, ...]
    sections: tuple[Entry, ...]
    #: The entry of the materials; none where the service asks for no material.
    materials: tuple[Entry, ...]
    check: Entry
    done: int
    #: How many entries there are to complete.
    total: int
    saved_at: datetime | None
    #: What has become different for the applicant.
    moved: tuple[str, ...] = ()
    #: About chosen items that are not taken in, or not for long.
    intake: tuple[str, ...] = ()
    note: str = ""


class DeletePage(msgspec.Struct, frozen=True, kw_only=True):
    """Context of `applicant/delete.html`."""

    draft_id: str
    service_title: str


@get("/apply/{draft_id:str}", opt={"access": "applicant"})
async def task_list(request: AnyRequest, draft_id: FromPath[str]) -> Response[bytes]:
    """What is done and what is left."""
    view = opened(request, await load(request, draft_id, telling=True))
    service = view.draft.release.service
    listed = entries(view)
    chosen = chosen_items(service.bundle.items_field, view.draft.data)
    context = TaskListPage(
        draft_id=view.draft.id,
        service_title=service.bundle.title,
        items=tuple(service.items.items[item].title for item in chosen if item in service.items.items),
        sections=tuple(entry for entry in listed if entry.id not in (MATERIALS, CHECK)),
        materials=tuple(entry for entry in listed if entry.id == MATERIALS),
        check=next(entry for entry in listed if entry.id == CHECK),
        done=sum(entry.state == "done" for entry in listed),
        total=len(listed) - 1,
        saved_at=view.draft.saved_at,
        moved=view.draft.moved,
        intake=intake_notices(view.draft.intake, release=view.draft.release, chosen=chosen),
        note=NOTES["saved"] if query(request, "saved") else "",
    )
    return render_page(request, "applicant/task_list.html", context)


@get("/apply/{draft_id:str}/delete", opt={"access": "applicant"})
async def ask_delete(request: AnyRequest, draft_id: FromPath[str]) -> Response[bytes]:
    """Asks before a draft is deleted."""
    draft = await load(request, draft_id)
    return render_page(
        request, "applicant/delete.html", DeletePage(draft_id=draft.id, service_title=draft.release.service.bundle.title)
    )


@post("/apply/{draft_id:str}/delete", opt={"access": "applicant"})
async def delete(request: AnyRequest, draft_id: FromPath[str]) -> Response[Any]:
    """Deletes a draft."""
    if isinstance(await applying.delete_draft(office_of(request), actor=actor_of(request), draft_id=draft_id), Refused):
        raise Missing
    return see_other("/applications?note=deleted")


ROUTES = (task_list, ask_delete, delete)

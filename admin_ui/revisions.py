"""What was in force before: every revision with who wrote and approved it, any two compared, an older one put back."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import msgspec
from litestar import Response, get, post
from litestar.params import FromPath

from admin_ui.changes import Differences, differences
from admin_ui.field_views import Head, head_of
from admin_ui.rendering import show
from admin_ui.workspace import Workspace, administrator_of, open_workspace, revision_documents, upper_documents
from server.actions import revising
from server.actions.publishing import Published
from server.actions.revising import RevisionLine
from server.findings import Refused
from server.messages.admin import NOTES, refusal_text
from server.messages.layers import NOW, UPPER, WORKING, revision_words
from server.types import JsonValue
from server.web.access import office_of, visit_of
from server.web.failures import Missing, SignInFirst
from server.web.requests import AnyRequest, posted, query, see_other
from server.web.templating import show_moment

_HISTORY = "/admin/services/{tree:str}/{name:str}/history"
_BACK = _HISTORY + "/{revision_id:str}/back"
_LONGEST_NOTE = 500
#: State of a revision to the tone its words are shown in.
STATE_TONES = {
    "proposed": "warn",
    "rejected": "bad",
    "withdrawn": "plain",
    "scheduled": "info",
    "published": "plain",
    "blocked": "bad",
}
#: Sides of a comparison that are no revision.
_WORKING, _UPPER = "working", "upper"


class HistoryLine(msgspec.Struct, frozen=True, kw_only=True):
    """One revision with its state in words."""

    line: RevisionLine
    words: str
    tone: str
    #: Whether it can be put back in force.
    can_return: bool


class HistoryPage(msgspec.Struct, frozen=True, kw_only=True):
    """Context of `admin/history.html`."""

    head: Head
    revisions: tuple[HistoryLine, ...]
    #: Value and words of everything that can be compared.
    sides: tuple[tuple[str, str], ...]
    older: str
    newer: str
    note: str = ""


class ComparePage(msgspec.Struct, frozen=True, kw_only=True):
    """Context of `admin/compare.html`."""

    head: Head
    sides: tuple[tuple[str, str], ...]
    older: str
    newer: str
    differences: Differences


class ReturnPage(msgspec.Struct, frozen=True, kw_only=True):
    """Context of `admin/return.html`."""

    head: Head
    action: str
    line: RevisionLine
    differences: Differences
    text: str = ""
    faults: tuple[tuple[str, str], ...] = ()
    note: str = ""


@get(_HISTORY, opt={"access": "administrator"})
async def history(request: AnyRequest, tree: FromPath[str], name: FromPath[str]) -> Response[bytes]:
    """Every revision, the newest first."""
    space = await open_workspace(request, tree, name)
    lines = await _lines(request, space)
    may = "approver" in administrator_of(request).roles
    sides = _sides(space, lines)
    page = HistoryPage(
        head=head_of(space),
        revisions=tuple(_history_line(line, may=may) for line in lines),
        sides=sides,
        older=next((value for value, _ in sides[1:2]), ""),
        newer=sides[0][0] if sides else "",
        note=NOTES.get(query(request, "note"), ""),
    )
    return show(request, "history.html", page)


@get(f"{_HISTORY}/compare", opt={"access": "administrator"})
async def compare(request: AnyRequest, tree: FromPath[str], name: FromPath[str]) -> Response[bytes]:
    """What differs between any two of them, the working copy and the level above included; else between the latest two."""
    space = await open_workspace(request, tree, name)
    lines = await _lines(request, space)
    sides = [side for side, _ in _sides(space, lines)]
    older, newer = query(request, "from") or sides[min(1, len(sides) - 1)], query(request, "to") or sides[0]
    before, after = await _side(request, space, lines, older), await _side(request, space, lines, newer)
    page = ComparePage(
        head=head_of(space),
        sides=_sides(space, lines),
        older=older,
        newer=newer,
        differences=differences(before, after, space.service_id),
    )
    return show(request, "compare.html", page)


@get(_BACK, opt={"access": "administrator"})
async def ask_return(
    request: AnyRequest, tree: FromPath[str], name: FromPath[str], revision_id: FromPath[str]
) -> Response[bytes]:
    """What would change if an older revision were put back in force."""
    space = await open_workspace(request, tree, name)
    return show(request, "return.html", await _return_page(request, space, revision_id))


@post(_BACK, opt={"access": "administrator", "represent": True})
async def roll_back(request: AnyRequest, tree: FromPath[str], name: FromPath[str], revision_id: FromPath[str]) -> Response[Any]:
    """Puts an older revision back in force, with the reason."""
    visit, body = visit_of(request), posted(request)
    if visit.signed_in is None:
        raise SignInFirst(rule="administrator", ended=True)
    space = await open_workspace(request, tree, name)
    text = body.first("note").strip()[:_LONGEST_NOTE]
    page = msgspec.structs.replace(await _return_page(request, space, revision_id), text=text)
    if not visit.genuine:
        return show(request, "return.html", msgspec.structs.replace(page, note=NOTES["page-stale"]), status=403)
    result: Published | Refused = Refused("reason-missing")
    if text:
        result = await revising.roll_back(
            office_of(request),
            actor=administrator_of(request),
            service_id=space.service_id,
            region=space.region,
            revision_id=revision_id,
            note=text,
        )
    if isinstance(result, Refused):
        faults = (("#note", refusal_text(result)),)
        return show(request, "return.html", msgspec.structs.replace(page, faults=faults), status=422)
    return see_other(f"{space.path}/history?note=rolled-back")


async def _lines(request: AnyRequest, space: Workspace) -> tuple[RevisionLine, ...]:
    found = await revising.history(
        office_of(request), actor=administrator_of(request), service_id=space.service_id, region=space.region
    )
    return () if isinstance(found, Refused) else found


def _history_line(line: RevisionLine, *, may: bool) -> HistoryLine:
    words, tone = (NOW, "good") if line.current else (line.state_title, STATE_TONES[line.row.state])
    return HistoryLine(line=line, words=words, tone=tone, can_return=may and line.row.state == "published" and not line.current)


def _sides(space: Workspace, lines: tuple[RevisionLine, ...]) -> tuple[tuple[str, str], ...]:
    special = [(_WORKING, WORKING)] if space.changed else []
    special += [] if space.levels.is_base else [(_UPPER, UPPER)]
    return (*((line.row.id, revision_words(show_moment(line.row.proposed_at), line.row.note)) for line in lines), *special)


async def _side(request: AnyRequest, space: Workspace, lines: tuple[RevisionLine, ...], side: str) -> Mapping[str, JsonValue]:
    if side == _WORKING:
        return space.documents
    if side == _UPPER and not space.levels.is_base:
        return await upper_documents(request, space)
    line = next((line for line in lines if line.row.id == side), None)
    if line is None:
        raise Missing
    return await revision_documents(request, line.row.id)


async def _return_page(request: AnyRequest, space: Workspace, revision_id: str) -> ReturnPage:
    lines = await _lines(request, space)
    line = next((line for line in lines if line.row.id == revision_id), None)
    current = next((line for line in lines if line.current), None)
    if line is None or current is None:
        raise Missing
    before, after = [await _side(request, space, lines, one.row.id) for one in (current, line)]
    return ReturnPage(
        head=head_of(space),
        action=f"{space.path}/history/{revision_id}/back",
        line=line,
        differences=differences(before, after, space.service_id),
    )


ROUTES = (history, compare, ask_return, roll_back)

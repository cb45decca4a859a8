"""Proposing the working copy with the findings as gate, throwing it away, and taking it along as an archive."""

from __future__ import annotations

from datetime import date, datetime, time
from typing import Any

import msgspec
from litestar import Response, get, post
from litestar.params import FromPath

from admin_ui.catalogue import document_href
from admin_ui.changes import Differences, differences
from admin_ui.field_views import Head, head_of
from admin_ui.rendering import show
from admin_ui.workspace import Workspace, administrator_of, findings_of, in_force, mark_of, open_workspace
from server.actions import configuring, revising
from server.definitions.workdays import CHINA
from server.exports.folder import document_bytes, locate
from server.findings import Finding, Refused
from server.forms.body import Body
from server.messages.admin import NOTES, refusal_text
from server.store import RevisionRow
from server.types import JsonValue
from server.web.access import office_of, visit_of
from server.web.failures import Missing, SignInFirst
from server.web.requests import AnyRequest, posted, query, see_other
from server.web.templating import today_of

_SERVICE = "/admin/services/{tree:str}/{name:str}"
_LONGEST_NOTE = 500
_ANCHORS = {"effective-form": "#effective", "effective-past": "#effective"}


class FindingLine(msgspec.Struct, frozen=True, kw_only=True):
    """A finding with the way to its document."""

    finding: Finding
    href: str


class PublishPage(msgspec.Struct, frozen=True, kw_only=True):
    """Context of `admin/publish.html`."""

    head: Head
    differences: Differences
    errors: tuple[FindingLine, ...]
    warnings: tuple[FindingLine, ...]
    #: Digest of the working copy shown, so that nobody proposes what they have not seen.
    base: str
    text: str = ""
    #: Day from which it is to be in force; empty for at once.
    effective: str = ""
    faults: tuple[tuple[str, str], ...] = ()
    note: str = ""


class DiscardPage(msgspec.Struct, frozen=True, kw_only=True):
    """Context of `admin/discard.html`."""

    head: Head
    differences: Differences


@get(f"{_SERVICE}/publish", opt={"access": "administrator"})
async def ask_publish(request: AnyRequest, tree: FromPath[str], name: FromPath[str]) -> Response[bytes]:
    """What would be published and what stands in its way."""
    space = await open_workspace(request, tree, name)
    page = msgspec.structs.replace(await _page(request, space), note=NOTES.get(query(request, "note"), ""))
    return show(request, "publish.html", page)


@post(f"{_SERVICE}/publish", opt={"access": "administrator", "represent": True})
async def publish(request: AnyRequest, tree: FromPath[str], name: FromPath[str]) -> Response[Any]:
    """Proposes exactly what was shown, unless a check finds an error."""
    visit, body = visit_of(request), posted(request)
    if visit.signed_in is None:
        raise SignInFirst(rule="administrator", ended=True)
    space = await open_workspace(request, tree, name)
    text = body.first("note").strip()[:_LONGEST_NOTE]
    page = msgspec.structs.replace(await _page(request, space), text=text, effective=body.first("effective").strip())
    if not visit.genuine:
        return show(request, "publish.html", msgspec.structs.replace(page, note=NOTES["page-stale"]), status=403)
    effective = _effective(body, today=today_of(office_of(request).clock()))
    refused = effective if isinstance(effective, Refused) else _refusal(page, base=body.first("base"))
    if not isinstance(effective, Refused) and refused is None:
        result = await revising.propose(
            office_of(request),
            actor=administrator_of(request),
            service_id=space.service_id,
            region=space.region,
            note=text,
            effective_at=effective,
        )
        if isinstance(result, RevisionRow):
            return see_other(f"/admin/proposals/{result.id}?note=proposed")
        refused = result if isinstance(result, Refused) else Refused("findings-block", {"count": len(page.errors)})
    assert refused is not None
    faults = ((_ANCHORS.get(refused.reason, "#note"), refusal_text(refused)),)
    return show(request, "publish.html", msgspec.structs.replace(page, faults=faults), status=422)


@get(f"{_SERVICE}/discard", opt={"access": "administrator"})
async def ask_discard(request: AnyRequest, tree: FromPath[str], name: FromPath[str]) -> Response[bytes]:
    """Asks whether the unpublished changes really are to go."""
    space = await open_workspace(request, tree, name)
    before = await in_force(request, space)
    page = DiscardPage(head=head_of(space), differences=differences(before, space.documents, space.service_id))
    return show(request, "discard.html", page)


@post(f"{_SERVICE}/discard", opt={"access": "administrator"})
async def discard(request: AnyRequest, tree: FromPath[str], name: FromPath[str]) -> Response[Any]:
    """Throws the unpublished changes away."""
    space = await open_workspace(request, tree, name)
    office, actor = office_of(request), administrator_of(request)
    result = await configuring.discard(office, actor=actor, service_id=space.service_id, region=space.region)
    if isinstance(result, Refused):
        raise Missing
    return see_other(f"{space.path}?note=discarded")


@get(f"{_SERVICE}/export.zip", opt={"access": "administrator"})
async def export(request: AnyRequest, tree: FromPath[str], name: FromPath[str]) -> Response[bytes]:
    """The working copy as a zip archive."""
    space = await open_workspace(request, tree, name)
    office, actor = office_of(request), administrator_of(request)
    archive = await configuring.export_zip(office, actor=actor, service_id=space.service_id, region=space.region)
    if isinstance(archive, Refused):
        raise Missing
    headers = {"content-disposition": f'attachment; filename="{name}.zip"'}
    return Response(archive, media_type="application/zip", headers=headers)


def finding_lines(
    findings: tuple[Finding, ...], documents: dict[str, JsonValue], *, base: str
) -> tuple[tuple[FindingLine, ...], tuple[FindingLine, ...]]:
    """The errors and the others, each with its line and the way to its document below the address `base`."""
    paths = {finding.path for finding in findings} & documents.keys()
    raw = {path: document_bytes(documents[path]) for path in paths}
    lines = tuple(FindingLine(finding=one, href=document_href(base, one.path)) for one in locate(findings, raw))
    errors = tuple(line for line in lines if line.finding.severity == "error")
    return errors, tuple(line for line in lines if line.finding.severity != "error")


async def _page(request: AnyRequest, space: Workspace) -> PublishPage:
    before = await in_force(request, space)
    errors, warnings = finding_lines(await findings_of(request, space), space.documents, base=space.path)
    return PublishPage(
        head=head_of(space),
        differences=differences(before, space.documents, space.service_id),
        errors=errors,
        warnings=warnings,
        base=mark_of(space.documents),
    )


def _refusal(page: PublishPage, *, base: str) -> Refused | None:
    if not page.head.edited and not page.head.behind:
        return Refused("nothing-changed")
    if base != page.base:
        return Refused("shown-otherwise")
    if page.errors:
        return Refused("findings-block", {"count": len(page.errors)})
    return None if page.text else Refused("note-missing")


def _effective(body: Body, *, today: date) -> datetime | Refused | None:
    """The beginning of the day from which it is to be in force; none for at once."""
    text = body.first("effective").strip()
    if not text:
        return None
    try:
        day = date.fromisoformat(text)
    except ValueError:
        return Refused("effective-form")
    return datetime.combine(day, time(), CHINA) if day > today else Refused("effective-past")


ROUTES = (ask_publish, publish, ask_discard, discard, export)

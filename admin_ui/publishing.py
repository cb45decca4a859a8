"""Proposing the working copy with the findings as gate, throwing it away, and what was published before."""

from __future__ import annotations

from typing import Any

import msgspec
from litestar import Response, get, post
from litestar.params import FromPath

from admin_ui.catalogue import document_href
from admin_ui.changes import DocumentChange, document_changes, field_changes
from admin_ui.field_views import Head, head_of
from admin_ui.rendering import show
from admin_ui.workspace import Workspace, administrator_of, mark_of, open_workspace
from server.actions import configuring, revising
from server.actions.revising import RevisionLine
from server.exports.folder import document_bytes, locate
from server.findings import Finding, Refused
from server.messages.admin import NOTES, refusal_text
from server.store import RevisionRow
from server.types import JsonValue
from server.web.access import office_of, visit_of
from server.web.failures import Missing, SignInFirst
from server.web.requests import AnyRequest, posted, query, see_other

_SERVICE = "/admin/services/{tree:str}/{name:str}"
_LONGEST_NOTE = 500


class FindingLine(msgspec.Struct, frozen=True, kw_only=True):
    """A finding with the way to its document."""

    finding: Finding
    href: str


class PublishPage(msgspec.Struct, frozen=True, kw_only=True):
    """Context of `admin/publish.html`."""

    head: Head
    changes: tuple[DocumentChange, ...]
    #: What changed in forms, in words.
    fields: tuple[str, ...]
    errors: tuple[FindingLine, ...]
    warnings: tuple[FindingLine, ...]
    #: Digest of the working copy shown, so that nobody publishes what they have not seen.
    base: str
    text: str = ""
    faults: tuple[tuple[str, str], ...] = ()
    note: str = ""


class HistoryPage(msgspec.Struct, frozen=True, kw_only=True):
    """Context of `admin/history.html`."""

    head: Head
    revisions: tuple[RevisionLine, ...]
    note: str = ""


class DiscardPage(msgspec.Struct, frozen=True, kw_only=True):
    """Context of `admin/discard.html`."""

    head: Head
    changes: tuple[DocumentChange, ...]


@get(f"{_SERVICE}/publish", opt={"access": "administrator"})
async def ask_publish(request: AnyRequest, tree: FromPath[str], name: FromPath[str]) -> Response[bytes]:
    """What would be published and what stands in its way."""
    space = await open_workspace(request, tree, name)
    return show(request, "publish.html", await _page(request, space))


@post(f"{_SERVICE}/publish", opt={"access": "administrator", "represent": True})
async def publish(request: AnyRequest, tree: FromPath[str], name: FromPath[str]) -> Response[Any]:
    """Proposes exactly what was shown, unless a check finds an error."""
    visit, body = visit_of(request), posted(request)
    if visit.signed_in is None:
        raise SignInFirst(rule="administrator", ended=True)
    space = await open_workspace(request, tree, name)
    text = body.first("note").strip()[:_LONGEST_NOTE]
    page = msgspec.structs.replace(await _page(request, space), text=text)
    if not visit.genuine:
        return show(request, "publish.html", msgspec.structs.replace(page, note=NOTES["page-stale"]), status=403)
    refused = _refusal(page, base=body.first("base"), text=text)
    if refused is None:
        result = await revising.propose(
            office_of(request), actor=administrator_of(request), service_id=space.service_id, note=text
        )
        if isinstance(result, RevisionRow):
            return see_other(f"{space.path}/history?note=proposed")
        refused = result if isinstance(result, Refused) else Refused("findings-block", {"count": len(page.errors)})
    faults = (("#note", refusal_text(refused)),)
    return show(request, "publish.html", msgspec.structs.replace(page, faults=faults), status=422)


@get(f"{_SERVICE}/history", opt={"access": "administrator"})
async def history(request: AnyRequest, tree: FromPath[str], name: FromPath[str]) -> Response[bytes]:
    """Every revision, the newest first."""
    space = await open_workspace(request, tree, name)
    found = await revising.history(office_of(request), actor=administrator_of(request), service_id=space.service_id)
    page = HistoryPage(
        head=head_of(space),
        revisions=() if isinstance(found, Refused) else found,
        note=NOTES.get(query(request, "note"), ""),
    )
    return show(request, "history.html", page)


@get(f"{_SERVICE}/discard", opt={"access": "administrator"})
async def ask_discard(request: AnyRequest, tree: FromPath[str], name: FromPath[str]) -> Response[bytes]:
    """Asks whether the unpublished changes really are to go."""
    space = await open_workspace(request, tree, name)
    before = await in_force(request, space)
    page = DiscardPage(head=head_of(space), changes=document_changes(before, space.documents, space.service_id))
    return show(request, "discard.html", page)


@post(f"{_SERVICE}/discard", opt={"access": "administrator"})
async def discard(request: AnyRequest, tree: FromPath[str], name: FromPath[str]) -> Response[Any]:
    """Throws the unpublished changes away."""
    space = await open_workspace(request, tree, name)
    result = await configuring.discard(office_of(request), actor=administrator_of(request), service_id=space.service_id)
    if isinstance(result, Refused):
        raise Missing
    return see_other(f"{space.path}?note=discarded")


@get(f"{_SERVICE}/export.zip", opt={"access": "administrator"})
async def export(request: AnyRequest, tree: FromPath[str], name: FromPath[str]) -> Response[bytes]:
    """The working copy as a zip archive."""
    space = await open_workspace(request, tree, name)
    archive = await configuring.export_zip(office_of(request), actor=administrator_of(request), service_id=space.service_id)
    if isinstance(archive, Refused):
        raise Missing
    headers = {"content-disposition": f'attachment; filename="{name}.zip"'}
    return Response(archive, media_type="application/zip", headers=headers)


async def in_force(request: AnyRequest, space: Workspace) -> dict[str, JsonValue]:
    """The documents the working copy started from."""
    release = await office_of(request).release(space.working.base_release_id)
    return release.documents


async def _page(request: AnyRequest, space: Workspace) -> PublishPage:
    before = await in_force(request, space)
    found = await configuring.findings(office_of(request), actor=administrator_of(request), service_id=space.service_id)
    checked = () if isinstance(found, Refused) else found
    paths = {finding.path for finding in checked} & space.documents.keys()
    raw = {path: document_bytes(space.documents[path]) for path in paths}
    lines = tuple(FindingLine(finding=finding, href=document_href(space.path, finding.path)) for finding in locate(checked, raw))
    return PublishPage(
        head=head_of(space),
        changes=document_changes(before, space.documents, space.service_id),
        fields=field_changes(before, space.documents, space.service_id),
        errors=tuple(line for line in lines if line.finding.severity == "error"),
        warnings=tuple(line for line in lines if line.finding.severity != "error"),
        base=mark_of(space.documents),
    )


def _refusal(page: PublishPage, *, base: str, text: str) -> Refused | None:
    if not page.changes:
        return Refused("nothing-changed")
    if base != page.base:
        return Refused("shown-otherwise")
    if page.errors:
        return Refused("findings-block", {"count": len(page.errors)})
    return None if text else Refused("note-missing")


ROUTES = (ask_publish, publish, history, ask_discard, discard, export)

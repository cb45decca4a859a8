"""Any document as text: JSON with its findings by line, Markdown as it is."""

from __future__ import annotations

import difflib
import json
from typing import Any

import msgspec
from litestar import Response, get, post
from litestar.params import FromPath

from admin_ui.catalogue import document_href, document_title, kind_of
from admin_ui.field_views import Head, head_of
from admin_ui.levels import Badge, Hold
from admin_ui.rendering import show
from admin_ui.restoring import restore_href
from admin_ui.workspace import Workspace, findings_of, in_force, mark_of, open_workspace, save
from server.definitions.service import DOCUMENT_KINDS, is_document_path, path_of
from server.exports.folder import document_bytes, locate, read_document
from server.findings import Finding, Refused
from server.messages.admin import DOCUMENT_KINDS as KIND_WORDS
from server.messages.admin import NOTES, POSITION, refusal_text
from server.messages.findings import finding_text
from server.types import JsonValue
from server.web.access import visit_of
from server.web.failures import Missing, SignInFirst
from server.web.requests import AnyRequest, posted, query, see_other

_ROUTE = "/admin/services/{tree:str}/{name:str}/documents/{path:path}"
_MOST_ROWS, _FEWEST_ROWS = 40, 12
_LIBRARY = ("library", "regions")
#: Kinds of which a service may have any number, so that one of them may go.
_MANY = frozenset(kind for kind, _, pattern, _ in DOCUMENT_KINDS if "*" in pattern) | {"walk", "other"}


class DocumentPage(msgspec.Struct, frozen=True, kw_only=True):
    """Context of `admin/document.html`."""

    head: Head
    title: str
    kind: str
    path: str
    action: str
    text: str
    base: str
    rows: int
    #: Whether it belongs to all services and cannot be changed here.
    shared: bool = False
    #: Whether a shared code list can be copied into the service.
    can_copy: bool = False
    can_remove: bool = False
    #: Which level it comes from; nothing in the base.
    origin: Badge | None = None
    #: What upper levels say about changing it.
    holds: tuple[Hold, ...] = ()
    #: Address at which the region's own changes are thrown away; empty where there are none.
    restore: str = ""
    #: Whether it was taken out of the working copy and is shown as it is in force.
    removed: bool = False
    findings: tuple[Finding, ...] = ()
    errors: tuple[tuple[str, str], ...] = ()
    note: str = ""
    tone: str = "good"
    #: How the text typed here differs from what a colleague saved.
    difference: tuple[str, ...] = ()


@get(_ROUTE, opt={"access": "administrator"})
async def document(request: AnyRequest, tree: FromPath[str], name: FromPath[str], path: FromPath[str]) -> Response[bytes]:
    """The document as text."""
    space = await open_workspace(request, tree, name)
    path = path.lstrip("/")
    value = space.documents.get(path)
    removed = value is None
    if removed:
        value = (await in_force(request, space)).get(path)
    if value is None:
        raise Missing
    page = _page(space, path, _text(value), mark_of(space.documents.get(path)))
    own = tuple(finding for finding in await findings_of(request, space) if finding.path == path)
    page = msgspec.structs.replace(
        page,
        findings=locate(own, {path: document_bytes(value)}),
        removed=removed,
        note=NOTES.get(query(request, "note"), ""),
    )
    return show(request, "document.html", page)


@post(_ROUTE, opt={"access": "administrator", "represent": True})
async def save_document(request: AnyRequest, tree: FromPath[str], name: FromPath[str], path: FromPath[str]) -> Response[Any]:
    """Puts the text into the working copy; a text that is no document stays on the screen with what is wrong with it."""
    visit, body = visit_of(request), posted(request)
    if visit.signed_in is None:
        raise SignInFirst(rule="administrator", ended=True)
    space = await open_workspace(request, tree, name)
    path = path.lstrip("/")
    text, base = body.first("text").replace("\r\n", "\n"), body.first("base")
    stored = space.documents.get(path)
    if kind_of(path, space.service_id)[0] in _LIBRARY or not is_document_path(path):
        raise Missing
    if not visit.genuine:
        page = msgspec.structs.replace(_page(space, path, text, mark_of(stored)), note=NOTES["page-stale"], tone="warn")
        return show(request, "document.html", page, status=403)
    if body.first("intent") == "remove":
        return await _remove(request, space, path)
    value, faults = read_document(text.encode("utf-8", "replace"), path)
    if faults:
        page = msgspec.structs.replace(_page(space, path, text, base), errors=tuple(_unreadable(f, text) for f in faults))
        return show(request, "document.html", page, status=422)
    if base != mark_of(stored):
        return _conflict(request, space, path, text)
    if value == stored and _text(value) == _text(stored):
        return see_other(f"{document_href(space.path, path)}?note=unchanged")
    saved = await save(request, space, {path: value})
    if isinstance(saved, Refused) and saved.reason != "stale-working":
        page = msgspec.structs.replace(_page(space, path, text, base), errors=(("#text", refusal_text(saved)),))
        return show(request, "document.html", page, status=422)
    if isinstance(saved, Refused):
        fresh = await open_workspace(request, tree, name)
        return _conflict(request, fresh, path, text)
    return see_other(f"{document_href(space.path, path)}?note=saved")


@post("/admin/services/{tree:str}/{name:str}/copies/{codelist:str}", opt={"access": "administrator"})
async def copy_codelist(request: AnyRequest, tree: FromPath[str], name: FromPath[str], codelist: FromPath[str]) -> Response[Any]:
    """Copies a code list of the library into the service, where it takes its place and can be changed."""
    space = await open_workspace(request, tree, name)
    target = path_of(space.service_id, "codelist", codelist)
    source = next((p for p in space.documents if kind_of(p, space.service_id) == ("library", codelist)), None)
    if source is None:
        raise Missing
    if target not in space.documents:
        saved = await save(request, space, {target: space.documents[source]})
        if isinstance(saved, Refused):
            return see_other(document_href(space.path, source))
    return see_other(f"{document_href(space.path, target)}?note=copied")


def _page(space: Workspace, path: str, text: str, base: str) -> DocumentPage:
    kind, name = kind_of(path, space.service_id)
    copied = kind == "library" and path_of(space.service_id, "codelist", name) in space.documents
    return DocumentPage(
        head=head_of(space),
        title=document_title(space.documents, path, space.service_id),
        kind=KIND_WORDS[kind][1],
        path=path,
        action=document_href(space.path, path),
        text=text,
        base=base,
        rows=max(_FEWEST_ROWS, min(_MOST_ROWS, text.count("\n") + 2)),
        shared=kind in _LIBRARY,
        can_copy=kind == "library" and not copied,
        can_remove=kind in _MANY and path in space.documents,
        origin=None if kind in _LIBRARY else space.levels.of_documents((path,)),
        holds=space.levels.holds(path),
        restore=restore_href(space, path) if space.levels.own(path) else "",
    )


async def _remove(request: AnyRequest, space: Workspace, path: str) -> Response[Any]:
    if kind_of(path, space.service_id)[0] not in _MANY or path not in space.documents:
        raise Missing
    saved = await save(request, space, {path: None})
    if isinstance(saved, Refused) and saved.reason != "stale-working":
        page = _page(space, path, _text(space.documents[path]), mark_of(space.documents[path]))
        page = msgspec.structs.replace(page, errors=(("#text", refusal_text(saved)),))
        return show(request, "document.html", page, status=422)
    if isinstance(saved, Refused):
        return _conflict(request, space, path, _text(space.documents[path]))
    return see_other(f"{space.path}?note=document-removed")


def _conflict(request: AnyRequest, space: Workspace, path: str, text: str) -> Response[bytes]:
    stored = space.documents.get(path)
    theirs = _text(stored) if stored is not None else ""
    page = msgspec.structs.replace(
        _page(space, path, text, mark_of(stored)),
        errors=(("#text", refusal_text(Refused("stale-working"))),),
        difference=tuple(line for line in difflib.unified_diff(theirs.split("\n"), text.split("\n"), lineterm="", n=2))[2:],
    )
    return show(request, "document.html", page, status=409)


def _unreadable(finding: Finding, text: str) -> tuple[str, str]:
    """Where and why a text cannot be read."""
    words = finding_text(finding)
    if finding.line is None:
        return "#text", words
    try:
        json.loads(text)
    except json.JSONDecodeError as error:
        return "#text", POSITION.format(line=error.lineno, column=error.colno, words=words)
    return "#text", words


def _text(value: JsonValue) -> str:
    return document_bytes(value).decode()


ROUTES = (document, save_document, copy_codelist)

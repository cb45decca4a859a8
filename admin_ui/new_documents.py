"""A new document of a service: the smallest one of its kind, to be filled in as text or field by field."""

from __future__ import annotations

import re
from typing import Any

import msgspec
from litestar import Response, get, post
from litestar.params import FromPath

from admin_ui.catalogue import document_href
from admin_ui.field_views import Head, head_of
from admin_ui.form_keys import FormKey
from admin_ui.rendering import show
from admin_ui.workspace import open_workspace, save
from server.definitions.service import path_of
from server.findings import Refused
from server.messages.admin import NEW_DOCUMENTS, NOTES, STEP_DONE, refusal_text
from server.types import JsonValue
from server.web.access import visit_of
from server.web.failures import SignInFirst
from server.web.requests import AnyRequest, posted, see_other

_ROUTE = "/admin/services/{tree:str}/{name:str}/new"
_ID = re.compile(r"[a-z][a-z0-9_]{0,39}")
_TASK_FORM = "task_form"
_ANCHORS = {"title-needed": "#title", "kind-needed": "#kind"}


class NewDocumentPage(msgspec.Struct, frozen=True, kw_only=True):
    """Context of `admin/new_document.html`."""

    head: Head
    action: str
    kinds: tuple[tuple[str, str], ...]
    kind: str = ""
    document_id: str = ""
    title: str = ""
    errors: tuple[tuple[str, str], ...] = ()
    note: str = ""


@get(_ROUTE, opt={"access": "administrator"})
async def ask_document(request: AnyRequest, tree: FromPath[str], name: FromPath[str]) -> Response[bytes]:
    """The inputs for a new document."""
    space = await open_workspace(request, tree, name)
    page = NewDocumentPage(head=head_of(space), action=f"{space.path}/new", kinds=tuple(NEW_DOCUMENTS.items()))
    return show(request, "new_document.html", page)


@post(_ROUTE, opt={"access": "administrator", "represent": True})
async def add_document(request: AnyRequest, tree: FromPath[str], name: FromPath[str]) -> Response[Any]:
    """Puts the smallest document of its kind into the working copy and opens it."""
    visit, body = visit_of(request), posted(request)
    if visit.signed_in is None:
        raise SignInFirst(rule="administrator", ended=True)
    space = await open_workspace(request, tree, name)
    kind, title, document_id = body.first("kind"), " ".join(body.first("title").split()), body.first("document_id").strip()
    page = NewDocumentPage(
        head=head_of(space),
        action=f"{space.path}/new",
        kinds=tuple(NEW_DOCUMENTS.items()),
        kind=kind,
        document_id=document_id,
        title=title,
    )
    if not visit.genuine:
        return show(request, "new_document.html", msgspec.structs.replace(page, note=NOTES["page-stale"]), status=403)
    made = new_documents(space.service_id, kind, document_id, title)
    if not isinstance(made, Refused) and any(path in space.documents for path in made):
        made = Refused("document-taken", {"name": document_id})
    saved = made if isinstance(made, Refused) else await save(request, space, made)
    if isinstance(saved, Refused):
        errors = ((_ANCHORS.get(saved.reason, "#document_id"), refusal_text(saved)),)
        return show(request, "new_document.html", msgspec.structs.replace(page, errors=errors), status=422)
    if kind == _TASK_FORM:
        return see_other(f"{space.path}/forms/{FormKey(service_id=space.service_id, task=document_id).key}")
    return see_other(document_href(space.path, path_of(space.service_id, kind, document_id)))


def new_documents(service_id: str, kind: str, name: str, title: str) -> dict[str, JsonValue | None] | Refused:
    """The documents by path; a task form consists of three."""
    if kind not in NEW_DOCUMENTS:
        return Refused("kind-needed")
    if not title:
        return Refused("title-needed")
    if not _ID.fullmatch(name):
        return Refused("document-id-form")
    if kind == _TASK_FORM:
        return {path_of(service_id, part, name): value for part, value in _task_form(name, title).items()}
    return {path_of(service_id, kind, name): _document(kind, title)}


def _task_form(name: str, title: str) -> dict[str, JsonValue]:
    page = {"type": "Category", "id": "page", "label": title, "elements": []}
    return {
        "task_data_schema": {
            "$schema": "https://json-schema.org/draft/2020-12/schema",
            "title": title,
            "type": "object",
            "properties": {},
        },
        "task_layout": {"type": "Categorization", "id": name, "elements": [page]},
        "task_logic": {},
    }


def _document(kind: str, title: str) -> JsonValue:
    match kind:
        case "codelist":
            return {"title": title, "codes": {}}
        case "notice":
            return {"title": title, "channel": "message", "subject": title, "text": title}
        case "table":
            return {"title": title, "hit": "unique", "inputs": {}, "outputs": {}, "rows": []}
        case "process":
            end = {"kind": "end", "title": STEP_DONE, "code": "done"}
            return {"title": title, "nodes": {"start": {"kind": "start", "next": "done"}, "done": end}}
    return f"# {title}\n"


ROUTES = (ask_document, add_document)

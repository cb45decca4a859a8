"""Back to what the level above has: a whole document, or everything said of one field."""

from __future__ import annotations

from typing import Any
from urllib.parse import quote

from litestar import Response, post
from litestar.params import FromPath

from admin_ui.catalogue import document_href
from admin_ui.field_levels import restored
from admin_ui.field_views import field_path, form_path
from admin_ui.form_keys import form_documents
from admin_ui.outlines import known_key
from admin_ui.workspace import Workspace, open_workspace, save, upper_documents
from server.definitions import field_places
from server.findings import Refused
from server.types import JsonValue
from server.web.failures import Missing
from server.web.requests import AnyRequest, see_other

_SERVICE = "/admin/services/{tree:str}/{name:str}"


def restore_href(space: Workspace, path: str) -> str:
    """The address at which a document goes back to what the level above has."""
    return f"{space.path}/restore/{quote(path)}"


@post(f"{_SERVICE}/restore/{{path:path}}", opt={"access": "administrator"})
async def restore_document(request: AnyRequest, tree: FromPath[str], name: FromPath[str], path: FromPath[str]) -> Response[Any]:
    """Throws away what the region changes of a document."""
    space = await open_workspace(request, tree, name)
    path = path.lstrip("/")
    if not space.levels.own(path):
        raise Missing
    upper = await upper_documents(request, space)
    note = await _saved(request, space, {path: upper.get(path)})
    back = document_href(space.path, path) if path in upper else space.path
    return see_other(f"{back}?note={note}")


@post(f"{_SERVICE}/forms/{{key:str}}/restore/{{field_id:str}}", opt={"access": "administrator"})
async def restore_field(
    request: AnyRequest, tree: FromPath[str], name: FromPath[str], key: FromPath[str], field_id: FromPath[str]
) -> Response[Any]:
    """Throws away what the region changes of a field."""
    space = await open_workspace(request, tree, name)
    found = known_key(space, key)
    form = form_documents(space.documents, found)
    located = field_places.field_of(form, field_id) if form is not None else None
    if form is None or located is None or space.levels.is_base:
        raise Missing
    changes = restored(space, found, form, located, await upper_documents(request, space))
    note = await _saved(request, space, changes)
    upper = form_documents({**space.documents, **changes}, found)
    kept = upper is not None and field_places.field_of(upper, field_id) is not None
    return see_other(f"{field_path(space, found, field_id) if kept else form_path(space, found)}?note={note}")


async def _saved(request: AnyRequest, space: Workspace, changes: dict[str, JsonValue | None]) -> str:
    saved = await save(request, space, changes)
    return "not-restored" if isinstance(saved, Refused) else "restored"


ROUTES = (restore_document, restore_field)

"""Adding a field to a form and taking one away."""

from __future__ import annotations

from typing import Any

import msgspec
from litestar import Response, get, post
from litestar.params import FromPath

from admin_ui.catalogue import form_title
from admin_ui.field_drafts import listed_options
from admin_ui.field_views import (
    Head,
    codelist_titles,
    container_words,
    field_path,
    form_path,
    head_of,
    item_titles,
    refused_errors,
)
from admin_ui.form_keys import FormKey, changes_of, form_documents
from admin_ui.levels import Hold
from admin_ui.outlines import known_key
from admin_ui.rendering import show
from admin_ui.workspace import Workspace, open_workspace, save, saved_form
from server.definitions import field_edits, field_places, scope_edits
from server.definitions.field_edits import FieldFacts, NewField, Options
from server.definitions.field_places import Container, FormDocuments, Located
from server.definitions.field_shapes import LISTED, SHAPES
from server.definitions.scope_edits import FieldScope
from server.definitions.service import path_of
from server.findings import Refused
from server.forms.body import Body
from server.messages.admin import FIELD_KINDS, HOLDER_TOP, NOTES, refusal_text
from server.types import JsonValue
from server.web.access import visit_of
from server.web.failures import Missing, SignInFirst
from server.web.requests import AnyRequest, posted, query, see_other

_FORM = "/admin/services/{tree:str}/{name:str}/forms/{key:str}"
_ADD = _FORM + "/add"
_REMOVE = _FORM + "/remove/{field_id:str}"
_ANCHORS = {
    "field-id-form": "#field_name",
    "field-id-reserved": "#field_name",
    "field-taken": "#field_name",
    "holder-unknown": "#holder",
    "kind-unfit": "#kind",
}


class NewFieldDraft(msgspec.Struct, frozen=True, kw_only=True):
    """What the inputs for a new field hold."""

    container: str
    kind: str = "text"
    #: Property path above the name, ending in a dot, or empty.
    holder: str = ""
    field_name: str = ""
    label: str = ""
    hint: str = ""
    required: bool = False
    codelist: str = ""
    listed: str = ""
    everyone: bool = False
    items: tuple[str, ...] = ()


class NewFieldPage(msgspec.Struct, frozen=True, kw_only=True):
    """Context of `admin/new_field.html`."""

    head: Head
    form_title: str
    form_href: str
    action: str
    #: Where the field will stand, in words.
    place: str
    draft: NewFieldDraft
    kinds: tuple[tuple[str, str], ...]
    holders: tuple[tuple[str, str], ...]
    codelists: tuple[tuple[str, str], ...]
    items: tuple[tuple[str, str], ...]
    #: What an upper level says about who may see fields.
    hold: Hold | None = None
    errors: tuple[tuple[str, str], ...] = ()
    note: str = ""


class RemoveFieldPage(msgspec.Struct, frozen=True, kw_only=True):
    """Context of `admin/remove_field.html`."""

    head: Head
    form_title: str
    field_id: str
    label: str
    action: str
    back: str
    errors: tuple[tuple[str, str], ...] = ()


@get(_ADD, opt={"access": "administrator"})
async def ask_field(request: AnyRequest, tree: FromPath[str], name: FromPath[str], key: FromPath[str]) -> Response[bytes]:
    """The inputs for a new field at the end of a page, group or row."""
    space, found, form = await _open(request, tree, name, key)
    container = _container(form, query(request, "to"))
    everyone = not found.task and _scope_hold(space) is None
    draft = NewFieldDraft(
        container=container.key,
        holder=_usual_holder(form, container),
        everyone=everyone,
        items=tuple(name for name, _ in item_titles(space)) if not found.task and not everyone else (),
    )
    return show(request, "new_field.html", await _page(request, space, found, form, container, draft))


@post(_ADD, opt={"access": "administrator", "represent": True})
async def add_field(request: AnyRequest, tree: FromPath[str], name: FromPath[str], key: FromPath[str]) -> Response[Any]:
    """Adds the field to the working copy, or says beside the inputs why it cannot be added."""
    visit, body = visit_of(request), posted(request)
    if visit.signed_in is None:
        raise SignInFirst(rule="administrator", ended=True)
    space, found, form = await _open(request, tree, name, key)
    draft = _posted(body)
    container = _container(form, draft.container)
    page = await _page(request, space, found, form, container, draft)
    if not visit.genuine:
        return show(request, "new_field.html", msgspec.structs.replace(page, note=NOTES["page-stale"]), status=403)
    new = _new_field(draft)
    grown = field_edits.add_field(form, new) if isinstance(new, NewField) else new
    if isinstance(grown, Refused):
        return _refused(request, page, grown)
    saved = await save(request, space, changes_of(found, form, grown) | _scope(space, found, draft))
    if isinstance(saved, Refused):
        return _refused(request, page, saved)
    return see_other(f"{field_path(space, found, draft.holder + draft.field_name)}?note=added")


@get(_REMOVE, opt={"access": "administrator"})
async def ask_removal(
    request: AnyRequest, tree: FromPath[str], name: FromPath[str], key: FromPath[str], field_id: FromPath[str]
) -> Response[bytes]:
    """Asks whether the field really is to go."""
    space, found, form = await _open(request, tree, name, key)
    located = field_places.field_of(form, field_id)
    if located is None:
        raise Missing
    return show(request, "remove_field.html", _removal_page(space, found, form, located))


@post(_REMOVE, opt={"access": "administrator"})
async def remove_field(
    request: AnyRequest, tree: FromPath[str], name: FromPath[str], key: FromPath[str], field_id: FromPath[str]
) -> Response[Any]:
    """Takes the field out of the form and out of every data scope."""
    space, found, form = await _open(request, tree, name, key)
    located = field_places.field_of(form, field_id)
    if located is None:
        raise Missing
    left = field_edits.remove_field(form, located)
    changes = changes_of(found, form, left) | _scope(space, found, NewFieldDraft(container="", field_name=field_id))
    saved = await save(request, space, changes)
    if isinstance(saved, Refused) and saved.reason != "stale-working":
        page = _removal_page(space, found, form, located)
        page = msgspec.structs.replace(page, errors=((page.back, refusal_text(saved)),))
        return show(request, "remove_field.html", page, status=422)
    if isinstance(saved, Refused):
        return see_other(f"{field_path(space, found, field_id)}?note=stale")
    return see_other(f"{form_path(space, found)}?note=removed")


def _removal_page(space: Workspace, key: FormKey, form: FormDocuments, located: Located) -> RemoveFieldPage:
    return RemoveFieldPage(
        head=head_of(space),
        form_title=form_title(space.documents, key),
        field_id=located.field_id,
        label=field_edits.facts_of(form, located).label,
        action=f"{form_path(space, key)}/remove/{located.field_id}",
        back=field_path(space, key, located.field_id),
    )


async def _open(request: AnyRequest, tree: str, name: str, key: str) -> tuple[Workspace, FormKey, FormDocuments]:
    space = await open_workspace(request, tree, name)
    found = known_key(space, key)
    form = form_documents(space.documents, found)
    if form is None:
        raise Missing
    return space, found, form


def _container(form: FormDocuments, key: str) -> Container:
    found = next((container for container in field_places.containers_of(form) if container.key == key), None)
    if found is None:
        raise Missing
    return found


def _usual_holder(form: FormDocuments, container: Container) -> str:
    """Where the neighbours keep their values: what most new fields of the container want, too."""
    fields = [field for field in field_places.fields_of(form) if field.group == container.group]
    near = [field.field_id for field in fields if field.place[: len(container.place)] == container.place]
    if near:
        return near[-1].removesuffix(near[-1].rpartition(".")[2])
    return f"{container.group}[]." if container.group else ""


async def _page(
    request: AnyRequest, space: Workspace, key: FormKey, form: FormDocuments, container: Container, draft: NewFieldDraft
) -> NewFieldPage:
    built = await saved_form(request, space, key)
    kinds = [kind for kind in FIELD_KINDS if kind in SHAPES and not (container.group and kind == "rows")]
    holders = [name for name in field_places.holders_of(form) if name.rpartition("[].")[0] == container.group]
    return NewFieldPage(
        head=head_of(space),
        form_title=form_title(space.documents, key),
        form_href=form_path(space, key),
        action=f"{form_path(space, key)}/add",
        place=container_words(container),
        draft=draft,
        kinds=tuple((kind, FIELD_KINDS[kind]) for kind in kinds),
        holders=tuple((name, name.rstrip(".") or HOLDER_TOP) for name in holders),
        codelists=codelist_titles(built),
        items=() if key.task else item_titles(space),
        hold=_scope_hold(space),
    )


def _scope_hold(space: Workspace) -> Hold | None:
    return space.levels.hold(path_of(space.service_id, "items"), ("common_scope",))


def _posted(body: Body) -> NewFieldDraft:
    return NewFieldDraft(
        container=body.first("container"),
        kind=body.first("kind"),
        holder=body.first("holder"),
        field_name=body.first("field_name").strip(),
        label=" ".join(body.first("label").split()),
        hint=" ".join(body.first("hint").split()),
        required=body.first("required") == "true",
        codelist=body.first("codelist"),
        listed=body.first("listed").replace("\r\n", "\n"),
        everyone=body.first("scope") == "everyone",
        items=tuple(value for name, value in body.fields if name == "scope_item"),
    )


def _new_field(draft: NewFieldDraft) -> NewField | Refused:
    options = None
    if draft.kind in LISTED:
        listed = listed_options(draft.listed)
        if isinstance(listed, Refused):
            return listed
        options = Options(codelist=draft.codelist) if draft.codelist else Options(listed=listed)
    facts = FieldFacts(label=draft.label, hint=draft.hint, required=draft.required, options=options)
    return NewField(id=draft.holder + draft.field_name, kind=draft.kind, facts=facts, container=draft.container)


def _scope(space: Workspace, key: FormKey, draft: NewFieldDraft) -> dict[str, JsonValue | None]:
    path = path_of(space.service_id, "items")
    items = space.documents.get(path)
    if key.task or not scope_edits.readable_items(items):
        return {}
    scope = FieldScope(everyone=draft.everyone, items=frozenset(draft.items))
    written = scope_edits.write_scope(items, draft.holder + draft.field_name, scope)
    return {path: written} if written != items else {}


def _refused(request: AnyRequest, page: NewFieldPage, refused: Refused) -> Response[bytes]:
    ((anchor, words),) = refused_errors(refused)
    errors = ((_ANCHORS.get(refused.reason, anchor), words),)
    status = 409 if refused.reason == "stale-working" else 422
    return show(request, "new_field.html", msgspec.structs.replace(page, errors=errors), status=status)


ROUTES = (ask_field, add_field, ask_removal, remove_field)

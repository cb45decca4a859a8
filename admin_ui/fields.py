"""The editor of one field: its texts, options, conditions and place, with the real page beside them."""

from __future__ import annotations

from typing import Any, Literal

import msgspec
from litestar import Response, get, post
from litestar.params import FromPath
from markupsafe import Markup

from admin_ui import previews
from admin_ui.colleagues import GonePage, differing, typed_texts
from admin_ui.conditions import Variable
from admin_ui.field_drafts import FieldDraft, draft_of, facts_from, posted_draft, scope_from
from admin_ui.field_levels import aspect_of, in_words
from admin_ui.field_views import FieldPage, PreviewView, field_page, field_path, form_path, head_of, refused_errors
from admin_ui.form_keys import FormKey, changes_of, form_documents, form_key
from admin_ui.previews import Built
from admin_ui.rendering import show, show_blocks
from admin_ui.vocabulary import vocabulary
from admin_ui.workspace import Workspace, findings_of, mark_of, open_workspace, save, saved_form
from server.definitions import field_edits, field_places, scope_edits
from server.definitions.field_places import FormDocuments, Located
from server.definitions.scope_edits import FieldScope
from server.definitions.service import path_of
from server.findings import Refused
from server.messages.admin import (
    NOTES,
    PREVIEW_BROKEN,
    PREVIEW_HIDDEN,
    PREVIEW_PARTIAL,
    PREVIEW_STALE,
    aspect_words,
    refusal_text,
)
from server.types import JsonValue
from server.web.access import office_of, visit_of
from server.web.failures import Missing, SignInFirst
from server.web.requests import AnyRequest, posted, query, see_other
from server.web.templating import site_of, today_of

_ROUTE = "/admin/services/{tree:str}/{name:str}/forms/{key:str}/fields/{field_id:str}"
_MOVES: dict[str, Literal["up", "down"]] = {"up": "up", "down": "down"}


class Editing(msgspec.Struct, frozen=True, kw_only=True):
    """One field of the working copy, ready to be shown or changed."""

    space: Workspace
    key: FormKey
    form: FormDocuments
    field: Located
    built: Built
    variables: dict[str, Variable]
    stored: FieldDraft

    @property
    def path(self) -> str:
        """The address of the editor."""
        return field_path(self.space, self.key, self.field.field_id)


@get(_ROUTE, opt={"access": "administrator"})
async def field(
    request: AnyRequest, tree: FromPath[str], name: FromPath[str], key: FromPath[str], field_id: FromPath[str]
) -> Response[bytes]:
    """The editor with what is stored, and what the checks say of the form."""
    editing = await _find(request, tree, name, key, field_id)
    if editing is None:
        raise Missing
    page = await _page(request, editing, editing.stored)
    own = tuple(finding for finding in await findings_of(request, editing.space) if finding.path in editing.key.paths)
    return show(request, "field.html", msgspec.structs.replace(page, findings=own, note=NOTES.get(query(request, "note"), "")))


@post(_ROUTE, opt={"access": "administrator", "represent": True})
async def save_field(
    request: AnyRequest, tree: FromPath[str], name: FromPath[str], key: FromPath[str], field_id: FromPath[str]
) -> Response[Any]:
    """Takes what was typed: shown as a preview, or saved into the working copy; it is never lost."""
    visit, body = visit_of(request), posted(request)
    if visit.signed_in is None:
        raise SignInFirst(rule="administrator", ended=True)
    draft, base = posted_draft(body), body.first("base")
    editing = await _find(request, tree, name, key, field_id)
    if editing is None:
        return await _gone(request, tree, name, draft)
    if not visit.genuine:
        page = await _page(request, editing, draft)
        return _again(request, page, note=NOTES["page-stale"], status=403)
    if query(request, "refresh"):
        page = await _page(request, editing, draft, base=base, example=body.first("example"))
        return show_blocks(request, "field.html", ("editor", "preview"), page)
    if body.first("intent") == "refresh":
        page = await _page(request, editing, draft, base=base, example=body.first("example"))
        return _again(request, page, note=NOTES["refreshed"], status=200)
    return await _saved(request, editing, draft, base=base, intent=body.first("intent"), target=body.first("container"))


async def _saved(
    request: AnyRequest, editing: Editing, draft: FieldDraft, *, base: str, intent: str, target: str
) -> Response[Any]:
    changes = _changes(editing, draft, intent=intent, target=target)
    if isinstance(changes, Refused):
        page = await _page(request, editing, draft, base=base)
        return _again(request, msgspec.structs.replace(page, errors=refused_errors(changes)), status=422)
    stale = base != mark_of(editing.stored)
    if changes and not stale:
        saved = await save(request, editing.space, changes)
        if isinstance(saved, Refused) and saved.reason != "stale-working":
            page = await _page(request, editing, draft, base=base)
            saved = in_words(saved) if saved.reason == "locked" else saved
            held = {aspect_of(saved): refusal_text(saved)} if saved.reason == "locked" else {}
            return _again(request, msgspec.structs.replace(page, errors=refused_errors(saved), refused=held), status=422)
        stale = isinstance(saved, Refused)
    if stale:
        tree, name = editing.space.path.split("/")[-2:]
        fresh = await _find(request, tree, name, editing.key.key, editing.field.field_id)
        if fresh is None:
            return await _gone(request, tree, name, draft)
        page = await _page(request, fresh, draft)
        theirs = differing(draft, fresh.stored, fresh.variables)
        errors = refused_errors(Refused("stale-working"))
        return _again(request, msgspec.structs.replace(page, theirs=theirs, errors=errors), status=409)
    note = "moved" if intent in ("up", "down", "move") else "saved" if changes else "unchanged"
    return see_other(f"{editing.path}?note={note}")


async def _gone(request: AnyRequest, tree: str, name: str, draft: FieldDraft) -> Response[bytes]:
    """What was typed about a field that a colleague has removed meanwhile."""
    space = await open_workspace(request, tree, name)
    texts = tuple((aspect_words([aspect]), text) for aspect, text in typed_texts(draft) if text)
    note = refusal_text(Refused("field-gone"))
    return show(request, "gone.html", GonePage(head=head_of(space), note=note, texts=texts), status=409)


async def _find(request: AnyRequest, tree: str, name: str, key: str, field_id: str) -> Editing | None:
    space = await open_workspace(request, tree, name)
    found = form_key(space.service_id, key)
    form = form_documents(space.documents, found) if found is not None else None
    located = field_places.field_of(form, field_id) if form is not None else None
    if found is None or form is None or located is None:
        return None
    built = await saved_form(request, space, found)
    variables = _variables(built, located)
    stored = draft_of(field_edits.facts_of(form, located), _scope(space, found, field_id), variables)
    return Editing(space=space, key=found, form=form, field=located, built=built, variables=variables, stored=stored)


def _variables(built: Built, located: Located) -> dict[str, Variable]:
    service = built.service
    return vocabulary(built.form, service, located.group) if built.form is not None and service is not None else {}


def _scope(space: Workspace, key: FormKey, field_id: str) -> FieldScope:
    items = space.documents.get(path_of(space.service_id, "items"))
    return scope_edits.scope_of(items, field_id) if not key.task and scope_edits.readable_items(items) else FieldScope()


def _changes(editing: Editing, draft: FieldDraft, *, intent: str = "", target: str = "") -> dict[str, JsonValue | None] | Refused:
    """The documents as the draft wants them, by path; only those that differ."""
    before = field_edits.facts_of(editing.form, editing.field)
    facts = facts_from(draft, editing.variables, before=before)
    if isinstance(facts, Refused):
        return facts
    form = field_edits.write_facts(editing.form, editing.field, facts)
    if isinstance(form, Refused):
        return form
    if intent in _MOVES:
        form = field_edits.move(form, editing.field, _MOVES[intent])
    elif intent == "move":
        moved = field_edits.move_to(form, _located(form, editing.field.field_id), target)
        if isinstance(moved, Refused):
            return moved
        form = moved
    return changes_of(editing.key, editing.form, form) | _scope_changes(editing, draft)


def _located(form: FormDocuments, field_id: str) -> Located:
    found = field_places.field_of(form, field_id)
    assert found is not None
    return found


def _scope_changes(editing: Editing, draft: FieldDraft) -> dict[str, JsonValue | None]:
    path = path_of(editing.space.service_id, "items")
    items = editing.space.documents.get(path)
    if editing.key.task or not scope_edits.readable_items(items):
        return {}
    written = scope_edits.write_scope(items, editing.field.field_id, scope_from(draft))
    return {path: written} if written != items else {}


async def _page(request: AnyRequest, editing: Editing, draft: FieldDraft, *, base: str = "", example: str = "") -> FieldPage:
    """The editor with a draft and the page as the draft would make it."""
    changes = _changes(editing, draft)
    built, stale = editing.built, False
    drafted = editing.built
    if not isinstance(changes, Refused) and changes:
        wanted = {path: value for path, value in {**editing.space.documents, **changes}.items() if value is not None}
        drafted = await previews.build(wanted, editing.key, region=editing.space.region)
        built, stale = (drafted, False) if drafted.form is not None else (editing.built, True)
    return field_page(
        editing.space,
        editing.key,
        editing.form,
        editing.field,
        draft,
        variables=editing.variables,
        built=drafted,
        preview=_preview(request, editing, built, stale=stale, example=example or query(request, "example")),
        base=base or mark_of(editing.stored),
    )


def _preview(request: AnyRequest, editing: Editing, built: Built, *, stale: bool, example: str) -> PreviewView:
    href = f"{form_path(editing.space, editing.key)}/preview/{editing.field.page}"
    shown = previews.preview_page(
        built,
        editing.field.page,
        data=previews.with_row(previews.example_data(built, example), editing.field.group),
        today=today_of(office_of(request).clock()),
        action=href,
        extra=hidden_inputs(site_of(request).csrf, example),
    )
    if shown is None:
        return PreviewView(note=PREVIEW_BROKEN)
    hidden = previews.is_hidden(shown.settled, editing.field)
    return PreviewView(
        html=shown.html,
        note=PREVIEW_STALE if stale else PREVIEW_PARTIAL if built.partial else PREVIEW_HIDDEN if hidden else "",
        page_label=shown.page.label,
        href=href,
        examples=previews.example_ids(built.service, editing.key),
        example=example,
    )


def hidden_inputs(token: Markup, example: str) -> bytes:
    """What a previewed form carries: the token and the example it was filled from."""
    return str(token + Markup('<input type="hidden" name="example" value="{}">').format(example)).encode()


def _again(request: AnyRequest, page: FieldPage, *, note: str = "", status: int) -> Response[bytes]:
    shown = msgspec.structs.replace(page, note=note, tone="warn") if note else page
    return show(request, "field.html", shown, status=status)


ROUTES = (field, save_field)

"""A form as an outline of pages, groups and fields."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import msgspec
from litestar import Response, get
from litestar.params import FromPath

from admin_ui.catalogue import document_href, form_title
from admin_ui.field_levels import line_levels
from admin_ui.field_views import Head, field_path, form_path, head_of, kind_words
from admin_ui.form_keys import FormKey, form_documents, form_key
from admin_ui.levels import Badge
from admin_ui.rendering import show
from admin_ui.workspace import Workspace, findings_of, in_force, open_workspace
from server.definitions import field_edits, field_places
from server.definitions.field_places import FormDocuments, Located
from server.findings import Finding
from server.messages.admin import NOTES
from server.web.failures import Missing
from server.web.requests import AnyRequest, query

_FORM = "/admin/services/{tree:str}/{name:str}/forms/{key:str}"


class FieldLine(msgspec.Struct, frozen=True, kw_only=True):
    """One field in the outline."""

    id: str
    label: str
    kind: str
    href: str
    required: bool
    #: Whether a rule decides when it is shown.
    conditional: bool
    #: Whether its documents differ from those in force.
    changed: bool
    #: Whether it stands in the rows of a repeating group.
    inner: bool
    #: Which level it comes from; nothing in the base.
    origin: Badge | None = None
    #: What an upper level says about changing it; empty where nothing is said.
    hold: str = ""
    #: Key of its rows as a place for new fields; empty for fields that are no repeating group.
    rows: str = ""


class Section(msgspec.Struct, frozen=True, kw_only=True):
    """Fields under one another on a page: those of a group, or those outside groups."""

    label: str
    #: Key of the layout element that new fields are added to.
    container: str
    lines: tuple[FieldLine, ...]


class PageOutline(msgspec.Struct, frozen=True, kw_only=True):
    """One page of the form."""

    id: str
    label: str
    preview: str
    sections: tuple[Section, ...]


class FormPage(msgspec.Struct, frozen=True, kw_only=True):
    """Context of `admin/form.html`."""

    head: Head
    title: str
    path: str
    #: None when the documents are too damaged to be shown field by field.
    pages: tuple[PageOutline, ...] | None
    #: Addresses of its documents as text, with their names.
    texts: tuple[tuple[str, str], ...]
    findings: tuple[Finding, ...] = ()
    note: str = ""


@get(_FORM, opt={"access": "administrator"})
async def outline(request: AnyRequest, tree: FromPath[str], name: FromPath[str], key: FromPath[str]) -> Response[bytes]:
    """The form as an outline."""
    space = await open_workspace(request, tree, name)
    found = known_key(space, key)
    form = form_documents(space.documents, found)
    before = form_documents(await in_force(request, space), found)
    page = FormPage(
        head=head_of(space),
        title=form_title(space.documents, found),
        path=form_path(space, found),
        pages=page_outlines(space, found, form, before) if form is not None else None,
        texts=tuple((document_href(space.path, path), path.rsplit("/", 1)[1]) for path in found.paths if path in space.documents),
        findings=tuple(finding for finding in await findings_of(request, space) if finding.path in found.paths),
        note=NOTES.get(query(request, "note"), ""),
    )
    return show(request, "form.html", page)


def page_outlines(space: Workspace, key: FormKey, form: FormDocuments, before: FormDocuments | None) -> tuple[PageOutline, ...]:
    """Pages, groups and fields in reading order; what differs from `before` is marked."""
    known = {field.field_id: _said(before, field) for field in field_places.fields_of(before)} if before is not None else {}
    fields = field_places.fields_of(form)
    pages = []
    for page in (found for found in field_places.containers_of(form) if found.kind == "page"):
        sections = []
        for container in field_places.containers_of(form):
            if container.place[: len(page.place)] != page.place or container.group:
                continue
            lines = tuple(_line(space, key, form, field, known) for field in fields if _stands_in(field, container))
            label = container.label if container.kind == "group" else ""
            if lines or container.kind == "group":
                sections.append(Section(label=label, container=container.key, lines=lines))
        preview = f"{form_path(space, key)}/preview/{page.id}"
        pages.append(PageOutline(id=page.id, label=page.label, preview=preview, sections=tuple(sections)))
    return tuple(pages)


def known_key(space: Workspace, key: str) -> FormKey:
    """The form an address means; only forms the service has."""
    found = form_key(space.service_id, key)
    if found is None or found.paths[0] not in space.documents:
        raise Missing
    return found


def _stands_in(field: Located, container: field_places.Container) -> bool:
    """Whether a container lays the field out, directly or through the rows of a repeating group in it."""
    depth = len(container.place)
    if field.place[:depth] != container.place:
        return False
    rest = field.place[depth:]
    return len(rest) == 1 or rest[1:3] == ("options", "detail")


def _line(space: Workspace, key: FormKey, form: FormDocuments, field: Located, known: Mapping[str, Any]) -> FieldLine:
    facts, levels = field_edits.facts_of(form, field), line_levels(space, key, form, field)
    return FieldLine(
        id=field.field_id,
        label=facts.label,
        kind=kind_words(form, field),
        href=field_path(space, key, field.field_id),
        required=facts.required or "required" in facts.rules,
        conditional="relevant" in facts.rules,
        changed=known.get(field.field_id) != _said(form, field),
        inner=bool(field.group),
        origin=levels.badge,
        hold=levels.kept.words if levels.kept is not None and levels.kept.fixed else "",
        rows=f"rows:{field.control['id']}" if "detail" in field.control.get("options", {}) else "",
    )


def _said(form: FormDocuments, field: Located) -> Any:
    """Everything the documents say of one field, to see whether it changed."""
    return field_edits.facts_of(form, field), {name: value for name, value in field.control.items() if name != "options"}


ROUTES = (outline,)

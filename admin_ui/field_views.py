"""What the editor of a field shows: its inputs, what is wrong beside them, and the real page."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

import msgspec

from admin_ui.catalogue import form_title
from admin_ui.conditions import Row, Variable, read_back
from admin_ui.field_drafts import TEXT_RULES, FieldDraft, relevance_text, rows_shown, simple_condition
from admin_ui.field_levels import FieldLevels, aspect_of, field_levels
from admin_ui.form_keys import FormKey
from admin_ui.previews import Built
from admin_ui.workspace import Workspace
from server.definitions.field_places import Container, FormDocuments, Located, containers_of, fields_of
from server.definitions.service import path_of
from server.documents.pointer import format_pointer
from server.findings import Finding, Refused
from server.forms.compile import kind_of
from server.messages.admin import (
    CONTAINER_LABEL,
    CONTAINERS,
    FIELD_KINDS,
    OPERATORS,
    TRUTHS,
    VARIABLE_GROUPS,
    refusal_text,
)
from server.messages.findings import finding_text

_ANCHORS = {
    "label-missing": "#label",
    "options-missing": "#listed",
    "option-form": "#listed",
    "option-twice": "#listed",
}
#: Aspect of a field to where it is typed.
_ASPECT_ANCHORS = {
    "label": "#label",
    "hint": "#hint",
    "required": "#requirement",
    "listed": "#listed",
    "relevant": "#relevance",
    "computed": "#rule-computed",
    "suggested": "#rule-suggested",
    "scope": "#scope",
    "place": "#place",
}
_MOST_CHOICES = 60


class Head(msgspec.Struct, frozen=True, kw_only=True):
    """What every page of a service begins with."""

    title: str
    path: str
    changed: int
    #: Name of the region whose layer is edited; empty in the base.
    place: str = ""
    #: Whether something can be proposed; a layer may stand on a newer level above without another difference.
    edited: bool = False
    #: Whether the layer stands on an older parent.
    behind: bool = False


class RowView(msgspec.Struct, frozen=True, kw_only=True):
    """One row of the condition with what can be chosen in it."""

    row: Row
    operators: tuple[tuple[str, str], ...]
    #: Codes to choose the value from; empty where it is typed.
    values: tuple[tuple[str, str], ...]
    #: Whether its field is among those offered.
    known: bool


class PreviewView(msgspec.Struct, frozen=True, kw_only=True):
    """The real page beside the editor."""

    html: bytes = b""
    note: str = ""
    page_label: str = ""
    #: Address of the page alone.
    href: str = ""
    examples: tuple[tuple[str, str], ...] = ()
    example: str = ""


class FieldPage(msgspec.Struct, frozen=True, kw_only=True):
    """Context of `admin/field.html`."""

    head: Head
    form_title: str
    form_href: str
    action: str
    field_id: str
    kind: str
    draft: FieldDraft
    #: Digest of what is stored, to notice a colleague's change.
    base: str
    preview: PreviewView
    rows: tuple[RowView, ...] = ()
    #: Group title to names and labels.
    variables: tuple[tuple[str, tuple[tuple[str, str], ...]], ...] = ()
    #: The condition in words; empty when it is not simple.
    read_back: str = ""
    #: What is wrong with each rule, by aspect.
    faults: dict[str, tuple[str, ...]] = {}
    codelists: tuple[tuple[str, str], ...] = ()
    codelist_href: str = ""
    items: tuple[tuple[str, str], ...] = ()
    containers: tuple[tuple[str, str], ...] = ()
    container: str = ""
    levels: FieldLevels = FieldLevels()
    #: Aspect to why an upper level did not let it be saved.
    refused: dict[str, str] = {}
    before: str = ""
    after: str = ""
    findings: tuple[Finding, ...] = ()
    errors: tuple[tuple[str, str], ...] = ()
    note: str = ""
    tone: str = "good"
    #: What a colleague saved meanwhile: words and value of everything that differs.
    theirs: tuple[tuple[str, str], ...] = ()


def head_of(space: Workspace) -> Head:
    """The head of the service's pages."""
    return Head(
        title=space.title,
        path=space.path,
        changed=space.changed,
        edited=bool(space.changed or (space.working.version and not space.levels.is_base)),
        place="" if space.levels.is_base else space.place,
        behind=space.working.behind,
    )


def form_path(space: Workspace, key: FormKey) -> str:
    """The address of a form's outline."""
    return f"{space.path}/forms/{key.key}"


def field_path(space: Workspace, key: FormKey, field_id: str) -> str:
    """The address of a field's editor; brackets of rows stand as they are written in rules."""
    return f"{form_path(space, key)}/fields/{field_id.replace('[', '%5B').replace(']', '%5D')}"


def field_page(
    space: Workspace,
    key: FormKey,
    form: FormDocuments,
    field: Located,
    draft: FieldDraft,
    *,
    variables: Mapping[str, Variable],
    built: Built,
    preview: PreviewView,
    base: str,
) -> FieldPage:
    """The editor with these inputs; errors, notes and findings are added by whoever shows it."""
    place = [found.field_id for found in fields_of(form)]
    index = place.index(field.field_id)
    fitting = [found for found in containers_of(form) if found.group == field.group]
    own = [found for found in fitting if found.place == field.place[:-1]]
    relevant = relevance_text(draft, variables)
    condition = simple_condition(relevant, variables) if isinstance(relevant, str) else None
    return FieldPage(
        head=head_of(space),
        form_title=form_title(space.documents, key),
        form_href=form_path(space, key),
        action=field_path(space, key, field.field_id),
        field_id=field.field_id,
        kind=kind_words(form, field),
        draft=draft,
        base=base,
        preview=preview,
        rows=tuple(_row_view(row, variables) for row in rows_shown(draft)) if variables else (),
        variables=_grouped(variables.values()),
        read_back=read_back(condition, variables) if condition is not None else "",
        faults={aspect: _faults(built, field.field_id, aspect) for aspect in ("relevant", *TEXT_RULES)},
        codelists=codelist_titles(built),
        codelist_href=_codelist_href(space, draft.codelist),
        items=() if key.task else item_titles(space),
        containers=tuple((found.key, container_words(found)) for found in fitting),
        container=own[0].key if own else "",
        levels=field_levels(space, key, form, field),
        before=field_path(space, key, place[index - 1]) if index else "",
        after=field_path(space, key, place[index + 1]) if index + 1 < len(place) else "",
    )


def refused_errors(refused: Refused) -> tuple[tuple[str, str], ...]:
    """The entry of the error summary for a refusal."""
    anchor = _ANCHORS.get(refused.reason, "#label")
    if refused.reason == "locked":
        anchor = _ASPECT_ANCHORS[aspect_of(refused)]
    if refused.reason == "row-unfit":
        anchor = f"#row-variable-{int(refused.params['line']) - 1}"
    return ((anchor, refusal_text(refused)),)


def kind_words(form: FormDocuments, field: Located) -> str:
    """What a field's kind is called."""
    schema: Any = form.schema
    for part in field.schema_place:
        schema = schema[part]
    kind = kind_of(schema, field.control.get("options", {}).get("format"))
    return FIELD_KINDS.get(kind, kind)


def container_words(container: Container) -> str:
    """What a page or group is called in a list."""
    return (
        CONTAINER_LABEL.format(kind=CONTAINERS[container.kind], label=container.label)
        if container.kind != "rows"
        else CONTAINERS["rows"]
    )


def codelist_titles(built: Built) -> tuple[tuple[str, str], ...]:
    """Id and title of every code list the service knows."""
    service = built.service
    if service is None:
        return ()
    return tuple(sorted((name, found.title) for name, found in service.codelists.items()))


def item_titles(space: Workspace) -> tuple[tuple[str, str], ...]:
    """Id and title of the service's items; none where the document cannot be read."""
    items = space.documents.get(path_of(space.service_id, "items"))
    listed = items.get("items") if isinstance(items, dict) else None
    if not isinstance(listed, dict):
        return ()
    return tuple((name, str(item.get("title", name)) if isinstance(item, dict) else name) for name, item in listed.items())


def _codelist_href(space: Workspace, codelist: str) -> str:
    path = path_of(space.service_id, "codelist", codelist)
    return f"{space.path}/documents/{path}" if codelist and path in space.documents else ""


def _row_view(row: Row, variables: Mapping[str, Variable]) -> RowView:
    variable = variables.get(row.variable)
    offered = variable.operators if variable is not None else tuple(OPERATORS)
    values: tuple[tuple[str, str], ...] = ()
    if variable is not None and variable.type.kind == "bool":
        values = tuple(TRUTHS.items())
    elif variable is not None and 0 < len(variable.codes) <= _MOST_CHOICES and row.operator != "one_of":
        values = tuple(variable.codes.items())
    return RowView(
        row=row, operators=tuple((name, OPERATORS[name]) for name in offered), values=values, known=variable is not None
    )


def _grouped(variables: Iterable[Variable]) -> tuple[tuple[str, tuple[tuple[str, str], ...]], ...]:
    groups: dict[str, list[tuple[str, str]]] = {}
    for variable in variables:
        if variable.operators:
            groups.setdefault(VARIABLE_GROUPS[variable.group], []).append((variable.name, variable.label))
    return tuple((title, tuple(entries)) for title, entries in groups.items())


def _faults(built: Built, field_id: str, aspect: str) -> tuple[str, ...]:
    pointer = format_pointer(("fields", field_id, aspect))
    return tuple(finding_text(finding) for finding in built.findings if finding.pointer == pointer)

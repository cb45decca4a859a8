"""A process as its steps, and a new step between two of them."""

from __future__ import annotations

from typing import Any, get_args

import msgspec
from litestar import Response, get, post
from litestar.params import FromPath
from markupsafe import Markup

from admin_ui.catalogue import document_href, document_title, form_title
from admin_ui.field_views import Head, head_of
from admin_ui.form_keys import form_keys
from admin_ui.levels import Badge
from admin_ui.rendering import show
from admin_ui.workspace import Workspace, findings_of, open_workspace, save
from server.actions.charts import process_chart
from server.definitions import step_edits
from server.definitions.common import Level
from server.definitions.process import ProcessDefinition
from server.definitions.service import path_of
from server.definitions.step_edits import Edge, NewStep
from server.findings import Finding, Refused
from server.forms.body import Body
from server.messages.admin import LEVELS, NODE_KINDS, NOTES, STEP_DONE, UNTITLED, edge_words, refusal_text
from server.types import JsonValue
from server.web.access import visit_of
from server.web.failures import Missing, SignInFirst
from server.web.requests import AnyRequest, posted, query, see_other

_ROUTE = "/admin/services/{tree:str}/{name:str}/processes/{process_id:str}"
_INSERT = _ROUTE + "/insert"
_ANCHORS = {
    "node-id-form": "#step_id",
    "node-taken": "#step_id",
    "limit-form": "#limit",
    "agency-unknown": "#agency",
    "edge-unknown": "#at",
}


class EdgeLine(msgspec.Struct, frozen=True, kw_only=True):
    """One way out of a step."""

    pointer: str
    #: When it is taken.
    when: str
    target: str
    target_title: str


class StepLine(msgspec.Struct, frozen=True, kw_only=True):
    """One step of the process."""

    id: str
    title: str
    kind: str
    #: Office that works on it; empty for steps nobody works on.
    unit: str
    #: Which level it comes from; nothing in the base.
    origin: Badge | None = None
    #: What an upper level says about changing it; empty where nothing is said.
    hold: str = ""
    edges: tuple[EdgeLine, ...] = ()


class ProcessPage(msgspec.Struct, frozen=True, kw_only=True):
    """Context of `admin/process.html`."""

    head: Head
    title: str
    path: str
    text_href: str
    #: None when the document is too damaged to be shown step by step.
    steps: tuple[StepLine, ...] | None
    findings: tuple[Finding, ...] = ()
    note: str = ""
    #: The flow chart; empty where there is none.
    chart: Markup = Markup()


class StepDraft(msgspec.Struct, frozen=True, kw_only=True):
    """What the inputs for a new step hold."""

    at: str
    step_id: str = ""
    title: str = ""
    agency: str = ""
    level: str = "county"
    form: str = ""
    outcome_title: str = STEP_DONE
    limit: str = ""


class InsertPage(msgspec.Struct, frozen=True, kw_only=True):
    """Context of `admin/insert_step.html`."""

    head: Head
    process_title: str
    back: str
    action: str
    draft: StepDraft
    #: Pointer and words of every way a step can stand on.
    places: tuple[tuple[str, str], ...]
    agencies: tuple[tuple[str, str], ...]
    levels: tuple[tuple[str, str], ...]
    forms: tuple[tuple[str, str], ...]
    errors: tuple[tuple[str, str], ...] = ()
    note: str = ""


@get(_ROUTE, opt={"access": "administrator"})
async def process(request: AnyRequest, tree: FromPath[str], name: FromPath[str], process_id: FromPath[str]) -> Response[bytes]:
    """The process step by step."""
    space, path, value = await _open(request, tree, name, process_id)
    readable = step_edits.readable_process(value)
    page = ProcessPage(
        head=head_of(space),
        title=document_title(space.documents, path, space.service_id),
        path=f"{space.path}/processes/{process_id}",
        text_href=document_href(space.path, path),
        steps=step_lines(space, path, value) if readable else None,
        findings=tuple(finding for finding in await findings_of(request, space) if finding.path == path),
        note=NOTES.get(query(request, "note"), ""),
        # Drawn from titles that are escaped there.
        chart=Markup(process_chart(msgspec.convert(value, ProcessDefinition)) if readable else ""),
    )
    return show(request, "process.html", page)


@get(_INSERT, opt={"access": "administrator"})
async def ask_step(request: AnyRequest, tree: FromPath[str], name: FromPath[str], process_id: FromPath[str]) -> Response[bytes]:
    """The inputs for a step to be inserted."""
    space, _, value = await _open(request, tree, name, process_id)
    if not step_edits.readable_process(value):
        raise Missing
    return show(request, "insert_step.html", _page(space, process_id, value, StepDraft(at=query(request, "at"))))


@post(_INSERT, opt={"access": "administrator", "represent": True})
async def insert_step(request: AnyRequest, tree: FromPath[str], name: FromPath[str], process_id: FromPath[str]) -> Response[Any]:
    """Inserts the step into the working copy, or says beside the inputs why it cannot be inserted."""
    visit, body = visit_of(request), posted(request)
    if visit.signed_in is None:
        raise SignInFirst(rule="administrator", ended=True)
    space, path, value = await _open(request, tree, name, process_id)
    if not step_edits.readable_process(value):
        raise Missing
    draft = _posted(body)
    page = _page(space, process_id, value, draft)
    if not visit.genuine:
        return show(request, "insert_step.html", msgspec.structs.replace(page, note=NOTES["page-stale"]), status=403)
    step = _step(draft, page)
    grown = step_edits.insert_step(value, pointer=draft.at, step=step) if isinstance(step, NewStep) else step
    if not isinstance(grown, Refused):
        saved = await save(request, space, {path: grown})
        if not isinstance(saved, Refused):
            return see_other(f"{space.path}/processes/{process_id}?note=inserted#step-{draft.step_id}")
        grown = saved
    errors = ((_ANCHORS.get(grown.reason, "#title"), refusal_text(grown)),)
    return show(request, "insert_step.html", msgspec.structs.replace(page, errors=errors), status=422)


def step_lines(space: Workspace, path: str, value: JsonValue) -> tuple[StepLine, ...]:
    """The steps in the order of the document."""
    titles = {name: str(node.get("title") or UNTITLED) for name, node in value["nodes"].items()}
    agencies = dict(_agencies(space))
    edges: dict[str, list[EdgeLine]] = {}
    for edge in step_edits.edges_of(value):
        line = EdgeLine(
            pointer=edge.pointer,
            when=edge_words(edge.kind, edge.title),
            target=edge.target,
            target_title=titles.get(edge.target, edge.target),
        )
        edges.setdefault(edge.source, []).append(line)
    return tuple(
        StepLine(
            id=name,
            title=titles[name],
            kind=NODE_KINDS[node["kind"]],
            unit=_unit(node, agencies),
            origin=space.levels.badge((path, ("nodes", name))),
            hold=held.words if (held := space.levels.hold(path, ("nodes", name))) is not None else "",
            edges=tuple(edges.get(name, ())),
        )
        for name, node in value["nodes"].items()
    )


def _unit(node: dict[str, Any], agencies: dict[str, str]) -> str:
    actor = node.get("actor")
    return f"{LEVELS[actor['level']]}{agencies.get(actor['agency'], actor['agency'])}" if actor else ""


async def _open(request: AnyRequest, tree: str, name: str, process_id: str) -> tuple[Workspace, str, JsonValue]:
    space = await open_workspace(request, tree, name)
    path = path_of(space.service_id, "process", process_id)
    if path not in space.documents:
        raise Missing
    return space, path, space.documents[path]


def _page(space: Workspace, process_id: str, value: JsonValue, draft: StepDraft) -> InsertPage:
    path = path_of(space.service_id, "process", process_id)
    titles = {name: str(node.get("title") or name) for name, node in value["nodes"].items()}
    keys = form_keys(space.documents, space.service_id)
    return InsertPage(
        head=head_of(space),
        process_title=document_title(space.documents, path, space.service_id),
        back=f"{space.path}/processes/{process_id}",
        action=f"{space.path}/processes/{process_id}/insert",
        draft=draft,
        places=tuple((edge.pointer, _place_words(edge, titles)) for edge in step_edits.edges_of(value)),
        agencies=_agencies(space),
        levels=tuple(LEVELS.items()),
        forms=tuple((key.task, form_title(space.documents, key)) for key in keys if key.task),
    )


def _place_words(edge: Edge, titles: dict[str, str]) -> str:
    return f"{titles[edge.source]} · {edge_words(edge.kind, edge.title)} → {titles.get(edge.target, edge.target)}"


def _agencies(space: Workspace) -> tuple[tuple[str, str], ...]:
    value = space.documents.get(path_of(space.service_id, "agencies"))
    listed = value.get("agencies") if isinstance(value, dict) else None
    if not isinstance(listed, dict):
        return ()
    return tuple((name, str(one.get("title", name)) if isinstance(one, dict) else name) for name, one in listed.items())


def _posted(body: Body) -> StepDraft:
    return StepDraft(
        at=body.first("at"),
        step_id=body.first("step_id").strip(),
        title=" ".join(body.first("title").split()),
        agency=body.first("agency"),
        level=body.first("level"),
        form=body.first("form"),
        outcome_title=" ".join(body.first("outcome_title").split()),
        limit=body.first("limit").strip(),
    )


def _step(draft: StepDraft, page: InsertPage) -> NewStep | Refused:
    level = next((level for level in get_args(Level) if level == draft.level), None)
    if level is None or draft.agency not in dict(page.agencies):
        return Refused("agency-unknown")
    if draft.limit and not (draft.limit.isascii() and draft.limit.isdigit() and 0 < int(draft.limit[:4]) < 1_000):
        return Refused("limit-form")
    return NewStep(
        id=draft.step_id,
        title=draft.title,
        agency=draft.agency,
        level=level,
        outcome_title=draft.outcome_title,
        form=draft.form,
        limit_workdays=int(draft.limit) if draft.limit else None,
    )


ROUTES = (process, ask_step, insert_step)

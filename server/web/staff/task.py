"""Working on a task: taking it, giving it back, filling its form, choosing its outcome."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import msgspec
from litestar import Response, get, post
from litestar.params import FromPath

from server.actions import casework
from server.findings import Problem, Refused
from server.forms.data import EMPTY
from server.forms.summary import SummaryGroup
from server.messages.problems import problem_text
from server.messages.staff import (
    CHOOSE_OUTCOME,
    DONE_BY,
    DROPPED,
    LIGHTS,
    NOTES,
    SUBMIT_OUTCOME,
    refusal_text,
)
from server.web.access import office_of, visit_of
from server.web.failures import Missing, SignInFirst
from server.web.requests import AnyRequest, posted, query, see_other
from server.web.staff import task_form
from server.web.staff.case import MaterialView, materials_of
from server.web.staff.desk import QUEUE, find_case, official_of, task_line, task_path
from server.web.staff.task_form import Filled
from server.web.templating import fragment, render_page, site_of


class TaskPage(msgspec.Struct, frozen=True, kw_only=True):
    """Context of `staff/task.html`."""

    task: casework.OpenTask
    #: The line of the task in its case, for its state, limit and buttons.
    line: casework.TaskLine | None
    #: Title and hint of the form's page.
    title: str
    hint: str
    #: The rendered form; empty where the task asks for an outcome only.
    form: bytes
    #: For the form that only asks for an outcome.
    hidden: bytes
    outcomes: bytes
    submit_label: str
    groups: tuple[SummaryGroup, ...]
    materials: tuple[MaterialView, ...]
    lights: dict[str, tuple[str, str]] = msgspec.field(default_factory=lambda: LIGHTS)
    note: str = ""
    note_tone: str = "warn"
    #: Address and words of problems that stand above the form.
    faults: tuple[tuple[str, str], ...] = ()
    warnings: tuple[str, ...] = ()


class GonePage(msgspec.Struct, frozen=True, kw_only=True):
    """Context of `staff/gone.html`: a task this official cannot work on now."""

    title: str
    text: str
    #: Number of its case, where the official may see it.
    number: str
    #: Label and text of what was typed and not handed in.
    typed: tuple[tuple[str, str], ...] = ()


@get("/staff/tasks/{task_id:str}", opt={"access": "official"})
async def task(request: AnyRequest, task_id: FromPath[str]) -> Response[bytes]:
    """The form of a task with the answers of its case beside it."""
    found = await _load(request, task_id, "")
    if isinstance(found, Refused):
        return await _gone(request, task_id, found, query(request, "case"))
    return await _show(request, found, note=NOTES.get(query(request, "note"), ""), tone="good")


@post("/staff/tasks/{task_id:str}/claim", opt={"access": "official"})
async def claim(request: AnyRequest, task_id: FromPath[str]) -> Response[Any]:
    """Takes the task, so that colleagues see who works on it."""
    taken = await casework.claim(office_of(request), actor=official_of(request), task_id=task_id)
    if isinstance(taken, Refused):
        return await _gone(request, task_id, taken, posted(request).first("number"))
    return see_other(f"{task_path(task_id)}?note=claimed")


@post("/staff/tasks/{task_id:str}/unclaim", opt={"access": "official"})
async def unclaim(request: AnyRequest, task_id: FromPath[str]) -> Response[Any]:
    """Gives the task back to its office."""
    given = await casework.unclaim(office_of(request), actor=official_of(request), task_id=task_id)
    if isinstance(given, Refused):
        return await _gone(request, task_id, given, posted(request).first("number"))
    return see_other(f"{QUEUE}?note=unclaimed")


@post("/staff/tasks/{task_id:str}", opt={"access": "official", "represent": True})
async def complete(request: AnyRequest, task_id: FromPath[str]) -> Response[Any]:
    """Completes the task; whatever is in the way, what was typed is shown again."""
    visit, body = visit_of(request), posted(request)
    if not visit.genuine and visit.signed_in is None:
        raise SignInFirst(rule="official", ended=True)
    found = await _load(request, task_id, body.first("outcome"))
    if isinstance(found, Refused):
        return await _gone(request, task_id, found, body.first("number"))
    if visit.signed_in is None:
        # Somebody else may have come to a screen left alone: it shows what was posted, and nothing of the case.
        found = msgspec.structs.replace(found, applicant="", data=EMPTY)
    filled = task_form.opened(found, body)
    if query(request, "refresh") and visit.trusted and filled is not None:
        return fragment(task_form.render(filled, site_of(request).csrf, action=task_path(task_id)))
    if not visit.trusted:
        note = NOTES["page-stale" if visit.signed_in is not None else "session-ended"]
        return await _show(request, found, filled, note=note, status=403)
    if body.first("intent", "next") != "next":
        return await _show(request, found, filled, filled.decoded.problems if filled is not None else ())
    return await _submitted(request, found, filled)


async def _submitted(request: AnyRequest, found: casework.OpenTask, filled: Filled | None) -> Response[Any]:
    body, task_id = posted(request), found.task.id
    if not found.chosen:
        return await _show(request, found, filled, fault=CHOOSE_OUTCOME, status=422)
    if filled is not None:
        if task_form.asks_more(filled, task_form.choose(found, body.first("shown"))):
            note = NOTES["outcome-fields"].format(outcome=task_form.outcome_title(found, found.chosen))
            return await _show(request, found, filled, note=note, tone="info")
        checked = filled.checked()
        if checked.problems:
            return await _show(request, found, filled, checked.problems, status=422)
        if checked.warnings and body.first("seen") != task_form.mark_of(checked.warnings):
            return await _show(request, found, filled, warnings=checked.warnings, note=NOTES["check-warnings"])
    if body.first("version") != str(found.task.version):
        return await _show(request, found, filled, note=NOTES["changed"], status=409)
    result = await casework.complete_task(
        office_of(request),
        actor=official_of(request),
        task_id=task_id,
        version=found.task.version,
        outcome=found.chosen,
        data=filled.decoded.data if filled is not None else EMPTY,
    )
    match result:
        case Refused():
            return await _refused(request, found, filled, result)
        case casework.Done():
            return see_other(_done_path(result.case_number, task_id))
    return await _show(request, found, filled, result.problems, status=422)


async def _refused(request: AnyRequest, found: casework.OpenTask, filled: Filled | None, refused: Refused) -> Response[Any]:
    """The page of a task that another press, tab or colleague changed in the same moment."""
    again = await _load(request, found.task.id, found.chosen)
    if isinstance(again, Refused):
        return await _gone(request, found.task.id, again, found.case_number)
    filled = task_form.opened(again, posted(request)) if filled is not None else None
    note = NOTES["changed"] if refused.reason == "stale-task" else refusal_text(refused)
    return await _show(request, again, filled, note=note, status=409)


async def _load(request: AnyRequest, task_id: str, outcome: str) -> casework.OpenTask | Refused:
    """The task for an outcome it really offers; the only one is chosen without asking."""
    found = await casework.open_task(office_of(request), actor=official_of(request), task_id=task_id)
    if isinstance(found, Refused):
        return found
    return task_form.choose(found, found.outcomes[0].code if len(found.outcomes) == 1 else outcome)


async def _gone(request: AnyRequest, task_id: str, refused: Refused, number: str) -> Response[Any]:
    """Why the task cannot be worked on; a task this official has just completed leads on, as if pressed once."""
    if refused.reason == "unknown-task":
        raise Missing
    file = await find_case(request, number)
    line = task_line(file, task_id)
    text = refusal_text(refused)
    if line is not None and line.state == "done":
        if request.method == "POST" and line.completed_by == official_of(request).name:
            return see_other(_done_path(number, task_id))
        text = DONE_BY.format(name=line.completed_by, outcome=line.outcome_title)
    elif line is not None and line.state == "dropped":
        text = DROPPED
    page = GonePage(
        title=line.title if line is not None else "",
        text=text,
        number=number if file is not None else "",
        typed=task_form.typed_texts(posted(request)),
    )
    return render_page(request, "staff/gone.html", page, status=409)


async def _show(
    request: AnyRequest,
    found: casework.OpenTask,
    filled: Filled | None = None,
    problems: Sequence[Problem] = (),
    *,
    warnings: Sequence[Problem] = (),
    fault: str = "",
    note: str = "",
    tone: str = "warn",
    status: int = 200,
) -> Response[bytes]:
    filled = filled if filled is not None else task_form.opened(found)
    file = await find_case(request, found.case_number) if visit_of(request).signed_in is not None else None
    token, single = site_of(request).csrf, len(found.outcomes) == 1
    form = b""
    if filled is not None:
        form = task_form.render(
            filled,
            token,
            action=task_path(found.task.id),
            fault=fault,
            problems=problems,
            seen=task_form.mark_of(warnings),
        )
    page = TaskPage(
        task=found,
        line=task_line(file, found.task.id),
        title=found.task.title,
        hint=filled.page.hint if filled is not None else "",
        form=form,
        hidden="".join((token, *task_form.hidden_inputs(found))).encode(),
        outcomes=b"" if single else task_form.outcome_inputs(found, fault),
        submit_label=found.outcomes[0].title if single else SUBMIT_OUTCOME,
        groups=file.groups if file is not None else (),
        materials=materials_of(file) if file is not None else (),
        note=note,
        note_tone=tone,
        faults=(("#outcome", fault),) if fault else (),
        warnings=tuple(problem_text(warning) for warning in warnings),
    )
    return render_page(request, "staff/task.html", page, status=status)


def _done_path(number: str, task_id: str) -> str:
    return f"{QUEUE}?done={number}&task={task_id}"


ROUTES = (task, claim, unclaim, complete)

"""The file of a case: answers, materials, tasks, decisions, public notice and history, and what can be done now."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import msgspec
from litestar import Response, get, post
from litestar.params import FromPath
from markupsafe import Markup

from server.actions import casework
from server.cases.model import Happening
from server.findings import Refused
from server.messages.pages import CASE_STATES
from server.messages.staff import LIGHTS, NOTES, SPACE, TASK_STATES, refusal_text
from server.web.access import office_of
from server.web.applicant.materials import FileLine
from server.web.requests import AnyRequest, posted, query, see_other
from server.web.staff.desk import case_path, official_of, open_case
from server.web.templating import render_page
from server.web.uploads import PICTURES

_LONGEST_NOTE = 500
_OPEN = ("open", "claimed", "mine")


class MaterialView(msgspec.Struct, frozen=True, kw_only=True):
    """One material with its files."""

    id: str
    title: str
    files: tuple[FileLine, ...]


class HistoryLine(msgspec.Struct, frozen=True, kw_only=True):
    """One line of the history."""

    at: datetime
    title: str
    text: str
    state: str = "done"


class CasePage(msgspec.Struct, frozen=True, kw_only=True):
    """Context of `staff/case.html`."""

    file: casework.CaseFile
    open_tasks: tuple[casework.TaskLine, ...]
    closed_tasks: tuple[casework.TaskLine, ...]
    materials: tuple[MaterialView, ...]
    chart: Markup
    #: The newest first.
    history: tuple[HistoryLine, ...]
    states: dict[str, tuple[str, str]] = msgspec.field(default_factory=lambda: CASE_STATES)
    task_states: dict[str, tuple[str, str]] = msgspec.field(default_factory=lambda: TASK_STATES)
    lights: dict[str, tuple[str, str]] = msgspec.field(default_factory=lambda: LIGHTS)
    note: str = ""
    #: Why the last action was refused.
    refused: str = ""
    #: What was typed as an objection, and what is wrong with it.
    objection: str = ""
    objection_error: str = ""


@get("/staff/cases/{number:str}", opt={"access": "official"})
async def case(request: AnyRequest, number: FromPath[str]) -> Response[bytes]:
    """Everything the official may see of a case."""
    page = page_of(await open_case(request, number), note=NOTES.get(query(request, "note"), ""))
    return render_page(request, "staff/case.html", page)


@post("/staff/cases/{number:str}/objection", opt={"access": "official"})
async def record_objection(request: AnyRequest, number: FromPath[str]) -> Response[Any]:
    """Records an objection to the public notice."""
    typed = posted(request).first("note")[:_LONGEST_NOTE]
    note = " ".join(typed.split())
    result: casework.Done | Refused = Refused("nothing-said")
    if note:
        result = await casework.object_to_notice(office_of(request), actor=official_of(request), number=number, note=note)
    if isinstance(result, Refused):
        page = page_of(await open_case(request, number), objection=typed, objection_error=refusal_text(result))
        return render_page(request, "staff/case.html", page, status=409 if note else 422)
    return see_other(f"{case_path(number)}?note=objection-recorded#notice")


@post("/staff/cases/{number:str}/retry", opt={"access": "official"})
async def retry(request: AnyRequest, number: FromPath[str]) -> Response[Any]:
    """Lets a stuck step try again."""
    token = posted(request).first("token")
    result = await casework.retry_incident(office_of(request), actor=official_of(request), number=number, token=token)
    if isinstance(result, Refused):
        told = Refused("nothing-stuck") if result.reason == "not-expected" else result
        page = page_of(await open_case(request, number), refused=refusal_text(told))
        return render_page(request, "staff/case.html", page, status=409)
    return see_other(f"{case_path(number)}?note=retried")


def page_of(
    file: casework.CaseFile, *, note: str = "", refused: str = "", objection: str = "", objection_error: str = ""
) -> CasePage:
    """The page of a case file."""
    return CasePage(
        file=file,
        open_tasks=tuple(line for line in file.tasks if line.state in _OPEN),
        closed_tasks=tuple(line for line in file.tasks if line.state not in _OPEN),
        materials=materials_of(file),
        # Drawn from titles that are escaped there.
        chart=Markup(file.chart),
        history=tuple(_history(happening) for happening in reversed(file.case.history)),
        note=note,
        refused=refused,
        objection=objection,
        objection_error=objection_error,
    )


def materials_of(file: casework.CaseFile) -> tuple[MaterialView, ...]:
    """The materials handed in, with what can be shown as a picture marked."""
    return tuple(
        MaterialView(
            id=material.id,
            title=material.title,
            files=tuple(
                FileLine(place=place, id=found.id, name=found.name, size=found.size, picture=found.media_type in PICTURES)
                for place, found in enumerate(material.files)
            ),
        )
        for material in file.materials
    )


def _history(happening: Happening) -> HistoryLine:
    title, words = happening.title or happening.text, [happening.text if happening.title else ""]
    if happening.kind == "task_done":
        words.append(happening.unit)
    return HistoryLine(at=happening.at, title=title, text=SPACE.join(word for word in words if word))


ROUTES = (case, record_objection, retry)

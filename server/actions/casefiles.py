"""The file of a case as an official within its offices sees it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from itertools import count
from typing import Literal

import msgspec

from server.actions.charts import case_chart
from server.actions.lights import Light, light_of
from server.actions.names import Names
from server.actions.office import Office, Official
from server.actions.rights import is_own_task, may_migrate, may_see, seen_case
from server.actions.titles import DecisionView, decision_view, outcome_title, place_title, result_title
from server.cases.changes import request_key
from server.cases.model import Application, Case, Dossier, Happening, MadeDecision, PublicNotice, Task
from server.cases.views import (
    case_state,
    node_of,
    node_title,
    scoped_data,
    scoped_fields,
    scoped_materials,
    task_context,
    unit_title,
)
from server.cases.working import is_held, unit_of
from server.definitions.process import Call
from server.definitions.process import PublicNotice as NoticeNode
from server.findings import Refused
from server.forms.compile import CompiledForm
from server.forms.data import FormData, from_instance, group_pointer
from server.forms.settle import settle
from server.forms.summary import SummaryGroup, summary
from server.messages.incidents import incident_text
from server.messages.offices import AWAITED
from server.releases import Release
from server.types import JsonValue, ReleaseId


class FileView(msgspec.Struct, frozen=True, kw_only=True):
    """One file of a material; its content is loaded by `applying.load_file`."""

    id: str
    name: str
    media_type: str
    size: int


class MaterialFiles(msgspec.Struct, frozen=True, kw_only=True):
    """The files handed in for one material."""

    id: str
    title: str
    files: tuple[FileView, ...]


class TaskLine(msgspec.Struct, frozen=True, kw_only=True):
    """One task of the case."""

    id: str
    title: str
    #: Office in words.
    unit: str
    opened_at: datetime
    due_at: datetime | None
    light: Light
    #: Name of the official who works on it.
    holder: str
    #: Open: nobody works on it. Claimed: somebody else does. Dropped: closed without an outcome.
    state: Literal["open", "claimed", "mine", "done", "dropped"]
    outcome_title: str
    #: What was filled in when it was completed.
    answers: tuple[SummaryGroup, ...]
    #: Whether this official may take it, and may complete it now.
    can_claim: bool
    can_work: bool
    #: Name of the official who completed it.
    completed_by: str


class RelatedCase(msgspec.Struct, frozen=True, kw_only=True):
    """Another item of the same application; its number only where the official may open it."""

    item_title: str
    number: str
    #: Key of `CASE_STATES`.
    state: str


class CaseFile(msgspec.Struct, frozen=True, kw_only=True):
    """A case with everything this official may see of it."""

    case: Case
    application_number: str
    service_title: str
    item_title: str
    #: Name of the person who applies.
    applicant: str
    place: str
    #: Key of `CASE_STATES`.
    state: str
    result_title: str
    #: Answers within the item's data scope.
    groups: tuple[SummaryGroup, ...]
    materials: tuple[MaterialFiles, ...]
    tasks: tuple[TaskLine, ...]
    decisions: tuple[DecisionView, ...]
    notice: PublicNotice | None
    #: Other systems whose reply is awaited, in words.
    requests: tuple[str, ...]
    history: tuple[Happening, ...]
    release_id: str
    related: tuple[RelatedCase, ...]
    #: Whether an objection to the public notice can be recorded now.
    can_object: bool
    #: Whether this official may move it to the release in force, which is another than its own.
    can_migrate: bool
    #: Tokens that are stuck because a value is missing: id and why, in words.
    incidents: tuple[tuple[str, str], ...]
    #: The flow chart with where the case stands, as SVG; empty for none.
    chart: str = ""


async def open_case(office: Office, *, actor: Official, number: str) -> CaseFile | Refused:
    """The file of a case with a task for one of the official's offices, or an office below; else `unknown-case`."""
    dossier = await seen_case(office, actor=actor, number=number)
    if isinstance(dossier, Refused):
        return dossier
    application, case = dossier.application, dossier.case
    release, names = await office.release(case.release_id), Names(office)
    nodes = [node_of(release, case.state, node=token.node, token=token.id) for token in case.state.tokens]
    return CaseFile(
        case=case,
        application_number=application.number,
        service_title=release.service.bundle.title,
        item_title=release.service.items.items[case.item].title,
        applicant=applicant_name(release, application),
        place=place_title(release, case.region),
        state=case_state(case),
        result_title=result_title(release, case),
        groups=_answers(release, dossier),
        materials=_materials(release, dossier),
        tasks=tuple([await _task_line(office, actor, names, release, dossier, task) for task in dossier.tasks]),
        decisions=tuple([await _decision(office, release, case, made) for made in case.decisions]),
        notice=dossier.notices[-1] if dossier.notices else None,
        requests=await _requests(office, release, case),
        history=case.history,
        release_id=case.release_id,
        related=await _related(office, actor, release, dossier),
        can_object=any(isinstance(node, NoticeNode) and node.objection is not None for node in nodes),
        can_migrate=await _can_migrate(office, actor, release, case),
        incidents=_incidents(release, case),
        chart=case_chart(release, case),
    )


async def _can_migrate(office: Office, actor: Official, release: Release, case: Case) -> bool:
    if case.ended_at is not None or not may_migrate(release, case, actor=actor):
        return False
    row = await office.channel(case.service_id, case.region)
    return row is not None and row.release_id != case.release_id


async def _decision(office: Office, release: Release, case: Case, made: MadeDecision) -> DecisionView:
    """A decision in the words of the documents it was made by."""
    by = await office.release(ReleaseId(made.release_id)) if made.release_id else release
    return decision_view(by, case, made)


def applicant_name(release: Release, application: Application) -> str:
    """The name of the person who applies, as submitted."""
    value = application.data.values.get(group_pointer(release.service.bundle.name_field))
    return value if isinstance(value, str) else ""


def answers_data(form: CompiledForm, answers: Mapping[str, JsonValue]) -> FormData:
    """Answers of a task as data of its form."""
    keys = (f"r{number}" for number in count(1))
    return from_instance(answers, ((field.group, field.path) for field in form.fields.values()), keys)


def _answers(release: Release, dossier: Dossier) -> tuple[SummaryGroup, ...]:
    """The answers as of the day of submission: what was relevant then stays shown."""
    application, item = dossier.application, dossier.case.item
    context = release.context(application.region, application.submitted_at)
    return summary(release.form, settle(release.form, application.data, context), scoped_fields(release, item))


def _materials(release: Release, dossier: Dossier) -> tuple[MaterialFiles, ...]:
    data = scoped_data(release, dossier.case.item, dossier.application.data)
    found = []
    for name in scoped_materials(release, dossier.case.item):
        files = data.values.get(f"/materials/{name}")
        if isinstance(files, list) and files:
            title = release.service.materials.materials[name].title
            found.append(MaterialFiles(id=name, title=title, files=tuple(_file(file) for file in files)))
    return tuple(found)


def _file(value: JsonValue) -> FileView:
    return FileView(
        id=str(value.get("id", "")),
        name=str(value.get("name", "")),
        media_type=str(value.get("media_type", "")),
        size=int(value.get("size", 0)),
    )


async def _task_line(office: Office, actor: Official, names: Names, release: Release, dossier: Dossier, task: Task) -> TaskLine:
    case, now, mine = dossier.case, office.clock(), task.holder == actor.account_id
    free = not is_held(task, now=now) or mine
    workable = task.closed_at is None and is_own_task(actor, task) and free
    return TaskLine(
        id=task.id,
        title=task.title,
        unit=unit_title(release, unit_of(task)),
        opened_at=task.opened_at,
        due_at=task.due_at,
        light=light_of(task.opened_at, task.due_at, task.closed_at or now),
        holder=await names.of(task.holder),
        state=_state(task, mine=mine),
        outcome_title=await _outcome_title(office, release, dossier, task) if task.outcome else "",
        answers=_task_answers(release, case, task),
        can_claim=workable and not mine,
        can_work=workable,
        completed_by=await names.of(task.completed_by),
    )


async def _outcome_title(office: Office, release: Release, dossier: Dossier, task: Task) -> str:
    """The title of what a task was completed with; of a step that the case's release no longer has, as it was at first."""
    title = outcome_title(release, item=task.item, node=task.node, code=task.outcome)
    if title != task.outcome or dossier.application.release_id == release.id:
        return title
    first = await office.release(dossier.application.release_id)
    return outcome_title(first, item=task.item, node=task.node, code=task.outcome)


def _state(task: Task, *, mine: bool) -> Literal["open", "claimed", "mine", "done", "dropped"]:
    if task.closed_at is not None:
        return "done" if task.outcome else "dropped"
    if not task.holder:
        return "open"
    return "mine" if mine else "claimed"


def _task_answers(release: Release, case: Case, task: Task) -> tuple[SummaryGroup, ...]:
    form = release.task_forms.get(task.form) if task.form is not None else None
    if form is None or not task.outcome or task.closed_at is None:
        return ()
    context = task_context(release, case, outcome=task.outcome, now=task.closed_at)
    return summary(form, settle(form, answers_data(form, task.answers), context))


async def _requests(office: Office, release: Release, case: Case) -> tuple[str, ...]:
    lines = []
    for token in case.state.tokens:
        node = node_of(release, case.state, node=token.node, token=token.id)
        if not isinstance(node, Call):
            continue
        row = await office.store.request(request_key(case.id, node=token.node, token=token.id, round=token.round))
        if row is not None and row.state in AWAITED:
            lines.append(AWAITED[row.state].format(title=release.service.connectors[node.connector].title))
    return tuple(lines)


def _incidents(release: Release, case: Case) -> tuple[tuple[str, str], ...]:
    stuck = [token for token in case.state.tokens if token.incident]
    titles = [node_title(release, case.state, node=token.node, token=token.id) for token in stuck]
    return tuple((token.id, incident_text(token.incident, title)) for token, title in zip(stuck, titles, strict=True))


async def _related(office: Office, actor: Official, release: Release, dossier: Dossier) -> tuple[RelatedCase, ...]:
    others: Sequence[Case] = await office.store.cases_of(dossier.application.id)
    lines = []
    for other in others:
        if other.id == dossier.case.id:
            continue
        seen = may_see(release, other, await office.store.tasks_of(other.id), actor=actor)
        title = release.service.items.items[other.item].title
        lines.append(RelatedCase(item_title=title, number=other.number if seen else "", state=case_state(other)))
    return tuple(lines)

"""The work of officials: taking a task, filling its form, choosing its outcome, recording objections."""

from __future__ import annotations

from collections.abc import Callable, Mapping

import msgspec

from server.actions.casefiles import (
    CaseFile,
    FileView,
    MaterialFiles,
    RelatedCase,
    TaskLine,
    answers_data,
    applicant_name,
    open_case,
)
from server.actions.office import Office, Official
from server.actions.rights import own_task, seen_case
from server.actions.saving import settle_outcome
from server.actions.titles import DecisionView
from server.cases import messaging, working
from server.cases.model import Dossier, Task
from server.cases.outcome import Invalid, Outcome
from server.cases.views import case_facts, node_of
from server.definitions.process import Task as TaskNode
from server.findings import Refused
from server.forms.compile import CompiledForm
from server.forms.data import EMPTY, FormData, group_pointer
from server.forms.render import Renderer
from server.forms.settle import Context
from server.processes.questions import offered_outcomes, prefill
from server.releases import Release
from server.types import JsonValue

__all__ = [
    "CaseFile",
    "DecisionView",
    "Done",
    "FileView",
    "Invalid",
    "MaterialFiles",
    "OfferedOutcome",
    "OpenTask",
    "RelatedCase",
    "TaskLine",
    "claim",
    "complete_task",
    "object_to_notice",
    "open_case",
    "open_task",
    "retry_incident",
    "unclaim",
]

_STALE = Refused("stale-task")


class OfferedOutcome(msgspec.Struct, frozen=True, kw_only=True):
    """One way to complete the task."""

    code: str
    title: str
    tone: str


class OpenTask(msgspec.Struct, frozen=True, kw_only=True):
    """A task with its form, ready to be filled."""

    task: Task
    case_number: str
    item_title: str
    applicant: str
    #: Nothing where the task asks for an outcome only.
    form: CompiledForm | None
    renderer: Renderer | None
    #: Proposed answers.
    data: FormData
    outcomes: tuple[OfferedOutcome, ...]
    #: What the form's rules may know; `outcome` in `extra` is what is chosen.
    context: Context
    #: The outcome the context was made for; empty before one is chosen.
    chosen: str


class Done(msgspec.Struct, frozen=True, kw_only=True):
    """It is done and on disk."""

    case_number: str


async def claim(office: Office, *, actor: Official, task_id: str) -> Task | Refused:
    """Takes the task: `held-by-other` with `name` while a colleague's lease runs, `stale-task` once it is closed."""
    return await _changed_task(office, actor, task_id, lambda task: working.claim(task, actor=actor, now=office.clock()))


async def unclaim(office: Office, *, actor: Official, task_id: str) -> Task | Refused:
    """Gives a task back to its office."""
    return await _changed_task(office, actor, task_id, lambda task: working.release_task(task, actor=actor, now=office.clock()))


async def open_task(office: Office, *, actor: Official, task_id: str) -> OpenTask | Refused:
    """The task with its form, nothing chosen yet; `unknown-task`, or why the official cannot work on it now."""
    found = await own_task(office, actor=actor, task_id=task_id)
    if isinstance(found, Refused):
        return found
    dossier, task = found
    refused = working.refused_work(task, actor=actor, now=office.clock())
    if refused is not None:
        return await _named(office, refused, task)
    return _opened(office, await office.release(dossier.case.release_id), dossier, task)


async def complete_task(
    office: Office, *, actor: Official, task_id: str, version: int, outcome: str, data: FormData
) -> Done | Refused | Invalid:
    """Completes the task of one of the official's own offices: `stale-task` when it changed since that version."""
    number = ""

    async def decide() -> Outcome | Refused | Invalid:
        nonlocal number
        found = await own_task(office, actor=actor, task_id=task_id)
        if isinstance(found, Refused):
            return found
        dossier, task = found
        number = dossier.case.number
        if task.version != version:
            return _STALE
        release = await office.release(dossier.case.release_id)
        decided = working.complete_task(
            release, dossier, task, outcome=outcome, data=data, actor=actor, now=office.clock(), ids=office.ids()
        )
        return await _named(office, decided, task) if isinstance(decided, Refused) else decided

    decided: Outcome | Refused | Invalid = await settle_outcome(office, decide)
    return Done(case_number=number) if isinstance(decided, Outcome) else decided


async def object_to_notice(office: Office, *, actor: Official, number: str, note: str) -> Done | Refused:
    """Records an objection to the public notice of a case."""

    def objected(release: Release, dossier: Dossier) -> Outcome | Refused:
        return messaging.object_to_notice(
            release, dossier, note=note, account_id=actor.account_id, now=office.clock(), ids=office.ids()
        )

    return await _changed_case(office, actor, number, objected)


async def retry_incident(office: Office, *, actor: Official, number: str, token: str) -> Done | Refused:
    """Lets a stuck token of a case try again."""

    def retried(release: Release, dossier: Dossier) -> Outcome | Refused:
        return working.retry(release, dossier, token=token, actor=actor, now=office.clock(), ids=office.ids())

    return await _changed_case(office, actor, number, retried)


async def _changed_task(
    office: Office, actor: Official, task_id: str, change: Callable[[Task], Outcome | Refused]
) -> Task | Refused:
    async def decide() -> Outcome | Refused:
        found = await own_task(office, actor=actor, task_id=task_id)
        if isinstance(found, Refused):
            return found
        decided = change(found[1])
        return await _named(office, decided, found[1]) if isinstance(decided, Refused) else decided

    decided = await settle_outcome(office, decide)
    if isinstance(decided, Refused):
        return decided
    (task,) = decided.tasks
    return msgspec.structs.replace(task, version=task.version + 1)


async def _changed_case(
    office: Office, actor: Official, number: str, change: Callable[[Release, Dossier], Outcome | Refused]
) -> Done | Refused:
    async def decide() -> Outcome | Refused:
        dossier = await seen_case(office, actor=actor, number=number)
        if isinstance(dossier, Refused):
            return dossier
        return change(await office.release(dossier.case.release_id), dossier)

    decided = await settle_outcome(office, decide)
    return Done(case_number=number) if isinstance(decided, Outcome) else decided


async def _named(office: Office, refused: Refused, task: Task) -> Refused:
    """The refusal with the name of the colleague who works on the task."""
    if refused.reason != "held-by-other":
        return refused
    holder = await office.store.account(task.holder)
    return Refused(refused.reason, {"name": holder.name if holder is not None else ""})


def _opened(office: Office, release: Release, dossier: Dossier, task: Task) -> OpenTask | Refused:
    case, now = dossier.case, office.clock()
    process = release.processes[case.state.process]
    node = node_of(release, case.state, node=task.node, token=task.token)
    if not isinstance(node, TaskNode):
        return _STALE
    facts = case_facts(release, dossier.application, case, now)
    form = release.task_forms[task.form] if task.form is not None else None
    proposed = prefill(process, case.state, task.token, facts) if form is not None else {}
    return OpenTask(
        task=task,
        case_number=case.number,
        item_title=release.service.items.items[case.item].title,
        applicant=applicant_name(release, dossier.application),
        form=form,
        renderer=release.task_renderers[task.form] if task.form is not None else None,
        data=_proposed(form, proposed, dossier.tasks, task) if form is not None else EMPTY,
        outcomes=tuple(
            OfferedOutcome(code=code, title=node.outcomes[code].title, tone=node.outcomes[code].tone)
            for code in offered_outcomes(process, case.state, task.token, facts)
        ),
        context=release.context(case.region, now, day=case.accepted_on),
        chosen="",
    )


def _proposed(form: CompiledForm, rules: Mapping[str, JsonValue], tasks: tuple[Task, ...], task: Task) -> FormData:
    """What the rules propose, and where the task was done before, what was answered then."""
    earlier = [one for one in tasks if one.node == task.node and one.form == task.form and one.outcome]
    data = answers_data(form, earlier[-1].answers) if earlier else EMPTY
    proposed = {group_pointer(path): value for path, value in rules.items()}
    return msgspec.structs.replace(data, values={**proposed, **data.values})

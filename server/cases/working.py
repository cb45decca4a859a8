"""Officials' work: taking a task, giving it back, completing it, and letting a stuck case try again."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta

import msgspec

from server.cases.acts import Act, fingerprint
from server.cases.model import Case, Dossier, Task
from server.cases.moving import move
from server.cases.outcome import Invalid, Outcome
from server.cases.people import OfficialActor, Unit
from server.cases.views import case_facts, node_of, task_context, unit_title
from server.definitions.process import Task as TaskNode
from server.findings import Refused
from server.forms.data import FormData
from server.forms.settle import settle
from server.forms.validate import validate
from server.processes.events import Retried, TaskCompleted
from server.processes.questions import offered_outcomes
from server.releases import Release
from server.types import JsonValue

#: How long a claim keeps colleagues away; after it they may take the task over.
CLAIM_LEASE = timedelta(hours=24)


def claim(task: Task, *, actor: OfficialActor, now: datetime) -> Outcome | Refused:
    """The task held by the official; a colleague's claim counts until its lease is over."""
    refused = refused_work(task, actor=actor, now=now)
    if refused is not None:
        return refused
    return _held(task, "claim_task", holder=actor.account_id, actor=actor, now=now)


def release_task(task: Task, *, actor: OfficialActor, now: datetime) -> Outcome | Refused:
    """The task given back to its office by the official who holds it."""
    refused = refused_work(task, actor=actor, now=now)
    if refused is None and task.holder != actor.account_id:
        refused = Refused("not-held")
    return refused or _held(task, "release_task", holder="", actor=actor, now=now)


def complete_task(
    release: Release,
    dossier: Dossier,
    task: Task,
    *,
    outcome: str,
    data: FormData,
    actor: OfficialActor,
    now: datetime,
    ids: Iterator[str],
) -> Outcome | Invalid | Refused:
    """What the chosen outcome makes of the case; the answers are those of the task form, checked for this outcome.

    A task nobody holds can be completed at once; the second of two officials is refused as `stale-task`.
    """
    case = dossier.case
    refused = refused_work(task, actor=actor, now=now) or refused_outcome(release, dossier, task, outcome=outcome, now=now)
    if refused is not None:
        return refused
    answers = _answers(release, case, task, outcome, data, now)
    if isinstance(answers, Invalid):
        return answers
    act = Act(
        action="complete_task",
        actor=actor.account_id,
        now=now,
        ids=ids,
        unit=unit_title(release, unit_of(task)),
        details={"task": task.id, "node": task.node, "outcome": outcome, "answers": fingerprint(answers)},
    )
    return move(release, dossier, TaskCompleted(token=task.token, outcome=outcome, answers=answers), act=act)


def retry(
    release: Release, dossier: Dossier, *, token: str, actor: OfficialActor, now: datetime, ids: Iterator[str]
) -> Outcome | Refused:
    """What a stuck token makes of another try."""
    act = Act(action="retry", actor=actor.account_id, now=now, ids=ids, details={"token": token})
    return move(release, dossier, Retried(token=token), act=act)


def refused_work(task: Task, *, actor: OfficialActor, now: datetime) -> Refused | None:
    """Why an official may not work on a task now: it is closed, another office's, or a colleague's."""
    if task.closed_at is not None:
        return Refused("stale-task")
    if unit_of(task) not in actor.units:
        return Refused("not-your-office")
    if is_held(task, now=now) and task.holder != actor.account_id:
        return Refused("held-by-other")
    return None


def refused_outcome(release: Release, dossier: Dossier, task: Task, *, outcome: str, now: datetime) -> Refused | None:
    """Why a task cannot be completed with an outcome: its case has gone on, or the process does not offer it now."""
    case = dossier.case
    token = case.state.token(task.token)
    if token is None or token.node != task.node or token.round != task.round:
        return Refused("stale-task")
    node = node_of(release, case.state, node=task.node, token=task.token)
    if not isinstance(node, TaskNode) or outcome not in node.outcomes:
        return Refused("unknown-outcome")
    process = release.processes[case.state.process]
    facts = case_facts(release, dossier.application, case, now)
    if outcome not in offered_outcomes(process, case.state, task.token, facts):
        return Refused("outcome-not-offered")
    return None


def is_held(task: Task, *, now: datetime) -> bool:
    """Whether a claim keeps others from the task."""
    return bool(task.holder) and task.claimed_at is not None and now < task.claimed_at + CLAIM_LEASE


def unit_of(task: Task) -> Unit:
    """The office a task belongs to."""
    return Unit(agency=task.agency, level=task.level, region=task.region)


def _held(task: Task, action: str, *, holder: str, actor: OfficialActor, now: datetime) -> Outcome:
    changed = msgspec.structs.replace(task, holder=holder, claimed_at=now if holder else None)
    act = Act(action=action, actor=actor.account_id, now=now, ids=iter(()), details={"task": task.id})
    return Outcome(tasks=(changed,), events=(act.event(task.case_id),))


def _answers(
    release: Release, case: Case, task: Task, outcome: str, data: FormData, now: datetime
) -> dict[str, JsonValue] | Invalid:
    """The instance of the task form, empty for a task that only asks for an outcome."""
    if task.form is None:
        return {}
    form, context = release.task_forms[task.form], task_context(release, case, outcome=outcome, now=now)
    settled = settle(form, data, context)
    problems = validate(form, settled, context=context).problems
    return Invalid(problems) if problems else settled.instance

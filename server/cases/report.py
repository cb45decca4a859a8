"""What a trial reports: structs whose `msgspec.to_builtins` is the JSON that `try` prints; instants in China's time."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import Any

import msgspec

from server.cases.clock import workdays_used
from server.cases.desk import Desk
from server.cases.model import Case, Happening, Message, PublicNotice, Request, Task
from server.cases.views import unit_title
from server.cases.working import unit_of
from server.definitions.workdays import CHINA
from server.findings import Problem
from server.messages.problems import problem_text
from server.releases import Release
from server.rules.tables import Decision
from server.types import JsonValue

#: Kinds of happenings reported among the effects; for the others there is a task, a decision, a request or a message.
NOTED = frozenset({"supplement_asked", "supplement_given", "timed_out", "objection", "withdrawn", "incident"})


class TrialProblem(msgspec.Struct, frozen=True, kw_only=True):
    """Something wrong with the answers; no case is opened while there is one."""

    #: JSON Pointer into the submitted instance.
    pointer: str
    code: str
    message: str


class TrialMaterial(msgspec.Struct, frozen=True, kw_only=True):
    """A material of the official list, and whether files of it are needed."""

    id: str
    due: bool
    reason: str


class TrialUnit(msgspec.Struct, frozen=True, kw_only=True):
    """An office, by its parts and in words."""

    agency: str
    level: str
    region: str
    title: str


class TrialTask(msgspec.Struct, frozen=True, kw_only=True):
    """A task in the order in which they were opened."""

    node: str
    title: str
    agency: str
    level: str
    region: str
    #: Nothing while it is open and when it was dropped.
    outcome: str | None
    opened: datetime
    closed: datetime | None


class TrialDecision(msgspec.Struct, frozen=True, kw_only=True):
    """What a table decided."""

    table: str
    row: str
    inputs: dict[str, Any]
    outputs: dict[str, Any]
    reason: str


class Asked(msgspec.Struct, frozen=True, kw_only=True, tag_field="kind", tag="request"):
    """A request to another system."""

    at: datetime
    connector: str
    operation: str
    data: dict[str, JsonValue]


class Told(msgspec.Struct, frozen=True, kw_only=True, tag_field="kind", tag="message"):
    """A message or letter to the applicant."""

    at: datetime
    channel: str
    subject: str
    text: str


class Shown(msgspec.Struct, frozen=True, kw_only=True, tag_field="kind", tag="public_notice"):
    """A public notice."""

    at: datetime
    region: str
    subject: str
    text: str
    until: datetime
    #: Why it is over; nothing while it is shown.
    ended: str | None


class Noted(msgspec.Struct, frozen=True, kw_only=True, tag_field="kind", tag="note"):
    """Something else that the history of the case tells of."""

    at: datetime
    happening: str
    node: str
    text: str


TrialEffect = Asked | Told | Shown | Noted


class TrialCase(msgspec.Struct, frozen=True, kw_only=True):
    """What became of one item."""

    item: str
    #: The office of the task that is open, or was last; nothing for a case that never had a task.
    unit: TrialUnit | None
    tasks: tuple[TrialTask, ...]
    decisions: tuple[TrialDecision, ...]
    effects: tuple[TrialEffect, ...]
    #: Result code and reason; nothing while the case waits.
    end: str | None
    reason: str | None
    workdays_used: int


class TrialUnused(msgspec.Struct, frozen=True, kw_only=True):
    """An entry of the walk that was not taken, by its position from 0."""

    index: int
    reason: str
    message: str
    problems: tuple[TrialProblem, ...]


class Trial(msgspec.Struct, frozen=True, kw_only=True):
    """What an application needs and what becomes of it; `msgspec.to_builtins` gives it as JSON."""

    problems: tuple[TrialProblem, ...]
    materials: tuple[TrialMaterial, ...]
    cases: tuple[TrialCase, ...] = ()
    unused: tuple[TrialUnused, ...] = ()


def worded(problems: Iterable[Problem]) -> tuple[TrialProblem, ...]:
    """The problems with their texts."""
    return tuple(TrialProblem(pointer=p.pointer, code=p.code, message=problem_text(p)) for p in problems)


def case_report(release: Release, desk: Desk, case: Case, now: datetime) -> TrialCase:
    """What became of a case up to an instant."""
    tasks = [task for task in desk.tasks.values() if task.case_id == case.id]
    working = next((task for task in tasks if task.closed_at is None), tasks[-1] if tasks else None)
    return TrialCase(
        item=case.item,
        unit=_unit(release, working) if working is not None else None,
        tasks=tuple(_task(task) for task in tasks),
        decisions=tuple(_decision(made.decision) for made in case.decisions),
        effects=_effects(desk, case),
        end=case.result or None,
        reason=case.reason if case.ended_at is not None else None,
        workdays_used=workdays_used(release, case, now),
    )


def _unit(release: Release, task: Task) -> TrialUnit:
    title = unit_title(release, unit_of(task))
    return TrialUnit(agency=task.agency, level=task.level, region=task.region, title=title)


def _task(task: Task) -> TrialTask:
    return TrialTask(
        node=task.node,
        title=task.title,
        agency=task.agency,
        level=task.level,
        region=task.region,
        outcome=task.outcome or None,
        opened=task.opened_at.astimezone(CHINA),
        closed=task.closed_at.astimezone(CHINA) if task.closed_at is not None else None,
    )


def _decision(decision: Decision) -> TrialDecision:
    return TrialDecision(
        table=decision.table,
        row=decision.row,
        inputs=decision.inputs,
        outputs=decision.outputs,
        reason=decision.reason,
    )


def _effects(desk: Desk, case: Case) -> tuple[TrialEffect, ...]:
    """Everything that left the case, in order of time."""
    effects: list[TrialEffect] = []
    effects += [_asked(request) for request in desk.sent if request.case_id == case.id]
    effects += [_told(message) for message in desk.messages if message.case_id == case.id]
    effects += [_shown(notice) for notice in desk.notices.values() if notice.case_id == case.id]
    effects += [_noted(line) for line in case.history if line.kind in NOTED]
    return tuple(sorted(effects, key=lambda effect: effect.at))


def _asked(request: Request) -> Asked:
    return Asked(
        at=request.created_at.astimezone(CHINA),
        connector=request.connector,
        operation=request.operation,
        data=request.data,
    )


def _told(message: Message) -> Told:
    at = message.at.astimezone(CHINA)
    return Told(at=at, channel=message.channel, subject=message.subject, text=message.text)


def _shown(notice: PublicNotice) -> Shown:
    return Shown(
        at=notice.published_at.astimezone(CHINA),
        region=notice.region,
        subject=notice.subject,
        text=notice.text,
        until=notice.until.astimezone(CHINA),
        ended=notice.ended or None,
    )


def _noted(line: Happening) -> Noted:
    return Noted(at=line.at.astimezone(CHINA), happening=line.kind, node=line.node, text=line.text)

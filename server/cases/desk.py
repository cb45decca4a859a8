"""Outcomes kept in memory the way a store keeps them, for trials: one application, no database."""

from __future__ import annotations

from typing import TypeVar

import msgspec

from server.cases.model import Application, AuditEvent, Case, Dossier, Message, PublicNotice, Request, Task, Timer
from server.cases.outcome import Outcome
from server.errors import ImpossibleState
from server.types import CaseId, TaskId

Versioned = TypeVar("Versioned", Application, Case, Task)


class Desk:
    """The present state of one application with its cases, and everything that went out."""

    def __init__(self) -> None:
        self.application: Application | None = None
        self.cases: dict[CaseId, Case] = {}
        self.tasks: dict[TaskId, Task] = {}
        self.timers: dict[str, Timer] = {}
        #: Requests whose reply is still awaited.
        self.requests: dict[str, Request] = {}
        self.notices: dict[str, PublicNotice] = {}
        self.messages: list[Message] = []
        #: Every request ever made, answered or not.
        self.sent: list[Request] = []
        self.events: list[AuditEvent] = []

    def save(self, outcome: Outcome) -> None:
        """Keeps all of an outcome; a value made from another than the present version is a bug here, for nobody else writes."""
        if outcome.application is not None:
            self.application = _next(self.application, outcome.application)
        for case in outcome.cases:
            self.cases[case.id] = _next(self.cases.get(case.id), case)
        for task in outcome.tasks:
            self.tasks[task.id] = _next(self.tasks.get(task.id), task)
        for timer_id in outcome.cancelled_timers:
            self.timers.pop(timer_id, None)
        self.timers.update((timer.id, timer) for timer in outcome.timers)
        for key in outcome.cancelled_requests:
            self.requests.pop(key, None)
        self.requests.update((request.key, request) for request in outcome.requests)
        self.sent += outcome.requests
        self.notices.update((notice.id, notice) for notice in outcome.notices)
        self.messages += outcome.messages
        self.events += outcome.events

    def dossier(self, case_id: CaseId) -> Dossier:
        """A case with everything beside it."""
        if self.application is None:
            raise ImpossibleState("no application on the desk")
        return Dossier(
            application=self.application,
            case=self.cases[case_id],
            tasks=tuple(task for task in self.tasks.values() if task.case_id == case_id),
            notices=tuple(notice for notice in self.notices.values() if notice.case_id == case_id),
        )

    def next_timer(self) -> Timer | None:
        """The timer that is due first."""
        return min(self.timers.values(), key=lambda timer: (timer.due_at, timer.id), default=None)

    def open_task(self, case_id: CaseId, node: str) -> Task | None:
        """The first open task of a case at a node."""
        tasks = (task for task in self.tasks.values() if task.case_id == case_id and task.node == node)
        return next((task for task in tasks if task.closed_at is None), None)


def _next(present: Versioned | None, value: Versioned) -> Versioned:
    if value.version != (present.version if present is not None else 0):
        raise ImpossibleState(f"{type(value).__name__} made from version {value.version}")
    return msgspec.structs.replace(value, version=value.version + 1)

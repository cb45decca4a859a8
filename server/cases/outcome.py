"""The result of an action: new values to store in one transaction; nothing has happened before they are stored."""

from __future__ import annotations

import msgspec

from server.cases.model import Application, AuditEvent, Case, Message, PublicNotice, Request, Task, Timer
from server.findings import Problem
from server.types import CaseId


class Outcome(msgspec.Struct, frozen=True, kw_only=True):
    """Values to insert (version 0) or to update where the stored version still is `version`; all of them or none."""

    application: Application | None = None
    cases: tuple[Case, ...] = ()
    tasks: tuple[Task, ...] = ()
    #: Timers to set; a timer of the same id is replaced.
    timers: tuple[Timer, ...] = ()
    #: Ids of timers to remove.
    cancelled_timers: tuple[str, ...] = ()
    requests: tuple[Request, ...] = ()
    #: Keys of requests whose reply is not wanted any more, because it came or because the case moved on without it.
    cancelled_requests: tuple[str, ...] = ()
    messages: tuple[Message, ...] = ()
    #: Public notices to insert, or to end.
    notices: tuple[PublicNotice, ...] = ()
    #: Those of the cases that stand under another release now; what they have open goes with them.
    migrated: tuple[CaseId, ...] = ()
    events: tuple[AuditEvent, ...] = ()


class Invalid(msgspec.Struct, frozen=True):
    """Answers that cannot be taken as they are."""

    problems: tuple[Problem, ...]


def joined(first: Outcome, second: Outcome) -> Outcome:
    """Both outcomes as one; the application of the second counts when both have one."""
    return Outcome(
        application=second.application or first.application,
        cases=first.cases + second.cases,
        tasks=first.tasks + second.tasks,
        timers=first.timers + second.timers,
        cancelled_timers=first.cancelled_timers + second.cancelled_timers,
        requests=first.requests + second.requests,
        cancelled_requests=first.cancelled_requests + second.cancelled_requests,
        messages=first.messages + second.messages,
        notices=first.notices + second.notices,
        migrated=first.migrated + second.migrated,
        events=first.events + second.events,
    )

"""What a step of a process asks of the world; stored with the new state and performed after the commit."""

from __future__ import annotations

from datetime import datetime

import msgspec

from server.definitions.common import Level
from server.processes.state import Incident
from server.rules.tables import Decision
from server.types import JsonValue


class Effect(msgspec.Struct, frozen=True, kw_only=True, tag_field="kind"):
    """What every effect has."""

    node: str
    token: str


class TaskOpened(Effect, frozen=True, kw_only=True, tag="task_opened"):
    """An office has something to do."""

    title: str
    agency: str
    level: Level
    #: Region code of the office at that level.
    region: str
    form: str | None
    due_at: datetime | None
    clock: str
    round: int


class TaskClosed(Effect, frozen=True, kw_only=True, tag="task_closed"):
    """A task is done (`outcome`) or no longer needed (empty outcome and a `cause`)."""

    outcome: str = ""
    #: `timeout`, `message:<name>` or `cancelled` when nobody completed it.
    cause: str = ""


class TimerStarted(Effect, frozen=True, kw_only=True, tag="timer_started"):
    """At `due_at` the event `TimerDue(token, timer)` is due."""

    timer: str
    due_at: datetime


class TimerCancelled(Effect, frozen=True, kw_only=True, tag="timer_cancelled"):
    """The timer is not needed any more."""

    timer: str


class CallRequested(Effect, frozen=True, kw_only=True, tag="call_requested"):
    """A request to another system; its answer comes back as `CallAnswered` or `CallFailed` for the token."""

    connector: str
    operation: str
    data: dict[str, JsonValue]
    round: int


class CallCancelled(Effect, frozen=True, kw_only=True, tag="call_cancelled"):
    """The answer to the token's request is not wanted any more."""


class SupplementAsked(Effect, frozen=True, kw_only=True, tag="supplement_asked"):
    """The applicant is asked for fields and materials: the answers `fields`, `materials` and `note` of the asking task."""

    fields: tuple[str, ...] = ()
    materials: tuple[str, ...] = ()
    note: str = ""
    until: datetime | None = None


class NoticePublished(Effect, frozen=True, kw_only=True, tag="notice_published"):
    """A public notice (公示) begins."""

    notice: str
    subject: str
    text: str
    #: Region code of the place it is shown in.
    region: str
    until: datetime


class NoticeEnded(Effect, frozen=True, kw_only=True, tag="notice_ended"):
    """The public notice is over: its period, an objection, or the case ended."""

    cause: str


class Notified(Effect, frozen=True, kw_only=True, tag="notified"):
    """A message or letter to the applicant."""

    notice: str
    channel: str
    subject: str
    text: str


class Decided(Effect, frozen=True, kw_only=True, tag="decided"):
    """A table decided."""

    decision: Decision


class ChildRequested(Effect, frozen=True, kw_only=True, tag="child_requested"):
    """A case for one member of the list of an `each` without process; the caller names it `child` in `ChildEnded`."""

    #: Item id.
    child: str


class ChildCancelled(Effect, frozen=True, kw_only=True, tag="child_cancelled"):
    """The process no longer waits for the case of this member of the list."""

    #: Item id.
    child: str


class IncidentRaised(Effect, frozen=True, kw_only=True, tag="incident_raised"):
    """A token is stuck, because a value is missing where the process needs it."""

    cause: Incident
    #: What is missing: a rule, an input of a table, a process, or what another system said.
    detail: str


class ProcessEnded(Effect, frozen=True, kw_only=True, tag="process_ended"):
    """The whole process ended."""

    code: str
    reason: str


AnyEffect = (
    TaskOpened
    | TaskClosed
    | TimerStarted
    | TimerCancelled
    | CallRequested
    | CallCancelled
    | SupplementAsked
    | NoticePublished
    | NoticeEnded
    | Notified
    | Decided
    | ChildRequested
    | ChildCancelled
    | IncidentRaised
    | ProcessEnded
)

"""What can happen to a running process."""

from __future__ import annotations

import msgspec

from server.types import JsonValue


class Begun(msgspec.Struct, frozen=True, kw_only=True, tag_field="kind", tag="begun"):
    """The process starts; only for a state without tokens that has not ended."""


class TaskCompleted(msgspec.Struct, frozen=True, kw_only=True, tag_field="kind", tag="task_completed"):
    """An official chose an outcome; the answers have been validated by the task form."""

    token: str
    outcome: str
    answers: dict[str, JsonValue] = {}


class CallAnswered(msgspec.Struct, frozen=True, kw_only=True, tag_field="kind", tag="call_answered"):
    """Another system replied."""

    token: str
    data: dict[str, JsonValue]


class CallFailed(msgspec.Struct, frozen=True, kw_only=True, tag_field="kind", tag="call_failed"):
    """Another system can finally not be reached, or refused."""

    token: str
    cause: str


class TimerDue(msgspec.Struct, frozen=True, kw_only=True, tag_field="kind", tag="timer_due"):
    """A timer of a token ran out."""

    token: str
    #: `timeout` for boundaries and waits, `period` for the end of a public notice.
    timer: str


class MessageArrived(msgspec.Struct, frozen=True, kw_only=True, tag_field="kind", tag="message_arrived"):
    """The applicant or a system sent something: `supplement`, `withdraw`, `objection`, or what a definition names.

    A message with the name of a call's node is the reply to that call.
    """

    name: str
    payload: dict[str, JsonValue] = {}
    #: The token it is meant for; the one that has waited longest for such a message when empty.
    token: str = ""


class ChildEnded(msgspec.Struct, frozen=True, kw_only=True, tag_field="kind", tag="child_ended"):
    """A child case started by an `each` over items ended."""

    token: str
    child: str
    code: str


class Retried(msgspec.Struct, frozen=True, kw_only=True, tag_field="kind", tag="retried"):
    """A supervisor lets a stuck token try again."""

    token: str


Event = Begun | TaskCompleted | CallAnswered | CallFailed | TimerDue | MessageArrived | ChildEnded | Retried

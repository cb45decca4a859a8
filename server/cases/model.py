"""Applications, cases and tasks as stored."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

import msgspec

from server.definitions.common import Level
from server.forms.data import FormData
from server.processes.state import State
from server.rules.tables import Decision
from server.types import ApplicationId, CaseId, ItemId, JsonValue, PersonHash, RegionCode, ReleaseId, ServiceId, TaskId


class Application(msgspec.Struct, frozen=True, kw_only=True):
    """One submission; its release never changes."""

    id: ApplicationId
    #: Number people read aloud (办件编号).
    number: str
    service_id: ServiceId
    release_id: ReleaseId
    #: Region code in which the application is received.
    region: RegionCode
    #: Keyed hash of the applicant's identity number.
    person: PersonHash
    #: Name of the applicant, shown in the queues of officials.
    applicant_name: str = ""
    #: Account that submitted it.
    account_id: str
    submitted_at: datetime
    #: The submission with row keys, as the applicant can see and supplement it.
    data: FormData
    #: The submitted instance: relevant answers, computed values included.
    instance: dict[str, JsonValue]
    #: The intake process that starts the cases and gathers their results.
    intake: State
    #: Number of saves; the store compares and sets it. 0 means new.
    version: int = 0


class MadeDecision(msgspec.Struct, frozen=True, kw_only=True):
    """What a table decided, at which node and when."""

    node: str
    at: datetime
    decision: Decision
    #: Release by whose table it was made, when the case has left that since; empty for the case's own.
    release_id: str = ""


class Supplement(msgspec.Struct, frozen=True, kw_only=True):
    """What the applicant is asked for now (补正)."""

    node: str
    fields: tuple[str, ...]
    materials: tuple[str, ...]
    note: str
    until: datetime | None


class Happening(msgspec.Struct, frozen=True, kw_only=True):
    """One line of a case's history, as officials and applicants read it."""

    at: datetime
    #: `submitted`, `task_opened`, `task_done`, `task_dropped`, `call_requested`, `call_answered`, `call_failed`,
    #: `supplement_asked`, `supplement_given`, `notice_published`, `notice_ended`, `objection`, `message`, `timed_out`,
    #: `decided`, `notified`, `withdrawn`, `incident`, `retried`, `migrated`, `ended`.
    kind: str
    node: str = ""
    #: Title of the node.
    title: str = ""
    #: Outcome, cause or result in words for officials and the applicant alike; never personal data of others.
    text: str = ""
    #: Account that acted; empty for the system.
    actor: str = ""
    #: Office that acted, in words.
    unit: str = ""


class Objection(msgspec.Struct, frozen=True, kw_only=True):
    """What somebody objected to a public notice; for officials only."""

    node: str
    at: datetime
    note: str
    #: Account that recorded it.
    actor: str


class Case(msgspec.Struct, frozen=True, kw_only=True):
    """One item of an application."""

    id: CaseId
    number: str
    application_id: ApplicationId
    service_id: ServiceId
    release_id: ReleaseId
    item: ItemId
    region: RegionCode
    opened_at: datetime
    #: Day of acceptance, from which limits and parameters count: the day a task was first completed with a good outcome.
    accepted_on: date | None = None
    #: Since when the clock has stood still: every token waits where the process says that the clock is stopped.
    stopped_since: datetime | None = None
    #: Working days since acceptance on which the clock stood still.
    stopped_workdays: int = 0
    state: State
    decisions: tuple[MadeDecision, ...] = ()
    supplement: Supplement | None = None
    objections: tuple[Objection, ...] = ()
    history: tuple[Happening, ...] = ()
    #: Result code, reason and instant; empty while it runs.
    result: str = ""
    reason: str = ""
    ended_at: datetime | None = None
    #: Promised end: the item's promised limit in working days after acceptance, later by those on which the clock stood still.
    due_at: datetime | None = None
    version: int = 0


class Task(msgspec.Struct, frozen=True, kw_only=True):
    """A work item of an official."""

    id: TaskId
    case_id: CaseId
    case_number: str
    service_id: ServiceId
    item: ItemId
    node: str
    token: str
    round: int
    title: str
    agency: str
    level: Level
    #: Region of the office.
    region: RegionCode
    form: str | None
    opened_at: datetime
    due_at: datetime | None
    #: Account of the official who claimed it.
    holder: str = ""
    claimed_at: datetime | None = None
    closed_at: datetime | None = None
    outcome: str = ""
    #: Why it was closed without an outcome.
    cause: str = ""
    #: The official's answers with the task form's fields.
    answers: dict[str, JsonValue] = {}
    #: Account that completed it.
    completed_by: str = ""
    version: int = 0


class Timer(msgspec.Struct, frozen=True, kw_only=True):
    """An event that becomes due; fired at least once, applied at most once."""

    id: str
    case_id: CaseId
    token: str
    timer: str
    due_at: datetime


class Request(msgspec.Struct, frozen=True, kw_only=True):
    """A request to another system, sent from the outbox until it is accepted or given up."""

    #: Idempotency key.
    key: str
    case_id: CaseId
    case_number: str
    token: str
    connector: str
    operation: str
    #: Only what the operation's mapping names.
    data: dict[str, JsonValue]
    created_at: datetime


class Message(msgspec.Struct, frozen=True, kw_only=True):
    """A message or letter to the applicant, kept with the application and sent as a text message as well."""

    id: str
    application_id: ApplicationId
    case_id: CaseId | None
    account_id: str
    at: datetime
    channel: str
    subject: str
    text: str


class PublicNotice(msgspec.Struct, frozen=True, kw_only=True):
    """A public notice (公示), shown to everybody until it ends."""

    id: str
    case_id: CaseId
    service_id: ServiceId
    item: ItemId
    token: str
    region: RegionCode
    subject: str
    text: str
    published_at: datetime
    until: datetime
    #: Empty while it is shown.
    ended: str = ""


class Dossier(msgspec.Struct, frozen=True, kw_only=True):
    """A case with everything beside it that a step may change."""

    application: Application
    case: Case
    #: Tasks of the case; only those that are open matter.
    tasks: tuple[Task, ...] = ()
    #: Public notices of the case; only those still shown matter.
    notices: tuple[PublicNotice, ...] = ()


class AuditEvent(msgspec.Struct, frozen=True, kw_only=True):
    """One state change; the store chains it to the one before by hash."""

    #: Chain: a case id, an application id, or `system`.
    chain: str
    at: datetime
    #: Account that acted, or `system`.
    actor: str
    #: Name of the action: `submit`, `complete_task`, `publish`, …
    action: str
    #: No personal data; payloads by their SHA-256.
    details: dict[str, Any] = {}

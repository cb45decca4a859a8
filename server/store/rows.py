"""What the store gives and takes besides the values of `server.cases`."""

from __future__ import annotations

from datetime import datetime
from typing import Literal

import msgspec

from server.cases.carrying import SetAside
from server.cases.model import AuditEvent, Request
from server.definitions.common import Level
from server.forms.data import FormData
from server.types import ApplicationId, CaseId, ItemId, JsonValue, RegionCode, ReleaseId, ServiceId, TaskId

#: The lists an official chooses from: waiting in the offices, claimed by the official, done by the offices.
Tab = Literal["open", "mine", "done"]

#: `blocked`: it was due and could not come into force.
RevisionState = Literal["proposed", "rejected", "withdrawn", "scheduled", "published", "blocked"]


class Conflict(msgspec.Struct, frozen=True, kw_only=True):
    """Why nothing was saved: the stored value is not the one that was loaded, or is not there."""

    kind: Literal["application", "case", "task", "draft"]
    id: str


class SessionRow(msgspec.Struct, frozen=True, kw_only=True):
    """A signed-in browser, found by the hash of its token."""

    token_hash: str
    account_id: str
    created_at: datetime
    seen_at: datetime
    expires_at: datetime


class CodeRow(msgspec.Struct, frozen=True, kw_only=True):
    """The one-time code sent to a telephone."""

    phone: str
    code_hash: str
    expires_at: datetime
    attempts: int = 0
    #: No other code is sent or taken before.
    blocked_until: datetime | None = None


class DraftRow(msgspec.Struct, frozen=True, kw_only=True):
    """Answers somebody is still working on."""

    id: str
    account_id: str
    service_id: ServiceId
    release_id: ReleaseId
    data: FormData
    #: Pages that were completed at least once.
    visited: frozenset[str] = frozenset()
    #: Number of saves; the store compares and sets it. 0 means new.
    version: int = 0
    saved_at: datetime
    #: Case that asked for a supplement; empty for an application's own draft.
    case_id: str = ""
    application_number: str = ""
    #: Release under which its applicant saw it last, while it has moved to another since; empty otherwise.
    seen_release_id: str = ""
    #: Answers whose fields are of another kind now, or gone, by draft pointer.
    aside: dict[str, SetAside] = {}


class FileRow(msgspec.Struct, frozen=True, kw_only=True):
    """An uploaded file; its bytes lie in the blob folder."""

    id: str
    #: Draft it was uploaded to, or application it was submitted with.
    owner_id: str
    account_id: str
    name: str
    media_type: str
    size: int
    #: Hexadecimal SHA-256 of the bytes.
    sha256: str
    created_at: datetime


class QueueRow(msgspec.Struct, frozen=True, kw_only=True):
    """One line of an official's list."""

    task_id: TaskId
    case_id: CaseId
    case_number: str
    application_id: ApplicationId
    service_id: ServiceId
    release_id: ReleaseId
    item: ItemId
    node: str
    title: str
    agency: str
    level: Level
    region: RegionCode
    applicant_name: str
    opened_at: datetime
    due_at: datetime | None
    holder: str
    claimed_at: datetime | None
    closed_at: datetime | None
    outcome: str
    completed_by: str
    version: int


class OutboxRow(msgspec.Struct, frozen=True, kw_only=True):
    """A request to another system and how far it has come."""

    request: Request
    #: `waiting` to be sent, `accepted` by the other side, `given_up` until somebody sends it again, `closed`.
    state: Literal["waiting", "accepted", "given_up", "closed"]
    attempts: int
    #: When it is sent (again); only while it waits.
    next_at: datetime | None
    accepted_at: datetime | None
    #: Why the last attempt failed.
    cause: str


class TextRow(msgspec.Struct, frozen=True, kw_only=True):
    """A text message to a telephone, waiting to be sent."""

    message_id: str
    phone: str
    text: str
    attempts: int
    next_at: datetime


class ReleaseRow(msgspec.Struct, frozen=True, kw_only=True):
    """A published release without its documents."""

    release_id: ReleaseId
    service_id: ServiceId
    region: RegionCode
    created_at: datetime
    note: str
    #: Account that published it.
    account_id: str


class ChannelRow(msgspec.Struct, frozen=True, kw_only=True):
    """The release new applications of a region are made under."""

    service_id: ServiceId
    region: RegionCode
    release_id: ReleaseId
    #: What the region itself contributes to it.
    revision_id: str
    at: datetime
    account_id: str


class RevisionRow(msgspec.Struct, frozen=True, kw_only=True):
    """One state of what a region contributes to a service, published or proposed, without its documents."""

    id: str
    service_id: ServiceId
    region: RegionCode
    #: What it makes of the levels above; stored only once it is published.
    release_id: ReleaseId
    #: Revision of the next level above that it was made for; empty for a base.
    parent_id: str
    #: Revision of the same region that was in force when it was made; empty for the first.
    replaces_id: str = ""
    state: RevisionState
    #: Accounts; `system` for the installation itself.
    author_id: str
    proposed_at: datetime
    approver_id: str = ""
    decided_at: datetime | None = None
    #: When it is to come into force; nothing for at once.
    effective_at: datetime | None = None
    #: What its author says about it.
    note: str
    #: What was said when it was decided upon, or why it could not come into force.
    answer: str = ""


class LayerRow(msgspec.Struct, frozen=True, kw_only=True):
    """What a region has in force."""

    revision: RevisionRow
    #: How many documents it consists of; none where the region follows the level above in everything.
    documents: int


class IntakeRule(msgspec.Struct, frozen=True, kw_only=True):
    """What a place says about taking applications in."""

    service_id: ServiceId
    region: RegionCode
    #: Empty for every item of the service.
    item: str = ""
    open: bool
    #: The first instant at which nothing is taken in any more; nothing when there is no end.
    until: datetime | None = None
    at: datetime
    account_id: str


class WorkingRow(msgspec.Struct, frozen=True, kw_only=True):
    """What a region contributes to a service, as its administrators are editing it."""

    service_id: ServiceId
    region: RegionCode
    #: Path of each document of the layer to its value.
    documents: dict[str, JsonValue]
    #: Number of saves; the store compares and sets it. 0 means new.
    version: int = 0
    saved_at: datetime
    #: Release in force in the region when the work started.
    base_release_id: ReleaseId
    #: Revision of the next level above that it is made for; empty for a base.
    parent_id: str = ""


class AuditRow(msgspec.Struct, frozen=True, kw_only=True):
    """An event with its place in its chain."""

    #: Counted from 1.
    sequence: int
    event: AuditEvent
    #: Hexadecimal SHA-256 of the hash before and the event's bytes.
    hash: str

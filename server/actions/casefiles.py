"""The file of a case as an official within its offices sees it."""

from __future__ import annotations

from datetime import datetime
from typing import Literal

import msgspec

from server.actions.lights import Light
from server.actions.office import Office, Official
from server.cases.model import Case, Happening, PublicNotice
from server.findings import Refused
from server.forms.render import SummaryGroup


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


class DecisionView(msgspec.Struct, frozen=True, kw_only=True):
    """What a table decided, with titles in place of ids."""

    title: str
    row: str
    reason: str
    inputs: tuple[tuple[str, str], ...]
    outputs: tuple[tuple[str, str], ...]
    source: str
    at: datetime


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
    #: Tokens that are stuck because a value is missing: id and why, in words.
    incidents: tuple[tuple[str, str], ...]


async def open_case(office: Office, *, actor: Official, number: str) -> CaseFile | Refused:
    """The file of a case with a task for one of the official's offices, or an office below; else `unknown-case`."""
    raise NotImplementedError

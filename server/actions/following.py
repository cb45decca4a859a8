"""What applicants see and do after submitting: overview, progress of every item, results, withdrawing."""

from __future__ import annotations

from datetime import date, datetime
from typing import Literal

import msgspec

from server.actions.drafts import Asked
from server.actions.office import Applicant, Office
from server.cases.model import Message
from server.findings import Refused
from server.forms.data import FormData
from server.releases import Release


class DraftLine(msgspec.Struct, frozen=True, kw_only=True):
    """A draft in the overview."""

    id: str
    service_title: str
    item_titles: tuple[str, ...]
    saved_at: datetime | None


class ApplicationLine(msgspec.Struct, frozen=True, kw_only=True):
    """An application in the overview, with how many of its items are asked about, open and ended."""

    number: str
    service_title: str
    item_titles: tuple[str, ...]
    submitted_at: datetime
    asked: int
    open: int
    ended: int


class Overview(msgspec.Struct, frozen=True, kw_only=True):
    """Everything of one applicant, the newest first."""

    drafts: tuple[DraftLine, ...]
    applications: tuple[ApplicationLine, ...]


class Step(msgspec.Struct, frozen=True, kw_only=True):
    """One step of a case as its applicant reads it."""

    title: str
    at: datetime | None
    text: str
    state: Literal["done", "now", "next"]


class CaseView(msgspec.Struct, frozen=True, kw_only=True):
    """One item of an application."""

    id: str
    number: str
    item_title: str
    #: Key of `CASE_STATES`.
    state: str
    asked: Asked | None
    #: Result in words with its tone, reason and what follows from it; empty while it runs.
    end_title: str
    end_tone: str
    reason: str
    advice: str
    #: Whom to ask about the result.
    remedy: str
    #: Office that has it now, in words.
    unit: str
    due_on: date | None
    steps: tuple[Step, ...]
    can_withdraw: bool


class ApplicationView(msgspec.Struct, frozen=True, kw_only=True):
    """One application with all of its items."""

    number: str
    service_title: str
    submitted_at: datetime
    release: Release
    data: FormData
    cases: tuple[CaseView, ...]
    #: The newest first.
    messages: tuple[Message, ...]


async def applications_of(office: Office, *, actor: Applicant) -> Overview:
    """Drafts and applications of the applicant."""
    raise NotImplementedError


async def application(office: Office, *, actor: Applicant, number: str) -> ApplicationView | Refused:
    """The applicant's application; `unknown-application` for others' and none."""
    raise NotImplementedError


async def withdraw(office: Office, *, actor: Applicant, number: str, case_id: str, reason: str) -> Refused | None:
    """Withdraws one item; `too-late` after its last step, `already-ended` after its end."""
    raise NotImplementedError

"""What applicants see and do after submitting: overview, progress of every item, results, withdrawing."""

from __future__ import annotations

from datetime import date, datetime

import msgspec

from server.actions.drafts import Asked, asked_of
from server.actions.office import Applicant, Office
from server.actions.rights import UNKNOWN_CASE, dossier_of, own_application
from server.actions.saving import settle_outcome
from server.actions.timeline import Step, steps_of
from server.cases import messaging
from server.cases.model import Application, Case, Message, Task
from server.cases.outcome import Outcome
from server.cases.views import case_state, unit_title
from server.cases.working import unit_of
from server.definitions.workdays import last_day
from server.findings import Refused
from server.forms.data import FormData, group_pointer
from server.messages.cases import LIST_COMMA
from server.messages.offices import REMEDY, REMEDY_WITHOUT_PHONE
from server.releases import Release
from server.store import DraftRow

__all__ = [
    "ApplicationLine",
    "ApplicationView",
    "CaseView",
    "DraftLine",
    "Overview",
    "Step",
    "application",
    "applications_of",
    "withdraw",
]


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
    #: Whom to ask about a result that is not what was applied for.
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
    drafts = [row for row in await office.store.drafts_of(actor.account_id) if not row.case_id]
    applications = await office.store.applications_of(actor.account_id)
    return Overview(
        drafts=tuple([await _draft_line(office, row) for row in drafts]),
        applications=tuple([await _application_line(office, one) for one in applications]),
    )


async def application(office: Office, *, actor: Applicant, number: str) -> ApplicationView | Refused:
    """The applicant's application; `unknown-application` for others' and none."""
    found = await own_application(office, actor=actor, number=number)
    if isinstance(found, Refused):
        return found
    release = await office.release(found.release_id)
    views = []
    for case in await office.store.cases_of(found.id):
        own = await office.release(case.release_id)
        asked = await asked_of(office, case_id=case.id, release=own)
        views.append(_case_view(own, case, asked, await office.store.tasks_of(case.id)))
    return ApplicationView(
        number=found.number,
        service_title=release.service.bundle.title,
        submitted_at=found.submitted_at,
        release=release,
        data=found.data,
        cases=tuple(views),
        messages=tuple(reversed(await office.store.messages_of(found.id))),
    )


async def withdraw(office: Office, *, actor: Applicant, number: str, case_id: str, reason: str) -> Refused | None:
    """Withdraws one item; `too-late` after its last step, `already-ended` after its end."""

    async def decide() -> Outcome | Refused:
        found = await own_application(office, actor=actor, number=number)
        if isinstance(found, Refused):
            return found
        case = next((one for one in await office.store.cases_of(found.id) if one.id == case_id), None)
        dossier = await dossier_of(office, case)
        if dossier is None:
            return UNKNOWN_CASE
        release = await office.release(dossier.case.release_id)
        return messaging.withdraw(
            release, dossier, reason=reason, account_id=actor.account_id, now=office.clock(), ids=office.ids()
        )

    decided = await settle_outcome(office, decide)
    return decided if isinstance(decided, Refused) else None


async def _draft_line(office: Office, row: DraftRow) -> DraftLine:
    release = await office.release(row.release_id)
    chosen = row.data.values.get(group_pointer(release.service.bundle.items_field))
    items = [item for item in chosen if item in release.service.items.items] if isinstance(chosen, list) else []
    return DraftLine(
        id=row.id,
        service_title=release.service.bundle.title,
        item_titles=tuple(release.service.items.items[item].title for item in items),
        saved_at=row.saved_at,
    )


async def _application_line(office: Office, found: Application) -> ApplicationLine:
    release, cases = await office.release(found.release_id), await office.store.cases_of(found.id)
    states = [case_state(case) for case in cases]
    return ApplicationLine(
        number=found.number,
        service_title=release.service.bundle.title,
        item_titles=tuple(release.service.items.items[case.item].title for case in cases),
        submitted_at=found.submitted_at,
        asked=states.count("asked"),
        open=states.count("running"),
        ended=states.count("ended") + states.count("withdrawn"),
    )


def _case_view(release: Release, case: Case, asked: Asked | None, tasks: tuple[Task, ...]) -> CaseView:
    item, ended = release.service.items.items[case.item], case.ended_at is not None
    result = item.outcomes.get(case.result) if ended else None
    tone = result.tone if result is not None else ""
    offices = dict.fromkeys(unit_title(release, unit_of(task)) for task in tasks if task.closed_at is None)
    return CaseView(
        id=case.id,
        number=case.number,
        item_title=item.title,
        state=case_state(case),
        asked=asked,
        end_title=(result.title if result is not None else case.result) if ended else "",
        end_tone=tone,
        reason=case.reason,
        advice=(result.advice or "") if result is not None else "",
        remedy=_remedy(release) if tone == "bad" else "",
        unit=LIST_COMMA.join(offices),
        due_on=last_day(case.due_at) if case.due_at is not None else None,
        steps=steps_of(case),
        can_withdraw=messaging.can_withdraw(release, case),
    )


def _remedy(release: Release) -> str:
    phone = release.service.bundle.contact_phone
    return REMEDY.format(phone=phone) if phone else REMEDY_WITHOUT_PHONE

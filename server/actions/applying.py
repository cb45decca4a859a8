"""Everything an applicant does until an application is on its way: drafts, files, submitting, supplements."""

from __future__ import annotations

from itertools import chain

import msgspec

from server.actions.attaching import LoadedFile, load_file, store_file
from server.actions.demo_offices import places_in, staff_places
from server.actions.drafts import (
    Asked,
    Draft,
    asked_of,
    context,
    delete_draft,
    draft_lock,
    draft_of,
    earlier_draft,
    load_draft,
    own_row,
    release_at,
    save_draft,
    save_earlier,
    service,
    services,
    start_draft,
    tell_moved,
)
from server.actions.intake import intake_at, refusal_at
from server.actions.office import Applicant, Office
from server.actions.rights import dossier_of
from server.actions.saving import settle_outcome
from server.cases import messaging, submitting
from server.cases.model import Application, Dossier
from server.cases.numbers import serial_key
from server.cases.outcome import Invalid, Outcome
from server.cases.views import place_of
from server.definitions.workdays import day_of
from server.findings import Refused
from server.forms.data import group_pointer
from server.releases import Release
from server.store import DraftRow
from server.types import CaseId

__all__ = [
    "Asked",
    "Draft",
    "Invalid",
    "LoadedFile",
    "Submitted",
    "answer_supplement",
    "context",
    "delete_draft",
    "earlier_draft",
    "intake_at",
    "load_draft",
    "load_file",
    "open_supplement",
    "save_draft",
    "save_earlier",
    "service",
    "services",
    "start_draft",
    "store_file",
    "submit",
    "tell_moved",
]

_NOTHING_ASKED = Refused("nothing-asked")


class Submitted(msgspec.Struct, frozen=True, kw_only=True):
    """The application is on disk and on its way."""

    number: str


async def submit(office: Office, *, actor: Applicant, draft_id: str, version: int) -> Submitted | Invalid | Refused:
    """Submits the draft exactly once: whoever asks again gets the same number.

    The application takes the draft's id, and the draft goes in the transaction that stores it.
    """
    async with office.lock(draft_lock(draft_id)):
        return await _submit(office, actor=actor, draft_id=draft_id, version=version)


async def open_supplement(office: Office, *, actor: Applicant, case_id: str) -> Draft | Refused:
    """The draft that answers what a case asks for, begun from the application's answers; `nothing-asked` without a request."""
    dossier = await dossier_of(office, await office.store.case(CaseId(case_id)))
    if dossier is None or dossier.application.account_id != actor.account_id:
        return Refused("unknown-case")
    application, case = dossier.application, dossier.case
    release = await office.release(case.release_id)
    asked = await asked_of(office, case_id=case.id, release=release)
    if asked is None:
        return _NOTHING_ASKED
    row = await office.store.supplement_draft(case.id)
    if row is None:
        begun = DraftRow(
            id=next(office.ids()),
            account_id=actor.account_id,
            service_id=application.service_id,
            release_id=case.release_id,
            data=application.data,
            saved_at=office.clock(),
            case_id=case.id,
            application_number=application.number,
        )
        await office.store.add_draft(begun)
        # Of two tabs that begin at once one is told so here; both go on with what is stored.
        row = await office.store.supplement_draft(case.id)
    return draft_of(row, release, asked) if row is not None else _NOTHING_ASKED


async def answer_supplement(office: Office, *, actor: Applicant, draft_id: str, version: int) -> Submitted | Invalid | Refused:
    """Hands the supplement in, once."""

    async def decide() -> Outcome | Invalid | Refused:
        row = await own_row(office, actor=actor, draft_id=draft_id)
        if row is None or not row.case_id:
            return _NOTHING_ASKED
        if row.version != version:
            return Refused("stale")
        dossier = await dossier_of(office, await office.store.case(CaseId(row.case_id)))
        return await _supplemented(office, actor, row, dossier) if dossier is not None else _NOTHING_ASKED

    row = await own_row(office, actor=actor, draft_id=draft_id)
    async with office.lock(draft_lock(draft_id)):
        decided: Outcome | Invalid | Refused = await settle_outcome(office, decide, draft_id=draft_id)
    if isinstance(decided, Outcome):
        if decided.application is not None:
            await _meet(office, decided.application)
        return Submitted(number=row.application_number if row is not None else "")
    return decided


async def _submit(office: Office, *, actor: Applicant, draft_id: str, version: int) -> Submitted | Invalid | Refused:
    row = await own_row(office, actor=actor, draft_id=draft_id)
    if row is None:
        return await _already_submitted(office, actor, draft_id)
    if row.case_id:
        return Refused("unknown-draft")
    own = await office.release(row.release_id)
    release = await release_at(office, release=own, data=row.data)
    if release is None or row.release_id != release.id:
        return Refused("release-changed")
    if row.version != version:
        return Refused("stale")
    region = place_of(release, row.data)
    chosen = row.data.values.get(group_pointer(release.service.bundle.items_field))
    closed = await refusal_at(office, release=release, region=region, items=chosen if isinstance(chosen, list) else ())
    if closed is not None:
        return closed
    decided = await _application(office, row, release, region)
    if not isinstance(decided, Outcome):
        return decided
    if await office.store.save(decided, draft_id=row.id) is not None:
        # The draft has been submitted or saved elsewhere in this moment.
        submitted = await _already_submitted(office, actor, draft_id)
        return Refused("stale") if isinstance(submitted, Refused) else submitted
    office.wake()
    assert decided.application is not None
    await _meet(office, decided.application)
    return Submitted(number=decided.application.number)


async def _meet(office: Office, application: Application) -> None:
    """Ensures that in a demonstration an official works in every place that the application names."""
    if office.settings.demo:
        release = await office.release(application.release_id)
        await staff_places(office, release, places_in(release, application.instance))


async def _application(office: Office, row: DraftRow, release: Release, region: str) -> Outcome | Invalid | Refused:
    now, bundle = office.clock(), release.service.bundle
    # Without a number of their own people are told apart by their accounts.
    person = str(row.data.values.get(group_pointer(bundle.person_field)) or row.account_id)
    serial = await office.store.next_serial(serial_key(region=region, prefix=bundle.number_prefix, day=day_of(now)))
    return submitting.submit(
        release,
        data=row.data,
        account_id=row.account_id,
        person=office.settings.keys.person_hash(person),
        serial=serial,
        now=now,
        ids=chain((row.id,), office.ids()),
    )


async def _already_submitted(office: Office, actor: Applicant, draft_id: str) -> Submitted | Refused:
    application = await office.store.application(draft_id)
    if application is None or application.account_id != actor.account_id:
        return Refused("unknown-draft")
    return Submitted(number=application.number)


async def _supplemented(office: Office, actor: Applicant, row: DraftRow, dossier: Dossier) -> Outcome | Invalid | Refused:
    release = await office.release(dossier.case.release_id)
    return messaging.supplement(
        release, dossier, data=row.data, account_id=actor.account_id, now=office.clock(), ids=office.ids()
    )

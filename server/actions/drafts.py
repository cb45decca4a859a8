"""Drafts of applications: started, loaded, saved and deleted by their applicant, always under the release in force."""

from __future__ import annotations

from datetime import datetime

import msgspec

from server.actions.carrying import carried
from server.actions.office import Applicant, Office
from server.cases.views import place_of
from server.findings import Refused
from server.forms.data import FormData
from server.forms.settle import Context
from server.releases import Release
from server.store import DraftRow
from server.types import ServiceId

_TRIES = 3


class Asked(msgspec.Struct, frozen=True, kw_only=True):
    """What an applicant is asked to supplement."""

    case_id: str
    item_title: str
    note: str
    until: datetime | None
    fields: tuple[str, ...]
    materials: tuple[str, ...]


class Draft(msgspec.Struct, frozen=True, kw_only=True):
    """Answers not submitted yet."""

    id: str
    service_id: str
    release: Release
    data: FormData
    #: Ids of the pages completed once.
    visited: frozenset[str]
    version: int
    saved_at: datetime | None
    #: Set for the draft of a supplement.
    asked: Asked | None
    #: Number of the application, once submitted or for a supplement.
    application_number: str


async def services(office: Office) -> tuple[Release, ...]:
    """The releases people can apply under now, one a service, by title."""
    ids = sorted({row.service_id for row in await office.store.channels()})
    releases = [await office.current(service_id) for service_id in ids]
    return tuple(sorted((one for one in releases if one is not None), key=lambda one: one.service.bundle.title))


async def service(office: Office, *, service_id: str) -> Release | Refused:
    """The release of a service people can apply under now."""
    release = await office.current(service_id)
    return release if release is not None else Refused("unknown-service")


def context(office: Office, *, release: Release, data: FormData) -> Context:
    """What the rules of the form may know besides the answers: today, and the parameters of the place given so far."""
    return release.context(place_of(release, data), office.clock())


async def start_draft(
    office: Office, *, actor: Applicant, service_id: str, data: FormData, visited: frozenset[str]
) -> Draft | Refused:
    """A new draft with the first answers."""
    release = await office.current(service_id)
    if release is None:
        return Refused("unknown-service")
    row = DraftRow(
        id=next(office.ids()),
        account_id=actor.account_id,
        service_id=ServiceId(service_id),
        release_id=release.id,
        data=data,
        visited=visited,
        saved_at=office.clock(),
    )
    await office.store.add_draft(row)
    stored = await office.store.draft(row.id)
    return draft_of(stored or row, release)


async def load_draft(office: Office, *, actor: Applicant, draft_id: str) -> Draft | Refused:
    """The applicant's draft under the release in force; one submitted meanwhile carries its application's number."""
    for _ in range(_TRIES):
        row = await own_row(office, actor=actor, draft_id=draft_id)
        if row is None:
            return await _submitted_draft(office, actor, draft_id)
        release = await office.current(row.service_id)
        if row.case_id or release is None or row.release_id == release.id:
            return await _with_request(office, row, await office.release(row.release_id))
        before = await office.release(row.release_id)
        moved = msgspec.structs.replace(row, release_id=release.id, data=carried(row.data, before.form, release.form))
        # A new version, so that a page shown under the old release is not taken for one of the new.
        if await office.store.save_draft(moved):
            return draft_of(msgspec.structs.replace(moved, version=row.version + 1), release)
    return Refused("stale")


async def save_draft(
    office: Office, *, actor: Applicant, draft_id: str, version: int, data: FormData, visited: frozenset[str]
) -> Draft | Refused:
    """The saved draft; `stale` when it was saved elsewhere since that version."""
    async with office.lock(draft_lock(draft_id)):
        row = await own_row(office, actor=actor, draft_id=draft_id)
        if row is None:
            return Refused("unknown-draft")
        if row.version != version:
            return Refused("stale")
        changed = msgspec.structs.replace(row, data=data, visited=visited, saved_at=office.clock())
        if not await office.store.save_draft(changed):
            return Refused("stale")
    stored = msgspec.structs.replace(changed, version=version + 1)
    return await _with_request(office, stored, await office.release(row.release_id))


async def delete_draft(office: Office, *, actor: Applicant, draft_id: str) -> Refused | None:
    """Ensures the draft is gone."""
    row = await own_row(office, actor=actor, draft_id=draft_id)
    if row is None:
        return Refused("unknown-draft")
    await office.store.delete_draft(draft_id)
    return None


def draft_lock(draft_id: str) -> str:
    """Name of the lock that keeps a draft from being saved while it is submitted."""
    return f"draft {draft_id}"


async def own_row(office: Office, *, actor: Applicant, draft_id: str) -> DraftRow | None:
    """The stored draft when it is the applicant's."""
    row = await office.store.draft(draft_id)
    return row if row is not None and row.account_id == actor.account_id else None


def draft_of(row: DraftRow, release: Release, asked: Asked | None = None) -> Draft:
    """The draft as pages see it."""
    return Draft(
        id=row.id,
        service_id=row.service_id,
        release=release,
        data=row.data,
        visited=row.visited,
        version=row.version,
        saved_at=row.saved_at,
        asked=asked,
        application_number=row.application_number,
    )


async def asked_of(office: Office, *, case_id: str, release: Release) -> Asked | None:
    """What a case asks its applicant for now."""
    case = await office.store.case(case_id)
    if case is None or case.supplement is None:
        return None
    wanted = case.supplement
    return Asked(
        case_id=case.id,
        item_title=release.service.items.items[case.item].title,
        note=wanted.note,
        until=wanted.until,
        fields=wanted.fields,
        materials=wanted.materials,
    )


async def _with_request(office: Office, row: DraftRow, release: Release) -> Draft:
    return draft_of(row, release, await asked_of(office, case_id=row.case_id, release=release) if row.case_id else None)


async def _submitted_draft(office: Office, actor: Applicant, draft_id: str) -> Draft | Refused:
    """The draft that became an application: an application keeps the id of its draft."""
    application = await office.store.application(draft_id)
    if application is None or application.account_id != actor.account_id:
        return Refused("unknown-draft")
    return Draft(
        id=draft_id,
        service_id=application.service_id,
        release=await office.release(application.release_id),
        data=application.data,
        visited=frozenset(),
        version=0,
        saved_at=application.submitted_at,
        asked=None,
        application_number=application.number,
    )

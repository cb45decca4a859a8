"""Drafts of applications: started, loaded, saved and deleted by their applicant, always under the release in force."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

import msgspec

from server.actions.intake import Intake, intake_at
from server.actions.office import Applicant, Office
from server.cases.alterations import alterations
from server.cases.carrying import carried
from server.cases.views import given_place, place_of
from server.findings import Refused
from server.forms.data import FormData
from server.forms.settle import Context
from server.releases import Release
from server.store import DraftRow
from server.types import ReleaseId, ServiceId

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
    #: What is asked otherwise than when its applicant saw it last, in sentences.
    moved: tuple[str, ...] = ()
    #: Which items are not taken in where its answers say, or not for long.
    intake: Intake = Intake()


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


async def release_at(office: Office, *, release: Release, data: FormData) -> Release | None:
    """The release in force where the answers under a release say; the topmost where they say nothing, or nothing known."""
    place = given_place(release, data)
    found = await office.current(release.service_id, place) if place in release.regions else None
    return found or await office.current(release.service_id)


async def start_draft(
    office: Office, *, actor: Applicant, service_id: str, data: FormData, visited: frozenset[str]
) -> Draft | Refused:
    """A new draft with the first answers, under the release in force where they say."""
    topmost = await office.current(service_id)
    if topmost is None:
        return Refused("unknown-service")
    row = DraftRow(
        id=next(office.ids()),
        account_id=actor.account_id,
        service_id=ServiceId(service_id),
        release_id=topmost.id,
        data=data,
        visited=visited,
        saved_at=office.clock(),
    )
    row = await _under_release_in_force(office, row)
    await office.store.add_draft(row)
    return await _as_seen(office, await office.store.draft(row.id) or row)


async def load_draft(office: Office, *, actor: Applicant, draft_id: str) -> Draft | Refused:
    """The applicant's draft under the release in force where its answers say; a submitted one has its application's number."""
    for _ in range(_TRIES):
        row = await own_row(office, actor=actor, draft_id=draft_id)
        if row is None:
            return await _submitted_draft(office, actor, draft_id)
        moved = await _under_release_in_force(office, row)
        if moved is row:
            return await _as_seen(office, row)
        # A new version, so that a page shown under the old release is not taken for one of the new.
        if await office.store.save_draft(moved):
            return await _as_seen(office, msgspec.structs.replace(moved, version=row.version + 1))
    return Refused("stale")


async def tell_moved(office: Office, *, actor: Applicant, draft: Draft) -> Draft:
    """The draft as it is once its applicant has been told what `moved` says; unchanged when it was saved elsewhere since."""
    row = await own_row(office, actor=actor, draft_id=draft.id)
    if row is None or not row.seen_release_id or row.version != draft.version:
        return draft
    if not await office.store.save_draft(msgspec.structs.replace(row, seen_release_id="")):
        return draft
    return msgspec.structs.replace(draft, version=row.version + 1)


async def save_draft(
    office: Office,
    *,
    actor: Applicant,
    draft_id: str,
    version: int,
    data: FormData,
    visited: frozenset[str],
    release_id: str = "",
) -> Draft | Refused:
    """The saved draft; `stale` when it was saved elsewhere since that version, or has left the release when one is named."""
    async with office.lock(draft_lock(draft_id)):
        row = await own_row(office, actor=actor, draft_id=draft_id)
        if row is None:
            return Refused("unknown-draft")
        if row.version != version or release_id not in ("", row.release_id):
            return Refused("stale")
        return await _saved(office, msgspec.structs.replace(row, data=data, visited=visited))


async def earlier_draft(office: Office, *, actor: Applicant, draft: Draft, release_id: str) -> Draft:
    """The draft as it stands under an earlier release of its service, for a page that was shown then.

    Itself where the release is none of the service.
    """
    row = await own_row(office, actor=actor, draft_id=draft.id)
    known = await office.store.release_rows(ServiceId(draft.service_id))
    if row is None or all(one.release_id != release_id for one in known):
        return draft
    before = await office.release(ReleaseId(release_id))
    now = await office.release(row.release_id)
    back = carried(row.data, row.aside, now.form, before.form)
    return msgspec.structs.replace(draft, release=before, data=back.data, version=row.version)


async def save_earlier(
    office: Office,
    *,
    actor: Applicant,
    draft_id: str,
    release_id: ReleaseId,
    merged: Callable[[FormData], FormData],
    visited: frozenset[str],
) -> Draft | Refused:
    """The draft saved with answers given under an earlier release, `merged` with those stored; what has changed is told again."""
    before = await office.release(release_id)
    async with office.lock(draft_lock(draft_id)):
        row = await own_row(office, actor=actor, draft_id=draft_id)
        if row is None:
            return Refused("unknown-draft")
        now = await office.release(row.release_id)
        back = carried(row.data, row.aside, now.form, before.form)
        again = carried(merged(back.data), back.aside, before.form, now.form)
        seen = row.seen_release_id or (release_id if release_id != row.release_id else "")
        changed = msgspec.structs.replace(
            row, data=again.data, aside=again.aside, visited=row.visited | visited, seen_release_id=seen
        )
        return await _saved(office, changed)


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


async def _under_release_in_force(office: Office, row: DraftRow) -> DraftRow:
    """The draft moved to the release in force in the place given so far; itself when it stands there, and for supplements."""
    before = await office.release(row.release_id)
    release = None if row.case_id else await release_at(office, release=before, data=row.data)
    if release is None or row.release_id == release.id:
        return row
    moved = carried(row.data, row.aside, before.form, release.form)
    seen = row.seen_release_id or row.release_id
    return msgspec.structs.replace(
        row, release_id=release.id, data=moved.data, aside=moved.aside, seen_release_id="" if seen == release.id else seen
    )


async def _saved(office: Office, row: DraftRow) -> Draft | Refused:
    """The draft stored now, moved when its answers name another place."""
    changed = await _under_release_in_force(office, msgspec.structs.replace(row, saved_at=office.clock()))
    if not await office.store.save_draft(changed):
        return Refused("stale")
    return await _as_seen(office, msgspec.structs.replace(changed, version=row.version + 1))


async def _as_seen(office: Office, row: DraftRow) -> Draft:
    """The draft with what its case asks for, what became different, and what is taken in where its answers say."""
    release = await office.release(row.release_id)
    if row.case_id:
        return draft_of(row, release, await asked_of(office, case_id=row.case_id, release=release))
    draft = draft_of(row, release)
    if row.seen_release_id:
        before = await office.release(ReleaseId(row.seen_release_id))
        back = carried(row.data, row.aside, release.form, before.form)
        moved = alterations(before, release, data=back.data, carried=row.data, now=office.clock())
        draft = msgspec.structs.replace(draft, moved=moved)
    intake = await intake_at(office, release=release, region=place_of(release, row.data))
    return msgspec.structs.replace(draft, intake=intake)


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

"""Moving running cases to the release in force, and knowing beforehand which could not move to a release."""

from __future__ import annotations

import asyncio

import msgspec

from server.actions.office import Office, Official
from server.actions.rights import UNKNOWN_CASE, may_migrate, seen_case
from server.actions.saving import settle_outcome
from server.cases import migrating
from server.cases.acts import Act
from server.cases.alterations import alterations
from server.cases.migrating import Fault
from server.cases.model import Application, Dossier
from server.cases.outcome import Outcome
from server.cases.people import Unit
from server.cases.restating import restated
from server.cases.views import lead_office, unit_title
from server.definitions.regions import contains
from server.findings import Refused
from server.messages.migrating import fault_text
from server.releases import Release
from server.types import ReleaseId, ServiceId

_PAGE = 50
#: Cases looked at for one question; beyond it the answer says how many were.
_MOST_CASES = 1000


class Offer(msgspec.Struct, frozen=True, kw_only=True):
    """What moving a case would mean."""

    case_number: str
    item_title: str
    old: Release
    new: Release
    #: Why it cannot move, in words; nothing when it can.
    faults: tuple[str, ...]
    #: What its applicant is asked otherwise there, in sentences.
    changes: tuple[str, ...]


class CaseFault(msgspec.Struct, frozen=True, kw_only=True):
    """A running case that could not move to a release, and why."""

    case_number: str
    item_title: str
    release_id: ReleaseId
    faults: tuple[str, ...]


class Moved(msgspec.Struct, frozen=True, kw_only=True):
    """The case goes on under the release in force."""

    case_number: str
    release_id: ReleaseId


async def offer(office: Office, *, actor: Official, number: str) -> Offer | Refused:
    """What moving a case to the release in force would mean; `not-supervisor`, or `already-ended` and `same-release`."""
    dossier = await _own_case(office, actor, number)
    if isinstance(dossier, Refused):
        return dossier
    found = await _around(office, dossier)
    if isinstance(found, Refused):
        return found
    old, new, application = found
    submitted = await office.release(application.release_id)
    faults = await _faults(old, new, msgspec.structs.replace(dossier, application=application), submitted)
    moved = restated(application, before=submitted, after=new).data
    here = restated(application, before=submitted, after=old).data
    return Offer(
        case_number=dossier.case.number,
        item_title=old.service.items.items[dossier.case.item].title,
        old=old,
        new=new,
        faults=_texts(faults),
        changes=alterations(old, new, data=here, carried=moved, now=office.clock()),
    )


async def migrate(office: Office, *, actor: Official, number: str, release_id: str) -> Moved | tuple[str, ...] | Refused:
    """Moves a case to the release that was shown; `release-changed` when another is in force by now, or every reason why not."""

    async def decide() -> Outcome | tuple[Fault, ...] | Refused:
        dossier = await _own_case(office, actor, number)
        if isinstance(dossier, Refused):
            return dossier
        found = await _around(office, dossier)
        if isinstance(found, Refused):
            return found
        old, new, application = found
        if new.id != release_id:
            return Refused("release-changed")
        act = Act(
            action="migrate",
            actor=actor.account_id,
            now=office.clock(),
            ids=office.ids(),
            unit=unit_title(old, _supervising(actor, lead_office(old, dossier.case))),
            details={"from": old.id, "to": new.id},
        )
        submitted = await office.release(application.release_id)
        plain = msgspec.structs.replace(dossier, application=application)
        return await asyncio.to_thread(migrating.migrate, old, new, plain, submitted=submitted, act=act)

    decided: Outcome | tuple[Fault, ...] | Refused = await settle_outcome(office, decide)
    if isinstance(decided, Refused):
        return decided
    if isinstance(decided, tuple):
        return _texts(decided)
    return Moved(case_number=number, release_id=ReleaseId(release_id))


async def compatibility(office: Office, *, service_id: str, region: str, release: Release) -> tuple[CaseFault, ...]:
    """The running cases in a region that could not move to a release, which need not be published, and why."""
    found: list[CaseFault] = []
    looked = 0
    for release_id in await office.store.cases_per_release(ServiceId(service_id)):
        after = ""
        while release_id != release.id and looked < _MOST_CASES:
            cases = await office.store.running_cases(ServiceId(service_id), release_id, after=after, limit=_PAGE)
            for case in cases:
                if contains(region, case.region):
                    found += await _incompatible(office, case.id, release)
            looked += len(cases)
            if len(cases) < _PAGE:
                break
            after = cases[-1].id
    return tuple(found)


async def _incompatible(office: Office, case_id: str, release: Release) -> tuple[CaseFault, ...]:
    case = await office.store.case(case_id)
    application = await office.store.application(case.application_id) if case is not None else None
    if case is None or application is None:
        return ()
    tasks = await office.store.tasks_of(case.id)
    old, submitted = await office.release(case.release_id), await office.release(application.release_id)
    faults = await _faults(old, release, Dossier(application=application, case=case, tasks=tasks), submitted)
    if not faults:
        return ()
    title = old.service.items.items[case.item].title
    return (CaseFault(case_number=case.number, item_title=title, release_id=case.release_id, faults=_texts(faults)),)


async def _own_case(office: Office, actor: Official, number: str) -> Dossier | Refused:
    """The case, for a supervisor of the office that leads its item."""
    dossier = await seen_case(office, actor=actor, number=number)
    if isinstance(dossier, Refused):
        return dossier
    release = await office.release(dossier.case.release_id)
    return dossier if may_migrate(release, dossier.case, actor=actor) else Refused("not-supervisor")


async def _around(office: Office, dossier: Dossier) -> tuple[Release, Release, Application] | Refused:
    """The release of a case, the one in force where it is, and its application as submitted."""
    case = dossier.case
    if case.ended_at is not None:
        return Refused("already-ended")
    new = await office.current(case.service_id, case.region)
    if new is None or new.id == case.release_id:
        return Refused("same-release")
    application = await office.store.application(case.application_id)
    return (await office.release(case.release_id), new, application) if application is not None else UNKNOWN_CASE


async def _faults(old: Release, new: Release, dossier: Dossier, submitted: Release) -> tuple[Fault, ...]:
    return await asyncio.to_thread(migrating.migration_faults, old, new, dossier, submitted=submitted)


def _supervising(actor: Official, lead: Unit) -> Unit:
    """The office for which a supervisor acts."""
    return next(unit for unit in actor.units if unit.agency == lead.agency and contains(unit.region, lead.region))


def _texts(faults: tuple[Fault, ...]) -> tuple[str, ...]:
    return tuple(fault_text(fault.code, fault.params) for fault in faults)

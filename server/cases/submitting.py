"""Submitting: answers that are complete and right become an application with one case an item."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime

import msgspec

from server.cases.acts import Act, fingerprint
from server.cases.model import Application
from server.cases.moving import receive
from server.cases.numbers import application_number
from server.cases.outcome import Invalid, Outcome
from server.cases.views import Known, applicant_name, is_inside, place_in, place_of
from server.definitions.workdays import day_of
from server.findings import Problem, Refused
from server.forms.data import FormData, group_pointer
from server.forms.settle import Settled, settle
from server.forms.validate import check_instance, validate
from server.processes.advance import initial_state
from server.releases import DueMaterial, Release, due_materials
from server.types import ApplicationId, JsonValue, PersonHash, RegionCode

__all__ = ["Invalid", "chosen_items", "enter", "missing_materials", "submit", "submit_instance", "submitted_data"]


def submit(
    release: Release,
    *,
    data: FormData,
    account_id: str,
    person: PersonHash,
    serial: int,
    now: datetime,
    ids: Iterator[str],
) -> Outcome | Invalid | Refused:
    """The application with its cases, or everything that is wrong with the answers; pointers are draft pointers.

    `serial` is the next number of `numbers.serial_key` for the place of the application and the day.
    """
    place = place_of(release, data)
    context = release.context(place, now)
    settled = settle(release.form, data, context)
    problems = validate(release.form, settled, context=context).problems
    return _entered(release, settled, problems, place, account_id=account_id, person=person, serial=serial, now=now, ids=ids)


def submit_instance(
    release: Release,
    *,
    instance: JsonValue,
    account_id: str,
    person: PersonHash,
    serial: int,
    now: datetime,
    ids: Iterator[str],
) -> Outcome | Invalid | Refused:
    """The same for answers that come as a submitted instance; pointers are instance pointers."""
    place = place_in(release, instance, release.region)
    settled, checked = check_instance(release.form, instance, release.context(place, now))
    problems = checked.problems
    return _entered(release, settled, problems, place, account_id=account_id, person=person, serial=serial, now=now, ids=ids)


def enter(
    release: Release,
    settled: Settled,
    *,
    region: RegionCode,
    account_id: str,
    person: PersonHash,
    serial: int,
    now: datetime,
    ids: Iterator[str],
    known: Known | None = None,
) -> Outcome:
    """The application that answers without problems become in a region; `known` is what rules know of them already."""
    prefix, day = release.service.bundle.number_prefix, day_of(now)
    application = Application(
        id=ApplicationId(next(ids)),
        number=application_number(region=region, prefix=prefix, day=day, serial=serial),
        service_id=release.service_id,
        release_id=release.id,
        region=region,
        person=person,
        applicant_name=applicant_name(release, settled.data),
        account_id=account_id,
        submitted_at=now,
        data=submitted_data(settled),
        instance=settled.instance,
        intake=initial_state(release.processes[release.service.items.intake]),
    )
    details = {
        "application": application.id,
        "release": release.id,
        "items": list(chosen_items(release, settled)),
        "submission": fingerprint(application.instance),
    }
    act = Act(action="submit", actor=account_id, now=now, ids=ids, details=details)
    return receive(release, application, act=act, known=known)


def chosen_items(release: Release, settled: Settled) -> tuple[str, ...]:
    """The items applied for."""
    chosen = settled.bindings.get(release.service.bundle.items_field)
    return tuple(item for item in chosen if item in release.service.items.items) if isinstance(chosen, list) else ()


def missing_materials(settled: Settled, materials: tuple[DueMaterial, ...]) -> tuple[Problem, ...]:
    """A problem for every due material without a file."""
    return tuple(
        Problem(
            pointer=f"/materials/{material.id}",
            code="material-missing",
            params={"label": material.title, "reason": material.reason},
        )
        for material in materials
        if material.due and not material.waived and not settled.data.values.get(f"/materials/{material.id}")
    )


def _entered(
    release: Release,
    settled: Settled,
    problems: tuple[Problem, ...],
    place: RegionCode,
    *,
    account_id: str,
    person: PersonHash,
    serial: int,
    now: datetime,
    ids: Iterator[str],
) -> Outcome | Invalid | Refused:
    """The application, unless something is wrong with the answers, which were settled for a place."""
    found = (*problems, *_problems(release, settled))
    if found:
        return Invalid(found)
    if not chosen_items(release, settled):
        return Refused("nothing-chosen")
    known = Known(region=place, today=day_of(now), day=day_of(now), bindings=settled.bindings)
    return enter(
        release,
        settled,
        region=place_of(release, settled.data),
        account_id=account_id,
        person=person,
        serial=serial,
        now=now,
        ids=ids,
        known=known,
    )


def _problems(release: Release, settled: Settled) -> tuple[Problem, ...]:
    """What no form can know: whether the release applies there, and the files of due materials."""
    elsewhere = () if is_inside(release, place_of(release, settled.data)) else (_elsewhere(release),)
    due = due_materials(release, settled, chosen_items(release, settled))
    return (*elsewhere, *missing_materials(settled, due))


def _elsewhere(release: Release) -> Problem:
    """Another release decides there, with documents of its own."""
    name = release.regions.full_name(release.region)
    return Problem(pointer=group_pointer(release.service.bundle.place_field), code="place-elsewhere", params={"region": name})


def submitted_data(settled: Settled) -> FormData:
    """The answers without hidden ones, which stay in the draft and are no part of the submission."""

    def is_shown(pointer: str) -> bool:
        return pointer not in settled.hidden and pointer.partition("/@")[0] not in settled.hidden

    data = settled.data
    return msgspec.structs.replace(
        data,
        values={pointer: value for pointer, value in data.values.items() if is_shown(pointer)},
        rows={pointer: keys for pointer, keys in data.rows.items() if is_shown(pointer)},
        raw={},
    )

"""Accepting an application in one go: everything the product does between a post and its receipt, without a draft between."""

from __future__ import annotations

from server.actions.applying import Submitted
from server.actions.intake import refusal_at
from server.actions.office import Applicant, Office
from server.cases.numbers import serial_key
from server.cases.outcome import Invalid, Outcome
from server.cases.submitting import submit, submit_instance
from server.cases.views import place_in, place_of
from server.definitions.workdays import day_of
from server.findings import Refused
from server.forms.data import FormData, group_pointer
from server.releases import Release
from server.types import JsonValue, RegionCode


async def accept(
    office: Office, *, actor: Applicant, service_id: str, answers: FormData | dict[str, JsonValue]
) -> Submitted | Invalid | Refused:
    """The application checked, opened and on disk with its cases, tasks, timers and audit events; a draft or an instance."""
    release = await office.current(service_id)
    if release is None:
        return Refused("unknown-service")
    region = place_of(release, answers) if isinstance(answers, FormData) else place_in(release, answers, release.region)
    closed = await refusal_at(office, release=release, region=region, items=_chosen(answers, release))
    if closed is not None:
        return closed
    decided = await _decided(office, release, actor, answers, region)
    if not isinstance(decided, Outcome):
        return decided
    if await office.store.save(decided) is not None:
        return Refused("stale")
    office.wake()
    assert decided.application is not None
    return Submitted(number=decided.application.number)


async def _decided(
    office: Office, release: Release, actor: Applicant, answers: FormData | dict[str, JsonValue], region: RegionCode
) -> Outcome | Invalid | Refused:
    now, bundle = office.clock(), release.service.bundle
    serial = await office.store.next_serial(serial_key(region=region, prefix=bundle.number_prefix, day=day_of(now)))
    person = office.settings.keys.person_hash(str(_value(answers, bundle.person_field)))
    ids, account_id = office.ids(), actor.account_id
    if isinstance(answers, FormData):
        return submit(release, data=answers, account_id=account_id, person=person, serial=serial, now=now, ids=ids)
    return submit_instance(release, instance=answers, account_id=account_id, person=person, serial=serial, now=now, ids=ids)


def _chosen(answers: FormData | dict[str, JsonValue], release: Release) -> list[JsonValue]:
    value = _value(answers, release.service.bundle.items_field)
    return value if isinstance(value, list) else []


def _value(answers: FormData | dict[str, JsonValue], field: str) -> JsonValue:
    if isinstance(answers, FormData):
        return answers.values.get(group_pointer(field))
    value: JsonValue = answers
    for part in field.split("."):
        value = value.get(part) if isinstance(value, dict) else None
    return value

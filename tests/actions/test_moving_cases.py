"""A supervisor moves a running case to the release in force, after having been shown what stands against it."""

from __future__ import annotations

import copy
from typing import Any

import msgspec
from busy_office import (
    LOW_INCOME,
    SERVICE,
    TOWNSHIP,
    Installation,
    Outside,
    act,
    applicant,
    case_of,
    complete,
    data_of,
    drafted,
    official_of,
    queued,
    submitted,
    to_public_notice,
    walk_answers,
)
from in_force import here, in_force

from server.actions import applying, casework, following, migrating
from server.actions.casework import CaseFile, Done
from server.actions.following import ApplicationView
from server.actions.migrating import Moved, Offer
from server.actions.office import Office
from server.cases.people import Unit
from server.findings import Refused
from server.releases import Release
from server.types import RegionCode

SCHEMA = f"form_schemas/{SERVICE}/form/data.schema.json"
LAYOUT = f"form_schemas/{SERVICE}/form/ui.json"
CITY, COUNTY = RegionCode("140100"), RegionCode("140105")
CITY_OFFICE = Unit(agency="civil_affairs", level="city", region=CITY)
COUNTY_OFFICE = Unit(agency="civil_affairs", level="county", region=COUNTY)
TOWN_OFFICE = Unit(agency="civil_affairs", level="township", region=RegionCode(TOWNSHIP))
SUPERVISOR = official_of(CITY_OFFICE, account_id="supervisor")
#: A kind that the answer has to be read again for.
AGAIN = {"type": "string", "title": "Applied before"}


def renewed(old: Release, *, required: bool = False) -> dict[str, Any]:
    documents: dict[str, Any] = copy.deepcopy(old.documents)
    schema: Any = documents[SCHEMA]
    schema["properties"]["applicant"]["properties"]["repeat_application"] = AGAIN
    if required:
        schema["properties"]["extra"] = {"type": "string", "title": "Extra"}
        schema["required"] = [*schema.get("required", []), "extra"]
        layout: Any = documents[LAYOUT]
        layout["elements"][0]["elements"].append({"type": "Control", "id": "extra_c", "scope": "#/properties/extra"})
    return documents


def answers() -> dict[str, Any]:
    found = walk_answers()
    found["applicant"]["repeat_application"] = False
    return found


async def moved(office: Office, number: str) -> Moved:
    case = await case_of(office, number)
    offered = await migrating.offer(office, actor=SUPERVISOR, number=case.number)
    assert isinstance(offered, Offer) and offered.faults == (), offered
    result = await migrating.migrate(office, actor=SUPERVISOR, number=case.number, release_id=offered.new.id)
    assert isinstance(result, Moved), result
    return result


def test_a_moved_case_is_worked_on_to_its_end_and_its_application_stays_as_submitted(installation: Installation) -> None:
    outside = Outside()

    async def story(office: Office) -> None:
        old = await here(office)
        me = await applicant(office)
        number = await submitted(office, me, answers())
        before = await office.store.application_by_number(number)
        release = await in_force(office, renewed(old))
        assert (await moved(office, number)).release_id == release.id
        case = await case_of(office, number)
        assert case.release_id == release.id and case.history[-1].kind == "migrated"
        assert await office.store.cases_per_release(release.service_id) == {release.id: 1}
        await to_public_notice(office, outside, number)
        file = await casework.open_case(office, actor=official_of(COUNTY_OFFICE), number=case.number)
        assert isinstance(file, CaseFile) and file.release_id == release.id and file.decisions
        assert isinstance(await following.application(office, actor=me, number=number), ApplicationView)
        withdrawn = await following.withdraw(office, actor=me, number=number, case_id=case.id, reason="")
        assert withdrawn is None
        after = await office.store.application_by_number(number)
        assert before is not None and after is not None
        assert after.intake.ended is not None
        assert (after.release_id, after.data, after.instance) == (before.release_id, before.data, before.instance)
        assert await office.store.verify_chain(case.id)

    act(installation, story, outside)


def test_a_supplement_after_moving_is_asked_and_kept_as_each_release_reads_it(installation: Installation) -> None:
    async def story(office: Office) -> None:
        old = await here(office)
        me = await applicant(office)
        number = await submitted(office, me, answers())
        release = await in_force(office, renewed(old))
        await moved(office, number)
        asked = {"supplement_fields": ["applicant.repeat_application"], "supplement_note": "Say so again."}
        assert isinstance(await complete(office, number, "accept", "request_supplement", asked), Done)
        case = await case_of(office, number)
        draft = await applying.open_supplement(office, actor=me, case_id=case.id)
        assert isinstance(draft, applying.Draft) and draft.release.id == release.id
        place = "/applicant/repeat_application"
        assert draft.data.values[place] == "false"
        data = msgspec.structs.replace(draft.data, values={**draft.data.values, place: "true"})
        saved = await applying.save_draft(
            office, actor=me, draft_id=draft.id, version=draft.version, data=data, visited=frozenset()
        )
        assert isinstance(saved, applying.Draft)
        given = await applying.answer_supplement(office, actor=me, draft_id=draft.id, version=saved.version)
        assert isinstance(given, applying.Submitted), given
        application = await office.store.application_by_number(number)
        assert application is not None and application.release_id == old.id
        assert application.data.values[place] is True
        assert application.instance["applicant"]["repeat_application"] is True

    act(installation, story)


def test_only_an_office_above_the_deciding_one_moves_a_case(installation: Installation) -> None:
    async def story(office: Office) -> None:
        old = await here(office)
        number = await submitted(office, await applicant(office), answers())
        release = await in_force(office, renewed(old))
        case = await case_of(office, number)
        elsewhere = Unit(agency="civil_affairs", level="city", region=RegionCode("140200"))
        for unit, reason in (
            (COUNTY_OFFICE, "not-supervisor"),
            (TOWN_OFFICE, "not-supervisor"),
            (elsewhere, "unknown-case"),
            (Unit(agency="healthcare_security", level="city", region=CITY), "unknown-case"),
        ):
            actor = official_of(unit)
            assert await migrating.offer(office, actor=actor, number=case.number) == Refused(reason), unit
            tried = await migrating.migrate(office, actor=actor, number=case.number, release_id=release.id)
            assert tried == Refused(reason), unit
        assert (await case_of(office, number)).release_id == old.id

    act(installation, story)


def test_what_was_shown_is_what_is_done_or_nothing(installation: Installation) -> None:
    async def story(office: Office) -> None:
        old = await here(office)
        number = await submitted(office, await applicant(office), answers())
        case = await case_of(office, number)
        assert await migrating.offer(office, actor=SUPERVISOR, number=case.number) == Refused("same-release")
        shown = await in_force(office, renewed(old))
        newest = await in_force(office, renewed(old, required=True))
        tried = await migrating.migrate(office, actor=SUPERVISOR, number=case.number, release_id=shown.id)
        assert tried == Refused("release-changed")
        offered = await migrating.offer(office, actor=SUPERVISOR, number=case.number)
        assert isinstance(offered, Offer) and len(offered.faults) == 1
        assert await migrating.migrate(office, actor=SUPERVISOR, number=case.number, release_id=newest.id) == offered.faults
        assert (await case_of(office, number)) == case

    act(installation, story)


def test_before_publishing_it_is_known_which_cases_could_not_follow(installation: Installation) -> None:
    async def story(office: Office) -> None:
        old = await here(office)
        me = await applicant(office)
        number = await submitted(office, me, answers())
        draft = await drafted(office, me, answers())
        release = await in_force(office, renewed(old, required=True))

        async def against(region: str) -> tuple[migrating.CaseFault, ...]:
            return await migrating.compatibility(office, service_id=SERVICE, region=region, release=release)

        (found,) = await against("140000")
        case = await case_of(office, number)
        assert (found.case_number, found.release_id) == (case.number, old.id)
        assert len(found.faults) == 1 and await against("140200") == ()
        friendly = await in_force(office, renewed(old))
        assert await migrating.compatibility(office, service_id=SERVICE, region="140000", release=friendly) == ()
        assert data_of(old, answers()) == draft.data

    act(installation, story)


def test_the_queue_shows_the_open_tasks_of_a_moved_case_as_before(installation: Installation) -> None:
    async def story(office: Office) -> None:
        old = await here(office)
        number = await submitted(office, await applicant(office), answers())
        await in_force(office, renewed(old))
        before = await queued(office, official_of(TOWN_OFFICE))
        await moved(office, number)
        assert await queued(office, official_of(TOWN_OFFICE)) == before != ()
        assert (await case_of(office, number, LOW_INCOME)).ended_at is None

    act(installation, story)

"""Who may see what: every way of asking for what is not one's own gives the answer of asking for nothing."""

from __future__ import annotations

import pytest
from busy_office import (
    COUNTY,
    OTHER_PHONE,
    SERVICE,
    TOWNSHIP,
    Installation,
    Outside,
    act,
    administrator,
    applicant,
    case_of,
    complete,
    drafted,
    official,
    official_of,
    open_task_at,
    submitted,
    to_public_notice,
    walk_answers,
)

from server.actions import applying, casework, configuring, demonstration, following, queue, revising
from server.actions.office import Actor, Office
from server.cases.people import Unit
from server.definitions.common import Level
from server.findings import Refused
from server.forms.data import EMPTY
from server.types import RegionCode

#: Who is in reach of a case whose only task so far is at its township's civil affairs window.
UNITS: tuple[tuple[str, Level, str, bool], ...] = (
    ("civil_affairs", "township", TOWNSHIP, True),
    ("civil_affairs", "county", COUNTY, True),
    ("civil_affairs", "city", "140100", True),
    ("civil_affairs", "province", "140000", True),
    ("civil_affairs", "township", "140105002", False),
    ("civil_affairs", "county", "140106", False),
    ("civil_affairs", "city", "140200", False),
    ("civil_affairs", "village", "140105001001", False),
    ("housing", "township", TOWNSHIP, False),
    ("housing", "county", COUNTY, False),
    ("housing", "province", "140000", False),
)


@pytest.mark.parametrize(("agency", "level", "region", "seen"), UNITS)
def test_a_case_is_seen_by_its_office_and_those_above_it_only(
    installation: Installation, agency: str, level: Level, region: str, seen: bool
) -> None:
    async def story(office: Office) -> None:
        number = await submitted(office, await applicant(office))
        case = await case_of(office, number)
        actor = official_of(Unit(agency=agency, level=level, region=RegionCode(region)))
        found = await casework.open_case(office, actor=actor, number=case.number)
        assert isinstance(found, casework.CaseFile) is seen
        if not seen:
            assert found == await casework.open_case(office, actor=actor, number="none") == Refused("unknown-case")
            objected = await casework.object_to_notice(office, actor=actor, number=case.number, note="x")
            assert objected == Refused("unknown-case")
        task = await open_task_at(office, case, "accept")
        works = (agency, level, region) == (task.agency, task.level, task.region)
        taken = await casework.claim(office, actor=actor, task_id=task.id)
        assert isinstance(taken, Refused) is not works
        opened = await casework.open_task(office, actor=actor, task_id=task.id)
        assert isinstance(opened, casework.OpenTask) is works
        if not works:
            done = await casework.complete_task(
                office, actor=actor, task_id=task.id, version=task.version, outcome="accept", data=EMPTY
            )
            nothing = await casework.claim(office, actor=actor, task_id="none")
            assert taken == opened == done == nothing == Refused("unknown-task")
        lines = (await queue.queue(office, actor=actor, tab="open")).lines
        assert bool(lines) is works

    act(installation, story)


def test_another_applicant_sees_nothing_of_an_application(installation: Installation) -> None:
    async def story(office: Office) -> None:
        me, other = await applicant(office), await applicant(office, OTHER_PHONE)
        number = await submitted(office, me)
        case = await case_of(office, number)
        assert (await following.applications_of(office, actor=other)).applications == ()
        assert await following.application(office, actor=other, number=number) == Refused("unknown-application")
        assert await following.application(office, actor=other, number="none") == Refused("unknown-application")
        gone = await following.withdraw(office, actor=other, number=number, case_id=case.id, reason="")
        assert gone == Refused("unknown-application")
        assert await applying.open_supplement(office, actor=other, case_id=case.id) == Refused("unknown-case")
        assert (await case_of(office, number)).version == case.version

    act(installation, story)


def test_files_are_shown_to_their_applicant_and_to_officials_of_the_case_only(installation: Installation) -> None:
    async def story(office: Office) -> None:
        me, other = await applicant(office), await applicant(office, OTHER_PHONE)
        draft = await demonstration.load_family(office, actor=me, service_id=SERVICE, example_id="taiyuan_moved_within_city")
        assert isinstance(draft, applying.Draft)
        files = {name: value for name, value in draft.data.values.items() if name.startswith("/materials/")}
        file_id = files["/materials/identity_proof"][0]["id"]
        township = await official(office, "civil_affairs-township")

        async def sees(actor: Actor) -> bool:
            return isinstance(await applying.load_file(office, actor=actor, file_id=file_id), applying.LoadedFile)

        assert [await sees(one) for one in (me, other, township)] == [True, False, False]
        result = await applying.submit(office, actor=me, draft_id=draft.id, version=draft.version)
        assert isinstance(result, applying.Submitted)
        # Where nobody worked yet, somebody does now.
        township = await official(office, "civil_affairs-township")
        assert [await sees(one) for one in (me, other, township)] == [True, False, True]
        elsewhere = official_of(Unit(agency="civil_affairs", level="county", region=RegionCode("140106")))
        education = await official(office, "education-county")
        province = await administrator(office)
        assert [await sees(one) for one in (elsewhere, education, province)] == [False, False, False]

    act(installation, story)


def test_a_file_that_no_answer_refers_to_any_more_is_not_shown_to_officials(installation: Installation) -> None:
    async def story(office: Office) -> None:
        me = await applicant(office)
        draft = await drafted(office, me)
        file = await applying.store_file(
            office, actor=me, draft_id=draft.id, name="a.png", media_type="image/png", content=b"picture"
        )
        assert not isinstance(file, Refused)
        assert isinstance(await applying.submit(office, actor=me, draft_id=draft.id, version=draft.version), applying.Submitted)
        township = await official(office, "civil_affairs-township")
        assert await applying.load_file(office, actor=township, file_id=file.id) == Refused("unknown-file")
        mine = await applying.load_file(office, actor=me, file_id=file.id)
        assert isinstance(mine, applying.LoadedFile) and mine.content == b"picture"

    act(installation, story)


def test_an_official_sees_the_answers_of_the_own_item_only(installation: Installation) -> None:
    async def story(office: Office) -> None:
        me = await applicant(office)
        draft = await demonstration.load_family(office, actor=me, service_id=SERVICE, example_id="family_of_eight")
        assert isinstance(draft, applying.Draft)
        result = await applying.submit(office, actor=me, draft_id=draft.id, version=draft.version)
        assert isinstance(result, applying.Submitted)
        case = await case_of(office, result.number, "employment_assistance")
        actor = await official(office, "human_resources-county")
        file = await casework.open_case(office, actor=actor, number=case.number)
        assert isinstance(file, casework.CaseFile)
        rows = {row.id for group in file.groups for inner in (group, *group.groups) for row in inner.rows}
        scope = installation.release.service.items
        allowed = {*scope.common_scope, *scope.items["employment_assistance"].data_scope}
        assert rows <= allowed
        assert "bank_account.account_number" not in rows
        numbers = {related.item_title: related.number for related in file.related}
        assert set(numbers.values()) == {""} and len(numbers) == 2

    act(installation, story)


def test_the_county_keeps_seeing_a_case_it_has_worked_on(installation: Installation) -> None:
    outside = Outside()

    async def story(office: Office) -> None:
        number = await submitted(office, await applicant(office), walk_answers())
        await to_public_notice(office, outside, number)
        await demonstration.advance_clock(office, days=8)
        await complete(office, number, "confirm", "approve")
        case, county = await case_of(office, number), await official(office, "civil_affairs-county")
        file = await casework.open_case(office, actor=county, number=case.number)
        assert isinstance(file, casework.CaseFile)
        assert file.result_title and file.decisions and file.state == "ended"
        assert all(line.state == "done" and line.completed_by for line in file.tasks)

    act(installation, story, outside)


def test_an_administrator_configures_the_own_region_only(installation: Installation) -> None:
    async def story(office: Office) -> None:
        city, province = await administrator(office, "admin-city"), await administrator(office)
        assert [(line.region, line.own_layer) for line in await configuring.services(office, actor=city)] == [("140100", True)]
        unknown = Refused("unknown-service")
        assert await configuring.working(office, actor=city, service_id=SERVICE) == unknown
        assert await configuring.findings(office, actor=city, service_id=SERVICE) == unknown
        assert await revising.propose(office, actor=city, service_id=SERVICE, note="mine") == unknown
        assert await configuring.working(office, actor=city, service_id=SERVICE, region="140200") == unknown
        assert await configuring.export_zip(office, actor=city, service_id=SERVICE) == unknown
        assert await configuring.working(office, actor=province, service_id="no/service") == unknown
        assert {line.service_id for line in await configuring.services(office, actor=province)} == {SERVICE}

    act(installation, story)

"""From signing in to a result the applicant reads, through every office and another system, on a real store."""

from __future__ import annotations

import asyncio
from datetime import timedelta
from xml.etree import ElementTree

from busy_office import (
    Installation,
    Outside,
    act,
    applicant,
    case_of,
    complete,
    official,
    open_task_at,
    opened,
    queued,
    submitted,
    to_public_notice,
)

from server.actions import casework, demonstration, following, operating
from server.actions.casework import Done
from server.actions.office import Office
from server.findings import Refused


def test_an_application_is_decided_and_its_applicant_reads_the_result_with_the_reason(installation: Installation) -> None:
    outside = Outside()

    async def story(office: Office) -> None:
        me = await applicant(office)
        number = await submitted(office, me)
        assert await queued(office, await official(office, "civil_affairs-township")) != ()
        await to_public_notice(office, outside, number)
        case = await case_of(office, number)
        notice = await office.store.notice_of(case.id)
        assert notice is not None and not notice.ended
        assert await demonstration.advance_clock(office, days=8) is None
        assert await queued(office, await official(office, "civil_affairs-county")) != ()
        assert isinstance(await complete(office, number, "confirm", "approve"), Done)
        view = await following.application(office, actor=me, number=number)
        assert isinstance(view, following.ApplicationView)
        (shown,) = view.cases
        assert (shown.state, shown.end_tone) == ("ended", "good")
        assert shown.reason and shown.advice and not shown.can_withdraw
        assert all(step.state == "done" for step in shown.steps)
        assert view.messages

    act(installation, story, outside)


def test_every_message_to_the_applicant_also_goes_to_the_telephone(installation: Installation) -> None:
    outside = Outside()

    async def story(office: Office) -> None:
        number = await submitted(office, await applicant(office))
        await complete(office, number, "accept", "accept")
        await operating.run_due(office)
        application = await office.store.application_by_number(number)
        assert application is not None
        texts = {text.text for text in outside.texts if text.to == "13800000001"}
        assert {message.text for message in await office.store.messages_of(application.id)} <= texts

    act(installation, story, outside)


def test_the_request_to_the_other_system_carries_only_what_its_mapping_names(installation: Installation) -> None:
    outside = Outside()

    async def story(office: Office) -> None:
        number = await submitted(office, await applicant(office))
        await complete(office, number, "accept", "accept")
        await operating.run_due(office)
        (request,) = outside.requests
        operation = installation.release.service.connectors["means_check"].operations[request.operation]
        assert set(request.data) <= set(operation.request["properties"])
        assert request.callback == "http://onething.test/connectors/means_check/replies"
        file = await casework.open_case(
            office, actor=await official(office, "civil_affairs-township"), number=(await case_of(office, number)).number
        )
        assert isinstance(file, casework.CaseFile) and len(file.requests) == 1
        chart = ElementTree.fromstring(file.chart)
        groups = [group for group in chart.iter("g") if "chart-current" in group.get("class", "").split()]
        (current,) = groups
        node = installation.release.processes[file.case.state.process].definition.nodes["means_check"]
        assert f"{node.title} (正在办理)" in current.itertext()
        assert len([group for group in chart.iter("g") if "chart-visited" in group.get("class", "").split()]) >= 3

    act(installation, story, outside)


def test_a_public_notice_interrupted_by_a_restart_ends_once(installation: Installation) -> None:
    outside = Outside()

    async def before(office: Office) -> str:
        number = await submitted(office, await applicant(office))
        await to_public_notice(office, outside, number)
        return number

    number = act(installation, before, outside)

    async def after() -> None:
        async with (
            opened(installation.folder, release=installation.release) as office,
            opened(installation.folder, release=installation.release) as again,
        ):
            await office.set_clock(ahead=await ahead_of_notice(office, number))
            await again.restore_clock()
            first, second = await operating.run_due(office), await operating.run_due(again)
            assert (first.failures, second.failures) == (0, 0)
            case = await case_of(office, number)
            assert [line.kind for line in case.history].count("notice_ended") == 1
            assert (await open_task_at(office, case, "confirm")).round == 1
            assert await office.store.due_timers(office.clock()) == ()

    asyncio.run(after())


async def ahead_of_notice(office: Office, number: str) -> timedelta:
    notice = await office.store.notice_of((await case_of(office, number)).id)
    assert notice is not None
    return notice.until - office.now()


def test_a_timer_fires_as_of_the_instant_it_was_due(installation: Installation) -> None:
    outside = Outside()

    async def story(office: Office) -> None:
        number = await submitted(office, await applicant(office))
        await to_public_notice(office, outside, number)
        notice = await office.store.notice_of((await case_of(office, number)).id)
        await demonstration.advance_clock(office, days=30)
        task = await open_task_at(office, await case_of(office, number), "confirm")
        assert notice is not None and task.opened_at == notice.until

    act(installation, story, outside)


def test_whoever_withdraws_ends_the_case_and_empties_the_queue(installation: Installation) -> None:
    async def story(office: Office) -> None:
        me = await applicant(office)
        number = await submitted(office, me)
        case = await case_of(office, number)
        done = await following.withdraw(office, actor=me, number=number, case_id=case.id, reason="")
        assert done is None
        again = await following.withdraw(office, actor=me, number=number, case_id=case.id, reason="")
        assert again == Refused("already-ended")
        assert await queued(office, await official(office, "civil_affairs-township")) == ()
        view = await following.application(office, actor=me, number=number)
        assert isinstance(view, following.ApplicationView) and view.cases[0].state == "withdrawn"

    act(installation, story)

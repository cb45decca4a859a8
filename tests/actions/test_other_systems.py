"""Requests that go out until they are taken, replies that count once, and rounds that nothing stops."""

from __future__ import annotations

import asyncio
from datetime import timedelta

import msgspec
import pytest
from busy_office import (
    INCOMING,
    MEANS_CHECK,
    OTHER_PHONE,
    OUTGOING,
    PHONE,
    REPORT,
    Installation,
    Outside,
    act,
    applicant,
    call_back,
    case_of,
    complete,
    submitted,
    to_public_notice,
)

from server.actions import casework, demonstration, following, operating, replying, signing_in
from server.actions.lanes import Due, Lane
from server.actions.office import Office
from server.cases.changes import request_key
from server.connect.envelope import Reply, seal
from server.findings import Refused
from server.store import OutboxRow


async def asked(office: Office) -> str:
    """The number of an application whose case has just asked the other system."""
    number = await submitted(office, await applicant(office))
    assert isinstance(await complete(office, number, "accept", "accept"), casework.Done)
    return number


async def request_of(office: Office, number: str) -> OutboxRow:
    case = await case_of(office, number)
    (token,) = case.state.tokens
    row = await office.store.request(request_key(case.id, node=token.node, token=token.id, round=token.round))
    assert row is not None
    return row


async def node_of(office: Office, number: str) -> str:
    (token,) = (await case_of(office, number)).state.tokens
    return token.node


def test_a_reply_counts_once_however_often_it_is_called_back(installation: Installation) -> None:
    async def story(office: Office) -> None:
        number = await asked(office)
        key = (await request_of(office, number)).request.key
        results = await asyncio.gather(*(call_back(office, key) for _ in range(10)))
        assert sum(isinstance(one, replying.Accepted) and one.applied for one in results) == 1
        assert all(isinstance(one, replying.Accepted) for one in results)
        case = await case_of(office, number)
        assert [line.kind for line in case.history].count("call_answered") == 1

    act(installation, story)


def test_a_late_reply_is_recorded_once_and_changes_nothing(installation: Installation) -> None:
    async def story(office: Office) -> None:
        me = await applicant(office)
        number = await submitted(office, me)
        await complete(office, number, "accept", "accept")
        key = (await request_of(office, number)).request.key
        case = await case_of(office, number)
        await following.withdraw(office, actor=me, number=number, case_id=case.id, reason="")
        before = await case_of(office, number)
        for _ in range(3):
            assert await call_back(office, key) == replying.Accepted(key=key, applied=False)
        assert await case_of(office, number) == before
        events = [row.event for row in await office.store.audit(case.id)]
        assert [event.action for event in events].count("late_reply") == 1
        assert str(REPORT["deposits_fen"]) not in str(events[-1].details)
        assert await office.store.verify_chain(case.id)

    act(installation, story)


@pytest.mark.parametrize(
    ("connector", "secret", "reason"),
    [
        (MEANS_CHECK, OUTGOING, "signature-wrong"),
        (MEANS_CHECK, b"another secret of thirty bytes.", "signature-wrong"),
        ("sms", INCOMING, "unknown-request"),
        ("unbound", INCOMING, "unknown-request"),
    ],
)
def test_a_reply_that_does_not_prove_its_sender_is_refused(
    installation: Installation, connector: str, secret: bytes, reason: str
) -> None:
    async def story(office: Office) -> None:
        number = await asked(office)
        key = (await request_of(office, number)).request.key
        sealed = seal(secret, Reply(key=key, data=dict(REPORT)), at=office.now())
        result = await replying.take_reply(office, connector=connector, headers=sealed.headers, body=sealed.body)
        assert result == Refused(reason)
        assert await node_of(office, number) == "means_check"

    act(installation, story)


def test_a_reply_to_a_request_never_made_is_refused(installation: Installation) -> None:
    async def story(office: Office) -> None:
        assert await call_back(office, "never-made") == Refused("unknown-request")

    act(installation, story)


@pytest.mark.parametrize("report", [{"deposits_fen": "unknown"}, {**REPORT, "deposits_fen": 2**60}, {}])
def test_a_report_that_breaks_the_contract_sends_the_case_to_a_person(
    installation: Installation, report: dict[str, object]
) -> None:
    async def story(office: Office) -> None:
        number = await asked(office)
        key = (await request_of(office, number)).request.key
        assert await call_back(office, key, report) == replying.Accepted(key=key, applied=False)
        assert await node_of(office, number) == "means_check_manual"

    act(installation, story)


def test_a_system_that_is_down_is_asked_again_until_it_takes_the_request(installation: Installation) -> None:
    outside = Outside(status=503)

    async def story(office: Office) -> None:
        number = await asked(office)
        for attempt in range(1, 4):
            await operating.run_due(office)
            row = await request_of(office, number)
            assert (row.state, row.attempts, row.cause) == ("waiting", attempt, "unavailable")
            assert row.next_at is not None and row.next_at > office.clock()
            await office.set_clock(ahead=office.ahead + timedelta(hours=1))
        outside.status = 202
        await operating.run_due(office)
        assert (await request_of(office, number)).state == "accepted"
        assert len(outside.requests) == 1
        assert await node_of(office, number) == "means_check"

    act(installation, story, outside)


def test_a_system_that_never_answers_is_given_up_and_a_person_takes_over(installation: Installation) -> None:
    outside = Outside(status=503)

    async def story(office: Office) -> None:
        number = await asked(office)
        operation = installation.release.service.connectors[MEANS_CHECK].operations["request_report"]
        for _ in range(operation.retry.attempts):
            await operating.run_due(office)
            await office.set_clock(ahead=office.ahead + timedelta(hours=1))
        assert await node_of(office, number) == "means_check_manual"
        assert await office.store.due_requests(office.clock()) == ()

    act(installation, story, outside)


def test_a_request_refused_for_good_is_not_repeated(installation: Installation) -> None:
    outside = Outside(status=422)

    async def story(office: Office) -> None:
        number = await asked(office)
        await operating.run_due(office)
        assert await node_of(office, number) == "means_check_manual"

    act(installation, story, outside)


def test_a_slot_that_is_not_bound_sends_the_case_to_a_person(installation: Installation) -> None:
    async def story(office: Office) -> None:
        unbound = Office(msgspec.structs.replace(office.settings, bindings={}), office.store, office.http)
        unbound.keep(installation.release)
        number = await asked(office)
        done = await operating.run_due(unbound)
        assert done.failures == 0
        assert await node_of(office, number) == "means_check_manual"

    act(installation, story)


def test_a_report_that_never_comes_is_given_up_after_the_limit(installation: Installation) -> None:
    async def story(office: Office) -> None:
        number = await asked(office)
        await operating.run_due(office)
        await demonstration.advance_clock(office, days=20)
        assert await node_of(office, number) == "means_check_manual"

    act(installation, story)


def test_a_gateway_that_is_down_loses_no_text(installation: Installation) -> None:
    outside = Outside(status=503)

    async def story(office: Office) -> None:
        await signing_in.request_code(office, phone=PHONE, client="c")
        await operating.run_due(office)
        assert outside.texts == []
        outside.status = 202
        await office.set_clock(ahead=timedelta(seconds=5))
        await operating.run_due(office)
        assert [text.to for text in outside.texts] == [PHONE]
        assert await office.store.due_texts(office.clock() + timedelta(days=1)) == ()

    act(installation, story, outside)


def test_one_case_that_cannot_move_stops_no_other(installation: Installation, monkeypatch: pytest.MonkeyPatch) -> None:
    outside, fire = Outside(), operating.fire

    async def story(office: Office) -> None:
        numbers = [await submitted(office, await applicant(office, phone)) for phone in (PHONE, OTHER_PHONE)]
        for number in numbers:
            await to_public_notice(office, outside, number)
        broken = (await case_of(office, numbers[0])).id

        def damaged(release, dossier, timer, **moment):  # type: ignore[no-untyped-def]
            if dossier.case.id == broken:
                raise KeyError("personal words")
            return fire(release, dossier, timer, **moment)

        monkeypatch.setattr(operating, "fire", damaged)
        await office.set_clock(ahead=timedelta(days=8))
        done = await operating.run_due(office)
        assert (done.timers, done.failures) == (1, 1)
        assert [await node_of(office, number) for number in numbers] == ["public_notice", "confirm"]
        monkeypatch.setattr(operating, "fire", fire)
        await operating.run_due(office)
        assert await node_of(office, numbers[0]) == "confirm"

    act(installation, story, outside)


def test_what_failed_rests_and_is_logged_without_its_words(
    installation: Installation, capsys: pytest.CaptureFixture[str]
) -> None:
    async def story(office: Office) -> None:
        tries = []

        async def fails() -> bool:
            tries.append(office.clock())
            raise ValueError("personal words")

        async def due(now, limit):  # type: ignore[no-untyped-def]
            return [Due("one", now, fails)]

        lane = Lane(office, "test", due)
        assert (await lane.run()).failed == 1
        assert (await lane.run()).failed == 0
        await office.set_clock(ahead=timedelta(minutes=2))
        assert (await lane.run()).failed == 1
        assert len(tries) == 2

    act(installation, story)
    printed = capsys.readouterr().out
    assert "ValueError" in printed and "personal words" not in printed


def test_a_running_office_does_at_once_what_an_action_makes_due(installation: Installation) -> None:
    outside = Outside()

    async def story(office: Office) -> None:
        running = asyncio.create_task(operating.keep_running(office))
        await asyncio.sleep(0)
        await signing_in.request_code(office, phone=PHONE, client="c")
        while not outside.texts:
            assert not running.done()
            await asyncio.sleep(0.01)
        running.cancel()
        await asyncio.gather(running, return_exceptions=True)

    act(installation, story, outside)


def test_a_restarted_demonstration_finds_its_clock_where_it_was(installation: Installation) -> None:
    async def moved(office: Office) -> None:
        assert await demonstration.advance_clock(office, days=3) is None
        assert await demonstration.advance_clock(office, days=-1) == Refused("clock-fixed")

    async def restarted(office: Office) -> timedelta:
        return office.clock() - office.now()

    act(installation, moved)
    assert abs(act(installation, restarted) - timedelta(days=3)) < timedelta(seconds=1)

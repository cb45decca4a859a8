"""Timers, requests to other systems and text messages, each in the order it is due."""

from __future__ import annotations

import sqlite3
from datetime import timedelta
from pathlib import Path

import msgspec
from stored_values import NOW, account, application, case, message, request, run, timer

from server.cases.outcome import Outcome
from server.store import OutboxRow, Store, outbox

replace = msgspec.structs.replace

LATER = NOW + timedelta(hours=2)


async def fill(store: Store) -> None:
    await store.add_account(account(1, login="13900000001"))
    await store.save(
        Outcome(
            application=application(),
            cases=(case(),),
            timers=(timer(3), timer(1), timer(2)),
            requests=(request(3), request(1), request(2)),
            messages=(message(2), message(1)),
        )
    )


def test_timers_come_in_the_order_they_are_due_and_not_before(folder: Path) -> None:
    async def act(store: Store) -> None:
        await fill(store)
        assert await store.due_timers(NOW) == ()
        assert await store.due_timers(timer(2).due_at) == (timer(1), timer(2))
        assert await store.due_timers(timer(3).due_at, 1) == (timer(1),)
        await store.delete_timer(timer(1))
        assert await store.due_timers(timer(3).due_at) == (timer(2), timer(3))

    run(folder, act)


def test_a_timer_that_was_set_anew_is_not_removed_by_who_read_the_old_one(folder: Path) -> None:
    async def act(store: Store) -> None:
        await fill(store)
        anew = timer(1, due_at=timer(2).due_at)
        await store.save(Outcome(timers=(anew,)))
        await store.delete_timer(timer(1))
        assert await store.timer("timer-1") == anew
        await store.delete_timer(anew)
        assert await store.timer("timer-1") is None

    run(folder, act)


def test_requests_come_in_the_order_they_were_made(folder: Path) -> None:
    async def act(store: Store) -> None:
        await fill(store)
        assert await store.due_requests(NOW) == ()
        due = await store.due_requests(LATER)
        assert [row.request for row in due] == [request(1), request(2), request(3)]
        assert due[0] == OutboxRow(
            request=request(1), state="waiting", attempts=0, next_at=request(1).created_at, accepted_at=None, cause=""
        )
        assert len(await store.due_requests(LATER, 2)) == 2

    run(folder, act)


def test_a_request_is_postponed_given_up_and_sent_again(folder: Path) -> None:
    async def act(store: Store) -> None:
        await fill(store)
        await store.postpone_request("request-1", 1, LATER + timedelta(hours=1), "timed-out")
        assert [row.request.key for row in await store.due_requests(LATER)] == ["request-2", "request-3"]
        await store.postpone_request("request-1", 2, None, "refused")
        (dead,) = await store.dead_requests()
        assert (dead.request, dead.state, dead.attempts, dead.cause) == (request(1), "given_up", 2, "refused")
        await store.postpone_request("request-1", 0, LATER, "")
        assert await store.dead_requests() == ()
        assert [row.request.key for row in await store.due_requests(LATER)][-1] == "request-1"

    run(folder, act)


def test_an_accepted_request_waits_for_its_reply_and_a_closed_one_for_nothing(folder: Path) -> None:
    async def act(store: Store) -> None:
        await fill(store)
        await store.accept_request("request-1", LATER)
        row = await store.request("request-1")
        assert row and (row.state, row.accepted_at, row.next_at) == ("accepted", LATER, None)
        await store.postpone_request("request-1", 5, LATER, "unreachable")
        assert await store.request("request-1") == row
        await store.close_request("request-1")
        await store.accept_request("request-1", LATER)
        await store.postpone_request("request-1", 5, LATER, "unreachable")
        assert await store.request("request-1") == replace(row, state="closed")
        assert [row.request.key for row in await store.due_requests(LATER)] == ["request-2", "request-3"]

    run(folder, act)


def test_texts_come_with_telephone_and_words_until_they_are_sent(folder: Path) -> None:
    async def act(store: Store) -> None:
        await fill(store)
        await store.add_text("13900000009", "your code is 123456", "code-1")
        await store.add_text("13900000008", "another", "code-1")
        due = await store.due_texts(LATER)
        assert [(row.message_id, row.phone, row.text) for row in due] == [
            ("code-1", "13900000009", "your code is 123456"),
            ("message-1", "13900000001", message(1).text),
            ("message-2", "13900000001", message(2).text),
        ]
        await store.close_text("code-1")
        await store.postpone_text("message-1", 1, LATER + timedelta(hours=1), "unreachable")
        assert [row.message_id for row in await store.due_texts(LATER)] == ["message-2"]
        assert [row.attempts for row in await store.due_texts(LATER + timedelta(hours=1))] == [0, 1]
        await store.postpone_text("message-1", 2, None)
        assert [row.message_id for row in await store.due_texts(LATER + timedelta(days=9))] == ["message-2"]
        assert await store.messages_of("application-1") == (message(1), message(2))

    run(folder, act)


def test_a_text_goes_to_the_telephone_the_account_has_now(folder: Path) -> None:
    async def act(store: Store) -> None:
        await fill(store)
        await store.save_account(account(1, login="13900000002"))
        assert {row.phone for row in await store.due_texts(LATER)} == {"13900000002"}

    run(folder, act)


def test_everything_due_is_still_due_after_a_restart(folder: Path) -> None:
    run(folder, fill)

    async def act(store: Store) -> None:
        assert len(await store.due_timers(timer(3).due_at)) == len(await store.due_requests(LATER)) == 3
        assert len(await store.due_texts(LATER)) == 2

    run(folder, act)


def test_due_entries_are_read_from_an_index(folder: Path) -> None:
    with sqlite3.connect(folder / "onething.sqlite3") as connection:
        for statement, index in (
            (outbox._DUE_TIMERS, "timers_due"),
            (outbox._DUE_REQUESTS, "requests_due"),
            (outbox._GIVEN_UP, "requests_given_up"),
            (outbox._DUE_TEXTS, "texts_due"),
        ):
            plan = [row[3] for row in connection.execute(f"EXPLAIN QUERY PLAN {statement}", {"now": 1, "limit": 1})]
            assert index in plan[0] and not any("TEMP B-TREE" in step for step in plan)

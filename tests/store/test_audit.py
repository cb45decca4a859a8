"""Chains of audit events: what was changed, left out, added or moved is found."""

from __future__ import annotations

import asyncio
import hashlib
import sqlite3
from pathlib import Path

import pytest
from stored_values import event, run

from server.store import Store

CHAIN = "case-1"

TAMPERING = {
    "an event is changed": "UPDATE events SET event = CAST(replace(CAST(event AS TEXT), 'step 3', 'step 9') AS BLOB)"
    " WHERE sequence = 3",
    "an event is stored as text": "UPDATE events SET event = CAST(event AS TEXT) WHERE sequence = 3",
    "an event is changed and its hash made anew": "rehash",
    "an event is removed": "DELETE FROM events WHERE sequence = 3",
    "the first event is removed": "DELETE FROM events WHERE chain = 'case-1' AND sequence = 1",
    "a hash is changed": "UPDATE events SET hash = zeroblob(32) WHERE sequence = 5 AND chain = 'case-1'",
    "two events change places": "UPDATE events SET sequence = CASE sequence WHEN 2 THEN -3 WHEN 3 THEN -2 ELSE sequence END"
    " WHERE chain = 'case-1'; UPDATE events SET sequence = -sequence WHERE sequence < 0",
    "an event is no event": "UPDATE events SET event = CAST('{}' AS BLOB) WHERE chain = 'case-1' AND sequence = 1",
    "a chain is copied from another": "DELETE FROM events WHERE chain = 'case-1';"
    " UPDATE events SET chain = 'case-1' WHERE chain = 'case-2'",
}


async def fill(store: Store) -> None:
    await store.add_events([event(CHAIN, "act", step=f"step {number}") for number in range(1, 6)])
    await store.add_events([event("case-2", "act", step="step 1")])


def execute(folder: Path, script: str) -> None:
    with sqlite3.connect(folder / "onething.sqlite3") as connection:
        if script == "rehash":
            (before,) = connection.execute("SELECT hash FROM events WHERE chain = ? AND sequence = 2", (CHAIN,)).fetchone()
            (old,) = connection.execute("SELECT event FROM events WHERE chain = ? AND sequence = 3", (CHAIN,)).fetchone()
            new = old.replace(b"step 3", b"step 9")
            connection.execute(
                "UPDATE events SET event = ?, hash = ? WHERE chain = ? AND sequence = 3",
                (new, hashlib.sha256(before + new).digest(), CHAIN),
            )
        else:
            connection.executescript(script)


def test_a_chain_as_it_was_written_verifies(folder: Path) -> None:
    async def act(store: Store) -> None:
        await fill(store)
        assert await store.verify_chain(CHAIN) and await store.verify_chain("case-2")
        assert await store.verify_chain("a chain without events")

    run(folder, act)


@pytest.mark.parametrize("tampering", TAMPERING)
def test_tampering_is_found(folder: Path, tampering: str) -> None:
    run(folder, fill)
    execute(folder, TAMPERING[tampering])
    assert not run(folder, lambda store: store.verify_chain(CHAIN))


def test_a_chain_of_many_pages_verifies_and_one_change_in_it_is_found(folder: Path) -> None:
    async def many(store: Store) -> bool:
        await store.add_events([event("system", "act", number=number) for number in range(2500)])
        return await store.verify_chain("system")

    assert run(folder, many)
    execute(folder, "UPDATE events SET event = CAST(replace(CAST(event AS TEXT), '2222', '2223') AS BLOB) WHERE sequence = 2223")
    assert not run(folder, lambda store: store.verify_chain("system"))


def test_events_are_read_in_order_page_by_page(folder: Path) -> None:
    async def act(store: Store) -> None:
        await fill(store)
        first = await store.audit(CHAIN, limit=2)
        rest = await store.audit(CHAIN, after=first[-1].sequence)
        assert [entry.sequence for entry in (*first, *rest)] == [1, 2, 3, 4, 5]
        assert [entry.event for entry in (*first, *rest)] == [event(CHAIN, "act", step=f"step {n}") for n in range(1, 6)]
        assert len({entry.hash for entry in (*first, *rest)}) == 5

    run(folder, act)


def test_events_added_by_many_at_once_form_one_chain(folder: Path) -> None:
    async def act(store: Store) -> None:
        await asyncio.gather(*(store.add_events([event("system", "sign_in", by=number)]) for number in range(64)))
        entries = await store.audit("system", limit=1000)
        assert [entry.sequence for entry in entries] == list(range(1, 65))
        assert {entry.event.details["by"] for entry in entries} == set(range(64))
        assert await store.verify_chain("system")

    run(folder, act)


def test_the_order_of_details_does_not_change_an_event(folder: Path) -> None:
    async def act(store: Store) -> None:
        await store.add_events([event("a", "act", one=1, two=2)])
        await store.add_events([event("a", "act", two=2, one=1)])
        with sqlite3.connect(folder / "onething.sqlite3") as connection:
            assert len(connection.execute("SELECT DISTINCT event FROM events").fetchall()) == 1

    run(folder, act)

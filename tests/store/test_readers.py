"""Reading never waits for writing, and never writes."""

from __future__ import annotations

import asyncio
import sqlite3
import threading
from pathlib import Path

import pytest
from stored_values import run, submission

from server.store import Store


def test_what_was_stored_is_read_at_once(folder: Path) -> None:
    async def act(store: Store) -> None:
        for number in range(1, 40):
            await store.save(submission(number))
            assert await store.application(f"application-{number}") is not None
            assert len(await store.tasks_of(f"case-{number}")) == 1

    run(folder, act)


def test_reading_goes_on_while_a_change_is_under_way_and_sees_nothing_of_it(folder: Path) -> None:
    begun, let_go = threading.Event(), threading.Event()

    def slow(connection: sqlite3.Connection) -> None:
        connection.execute("INSERT INTO flags VALUES ('name', 'new')")
        begun.set()
        let_go.wait()

    async def act(store: Store) -> None:
        writing = asyncio.ensure_future(store._write(slow))
        await asyncio.to_thread(begun.wait)
        assert await store.flag("name") == ""
        assert await store.audit("system") == ()
        let_go.set()
        await writing
        assert await store.flag("name") == "new"

    run(folder, act)


def test_more_readers_than_connections_take_turns(folder: Path) -> None:
    async def act(store: Store) -> None:
        await store.save(submission(1, tasks=3))
        found = await asyncio.gather(*(store.tasks_of("case-1") for _ in range(200)))
        assert {len(tasks) for tasks in found} == {3}

    run(folder, act)


def test_a_reader_that_is_given_up_leaves_its_connection_to_the_next(folder: Path) -> None:
    async def act(store: Store) -> None:
        for _ in range(20):
            reading = asyncio.ensure_future(store.tasks_of("case-1"))
            await asyncio.sleep(0)
            reading.cancel()
        async with asyncio.timeout(10):
            assert await store.tasks_of("case-1") == ()

    run(folder, act)


def test_readers_cannot_write(folder: Path) -> None:
    async def act(store: Store) -> None:
        with pytest.raises(sqlite3.OperationalError, match="readonly"):
            await store._row("DELETE FROM flags")
        with pytest.raises(sqlite3.OperationalError, match="readonly"):
            await store._rows("DELETE FROM flags")

    run(folder, act)

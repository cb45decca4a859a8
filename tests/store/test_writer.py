"""One commit for what queued up, a savepoint for each action, an answer for each caller."""

from __future__ import annotations

import asyncio
import sqlite3
import threading
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import TypeVar

import pytest

from server.store.writer import Undone, Writer

T = TypeVar("T")


@pytest.fixture
def path(tmp_path: Path) -> Path:
    path = tmp_path / "numbers.sqlite3"
    with sqlite3.connect(path) as connection:
        connection.execute("CREATE TABLE numbers (value INTEGER PRIMARY KEY)")
    return path


def run(path: Path, act: Callable[[Writer], Awaitable[T]]) -> T:
    async def with_writer() -> T:
        writer = Writer(path)
        try:
            return await act(writer)
        finally:
            await writer.close()

    return asyncio.run(with_writer())


def adding(value: int) -> Callable[[sqlite3.Connection], int]:
    return lambda connection: connection.execute("INSERT INTO numbers VALUES (?)", (value,)).rowcount


def numbers(path: Path) -> list[int]:
    with sqlite3.connect(path) as connection:
        return [value for (value,) in connection.execute("SELECT value FROM numbers ORDER BY value")]


class Held:
    """Keeps the writer busy, so that everything asked for meanwhile shares the next commit."""

    def __init__(self, writer: Writer) -> None:
        self._let_go = threading.Event()
        self._begun = threading.Event()
        self._task = asyncio.ensure_future(writer.run(self._wait))

    def _wait(self, _connection: sqlite3.Connection) -> None:
        self._begun.set()
        self._let_go.wait()

    async def __aenter__(self) -> None:
        await asyncio.to_thread(self._begun.wait)

    async def __aexit__(self, *_fault: object) -> None:
        await asyncio.sleep(0)
        self._let_go.set()
        await self._task


def test_what_queues_up_shares_one_commit(path: Path) -> None:
    commits: list[str] = []

    async def act(writer: Writer) -> None:
        await writer.run(lambda connection: connection.set_trace_callback(commits.append))
        commits.clear()
        async with Held(writer):
            waiting = [asyncio.ensure_future(writer.run(adding(value))) for value in range(20)]
        assert await asyncio.gather(*waiting) == [1] * 20

    run(path, act)
    assert commits.count("COMMIT") == 2
    assert numbers(path) == list(range(20))


def test_a_failing_action_disturbs_no_other_and_leaves_no_trace(path: Path) -> None:
    def half(connection: sqlite3.Connection) -> None:
        connection.execute("INSERT INTO numbers VALUES (100)")
        raise LookupError("half way")

    def undone(connection: sqlite3.Connection) -> str:
        connection.execute("INSERT INTO numbers VALUES (200)")
        raise Undone("not now")

    async def act(writer: Writer) -> list[object]:
        async with Held(writer):
            actions = (adding(1), half, adding(2), adding(1), undone, adding(3))
            waiting = [asyncio.ensure_future(writer.run(action)) for action in actions]
        return await asyncio.gather(*waiting, return_exceptions=True)

    answers = run(path, act)
    assert answers[0] == answers[2] == answers[5] == 1
    assert isinstance(answers[1], LookupError) and isinstance(answers[3], sqlite3.IntegrityError)
    assert answers[4] == "not now"
    assert numbers(path) == [1, 2, 3]


def test_a_commit_that_fails_fails_for_everybody_and_the_next_one_works(path: Path) -> None:
    with sqlite3.connect(path) as connection:
        connection.execute("CREATE TABLE children (parent INTEGER REFERENCES numbers DEFERRABLE INITIALLY DEFERRED)")

    def orphan(connection: sqlite3.Connection) -> None:
        connection.execute("INSERT INTO children VALUES (99)")

    async def act(writer: Writer) -> list[object]:
        async with Held(writer):
            waiting = [asyncio.ensure_future(writer.run(action)) for action in (adding(1), orphan, adding(2))]
        answers = await asyncio.gather(*waiting, return_exceptions=True)
        assert await writer.run(adding(3)) == 1
        return answers

    assert all(isinstance(answer, sqlite3.IntegrityError) for answer in run(path, act))
    assert numbers(path) == [3]


def test_a_full_disk_fails_for_everybody_of_the_commit_and_nothing_of_it_stays(path: Path) -> None:
    def fill(connection: sqlite3.Connection) -> None:
        connection.execute("INSERT INTO numbers SELECT value + 1000 FROM generated")

    with sqlite3.connect(path) as connection:
        connection.execute("CREATE TABLE generated (value INTEGER PRIMARY KEY)")
        connection.executemany("INSERT INTO generated VALUES (?)", ((value,) for value in range(20_000)))

    async def act(writer: Writer) -> list[object]:
        await writer.run(lambda connection: connection.execute("PRAGMA max_page_count = 1"))
        async with Held(writer):
            waiting = [asyncio.ensure_future(writer.run(action)) for action in (adding(1), fill, adding(2))]
        answers = await asyncio.gather(*waiting, return_exceptions=True)
        await writer.run(lambda connection: connection.execute("PRAGMA max_page_count = 1000000"))
        assert await writer.run(adding(3)) == 1
        return answers

    answers = run(path, act)
    assert isinstance(answers[1], sqlite3.OperationalError) and "full" in str(answers[1])
    stored = {value for value in numbers(path) if value < 1000}
    assert stored == {3} | {value for value, answer in ((1, answers[0]), (2, answers[2])) if answer == 1}
    assert all(value < 1000 for value in numbers(path))


def test_an_action_whose_caller_has_gone_is_stored_all_the_same(path: Path) -> None:
    async def act(writer: Writer) -> None:
        async with Held(writer):
            leaving = asyncio.ensure_future(writer.run(adding(1)))
            staying = asyncio.ensure_future(writer.run(adding(2)))
            await asyncio.sleep(0)
            leaving.cancel()
        assert await staying == 1

    run(path, act)
    assert numbers(path) == [1, 2]


def test_closing_finishes_what_was_asked_for_and_takes_nothing_more(path: Path) -> None:
    async def act(writer: Writer) -> None:
        async with Held(writer):
            waiting = [asyncio.ensure_future(writer.run(adding(value))) for value in range(600)]
        await writer.close()
        assert await asyncio.gather(*waiting) == [1] * 600
        with pytest.raises(RuntimeError, match="closed"):
            await writer.run(adding(1000))
        await writer.close()

    run(path, act)
    assert numbers(path) == list(range(600))


def test_commits_wait_for_the_disk(path: Path) -> None:
    async def act(writer: Writer) -> tuple[object, ...]:
        def read(connection: sqlite3.Connection) -> tuple[object, ...]:
            names = ("journal_mode", "synchronous", "foreign_keys")
            return tuple(connection.execute(f"PRAGMA {name}").fetchone()[0] for name in names)

        return await writer.run(read)

    assert run(path, act) == ("wal", 2, 1)

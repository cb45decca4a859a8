"""The one writer: a thread that commits together what was asked for meanwhile.

Every action runs in a savepoint of its own, so that one that fails leaves no trace and disturbs no other of the same commit.
Nobody is answered before the commit is on disk.
"""

from __future__ import annotations

import asyncio
import contextlib
import queue
import sqlite3
import sys
import threading
from collections.abc import Callable
from pathlib import Path
from typing import Any, NamedTuple, TypeVar

T = TypeVar("T")

#: Most actions that share a commit; beyond it the first would wait too long for the last.
MOST_TOGETHER = 256

_PRAGMAS = (
    "journal_mode = WAL",
    "synchronous = FULL",
    "foreign_keys = ON",
    # Savepoints keep what they may have to undo there; in files they cost a third of the time of an action.
    "temp_store = MEMORY",
    "cache_size = -65536",
)
_BUSY_SECONDS = 30.0
_SWITCH_SECONDS = 0.001
_CACHED_STATEMENTS = 512


class Undone(Exception):
    """Raised by an action to leave no trace and give its caller `value`."""

    def __init__(self, value: Any) -> None:
        super().__init__()
        self.value = value


class _Job(NamedTuple):
    action: Callable[[sqlite3.Connection], Any]
    answer: asyncio.Future[Any]


class _Answer(NamedTuple):
    job: _Job
    value: Any = None
    fault: Exception | None = None


class Writer:
    """The only connection that writes."""

    def __init__(self, path: Path) -> None:
        """Opens the database, which exists already, and starts the thread."""
        self._connection = sqlite3.connect(
            path, timeout=_BUSY_SECONDS, isolation_level=None, check_same_thread=False, cached_statements=_CACHED_STATEMENTS
        )
        for pragma in _PRAGMAS:
            self._connection.execute(f"PRAGMA {pragma}")
        # A thread takes the interpreter back after each statement; at the usual 5 ms for each, one busy moment of the event loop
        # held up a commit of a few actions by half a second.
        sys.setswitchinterval(min(sys.getswitchinterval(), _SWITCH_SECONDS))
        self._jobs: queue.SimpleQueue[_Job | None] = queue.SimpleQueue()
        self._closed = False
        self._thread = threading.Thread(target=self._work, name="store-writer", daemon=True)
        self._thread.start()

    async def run(self, action: Callable[[sqlite3.Connection], T]) -> T:
        """The action's result, once it is on disk; the action must do nothing but use the connection."""
        if self._closed:
            raise RuntimeError("the store is closed")
        answer: asyncio.Future[T] = asyncio.get_running_loop().create_future()
        self._jobs.put(_Job(action, answer))
        return await answer

    async def close(self) -> None:
        """Ends the thread after everything that was asked for before."""
        if not self._closed:
            self._closed = True
            self._jobs.put(None)
        await asyncio.to_thread(self._thread.join)

    def _work(self) -> None:
        open_ = True
        while open_:
            batch, open_ = self._next_batch()
            if batch:
                _answer(self._commit(batch))
        self._connection.close()

    def _next_batch(self) -> tuple[list[_Job], bool]:
        """The jobs that are waiting, at least one, and whether more can come."""
        batch: list[_Job] = []
        job = self._jobs.get()
        while job is not None:
            batch.append(job)
            if len(batch) == MOST_TOGETHER:
                return batch, True
            try:
                job = self._jobs.get_nowait()
            except queue.Empty:
                return batch, True
        return batch, False

    def _commit(self, batch: list[_Job]) -> list[_Answer]:
        try:
            self._connection.execute("BEGIN IMMEDIATE")
            answers = [self._attempt(job) for job in batch]
            self._connection.execute("COMMIT")
        except Exception as fault:
            with contextlib.suppress(sqlite3.Error):
                self._connection.execute("ROLLBACK")
            return [_Answer(job, fault=fault) for job in batch]
        return answers

    def _attempt(self, job: _Job) -> _Answer:
        self._connection.execute("SAVEPOINT action")
        try:
            answer = _Answer(job, job.action(self._connection))
        except Exception as fault:
            # A full disk and the like make SQLite roll back the whole transaction: then nobody's action is stored.
            if not self._connection.in_transaction:
                raise
            self._connection.execute("ROLLBACK TO action")
            answer = _Answer(job, fault.value) if isinstance(fault, Undone) else _Answer(job, fault=fault)
        self._connection.execute("RELEASE action")
        return answer


def _answer(answers: list[_Answer]) -> None:
    """Hands the answers to the loops that wait for them, with one wake-up for each loop."""
    loops: dict[asyncio.AbstractEventLoop, list[_Answer]] = {}
    for answer in answers:
        loops.setdefault(answer.job.answer.get_loop(), []).append(answer)
    for loop, waiting in loops.items():
        # A loop that has ended has nobody left to tell; what was asked for is stored all the same.
        with contextlib.suppress(RuntimeError):
            loop.call_soon_threadsafe(_settle, waiting)


def _settle(answers: list[_Answer]) -> None:
    for job, value, fault in answers:
        if job.answer.done():
            continue
        if fault is None:
            job.answer.set_result(value)
        else:
            job.answer.set_exception(fault)

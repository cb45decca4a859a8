"""A lane of things that become due: done in their order, what fails rests a while and never stops the others."""

from __future__ import annotations

import asyncio
import contextlib
import traceback
from collections.abc import Awaitable, Callable
from datetime import datetime, timedelta

import msgspec
import structlog

from server.actions.office import Office

_LOG = structlog.get_logger("onething.operating")

#: How long a thing that failed by a fault of ours is left alone.
_REST = timedelta(seconds=60)
_LONGEST_SLEEP = timedelta(seconds=30)
#: Whoever moves a demonstration's clock or stops a simulator wants to see what follows.
_LONGEST_DEMO_SLEEP = timedelta(seconds=1)


class Due(msgspec.Struct, frozen=True):
    """One thing, and how to do it; `do` says whether it is off the list, or at least not due any more."""

    name: str
    at: datetime
    do: Callable[[], Awaitable[bool]]


class Done(msgspec.Struct, frozen=True):
    """How many things were done, and how many failed."""

    done: int
    failed: int


class Lane:
    """One kind of things."""

    def __init__(
        self, office: Office, name: str, due: Callable[[datetime, int], Awaitable[list[Due]]], *, at_once: int = 1
    ) -> None:
        """`due` gives the first things due at an instant; up to `at_once` of them are done at the same time."""
        self._office = office
        self._name = name
        self._due = due
        self._at_once = at_once
        self._resting: dict[str, datetime] = {}

    async def run(self) -> Done:
        """Does everything that is due, and what becomes due by that."""
        done = failed = 0
        async with self._office.lock(f"lane {self._name}"):
            while ready := await self._ready():
                results = await asyncio.gather(*(self._attempt(one) for one in ready))
                done, failed = done + results.count(True), failed + results.count(False)
        return Done(done, failed)

    async def keep_running(self) -> None:
        """Runs until cancelled: at once when the office wakes, otherwise when the next thing is due."""
        while True:
            woken = self._office.awake
            try:
                await self.run()
                pause = await self._pause()
            except Exception as fault:
                _report(fault, lane=self._name)
                pause = _LONGEST_DEMO_SLEEP
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(woken.wait(), pause.total_seconds())

    async def _ready(self) -> list[Due]:
        """The next things to do, fetched anew each time, because what is done may make others due that come earlier."""
        now = self._office.clock()
        self._resting = {name: until for name, until in self._resting.items() if until > now}
        found = await self._due(now, self._at_once + len(self._resting))
        return [one for one in found if one.name not in self._resting][: self._at_once]

    async def _attempt(self, one: Due) -> bool:
        try:
            if await one.do():
                return True
        except Exception as fault:
            _report(fault, lane=self._name, name=one.name)
        self._resting[one.name] = self._office.clock() + _REST
        return False

    async def _pause(self) -> timedelta:
        longest = _LONGEST_DEMO_SLEEP if self._office.settings.demo else _LONGEST_SLEEP
        now = self._office.clock()
        coming = await self._due(now + longest, 1 + len(self._resting))
        first = min((one.at for one in coming if one.name not in self._resting), default=now + longest)
        return min(max(first - now, timedelta()), longest)


def _report(fault: Exception, **where: str) -> None:
    """Logs the kind and places of a fault, never its words, which may hold personal data."""
    frames = [f"{frame.filename}:{frame.lineno} {frame.name}" for frame in traceback.extract_tb(fault.__traceback__)][-8:]
    _LOG.error("failed", kind=type(fault).__name__, frames=frames, **where)

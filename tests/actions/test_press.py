"""The press takes a few papers at a time, goes on after a failure, and sends away whom it cannot serve."""

from __future__ import annotations

import asyncio
import threading

import pytest

from server.actions.press import Press
from server.findings import Refused
from server.paper.content import Paper, Words

PAPER = Paper(title="T", words=Words(page="{page}/{pages}", date=""))


def test_never_more_than_two_are_set_at_once_and_all_are_printed() -> None:
    running, most, lock = 0, 0, threading.Lock()
    together = threading.Barrier(2)

    def make() -> Paper:
        nonlocal running, most
        with lock:
            running += 1
            most = max(most, running)
        together.wait(timeout=30)
        with lock:
            running -= 1
        return PAPER

    async def crowd() -> list[bytes | Refused]:
        press = Press()
        return await asyncio.gather(*(press.print(make) for _ in range(8)))

    papers = asyncio.run(crowd())
    assert all(isinstance(paper, bytes) and paper.startswith(b"%PDF") for paper in papers)
    assert most == 2


def test_whoever_comes_when_too_many_wait_is_asked_to_come_again() -> None:
    go = threading.Event()

    def make() -> Paper:
        go.wait(timeout=30)
        return PAPER

    async def crowd() -> bytes | Refused:
        press = Press()
        waiting = [asyncio.create_task(press.print(make)) for _ in range(60)]
        await asyncio.sleep(0)
        refused = await press.print(make)
        go.set()
        assert all(isinstance(paper, bytes) for paper in await asyncio.gather(*waiting))
        assert isinstance(await press.print(make), bytes)
        return refused

    assert asyncio.run(crowd()) == Refused("busy")


def test_a_failure_is_told_and_takes_no_place_away() -> None:
    def fail() -> Paper:
        raise LookupError("nothing to print")

    async def crowd() -> None:
        press = Press()
        for _ in range(70):
            with pytest.raises(LookupError):
                await press.print(fail)
        assert isinstance(await press.print(lambda: PAPER), bytes)

    asyncio.run(crowd())

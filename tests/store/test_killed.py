"""Acknowledged means on disk: the process is killed under load, again and again, and everything it acknowledged is there."""

from __future__ import annotations

import random
import subprocess
import sys
from pathlib import Path

import accepting
from stored_values import run

from server.store import Store

ROUNDS = 3
#: Numbers of a round; far more than it can reach.
APART = 100_000
#: Acknowledgements after which the process is killed, at a moment nobody chose.
FEWEST, MOST = 5, 150


def accept_until_killed(folder: Path, first: int, enough: int) -> list[int]:
    """The numbers acknowledged by a process that is killed after about `enough` of them."""
    process = subprocess.Popen(
        [sys.executable, accepting.__file__, str(folder), str(first)],
        stdout=subprocess.PIPE,
        text=True,
        env={"PYTHONPATH": f"{Path(__file__).parents[2]}:{Path(__file__).parent}"},
    )
    assert process.stdout is not None
    acknowledged = [int(process.stdout.readline()) for _ in range(enough)]
    process.kill()
    # What was written before the kill still stands in the pipe; the last line may be cut off.
    acknowledged += [int(line) for line in process.stdout if line.endswith("\n")]
    assert process.wait() == -9
    process.stdout.close()
    return acknowledged


async def check_accepted(store: Store, number: int) -> None:
    """Everything of an acknowledged application is there, once and readable."""
    application, case = await store.application(f"application-{number}"), await store.case(f"case-{number}")
    assert application is not None and application.number == f"N{number:06}"
    assert case is not None and case.application_id == application.id
    assert len(await store.tasks_of(case.id)) == 2
    assert await store.timer(f"timer-{number}") is not None and await store.request(f"request-{number}") is not None
    assert [message.id for message in await store.messages_of(application.id)] == [f"message-{number}"]
    assert await store.draft(f"draft-{number}") is None
    file = await store.file(f"file-{number}")
    assert file is not None and file.owner_id == application.id
    assert await store.file_content(file) == accepting.content_of(number)
    for chain in (application.id, case.id):
        assert await store.verify_chain(chain) and len(await store.audit(chain)) == 1


async def check_unacknowledged(store: Store, acknowledged: set[int], first: int) -> None:
    """What was on its way when the process died is there whole or not at all."""
    reached = max(acknowledged, default=first) + accepting.CONCURRENT
    for number in range(first, reached + 1):
        if number in acknowledged:
            continue
        if await store.application(f"application-{number}") is not None:
            await check_accepted(store, number)
            continue
        assert await store.case(f"case-{number}") is None and await store.task(f"task-{number * 100}") is None
        assert await store.timer(f"timer-{number}") is None and await store.audit(f"application-{number}") == ()
        file = await store.file(f"file-{number}")
        if file is not None:
            assert file.owner_id == f"draft-{number}" and await store.draft(f"draft-{number}") is not None
            assert await store.file_content(file) == accepting.content_of(number)


def test_a_kill_at_any_moment_loses_nothing_that_was_acknowledged(folder: Path) -> None:
    chance = random.Random()
    accepted: dict[int, list[int]] = {}
    for number in range(1, ROUNDS + 1):
        first = number * APART
        accepted[first] = accept_until_killed(folder, first, chance.randint(FEWEST, MOST))

    async def check(store: Store) -> None:
        for first, acknowledged in accepted.items():
            assert len(acknowledged) == len(set(acknowledged)) >= FEWEST
            for number in acknowledged:
                await check_accepted(store, number)
            await check_unacknowledged(store, set(acknowledged), first)

    run(folder, check)

"""Rows about persisted steps of a process: the longest shipped walk, here and in SpiffWorkflow."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Iterator
from contextlib import closing
from itertools import count, islice

from server.actions.office import Office
from server.actions.opening import open_office
from server.bench.opponents.spiff import SpiffStore
from server.bench.rounds import Compared, compare
from server.bench.stage import Stage
from server.bench.walks import RecordedWalk, longest_walk, opened
from server.cases.acts import Act
from server.cases.desk import Desk
from server.cases.moving import move
from server.cases.outcome import Outcome
from server.settings import Settings
from server.types import CaseId

#: Steps in one commit where they are grouped.
_TOGETHER = 50
#: Cases that move at the same time then.
_AT_ONCE = 64
#: The other engine needs fewer cases for the same time.
_SLOWER = 4
_FIRST = {"single": 400_000, "grouped": 700_000}
_ACTOR = "official"


def single_against_spiff(stage: Stage) -> Compared:
    """One step in one commit."""
    return _against_spiff(stage, "single", at_once=1, together=1)


def grouped_against_spiff(stage: Stage) -> Compared:
    """Many steps in one commit: of many cases at the same time, or one after the other."""
    return _against_spiff(stage, "grouped", at_once=_AT_ONCE, together=_TOGETHER)


def _against_spiff(stage: Stage, name: str, *, at_once: int, together: int) -> Compared:
    walk, settings = longest_walk(stage.subject.release, stage.subject.documents), stage.separate.settings
    with closing(SpiffStore(stage.folder / f"spiff_{name}.sqlite3", walk.nodes)) as theirs:
        # Numbers of applications that no other row gives out.
        numbers = count(_FIRST[name])
        return compare(
            lambda: asyncio.run(_stepped(stage, settings, walk, numbers, at_once)),
            lambda: _spiff_rate(stage, theirs, walk, numbers, together),
            stage.pace,
        )


async def _stepped(stage: Stage, settings: Settings, walk: RecordedWalk, serials: Iterator[int], at_once: int) -> float:
    """Steps a second while so many cases are under way."""
    async with open_office(settings) as office:
        number = max(at_once, stage.pace.most // len(walk.moves))
        waiting = iter([await _opened(stage, office, walk, next(serials)) for _ in range(number)])
        start = time.perf_counter()
        until = start + stage.pace.seconds
        workers = (_step_in_turn(stage, office, walk, waiting, until) for _ in range(at_once))
        steps = sum(await asyncio.gather(*workers))
        return steps / (time.perf_counter() - start)


async def _opened(stage: Stage, office: Office, walk: RecordedWalk, serial: int) -> Desk:
    """A new application, on disk and on a desk."""
    desk = Desk()
    received = opened(stage.subject.release, walk.answers, now=walk.begins, serial=serial, ids=office.ids())
    assert await office.store.save(received) is None
    desk.save(received)
    return desk


async def _step_in_turn(stage: Stage, office: Office, walk: RecordedWalk, desks: Iterator[Desk], until: float) -> int:
    steps = 0
    for desk in desks:
        (case_id,) = desk.cases
        for number in range(len(walk.moves)):
            if time.perf_counter() >= until:
                return steps
            await _step(stage, office, walk, desk, case_id, number)
            steps += 1
        assert desk.cases[case_id].ended_at is not None
    return steps


async def _step(stage: Stage, office: Office, walk: RecordedWalk, desk: Desk, case_id: CaseId, number: int) -> None:
    """What the step makes of the case, on disk with its tasks, timers, messages and audit events."""
    found = walk.moves[number]
    act = Act(action="step", actor=_ACTOR, now=found.now, ids=office.ids(), details={"step": number})
    outcome = move(stage.subject.release, desk.dossier(case_id), found.event, act=act)
    assert isinstance(outcome, Outcome), outcome
    assert await office.store.save(outcome) is None
    desk.save(outcome)


def _spiff_rate(stage: Stage, store: SpiffStore, walk: RecordedWalk, numbers: Iterator[int], together: int) -> float:
    """Steps a second, so many in one commit."""
    many = max(2, stage.pace.most // _SLOWER // len(walk.moves))
    waiting = [(number, store.open(number, walk.opening)) for number in islice(numbers, many)]
    steps = 0
    start = time.perf_counter()
    for number, workflow in waiting:
        for found in walk.moves:
            if steps % together == 0:
                store.commit()
                if time.perf_counter() - start > stage.pace.seconds:
                    return steps / (time.perf_counter() - start)
                store.begin()
            store.step(number, workflow, found.way)
            steps += 1
        assert workflow.is_completed()
    store.commit()
    return steps / (time.perf_counter() - start)

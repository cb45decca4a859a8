"""The lists of officials: complete, in order, each row once, and read from an index alone."""

from __future__ import annotations

import sqlite3
from datetime import timedelta
from pathlib import Path
from typing import Any, get_args

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st
from stored_values import NAME, NOW, SERVICE, UNIT, application, case, run, submission, task

from server.cases.model import Task
from server.cases.outcome import Outcome
from server.cases.people import Unit
from server.store import QueueRow, Store, Tab
from server.store.queues import _page
from server.types import RegionCode

replace = msgspec.structs.replace

ME = "account-9"
OTHER_UNIT = Unit(agency="welfare", level="county", region=RegionCode("990102"))
THIRD_UNIT = Unit(agency="housing", level="township", region=UNIT.region)
UNITS = (UNIT, OTHER_UNIT, THIRD_UNIT)


def various(count: int) -> tuple[Task, ...]:
    """Tasks of three offices: waiting, claimed, done and dropped, many due at the same instant, some never."""
    made = []
    for number in range(count):
        unit = UNITS[number % 3]
        values: dict[str, Any] = {"agency": unit.agency, "level": unit.level, "region": unit.region}
        values["due_at"] = None if number % 7 == 0 else NOW + timedelta(hours=number * 37 % 11)
        if number % 5 == 1:
            values |= {"holder": ME, "claimed_at": NOW}
        elif number % 5 == 2:
            values |= {"closed_at": NOW + timedelta(hours=number % 4), "outcome": "accept", "completed_by": "account-8"}
        elif number % 5 == 3:
            values |= {"closed_at": NOW, "cause": "cancelled"} if number % 2 else {"holder": "account-8"}
        made.append(task(number, **values))
    return tuple(made)


def expected(tasks: tuple[Task, ...], units: tuple[Unit, ...], tab: Tab) -> list[str]:
    """Ids in the order of the list, found by looking at every task."""

    def urgency(one: Task) -> tuple[bool, Any, str]:
        return one.due_at is None, one.due_at or NOW, one.id

    mine = [one for one in tasks if Unit(agency=one.agency, level=one.level, region=one.region) in units]
    if tab == "done":
        done = [one for one in mine if one.closed_at and one.outcome]
        return [one.id for one in sorted(done, key=lambda one: (one.closed_at, one.id), reverse=True)]
    waiting = [one for one in mine if one.closed_at is None and (tab == "open" or one.holder == ME)]
    return [one.id for one in sorted(waiting, key=urgency)]


async def walk(store: Store, units: tuple[Unit, ...], tab: Tab, limit: int) -> list[str]:
    seen: list[str] = []
    after = ""
    while True:
        lines, after = await store.queue(units, state=tab, account_id=ME, after=after, limit=limit)
        assert len(lines) == limit or not after
        seen += [line.task_id for line in lines]
        if not after:
            return seen


@pytest.mark.parametrize("tab", get_args(Tab))
@pytest.mark.parametrize("units", [(), (UNIT,), (UNIT, OTHER_UNIT), (*UNITS, UNIT)], ids=["none", "one", "two", "three"])
def test_paging_walks_every_row_exactly_once_in_order(folder: Path, tab: Tab, units: tuple[Unit, ...]) -> None:
    async def act(store: Store) -> None:
        tasks = various(80)
        await store.save(Outcome(application=application(), cases=(case(),), tasks=tasks))
        wanted = expected(tasks, units, tab)
        assert bool(wanted) == bool(units)
        for limit in (1, 3, len(wanted) or 1, 100):
            assert await walk(store, units, tab, limit) == wanted

    run(folder, act)


def test_a_line_shows_what_the_task_and_its_case_say(folder: Path) -> None:
    async def act(store: Store) -> None:
        outcome = submission(7)
        await store.save(outcome)
        ((line,), after) = await store.queue([UNIT], state="open", account_id=ME)
        stored = outcome.tasks[0]
        assert after == ""
        assert line == QueueRow(
            task_id=stored.id,
            case_id=outcome.cases[0].id,
            case_number=outcome.cases[0].number,
            application_id=outcome.cases[0].application_id,
            service_id=SERVICE,
            release_id=outcome.cases[0].release_id,
            item=stored.item,
            node="review",
            title="Review",
            agency=UNIT.agency,
            level=UNIT.level,
            region=UNIT.region,
            applicant_name=NAME,
            opened_at=NOW,
            due_at=stored.due_at,
            holder="",
            claimed_at=None,
            closed_at=None,
            outcome="",
            completed_by="",
            version=1,
        )

    run(folder, act)


def test_a_name_that_is_corrected_is_corrected_in_every_list(folder: Path) -> None:
    async def act(store: Store) -> None:
        await store.save(submission(1, tasks=2))
        await store.save(submission(2))
        applied = await store.application("application-1")
        assert applied is not None
        corrected = replace(applied, applicant_name="Zhou Example")
        assert await store.save(Outcome(application=corrected, tasks=(task(900),))) is None
        lines, _ = await store.queue([UNIT], state="open", account_id=ME)
        assert [(line.task_id, line.applicant_name) for line in lines] == [
            ("task-100", "Zhou Example"),
            ("task-101", "Zhou Example"),
            ("task-200", NAME),
            ("task-900", "Zhou Example"),
        ]

    run(folder, act)


def test_a_claimed_and_completed_task_moves_from_list_to_list(folder: Path) -> None:
    async def lists(store: Store) -> list[list[str]]:
        pages = [await store.queue([UNIT], state=tab, account_id=ME) for tab in get_args(Tab)]
        return [[line.holder for line in lines] for lines, _ in pages]

    async def act(store: Store) -> None:
        await store.save(submission(1))
        assert await lists(store) == [[""], [], []]
        waiting = await store.task("task-100")
        assert waiting is not None
        await store.save(Outcome(tasks=(replace(waiting, holder=ME, claimed_at=NOW),)))
        assert await lists(store) == [[ME], [ME], []]
        claimed = await store.task("task-100")
        assert claimed is not None
        await store.save(Outcome(tasks=(replace(claimed, closed_at=NOW, outcome="accept", completed_by=ME),)))
        assert await lists(store) == [[], [], [ME]]

    run(folder, act)


def test_a_task_that_is_opened_meanwhile_moves_no_row_of_the_next_pages(folder: Path) -> None:
    async def act(store: Store) -> None:
        await store.save(submission(1, tasks=6))
        first, after = await store.queue([UNIT], state="open", account_id=ME, limit=3)
        await store.save(Outcome(tasks=(task(1, due_at=NOW), task(999, due_at=None))))
        rest, _ = await store.queue([UNIT], state="open", account_id=ME, after=after)
        assert [line.task_id for line in (*first, *rest)] == [*(f"task-{number}" for number in range(100, 106)), "task-999"]

    run(folder, act)


@given(mark=st.text(max_size=30) | st.integers().map(lambda number: f"{number}.task-1"))
def test_any_text_is_taken_as_a_mark(migrated: Path, mark: str) -> None:
    async def act(store: Store) -> None:
        for tab in get_args(Tab):
            await store.queue([UNIT], state=tab, account_id=ME, after=mark)

    run(migrated, act)


@pytest.mark.parametrize("tab", get_args(Tab))
def test_a_page_is_read_from_an_index_in_its_order(folder: Path, tab: Tab) -> None:
    with sqlite3.connect(folder / "onething.sqlite3") as connection:
        plan = [row[3] for row in connection.execute("EXPLAIN QUERY PLAN " + _page(tab, 2), dict.fromkeys(_names(2)))]
    searches = [step for step in plan if "tasks" in step]
    assert len(searches) == 2
    assert all(f"USING INDEX tasks_{tab} " in step and step.startswith("SEARCH") for step in searches)


def test_a_page_costs_the_same_with_ten_times_the_tasks(folder: Path) -> None:
    steps: list[int] = []
    for count in (2_000, 20_000):
        with sqlite3.connect(folder / "onething.sqlite3") as connection:
            columns = [row[1] for row in connection.execute("PRAGMA table_info(tasks)")]
            values = {"agency": UNIT.agency, "level": UNIT.level, "region": UNIT.region, "applicant_name": b"", "closed_at": None}
            connection.executemany(
                f"INSERT OR IGNORE INTO tasks VALUES ({', '.join(':' + name for name in columns)})",
                (
                    dict.fromkeys(columns, "") | values | {"id": f"t{number}", "due_order": number * 7919 % 20_011}
                    for number in range(count)
                ),
            )
            connection.commit()
            done = 0

            def count_step() -> int:
                nonlocal done
                done += 1
                return 0

            connection.set_progress_handler(count_step, 1)
            start = {"order": 500, "id": "", "limit": 26, "account_id": ME}
            unit = {"agency_0": UNIT.agency, "level_0": UNIT.level, "region_0": UNIT.region}
            assert len(connection.execute(_page("open", 1), start | unit).fetchall()) == 26
            steps.append(done)
    assert steps[1] <= steps[0] * 1.05


def _names(units: int) -> list[str]:
    of_units = [f"{name}_{index}" for name in ("agency", "level", "region") for index in range(units)]
    return ["order", "id", "limit", "account_id", *of_units]

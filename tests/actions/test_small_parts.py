"""Lights, timelines, kept values, carried answers, sample files: the parts that need no office."""

from __future__ import annotations

import asyncio
import io
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image

from server.actions.kept import Kept
from server.actions.lights import light_of
from server.actions.limiting import Limit, Limits
from server.actions.sample_files import sample_file
from server.actions.timeline import steps_of
from server.cases.model import Case, Happening
from server.processes.state import State
from server.types import ApplicationId, CaseId, ItemId, RegionCode, ReleaseId, ServiceId

START = datetime(2026, 3, 2, 1, tzinfo=UTC)


@pytest.mark.parametrize(
    ("passed", "light"), [(0, "green"), (79, "green"), (80, "yellow"), (100, "yellow"), (101, "red"), (500, "red")]
)
def test_a_light_turns_yellow_at_four_fifths_of_the_limit_and_red_after_it(passed: int, light: str) -> None:
    assert light_of(START, START + timedelta(hours=100), START + timedelta(hours=passed)) == light


def test_where_nothing_is_due_there_is_no_light() -> None:
    assert light_of(START, None, START + timedelta(days=900)) == "none"


@given(st.timedeltas(timedelta(0), timedelta(days=400)), st.timedeltas(timedelta(0), timedelta(days=400)))
def test_a_light_never_goes_back(limit: timedelta, passed: timedelta) -> None:
    order = ["green", "yellow", "red"]
    now = light_of(START, START + limit, START + passed)
    later = light_of(START, START + limit, START + passed + timedelta(hours=1))
    assert order.index(later) >= order.index(now)


def happening(kind: str, node: str, minute: int = 0) -> Happening:
    return Happening(at=START + timedelta(minutes=minute), kind=kind, node=node, title=node, text=kind)


def case_with(*history: Happening, ended: bool = False) -> Case:
    return Case(
        id=CaseId("c"),
        number="n",
        application_id=ApplicationId("a"),
        service_id=ServiceId("s"),
        release_id=ReleaseId("r"),
        item=ItemId("i"),
        region=RegionCode("140105"),
        opened_at=START,
        state=State(process="p"),
        history=history,
        ended_at=START if ended else None,
    )


def test_a_step_that_is_open_comes_last_and_leaves_its_place_when_it_is_done() -> None:
    open_steps = steps_of(case_with(happening("submitted", ""), happening("task_opened", "visit"), happening("notified", "n")))
    assert [(step.title, step.state) for step in open_steps] == [("submitted", "done"), ("n", "done"), ("visit", "now")]
    done = steps_of(case_with(happening("task_opened", "visit"), happening("task_done", "visit", 5)))
    assert [(step.text, step.state) for step in done] == [("task_done", "done")]


def test_a_step_entered_again_is_open_again() -> None:
    again = (happening("task_opened", "visit"), happening("task_done", "visit"), happening("task_opened", "visit"))
    assert [step.state for step in steps_of(case_with(*again))] == ["done", "now"]


def test_of_two_rows_at_one_node_the_one_not_answered_yet_is_still_waited_for() -> None:
    asked = (happening("call_requested", "order", 1), happening("call_requested", "order", 2))
    steps = steps_of(case_with(*asked, happening("call_answered", "order", 3)))
    assert [step.state for step in steps] == ["done", "now"]
    assert [step.state for step in steps_of(case_with(*asked, *[happening("call_answered", "order", 3)] * 2))] == ["done", "done"]


def test_an_ended_case_stands_nowhere() -> None:
    assert [step.state for step in steps_of(case_with(happening("task_opened", "visit"), ended=True))] == ["done"]


def test_what_concerns_officials_only_is_not_told_to_the_applicant() -> None:
    assert steps_of(case_with(happening("incident", "x"), happening("retried", "x"))) == ()


def test_a_value_is_made_once_for_all_who_wait_and_a_failure_is_not_kept() -> None:
    async def story() -> None:
        made: list[int] = []
        kept: Kept[str, int] = Kept(2)

        async def make() -> int:
            made.append(1)
            await asyncio.sleep(0)
            if len(made) == 1:
                raise ValueError
            return len(made)

        first = await asyncio.gather(*(kept.get("k", make) for _ in range(5)), return_exceptions=True)
        assert all(isinstance(one, ValueError) for one in first)
        assert await asyncio.gather(*(kept.get("k", make) for _ in range(5))) == [2] * 5
        assert len(made) == 2

    asyncio.run(story())


def test_one_who_stops_waiting_does_not_stop_the_others() -> None:
    async def story() -> None:
        kept: Kept[str, int] = Kept(2)

        async def make() -> int:
            await asyncio.sleep(0.01)
            return 7

        impatient = asyncio.create_task(kept.get("k", make))
        patient = asyncio.create_task(kept.get("k", make))
        await asyncio.sleep(0)
        impatient.cancel()
        assert await patient == 7

    asyncio.run(story())


@given(st.lists(st.integers(0, 5), max_size=30))
def test_the_values_asked_for_last_are_kept(keys: list[int]) -> None:
    async def story() -> None:
        kept: Kept[int, int] = Kept(3)
        recent: list[int] = []
        for key in keys:
            made: list[int] = []

            async def make(made: list[int] = made, key: int = key) -> int:
                made.append(key)
                return key

            assert await kept.get(key, make) == key
            assert bool(made) is (key not in recent)
            recent = [*(one for one in recent if one != key), key][-3:]

    asyncio.run(story())


def test_a_limit_counts_each_by_itself_and_can_be_cleared() -> None:
    limits, limit = Limits(), Limit("test", 2, 60)
    assert [limits.hit(limit, "a"), limits.hit(limit, "a"), limits.hit(limit, "b")] == [0, 0, 0]
    assert 0 < limits.wait(limit, "a") <= 61 and 0 < limits.hit(limit, "a") <= 61
    assert limits.wait(limit, "b") == 0
    limits.clear(limit, "a")
    assert limits.hit(limit, "a") == 0


@pytest.mark.parametrize(
    ("name", "kept", "form"),
    [("a.jpg", "a.jpg", "JPEG"), ("b.PNG", "b.PNG", "PNG"), ("c.pdf", "c.png", "PNG"), ("d", "d.png", "PNG")],
)
def test_a_sample_is_a_picture_of_the_kind_its_name_says(name: str, kept: str, form: str) -> None:
    sample = sample_file(name)
    assert sample.name == kept and sample.media_type == f"image/{form.lower()}"
    with Image.open(io.BytesIO(sample.content)) as picture:
        assert picture.format == form and picture.width > 300


def test_samples_of_different_names_differ() -> None:
    assert sample_file("a.png").content != sample_file("b.png").content

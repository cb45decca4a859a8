"""Promises against the longest way, offices against the counties, choices against every case."""

from __future__ import annotations

from typing import Any

import msgspec
import pytest
from small_processes import choice, findings, fork, task, told, wait
from small_service import service_of

from server.checks.actors import check_actors
from server.checks.durations import workdays_of
from server.checks.gateways import check_gateways
from server.checks.limits import check_limits
from server.checks.subject import Subject
from server.definitions.bundle import Regions
from server.definitions.common import Duration
from server.messages.findings import finding_text


def days(count: int) -> dict[str, Any]:
    return {"limit": {"workdays": count}}


def codes(nodes: dict[str, Any], **item: int) -> list[tuple[str, Any, Any]]:
    found = findings(check_limits, nodes, item=item)
    return [(one.code, one.params.get("days"), one.params.get("path")) for one in found]


def test_steps_that_together_take_longer_than_promised_are_named_with_their_days() -> None:
    nodes = {"work": task("look", title="受理", **days(2)), "look": task("end", title="审核", **days(4))}
    (finding,) = findings(check_limits, nodes, item={"promised_limit": 5})
    assert (finding.code, finding.severity, finding.pointer) == ("promise-too-short", "error", "/items/one/promised_limit")
    assert (finding.params["days"], finding.params["path"]) == (6, "受理（2 个工作日） → 审核（4 个工作日）")
    assert finding_text(finding).endswith("请放宽承诺时限，或缩短各步的时限。")
    assert codes(nodes, promised_limit=6) == []


def test_days_count_from_acceptance() -> None:
    nodes = {"work": task("good:look", title="受理", **days(2)), "look": task("end", title="审核", **days(4))}
    assert codes(nodes, promised_limit=4) == []
    assert codes(nodes, promised_limit=3) == [("promise-too-short", 4, "审核（4 个工作日）")]


def test_a_step_whose_clock_is_stopped_takes_no_days() -> None:
    nodes = {
        "work": task("look", **days(2)),
        "look": task("ask", clock="stopped", **days(30)),
        "ask": wait("end", on={"timeout": {"after": {"workdays": 20}, "next": "end"}}),
    }
    assert codes(nodes, promised_limit=2) == []


def test_branches_run_at_the_same_time() -> None:
    nodes = {
        "work": fork("meet", one="first", two="second"),
        "first": task("meet", **days(3)),
        "second": task("meet", **days(4)),
        "meet": {"kind": "join", "next": "last"},
        "last": task("end", **days(1)),
    }
    assert codes(nodes, promised_limit=5) == []
    assert [code for code, _, _ in codes(nodes, promised_limit=4)] == ["promise-too-short"]


def test_going_back_is_counted_once_against_the_law_only() -> None:
    nodes = {"work": task("look", **days(3)), "look": task("end", "more", **days(3)), "more": task("look", **days(3))}
    assert codes(nodes, promised_limit=6) == []
    assert codes(nodes, promised_limit=6, legal_limit=9) == []
    assert codes(nodes, promised_limit=6, legal_limit=8) == [("limit-with-returns", 9, None)]
    assert codes(nodes, legal_limit=5) == [("legal-limit-too-short", 6, "work（3 个工作日） → look（3 个工作日）")]


def test_many_choices_one_after_the_other_are_compared_at_once() -> None:
    nodes: dict[str, Any] = {"work": choice("long0", short=("a > 1", "short0"))}
    for number in range(40):
        nodes[f"long{number}"] = task(f"pass{number}", **days(2))
        nodes[f"short{number}"] = task(f"pass{number}", **days(1))
        after = (f"long{number + 1}", f"short{number + 1}") if number < 39 else ("end", "end")
        nodes[f"pass{number}"] = choice(after[0], short=("a > 1", after[1]))
    found = findings(check_limits, nodes, item={"promised_limit": 79}, variables={"a": "int"})
    assert [(one.code, one.params["days"]) for one in found] == [("promise-too-short", 80)]


def test_a_tangle_in_which_ways_cannot_be_compared_is_said_not_to_be_decided() -> None:
    names = [f"node{number}" for number in range(12)]
    nodes = {name: task(*(other for other in names if other != name), "end", **days(1)) for name in names}
    nodes["work"] = task(*names, **days(1))
    assert "limit-not-decided" in [code for code, _, _ in codes(nodes, promised_limit=3)]


def test_a_step_without_a_limit_leaves_a_promise_unproved() -> None:
    assert codes({"work": task("end")}, promised_limit=3) == [("step-without-limit", None, None)]
    assert codes({"work": task("end")}) == []


@pytest.mark.parametrize(
    ("duration", "expected"),
    [
        ({"workdays": 3}, 3),
        ({"days": 3}, 3),
        ({"days": 6}, 5),
        ({"days": 7}, 5),
        ({"days": 20}, 15),
        ({"hours": 24}, 1),
        ({"hours": 25}, 2),
    ],
)
def test_calendar_days_hold_at_most_their_working_days(duration: dict[str, int], expected: int) -> None:
    assert workdays_of(Duration(**duration)) == expected


@pytest.mark.parametrize(
    ("region", "code"),
    [
        ("'110000'", "region-too-high"),
        ("'999999'", "unknown-region"),
        ("a > 1 ? place : '999999'", "unknown-region"),
        ("place", ""),
    ],
)
def test_a_region_written_out_exists_and_is_low_enough(region: str, code: str) -> None:
    nodes = {"work": task("end")}
    nodes["work"]["actor"]["region"] = region
    found = findings(check_actors, nodes, variables={"a": "int", "place": "string"})
    assert [one.code for one in found] == ([code] if code else [])


@pytest.mark.parametrize(
    ("conditions", "code"),
    [
        (("a > 1", "a <= 1"), ""),
        (("a > 1", "a < 1"), "choice-not-total"),
        (("a > b", "a <= b"), ""),
        (("a > b", "a < b"), "choice-not-decided"),
        (("yes", "!yes"), ""),
        (("yes",), "choice-not-total"),
        (("work.outcome == 'left'", "work.outcome == 'right'"), ""),
        (("work.outcome == 'left'",), "choice-not-total"),
        ((), "choice-not-total"),
    ],
)
def test_a_choice_without_otherwise_needs_a_proof(conditions: tuple[str, ...], code: str) -> None:
    ways = {f"way{number}": (condition, "end") for number, condition in enumerate(conditions)}
    nodes: dict[str, Any] = {"work": task("left", "right"), "left": choice(None, **ways), "right": task("left")}
    found = findings(check_gateways, nodes, variables={"a": "int", "b": "int", "yes": "bool"})
    assert told(found) == ([(code, "left", "")] if code else [])
    assert all(one.severity == "error" for one in found)


def test_counties_without_townships_have_nobody_for_their_tasks() -> None:
    nodes = {"start": {"kind": "start", "next": "work"}, "work": task("end"), "end": {"kind": "end", "code": "done"}}
    nodes["work"]["actor"]["level"] = "township"
    known = {"110000": "省", "110101": "甲县", "110102": "乙县", "110102001": "乙乡", "120101": "外县"}
    service = service_of({"main": {"title": "main", "nodes": nodes}})
    service = msgspec.structs.replace(service, regions=Regions(title="x", regions=known))
    (finding,) = check_actors(Subject(id="a/b", region="", documents={}, service=service), service)
    assert (finding.code, finding.pointer) == ("county-without-offices", "/nodes/work/actor/level")
    assert "有 1 个县没有列出乡镇（如 甲县）" in finding_text(finding)

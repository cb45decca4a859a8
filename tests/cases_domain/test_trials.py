"""Trials of the shipped documents: every walk reaches its end, every example its problems, and no input breaks one."""

from __future__ import annotations

from copy import deepcopy
from datetime import date
from typing import Any

import msgspec
import pytest
from filed_cases import LOW_INCOME, MEDICAL, answers_for, examples, release, walks
from hypothesis import given, settings
from hypothesis import strategies as st

from server.cases.numbers import application_number, case_number
from server.cases.report import Trial, TrialCase
from server.cases.trial import run_trial

TODAY = date(2026, 3, 2)
ACCEPT = {"case": LOW_INCOME, "node": "accept", "outcome": "accept"}
REPORT = {
    "case": LOW_INCOME,
    "message": "means_check",
    "payload": {"monthly_income_fen": 50000, "deposits_fen": 100000, "securities_fen": 0, "vehicles": 0, "properties": 0},
}
VISIT = {"case": LOW_INCOME, "node": "home_visit", "outcome": "done"}
REVIEW = {"case": LOW_INCOME, "node": "initial_review", "outcome": "agree"}
CONFIRM = {"case": LOW_INCOME, "node": "confirm", "outcome": "approve"}


def trial(*walk: Any, answers: Any = None, region: str = "140105", today: date = TODAY) -> Trial:
    given_answers = answers if answers is not None else answers_for(LOW_INCOME)
    return run_trial(release(), region=region, answers=given_answers, walk=list(walk), today=today)


def only_case(*walk: Any) -> TrialCase:
    found = trial(*walk)
    assert found.problems == () and found.unused == ()
    (case,) = found.cases
    return case


def run_walk(name: str) -> Trial:
    walk = walks()[name]
    return run_trial(
        release(),
        region=walk["region"],
        answers=walk["answers"],
        walk=walk["walk"],
        today=date.fromisoformat(walk["today"]),
    )


@pytest.mark.parametrize("name", sorted(walks()))
def test_a_walk_reaches_the_end_it_promises_by_the_tasks_it_names(name: str) -> None:
    found = run_walk(name)
    assert found.problems == () and found.unused == ()
    reached = {case.item: {"end": case.end, "tasks": [task.node for task in case.tasks]} for case in found.cases}
    assert reached == walks()[name]["want"]


def test_the_walks_reach_every_result_of_every_item() -> None:
    reached: dict[str, set[str]] = {}
    for walk in walks().values():
        for item, want in walk["want"].items():
            reached.setdefault(item, set()).add(want["end"])
    items = release().service.items.items
    assert reached == {name: set(item.outcomes) for name, item in items.items()}


@pytest.mark.parametrize("name", sorted(examples()))
def test_an_example_has_the_problems_and_materials_it_names(name: str) -> None:
    example = examples()[name]
    found = trial(answers=example["answers"], region=example["region"])
    assert sorted({problem.code for problem in found.problems}) == sorted(example.get("problems", ()))
    assert {m.id for m in found.materials if m.due} == set(example.get("materials_due", ()))
    opened = [] if found.problems else example["answers"]["application"]["items"]
    assert [case.item for case in found.cases] == opened


def test_the_report_has_exactly_the_documented_keys() -> None:
    found = msgspec.to_builtins(trial(ACCEPT, REPORT, VISIT, REVIEW, {"advance": "P8D"}, CONFIRM, {"node": 1}))
    assert set(found) == {"problems", "materials", "cases", "unused"}
    assert set(found["materials"][0]) == {"id", "due", "reason"}
    (case,) = found["cases"]
    assert set(case) == {"item", "unit", "tasks", "decisions", "effects", "end", "reason", "workdays_used"}
    assert set(case["tasks"][0]) == {"node", "title", "agency", "level", "region", "outcome", "opened", "closed"}
    assert set(case["decisions"][0]) == {"table", "row", "inputs", "outputs", "reason"}
    assert set(case["unit"]) == {"agency", "level", "region", "title"}
    assert set(found["unused"][0]) == {"index", "reason", "message", "problems"}
    problems = msgspec.to_builtins(trial(answers=[]))["problems"]
    assert set(problems[0]) == {"pointer", "code", "message"}


def test_instants_are_chinas_and_a_task_goes_to_the_township_of_the_address() -> None:
    case = only_case({"advance": "PT3H"}, ACCEPT)
    (task,) = case.tasks
    assert msgspec.to_builtins(task) == {
        "node": "accept",
        "title": "受理",
        "agency": "civil_affairs",
        "level": "township",
        "region": "140105001",
        "outcome": "accept",
        "opened": "2026-03-02T09:00:00+08:00",
        "closed": "2026-03-02T12:00:00+08:00",
    }
    assert (case.end, case.reason) == (None, None)


def test_a_case_elsewhere_is_received_in_the_region_of_the_trial() -> None:
    found = trial(region="140922")
    assert [task.region for task in found.cases[0].tasks] == ["140922"]


def test_equal_arguments_give_equal_trials() -> None:
    for name in walks():
        assert run_walk(name) == run_walk(name)


def test_a_public_notice_of_seven_days_ends_at_the_midnight_after_the_seventh() -> None:
    before = trial(ACCEPT, REPORT, VISIT, REVIEW, {"advance": "P7DT14H"}, CONFIRM)
    assert [(unused.index, unused.reason) for unused in before.unused] == [(5, "not-its-turn")]
    case = only_case(ACCEPT, REPORT, VISIT, REVIEW, {"advance": "P7DT15H"}, CONFIRM)
    assert case.end == "subsistence_allowance"
    assert case.tasks[-1].opened.isoformat() == "2026-03-10T00:00:00+08:00"


def test_days_on_which_the_clock_stands_still_are_not_used() -> None:
    case = only_case(ACCEPT, {"advance": "P3D"}, REPORT, VISIT, {"advance": "P1D"}, REVIEW, {"advance": "P8D"}, CONFIRM)
    # Accepted on Monday, report on Thursday, review on Friday, notice until Friday midnight, decided on Saturday.
    assert case.workdays_used == 1


def test_an_entry_waits_for_its_turn_wherever_it_stands_in_the_list() -> None:
    in_order = only_case(ACCEPT, REPORT, VISIT, REVIEW, {"advance": "P8D"}, CONFIRM)
    assert only_case(CONFIRM, REVIEW, VISIT, REPORT, ACCEPT, {"advance": "P8D"}) == in_order


def test_entries_of_several_cases_are_told_apart_by_item_or_number() -> None:
    application = application_number(region="140105", prefix="SHJZ", day=TODAY, serial=1)
    found = trial(
        {"case": case_number(application, position=3), "node": "identity", "outcome": "agree"},
        ACCEPT,
        {"case": case_number(application, position=4), "node": "accept", "outcome": "accept"},
        {"node": "receive", "outcome": "approve"},
        answers=answers_for(MEDICAL, LOW_INCOME),
    )
    assert [(unused.index, unused.reason) for unused in found.unused] == [(2, "unknown-case"), (3, "unknown-case")]
    assert {case.item: case.tasks[0].outcome for case in found.cases} == {MEDICAL: "agree", LOW_INCOME: "accept"}


def test_answers_an_official_may_not_give_are_reported_and_the_task_stays_open() -> None:
    wrong = {**VISIT, "answers": {"monthly_income": "much", "nonsense": 1}}
    found = trial(ACCEPT, REPORT, wrong)
    (unused,) = found.unused
    assert (unused.index, unused.reason) == (2, "invalid-answers")
    assert {problem.pointer for problem in unused.problems} == {"/monthly_income", "/nonsense"}
    assert all(problem.message for problem in unused.problems)
    assert (found.cases[0].tasks[-1].node, found.cases[0].tasks[-1].outcome) == ("home_visit", None)


def test_answers_are_merged_over_what_the_form_proposes() -> None:
    proposed = only_case(ACCEPT, REPORT, VISIT, REVIEW)
    richer = only_case(ACCEPT, REPORT, {**VISIT, "answers": {"monthly_income": 90000}}, REVIEW)
    assert proposed.decisions[0].inputs["income_yuan"] == 500
    assert richer.decisions[0].inputs["income_yuan"] == 900


@pytest.mark.parametrize(
    ("entry", "reason"),
    [
        (None, "malformed-entry"),
        ({}, "malformed-entry"),
        ({"node": "accept", "outcome": "accept", "answers": []}, "malformed-entry"),
        ({"node": "accept", "outcome": "accept", "extra": 1}, "malformed-entry"),
        ({"node": "nowhere", "outcome": "accept"}, "unknown-node"),
        ({"node": "public_notice", "outcome": "accept"}, "unknown-node"),
        ({"node": "accept", "outcome": "nothing"}, "unknown-outcome"),
        ({"node": "confirm", "outcome": "approve"}, "not-its-turn"),
        ({"message": "supplement"}, "nothing-asked"),
        ({"message": "objection"}, "not-expected"),
        ({"message": "means_check", "payload": {}}, "not-its-turn"),
        ({"message": "greeting"}, "not-expected"),
        ({"message": "greeting", "payload": {"bad": "\ud800"}}, "malformed-entry"),
        ({"message": "greeting", "payload": {"amount": float("nan"), "count": 2**70}}, "not-expected"),
        ({"advance": "7 days"}, "bad-duration"),
        ({"advance": "P"}, "bad-duration"),
        ({"advance": "P9999D"}, "bad-duration"),
        ({"advance": "P７D"}, "bad-duration"),
    ],
)
def test_an_entry_that_finds_no_turn_is_listed_with_the_reason(entry: Any, reason: str) -> None:
    found = trial(entry)
    assert [(unused.index, unused.reason) for unused in found.unused] == [(0, reason)]
    assert found.unused[0].message


def test_a_malformed_reply_is_not_taken() -> None:
    found = trial(ACCEPT, {**REPORT, "payload": {"monthly_income_fen": "500"}})
    assert [(unused.index, unused.reason) for unused in found.unused] == [(1, "reply-malformed")]


def test_nothing_begins_while_something_is_wrong_with_the_answers() -> None:
    answers = answers_for(LOW_INCOME)
    del answers["materials"]["household_register"]
    answers["applicant"]["phone"] = "123"
    found = trial(ACCEPT, answers=answers)
    assert found.cases == ()
    assert {(problem.pointer, problem.code) for problem in found.problems} == {
        ("/applicant/phone", "phone-form"),
        ("/materials/household_register", "material-missing"),
    }
    assert [unused.reason for unused in found.unused] == ["not-begun"]


def test_two_hundred_members_are_problems_not_a_failure() -> None:
    answers = deepcopy(examples()["family_of_six"]["answers"])
    answers["household_members"] = answers["household_members"][:1] * 200
    found = trial(answers=answers, region="141124")
    assert "schema-maxItems" in {problem.code for problem in found.problems}


@pytest.mark.parametrize("answers", [None, 3, "text", [], [{}], {"applicant": 3}, {"application": {"items": {}}}, {"\ud800": 1}])
def test_answers_that_are_no_application_are_problems(answers: Any) -> None:
    found = run_trial(release(), region="140105", answers=answers, walk=None, today=TODAY)
    assert found.problems and not found.cases


SCRAPS = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=8) | st.sampled_from(["accept", "140105", "1"]),
    lambda children: st.lists(children, max_size=3) | st.dictionaries(st.text(max_size=6), children, max_size=3),
    max_leaves=6,
)


def spoilt(data: st.DataObject, value: Any) -> Any:
    """The value with a scrap at one random place in it."""
    if not isinstance(value, dict | list) or not value or data.draw(st.integers(0, 3)) == 0:
        return data.draw(SCRAPS)
    places: list[Any] = sorted(value) if isinstance(value, dict) else list(range(len(value)))
    place = data.draw(st.sampled_from(places))
    value[place] = spoilt(data, value[place])
    return value


@settings(max_examples=150)
@given(st.sampled_from(sorted(walks())), st.data())
def test_no_scrap_in_answers_or_walk_breaks_a_trial(name: str, data: st.DataObject) -> None:
    walk = walks()[name]
    answers, entries = deepcopy(walk["answers"]), deepcopy(walk["walk"])
    if data.draw(st.booleans()):
        answers = spoilt(data, answers)
    else:
        entries = spoilt(data, entries)
    found = run_trial(release(), region=walk["region"], answers=answers, walk=entries, today=TODAY)
    assert msgspec.json.encode(found)

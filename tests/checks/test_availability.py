"""Rules look back only at what was there on every way, or say what holds without it."""

from __future__ import annotations

from typing import Any

import pytest
from small_processes import choice, findings, fork, task, told

from server.checks.availability import check_availability
from server.messages.findings import finding_text

DATA: dict[str, Any] = {
    "variables": {"a": "int"},
    "task_forms": {"form": {"amount": "int", "note": "string"}},
    "notices": {"letter": {"title": "告知", "channel": "letter", "subject": "告知", "text": "{visit.note}"}},
}
LETTER = {"kind": "notify", "notice": "letter", "next": "end"}


def visit(*targets: str) -> dict[str, Any]:
    return task(*targets, title="调查", form="form")


def test_a_text_that_needs_a_step_some_cases_leave_out_is_shown_with_their_way() -> None:
    nodes = {"work": task("visit", "letter", title="受理"), "visit": visit("letter"), "letter": LETTER}
    (finding,) = findings(check_availability, nodes, **DATA)
    assert (finding.code, finding.severity, finding.pointer) == ("value-not-there", "error", "/nodes/letter/notice")
    assert finding.params["path"] == "受理（去letter） → letter"
    assert "规则用到“visit.note”，但有的案件走到“letter”时还没有它" in finding_text(finding)


def test_a_step_that_every_case_takes_is_enough() -> None:
    assert findings(check_availability, {"work": task("visit"), "visit": visit("letter"), "letter": LETTER}, **DATA) == []


@pytest.mark.parametrize(
    ("condition", "lacking"),
    [
        ("visit.amount > 1", "visit.amount"),
        ("visit.amount > 1 && a > 1", "visit.amount"),
        ("a > 1 || visit.amount > 1", "visit.amount"),
        ("[1, 2].exists(n, n == visit.amount)", "visit.amount"),
        ("work.outcome == 'visit' && visit.amount > 1", ""),
        ("work.outcome in ['visit', 'other'] ? visit.amount > 1 : a > 1", ""),
        ("work.outcome != 'check' && visit.amount > 1", ""),
        ("visited.there && visit.amount > 1", ""),
        ("!visited.there || visit.amount > 1", ""),
        ("visited.there ? visit.amount > 1 : a > 1", ""),
        ("visited.there ? a > 1 : visit.amount > 1", "visit.amount"),
        ("some.amount > 1", ""),
        ("twice.amount > 1", "twice.amount"),
        ("false && visit.amount > 1", ""),
    ],
)
def test_a_rule_may_ask_first_whether_a_step_was_taken(condition: str, lacking: str) -> None:
    nodes = {"work": task("visit", "check"), "visit": visit("check"), "check": choice("end", large=(condition, "end"))}
    facts = {
        "visited.there": {"is_answered": "visit.note"},
        "some.amount": {"first_of": ["visit.amount", "a"]},
        "twice.amount": {"multiply": ["visit.amount", 2]},
    }
    found = findings(check_availability, nodes, facts=facts, **DATA)
    assert [one.params["field"] for one in found] == ([lacking] if lacking else [])


def test_a_loop_counts_only_once_it_was_gone_round() -> None:
    nodes = {"work": choice("visit", again=("visit.amount > 1", "end")), "visit": visit("work")}
    assert told(findings(check_availability, nodes, **DATA)) == [("value-not-there", "work/branches/again/when", "work")]


def test_what_a_branch_did_is_known_after_the_join() -> None:
    nodes = {
        "work": fork("meet", one="visit", two="other"),
        "visit": visit("meet"),
        "other": task("meet"),
        "meet": {"kind": "join", "next": "letter"},
        "letter": LETTER,
    }
    assert findings(check_availability, nodes, **DATA) == []


def test_what_a_branch_does_that_not_every_case_has_is_not_known_after_the_join() -> None:
    nodes: dict[str, Any] = {
        "work": fork("meet", one="visit", two="other"),
        "visit": visit("meet"),
        "other": task("meet"),
        "meet": {"kind": "join", "next": "letter"},
        "letter": LETTER,
    }
    nodes["work"]["branches"]["one"]["when"] = "a > 1"
    assert [code for code, _, _ in told(findings(check_availability, nodes, **DATA))] == ["value-not-there"]


def test_beside_a_branch_its_answers_are_not_there_yet() -> None:
    nodes = {
        "work": fork("meet", one="visit", two="other"),
        "visit": visit("meet"),
        "other": choice("meet", large=("visit.amount > 1", "meet")),
        "meet": {"kind": "join", "next": "end"},
    }
    assert [place for _, place, _ in told(findings(check_availability, nodes, **DATA))] == ["other/branches/large/when"]


def test_a_case_taken_back_may_have_come_no_further_than_the_first_step() -> None:
    nodes = {"work": visit("end"), "visit": visit("end"), "letter": LETTER}
    nodes["work"] = visit("visit")
    found = findings(check_availability, nodes, on={"withdraw": {"title": "撤回", "next": "letter"}}, **DATA)
    assert told(found) == [("value-not-there", "letter/notice", "撤回 → letter")]


def test_a_proposal_may_have_no_value_on_some_ways_but_not_on_all() -> None:
    nodes = {"work": task("visit", "look"), "visit": visit("look"), "look": task("end", form="form")}
    nodes["look"]["prefill"] = {"amount": "visit.amount"}
    assert findings(check_availability, nodes, **DATA) == []
    nodes["work"] = task("look")
    nodes["look"]["outcomes"]["visit"] = {"title": "再查", "next": "visit"}
    nodes["visit"] = visit("end")
    (finding,) = findings(check_availability, nodes, **DATA)
    assert (finding.code, finding.pointer) == ("value-never-there", "/nodes/look/prefill/amount")


def test_papers_are_asked_for_by_a_task_that_was_done() -> None:
    nodes = {"work": task("ask"), "ask": {"kind": "wait", "message": "supplement", "supplement": "visit", "next": "end"}}
    nodes["visit"] = visit("ask")
    found = findings(check_availability, nodes, **DATA)
    assert [(code, place) for code, place, _ in told(found)] == [("value-not-there", "ask/supplement")]


def test_a_walk_that_is_too_long_says_so(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("server.checks.walking.MAX_PLACES", 2)
    nodes = {"work": task("visit", "letter"), "visit": visit("letter"), "letter": LETTER}
    assert "values-not-decided" in {one.code for one in findings(check_availability, nodes, **DATA)}

"""Two offices at work on one case at once, in a process changed for it."""

from __future__ import annotations

from copy import deepcopy
from functools import cache
from typing import Any

import pytest
from filed_cases import MEDICAL, PROCESSES, Filed, answers_for, compiled, documents

from server.cases.model import Task
from server.findings import Refused
from server.releases import Release


def task(title: str, agency: str, target: str) -> dict[str, Any]:
    return {
        "kind": "task",
        "title": title,
        "actor": {"agency": agency, "level": "county"},
        "outcomes": {
            "agree": {"title": "同意", "next": target, "tone": "good"},
            "stop": {"title": "停止", "next": "stopped", "tone": "bad"},
        },
    }


@cache
def forked() -> Release:
    """The shipped documents with a process in which two offices work side by side."""
    changed = deepcopy(documents())
    path = f"{PROCESSES}/{MEDICAL}.process.json"
    changed[path] = {
        "title": "并行办理",
        "nodes": {
            "start": {"kind": "start", "next": "both"},
            "both": {"kind": "fork", "branches": {"a": {"next": "check"}, "b": {"next": "count"}}, "join": "met"},
            "check": task("核对", "civil_affairs", "met"),
            "count": task("核算", "healthcare_security", "met"),
            "met": {"kind": "join", "next": "result"},
            "result": task("办结", "healthcare_security", "enrolled"),
            "enrolled": {"kind": "end", "code": "enrolled", "reason": "都已同意。"},
            "stopped": {"kind": "end", "code": "not_eligible", "reason": "有部门不同意。"},
            "gone": {"kind": "end", "code": "withdrawn", "reason": "已撤回。"},
            "never": {"kind": "end", "code": "declined", "reason": "没有受理。"},
        },
        "on": {"withdraw": {"title": "申请人撤回", "next": "gone"}, "decline": {"title": "不予受理", "next": "never"}},
    }
    return compiled(changed)


def open_nodes(filed: Filed) -> set[str]:
    return {task.node for task in filed.desk.tasks.values() if task.closed_at is None}


def test_both_offices_have_a_task_and_the_case_goes_on_when_both_are_done() -> None:
    filed = Filed(answers=answers_for(MEDICAL), under=forked())
    assert open_nodes(filed) == {"check", "count"}
    filed.keep(filed.complete("check", "agree"))
    assert open_nodes(filed) == {"count"}
    filed.keep(filed.complete("count", "agree"))
    assert open_nodes(filed) == {"result"}
    filed.keep(filed.complete("result", "agree"))
    assert (filed.case().result, filed.case().reason) == ("enrolled", "都已同意。")


def test_the_order_in_which_the_offices_finish_makes_no_difference() -> None:
    states = []
    for order in (("check", "count"), ("count", "check")):
        filed = Filed(answers=answers_for(MEDICAL), under=forked())
        for node in order:
            filed.keep(filed.complete(node, "agree"))
        state = filed.case().state
        states.append(([token.node for token in state.tokens], state.variables))
    assert states[0] == states[1]


@pytest.mark.parametrize("node", ["check", "count"])
def test_one_office_that_stops_the_case_closes_the_task_of_the_other(node: str) -> None:
    filed = Filed(answers=answers_for(MEDICAL), under=forked())
    other: Task = filed.task("count" if node == "check" else "check")
    filed.keep(filed.complete(node, "stop"))
    assert filed.case().result == "not_eligible"
    dropped = filed.desk.tasks[other.id]
    assert (dropped.outcome, dropped.answers, dropped.completed_by) == ("", {}, "")
    assert dropped.closed_at == filed.now and dropped.cause
    assert filed.complete(other.node, "agree", task=other) == Refused("stale-task")


def test_withdrawing_closes_both_tasks() -> None:
    filed = Filed(answers=answers_for(MEDICAL), under=forked())
    filed.keep(filed.withdraw())
    assert open_nodes(filed) == set()
    assert {task.cause for task in filed.desk.tasks.values()} == {"message:withdraw"}
    assert filed.case().result == "withdrawn"

"""Playing a process through finds where cases get stuck, and shows the way there."""

from __future__ import annotations

import copy
from collections.abc import Iterator
from typing import Any

import msgspec
import pytest
from shipped_documents import REGION, SERVICE, documents
from small_processes import choice, findings, fork, task, told, wait

from server.checks.availability import check_availability
from server.checks.completion import check_completion
from server.checks.exploring import explored
from server.checks.limits import check_limits
from server.checks.paths import way_to
from server.checks.run import CHECKS
from server.checks.subject import compile_subject
from server.definitions.process import End, ProcessDefinition
from server.findings import Finding
from server.messages.findings import finding_text
from server.processes.compile import compile_process
from server.processes.compiled import CompiledProcess


def test_a_case_that_waits_for_nothing_any_more_is_stuck_there() -> None:
    nodes = {"work": wait("end", message=None, on={"timeout": {"after": {"days": 1}, "interrupting": False, "next": "late"}})}
    late = {"kind": "end", "code": "late"}
    assert ("never-completes", "work", "work（超时）") in told(findings(check_completion, {**nodes, "late": late}))


def test_taking_a_case_back_is_no_way_to_complete_it() -> None:
    nodes = {
        "work": task("ask", title="受理"),
        "ask": task("look", title="询问"),
        "look": choice("ask", done=("a > 1", "sure")),
        "sure": choice("end", not_done=("a > 1", "ask")),
        "gone": {"kind": "end", "code": "gone"},
    }
    found = findings(check_completion, nodes, on={"withdraw": {"next": "gone", "title": "撤回"}}, variables={"a": "int"})
    assert told(found) == [("goes-in-circles", "ask", "受理（去ask）")]


def test_a_branch_that_goes_in_circles_keeps_the_fork_from_meeting() -> None:
    nodes = {
        "work": fork("meet", one="first", two="third"),
        "first": task("second", title="甲"),
        "second": choice("first", done=("a > 1", "sure")),
        "sure": choice("meet", not_done=("a > 1", "first")),
        "third": task("meet", title="丙"),
        "meet": {"kind": "join", "next": "end"},
    }
    found = findings(check_completion, nodes, variables={"a": "int"})
    assert told(found) == [("goes-in-circles", "first", "丙（去meet）")]
    assert finding_text(found[0]).endswith("请给这一圈接上出口。")


def test_an_end_inside_a_branch_is_shown_with_the_way_to_it() -> None:
    nodes = {
        "work": fork("meet", one="first", two="second"),
        "first": task("meet", "alone", title="甲"),
        "second": task("meet", title="乙"),
        "meet": {"kind": "join", "next": "end"},
        "alone": {"kind": "end", "code": "alone"},
    }
    (finding,) = findings(check_completion, nodes)
    assert (finding.code, finding.pointer, finding.severity) == ("end-in-branch", "/nodes/alone", "error")
    assert finding.params["path"].endswith("甲（去alone） → alone")
    assert finding_text(finding).startswith("流程“main” /nodes/alone：“alone”只结束并行节点“work”的一个分支，结果会丢失，例如：")


def test_a_loop_in_which_nobody_works_is_found() -> None:
    nodes = {"work": choice("end", again=("a > 1", "back")), "back": choice("work")}
    found = told(findings(check_completion, nodes, variables={"a": "int"}))
    assert [(code, place) for code, place, _ in found] == [("loop-without-wait", "work")]


def test_a_loop_that_somebody_can_leave_is_no_fault() -> None:
    assert findings(check_completion, {"work": task("work", "end")}) == []


def test_two_tokens_on_one_line_leave_the_result_to_the_later_one() -> None:
    on = {"timeout": {"after": {"workdays": 1}, "interrupting": False, "next": "watch"}}
    nodes = {
        "work": task("end", title="办理", on=on),
        "watch": task("late", title="督办"),
        "late": {"kind": "end", "code": "late"},
    }
    (finding,) = findings(check_completion, nodes)
    assert (finding.code, finding.severity, finding.pointer) == ("result-by-last", "warning", "/nodes/watch")
    assert finding.params["path"] == "办理（超时）"


def test_a_reminder_that_ends_at_once_is_no_fault() -> None:
    on = {"timeout": {"after": {"workdays": 1}, "interrupting": False, "next": "late"}}
    nodes = {"work": task("end", on=on), "late": {"kind": "end", "code": "late"}}
    assert findings(check_completion, nodes) == []


def test_a_node_to_which_only_closed_ways_lead_is_named() -> None:
    nodes = {
        "work": choice("end", one=("a > 1", "inner")),
        "inner": choice("end", two=("a > 1", "task"), three=("a > 2", "never")),
        "task": task("end"),
        "never": {"kind": "end", "code": "never"},
    }
    found = findings(check_completion, nodes, variables={"a": "int"})
    assert told(found) == [("end-never-reached", "never", "")]


def test_what_is_too_large_is_said_not_to_be_decided() -> None:
    branches = {f"way{n}": f"task{n}" for n in range(12)}
    nodes: dict[str, Any] = {"work": fork("meet", **branches), "meet": {"kind": "join", "next": "end"}}
    for number, way in enumerate(nodes["work"]["branches"].values()):
        way["when"] = f"a > {number}"
    nodes |= {name: task("meet") for name in branches.values()}
    (finding,) = findings(check_completion, nodes, variables={"a": "int"})
    assert (finding.code, finding.severity) == ("process-not-decided", "warning")


def test_a_chain_of_a_thousand_steps_and_a_loop_of_them_are_explored() -> None:
    nodes = {f"step{number}": task(f"step{number + 1}", limit={"workdays": 1}) for number in range(1_000)}
    for last in (task("end"), task("end", "step0")):
        found = [
            finding for check in STRUCTURAL for finding in findings(check, {"work": task("step0"), **nodes, "step1000": last})
        ]
        assert found == []


def test_forks_deep_inside_each_other_are_said_not_to_be_decided() -> None:
    nodes: dict[str, Any] = {"work": fork("join0", one="fork1", two="beside0"), "join0": {"kind": "join", "next": "end"}}
    nodes["beside0"] = task("join0")
    for number in range(1, 60):
        nodes[f"fork{number}"] = fork(f"join{number}", one=f"fork{number + 1}", two=f"beside{number}")
        nodes[f"join{number}"] = {"kind": "join", "next": f"join{number - 1}"}
        nodes[f"beside{number}"] = task(f"join{number}")
    nodes["fork60"] = task("join59")
    found = [finding.code for check in STRUCTURAL for finding in findings(check, nodes)]
    assert found == ["process-not-decided"]


STRUCTURAL = (check_completion, check_availability, check_limits)


class Shipped:
    """The shipped service, one of whose processes is changed at a time."""

    def __init__(self) -> None:
        kept = {path: value for path, value in documents().items() if "/examples/" not in path and "/overlays/" not in path}
        self.subject = compile_subject(kept, SERVICE, REGION)
        assert self.subject.service is not None and self.subject.form is not None
        self.service = self.subject.service
        self.variables = self.subject.form.rule_variables
        self.task_variables = {name: form.variables for name, form in self.subject.task_forms.items()}

    def document(self, process: str) -> Any:
        return copy.deepcopy(documents()[self.subject.path("process", process)])

    def findings(self, process: str, document: Any) -> list[Finding]:
        """What is said about the process with this document in place of its own."""
        definition = msgspec.convert(document, ProcessDefinition)
        service = msgspec.structs.replace(self.service, processes={**self.service.processes, process: definition})
        compiled = compile_process(process, service, self.variables, self.task_variables)
        processes = {process: compiled} if isinstance(compiled, CompiledProcess) else {}
        subject = msgspec.structs.replace(self.subject, service=service, processes=processes)
        found = [one for _, check in PLAYED for one in check(subject, service)]
        return [*(compiled if isinstance(compiled, tuple) else ()), *(one for one in found if one.severity != "note")]


PLAYED = [entry for entry in CHECKS if entry[0] in ("soundness", "choices", "gateways", "completion", "availability", "outcomes")]


@pytest.fixture(scope="module")
def shipped() -> Shipped:
    return Shipped()


PROCESSES = sorted(
    path.rpartition("/")[2].removesuffix(".process.json")
    for path in documents()
    if path.endswith(".process.json") and "/overlays/" not in path
)


@pytest.mark.parametrize("process", PROCESSES)
def test_every_edge_of_a_shipped_process_is_needed(shipped: Shipped, process: str) -> None:
    """An edge that leads back to its own node is noticed, unless other edges lead from there and to where it led."""
    original = shipped.document(process)
    assert shipped.findings(process, original) == []
    edges = list(edges_in(original["nodes"]))
    for pointer, source, target in edges:
        document = shipped.document(process)
        holder, member = place_in(document["nodes"], pointer)
        holder[member] = source
        found = shipped.findings(process, document)
        spare = len({to for _, one, to in edges if one == source}) > 1 and len([to for _, _, to in edges if to == target]) > 1
        assert found or spare, pointer
        holder[member] = "nowhere"
        assert "unknown-node" in {one.code for one in shipped.findings(process, document)}


@pytest.mark.parametrize("process", PROCESSES)
def test_every_end_of_a_shipped_process_is_reached_on_a_way_that_can_be_told(shipped: Shipped, process: str) -> None:
    found = explored(shipped.subject.processes[process], shipped.subject.processes)
    nodes = shipped.service.processes[process].nodes
    ends = [name for name, node in nodes.items() if isinstance(node, End)]
    assert ends and found.complete
    for end in ends:
        moves = found.moves_into(end)
        assert moves[-1].visited[-1] == end
        assert way_to(found, end).endswith(nodes[end].title or end)


def edges_in(nodes: dict[str, Any]) -> Iterator[tuple[tuple[str, ...], str, str]]:
    """Every edge: its place, its node and where it leads."""
    for source, node in nodes.items():
        yield from ((pointer, source, target) for pointer, target in targets_in(node, (source,)))


def targets_in(value: Any, place: tuple[str, ...]) -> Iterator[tuple[tuple[str, ...], str]]:
    for key, member in value.items() if isinstance(value, dict) else ():
        if key in ("next", "objection", "otherwise") and isinstance(member, str):
            yield (*place, key), member
        else:
            yield from targets_in(member, (*place, key))


def place_in(value: Any, place: tuple[str, ...]) -> tuple[Any, str]:
    for key in place[:-1]:
        value = value[key]
    return value, place[-1]

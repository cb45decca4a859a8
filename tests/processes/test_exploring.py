"""What the checks explore is what really happens: concrete runs stay inside it, and the order of tokens does not matter."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import msgspec
from block_models import DATA, MODELS, Block, ProcessWriter
from hypothesis import assume, event, given, settings
from hypothesis import strategies as st
from random_processes import BINDINGS, events_for, processes
from small_service import MONDAY, compiled, moment, service_of, types_of

from server.checks.completion import check_completion
from server.checks.exploring import Exploration, explored
from server.checks.shapes import Standing, shape_of, state_of
from server.checks.soundness import check_soundness
from server.checks.subject import Subject
from server.findings import Finding, Refused
from server.processes.advance import advance, initial_state
from server.processes.compile import compile_process
from server.processes.compiled import CompiledProcess
from server.processes.events import Begun, TimerDue

Family = tuple[CompiledProcess, dict[str, CompiledProcess]]
#: Incidents that lack of data leads to; the game is explored as if all data were there.
FOR_LACK_OF_DATA = {"no-value", "no-row", "no-branch"}


def places(standings: tuple[Standing, ...], around: tuple[str, ...] = ()) -> Iterator[tuple[str, ...]]:
    """Where tokens stand, with the nodes around them and what is wrong."""
    for standing in standings:
        if standing.incident not in FOR_LACK_OF_DATA:
            yield (*around, standing.node, standing.incident)
        for inner in standing.scopes:
            yield from places(inner.tokens, (*around, standing.node, inner.process))


def explored_places(found: Exploration) -> set[tuple[str, ...]]:
    return {place for shape in found.origins for place in places(shape.tokens)}


@settings(max_examples=50)
@given(processes(), st.lists(BINDINGS, min_size=3, max_size=3), st.lists(st.integers(0, 200), min_size=5, max_size=40))
def test_wherever_a_case_really_comes_to_was_explored(family: Family, bindings: list[dict[str, Any]], choices: list[int]) -> None:
    process, others = family
    found = explored(process, others)
    assume(found.complete)
    for shape in found.origins:
        assert shape_of(state_of(shape, process.id, MONDAY)) == shape
    known = explored_places(found)
    state, now, happening = initial_state(process), MONDAY, Begun()
    for choice in (0, *choices):
        step = advance(process, state, happening, moment(bindings[choice % len(bindings)], now, **others))
        if not isinstance(step, Refused):
            state = step.state
            assert set(places(shape_of(state).tokens)) <= known
            assert {name for name in state.rounds if "/" not in name} <= found.entered.keys()
        likely = events_for(state)
        happening = likely[choice % len(likely)]
        if isinstance(happening, TimerDue) and (token := state.token(happening.token)) is not None:
            now = max(now, token.timers.get(happening.timer, now))
    if state.ended is not None:
        assert state.ended.node in found.entered


@settings(max_examples=25)
@given(processes(beside=False))
def test_the_order_in_which_tokens_side_by_side_move_changes_nothing(family: Family) -> None:
    process, others = family
    one, every = explored(process, others), explored(process, others, every_order=True, limit=500)
    assume(every.complete)
    assert one.complete
    assert one.entered.keys() == every.entered.keys()
    assert explored_places(one) == explored_places(every)
    assert bool(one.stuck()) == bool(every.stuck())
    found = {finding.code for finding in findings(process, others)}
    if every.stuck():
        assert found & {"never-completes", "goes-in-circles", "loop-without-wait", "join-stray", "dead-end"}
    elif process.nodes.keys() - every.entered.keys():
        assert found & {"node-never-entered", "end-never-reached", "unreached-node"}
    event("stuck" if every.stuck() else "sound")


@settings(max_examples=50)
@given(MODELS, st.data())
def test_an_edge_that_leads_astray_is_reported_when_it_matters(block: Block, data: st.DataObject) -> None:
    """A sound process with one edge led elsewhere: what every order shows to be wrong is a finding."""
    nodes = ProcessWriter(block).nodes
    holder, member = data.draw(st.sampled_from(list(edges_in(nodes))))
    holder[member] = data.draw(st.sampled_from(sorted(nodes)))
    service = service_of({"main": {"title": "main", "nodes": nodes}})
    process = compile_process("main", service, types_of(dict.fromkeys(DATA, "int")), {})
    if not isinstance(process, CompiledProcess):
        event("does not compile")
        return
    every = explored(process, {}, every_order=True, limit=500)
    assume(every.complete)
    found = {finding.code for finding in findings(process, {})}
    if every.stuck():
        event("stuck")
        assert found & {"never-completes", "goes-in-circles", "loop-without-wait", "join-stray", "dead-end"}
    elif process.nodes.keys() - every.entered.keys():
        event("not all reached")
        assert found & {"node-never-entered", "end-never-reached", "unreached-node"}
    else:
        event("sound")
        assert not found


def edges_in(value: Any) -> Iterator[tuple[Any, str]]:
    for key, inner in value.items() if isinstance(value, dict) else ():
        if key in ("next", "otherwise"):
            yield value, key
        yield from edges_in(inner)


@settings(max_examples=50)
@given(MODELS)
def test_sequences_choices_forks_and_loops_in_each_other_come_to_an_end(block: Block) -> None:
    process = compiled(ProcessWriter(block).nodes, {"a": "int", "b": "int", "c": "int"})
    found = explored(process, {})
    assert found.complete
    assert found.stuck() == []
    assert "end" in found.entered
    # A choice inside a branch that has the same condition has only one way.
    assert {finding.code for finding in findings(process, {})} <= {"node-never-entered"}


def test_a_fork_costs_what_its_branches_cost_together() -> None:
    def shapes(branches: int) -> int:
        return len(explored(compiled(side_by_side(branches)), {}).origins)

    assert shapes(12) - shapes(11) == shapes(11) - shapes(10) < 12
    assert len(explored(compiled(side_by_side(5)), {}, every_order=True).origins) > 3**5


def side_by_side(branches: int) -> dict[str, Any]:
    """A fork of so many branches, each two tasks long."""
    nodes: dict[str, Any] = {
        "start": {"kind": "start", "next": "split"},
        "split": {"kind": "fork", "join": "meet", "branches": {}},
        "meet": {"kind": "join", "next": "end"},
        "end": {"kind": "end", "code": "done"},
    }
    for number in range(branches):
        nodes["split"]["branches"][f"way{number}"] = {"next": f"first{number}"}
        for name, target in ((f"first{number}", f"second{number}"), (f"second{number}", "meet")):
            outcomes = {"done": {"title": "done", "next": target}}
            nodes[name] = {"kind": "task", "actor": {"agency": "office", "level": "county"}, "outcomes": outcomes}
    return nodes


def findings(process: CompiledProcess, others: dict[str, CompiledProcess]) -> list[Finding]:
    service = service_of({})
    service = msgspec.structs.replace(service, processes={"main": process.definition})
    subject = Subject(id="a/b", region="", documents={}, processes={"main": process, **others})
    return [*check_soundness(subject, service), *check_completion(subject, service)]

"""The walk-throughs of the two main items: their applications are valid and they follow the processes to the end they promise."""

from __future__ import annotations

from datetime import date, datetime
from functools import cache
from typing import Any

import pytest
from social_assistance import REGION, ROOT, SERVICE, application_form, release, service, targets

from server.definitions import process
from server.exports.folder import read_trees
from server.forms.settle import Settled
from server.forms.validate import Checked, check_instance
from server.processes.compiled import CallNode, TaskNode
from server.rules.expressions import UNDEFINED


@cache
def walks() -> dict[str, Any]:
    prefix = f"process_defs/{SERVICE}/walks/"
    return {path.removeprefix(prefix): found for path, found in read_trees(ROOT).documents.items() if path.startswith(prefix)}


def next_stops(definition: process.ProcessDefinition, names: tuple[str, ...]) -> set[str]:
    """The nodes at which a case can wait or end next, passing through those that need nobody."""
    stops: set[str] = set()
    pending, seen = list(names), set[str]()
    while pending:
        name = pending.pop()
        node = definition.nodes[name]
        if name in seen:
            continue
        seen.add(name)
        if isinstance(node, process.Notify | process.Decide | process.Choice | process.Start):
            pending += targets(node)
        else:
            stops.add(name)
    return stops


def edges_of(definition: process.ProcessDefinition, name: str, entry: dict[str, Any]) -> tuple[str, ...]:
    """Where one entry of a walk takes a case that stands at a node; nowhere when the entry is not meant for it."""
    node = definition.nodes[name]
    if "advance" in entry:
        timed = node.next if isinstance(node, process.PublicNotice) else None
        on = getattr(node, "on", None)
        waited = on.timeout.next if isinstance(on, process.On) and on.timeout is not None else None
        return tuple(target for target in (timed, waited) if target is not None)
    if "node" in entry:
        return (node.outcomes[entry["outcome"]].next,) if isinstance(node, process.Task) and name == entry["node"] else ()
    if entry["message"] in definition.on:
        return (definition.on[entry["message"]].next,)
    match node:
        case process.Call() if name == entry["message"]:
            return (node.next,)
        case process.Wait() if node.message == entry["message"]:
            return (node.next,)
        case process.PublicNotice() if entry["message"] == "objection" and node.objection is not None:
            return (node.objection,)
    return ()


@pytest.mark.parametrize("walk_id", sorted(walks()))
def test_a_walk_follows_the_edges_of_its_process_to_the_end_it_promises(walk_id: str) -> None:
    walk = walks()[walk_id]
    ((item, wanted),) = walk["want"].items()
    definition = service().processes[item]
    places = next_stops(definition, ("start",))
    for entry in walk["walk"]:
        assert entry.get("case", item) == item
        moved = tuple(target for place in sorted(places) for target in edges_of(definition, place, entry))
        assert moved or "advance" in entry, entry
        stayed = places if "advance" in entry else set[str]()
        places = next_stops(definition, moved) | stayed
    assert any(isinstance(definition.nodes[place], process.End) for place in places)
    assert wanted["end"] in service().items.items[item].outcomes
    done = [entry["node"] for entry in walk["walk"] if "node" in entry]
    assert wanted["tasks"][: len(done)] == done


@cache
def application_of(walk_id: str) -> tuple[Settled, Checked]:
    noon = datetime.fromisoformat(f"{walks()[walk_id]['today']}T04:00:00+00:00")
    return check_instance(application_form(), walks()[walk_id]["answers"], release().context(REGION, noon))


@pytest.mark.parametrize("walk_id", sorted(walks()))
def test_the_application_of_a_walk_is_accepted_by_the_form(walk_id: str) -> None:
    assert application_of(walk_id)[1].problems == ()


@pytest.mark.parametrize("walk_id", sorted(walks()))
def test_what_is_sent_and_proposed_before_the_visit_has_a_value_for_every_application(walk_id: str) -> None:
    ((item, _),) = walks()[walk_id]["want"].items()
    compiled = release().processes[item]
    today = date.fromisoformat(walks()[walk_id]["today"])
    bindings = compiled.facts.evaluate(application_of(walk_id)[0].bindings, today=today, calendar=compiled.calendar)
    for name in ("triage", "means_check", "means_check_manual", "home_visit"):
        node = compiled.nodes.get(name)
        rules = node.request if isinstance(node, CallNode) else node.prefill if isinstance(node, TaskNode) else {}
        for field, rule in rules.items():
            assert rule.evaluate(bindings) is not UNDEFINED, (name, field, rule.cause(bindings))


def test_the_walks_reach_every_result_of_the_two_main_items() -> None:
    for item in ("low_income_identification", "temporary_assistance"):
        ends = {walk["want"][item]["end"] for walk in walks().values() if item in walk["want"]}
        missing = set(service().items.items[item].outcomes) - ends
        assert missing <= {"withdrawn"}

"""What a process names must exist, and its shape must be one that can run.

Whether its offices, results and ways to an end are right is a question for `server.checks`.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from server.definitions import process
from server.definitions.common import Duration
from server.definitions.service import Service
from server.processes.collecting import Collector
from server.processes.structure import boundaries_of, edges_of, inside_of, starts_of
from server.rules.expressions import RESERVED

_NODE_ID = re.compile(r"[a-z][a-z0-9_]*")
#: First parts of variables that no node can have as its name.
_TAKEN = frozenset({"case", "provided", "parameters", "row"})


def check_references(process_id: str, service: Service, found: Collector) -> None:
    """Adds a finding for everything that is named and does not exist, and for every shape that cannot run."""
    definition = service.processes[process_id]
    _check_starts(definition, found)
    _check_forks(definition, found)
    for name, boundary in definition.on.items():
        _check_node(definition, ("on", name, "next"), boundary.next, found)
        _check_boundary(("on", name), boundary, found, timed=False)
        if not boundary.interrupting:
            found.add(("on", name, "interrupting"), "message-must-interrupt", {"message": name})
    for name, node in definition.nodes.items():
        if not _NODE_ID.fullmatch(name) or name in RESERVED or name in _TAKEN:
            found.add(("nodes", name), "bad-node-id", {"node": name})
        for place, target in edges_of(node):
            _check_node(definition, ("nodes", name, *place), target, found)
        _check_boundaries(name, node, found)
        _check_kind(name, node, service, process_id, found)


def _check_starts(definition: process.ProcessDefinition, found: Collector) -> None:
    starts = starts_of(definition.nodes)
    if not starts:
        found.add(("nodes",), "no-start")
    for name in starts[1:]:
        found.add(("nodes", name), "second-start", {"node": name, "first": starts[0]})


def _check_node(definition: process.ProcessDefinition, place: tuple[str, ...], name: str, found: Collector) -> None:
    if name not in definition.nodes:
        found.unknown(place, "unknown-node", node=name, known=definition.nodes)


def _check_forks(definition: process.ProcessDefinition, found: Collector) -> None:
    joins = _joins(definition, found)
    inside = {join: inside_of(definition, fork) for join, fork in joins.items()}
    for join, fork in joins.items():
        _check_branches(definition, fork, inside[join], found)
    for name, node in definition.nodes.items():
        if isinstance(node, process.Join) and name not in joins:
            found.add(("nodes", name), "join-without-fork", {"node": name})
        for edge, target in edges_of(node):
            if target in joins and name != joins[target] and name not in inside[target]:
                found.add(("nodes", name, *edge), "join-from-outside", {"node": target, "fork": joins[target]})


def _joins(definition: process.ProcessDefinition, found: Collector) -> dict[str, str]:
    """Each join with its one fork."""
    joins: dict[str, str] = {}
    for name, node in definition.nodes.items():
        if not isinstance(node, process.Fork):
            continue
        place: tuple[str, ...] = ("nodes", name, "join")
        if node.join not in definition.nodes:
            found.unknown(place, "unknown-node", node=node.join, known=definition.nodes)
        elif not isinstance(definition.nodes[node.join], process.Join):
            found.add(place, "join-not-fitting", {"node": node.join})
        elif node.join in joins:
            found.add(place, "join-shared", {"node": node.join, "fork": joins[node.join]})
        else:
            joins[node.join] = name
    return joins


def _check_branches(definition: process.ProcessDefinition, fork_id: str, inside: frozenset[str], found: Collector) -> None:
    """A branch begins at a node of its own: one that is come to from elsewhere, too, belongs to the line outside."""
    fork = definition.nodes[fork_id]
    assert isinstance(fork, process.Fork)
    for code, branch in fork.branches.items():
        if branch.next in definition.nodes and branch.next not in inside and branch.next != fork.join:
            place = ("nodes", fork_id, "branches", code, "next")
            found.add(place, "branch-outside", {"node": branch.next, "fork": fork_id})


def _check_boundaries(name: str, node: process.AnyNode, found: Collector) -> None:
    for place, boundary in boundaries_of(node):
        timed = place[-1] == "timeout" and len(place) == 2
        _check_boundary(("nodes", name, *place), boundary, found, timed=timed)
        if place == ("on", "error") and not isinstance(node, process.Call | process.Subprocess | process.Each):
            found.add(("nodes", name, *place), "boundary-never", {"node": name})
    for place, duration in _durations(node):
        if not _is_length(duration):
            found.add(("nodes", name, *place), "malformed-duration")


def _check_boundary(place: tuple[str, ...], boundary: process.Boundary, found: Collector, *, timed: bool) -> None:
    if timed and boundary.after is None:
        found.add(place, "boundary-without-after")
    if not timed and boundary.after is not None:
        found.add((*place, "after"), "after-without-timeout")


def _durations(node: process.AnyNode) -> Iterator[tuple[tuple[str, ...], Duration]]:
    if isinstance(node, process.Task) and node.limit is not None:
        yield ("limit",), node.limit
    if isinstance(node, process.PublicNotice):
        yield ("period",), node.period
    for place, boundary in boundaries_of(node):
        if boundary.after is not None:
            yield (*place, "after"), boundary.after


def _is_length(duration: Duration) -> bool:
    lengths = [length for length in (duration.workdays, duration.days, duration.hours) if length is not None]
    return len(lengths) == 1 and lengths[0] > 0


def _check_kind(name: str, node: process.AnyNode, service: Service, process_id: str, found: Collector) -> None:
    place = ("nodes", name)
    match node:
        case process.Task():
            _check_task(place, node, service, found)
        case process.Call():
            _check_call(place, node, service, found)
        case process.Decide() if node.table not in service.tables:
            found.unknown((*place, "table"), "unknown-table", table=node.table, known=service.tables)
            found.excused.add(name)
        case process.Wait():
            _check_wait(place, node, service.processes[process_id], found)
        case process.PublicNotice() | process.Notify():
            _check_notice(place, node, service, found)
        case process.Subprocess(process=other):
            _check_process(place, other, service, process_id, found)
        case process.Each(process=str(other)):
            _check_process(place, other, service, process_id, found)


def _check_task(place: tuple[str, ...], node: process.Task, service: Service, found: Collector) -> None:
    if node.form is not None and node.form not in service.task_forms:
        found.unknown((*place, "form"), "unknown-task-form", form=node.form, known=service.task_forms)
        found.excused.add(place[-1])
    if node.form is None and node.prefill:
        found.add((*place, "prefill"), "prefill-without-form", {"node": place[-1]})


def _check_call(place: tuple[str, ...], node: process.Call, service: Service, found: Collector) -> None:
    connector = service.connectors.get(node.connector)
    if connector is None:
        found.unknown((*place, "connector"), "unknown-connector", connector=node.connector, known=service.connectors)
        found.excused.add(place[-1])
        return
    operation = connector.operations.get(node.operation)
    if operation is None:
        found.unknown((*place, "operation"), "unknown-operation", operation=node.operation, known=connector.operations)
        found.excused.add(place[-1])
        return
    members = operation.request.get("properties", {})
    for member in node.request:
        if member not in members:
            found.unknown((*place, "request", member), "unknown-request-member", member=member, known=members)
    for member in operation.request.get("required", ()):
        if member not in node.request:
            found.add((*place, "request"), "missing-request-member", {"member": str(member)})


def _check_wait(place: tuple[str, ...], node: process.Wait, definition: process.ProcessDefinition, found: Collector) -> None:
    if node.message is None and node.on.timeout is None and not node.on.message:
        found.add(place, "wait-without-event", {"node": place[-1]})
    if node.supplement is None:
        return
    asking = definition.nodes.get(node.supplement)
    if asking is None:
        found.unknown((*place, "supplement"), "unknown-node", node=node.supplement, known=definition.nodes)
    elif not isinstance(asking, process.Task):
        found.add((*place, "supplement"), "supplement-without-question", {"node": node.supplement})


def _check_notice(
    place: tuple[str, ...], node: process.PublicNotice | process.Notify, service: Service, found: Collector
) -> None:
    notice = service.notices.get(node.notice)
    if notice is None:
        found.unknown((*place, "notice"), "unknown-notice", notice=node.notice, known=service.notices)
    elif (notice.channel == "public") != isinstance(node, process.PublicNotice):
        found.add((*place, "notice"), "notice-channel", {"notice": node.notice, "channel": notice.channel})


def _check_process(place: tuple[str, ...], other: str, service: Service, process_id: str, found: Collector) -> None:
    if other not in service.processes:
        found.unknown((*place, "process"), "unknown-process", process=other, known=service.processes)
    elif process_id in _run_by(other, service):
        found.add((*place, "process"), "process-recursion", {"process": other})


def _run_by(process_id: str, service: Service) -> set[str]:
    """The process and all that it runs, directly or not."""
    seen: set[str] = set()
    pending = [process_id]
    while pending:
        name = pending.pop()
        if name not in seen and name in service.processes:
            seen.add(name)
            nodes = service.processes[name].nodes.values()
            pending += [n.process for n in nodes if isinstance(n, process.Subprocess | process.Each) and n.process is not None]
    return seen

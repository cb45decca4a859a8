"""Processes begin once, reach every node, and can end from everywhere."""

from __future__ import annotations

from collections.abc import Iterator

from server.checks.place import Place
from server.checks.subject import Subject
from server.definitions.process import Choice, End, Fork, ProcessDefinition, Task, Wait
from server.definitions.service import Service
from server.findings import Finding
from server.processes.structure import edges_of, reached, starts_of


def check_soundness(subject: Subject, service: Service) -> Iterator[Finding]:
    """No node is never reached, and none leads nowhere; that there is one start is seen while compiling."""
    for process_id, definition in service.processes.items():
        nodes = subject.document("process", process_id).under("nodes")
        starts = starts_of(definition.nodes)
        seen = reached(definition.nodes, (*starts, *(boundary.next for boundary in definition.on.values())))
        for name in definition.nodes:
            if starts and name not in seen and not _is_join(definition, name):
                yield nodes.under(name).error("unreached-node", node=name)
        ending = coming_to_an_end(definition)
        for name in definition.nodes:
            if name not in ending:
                yield nodes.under(name).error("dead-end", node=name)


def check_choices(subject: Subject, service: Service) -> Iterator[Finding]:
    """Every choice leads somewhere in every case, every task offers an outcome, and no case waits for ever."""
    for process_id, definition in service.processes.items():
        nodes = subject.document("process", process_id).under("nodes")
        for name, node in definition.nodes.items():
            here = nodes.under(name)
            match node:
                case Choice():
                    yield from _choice_findings(name, node, here)
                case Wait() if node.message is not None and node.sender == "applicant" and node.on.timeout is None:
                    yield here.under("on").error("wait-without-time-out", node=name)
                case Fork() if not node.branches:
                    yield here.under("branches").error("no-branches", node=name)
                case Task() if not node.outcomes:
                    yield here.under("outcomes").error("no-outcomes", node=name)
                case Task() if all(outcome.when is not None for outcome in node.outcomes.values()):
                    yield here.under("outcomes").warning("outcomes-all-conditional", node=name)


def _choice_findings(name: str, node: Choice, here: Place) -> Iterator[Finding]:
    always = [code for code, branch in node.branches.items() if branch.when is None]
    for code in always[1:] if node.otherwise is None else always:
        yield here.under("branches", code).error("branch-always", node=name, branch=code)


def _is_join(definition: ProcessDefinition, name: str) -> bool:
    """Whether a fork meets at this node."""
    return any(isinstance(node, Fork) and node.join == name for node in definition.nodes.values())


def coming_to_an_end(definition: ProcessDefinition) -> set[str]:
    """Nodes from which edges lead to an end."""
    sources: dict[str, list[str]] = {}
    for name, node in definition.nodes.items():
        for _, target in edges_of(node):
            sources.setdefault(target, []).append(name)
    seen: set[str] = set()
    pending = [name for name, node in definition.nodes.items() if isinstance(node, End)]
    while pending:
        name = pending.pop()
        if name not in seen:
            seen.add(name)
            pending += sources.get(name, [])
    return seen

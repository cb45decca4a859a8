"""The shape of a process: where its nodes lead and what lies inside its forks."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping

from server.definitions import process

Nodes = Mapping[str, process.AnyNode]


def edges_of(node: process.AnyNode) -> Iterator[tuple[tuple[str, ...], str]]:
    """Every edge out of a node: its place inside the node and the node it names, boundary events included."""
    match node:
        case process.Task():
            for code, outcome in node.outcomes.items():
                yield ("outcomes", code, "next"), outcome.next
        case process.Choice() | process.Fork():
            for code, branch in node.branches.items():
                yield ("branches", code, "next"), branch.next
            if isinstance(node, process.Choice) and node.otherwise is not None:
                yield ("otherwise",), node.otherwise
        case process.End():
            return
        case _:
            yield ("next",), node.next
            if isinstance(node, process.PublicNotice) and node.objection is not None:
                yield ("objection",), node.objection
    for place, boundary in boundaries_of(node):
        yield (*place, "next"), boundary.next


def boundaries_of(node: process.AnyNode) -> Iterator[tuple[tuple[str, ...], process.Boundary]]:
    """Every boundary event of a node with its place inside the node."""
    on = getattr(node, "on", None)
    if not isinstance(on, process.On):
        return
    if on.timeout is not None:
        yield ("on", "timeout"), on.timeout
    if on.error is not None:
        yield ("on", "error"), on.error
    for name, boundary in on.message.items():
        yield ("on", "message", name), boundary


def starts_of(nodes: Nodes) -> tuple[str, ...]:
    """The start nodes, in document order."""
    return tuple(name for name, node in nodes.items() if isinstance(node, process.Start))


def reached(nodes: Nodes, sources: Iterable[str], *, without: str = "") -> set[str]:
    """Every node that can be reached from the sources, themselves included, on ways that avoid the node `without`."""
    seen: set[str] = set()
    pending = list(sources)
    while pending:
        name = pending.pop()
        if name in seen or name == without or name not in nodes:
            continue
        seen.add(name)
        pending += [target for _, target in edges_of(nodes[name])]
    return seen


def inside_of(definition: process.ProcessDefinition, fork_id: str) -> frozenset[str]:
    """The nodes that belong to a fork's branches: reached from it before its join, and in no other way.

    A node that is reached around the fork, too, or again after the join, belongs to the line outside: whoever goes there
    from a branch leaves the fork and with it the other branches.
    """
    nodes = definition.nodes
    fork = nodes[fork_id]
    assert isinstance(fork, process.Fork)
    within = reached(nodes, (branch.next for branch in fork.branches.values()), without=fork.join)
    join = nodes.get(fork.join)
    after = (join.next,) if isinstance(join, process.Join) else ()
    outside = reached(nodes, (*starts_of(nodes), *(b.next for b in definition.on.values()), *after), without=fork_id)
    return frozenset(within - outside - {fork_id})

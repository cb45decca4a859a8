"""Every case can come to an end from wherever it stands: found by playing through all that can happen."""

from __future__ import annotations

from collections.abc import Iterator

from server.checks.exploring import MAX_SHAPES, Exploration, explored
from server.checks.paths import way_of, way_to
from server.checks.place import Place
from server.checks.shapes import Shape, Standing
from server.checks.soundness import coming_to_an_end
from server.checks.subject import Subject
from server.definitions.process import End, Join
from server.definitions.service import Service
from server.findings import Finding
from server.processes.compiled import ForkNode
from server.processes.structure import reached, starts_of

#: Incident to the code of the finding for a token that can come to it.
_INCIDENTS = {"endless-loop": "loop-without-wait", "stray-join": "join-stray"}


def check_completion(subject: Subject, service: Service) -> Iterator[Finding]:
    """No case gets stuck or goes in circles, every node and every end is reached, and every result counts."""
    for process_id, process in subject.processes.items():
        nodes = subject.document("process", process_id).under("nodes")
        found = explored(process, subject.processes)
        if not found.complete:
            yield nodes.warning("process-not-decided", limit=MAX_SHAPES)
        stuck = found.stuck()
        yield from _stuck(found, stuck, nodes)
        if found.complete and not stuck:
            yield from _never_entered(found, nodes)
        yield from _lost_results(found, nodes)


def _stuck(found: Exploration, stuck: list[Shape], nodes: Place) -> Iterator[Finding]:
    """Where a case comes to stand for good, or goes on for ever without getting anywhere."""
    seen: set[tuple[str, str]] = set()
    last = [shape for shape in stuck if set(found.following[shape]) <= {shape}]
    leading = found.leading_to(last)
    circling = [shape for shape in stuck if shape not in leading][:1]
    # From the other nodes no edge leads to an end, which is said of each of them.
    ending = coming_to_an_end(found.process.definition)
    for shape in (*last, *circling):
        for node, code in _reasons(found, shape, circle=bool(found.following[shape])):
            if (node, code) not in seen and (code == "join-stray" or node in ending):
                seen.add((node, code))
                yield nodes.under(node).error(code, node=node, path=way_of(found, found.moves_to(shape)))


def _reasons(found: Exploration, shape: Shape, *, circle: bool) -> Iterator[tuple[str, str]]:
    """The nodes of the process at which a shape stands, each with what is wrong there."""
    for standing in shape.tokens:
        yield from _reason(standing, found, circle)


def _reason(standing: Standing, found: Exploration, circle: bool) -> Iterator[tuple[str, str]]:
    own = [inner for inner in standing.scopes if inner.kind == "fork"]
    if own:
        for inner in own:
            for token in inner.tokens:
                yield from _reason(token, found, circle)
    elif standing.incident in _INCIDENTS:
        yield standing.node, _INCIDENTS[standing.incident]
    elif not isinstance(found.process.definition.nodes[standing.node], Join):
        yield standing.node, "goes-in-circles" if circle else "never-completes"


def _never_entered(found: Exploration, nodes: Place) -> Iterator[Finding]:
    """Nodes and ends that no case comes to, although edges lead there."""
    definition = found.process.definition
    linked = reached(definition.nodes, (*starts_of(definition.nodes), *(on.next for on in definition.on.values())))
    for name, node in definition.nodes.items():
        if name in linked and name not in found.entered:
            yield nodes.under(name).error("end-never-reached" if isinstance(node, End) else "node-never-entered", node=name)


def _lost_results(found: Exploration, nodes: Place) -> Iterator[Finding]:
    """Ends whose code is not the result of the process."""
    for name, fork in found.process.nodes.items():
        if not isinstance(fork, ForkNode):
            continue
        for inner in sorted(fork.inside):
            if isinstance(found.process.definition.nodes[inner], End) and inner in found.entered:
                yield nodes.under(inner).error("end-in-branch", node=inner, fork=name, path=way_to(found, inner))
    for name, (other, shape, move) in found.beside.items():
        path = way_of(found, (*found.moves_to(shape), move))
        yield nodes.under(name).warning("result-by-last", node=name, other=other, path=path)

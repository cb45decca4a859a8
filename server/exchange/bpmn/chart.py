"""A process as the shapes and flows of a diagram: what is drawn and what is written as BPMN are the same chart."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Literal

import msgspec

from server.definitions import process
from server.processes.structure import Nodes, boundaries_of, edges_of, inside_of

#: What a shape stands for: a node, the ways out of a task, ways that meet, an event beside a node or beside them all.
Part = Literal["node", "outcomes", "merge", "boundary", "on"]
#: What an event waits for.
Trigger = Literal["", "timer", "message", "error"]
Place = tuple[str, ...]
#: Source shape, target node, title and place of a way that the process names.
Way = tuple[str, str, str | None, Place]


class Shape(msgspec.Struct, frozen=True, kw_only=True):
    """One element of the diagram."""

    id: str
    #: Name of the BPMN element.
    tag: str
    part: Part = "node"
    #: The node it belongs to; empty beside them all.
    node: str = ""
    title: str | None = None
    trigger: Trigger = ""
    #: Where the event stands inside its node, or inside the process.
    place: Place = ()
    interrupting: bool = True


class Flow(msgspec.Struct, frozen=True, kw_only=True):
    """One arrow."""

    id: str
    #: Shapes.
    source: str
    target: str
    title: str | None = None
    #: Where the process says so, inside the node; empty for what only BPMN needs.
    place: Place = ()


class Chart(msgspec.Struct, frozen=True, kw_only=True):
    """All of a diagram."""

    shapes: dict[str, Shape]
    flows: tuple[Flow, ...]


def chart_of(definition: process.ProcessDefinition) -> Chart:
    """The diagram of a process; ways to nodes that do not exist are left out."""
    return _Drawer(definition).chart()


def tag_of(nodes: Nodes, name: str) -> tuple[str, Trigger]:
    """The BPMN element of a node, and what it waits for when it is an event."""
    node = nodes[name]
    match node:
        case process.Start():
            return "startEvent", ""
        case process.End():
            return "endEvent", ""
        case process.Task():
            return "userTask", ""
        case process.Call():
            return "serviceTask", ""
        case process.Decide():
            return "businessRuleTask", ""
        case process.Choice():
            return "exclusiveGateway", ""
        case process.Fork():
            return _gateway(node), ""
        case process.Join():
            forks = (other for other in nodes.values() if isinstance(other, process.Fork) and other.join == name)
            return next(map(_gateway, forks), "parallelGateway"), ""
        case process.Wait():
            if only_waits(node):
                return "intermediateCatchEvent", "timer"
            bare = node.message is not None and not list(boundaries_of(node))
            return ("intermediateCatchEvent", "message") if bare else ("receiveTask", "")
        case process.PublicNotice():
            bare = node.objection is None and not list(boundaries_of(node))
            return ("intermediateCatchEvent", "timer") if bare else ("subProcess", "")
        case process.Subprocess() | process.Each():
            return "callActivity", ""
        case process.Notify():
            return "sendTask", ""


def only_waits(node: process.Wait) -> bool:
    """Whether nothing but time passes at a node."""
    timeout = node.on.timeout
    return node.message is None and timeout is not None and timeout.interrupting and not (node.on.error or node.on.message)


def _gateway(fork: process.Fork) -> str:
    return "inclusiveGateway" if any(branch.when is not None for branch in fork.branches.values()) else "parallelGateway"


class _Drawer:
    """A chart on its way."""

    def __init__(self, definition: process.ProcessDefinition) -> None:
        self._definition, self._nodes = definition, definition.nodes
        self._shapes: dict[str, Shape] = {}
        self._taken = set(definition.nodes)
        self._numbers = iter(range(1, 1_000_000))
        self._ways: list[Way] = []
        self._flows: list[Flow] = []

    def chart(self) -> Chart:
        for name in self._nodes:
            self._node(name)
        for name, boundary in self._definition.on.items():
            event = Shape(
                id=self._free(f"on_{name}"),
                tag="startEvent",
                part="on",
                title=boundary.title,
                trigger="message",
                place=("on", name),
                interrupting=boundary.interrupting,
            )
            self._shapes[event.id] = event
            self._ways.append((event.id, boundary.next, None, ("on", name, "next")))
        ways = [way for way in self._ways if way[1] in self._nodes]
        meeting = dict(self._meeting(ways))
        for number, (source, target, title, place) in enumerate(ways):
            self._flow(source, meeting.get(number, target), title, place)
        return Chart(shapes=self._shapes, flows=tuple(self._flows))

    def _node(self, name: str) -> None:
        node = self._nodes[name]
        tag, trigger = tag_of(self._nodes, name)
        self._shapes[name] = Shape(id=name, tag=tag, node=name, title=node.title, trigger=trigger)
        source = name
        if isinstance(node, process.Task) and len(node.outcomes) > 1:
            source = self._add(f"{name}_outcomes", "exclusiveGateway", "outcomes", name)
            self._flow(name, source)
        events = {} if trigger else dict(self._events(name, node))
        for place, target in edges_of(node):
            if trigger == "timer" and isinstance(node, process.Wait) and place == ("next",):
                continue
            self._ways.append((events.get(place[:-1] or place, source), target, _title(node, place), place))

    def _events(self, name: str, node: process.AnyNode) -> Iterator[tuple[Place, str]]:
        """Place of each event beside a node, and its shape."""
        found: list[tuple[Place, Trigger, str | None, bool]] = []
        for place, boundary in boundaries_of(node):
            trigger: Trigger = "timer" if place[1] == "timeout" else "error" if place[1] == "error" else "message"
            found.append((place, trigger, boundary.title, boundary.interrupting))
        if isinstance(node, process.PublicNotice) and node.objection is not None:
            found.append((("objection",), "message", None, True))
        for place, trigger, title, interrupting in found:
            event = Shape(
                id=self._free(f"{name}_{place[-1]}"),
                tag="boundaryEvent",
                part="boundary",
                node=name,
                title=title,
                trigger=trigger,
                place=place,
                interrupting=interrupting,
            )
            self._shapes[event.id] = event
            yield place, event.id

    def _meeting(self, ways: list[Way]) -> Iterator[tuple[int, str]]:
        """Number of each way that meets others in front of a gateway, which would wait for all of them, and where they meet."""
        for name, node in self._nodes.items():
            if isinstance(node, process.Fork):
                yield from self._merged(name, [number for number, way in enumerate(ways) if way[1] == name])
                yield from self._before_join(name, node, ways)

    def _before_join(self, name: str, fork: process.Fork, ways: list[Way]) -> Iterator[tuple[int, str]]:
        inside = inside_of(self._definition, name)
        reach = [self._reach(branch.next, inside) for branch in fork.branches.values()]
        for own in reach:
            others = set().union(*(other for other in reach if other is not own))
            group = [
                number
                for number, (source, target, _, _) in enumerate(ways)
                if target == fork.join and self._shapes[source].node in own - others
            ]
            yield from self._merged(fork.join, group)

    def _merged(self, target: str, group: list[int]) -> Iterator[tuple[int, str]]:
        if len(group) > 1:
            merge = self._add(f"{target}_merge", "exclusiveGateway", "merge", target)
            self._flow(merge, target)
            yield from ((number, merge) for number in group)

    def _reach(self, start: str, inside: frozenset[str]) -> set[str]:
        seen: set[str] = set()
        pending = [start]
        while pending:
            name = pending.pop()
            if name in inside and name not in seen:
                seen.add(name)
                pending += [target for _, target in edges_of(self._nodes[name])]
        return seen

    def _add(self, wanted: str, tag: str, part: Part, node: str) -> str:
        shape = Shape(id=self._free(wanted), tag=tag, part=part, node=node)
        self._shapes[shape.id] = shape
        return shape.id

    def _flow(self, source: str, target: str, title: str | None = None, place: Place = ()) -> None:
        flow = Flow(id=self._free(f"flow_{next(self._numbers)}"), source=source, target=target, title=title, place=place)
        self._flows.append(flow)

    def _free(self, wanted: str) -> str:
        name, number = wanted, 1
        while name in self._taken:
            number += 1
            name = f"{wanted}_{number}"
        self._taken.add(name)
        return name


def _title(node: process.AnyNode, place: Place) -> str | None:
    match node, place:
        case process.Task(outcomes=outcomes), ("outcomes", code, _):
            return outcomes[code].title
        case ((process.Choice(branches=branches) | process.Fork(branches=branches)), ("branches", code, _)):
            return branches[code].title
    return None

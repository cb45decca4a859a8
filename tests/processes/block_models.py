"""Random sound models of blocks — tasks, sequences, choices, forks, loops — as a process document and as BPMN."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any
from xml.sax.saxutils import escape

import msgspec
from hypothesis import strategies as st

#: Variables that choices and forks look at.
DATA = ("a", "b", "c")
_BPMN = "http://www.omg.org/spec/BPMN/20100524/MODEL"


class Task(msgspec.Struct, frozen=True):
    """Somebody's work, with one outcome."""


class Loop(msgspec.Struct, frozen=True):
    """A block, then a task that sends it back or on."""

    body: Block


class Sequence(msgspec.Struct, frozen=True):
    """Blocks one after the other."""

    blocks: tuple[Block, ...]


class Choice(msgspec.Struct, frozen=True):
    """One of two blocks, or nothing instead of the second."""

    condition: str
    first: Block
    second: Block | None


class All(msgspec.Struct, frozen=True):
    """Blocks side by side."""

    blocks: tuple[Block, ...]


class Some(msgspec.Struct, frozen=True):
    """Blocks side by side, each where its condition holds, and one that is always there."""

    always: Block
    blocks: tuple[tuple[str, Block], ...]


Block = Task | Loop | Sequence | Choice | All | Some

CONDITIONS = st.builds(lambda name, bound: f"{name} > {bound}", st.sampled_from(DATA), st.integers(0, 3))


def _in_line(inner: st.SearchStrategy[Block]) -> st.SearchStrategy[Block]:
    pairs = st.lists(inner, min_size=2, max_size=3).map(tuple)
    return st.one_of(st.builds(Sequence, pairs), st.builds(Choice, CONDITIONS, inner, st.none() | inner))


def _side_by_side(inner: st.SearchStrategy[Block]) -> st.SearchStrategy[Block]:
    pairs = st.lists(inner, min_size=2, max_size=3).map(tuple)
    some = st.lists(st.tuples(CONDITIONS, inner), min_size=1, max_size=2).map(tuple)
    return st.one_of(st.builds(All, pairs), st.builds(Some, inner, some))


def _any(inner: st.SearchStrategy[Block]) -> st.SearchStrategy[Block]:
    return _in_line(inner) | _side_by_side(inner) | st.builds(Loop, inner)


_TASK: st.SearchStrategy[Block] = st.just(Task())
_LINES = st.recursive(_TASK, lambda inner: _in_line(inner) | st.builds(Loop, inner), max_leaves=5)
BLOCKS = st.recursive(_TASK, _any, max_leaves=8)
#: Large enough that something goes on side by side.
MODELS = st.lists(_any(BLOCKS), min_size=1, max_size=3).map(lambda blocks: Sequence(tuple(blocks)))
#: Without loops around forks.
FORKS_OUTSIDE_LOOPS = st.recursive(_LINES, lambda inner: _in_line(inner) | _side_by_side(inner), max_leaves=5)
BINDINGS = st.fixed_dictionaries({name: st.integers(0, 4) for name in DATA})


class ProcessWriter:
    """Writes a block as the nodes of a process; node ids are those of the BPMN elements."""

    def __init__(self, block: Block) -> None:
        self._number = 0
        self.nodes: dict[str, Any] = {"end": {"kind": "end", "code": "done", "reason": "done"}}
        self.nodes["start"] = {"kind": "start", "next": self._block(block, "end")}

    def _name(self, word: str) -> str:
        self._number += 1
        return f"{word}{self._number}"

    def _task(self, name: str, **outcomes: str) -> str:
        actor = {"agency": "office", "level": "county"}
        targets = {outcome: {"title": outcome, "next": target} for outcome, target in outcomes.items()}
        self.nodes[name] = {"kind": "task", "actor": actor, "outcomes": targets}
        return name

    def _merge(self, name: str, after: str) -> str:
        """A node where ways meet that exclude each other; gateways of forks in BPMN take every way in for a branch."""
        self.nodes[name] = {"kind": "choice", "branches": {}, "otherwise": after}
        return name

    def _block(self, block: Block, after: str) -> str:
        """The first node of a block that is followed by another node."""
        match block:
            case Task():
                return self._task(self._name("task"), done=after)
            case Loop(body=body):
                name, again = self._name("task"), self._name("merge")
                self._merge(again, self._block(body, name))
                self._task(name, done=after, again=again)
                return again
            case Sequence(blocks=blocks):
                for inner in reversed(blocks):
                    after = self._block(inner, after)
                return after
            case Choice(condition=condition, first=first, second=second):
                name, after = self._name("choice"), self._merge(self._name("merge"), after)
                ways = {"first": {"when": condition, "next": self._block(first, after)}}
                otherwise = after if second is None else self._block(second, after)
                self.nodes[name] = {"kind": "choice", "branches": ways, "otherwise": otherwise}
                return name
            case All(blocks=blocks):
                return self._fork([(None, inner) for inner in blocks], after)
            case Some(always=always, blocks=blocks):
                return self._fork([(None, always), *blocks], after)

    def _fork(self, branches: list[tuple[str | None, Block]], after: str) -> str:
        name, join = self._name("fork"), self._name("join")
        self.nodes[join] = {"kind": "join", "next": after}
        ways = {
            f"way{index}": {"when": condition, "next": self._block(inner, join), "order": index}
            for index, (condition, inner) in enumerate(branches)
        }
        self.nodes[name] = {"kind": "fork", "join": join, "branches": ways}
        return name


def bpmn_of(nodes: dict[str, Any]) -> str:
    """The same process in BPMN 2.0; a task with two outcomes is followed by a gateway that looks at the answer `<task>`."""
    parts = [part for name, node in nodes.items() for part in _elements(name, node, nodes)]
    process = f'<process id="main" isExecutable="true">{"".join(parts)}</process>'
    return f'<definitions xmlns="{_BPMN}" targetNamespace="test">{process}</definitions>'


def _elements(name: str, node: dict[str, Any], nodes: dict[str, Any]) -> Iterator[str]:
    match node["kind"]:
        case "start":
            yield f'<startEvent id="{name}"/>'
            yield _flow(name, node["next"])
        case "end":
            yield f'<endEvent id="{name}"/>'
        case "task":
            yield f'<userTask id="{name}"/>'
            yield from _outcomes(name, {code: outcome["next"] for code, outcome in node["outcomes"].items()})
        case "choice" if not node["branches"]:
            yield f'<exclusiveGateway id="{name}"/>'
            yield _flow(name, node["otherwise"])
        case "choice":
            (way,) = node["branches"].values()
            yield from _choice(name, way["when"], way["next"], node["otherwise"])
        case "fork":
            kind = _gateway(node)
            yield f'<{kind} id="{name}"/>'
            for way in node["branches"].values():
                condition = (way["when"] or "1 == 1") if kind == "inclusiveGateway" else None
                yield _flow(name, way["next"], condition)
        case "join":
            fork = next(found for found in nodes.values() if found.get("join") == name)
            yield f'<{_gateway(fork)} id="{name}"/>'
            yield _flow(name, node["next"])


def _outcomes(name: str, targets: dict[str, str]) -> Iterator[str]:
    if len(targets) == 1:
        yield _flow(name, targets["done"])
        return
    yield _flow(name, f"{name}_gate")
    yield from _choice(f"{name}_gate", f"{name} == 'again'", targets["again"], targets["done"])


def _choice(name: str, condition: str, target: str, otherwise: str) -> Iterator[str]:
    yield f'<exclusiveGateway id="{name}" default="{name}_otherwise"/>'
    yield _flow(name, target, condition)
    yield f'<sequenceFlow id="{name}_otherwise" sourceRef="{name}" targetRef="{otherwise}"/>'


def _gateway(fork: dict[str, Any]) -> str:
    return "inclusiveGateway" if any(way["when"] for way in fork["branches"].values()) else "parallelGateway"


def _flow(source: str, target: str, condition: str | None = None) -> str:
    inner = f"<conditionExpression>{escape(condition)}</conditionExpression>" if condition is not None else ""
    return f'<sequenceFlow id="{source}_to_{target}" sourceRef="{source}" targetRef="{target}">{inner}</sequenceFlow>'

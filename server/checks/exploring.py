"""Every shape a process can take, found by playing the token game itself with all that can happen and any data.

Tokens side by side do not depend on each other before they meet. So of the branches of a fork one is moved until it waits
at the meeting point, ends or leaves the others; only then it is the turn of the next. And a token that a boundary event
starts beside another is followed for itself, as the other is. That keeps the number of shapes in proportion to the number of
nodes. Where no end is reached in this order, every order is tried.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable, Iterator, Mapping
from datetime import UTC, datetime
from typing import NamedTuple

from server.checks.guesses import Guesses, OpenCase, TooManyWays, deciding_rules, plays
from server.checks.shapes import CHILD, Shape, TooDeep, one_by_one, shape_of, state_of
from server.processes.advance import Step, advance
from server.processes.compiled import (
    AnyCompiledNode,
    CallNode,
    CompiledProcess,
    JoinNode,
    NoticeNode,
    TaskNode,
    WaitNode,
)
from server.processes.delivering import OBJECTION
from server.processes.events import (
    Begun,
    CallAnswered,
    CallFailed,
    ChildEnded,
    Event,
    MessageArrived,
    Retried,
    TaskCompleted,
    TimerDue,
)
from server.processes.leaving import CALL_FAILED
from server.processes.state import State, Token
from server.types import RegionCode

#: Shapes beyond which the rest is left unexplored.
MAX_SHAPES = 2_000

_NOW = datetime(2026, 1, 1, tzinfo=UTC)
_PLACE = RegionCode("000000000000")
#: Faults of rules and tables that are proved or refuted where the gateway or table stands.
_OF_GATEWAYS = frozenset({"no-branch", "no-row"})


class Move(NamedTuple):
    """What happened between two shapes."""

    event: Event
    #: Node at which it happened, with its process; empty for what happens to the process as a whole.
    node: str
    process: str
    #: Nodes of the process itself that a token came to, in order.
    visited: tuple[str, ...]


class Exploration:
    """What was found: shapes with the first way to each, and what follows on what."""

    def __init__(
        self,
        process: CompiledProcess,
        others: Mapping[str, CompiledProcess],
        *,
        every_order: bool = False,
        limit: int = MAX_SHAPES,
    ) -> None:
        self.process = process
        #: Shape to the shape before and what happened there; nothing before the first.
        self.origins: dict[Shape, tuple[Shape, Move] | None] = {}
        #: Shape to what can follow unless somebody takes the case back.
        self.following: dict[Shape, list[Shape]] = {}
        #: Node to the shape from which, and the move with which, a token first came there.
        self.entered: dict[str, tuple[Shape, Move]] = {}
        #: Node at which a token was started beside another on one line to that other's node, and how it came to that.
        self.beside: dict[str, tuple[str, Shape, Move]] = {}
        #: Shapes beyond the bound, or steps with too many ways, were left out.
        self.complete = True
        self._others = others
        self._processes = {process.id: process, **others}
        self._deciding = deciding_rules(self._processes.values())
        self._every_order = every_order
        self._limit = limit
        #: Shapes whose tokens are moved in every order.
        self._whole: set[Shape] = set()

    def node(self, process_id: str, name: str) -> AnyCompiledNode:
        """A node of one of the processes."""
        return self._processes[process_id].nodes[name]

    def moves_to(self, shape: Shape) -> tuple[Move, ...]:
        """The shortest way to a shape."""
        moves: list[Move] = []
        while (origin := self.origins[shape]) is not None:
            shape, move = origin
            moves.append(move)
        return tuple(reversed(moves))

    def moves_into(self, node: str) -> tuple[Move, ...]:
        """The shortest way on which a token comes to a node."""
        shape, move = self.entered[node]
        return (*self.moves_to(shape), move)

    def run(self) -> None:
        """Explores all there is, first one token at a time, then in every order where that comes to no end."""
        first = Shape(())
        self.origins[first] = None
        pending = deque([first])
        while pending and self.complete:
            self._explore(pending)
            self._whole |= (again := {shape for shape in self.stuck() if len(shape.tokens) > 0} - self._whole)
            pending = deque(shape for shape in self.origins if shape in again)

    def stuck(self) -> list[Shape]:
        """The explored shapes from which no end is reached, in the order in which they were found."""
        ending = self.leading_to(shape for shape in self.origins if shape.ended or shape not in self.following)
        return [shape for shape in self.origins if shape not in ending]

    def leading_to(self, goals: Iterable[Shape]) -> set[Shape]:
        """The shapes from which one of some shapes can be reached, themselves included."""
        before: dict[Shape, list[Shape]] = {}
        for shape, targets in self.following.items():
            for target in targets:
                before.setdefault(target, []).append(shape)
        pending = list(goals)
        found: set[Shape] = set()
        while pending:
            shape = pending.pop()
            if shape not in found:
                found.add(shape)
                pending += before.get(shape, ())
        return found

    def _explore(self, pending: deque[Shape]) -> None:
        while pending and self.complete:
            shape = pending.popleft()
            if shape.ended:
                continue
            self.following[shape] = following = []
            for move, whole in self._steps(shape):
                self._note(shape, move, whole)
                for target in (whole,) if self._every_order else one_by_one(whole, self._meets):
                    if move.node or not shape.tokens:
                        following.append(target)
                    if target in self.origins:
                        continue
                    if len(self.origins) >= self._limit:
                        self.complete = False
                        return
                    self.origins[target] = (shape, move)
                    pending.append(target)

    def _meets(self, process_id: str, name: str) -> bool:
        return isinstance(self.node(process_id, name), JoinNode)

    def _note(self, shape: Shape, move: Move, target: Shape) -> None:
        for node in move.visited:
            self.entered.setdefault(node, (shape, move))
        *others, latest = target.tokens or (None,)
        if others and latest is not None and not latest.incident:
            self.beside.setdefault(latest.node, (target.tokens[0].node, shape, move))

    def _steps(self, shape: Shape) -> Iterator[tuple[Move, Shape]]:
        state = state_of(shape, self.process.id, _NOW)
        for event, at in self._events(state, whole=self._every_order or shape in self._whole):
            try:
                yield from self._plays(state, event, at)
            except (TooManyWays, TooDeep):
                self.complete = False

    def _plays(self, state: State, event: Event, at: tuple[str, str]) -> Iterator[tuple[Move, Shape]]:
        def play(guesses: Guesses) -> Step | None:
            case = OpenCase(bindings={}, now=_NOW, place=_PLACE, others=self._others, guesses=guesses, deciding=self._deciding)
            step = advance(self.process, state, event, case)
            return step if isinstance(step, Step) else None

        for step in plays(play):
            if step is not None and not any(token.incident in _OF_GATEWAYS for token in step.state.tokens):
                visited = tuple(name for name in step.state.rounds if "/" not in name)
                yield Move(event, *at, visited), shape_of(step.state)

    def _events(self, state: State, *, whole: bool) -> Iterator[tuple[Event, tuple[str, str]]]:
        """What can happen, with the node at which it does and its process."""
        if not state.tokens:
            yield Begun(), ("", "")
            return
        placed = _Placed(self._processes, state)
        for token in state.tokens if whole else placed.turn():
            at = token.node, placed.process(token)
            yield from ((event, at) for event in events_at(token, placed.node(token), state))
        frames = {self.process.id, *(scope.process for scope in state.scopes)}
        for name in dict.fromkeys(name for frame in sorted(frames) for name in self._processes[frame].definition.on):
            yield MessageArrived(name=name), ("", "")


class _Placed:
    """The tokens of a state and the nodes they stand at."""

    def __init__(self, processes: Mapping[str, CompiledProcess], state: State) -> None:
        self._processes = processes
        self._state = state
        self._scopes = {scope.id: scope for scope in state.scopes}

    def process(self, token: Token) -> str:
        """The process at one of whose nodes a token stands."""
        return self._scopes[token.scope].process if token.scope else self._state.process

    def node(self, token: Token) -> AnyCompiledNode:
        """The node a token stands at."""
        return self._processes[self.process(token)].nodes[token.node]

    def turn(self, scope_id: str = "") -> tuple[Token, ...]:
        """The latest token of a scope that has something to do, after those inside for which it waits; none when all wait."""
        for token in reversed(self._state.tokens):
            if token.scope != scope_id or not self._moves(token):
                continue
            for scope in reversed(self._state.scopes):
                if scope.owner == token.id and (inside := self.turn(scope.id)):
                    return (*inside, token)
            return (token,)
        return ()

    def _moves(self, token: Token) -> bool:
        if token.incident:
            return token.incident == CALL_FAILED
        return not isinstance(self.node(token), JoinNode)


def explored(
    process: CompiledProcess, others: Mapping[str, CompiledProcess], *, every_order: bool = False, limit: int = MAX_SHAPES
) -> Exploration:
    """All that can happen to a process; tokens side by side are moved one by one unless every order is asked for."""
    found = Exploration(process, others, every_order=every_order, limit=limit)
    found.run()
    return found


def events_at(token: Token, node: AnyCompiledNode, state: State) -> Iterator[Event]:
    """What can happen to a token where it stands."""
    match node:
        case TaskNode(offers=offers) if not token.incident:
            yield from (TaskCompleted(token=token.id, outcome=offer.code) for offer in offers)
        case CallNode():
            yield CallAnswered(token=token.id, data={})
            yield Retried(token=token.id) if token.incident else CallFailed(token=token.id, cause="")
        case WaitNode(definition=definition) if definition.message is not None and not token.incident:
            yield MessageArrived(name=definition.message, token=token.id)
        case NoticeNode(definition=definition) if definition.objection is not None and not token.incident:
            yield MessageArrived(name=OBJECTION, token=token.id)
    yield from (TimerDue(token=token.id, timer=timer) for timer in token.timers)
    if not token.incident:
        yield from (MessageArrived(name=name, token=token.id) for name in node.on.message)
    if state.children.get(token.id):
        yield ChildEnded(token=token.id, child=CHILD, code="")

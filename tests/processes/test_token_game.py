"""What holds for every process and every event."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import msgspec
from block_models import BINDINGS as NUMBERS
from block_models import DATA, MODELS, Block, ProcessWriter
from hypothesis import given, settings
from hypothesis import strategies as st
from ledger import Ledger, expected
from random_processes import BINDINGS, events_for, processes
from small_service import MONDAY, compiled, moment

from server.findings import Refused
from server.processes.advance import CaseFacts, Step, advance, initial_state
from server.processes.compiled import CompiledProcess, ForkNode, TaskNode
from server.processes.events import Begun, ChildEnded, Event, TaskCompleted, TimerDue
from server.processes.questions import offered_outcomes, prefill
from server.processes.state import State, Token

Family = tuple[CompiledProcess, dict[str, CompiledProcess]]


class Game:
    """A process that random events are thrown at, with everything that has to hold after each of them."""

    def __init__(self, family: Family) -> None:
        self.process, self.others = family
        self.state = initial_state(self.process)
        self.now = MONDAY
        self.ledger = Ledger()
        self.played: list[tuple[Event, CaseFacts, State]] = []

    def play(self, event: Event, bindings: dict[str, Any]) -> None:
        """What the event does; a timer fires when it is due, whatever else was to happen before."""
        token = self.state.token(event.token) if isinstance(event, TimerDue) else None
        if isinstance(event, TimerDue) and token is not None:
            self.now = max(self.now, token.timers.get(event.timer, self.now))
        facts = moment(bindings, self.now, **self.others)
        step = advance(self.process, self.state, event, facts)
        if isinstance(step, Refused):
            return
        match event:
            case TimerDue(token=token, timer=timer):
                self.ledger.settle("timer", token, timer)
            case ChildEnded(token=token, child=child):
                self.ledger.settle("child", token, child)
        self.ledger.write(step.effects)
        self.played.append((event, facts, step.state))
        self.state = step.state
        self.check(facts)

    def check(self, facts: CaseFacts) -> None:
        state = self.state
        assert self.ledger.open == expected(self.process, self.others, state)
        assert (state.ended is None) == bool(state.tokens)
        assert len({token.id for token in state.tokens}) == len(state.tokens)
        assert state.children.keys() <= {token.id for token in state.tokens}
        scopes = {scope.id: scope for scope in state.scopes}
        assert {token.scope for token in state.tokens} - {""} == scopes.keys(), "a scope without a token, or the reverse"
        for scope in state.scopes:
            owner = state.token(scope.owner)
            assert owner is not None and not owner.incident
        for token in state.tokens:
            if isinstance(self.node_of(token), ForkNode) and not token.incident:
                assert any(scope.owner == token.id for scope in state.scopes)
            offered_outcomes(self.process, state, token.id, facts)
            prefill(self.process, state, token.id, facts)
        assert msgspec.json.decode(msgspec.json.encode(state), type=State) == state

    def node_of(self, token: Token) -> Any:
        scopes = {scope.id: scope.process for scope in self.state.scopes}
        owner = scopes.get(token.scope, self.process.id)
        return (self.process if owner == self.process.id else self.others[owner]).nodes[token.node]


@settings(max_examples=150)
@given(processes(), st.lists(BINDINGS, min_size=2, max_size=2), st.lists(st.integers(0, 200), min_size=10, max_size=30))
def test_no_event_loses_or_doubles_a_token_or_leaves_anything_behind(
    family: Family, bindings: list[dict[str, Any]], choices: list[int]
) -> None:
    game = Game(family)
    game.play(Begun(), bindings[0])
    for choice in choices:
        found = events_for(game.state)
        game.play(found[choice % len(found)], bindings[choice % 3 == 0])
    if game.state.ended is not None:
        assert game.ledger.open == set()
    replayed = initial_state(game.process)
    for event, facts, state in game.played:
        step = advance(game.process, replayed, event, facts)
        assert isinstance(step, Step)
        assert msgspec.json.encode(step.state) == msgspec.json.encode(state)
        replayed = step.state


@given(MODELS, NUMBERS, st.randoms(use_true_random=False), st.randoms(use_true_random=False))
def test_parallel_tasks_lead_to_the_same_end_in_whatever_order_they_are_done(
    block: Block, bindings: dict[str, int], one: Any, other: Any
) -> None:
    nodes = ProcessWriter(block).nodes
    process = compiled(nodes, dict.fromkeys(DATA, "int"))
    first, second = (finished(process, bindings, random.choice) for random in (one, other))
    assert first.ended == second.ended and first.ended is not None
    assert first.variables == second.variables
    assert first.rounds == second.rounds


def finished(process: CompiledProcess, bindings: dict[str, int], choose: Callable[[list[Token]], Token]) -> State:
    """The state at the end when every task that can be sent back is, once, and tasks are done as they are chosen."""
    state, event = initial_state(process), Begun()
    while True:
        step = advance(process, state, event, moment(bindings))
        assert isinstance(step, Step)
        state = step.state
        waiting = [token for token in state.tokens if isinstance(process.nodes[token.node], TaskNode)]
        if not waiting:
            return state
        token = choose(waiting)
        outcome = "again" if token.round % 2 and len(process.definition.nodes[token.node].outcomes) > 1 else "done"
        event = TaskCompleted(token=token.id, outcome=outcome)

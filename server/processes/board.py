"""The board of the token game: one step in the making."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterator, Mapping
from typing import Literal

import msgspec

from server.processes.compiled import AnyCompiledNode, CompiledProcess, Text
from server.processes.effects import AnyEffect, IncidentRaised
from server.processes.state import Incident, Scope, State, Token
from server.processes.values import CaseFacts, Values
from server.rules.expressions import Rule
from server.types import JsonValue


class Board:
    """A state that a step changes in place, and the effects gathered on the way."""

    def __init__(self, process: CompiledProcess, state: State, moment: CaseFacts) -> None:
        self.process = process
        self.moment = moment
        self.effects: list[AnyEffect] = []
        #: Tokens that have come to a node and not yet done what it asks, in their order.
        self.arrived: deque[str] = deque()
        #: Token and node to how often the token came there in this step.
        self.visits: dict[tuple[str, str], int] = {}
        self.tokens = {token.id: token for token in state.tokens}
        self.scopes = {scope.id: scope for scope in state.scopes}
        self.children = dict(state.children)
        self.final = state.final
        self.last_reason = state.last_reason
        self.ended = state.ended
        self._variables = dict(state.variables)
        self._rounds = dict(state.rounds)
        self._next_number = state.next_number
        self._values: dict[str, Values] = {}

    def state(self) -> State:
        """The state as it stands now."""
        return State(
            process=self.process.id,
            tokens=tuple(self.tokens.values()),
            scopes=tuple(self.scopes.values()),
            variables=self._variables,
            rounds=self._rounds,
            next_number=self._next_number,
            children=self.children,
            final=self.final,
            last_reason=self.last_reason,
            ended=self.ended,
        )

    def frame_of(self, scope_id: str) -> str:
        """The innermost scope with a process of its own that contains a scope; empty on the main line."""
        while scope_id and (scope := self.scopes[scope_id]).kind == "fork":
            scope_id = self.tokens[scope.owner].scope
        return scope_id

    def process_in(self, scope_id: str) -> CompiledProcess:
        """The process whose nodes the tokens of a scope stand at."""
        process_id = self.scopes[scope_id].process if scope_id else self.process.id
        return self.process if process_id == self.process.id else self.moment.others[process_id]

    def node_of(self, token: Token) -> AnyCompiledNode:
        """The node at which a token stands."""
        return self.process_in(token.scope).nodes[token.node]

    def scopes_of(self, owner: Token) -> Iterator[Scope]:
        """The scopes for whose end a token waits."""
        return (scope for scope in tuple(self.scopes.values()) if scope.owner == owner.id)

    def tokens_in(self, scope_id: str) -> list[Token]:
        """The tokens that stand directly in a scope."""
        return [token for token in self.tokens.values() if token.scope == scope_id]

    def values(self, token: Token) -> Values:
        """What rules may know where a token stands."""
        frame = self.frame_of(token.scope)
        if frame not in self._values:
            prefix = f"{frame}/"
            own = (
                {name.removeprefix(prefix): value for name, value in self._variables.items() if name.startswith(prefix)}
                if frame
                else self._variables
            )
            self._values[frame] = self.moment.values(self.process_in(frame), own, self._row(frame))
        return self._values[frame]

    def record(self, token: Token, variables: Mapping[str, JsonValue]) -> None:
        """Gives the node of a token its variables, in place of those of an earlier round."""
        frame = self.frame_of(token.scope)
        prefix = f"{frame}/" if frame else ""
        start = f"{prefix}{token.node}."
        gone = [name for name in self._variables if name.startswith(start)]
        for name in gone:
            del self._variables[name]
        self._variables.update((f"{start}{name}", value) for name, value in variables.items())
        if frame in self._values:
            named = {f"{token.node}.{name}": value for name, value in variables.items()}
            self._values[frame].replace(token.node, [name.removeprefix(prefix) for name in gone], named)

    def place(self, token: Token) -> Token:
        """Puts a token on the board, in place of the one with its id."""
        self.tokens[token.id] = token
        return token

    def new_token(self, node: str, scope: str) -> Token:
        """A new token that has just arrived at a node."""
        return self.arrive(Token(id=f"k{self._number()}", node=node, entered_at=self.moment.now, scope=scope), node)

    def arrive(self, token: Token, node: str) -> Token:
        """Puts a token at a node, in its next round."""
        frame = self.frame_of(token.scope)
        key = f"{frame}/{node}" if frame else node
        number = self._rounds[key] = self._rounds.get(key, 0) + 1
        visit = (token.id, node)
        self.visits[visit] = self.visits.get(visit, 0) + 1
        self.arrived.append(token.id)
        return self.place(Token(id=token.id, node=node, entered_at=self.moment.now, round=number, scope=token.scope))

    def new_scope(
        self, owner: Token, *, kind: Literal["fork", "subprocess", "each"], process: str, row: JsonValue = None
    ) -> Scope:
        """A new scope for whose end its owner waits."""
        scope = Scope(id=f"s{self._number()}", kind=kind, owner=owner.id, process=process, row=row)
        self.scopes[scope.id] = scope
        return scope

    def drop_scope(self, scope: Scope) -> None:
        """Takes an empty scope off the board, with the variables that only it could use."""
        del self.scopes[scope.id]
        if scope.kind == "fork":
            return
        prefix = f"{scope.id}/"
        for kept in (self._variables, self._rounds):
            for name in [name for name in kept if name.startswith(prefix)]:
                del kept[name]
        self._values.pop(scope.id, None)

    def stick(self, token: Token, *, cause: Incident, detail: str) -> None:
        """Leaves a token where it is until somebody lets it try again."""
        self.place(msgspec.structs.replace(token, incident=cause))
        self.effects.append(IncidentRaised(node=token.node, token=token.id, cause=cause, detail=detail))

    def lacks(self, token: Token, rule: Rule) -> None:
        """Leaves a token where it is because a rule has no value."""
        self.stick(token, cause="no-value", detail=rule.text)

    def texts(self, token: Token, *texts: Text) -> tuple[str, ...] | None:
        """The texts with their values; none, with the token stuck, when one is missing: half a sentence is no reason."""
        values, written = self.values(token), list[str]()
        for text in texts:
            found = values.text(text)
            if isinstance(found, Rule):
                self.lacks(token, found)
                return None
            written.append(found)
        return tuple(written)

    def _row(self, frame: str) -> JsonValue:
        """The row of the nearest `each` around a scope."""
        while frame:
            scope = self.scopes[frame]
            if scope.kind == "each":
                return scope.row
            frame = self.frame_of(self.tokens[scope.owner].scope)
        return None

    def _number(self) -> int:
        self._next_number += 1
        return self._next_number - 1

"""Where a process stands, without the data of a case: tokens at nodes in their scopes, and nothing else.

Two tokens that stand alike side by side count as one: what the one can do, the other can, too.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import datetime
from itertools import product
from typing import Literal, NamedTuple

from server.processes.state import Ended, Incident, Scope, State, Token

ScopeKind = Literal["fork", "subprocess", "each"]


class Standing(NamedTuple):
    """A token and what it waits for."""

    node: str
    incident: Incident | Literal[""] = ""
    #: Timers that still run.
    timers: tuple[str, ...] = ()
    #: Whether cases of their own are still under way.
    children: bool = False
    scopes: tuple[Inner, ...] = ()


class Inner(NamedTuple):
    """A scope and the tokens that stand in it."""

    kind: ScopeKind
    process: str
    tokens: tuple[Standing, ...]


class Shape(NamedTuple):
    """A whole process: its tokens in the order in which they came about, whether it can still be withdrawn, its end."""

    tokens: tuple[Standing, ...]
    final: bool = False
    ended: str = ""


#: The child that stands for all cases that an `each` has opened.
CHILD = "x"
#: How deep scopes may lie in each other.
MAX_DEPTH = 40


class TooDeep(Exception):
    """Scopes lie in each other deeper than is looked at."""


def shape_of(state: State) -> Shape:
    """The shape of a state; raises `TooDeep` when its scopes lie too deep in each other."""
    inside: dict[str, list[Token]] = {}
    for token in state.tokens:
        inside.setdefault(token.scope, []).append(token)
    owned: dict[str, list[Scope]] = {}
    for scope in state.scopes:
        owned.setdefault(scope.owner, []).append(scope)

    def standings(scope_id: str, depth: int) -> tuple[Standing, ...]:
        if depth > MAX_DEPTH:
            raise TooDeep
        found = [
            Standing(
                node=token.node,
                incident=token.incident,
                timers=tuple(sorted(token.timers)),
                children=bool(state.children.get(token.id)),
                scopes=tuple(dict.fromkeys(inner(scope, depth) for scope in owned.get(token.id, ()))),
            )
            for token in inside.get(scope_id, ())
        ]
        return tuple(dict.fromkeys(found))

    def inner(scope: Scope, depth: int) -> Inner:
        return Inner(scope.kind, scope.process, standings(scope.id, depth + 1))

    return Shape(standings("", 0), state.final, state.ended.node if state.ended is not None else "")


def one_by_one(shape: Shape, meets: Callable[[str, str], bool]) -> Iterator[Shape]:
    """The shape once for each token that moves beside others in one scope, without those others.

    `meets` tells whether tokens wait for others at a node of a process; those that do stay.
    """
    if not shape.tokens:
        yield shape
    for standing in shape.tokens:
        yield from (shape._replace(tokens=(alone,)) for alone in _alone(standing, meets))


def _alone(standing: Standing, meets: Callable[[str, str], bool]) -> Iterator[Standing]:
    inside = (_inside(inner, meets) for inner in standing.scopes)
    yield from (standing._replace(scopes=tuple(dict.fromkeys(scopes))) for scopes in product(*inside))


def _inside(inner: Inner, meets: Callable[[str, str], bool]) -> list[Inner]:
    waiting = tuple(token for token in inner.tokens if meets(inner.process, token.node))
    moving = [one for token in inner.tokens if token not in waiting for one in _alone(token, meets)]
    return [inner._replace(tokens=(*waiting, one)) for one in moving] or [inner]


def state_of(shape: Shape, process_id: str, now: datetime) -> State:
    """A state of this shape in which every timer is due."""
    tokens: list[Token] = []
    scopes: list[Scope] = []
    children: dict[str, tuple[str, ...]] = {}

    def place(standings: tuple[Standing, ...], scope_id: str) -> None:
        for standing in standings:
            token = Token(
                id=f"k{len(tokens)}",
                node=standing.node,
                entered_at=now,
                scope=scope_id,
                incident=standing.incident,
                timers=dict.fromkeys(standing.timers, now),
            )
            tokens.append(token)
            if standing.children:
                children[token.id] = (CHILD,)
            for inner in standing.scopes:
                scope = Scope(id=f"s{len(scopes)}", kind=inner.kind, owner=token.id, process=inner.process)
                scopes.append(scope)
                place(inner.tokens, scope.id)

    place(shape.tokens, "")
    return State(
        process=process_id,
        tokens=tuple(tokens),
        scopes=tuple(scopes),
        next_number=len(tokens) + len(scopes),
        children=children,
        final=shape.final,
        ended=Ended(node=shape.ended, code="", reason="", at=now) if shape.ended else None,
    )

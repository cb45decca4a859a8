"""Every node of a process with the steps that can have been taken before it.

Only those steps are told apart which some rule looks back at.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable, Iterator
from itertools import product
from typing import NamedTuple

from server.checks.knowing import Knowledge
from server.checks.shapes import MAX_DEPTH
from server.messages.traces import HAPPENINGS, message_words, path_words, step_words
from server.processes.compiled import (
    AnyCompiledNode,
    CallNode,
    ChoiceNode,
    CompiledProcess,
    DecideNode,
    EachNode,
    EndNode,
    ForkNode,
    NoticeNode,
    SubprocessNode,
    TaskNode,
    WaitNode,
)

#: Nodes with steps before them, beyond which the rest is left out.
MAX_PLACES = 3_000
_MAX_MEETINGS = 64

#: Steps taken, each with its outcome where a rule looks at that.
Taken = frozenset[tuple[str, str]]


class Reached(NamedTuple):
    """A node, and the steps taken before it came to that."""

    node: str
    taken: Taken


class Walk:
    """All the ways through a process, with an example of the way to each place."""

    def __init__(self, process: CompiledProcess, *, steps: frozenset[str], outcomes: frozenset[str]) -> None:
        self.process = process
        #: Nodes that rules look back at, and those of which they look at the outcome.
        self._steps = steps
        self._outcomes = outcomes
        self.complete = True
        self._depth = 0
        #: Place to the place before and how that was left.
        self.origins: dict[Reached, tuple[Reached, str] | None] = {}
        first = Reached(process.start, frozenset())
        self.origins[first] = None
        self._walk([first])

    def knowledge(self, place: Reached) -> Knowledge:
        """What rules know at a place."""
        return Knowledge(self.process, dict(place.taken))

    def path(self, place: Reached) -> str:
        """An example of a way to a place, in words."""
        words = [self.process.nodes[place.node].title]
        while (origin := self.origins[place]) is not None:
            place, how = origin
            words += [how] if how else []
        return path_words(reversed(words))

    def _walk(self, entries: Iterable[Reached], around: ForkNode | None = None) -> tuple[set[Taken], list[Reached]]:
        """What has been taken on coming to the join of the fork around, and the places where that fork is left."""
        met: set[Taken] = set()
        left: list[Reached] = []
        seen: set[Reached] = set()
        pending = deque(entries)
        while pending:
            place = pending.popleft()
            if around is not None and place.node == around.join:
                met.add(place.taken)
            elif around is not None and place.node not in around.inside:
                left.append(place)
            elif place not in seen:
                seen.add(place)
                pending += self._after(place)
        return met, left

    def _after(self, place: Reached) -> Iterator[Reached]:
        node = self.process.nodes[place.node]
        found = self._after_fork(place, node) if isinstance(node, ForkNode) else self._leaving(place, node)
        for target, how in found:
            if len(self.origins) >= MAX_PLACES:
                self.complete = False
                return
            self.origins.setdefault(target, (place, how))
            yield target

    def _after_fork(self, place: Reached, fork: ForkNode) -> Iterator[tuple[Reached, str]]:
        knowledge = self.knowledge(place)
        meetings: list[set[Taken]] = []
        for way in fork.ways:
            if not knowledge.can_hold(way.when):
                continue
            first = Reached(way.next, place.taken)
            self.origins.setdefault(first, (place, fork.title))
            met, left = self._inside(first, fork)
            yield from ((target, "") for target in left)
            meetings.append(
                met | ({place.taken} if knowledge.can_fail(way.when) or self._can_end(fork) else set()) or {place.taken}
            )
        for number, together in enumerate(product(*meetings)):
            if number >= _MAX_MEETINGS:
                self.complete = False
                return
            yield Reached(fork.after, frozenset(dict(step for taken in together for step in taken).items())), fork.title

    def _inside(self, first: Reached, fork: ForkNode) -> tuple[set[Taken], list[Reached]]:
        """What a branch comes to; nothing where forks lie too deep in each other."""
        if self._depth >= MAX_DEPTH:
            self.complete = False
            return set(), []
        self._depth += 1
        found = self._walk([first], fork)
        self._depth -= 1
        return found

    def _can_end(self, fork: ForkNode) -> bool:
        return any(isinstance(self.process.nodes[name], EndNode) for name in fork.inside)

    def _leaving(self, place: Reached, node: AnyCompiledNode) -> Iterator[tuple[Reached, str]]:
        taken = self._without(place.taken, node.id) if isinstance(node, CallNode) else place.taken
        for target, step, how in self._edges(node, self.knowledge(place)):
            yield Reached(target, taken if step is None else self._with(taken, node.id, step)), how
        if isinstance(node, TaskNode | CallNode | WaitNode | NoticeNode | SubprocessNode | EachNode):
            for boundary, how in _boundaries(node):
                yield Reached(boundary, taken), how
            for name, on in self.process.definition.on.items():
                yield Reached(on.next, taken), on.title or message_words(name)

    def _edges(self, node: AnyCompiledNode, knowledge: Knowledge) -> Iterator[tuple[str, str | None, str]]:
        """Where a node leads on its own: the target, the outcome where the node was a step, and the words for it."""
        match node:
            case EndNode() | ForkNode():
                return
            case TaskNode(offers=offers, definition=task):
                for offer in offers:
                    if knowledge.can_hold(offer.when):
                        yield offer.next, offer.code, step_words(node.title, task.outcomes[offer.code].title)
            case ChoiceNode():
                yield from self._ways(node, knowledge)
            case CallNode(definition=call):
                yield call.next, "", node.title
            case DecideNode(next=target):
                yield target, "", ""
            case SubprocessNode(next=target):
                yield target, "", node.title
            case WaitNode(definition=wait):
                if wait.message is not None:
                    yield wait.next, None, node.title
            case NoticeNode(definition=notice):
                yield notice.next, None, step_words(node.title, HAPPENINGS["period"])
                if notice.objection is not None:
                    yield notice.objection, None, step_words(node.title, HAPPENINGS["objection"])
            case EachNode(next=target):
                yield target, None, node.title
            case _:
                yield node.next, None, ""

    def _ways(self, node: ChoiceNode, knowledge: Knowledge) -> Iterator[tuple[str, str | None, str]]:
        branches = getattr(self.process.definition.nodes[node.id], "branches", {})
        for way in node.ways:
            if knowledge.can_hold(way.when):
                yield way.next, None, step_words(node.title, branches[way.code].title or way.code)
            if not knowledge.can_fail(way.when):
                return
        if node.otherwise is not None:
            yield node.otherwise, None, step_words(node.title, HAPPENINGS["otherwise"])

    def _with(self, taken: Taken, node: str, outcome: str) -> Taken:
        if node not in self._steps:
            return taken
        return self._without(taken, node) | {(node, outcome if node in self._outcomes else "")}

    def _without(self, taken: Taken, node: str) -> Taken:
        return frozenset(step for step in taken if step[0] != node)


def _boundaries(node: AnyCompiledNode) -> Iterator[tuple[str, str]]:
    on = node.on
    if on.timeout is not None:
        yield on.timeout.next, step_words(node.title, on.timeout.title or HAPPENINGS["timeout"])
    if on.error is not None:
        yield on.error.next, step_words(node.title, on.error.title or HAPPENINGS["failed"])
    for name, boundary in on.message.items():
        yield boundary.next, step_words(node.title, boundary.title or message_words(name))

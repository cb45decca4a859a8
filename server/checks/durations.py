"""How many working days a process may take when every step keeps its limit.

Days count from acceptance, which is the first good outcome of a task; steps whose clock is stopped take none. Branches of a
fork run at the same time, so a way through one of them stands for all.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import NamedTuple

from server.definitions import process
from server.definitions.common import Duration
from server.definitions.service import Service
from server.messages.traces import DAYS, step_words

#: Steps of the search after which it is left.
MAX_STEPS = 20_000
#: Nodes of one loop on one way after which it is left.
_MAX_LOOP = 200

_HOURS_A_DAY = 24
_DAYS_A_WEEK, _WORKDAYS_A_WEEK = 7, 5


class Way(NamedTuple):
    """Days, and the steps that take them."""

    days: int
    words: tuple[str, ...] = ()


#: A node, and whether the case was accepted before.
_Point = tuple[str, bool]


class _Edge(NamedTuple):
    """A way out of a node: where it leads, the days until then, and whether the case is accepted by it."""

    target: str
    days: int
    accepts: bool = False


class _TooLong(Exception):
    """The search has taken too many steps."""


class Longest:
    """The longest way through a process, from acceptance to an end; from the beginning where no task accepts."""

    def __init__(self, process_id: str, service: Service) -> None:
        self._definition = service.processes[process_id]
        self._service = service
        self._steps = 0
        edges = {name: tuple(self._out_of(node)) for name, node in self._definition.nodes.items()}
        accepting = any(edge.accepts for out in edges.values() for edge in out)
        start = next((name for name, node in self._definition.nodes.items() if isinstance(node, process.Start)), "")
        self._start: _Point = start, not accepting
        #: Point to the points after it, with the days that count.
        self._after: dict[_Point, tuple[tuple[_Point, int], ...]] = {
            (name, accepted): tuple(
                ((edge.target, accepted or edge.accepts), edge.days if accepted else 0) for edge in out if edge.target in edges
            )
            for name, out in edges.items()
            for accepted in (False, True)
        }
        self._loops = _loops(self._after)
        self._found: dict[_Point, Way] = {}

    def straight(self) -> Way | None:
        """The longest way that comes to no node twice; nothing when there are too many to compare."""
        entries = {target for point, out in self._after.items() for target, _ in out if self._loops[target] != self._loops[point]}
        try:
            for point in sorted(entries, key=self._loops.__getitem__, reverse=True):
                self._from(point)
            return self._from(self._start)
        except _TooLong:
            return None

    def with_returns(self) -> int:
        """Days of the longest way when every step of a loop on it is taken once."""
        members: dict[int, list[_Point]] = {}
        for point, loop in self._loops.items():
            members.setdefault(loop, []).append(point)
        known: dict[int, int] = {}
        for loop in sorted(members, reverse=True):
            after = {self._loops[target] for point in members[loop] for target, _ in self._after[point]} - {loop}
            own = sum(max((days for _, days in self._after[point]), default=0) for point in members[loop])
            known[loop] = own + max((known[other] for other in after), default=0)
        return known[self._loops[self._start]] if self._start in self._loops else 0

    def _from(self, point: _Point) -> Way:
        """The longest way from a point that is come to from outside its loop; what comes after has been found before."""
        if point not in self._found:
            self._found[point] = self._search(point, frozenset())
        return self._found[point]

    def _search(self, point: _Point, passed: frozenset[_Point]) -> Way:
        self._steps += 1
        if self._steps > MAX_STEPS or len(passed) > _MAX_LOOP:
            raise _TooLong
        passed = passed | {point}
        best = Way(0)
        for target, days in self._after.get(point, ()):
            if target in passed:
                continue
            inside = self._loops[target] == self._loops[point]
            rest = self._search(target, passed) if inside else self._from(target)
            if days + rest.days > best.days:
                best = Way(days + rest.days, (*((self._words(point[0], days),) if days else ()), *rest.words))
        return best

    def _words(self, name: str, days: int) -> str:
        return step_words(self._definition.nodes[name].title or name, DAYS.format(days=days))

    def _out_of(self, node: process.AnyNode) -> Iterator[_Edge]:
        running = getattr(node, "clock", "stopped") == "runs"
        days = 0
        match node:
            case process.Task(limit=limit, outcomes=outcomes):
                days = workdays_of(limit) if running else 0
                yield from (_Edge(outcome.next, days, outcome.tone == "good") for outcome in outcomes.values())
            case process.PublicNotice(period=period):
                days = workdays_of(period) if running else 0
                yield from (_Edge(target, days) for target in (node.next, node.objection) if target is not None)
            case process.Choice() | process.Fork():
                yield from (_Edge(branch.next, 0) for branch in node.branches.values())
                if isinstance(node, process.Choice) and node.otherwise is not None:
                    yield _Edge(node.otherwise, 0)
            case process.Subprocess(process=other) | process.Each(process=str(other)):
                inner = Longest(other, self._service).straight() if other in self._service.processes else None
                days = inner.days if inner is not None else 0
                yield _Edge(node.next, days)
            case process.End():
                return
            case process.Wait() if node.message is None:
                pass
            case _:
                yield _Edge(node.next, 0)
        on = getattr(node, "on", process.On())
        if on.timeout is not None:
            yield _Edge(on.timeout.next, workdays_of(on.timeout.after) if running else 0)
        yield from (_Edge(boundary.next, days) for boundary in (*on.message.values(), *((on.error,) if on.error else ())))


def workdays_of(duration: Duration | None) -> int:
    """At most so many working days lie in a length of time, as far as weeks go."""
    if duration is None:
        return 0
    if duration.workdays is not None:
        return duration.workdays
    days = duration.days if duration.days is not None else -(-(duration.hours or 0) // _HOURS_A_DAY)
    weeks, rest = divmod(days, _DAYS_A_WEEK)
    return weeks * _WORKDAYS_A_WEEK + min(rest, _WORKDAYS_A_WEEK)


def _loops(after: Mapping[_Point, tuple[tuple[_Point, int], ...]]) -> dict[_Point, int]:
    """Each point with the number of its loop: points are in one loop when each is reached from the other.

    A loop has a higher number than those that lead to it.
    """
    order: list[_Point] = []
    seen: set[_Point] = set()
    for root in after:
        pending = [] if root in seen else [(root, iter(after[root]))]
        seen.add(root)
        while pending:
            point, rest = pending[-1]
            target = next((target for target, _ in rest if target not in seen), None)
            if target is None:
                order.append(point)
                pending.pop()
            else:
                seen.add(target)
                pending.append((target, iter(after[target])))
    before: dict[_Point, list[_Point]] = {}
    for point, targets in after.items():
        for target, _ in targets:
            before.setdefault(target, []).append(point)
    loops: dict[_Point, int] = {}
    for number, root in enumerate(reversed(order)):
        waiting = [root]
        while waiting:
            point = waiting.pop()
            if point not in loops:
                loops[point] = number
                waiting += before.get(point, ())
    return loops

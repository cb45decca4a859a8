"""Heights that keep lines short, and the room between columns in which lines turn."""

from __future__ import annotations

import itertools
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from typing import TypeVar

V = TypeVar("V")

_SWEEPS = 8
#: Between parallel lines, and between lines and columns.
TRACK, ASIDE = 12, 16
Port = tuple[str, int]


def settled_heights(
    columns: Sequence[Sequence[V]], links: Sequence[tuple[V, V]], rooms: Mapping[V, tuple[int, int]], *, gap: int
) -> dict[V, float]:
    """A height for each vertex near those of its neighbours, with the room above and below it that it needs."""
    beside: dict[V, list[V]] = {}
    for left, right in links:
        beside.setdefault(right, []).append(left)
        beside.setdefault(left, []).append(right)
    heights: dict[V, float] = {}
    for column in columns:
        heights |= dict(zip(column, _apart(column, [0.0] * len(column), rooms, gap), strict=True))
    for sweep in range(_SWEEPS):
        for column in columns if sweep % 2 == 0 else reversed(columns):
            wished = [_middle([heights[other] for other in beside.get(vertex, ())], heights[vertex]) for vertex in column]
            heights |= dict(zip(column, _apart(column, wished, rooms, gap), strict=True))
    return heights


def straightened(
    heights: Mapping[V, float],
    columns: Sequence[Sequence[V]],
    ways: Sequence[Sequence[V]],
    rooms: Mapping[V, tuple[int, int]],
    *,
    gap: int,
) -> dict[V, float]:
    """The heights with fewer turns: what stands on one way takes one height as far as its neighbours leave room."""
    found = dict(heights)
    beside = {vertex: pair for column in columns for vertex, pair in _neighbours(column)}
    for way in (*ways, *ways):
        run: list[V] = []
        low, high = float("-inf"), float("inf")
        for vertex in way:
            own_low, own_high = _freedom(vertex, beside[vertex], found, rooms, gap)
            if max(low, own_low) > min(high, own_high):
                _align(run, low, high, found)
                run, low, high = [], float("-inf"), float("inf")
            run.append(vertex)
            low, high = max(low, own_low), min(high, own_high)
        _align(run, low, high, found)
    return found


def _neighbours(column: Sequence[V]) -> Iterator[tuple[V, tuple[V | None, V | None]]]:
    for number, vertex in enumerate(column):
        yield vertex, (column[number - 1] if number else None, column[number + 1] if number + 1 < len(column) else None)


def _freedom(
    vertex: V, beside: tuple[V | None, V | None], heights: Mapping[V, float], rooms: Mapping[V, tuple[int, int]], gap: int
) -> tuple[float, float]:
    """How far up and down a vertex may go."""
    upper, lower = beside
    low = heights[upper] + rooms[upper][1] + gap + rooms[vertex][0] if upper is not None else float("-inf")
    high = heights[lower] - rooms[lower][0] - gap - rooms[vertex][1] if lower is not None else float("inf")
    return low, high


def _align(run: Sequence[V], low: float, high: float, heights: dict[V, float]) -> None:
    """Ensures that a run stands at one height, that of its first vertex where possible."""
    if len(run) > 1:
        heights |= dict.fromkeys(run, min(max(heights[run[0]], low), high))


def _middle(heights: Sequence[float], otherwise: float) -> float:
    return sum(heights) / len(heights) if heights else otherwise


def _apart(column: Sequence[V], wished: Sequence[float], rooms: Mapping[V, tuple[int, int]], gap: int) -> list[float]:
    """The heights nearest to the wished ones that leave everybody's room (pool adjacent violators)."""
    offsets = [0.0]
    for upper, lower in itertools.pairwise(column):
        offsets.append(offsets[-1] + rooms[upper][1] + gap + rooms[lower][0])
    pools: list[tuple[float, int]] = []
    for wish, offset in zip(wished, offsets, strict=False):
        total, count = wish - offset, 1
        while pools and pools[-1][0] / pools[-1][1] > total / count:
            before = pools.pop()
            total, count = total + before[0], count + before[1]
        pools.append((total, count))
    flat = [total / count for total, count in pools for _ in range(count)]
    return [height + offset for height, offset in zip(flat, offsets, strict=False)]


class Channel:
    """The room in front of a column: every line that leaves somebody has a track of its own to turn in."""

    def __init__(self) -> None:
        #: Who leaves at which height, to the heights at which the lines go on.
        self._lines: dict[Port, list[int]] = {}
        self._tracks: dict[Port, int] = {}

    def add(self, port: Port, target: int) -> None:
        """A line from a port, that goes on at a height."""
        self._lines.setdefault(port, []).append(target)

    def place(self, x: int) -> int:
        """Where the next column begins when the channel begins here."""
        turning = [port for port in self._in_order() if any(target != port[1] for target in self._lines[port])]
        self._tracks = {port: x + ASIDE + TRACK * number for number, port in enumerate(turning)}
        straight = [port for port in self._lines if port not in self._tracks]
        self._tracks |= dict.fromkeys(straight, x + ASIDE)
        return x + 2 * ASIDE + TRACK * max(0, len(turning) - 1)

    def track(self, port: Port) -> int:
        """Where lines from a port turn."""
        return self._tracks[port]

    def _in_order(self) -> list[Port]:
        """Ports so that who leaves at a height turns before somebody else's line goes on there, where that can be had."""
        found: list[Port] = []
        pending = dict.fromkeys(sorted(self._lines, key=lambda port: (port[1], port[0])))
        leaving = Counter(port[1] for port in pending)
        turning = {port: {height for height in lines if height != port[1]} for port, lines in self._lines.items()}
        while pending:
            free = (port for port in pending if not any(leaving[height] for height in turning[port]))
            taken = next(free, None) or next(iter(pending))
            found.append(taken)
            del pending[taken]
            leaving[taken[1]] -= 1
        return found

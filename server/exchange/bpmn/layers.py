"""A directed graph in layers: longest paths from the left, then few crossings by barycentres (Sugiyama's method)."""

from __future__ import annotations

import itertools
from bisect import bisect_right, insort
from collections.abc import Hashable, Iterable, Mapping, Sequence
from typing import TypeVar

V = TypeVar("V", bound=Hashable)

_SWEEPS = 8


def layers_of(vertices: Sequence[V], edges: Iterable[tuple[V, V, int]], roots: Iterable[V]) -> dict[V, int]:
    """The layer of each vertex; an edge spans at least its third member, but for those that close a circle."""
    out: dict[V, list[tuple[V, int]]] = {vertex: [] for vertex in vertices}
    for source, target, length in edges:
        out[source].append((target, length))
    order = _finished_last_first(vertices, out, roots)
    place = {vertex: number for number, vertex in enumerate(order)}
    layer = dict.fromkeys(vertices, 0)
    for vertex in order:
        for target, length in out[vertex]:
            if place[target] > place[vertex]:
                layer[target] = max(layer[target], layer[vertex] + length)
    return layer


def _finished_last_first(vertices: Sequence[V], out: Mapping[V, Sequence[tuple[V, int]]], roots: Iterable[V]) -> list[V]:
    """Vertices in an order in which only edges that close a circle lead back: depth first search, the last finished first."""
    seen: set[V] = set()
    finished: list[V] = []
    for root in (*roots, *vertices):
        if root in seen:
            continue
        seen.add(root)
        stack = [(root, iter(out[root]))]
        while stack:
            vertex, targets = stack[-1]
            for target, _ in targets:
                if target not in seen:
                    seen.add(target)
                    stack.append((target, iter(out[target])))
                    break
            else:
                finished.append(vertex)
                stack.pop()
    finished.reverse()
    return finished


def ordered(columns: Sequence[Sequence[V]], links: Iterable[tuple[V, V]]) -> list[list[V]]:
    """The columns with their vertices in an order that has few crossings of links between neighbouring columns."""
    before: dict[V, list[V]] = {}
    after: dict[V, list[V]] = {}
    for left, right in links:
        after.setdefault(left, []).append(right)
        before.setdefault(right, []).append(left)
    found = [list(column) for column in columns]
    best, fewest = found, _crossings(found, after)
    for sweep in range(_SWEEPS):
        found = [list(column) for column in found]
        forward = sweep % 2 == 0
        sides = before if forward else after
        for number in range(1, len(found)) if forward else range(len(found) - 2, -1, -1):
            beside = {vertex: place for place, vertex in enumerate(found[number - 1 if forward else number + 1])}
            own = {vertex: place for place, vertex in enumerate(found[number])}
            weights = {vertex: _mean([beside[other] for other in sides.get(vertex, ())], own[vertex]) for vertex in own}
            found[number].sort(key=lambda vertex: (weights[vertex], own[vertex]))
        crossings = _crossings(found, after)
        if crossings < fewest:
            best, fewest = found, crossings
    return best


def _crossings(columns: Sequence[Sequence[V]], after: Mapping[V, Sequence[V]]) -> int:
    total = 0
    for left, right in itertools.pairwise(columns):
        place = {vertex: number for number, vertex in enumerate(right)}
        ends: list[int] = []
        for vertex in left:
            own = sorted(place[target] for target in after.get(vertex, ()))
            total += sum(len(ends) - bisect_right(ends, end) for end in own)
            for end in own:
                insort(ends, end)
    return total


def _mean(places: Sequence[int], otherwise: int) -> float:
    return sum(places) / len(places) if places else float(otherwise)

"""Orders of lists whose members have names: who moved, and where members go that say whom they follow."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterable, Mapping, Sequence

#: The key of the member that another one follows; `None` for the first place.
Anchor = str | None


def moved(before: Sequence[str], after: Sequence[str]) -> tuple[str, ...]:
    """The members of both whose moving explains the new order of the others; as few as possible.

    Those that stay are the longest increasing subsequence of their former positions.
    """
    former = {name: position for position, name in enumerate(before)}
    common = [name for name in after if name in former]
    staying = set(_longest_rising([former[name] for name in common]))
    return tuple(name for name in common if former[name] not in staying)


def anchors(before: Sequence[str], after: Sequence[str], *, ordered: bool) -> dict[str, Anchor]:
    """Whom each moved or new member of `after` follows; new members at the end that come in their sorted order need no anchor."""
    if not ordered:
        return {}
    known = set(before)
    tail = len(after)
    while tail and after[tail - 1] not in known:
        tail -= 1
    loose = set(after[tail:]) if list(after[tail:]) == sorted(after[tail:]) else set()
    floating = (set(moved(before, after)) | (set(after) - known)) - loose
    return {name: after[index - 1] if index else None for index, name in enumerate(after) if name in floating}


def arrange(
    standing: Sequence[str], placed: Mapping[str, Anchor], loose: Iterable[str] = ()
) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """All members in order, and those among them whose anchor is nowhere.

    `standing` keep their order, `placed` follow their anchors (several behind one anchor by name), then come `loose` ones
    and those without an anchor, by name.
    """
    followers: dict[Anchor, list[str]] = {}
    for name in sorted(placed):
        followers.setdefault(placed[name], []).append(name)
    order: dict[str, None] = {}
    _append(order, followers.get(None, ()), followers)
    _append(order, standing, followers)
    _append(order, sorted(loose), followers)
    # What is left follows someone who is absent, or goes round in a circle.
    lost = tuple(name for name in sorted(placed) if name not in order and placed[name] not in placed)
    _append(order, lost, followers)
    circling = tuple(name for name in sorted(placed) if name not in order)
    _append(order, circling, followers)
    return tuple(order), tuple(sorted((*lost, *circling)))


def _append(order: dict[str, None], names: Iterable[str], followers: Mapping[Anchor, Sequence[str]]) -> None:
    """Each member and, right behind it, those that follow it."""
    waiting = list(reversed(tuple(names)))
    while waiting:
        name = waiting.pop()
        if name not in order:
            order[name] = None
            waiting.extend(reversed(followers.get(name, ())))


def _longest_rising(numbers: Sequence[int]) -> list[int]:
    """A longest increasing subsequence (patience sorting)."""
    ends: list[int] = []
    positions: list[int] = []
    previous: list[int] = []
    for index, number in enumerate(numbers):
        length = bisect_left(ends, number)
        previous.append(positions[length - 1] if length else -1)
        ends[length : length + 1] = [number]
        positions[length : length + 1] = [index]
    found: list[int] = []
    index = positions[-1] if positions else -1
    while index >= 0:
        found.append(numbers[index])
        index = previous[index]
    return found[::-1]

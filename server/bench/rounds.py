"""Two sides measured in turn, so that whatever else the machine does falls on both."""

from __future__ import annotations

import time
from collections.abc import Callable
from statistics import median

import msgspec

#: One round of one side: operations per second.
Side = Callable[[], float]


class Pace(msgspec.Struct, frozen=True, kw_only=True):
    """How long is measured."""

    rounds: int = 3
    #: Of one side in one round.
    seconds: float = 0.8
    #: Most operations of one side in one round where each needs something of its own, prepared before.
    most: int = 1000


class Compared(msgspec.Struct, frozen=True):
    """How many times faster our side was."""

    #: Our rate over theirs, a median of the rounds.
    ratio: float
    #: Largest less smallest ratio, as a share of the median.
    spread: float
    #: Median rates of both sides per second.
    ours: float
    theirs: float


def compare(ours: Side, theirs: Side, pace: Pace) -> Compared:
    """Both sides, measured in turn in each round."""
    pairs = [(ours(), theirs()) for _ in range(pace.rounds)]
    ratios = [mine / other for mine, other in pairs]
    middle = median(ratios)
    return Compared(
        ratio=middle,
        spread=(max(ratios) - min(ratios)) / middle,
        ours=median(mine for mine, _ in pairs),
        theirs=median(other for _, other in pairs),
    )


def rate(work: Callable[[int], object], seconds: float) -> float:
    """How often a second `work` runs; it is given a serial number, so that no two runs need be alike."""
    work(0)
    serial = 0
    start = now = time.perf_counter()
    while now - start < seconds:
        serial += 1
        work(serial)
        now = time.perf_counter()
    return serial / (now - start)

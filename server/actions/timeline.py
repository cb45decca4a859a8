"""The history of a case as its applicant reads it: what was done, and where it stands now."""

from __future__ import annotations

from datetime import datetime
from typing import Literal

import msgspec

from server.cases.model import Case, Happening

#: What opens a step, to what closes it again; the opening line goes when the step is closed.
_OPENING = {
    "task_opened": ("task_done", "task_dropped"),
    "call_requested": ("call_answered", "call_failed"),
    "supplement_asked": ("supplement_given", "timed_out"),
    "notice_published": ("notice_ended",),
}
#: Lines that concern officials only.
_INTERNAL = ("incident", "retried", "message")


class Step(msgspec.Struct, frozen=True, kw_only=True):
    """One step of a case."""

    title: str
    at: datetime | None
    text: str
    state: Literal["done", "now", "next"]


def steps_of(case: Case) -> tuple[Step, ...]:
    """The steps in the order they happened; those the case stands at are `now` and come last."""
    lines = [line for line in case.history if line.kind not in _INTERNAL]
    done, now = [], []
    for index, line in enumerate(lines):
        if line.kind not in _OPENING:
            done.append(_step(line, "done"))
        elif not _is_closed(line, lines[index + 1 :]):
            now.append(_step(line, "done" if case.ended_at is not None else "now"))
    return (*done, *now)


def _is_closed(opening: Happening, later: list[Happening]) -> bool:
    return any(line.node == opening.node and line.kind in _OPENING[opening.kind] for line in later)


def _step(line: Happening, state: Literal["done", "now", "next"]) -> Step:
    return Step(title=line.title or line.text, at=line.at, text=line.text if line.title else "", state=state)

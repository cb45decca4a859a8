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
    done: list[Happening] = []
    waiting: list[Happening] = []
    for line in case.history:
        if line.kind in _OPENING:
            waiting.append(line)
        elif line.kind not in _INTERNAL:
            done.append(line)
            # Rows of one list may stand at the same node at once; what was opened first is closed first.
            closed = next((one for one in waiting if one.node == line.node and line.kind in _OPENING[one.kind]), None)
            waiting = [one for one in waiting if one is not closed]
    state: Literal["done", "now"] = "done" if case.ended_at is not None else "now"
    return (*(_step(line, "done") for line in done), *(_step(line, state) for line in waiting))


def _step(line: Happening, state: Literal["done", "now", "next"]) -> Step:
    return Step(title=line.title or line.text, at=line.at, text=line.text if line.title else "", state=state)

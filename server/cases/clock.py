"""The clock of a case: which working days count, and the day it is promised by.

The clock stands still while every token of the case waits at a node whose clock is `stopped`; one token at work keeps it
running. Days count from acceptance. Each working day that ends while the clock stands still moves the promised end by one.
"""

from __future__ import annotations

from datetime import date, datetime, timedelta

import msgspec

from server.cases.model import Case
from server.cases.views import node_of
from server.definitions.process import Call, PublicNotice, Task, Wait
from server.definitions.workdays import day_of, end_of_day
from server.processes.state import State
from server.releases import Release


def clocked(release: Release, case: Case, now: datetime) -> Case:
    """The case with its clock set by its new state."""
    stands = _stands_still(release, case.state)
    if case.stopped_since is None and stands:
        case = msgspec.structs.replace(case, stopped_since=now)
    elif case.stopped_since is not None and not stands:
        stopped = stopped_workdays(release, case, _day_before(now))
        case = msgspec.structs.replace(case, stopped_since=None, stopped_workdays=stopped)
    return msgspec.structs.replace(case, due_at=_promised_end(release, case))


def workdays_used(release: Release, case: Case, now: datetime) -> int:
    """Working days taken so far: since acceptance, or since it was opened, without those on which the clock stood still."""
    start = case.accepted_on or day_of(case.opened_at)
    end = day_of(case.ended_at or now)
    return max(0, release.calendar.workdays_between(start, end) - stopped_workdays(release, case, end))


def stopped_workdays(release: Release, case: Case, day: date) -> int:
    """Working days since acceptance, up to a day, on which the clock stood still."""
    if case.stopped_since is None or case.accepted_on is None:
        return case.stopped_workdays
    return case.stopped_workdays + release.calendar.workdays_between(day_of(case.stopped_since), day)


def _day_before(instant: datetime) -> date:
    """The day that ended at or went on until an instant: a period that ends at midnight does not take the new day."""
    return day_of(instant - timedelta(microseconds=1))


def _promised_end(release: Release, case: Case) -> datetime | None:
    limit = release.service.items.items[case.item].promised_limit
    if case.accepted_on is None or limit is None:
        return None
    return end_of_day(release.calendar.workday_after(case.accepted_on, limit + case.stopped_workdays))


def _stands_still(release: Release, state: State) -> bool:
    nodes = [node_of(release, state, node=token.node, token=token.id) for token in state.tokens]
    waiting = [node for node in nodes if isinstance(node, Task | Call | Wait | PublicNotice)]
    return bool(waiting) and all(node.clock == "stopped" for node in waiting)

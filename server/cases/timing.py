"""Timers that ran out."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime

import msgspec

from server.cases.acts import Act
from server.cases.model import Dossier, Timer
from server.cases.moving import move
from server.cases.outcome import Outcome
from server.findings import Refused
from server.processes.events import TimerDue
from server.releases import Release


def fire(release: Release, dossier: Dossier, timer: Timer, *, now: datetime, ids: Iterator[str]) -> Outcome | Refused:
    """What the end of a period makes of the case; `not-due` before it and when the token has gone on without it.

    The timer itself is removed, unless what follows sets it anew.
    """
    if now < timer.due_at:
        return Refused("not-due")
    act = Act(action="fire_timer", now=now, ids=ids, details={"token": timer.token, "timer": timer.timer})
    outcome = move(release, dossier, TimerDue(token=timer.token, timer=timer.timer), act=act)
    if isinstance(outcome, Refused) or any(timer.id == again.id for again in outcome.timers):
        return outcome
    return msgspec.structs.replace(outcome, cancelled_timers=tuple(dict.fromkeys((*outcome.cancelled_timers, timer.id))))

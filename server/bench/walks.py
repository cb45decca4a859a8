"""The longest shipped walk of a case, recorded as events that take any case with the same answers the same way."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import date, datetime, time
from itertools import count
from typing import Any

import msgspec

from server.cases.desk import Desk
from server.cases.outcome import Outcome
from server.cases.submitting import submit_instance
from server.cases.walk import Send, Work, read_entry
from server.cases.walker import Walker
from server.definitions.process import AnyNode, Each, Fork, Subprocess
from server.definitions.workdays import CHINA
from server.processes.events import CallAnswered, Event, TaskCompleted, TimerDue
from server.processes.state import State
from server.processes.structure import Nodes, edges_of
from server.releases import Release
from server.types import CaseId, JsonValue, PersonHash

_ACCOUNT = "applicant"
#: When offices open.
OPENS = time(9, tzinfo=CHINA)
#: With these a case stands at several nodes at once, and what happens there has no one order.
_SEVERAL_TOKENS = (Fork, Subprocess, Each)


class Move(msgspec.Struct, frozen=True, kw_only=True):
    """One step of a case: what happened, and where that took it."""

    event: Event
    now: datetime
    #: The node it stood at, those it passed, and the one it stands at now.
    way: tuple[str, ...]


class RecordedWalk(msgspec.Struct, frozen=True, kw_only=True):
    """Answers, and everything that happens to the one case they open."""

    answers: JsonValue
    begins: datetime
    nodes: dict[str, AnyNode]
    #: From the start to where the case stands once it is open.
    opening: tuple[str, ...]
    moves: tuple[Move, ...]


def longest_walk(release: Release, documents: Mapping[str, JsonValue]) -> RecordedWalk:
    """The walk with the most steps; ends the program when there is none that can be recorded."""
    prefix = f"process_defs/{release.service_id}/walks/"
    found = [_recorded(release, walk) for path, walk in sorted(documents.items()) if path.startswith(prefix)]
    kept = [walk for walk in found if walk is not None]
    if not kept:
        raise SystemExit(f"bench: {release.service_id} has no walk to measure")
    return max(kept, key=lambda walk: len(walk.moves))


def opened(release: Release, answers: JsonValue, *, now: datetime, serial: int, ids: Iterator[str]) -> Outcome:
    """The application of a walk as received, with its cases."""
    person = PersonHash(_ACCOUNT)
    outcome = submit_instance(release, instance=answers, account_id=_ACCOUNT, person=person, serial=serial, now=now, ids=ids)
    assert isinstance(outcome, Outcome), outcome
    return outcome


def _recorded(release: Release, walk: Any) -> RecordedWalk | None:
    """The walk, unless it needs more than people, replies and periods, or more than one case or token."""
    now, ids = datetime.combine(date.fromisoformat(walk["today"]), OPENS), (f"{number:032x}" for number in count(1))
    desk = Desk()
    desk.save(opened(release, walk["answers"], now=now, serial=1, ids=ids))
    (case, *others) = desk.cases.values()
    nodes = release.processes[case.state.process].definition.nodes
    if others or any(isinstance(node, _SEVERAL_TOKENS) for node in nodes.values()):
        return None
    walker = Walker(release, desk, now=now, ids=ids)
    opening = _way(nodes, State(process=case.state.process), case.state)
    moves = []
    for entry in walk["walk"]:
        move = _moved(walker, desk, case.id, entry, nodes)
        if move is None:
            return None
        moves.append(move)
    return RecordedWalk(answers=walk["answers"], begins=now, nodes=nodes, opening=opening, moves=tuple(moves))


def _moved(walker: Walker, desk: Desk, case_id: CaseId, value: JsonValue, nodes: Nodes) -> Move | None:
    """What an entry does to the case; nothing when that is not a single event of the kinds that are measured."""
    before, timers, requests = desk.cases[case_id], dict(desk.timers), dict(desk.requests)
    waiting = [name for name, task in desk.tasks.items() if task.closed_at is None]
    if walker.take([value]):
        return None
    after = desk.cases[case_id]
    entry, fired = read_entry(value), [timer for name, timer in timers.items() if name not in desk.timers]
    event: Event
    match entry:
        case Work():
            done = next(task for task in map(desk.tasks.__getitem__, waiting) if task.outcome)
            event = TaskCompleted(token=done.token, outcome=done.outcome, answers=done.answers)
        case Send() if answered := [request for key, request in requests.items() if key not in desk.requests]:
            event = CallAnswered(token=answered[0].token, data=entry.payload)
        case _ if len(fired) == 1 and after.version == before.version + 1:
            event = TimerDue(token=fired[0].token, timer=fired[0].timer)
        case _:
            return None
    now = after.history[-1].at
    return Move(event=event, now=now, way=_way(nodes, before.state, after.state))


def _way(nodes: Nodes, before: State, after: State) -> tuple[str, ...]:
    """The nodes of a case's only token from one state to the next; its rounds tell which it entered."""
    entered = {name: number - before.rounds.get(name, 0) for name, number in after.rounds.items()}
    way = [before.tokens[0].node] if before.tokens else [name for name, number in entered.items() if number][:1]
    left = sum(entered.values()) - (0 if before.tokens else 1)
    for _ in range(left):
        following = next(target for _, target in edges_of(nodes[way[-1]]) if entered.get(target, 0) > 0)
        entered[following] -= 1
        way.append(following)
    return tuple(way)

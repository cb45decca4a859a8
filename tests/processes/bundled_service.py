"""The service that comes with the server as a release, and a driver that takes an application through one process."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import datetime, timedelta
from functools import cache
from pathlib import Path
from typing import Any

from server.definitions.workdays import CHINA
from server.exports.folder import read_trees
from server.forms.validate import check_instance
from server.processes.advance import CaseFacts, Step, advance, initial_state
from server.processes.compiled import TaskNode
from server.processes.effects import AnyEffect
from server.processes.events import Begun, Event, MessageArrived, TaskCompleted, TimerDue
from server.processes.questions import prefill
from server.processes.state import Token
from server.releases import Release, compile_release
from server.types import RegionCode

ROOT = Path(__file__).resolve().parents[2]
SERVICE, REGION = "shanxi/social_assistance", "140000"
WALKS = f"process_defs/{SERVICE}/walks/"


@cache
def documents() -> Mapping[str, Any]:
    return read_trees(ROOT).documents


@cache
def release() -> Release:
    found, findings = compile_release(documents(), SERVICE, REGION)
    assert found is not None, findings
    return found


def bindings_of(item: str, answers: dict[str, Any], region: str, now: datetime) -> dict[str, Any]:
    """What rules know of a valid application."""
    settled, checked = check_instance(release().form, answers, release().context(region, now))
    assert checked.problems == (), checked.problems
    case = {"number": "A-1", "item": item, "item_title": release().service.items.items[item].title, "region": region}
    provided = {f"provided.{name}": len(files) for name, files in answers.get("materials", {}).items()}
    return {**settled.bindings, **{f"case.{part}": value for part, value in case.items()}, **provided}


class Journey:
    """One application on its way through a process."""

    def __init__(self, item: str, answers: dict[str, Any], *, region: str, today: str) -> None:
        self.process = release().processes[item]
        self.now = datetime.fromisoformat(f"{today}T09:00:00").replace(tzinfo=CHINA)
        self.bindings = bindings_of(item, answers, region, self.now)
        self.place = RegionCode(answers["applicant"]["current_address"]["region"])
        self.state = initial_state(self.process)
        self.effects: list[AnyEffect] = []
        self.events: list[tuple[Event, CaseFacts]] = []
        self.send(Begun())

    def moment(self) -> CaseFacts:
        return CaseFacts(bindings=self.bindings, now=self.now, place=self.place)

    def send(self, event: Event) -> tuple[AnyEffect, ...]:
        step = advance(self.process, self.state, event, self.moment())
        assert isinstance(step, Step), (event, step)
        assert not any(token.incident for token in step.state.tokens), step.effects
        self.events.append((event, self.moment()))
        self.state = step.state
        self.effects += step.effects
        return step.effects

    def token_at(self, node: str) -> Token:
        (token,) = [token for token in self.state.tokens if token.node == node]
        return token

    def complete(self, node: str, outcome: str, answers: dict[str, Any] | None = None) -> None:
        """Completes a task with what it proposes and the answers given, as its form lets through."""
        token = self.token_at(node)
        given = prefill(self.process, self.state, token.id, self.moment()) | (answers or {})
        found = self.process.nodes[node]
        assert isinstance(found, TaskNode)
        if found.definition.form is not None:
            context = release().context(self.place, self.now, extra={"outcome": outcome})
            settled, checked = check_instance(release().task_forms[found.definition.form], given, context)
            assert checked.problems == (), (node, checked.problems)
            given = settled.instance
        self.send(TaskCompleted(token=token.id, outcome=outcome, answers=given))

    def wait(self, duration: str) -> None:
        """Lets days pass; timers fire in the order in which they are due."""
        parts = re.fullmatch(r"P(?:(\d+)D)?(?:T(\d+)H)?", duration)
        assert parts is not None
        until = self.now + timedelta(days=int(parts[1] or 0), hours=int(parts[2] or 0))
        while (due := self._next_due()) is not None and due[0] <= until:
            self.now = due[0]
            self.send(TimerDue(token=due[1], timer=due[2]))
        self.now = until

    def follow(self, entry: dict[str, Any]) -> None:
        """Does what one entry of a walk says."""
        if "advance" in entry:
            self.wait(entry["advance"])
        elif "message" in entry:
            self.send(MessageArrived(name=entry["message"], payload=entry.get("payload", {})))
        else:
            self.complete(entry["node"], entry["outcome"], entry.get("answers"))

    def _next_due(self) -> tuple[datetime, str, str] | None:
        due = [(at, token.id, timer) for token in self.state.tokens for timer, at in token.timers.items()]
        return min(due, default=None)


def walks() -> dict[str, Any]:
    return {path.removeprefix(WALKS): found for path, found in documents().items() if path.startswith(WALKS)}

"""The service that comes with the server, its processes compiled, and a driver that takes an application through one."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import datetime, timedelta
from functools import cache
from pathlib import Path
from typing import Any

from server.definitions.service import Service, read_service
from server.definitions.workdays import CHINA, Workdays, day_of
from server.exports.folder import read_trees
from server.forms.compile import CompiledForm, compile_form
from server.forms.settle import Context
from server.forms.surroundings import surroundings_of
from server.forms.validate import check_instance
from server.processes.advance import CaseFacts, Step, advance, initial_state
from server.processes.compile import compile_process
from server.processes.compiled import CompiledProcess, TaskNode
from server.processes.effects import AnyEffect
from server.processes.events import Begun, Event, MessageArrived, TaskCompleted, TimerDue
from server.processes.questions import prefill
from server.processes.state import Token
from server.rules.types import STRING
from server.types import RegionCode

ROOT = Path(__file__).resolve().parents[2]
SERVICE = "shanxi/social_assistance"
WALKS = f"process_defs/{SERVICE}/walks/"


@cache
def documents() -> Mapping[str, Any]:
    return read_trees(ROOT).documents


@cache
def service() -> Service:
    found, findings = read_service(documents(), SERVICE)
    assert found is not None, findings
    return found


@cache
def application_form() -> CompiledForm:
    form = compile_form(service().form, surroundings_of(service()))
    assert isinstance(form, CompiledForm), form
    return form


@cache
def task_form(form_id: str) -> CompiledForm:
    titles = {name: field.label for name, field in application_form().fields.items()}
    form = compile_form(service().task_forms[form_id], surroundings_of(service(), titles), {"outcome": STRING})
    assert isinstance(form, CompiledForm), form
    return form


@cache
def compiled(process_id: str) -> CompiledProcess:
    task_variables = {form_id: task_form(form_id).variables for form_id in service().task_forms}
    found = compile_process(process_id, service(), application_form().rule_variables, task_variables)
    assert isinstance(found, CompiledProcess), found
    return found


def bindings_of(item: str, answers: dict[str, Any], region: str, now: datetime) -> dict[str, Any]:
    """What rules know of a valid application."""
    parameters = {f"parameters.{name}": found.values[0].value for name, found in service().parameters.parameters.items()}
    context = Context(today=day_of(now), calendar=Workdays(service().calendar), parameters=parameters)
    settled, checked = check_instance(application_form(), answers, context)
    assert checked.problems == (), checked.problems
    case = {"number": "A-1", "item": item, "item_title": service().items.items[item].title, "region": region}
    provided = {f"provided.{name}": len(files) for name, files in answers.get("materials", {}).items()}
    return {**settled.bindings, **{f"case.{part}": value for part, value in case.items()}, **provided}


class Journey:
    """One application on its way through a process."""

    def __init__(self, item: str, answers: dict[str, Any], *, region: str, today: str) -> None:
        self.process = compiled(item)
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
            context = Context(today=day_of(self.now), calendar=self.process.calendar, extra={"outcome": outcome})
            settled, checked = check_instance(task_form(found.definition.form), given, context)
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

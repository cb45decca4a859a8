"""Every kind of node and every hard combination, as case files show them: the events, what each asks of the world, the state."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from datetime import datetime
from functools import cached_property
from pathlib import Path
from typing import Any

import msgspec
import pytest
from case_files import CASES, Case, compare, read_case
from small_service import MONDAY, moment, service_of, types_of

from server.definitions.workdays import CHINA
from server.findings import Finding, Refused
from server.processes.advance import advance, initial_state
from server.processes.compile import compile_process
from server.processes.compiled import CompiledProcess
from server.processes.effects import AnyEffect
from server.processes.events import (
    Begun,
    CallAnswered,
    CallFailed,
    ChildEnded,
    Event,
    MessageArrived,
    Retried,
    TaskCompleted,
    TimerDue,
)
from server.processes.questions import offered_outcomes, prefill
from server.processes.state import State, Token

FOLDER = CASES / "processes"
FILES = sorted(FOLDER.glob("*.case"))
FINDINGS = sorted((FOLDER / "findings").glob("*.case"))


class Documents:
    """The documents of a case: `process <id>`, `table <id>`, `notice <id>`, `connector <id>`, `task forms`, `variables`."""

    def __init__(self, case: Case) -> None:
        self.parts = case.parts
        self.task_forms = self.one("task forms")
        self.variables = self.one("variables")

    def one(self, name: str) -> dict[str, Any]:
        found: dict[str, Any] = json.loads(self.parts.get(name, "{}"))
        return found

    def named(self, kind: str) -> dict[str, Any]:
        prefix = f"{kind} "
        return {name.removeprefix(prefix): json.loads(text) for name, text in self.parts.items() if name.startswith(prefix)}

    @cached_property
    def compiled(self) -> dict[str, CompiledProcess | tuple[Finding, ...]]:
        service = service_of(
            {name: {"title": name, **found} for name, found in self.named("process").items()},
            tables=self.named("table"),
            notices=self.named("notice"),
            connectors=self.named("connector"),
            task_forms=self.task_forms,
        )
        forms = {name: types_of(fields) for name, fields in self.task_forms.items()}
        return {name: compile_process(name, service, types_of(self.variables), forms) for name in service.processes}


class Play:
    """The process `main` played event by event."""

    def __init__(self, documents: Documents) -> None:
        found = documents.compiled
        faults = [process for process in found.values() if isinstance(process, tuple)]
        assert faults == []
        self.others = {name: process for name, process in found.items() if isinstance(process, CompiledProcess)}
        self.process = self.others.pop("main")
        self.state = initial_state(self.process)
        self.bindings = documents.one("bindings")
        self.now = MONDAY

    def lines(self, events: str) -> Iterator[str]:
        for line in events.splitlines():
            yield line
            word, _, rest = line.partition(" ")
            if word == "clock":
                self.now = datetime.fromisoformat(rest).replace(tzinfo=CHINA)
            elif word == "set":
                self.bindings |= json.loads(rest)
            elif word in ("offers", "proposes"):
                yield f"  {self.answer(word, self.token(rest))}"
            else:
                yield from self.step(event_of(word, rest, self.token))

    def token(self, name: str) -> str:
        """The token meant: itself by its id, or the first one that stands at a node."""
        return next((token.id for token in self.state.tokens if token.node == name), name)

    def answer(self, word: str, token_id: str) -> str:
        facts = moment(self.bindings, self.now, **self.others)
        if word == "offers":
            return " ".join(offered_outcomes(self.process, self.state, token_id, facts)) or "nothing"
        return json.dumps(prefill(self.process, self.state, token_id, facts), ensure_ascii=False)

    def step(self, event: Event) -> Iterator[str]:
        step = advance(self.process, self.state, event, moment(self.bindings, self.now, **self.others))
        if isinstance(step, Refused):
            yield f"  refused {step.reason}"
            return
        yield from (f"  {effect_line(effect)}" for effect in step.effects)
        yield from (f"  = {line}" for line in state_lines(self.state, step.state))
        self.state = step.state


def event_of(word: str, rest: str, token_at: Callable[[str], str]) -> Event:
    """`begin` · `complete <node> <outcome> [answers]` · `reply <node> <data>` · `fail <node> <cause>` · `due <node> <timer>` ·
    `message <name>[@<node>] [payload]` · `child <node> <child> <code>` · `retry <node>`; a token's id can stand for a node."""
    head, brace, document = rest.partition("{")
    words, data = head.split(), json.loads(brace + document) if brace else {}
    match word, words:
        case "begin", []:
            return Begun()
        case "complete", [node, outcome]:
            return TaskCompleted(token=token_at(node), outcome=outcome, answers=data)
        case "reply", [node]:
            return CallAnswered(token=token_at(node), data=data)
        case "fail", [node, cause]:
            return CallFailed(token=token_at(node), cause=cause)
        case "due", [node, timer]:
            return TimerDue(token=token_at(node), timer=timer)
        case "message", [name]:
            name, _, node = name.partition("@")
            return MessageArrived(name=name, payload=data, token=token_at(node) if node else "")
        case "child", [node, child, code]:
            return ChildEnded(token=token_at(node), child=child, code=code)
        case "retry", [node]:
            return Retried(token=token_at(node))
    raise AssertionError(f"no event: {word} {rest}")


def effect_line(effect: AnyEffect) -> str:
    """Kind, token, node and every other member that is not empty."""
    document = msgspec.to_builtins(effect, builtin_types=(datetime,))
    head = [document.pop(name) for name in ("kind", "token", "node")]
    return " ".join([*head, *(f"{name}={word(value)}" for name, value in document.items() if value not in ("", None, [], ()))])


def word(value: Any) -> str:
    if isinstance(value, datetime):
        return value.astimezone(CHINA).strftime("%m-%dT%H:%M")
    plain = isinstance(value, str) and value and not set(value) & set(' \n"{}[]')
    return str(value) if plain else json.dumps(value, ensure_ascii=False)


def state_lines(before: State, after: State) -> Iterator[str]:
    """Every token, and of the rest what the step changed."""
    for token in after.tokens:
        yield token_line(token)
    for scope in after.scopes:
        if scope not in before.scopes:
            row = "" if scope.row is None else f" row={word(scope.row)}"
            yield f"scope {scope.id}: {scope.kind} of {scope.owner} in {scope.process}{row}"
    for token_id, children in after.children.items():
        yield f"children of {token_id}: {' '.join(children)}"
    for name in sorted(before.variables.keys() | after.variables.keys()):
        if name not in after.variables:
            yield f"{name} gone"
        elif before.variables.get(name) != after.variables[name]:
            yield f"{name} = {word(after.variables[name])}"
    if after.final != before.final:
        yield "final"
    if after.ended is not None:
        yield f"ended at {after.ended.node}: {after.ended.code} {word(after.ended.reason)}"


def token_line(token: Token) -> str:
    parts = [token.id, token.node]
    parts += [f"round={token.round}"] if token.round > 1 else []
    parts += [f"in={token.scope}"] if token.scope else []
    parts += [f"{timer}={word(at)}" for timer, at in token.timers.items()]
    parts += [f"stuck={token.incident}"] if token.incident else []
    return " ".join(parts)


@pytest.mark.cases
@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_a_process_goes_on_as_its_case_file_shows(path: Path) -> None:
    case = read_case(path)
    play = Play(Documents(case))
    compare(case, {"steps": "\n".join(play.lines(case.parts["events"]))})


@pytest.mark.cases
@pytest.mark.parametrize("path", FINDINGS, ids=lambda path: path.stem)
def test_a_wrong_process_is_refused_with_every_finding_of_its_case_file(path: Path) -> None:
    case = read_case(path)
    found = [finding for faults in Documents(case).compiled.values() if isinstance(faults, tuple) for finding in faults]
    compare(case, {"findings": "\n".join(map(finding_line, found))})


def finding_line(finding: Finding) -> str:
    params = " ".join(f"{name}={word(value)}" for name, value in finding.params.items())
    return f"{finding.code}  {finding.path}#{finding.pointer}  {params}".rstrip()

"""Drives an application to its end without knowing its service: whatever is open is done, time passes when nothing is."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import datetime
from itertools import count
from random import Random
from typing import Any

import msgspec

from server.cases import messaging, replies, timing, working
from server.cases.desk import Desk
from server.cases.model import Case, Request, Task
from server.cases.outcome import Invalid, Outcome
from server.cases.people import Unit
from server.cases.submitting import submit_instance
from server.cases.views import case_facts, task_context
from server.documents.merge_patch import apply_patch
from server.findings import Problem, Refused
from server.forms.data import EMPTY, FormData, group_pointer
from server.forms.kinds import KINDS
from server.forms.kinds.kind import FormField
from server.forms.settle import field_id_of, settle
from server.forms.validate import check_instance
from server.processes.questions import offered_outcomes, prefill
from server.releases import Release
from server.types import PersonHash

#: Picks one of several ways to go on.
Choose = Callable[[Sequence[str]], str]
#: How often the same way is taken at the same place of a case while there is another one, so that no circle is endless.
_TURNS = 2
_MOST_STEPS = 400
#: How likely an official finds something else than proposed.
_OTHERWISE = 0.5


class Hand(msgspec.Struct, frozen=True):
    """An official."""

    account_id: str
    units: tuple[Unit, ...]


class Stuck(AssertionError):
    """A case that cannot go on: what it waits for never comes, or it lacks a value."""


class Drive:
    """One application, and the way through its cases."""

    def __init__(
        self,
        release: Release,
        instance: Any,
        *,
        now: datetime,
        choose: Choose,
        typed: Mapping[str, Any] | None = None,
        chance: Random | None = None,
    ) -> None:
        """`typed` are answers for fields of task forms that no example fits, by field id; with `chance`, officials find
        other things than those proposed to them."""
        self.release, self.now = release, now
        self.desk = Desk()
        self.problems: tuple[Problem, ...] = ()
        self.steps: list[str] = []
        self._choose, self._typed, self._chance = choose, typed or {}, chance
        self._taken: Counter[tuple[str, ...]] = Counter()
        self._ids: Iterator[str] = (f"id{number:05d}" for number in count(1))
        person = PersonHash("person")
        result = submit_instance(
            release, instance=instance, account_id="applicant", person=person, serial=1, now=now, ids=self._ids
        )
        if isinstance(result, Invalid):
            self.problems = result.problems
        else:
            self._keep(result)

    def to_the_end(self) -> dict[str, str]:
        """Item to the code with which its case ended."""
        for _ in range(_MOST_STEPS):
            if all(case.ended_at is not None for case in self.desk.cases.values()):
                application = self.desk.application
                assert application is not None and application.intake.ended is not None
                return {str(case.item): case.result for case in self.desk.cases.values()}
            self._check()
            self._step()
        raise Stuck(f"no end in sight after {self.steps[-30:]}")

    def _check(self) -> None:
        for case in self.desk.cases.values():
            stuck = {token.id: (token.node, token.incident) for token in case.state.tokens if token.incident}
            for token, (node, incident) in stuck.items():
                if incident != "call-failed":
                    raise Stuck(f"{case.item} is stuck at {node}: {incident}, after {self.steps}")
                dossier, hand = self.desk.dossier(case.id), Hand("supervisor", ())
                self._keep(working.retry(self.release, dossier, token=token, actor=hand, now=self.now, ids=self._ids))

    def _step(self) -> None:
        task = next((task for task in self.desk.tasks.values() if task.closed_at is None), None)
        asked = next((case for case in self.desk.cases.values() if case.supplement is not None), None)
        if task is not None:
            self._work(task)
        elif self.desk.requests:
            self._answer(min(self.desk.requests.values(), key=lambda request: request.key))
        elif asked is not None and self._way((asked.item, "supplement"), ("given", "forgotten")) == "given":
            self._supplement(asked)
        else:
            self._pass_time()

    def _work(self, task: Task) -> None:
        case = self.desk.cases[task.case_id]
        application = self.desk.application
        assert application is not None
        facts = case_facts(self.release, application, case, self.now)
        offered = offered_outcomes(self.release.processes[case.state.process], case.state, task.token, facts)
        if not offered:
            raise Stuck(f"{case.item} offers nothing at {task.node} after {self.steps}")
        outcome = self._way((case.item, task.node), offered)
        plain = self._filled(task, outcome)
        result = self._completed(task, outcome, plain if self._chance is None else self._varied(task, plain, self._chance))
        if isinstance(result, Invalid) and self._chance is not None:
            result = self._completed(task, outcome, plain)
        self._keep(result)

    def _completed(self, task: Task, outcome: str, data: FormData) -> Outcome | Invalid | Refused:
        return working.complete_task(
            self.release,
            self.desk.dossier(task.case_id),
            task,
            outcome=outcome,
            data=data,
            actor=Hand("official", (working.unit_of(task),)),
            now=self.now,
            ids=self._ids,
        )

    def _varied(self, task: Task, data: FormData, chance: Random) -> FormData:
        """The answers with some of them found otherwise."""
        fields = self.release.task_forms[task.form].fields if task.form is not None else {}
        found = {group_pointer(name): _found(field, chance) for name, field in fields.items() if chance.random() < _OTHERWISE}
        other = {pointer: value for pointer, value in found.items() if value is not None}
        return msgspec.structs.replace(data, values={**data.values, **other}, touched=frozenset(other))

    def _filled(self, task: Task, outcome: str) -> FormData:
        """The task form as any careful official would hand it in: what it proposes, and an example where it insists."""
        case = self.desk.cases[task.case_id]
        application = self.desk.application
        if task.form is None or application is None:
            return EMPTY
        form, context = self.release.task_forms[task.form], task_context(self.release, case, outcome=outcome, now=self.now)
        facts = case_facts(self.release, application, case, self.now)
        instance: dict[str, Any] = {}
        for path, value in prefill(self.release.processes[case.state.process], case.state, task.token, facts).items():
            instance = apply_patch(instance, {path: value})
        data = check_instance(form, instance, context)[0].data
        for _ in range(4):
            settled = settle(form, data, context)
            missing = {p: form.fields[field_id_of(p)] for p in settled.required if p not in settled.data.values}
            examples = {p: self._typed.get(field.id) or KINDS[field.kind].example(field) for p, field in missing.items()}
            data = msgspec.structs.replace(settled.data, values={**settled.data.values, **examples})
        return data

    def _answer(self, request: Request) -> None:
        dossier, now, ids = self.desk.dossier(request.case_id), self.now, self._ids
        if self._way((dossier.case.item, request.operation), ("answered", "failed")) == "answered":
            reply = self.release.service.connectors[request.connector].operations[request.operation].reply
            data = {name: _example(schema) for name, schema in reply["properties"].items() if name in reply.get("required", ())}
            self._keep(replies.answer_call(self.release, dossier, request, data=data, now=now, ids=ids))
        else:
            self._keep(replies.fail_call(self.release, dossier, request, cause="unreachable", now=now, ids=ids))

    def _supplement(self, case: Case) -> None:
        """The same answers once more, with a file for every material asked for."""
        dossier = self.desk.dossier(case.id)
        data, asked = dossier.application.data, case.supplement
        files = {f"/materials/{name}": [{"name": "page.jpg"}] for name in (asked.materials if asked is not None else ())}
        data = msgspec.structs.replace(data, values={**data.values, **files})
        self._keep(messaging.supplement(self.release, dossier, data=data, account_id="applicant", now=self.now, ids=self._ids))

    def _pass_time(self) -> None:
        shown = next((notice for notice in self.desk.notices.values() if not notice.ended), None)
        if shown is not None:
            dossier = self.desk.dossier(shown.case_id)
            if self._way((dossier.case.item, "notice"), ("silence", "objection")) == "objection":
                objected = messaging.object_to_notice(
                    self.release, dossier, note="note", account_id="official", now=self.now, ids=self._ids
                )
                if isinstance(objected, Outcome):
                    self._keep(objected)
                    return
        timer = self.desk.next_timer()
        if timer is None:
            standing = {case.item: [token.node for token in case.state.tokens] for case in self.desk.cases.values()}
            raise Stuck(f"nothing is open and nothing will be due: {standing} after {self.steps}")
        self.now = max(self.now, timer.due_at)
        del self.desk.timers[timer.id]
        self.steps.append(f"time to {self.now:%m-%d}")
        self._keep(timing.fire(self.release, self.desk.dossier(timer.case_id), timer, now=self.now, ids=self._ids))

    def _way(self, place: tuple[str, ...], ways: Sequence[str]) -> str:
        """The way chosen at a place; the ways taken there often enough are left out while there are others."""
        fresh = [way for way in ways if self._taken[(*place, way)] < _TURNS]
        chosen = self._choose(fresh or ways)
        self._taken[(*place, chosen)] += 1
        self.steps.append(f"{'/'.join(place)}: {chosen}")
        return chosen

    def _keep(self, result: Outcome | Invalid | Refused) -> None:
        if not isinstance(result, Outcome):
            raise Stuck(f"{result} after {self.steps}")
        self.desk.save(result)


def first(ways: Sequence[str]) -> str:
    """Always the first way."""
    return ways[0]


def last(ways: Sequence[str]) -> str:
    """Always the last way."""
    return ways[-1]


def _found(field: FormField, chance: Random) -> Any:
    """What an official may find; nothing for kinds whose values are not picked."""
    match field.kind:
        case "yes_no":
            return chance.random() < _OTHERWISE
        case "choice" | "search_choice" if field.offered:
            return chance.choice(field.offered).code
        case "choices" if field.offered:
            return [one.code for one in chance.sample(field.offered, chance.randint(1, min(3, len(field.offered))))]
        case "integer" | "money" | "decimal":
            low = field.schema.get("minimum", 0)
            return chance.randint(low, field.schema.get("maximum", low + chance.choice((3, 10**5, 10**8))))
    return None


def _example(schema: Any) -> Any:
    match schema.get("type"):
        case "integer":
            return schema.get("minimum", 0)
        case "boolean":
            return True
        case "array":
            return []
    return "x"

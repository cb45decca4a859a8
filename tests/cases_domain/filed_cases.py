"""Applications filed on a desk under the shipped documents, and the hands that work on them, for the tests of this folder."""

from __future__ import annotations

from copy import deepcopy
from datetime import UTC, datetime, timedelta
from functools import cache
from itertools import count
from pathlib import Path
from typing import Any

import msgspec

from server.cases import messaging, replies, timing, working
from server.cases.desk import Desk
from server.cases.model import Case, Task
from server.cases.outcome import Invalid, Outcome
from server.cases.people import Unit
from server.cases.submitting import submit
from server.exports.folder import read_trees
from server.findings import Refused
from server.forms.data import EMPTY, FormData
from server.forms.validate import check_instance
from server.releases import Release, compile_release
from server.types import PersonHash

ROOT = Path(__file__).resolve().parents[2]
SERVICE = "shanxi/social_assistance"
PROCESSES = f"process_defs/{SERVICE}"
#: A Monday morning.
MORNING = datetime(2026, 3, 2, 1, tzinfo=UTC)

LOW_INCOME = "low_income_identification"
EMERGENCY = "temporary_assistance"
MEDICAL = "medical_assistance"
RENTAL = "public_rental_housing"
RENOVATION = "dilapidated_housing_renovation"


@cache
def documents() -> dict[str, Any]:
    return read_trees(ROOT).documents


@cache
def release(region: str = "140000") -> Release:
    return compiled(documents(), region)


def compiled(changed: dict[str, Any], region: str = "140000") -> Release:
    found, findings = compile_release(changed, SERVICE, region)
    assert found is not None, [finding for finding in findings if finding.severity == "error"]
    return found


@cache
def walks() -> dict[str, Any]:
    prefix = f"{PROCESSES}/walks/"
    return {p.removeprefix(prefix).removesuffix(".json"): w for p, w in documents().items() if p.startswith(prefix)}


@cache
def examples() -> dict[str, Any]:
    prefix = f"form_schemas/{SERVICE}/examples/"
    return {p.removeprefix(prefix).removesuffix(".json"): e for p, e in documents().items() if p.startswith(prefix)}


def answers_for(*items: str) -> dict[str, Any]:
    """Answers that are complete for any items: those of the walk whose application asks for the most."""
    answers = deepcopy(walks()["low_income_supplement"]["answers"])
    answers["application"]["items"] = list(items)
    answers["applicant"]["residence_type"] = "2" if RENOVATION in items else "1"
    return answers


def data_of(answers: Any, now: datetime = MORNING, under: Release | None = None) -> FormData:
    """The answers as the draft that a person would have typed; whatever is wrong with them stays in it."""
    found = under or release()
    return check_instance(found.form, answers, found.context("140105", now))[0].data


class Hand(msgspec.Struct, frozen=True, kw_only=True):
    """An official."""

    account_id: str
    units: tuple[Unit, ...]


class Filed:
    """One application on a desk, with everything that people and time can do to its cases."""

    def __init__(self, *items: str, answers: Any = None, under: Release | None = None) -> None:
        self.release = under or release()
        self.desk = Desk()
        self.now = MORNING
        self.ids = (f"id{number:04d}" for number in count(1))
        data = data_of(answers if answers is not None else answers_for(*items), self.now, self.release)
        self.keep(
            submit(
                self.release,
                data=data,
                account_id="applicant-account",
                person=PersonHash("hash"),
                serial=7,
                now=self.now,
                ids=self.ids,
            )
        )

    def keep(self, result: Outcome | Invalid | Refused) -> None:
        assert isinstance(result, Outcome), result
        self.desk.save(result)

    def case(self, item: str = "") -> Case:
        return next(case for case in self.desk.cases.values() if item in ("", case.item))

    def task(self, node: str, item: str = "") -> Task:
        task = self.desk.open_task(self.case(item).id, node)
        assert task is not None, (node, self.case(item).state.tokens)
        return task

    def complete(
        self, node: str, outcome: str, answers: Any = None, *, item: str = "", actor: Hand | None = None, task: Task | None = None
    ) -> Outcome | Invalid | Refused:
        """What completing a task yields; answers stand for the whole form."""
        task = task or self.task(node, item)
        case = self.case(item)
        data = EMPTY
        if task.form is not None:
            context = self.release.context(case.region, self.now, extra={"outcome": outcome})
            data = check_instance(self.release.task_forms[task.form], answers or {}, context)[0].data
        return working.complete_task(
            self.release,
            self.desk.dossier(case.id),
            task,
            outcome=outcome,
            data=data,
            actor=actor or hand_of(task),
            now=self.now,
            ids=self.ids,
        )

    def supplement(self, given: Any, *, item: str = "") -> Outcome | Invalid | Refused:
        """What handing in a whole changed instance as a supplement yields."""
        dossier = self.desk.dossier(self.case(item).id)
        data = data_of(given, self.now, self.release)
        return messaging.supplement(self.release, dossier, data=data, account_id="applicant-account", now=self.now, ids=self.ids)

    def withdraw(self, *, item: str = "", reason: str = "") -> Outcome | Refused:
        dossier = self.desk.dossier(self.case(item).id)
        return messaging.withdraw(
            self.release, dossier, reason=reason, account_id="applicant-account", now=self.now, ids=self.ids
        )

    def object(self, note: str, *, item: str = "") -> Outcome | Refused:
        dossier = self.desk.dossier(self.case(item).id)
        return messaging.object_to_notice(self.release, dossier, note=note, account_id="official", now=self.now, ids=self.ids)

    def reply(self, data: Any) -> Outcome | Refused:
        """The reply to the only request that is open."""
        (request,) = self.desk.requests.values()
        dossier = self.desk.dossier(request.case_id)
        return replies.answer_call(self.release, dossier, request, data=data, now=self.now, ids=self.ids)

    def wait(self, length: timedelta) -> None:
        """Lets time pass; timers fire at their instants, in order."""
        until = self.now + length
        while (timer := self.desk.next_timer()) is not None and timer.due_at <= until:
            self.now = timer.due_at
            self.keep(timing.fire(self.release, self.desk.dossier(timer.case_id), timer, now=self.now, ids=self.ids))
        self.now = until


def hand_of(task: Task, account_id: str = "official") -> Hand:
    """An official of a task's office."""
    return Hand(account_id=account_id, units=(working.unit_of(task),))


REPORT = {"monthly_income_fen": 50000, "deposits_fen": 100000, "securities_fen": 0, "vehicles": 0, "properties": 0}

"""Taking a walk: each entry when its turn comes, on a desk in memory."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import datetime, timedelta

import msgspec

from server.cases import messaging, replies, timing, working
from server.cases.desk import Desk
from server.cases.happenings import OBJECTION, SUPPLEMENT, WITHDRAW
from server.cases.model import Case, Dossier, Task
from server.cases.outcome import Invalid, Outcome
from server.cases.people import Unit
from server.cases.supplementing import asked_pointers, is_asked
from server.cases.views import case_facts, task_context
from server.cases.walk import Advance, Blocked, Entry, Send, Work, read_duration, read_entry
from server.definitions.process import Call
from server.definitions.process import Task as TaskNode
from server.documents.merge_patch import apply_patch
from server.findings import Refused
from server.forms.data import EMPTY, FormData
from server.forms.validate import check_instance
from server.processes.questions import prefill
from server.releases import Release
from server.types import JsonValue

#: How much time a whole walk may let pass, and how many timers may fire meanwhile.
LONGEST = timedelta(days=3660)
MOST_TIMERS = 1_000


class Hand(msgspec.Struct, frozen=True, kw_only=True):
    """Whoever does the work of an entry: an official of the task's office."""

    account_id: str
    units: tuple[Unit, ...] = ()


class Walker:
    """Takes entries on a desk; next is always the first one in the list whose turn has come."""

    def __init__(self, release: Release, desk: Desk, *, now: datetime, ids: Iterator[str]) -> None:
        self.now = now
        self._latest = now + LONGEST
        self._release, self._desk, self._ids = release, desk, ids

    def take(self, walk: list[JsonValue]) -> dict[int, Blocked]:
        """Position and latest reason of every entry that was not taken."""
        read = {index: read_entry(value) for index, value in enumerate(walk)}
        left = {index: entry for index, entry in read.items() if isinstance(entry, Blocked)}
        waiting = {index: entry for index, entry in read.items() if not isinstance(entry, Blocked)}
        while (index := self._take_first(waiting, left)) is not None:
            del waiting[index]
        return dict(sorted(left.items()))

    def _take_first(self, waiting: Mapping[int, Entry], left: dict[int, Blocked]) -> int | None:
        """The first entry that was taken, or that will never be; every one passed over has its reason in `left`."""
        for index, entry in waiting.items():
            blocked = self._take(entry)
            if blocked is None:
                left.pop(index, None)
                return index
            left[index] = blocked
            if blocked.final:
                return index
        return None

    def _take(self, entry: Entry) -> Blocked | None:
        if isinstance(entry, Advance):
            return self._pass_time(entry)
        case = self._case(entry.case)
        if case is None:
            return Blocked(reason="unknown-case", params={"case": entry.case}, final=True)
        return self._work(case, entry) if isinstance(entry, Work) else self._send(case, entry)

    def _case(self, name: str) -> Case | None:
        cases = list(self._desk.cases.values())
        if not name and len(cases) == 1:
            return cases[0]
        return next((case for case in cases if name in (case.item, case.number)), None)

    def _pass_time(self, entry: Advance) -> Blocked | None:
        length = read_duration(entry.advance)
        if length is None or length > self._latest - self.now:
            return Blocked(reason="bad-duration", params={"duration": entry.advance}, final=True)
        until = self.now + length
        for _ in range(MOST_TIMERS):
            timer = self._desk.next_timer()
            if timer is None or timer.due_at > until:
                break
            self.now = max(self.now, timer.due_at)
            del self._desk.timers[timer.id]
            dossier = self._desk.dossier(timer.case_id)
            self._keep(timing.fire(self._release, dossier, timer, now=self.now, ids=self._ids))
        self.now = until
        return None

    def _work(self, case: Case, entry: Work) -> Blocked | None:
        if not any(isinstance(node, TaskNode) for node in self._nodes_named(entry.node)):
            return Blocked(reason="unknown-node", params={"node": entry.node}, final=True)
        task = self._desk.open_task(case.id, entry.node)
        if task is None:
            return Blocked(reason="already-ended" if case.ended_at is not None else "not-its-turn")
        dossier = self._desk.dossier(case.id)
        refused = working.refused_outcome(self._release, dossier, task, outcome=entry.outcome, now=self.now)
        if refused is not None:
            return Blocked(reason=refused.reason, params={"outcome": entry.outcome}, final=True)
        data = self._answers(dossier, task, entry)
        if isinstance(data, Blocked):
            return data
        result = working.complete_task(
            self._release,
            dossier,
            task,
            outcome=entry.outcome,
            data=data,
            actor=Hand(account_id="official", units=(working.unit_of(task),)),
            now=self.now,
            ids=self._ids,
        )
        blocked = self._keep(result)
        return None if blocked is None else msgspec.structs.replace(blocked, final=True)

    def _answers(self, dossier: Dossier, task: Task, entry: Work) -> FormData | Blocked:
        """The entry's answers over those proposed for the task, checked as a whole."""
        if task.form is None:
            return EMPTY
        case = dossier.case
        facts = case_facts(self._release, dossier.application, case, self.now)
        process = self._release.processes[case.state.process]
        proposed: dict[str, JsonValue] = {}
        for path, value in prefill(process, case.state, task.token, facts).items():
            proposed = apply_patch(proposed, nested(path, value))
        context = task_context(self._release, case, outcome=entry.outcome, now=self.now)
        settled, checked = check_instance(self._release.task_forms[task.form], apply_patch(proposed, entry.answers), context)
        if checked.problems:
            return Blocked(reason="invalid-answers", problems=checked.problems, final=True)
        return settled.data

    def _send(self, case: Case, entry: Send) -> Blocked | None:
        dossier, now, ids = self._desk.dossier(case.id), self.now, self._ids
        account_id = dossier.application.account_id
        if entry.message == SUPPLEMENT:
            return self._supplement(case, entry)
        if entry.message == WITHDRAW:
            reason = str(entry.payload.get("reason", ""))
            result = messaging.withdraw(self._release, dossier, reason=reason, account_id=account_id, now=now, ids=ids)
        elif entry.message == OBJECTION:
            note = str(entry.payload.get("note", ""))
            result = messaging.object_to_notice(self._release, dossier, note=note, account_id="official", now=now, ids=ids)
        elif any(isinstance(node, Call) for node in self._nodes_named(entry.message)):
            return self._reply(case, entry)
        else:
            result = messaging.send(
                self._release,
                dossier,
                name=entry.message,
                payload=entry.payload,
                account_id=account_id,
                now=now,
                ids=ids,
            )
        return self._keep(result, message=entry.message)

    def _supplement(self, case: Case, entry: Send) -> Blocked | None:
        """Takes the payload as a part of the submitted instance; only what was asked for counts."""
        if case.supplement is None:
            return Blocked(reason="already-ended" if case.ended_at is not None else "nothing-asked")
        dossier = self._desk.dossier(case.id)
        instance = apply_patch(dossier.application.instance, entry.payload)
        context = self._release.context(case.region, self.now, day=case.accepted_on)
        settled, checked = check_instance(self._release.form, instance, context)
        asked = asked_pointers(self._release.form, case.supplement)
        wrong = tuple(p for p in checked.problems if p.code == "unknown-field" or is_asked(p.pointer, asked))
        if wrong:
            return Blocked(reason="invalid-answers", problems=wrong, final=True)
        account_id = dossier.application.account_id
        result = messaging.supplement(
            self._release, dossier, data=settled.data, account_id=account_id, now=self.now, ids=self._ids
        )
        return self._keep(result)

    def _reply(self, case: Case, entry: Send) -> Blocked | None:
        at_node = {token.id for token in case.state.tokens if token.node == entry.message}
        requests = self._desk.requests.values()
        request = next((r for r in requests if r.case_id == case.id and r.token in at_node), None)
        if request is None:
            return Blocked(reason="already-ended" if case.ended_at is not None else "not-its-turn")
        dossier = self._desk.dossier(case.id)
        result = replies.answer_call(self._release, dossier, request, data=entry.payload, now=self.now, ids=self._ids)
        blocked = self._keep(result)
        return None if blocked is None else msgspec.structs.replace(blocked, final=True)

    def _keep(self, result: Outcome | Invalid | Refused, **params: str) -> Blocked | None:
        """Keeps an outcome; anything else is why there is none."""
        match result:
            case Outcome():
                self._desk.save(result)
                return None
            case Invalid(problems):
                return Blocked(reason="invalid-answers", problems=problems, final=True)
            case Refused(reason):
                return Blocked(reason=reason, params=params)

    def _nodes_named(self, name: str) -> Iterator[object]:
        return (
            process.definition.nodes[name] for process in self._release.processes.values() if name in process.definition.nodes
        )


def nested(path: str, value: JsonValue) -> dict[str, JsonValue]:
    """An object that holds a value at a property path."""
    name, _, rest = path.partition(".")
    return {name: nested(rest, value) if rest else value}

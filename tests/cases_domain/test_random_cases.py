"""Cases driven at random: whatever officials, systems, applicants and time do, nothing is lost and nothing raises."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import msgspec
from filed_cases import Filed, answers_for, hand_of, release
from hypothesis import given, settings
from hypothesis import strategies as st

from server.cases import messaging, replies, working
from server.cases.desk import Desk
from server.cases.model import Case, Task
from server.cases.outcome import Invalid, Outcome
from server.cases.views import case_facts, node_of, task_context
from server.definitions import process
from server.documents.merge_patch import apply_patch
from server.findings import Refused
from server.forms.data import EMPTY, FormData
from server.forms.kinds import KINDS
from server.forms.settle import field_id_of, settle
from server.forms.validate import check_instance
from server.processes.questions import offered_outcomes, prefill

ITEMS = sorted(release().service.items.items)
LONGEST = timedelta(days=40)
REPLY = {"monthly_income_fen": 50000, "deposits_fen": 100000, "securities_fen": 0, "vehicles": 0, "properties": 0}


def filled(filed: Filed, task: Task, outcome: str) -> FormData:
    """A task form that any careful official would hand in: what it proposes, and an example wherever it insists."""
    case = filed.desk.cases[task.case_id]
    if task.form is None:
        return EMPTY
    form, context = filed.release.task_forms[task.form], task_context(filed.release, case, outcome=outcome, now=filed.now)
    assert filed.desk.application is not None
    facts = case_facts(filed.release, filed.desk.application, case, filed.now)
    instance: dict[str, Any] = {}
    for path, value in prefill(filed.release.processes[case.state.process], case.state, task.token, facts).items():
        instance = apply_patch(instance, {path: value})
    data = check_instance(form, instance, context)[0].data
    for _ in range(4):
        settled = settle(form, data, context)
        missing = {p: form.fields[field_id_of(p)] for p in settled.required if p not in settled.data.values}
        examples = {p: KINDS[field.kind].example(field) for p, field in missing.items()}
        data = msgspec.structs.replace(settled.data, values={**settled.data.values, **examples})
    return data


def work(filed: Filed, task: Task, data: st.DataObject) -> Outcome | Invalid | Refused:
    case = filed.desk.cases[task.case_id]
    assert filed.desk.application is not None
    facts = case_facts(filed.release, filed.desk.application, case, filed.now)
    offered = offered_outcomes(filed.release.processes[case.state.process], case.state, task.token, facts)
    outcome = data.draw(st.sampled_from(offered))
    return working.complete_task(
        filed.release,
        filed.desk.dossier(case.id),
        task,
        outcome=outcome,
        data=filled(filed, task, outcome),
        actor=hand_of(task),
        now=filed.now,
        ids=filed.ids,
    )


def step(filed: Filed, data: st.DataObject) -> None:
    """One thing that can happen now, drawn from all of them; time always can."""
    tasks = [task for task in filed.desk.tasks.values() if task.closed_at is None]
    asked = [case for case in filed.desk.cases.values() if case.supplement is not None]
    shown = [notice for notice in filed.desk.notices.values() if not notice.ended]
    doings = ["wait", *["work"] * 6 * bool(tasks), *["answer"] * 3 * bool(filed.desk.requests)]
    doings += [*["supplement"] * 3 * bool(asked), *["object"] * bool(shown), "withdraw"]
    now, ids = filed.now, filed.ids
    match data.draw(st.sampled_from(doings)):
        case "work":
            filed.keep(work(filed, data.draw(st.sampled_from(tasks)), data))
        case "answer":
            request = data.draw(st.sampled_from(sorted(filed.desk.requests.values(), key=lambda found: found.key)))
            dossier = filed.desk.dossier(request.case_id)
            if data.draw(st.booleans()):
                filed.keep(replies.answer_call(filed.release, dossier, request, data=REPLY, now=now, ids=ids))
            else:
                filed.keep(replies.fail_call(filed.release, dossier, request, cause="refused", now=now, ids=ids))
        case "supplement":
            case = data.draw(st.sampled_from(asked))
            dossier = filed.desk.dossier(case.id)
            answers = dossier.application.data
            filed.keep(
                messaging.supplement(filed.release, dossier, data=answers, account_id="applicant-account", now=now, ids=ids)
            )
        case "object":
            dossier = filed.desk.dossier(data.draw(st.sampled_from(shown)).case_id)
            filed.keep(messaging.object_to_notice(filed.release, dossier, note="note", account_id="official", now=now, ids=ids))
        case "withdraw":
            case = data.draw(st.sampled_from(list(filed.desk.cases.values())))
            if data.draw(st.integers(0, 5)) == 0:
                refused = filed.withdraw(item=case.item)
                if isinstance(refused, Outcome):
                    filed.keep(refused)
                else:
                    assert refused.reason in ("too-late", "already-ended")
        case _:
            filed.wait(timedelta(hours=data.draw(st.sampled_from([1, 24, 24 * 8, 24 * 30]))))


def check_case(filed: Filed, case: Case) -> None:
    """What is stored beside a case is exactly what its tokens wait for."""
    desk, state = filed.desk, case.state
    standing = {token.id: node_of(filed.release, state, node=token.node, token=token.id) for token in state.tokens}
    assert all(not token.incident for token in state.tokens), state.tokens
    tasks = {task.token for task in desk.tasks.values() if task.case_id == case.id and task.closed_at is None}
    assert tasks == {token for token, node in standing.items() if isinstance(node, process.Task)}
    notices = {notice.token for notice in desk.notices.values() if notice.case_id == case.id and not notice.ended}
    assert notices == {token for token, node in standing.items() if isinstance(node, process.PublicNotice)}
    requests = {request.token for request in desk.requests.values() if request.case_id == case.id}
    assert requests == {token for token, node in standing.items() if isinstance(node, process.Call)}
    timers = {(timer.token, timer.timer): timer.due_at for timer in desk.timers.values() if timer.case_id == case.id}
    assert timers == {(token.id, timer): due for token in state.tokens for timer, due in token.timers.items()}
    assert (case.ended_at is None) == bool(state.tokens)
    assert (case.supplement is None) or any(token.node == case.supplement.node for token in state.tokens)
    if case.ended_at is not None:
        assert case.result in filed.release.service.items.items[case.item].outcomes and case.reason


def check(filed: Filed) -> None:
    application = filed.desk.application
    assert application is not None
    for case in filed.desk.cases.values():
        check_case(filed, case)
    ended = all(case.ended_at is not None for case in filed.desk.cases.values())
    assert (application.intake.ended is not None) == ended


@settings(max_examples=60)
@given(st.lists(st.sampled_from(ITEMS), min_size=1, max_size=3, unique=True), st.data())
def test_whatever_happens_tasks_timers_calls_and_notices_are_those_the_tokens_wait_for(
    items: list[str], data: st.DataObject
) -> None:
    filed = Filed(answers=answers_for(*items))
    check(filed)
    for _ in range(data.draw(st.integers(1, 25))):
        step(filed, data)
        check(filed)


@settings(max_examples=25)
@given(st.sampled_from(ITEMS), st.randoms(use_true_random=False))
def test_the_same_events_replayed_give_the_same_case(item: str, chance: Any) -> None:
    choices = [chance.random() for _ in range(20)]

    def replayed() -> Desk:
        filed = Filed(answers=answers_for(item))
        for choice in choices:
            tasks = [task for task in filed.desk.tasks.values() if task.closed_at is None]
            if not tasks:
                filed.wait(timedelta(days=12))
                continue
            assert filed.desk.application is not None
            case = filed.case()
            facts = case_facts(filed.release, filed.desk.application, case, filed.now)
            offered = offered_outcomes(filed.release.processes[item], case.state, tasks[0].token, facts)
            outcome = offered[int(choice * len(offered))]
            filed.keep(
                working.complete_task(
                    filed.release,
                    filed.desk.dossier(case.id),
                    tasks[0],
                    outcome=outcome,
                    data=filled(filed, tasks[0], outcome),
                    actor=hand_of(tasks[0]),
                    now=filed.now,
                    ids=filed.ids,
                )
            )
        return filed.desk

    first, second = replayed(), replayed()
    assert (first.application, first.cases, first.tasks, first.events) == (
        second.application,
        second.cases,
        second.tasks,
        second.events,
    )

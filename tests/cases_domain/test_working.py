"""Officials' work: claims, offices, outcomes, and two people at one task."""

from __future__ import annotations

from datetime import timedelta

import pytest
from filed_cases import LOW_INCOME, MEDICAL, RENTAL, REPORT, Filed, Hand, hand_of

from server.cases import working
from server.cases.desk import Desk
from server.cases.model import Task
from server.cases.outcome import Invalid, Outcome
from server.cases.people import Unit
from server.definitions.workdays import day_of
from server.errors import ImpossibleState
from server.findings import Refused


def keep_claim(desk: Desk, result: Outcome | Refused) -> Task:
    assert isinstance(result, Outcome)
    desk.save(result)
    return desk.tasks[result.tasks[0].id]


def test_the_second_of_two_officials_is_refused_when_the_first_has_completed_the_task() -> None:
    filed = Filed(LOW_INCOME)
    task = filed.task("accept")
    first, second = hand_of(task, "first"), hand_of(task, "second")
    seen_by_both = task
    filed.keep(filed.complete("accept", "accept", actor=first))
    assert filed.complete("accept", "decline", {"reason": "late"}, actor=second, task=seen_by_both) == Refused("stale-task")
    assert filed.complete("accept", "accept", actor=second, task=filed.desk.tasks[task.id]) == Refused("stale-task")
    assert filed.desk.tasks[task.id].completed_by == "first"


def test_two_officials_at_once_cannot_both_be_stored() -> None:
    filed = Filed(LOW_INCOME)
    accepted = filed.complete("accept", "accept", actor=hand_of(filed.task("accept"), "first"))
    declined = filed.complete("accept", "decline", {"reason": "late"}, actor=hand_of(filed.task("accept"), "second"))
    filed.keep(accepted)
    with pytest.raises(ImpossibleState):
        filed.keep(declined)


def test_a_task_of_an_earlier_round_is_stale() -> None:
    filed = Filed(RENTAL)
    first = filed.task("receive")
    filed.keep(filed.complete("receive", "request_supplement", {"supplement_note": "请补充。"}))
    assert filed.complete("receive", "accept", task=first) == Refused("stale-task")


def test_a_claim_keeps_colleagues_away_until_its_lease_is_over() -> None:
    filed = Filed(LOW_INCOME)
    task = filed.task("accept")
    mine, theirs = hand_of(task, "mine"), hand_of(task, "theirs")
    held = keep_claim(filed.desk, working.claim(task, actor=mine, now=filed.now))
    assert (held.holder, held.claimed_at) == ("mine", filed.now)
    assert working.claim(held, actor=theirs, now=filed.now) == Refused("held-by-other")
    assert filed.complete("accept", "accept", actor=theirs) == Refused("held-by-other")
    assert isinstance(working.claim(held, actor=mine, now=filed.now), Outcome)
    later = filed.now + working.CLAIM_LEASE
    assert working.claim(held, actor=theirs, now=later - timedelta(seconds=1)) == Refused("held-by-other")
    taken = keep_claim(filed.desk, working.claim(held, actor=theirs, now=later))
    assert taken.holder == "theirs"


def test_only_the_holder_gives_a_task_back() -> None:
    filed = Filed(LOW_INCOME)
    task = filed.task("accept")
    mine, theirs = hand_of(task, "mine"), hand_of(task, "theirs")
    assert working.release_task(task, actor=mine, now=filed.now) == Refused("not-held")
    held = keep_claim(filed.desk, working.claim(task, actor=mine, now=filed.now))
    assert working.release_task(held, actor=theirs, now=filed.now) == Refused("held-by-other")
    free = keep_claim(filed.desk, working.release_task(held, actor=mine, now=filed.now))
    assert (free.holder, free.claimed_at) == ("", None)


@pytest.mark.parametrize(
    "unit",
    [
        Unit(agency="housing", level="township", region="140105001"),
        Unit(agency="civil_affairs", level="county", region="140105"),
        Unit(agency="civil_affairs", level="township", region="140105002"),
    ],
)
def test_another_office_may_not_touch_the_task(unit: Unit) -> None:
    filed = Filed(LOW_INCOME)
    stranger = Hand(account_id="stranger", units=(unit,))
    assert working.claim(filed.task("accept"), actor=stranger, now=filed.now) == Refused("not-your-office")
    assert filed.complete("accept", "accept", actor=stranger) == Refused("not-your-office")


def test_an_outcome_that_is_unknown_or_not_offered_is_refused() -> None:
    filed = Filed(LOW_INCOME)
    assert filed.complete("accept", "wave-through") == Refused("unknown-outcome")
    filed.keep(filed.complete("accept", "accept"))
    filed.keep(filed.reply(REPORT))
    visit = {
        "visited_on": "2026-03-02",
        "residence_type": "1",
        "people": 1,
        "monthly_income": 900000,
        "property_total": 0,
        "property_conforming": True,
        "necessary_expenditure": 0,
        "no_labour_capacity": False,
        "obligors_unable": True,
        "severely_disabled_or_ill": False,
        "alone_application": False,
        "seriously_ill": False,
        "grave_difficulty": False,
        "at_risk": False,
    }
    filed.keep(filed.complete("home_visit", "done", visit))
    filed.keep(filed.complete("initial_review", "disagree", {"reason": "收入高于标准。"}))
    assert filed.complete("confirm", "approve") == Refused("outcome-not-offered")


def test_answers_are_checked_for_the_chosen_outcome() -> None:
    filed = Filed(LOW_INCOME)
    result = filed.complete("accept", "decline")
    assert isinstance(result, Invalid)
    assert [(problem.pointer, problem.code) for problem in result.problems] == [("/reason", "required-enter")]
    filed.keep(filed.complete("accept", "accept"))
    assert filed.desk.tasks[next(iter(filed.desk.tasks))].answers == {}


def test_acceptance_is_the_first_good_outcome_and_the_promise_counts_from_it() -> None:
    filed = Filed(MEDICAL)
    assert (filed.case().accepted_on, filed.case().due_at) == (None, None)
    filed.wait(timedelta(days=2))
    filed.keep(filed.complete("identity", "agree", {"category": "monitored"}))
    case = filed.case()
    assert case.accepted_on == day_of(filed.now)
    # Eight working days after Wednesday the 4th: the end of Monday the 16th.
    assert case.due_at is not None and case.due_at.isoformat() == "2026-03-16T16:00:00+00:00"
    filed.wait(timedelta(days=1))
    filed.keep(filed.complete("receive", "refuse", {"reason": "不符合条件。"}))
    assert filed.case().accepted_on == case.accepted_on


def test_the_promised_end_moves_by_the_working_days_on_which_the_clock_stood_still() -> None:
    filed = Filed(RENTAL)
    filed.keep(filed.complete("receive", "accept"))
    before = filed.case().due_at
    assert before is not None
    filed.wait(timedelta(days=21))
    after = filed.case().due_at
    assert after is not None
    # Twenty days of public notice from Monday the 2nd end on Sunday the 22nd: fourteen working days.
    assert filed.case().stopped_workdays == 14
    assert filed.release.calendar.workdays_between(day_of(before), day_of(after)) == 14


def test_the_history_tells_every_step_with_the_office_that_took_it() -> None:
    filed = Filed(LOW_INCOME)
    filed.keep(filed.complete("accept", "accept"))
    lines = [(line.kind, line.node, line.title) for line in filed.case().history]
    assert lines == [
        ("submitted", "", ""),
        ("task_opened", "accept", "受理"),
        ("task_done", "accept", "受理"),
        ("notified", "notify_accepted", "受理告知"),
        ("call_requested", "means_check", "家庭经济状况核对"),
    ]
    done = filed.case().history[2]
    assert (done.text, done.actor, done.unit) == (
        "受理",
        "official",
        "乡镇人民政府(街道办事处)社会救助窗口（坞城街道）",
    )

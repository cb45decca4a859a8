"""Supplements, withdrawals and objections, replies of other systems, and timers."""

from __future__ import annotations

from copy import deepcopy
from datetime import timedelta
from typing import Any

import msgspec
from filed_cases import LOW_INCOME, MEDICAL, RENOVATION, RENTAL, REPORT, Filed, answers_for, examples

from server.cases import messaging, replies, timing
from server.cases.outcome import Invalid, Outcome
from server.findings import Refused


def asked(*, fields: tuple[str, ...] = (), materials: tuple[str, ...] = ()) -> Filed:
    """A case that waits for a supplement."""
    filed = Filed(RENTAL)
    answers: dict[str, Any] = {"supplement_note": "请补充。"}
    answers |= {"supplement_fields": list(fields)} if fields else {}
    answers |= {"supplement_materials": list(materials)} if materials else {}
    filed.keep(filed.complete("receive", "request_supplement", answers))
    return filed


def noticed() -> Filed:
    """A case in its public notice."""
    filed = Filed(RENTAL)
    filed.keep(filed.complete("receive", "accept"))
    return filed


def instance_of(filed: Filed) -> dict[str, Any]:
    assert filed.desk.application is not None
    return filed.desk.application.instance


def test_a_supplement_changes_only_what_was_asked_for() -> None:
    filed = asked(fields=("applicant.phone",), materials=("household_register",))
    before = deepcopy(instance_of(filed))
    given = answers_for(RENTAL)
    given["applicant"] |= {"phone": "13911111111", "name": "别人", "household_size": 3}
    given["materials"] = {"household_register": [{"name": "新户口簿.jpg"}], "identity_proof": [{"name": "新身份证.jpg"}]}
    filed.keep(filed.supplement(given))
    before["applicant"]["phone"] = "13911111111"
    before["materials"]["household_register"] = [{"name": "新户口簿.jpg"}]
    assert instance_of(filed) == before
    case = filed.case()
    assert case.supplement is None
    assert filed.task("receive").round == 2
    assert case.history[-2].kind == "supplement_given"
    labels = (filed.release.form.fields["applicant.phone"].label, "户口簿")
    assert case.history[-2].text == f"已补充：{'、'.join(labels)}"


def test_a_field_of_a_row_asks_for_its_whole_group() -> None:
    answers = deepcopy(examples()["family_of_eight"]["answers"])
    answers["application"]["items"] = [RENTAL]
    filed = Filed(answers=answers)
    note = {"supplement_note": "请核对成员收入。", "supplement_fields": ["household_members[].monthly_income"]}
    filed.keep(filed.complete("receive", "request_supplement", note))
    before = deepcopy(instance_of(filed))
    assert filed.desk.application is not None
    rows = filed.desk.application.data.rows
    given = deepcopy(answers)
    given["household_members"][0]["monthly_income"] = 123400
    given["assets"] = {}
    filed.keep(filed.supplement(given))
    before["household_members"][0]["monthly_income"] = 123400
    assert instance_of(filed) == before
    assert filed.desk.application.data.rows == rows
    last = filed.desk.application.data.rows["/household_members"][-1]
    filed.keep(filed.complete("receive", "request_supplement", note))
    del given["household_members"][-1]
    given["applicant"]["household_size"] -= 1
    filed.keep(filed.supplement(given))
    assert last not in filed.desk.application.data.rows["/household_members"]
    assert not any(f"@{last}/" in pointer for pointer in filed.desk.application.data.values if "household_members" in pointer)


def test_a_supplement_is_checked_where_it_was_asked_and_nowhere_else() -> None:
    filed = asked(fields=("applicant.phone",), materials=("household_register",))
    given = answers_for(RENTAL)
    given["applicant"] |= {"phone": "12", "household_size": 99}
    given["materials"] = {}
    result = filed.supplement(given)
    assert isinstance(result, Invalid)
    assert {(problem.pointer, problem.code) for problem in result.problems} == {
        ("/applicant/phone", "phone-form"),
        ("/materials/household_register", "material-missing"),
    }
    assert filed.case().supplement is not None


def test_a_supplement_nobody_asked_for_is_refused() -> None:
    filed = Filed(RENTAL)
    assert filed.supplement(answers_for(RENTAL)) == Refused("nothing-asked")
    answered = asked(materials=("household_register",))
    answered.keep(answered.supplement(answers_for(RENTAL)))
    assert answered.supplement(answers_for(RENTAL)) == Refused("nothing-asked")


def test_a_corrected_address_moves_the_case_to_its_offices() -> None:
    filed = Filed(LOW_INCOME)
    supplement = {"supplement_note": "住址写错了。", "supplement_fields": ["applicant.current_address"]}
    filed.keep(filed.complete("accept", "request_supplement", supplement))
    given = answers_for(LOW_INCOME)
    given["applicant"]["current_address"] = {"region": "140106001", "line": "迎泽大街2号"}
    filed.keep(filed.supplement(given))
    assert filed.case().region == "140106001"
    assert filed.task("accept").region == "140106001"


def test_a_corrected_name_is_the_name_of_the_application() -> None:
    filed = asked(fields=("applicant.name",))
    given = answers_for(RENTAL)
    given["applicant"]["name"] = "赵平"
    filed.keep(filed.supplement(given))
    assert filed.desk.application is not None
    assert filed.desk.application.applicant_name == "赵平"


def test_an_overdue_supplement_ends_the_case_and_the_application_with_it() -> None:
    filed = asked(materials=("household_register",))
    until = filed.case().supplement.until if filed.case().supplement else None
    assert until is not None and until.isoformat() == "2026-03-16T16:00:00+00:00"
    filed.wait(until - filed.now - timedelta(seconds=1))
    assert filed.case().ended_at is None
    filed.wait(timedelta(seconds=1))
    case = filed.case()
    assert (case.result, case.ended_at, case.supplement) == ("withdrawn", until, None)
    assert "timed_out" in {line.kind for line in case.history}
    assert filed.supplement(answers_for(RENTAL)) == Refused("already-ended")
    assert filed.desk.application is not None and filed.desk.application.intake.ended is not None
    assert [message.case_id is None for message in filed.desk.messages][-1]


def test_the_application_ends_when_the_last_of_its_cases_does() -> None:
    filed = Filed(MEDICAL, RENTAL)
    filed.keep(filed.withdraw(item=MEDICAL))
    assert filed.desk.application is not None and filed.desk.application.intake.ended is None
    filed.keep(filed.withdraw(item=RENTAL, reason="已经租到房子。"))
    assert filed.desk.application.intake.ended is not None
    assert filed.desk.application.intake.ended.code == "concluded"
    summaries = [message for message in filed.desk.messages if message.case_id is None]
    assert len(summaries) == 1


def test_withdrawing_closes_tasks_calls_timers_and_notices() -> None:
    waiting = Filed(LOW_INCOME)
    waiting.keep(waiting.complete("accept", "accept"))
    assert waiting.desk.requests and waiting.desk.timers
    waiting.keep(waiting.withdraw())
    assert not waiting.desk.requests and not waiting.desk.timers
    shown = noticed()
    shown.keep(shown.withdraw(reason="不再需要。"))
    (notice,) = shown.desk.notices.values()
    assert notice.ended == "message:withdraw"
    assert not shown.desk.timers
    at_work = Filed(MEDICAL)
    task = at_work.task("identity")
    at_work.keep(at_work.withdraw())
    dropped = at_work.desk.tasks[task.id]
    assert (dropped.closed_at, dropped.outcome, dropped.cause) == (at_work.now, "", "message:withdraw")
    assert at_work.case().result == "withdrawn"


def test_nothing_can_be_withdrawn_after_a_final_step_or_the_end() -> None:
    filed = Filed(MEDICAL)
    filed.keep(filed.complete("identity", "agree", {"category": "monitored"}))
    filed.keep(filed.complete("receive", "refuse", {"reason": "不符合条件。"}))
    assert filed.withdraw() == Refused("already-ended")
    returned = Filed(LOW_INCOME)
    state = msgspec.structs.replace(returned.case().state, final=True)
    case = msgspec.structs.replace(returned.case(), state=state)
    dossier = msgspec.structs.replace(returned.desk.dossier(case.id), case=case)
    refused = messaging.withdraw(returned.release, dossier, reason="", account_id="a", now=returned.now, ids=returned.ids)
    assert refused == Refused("too-late")


def test_an_objection_stops_the_notice_and_its_note_is_for_officials_only() -> None:
    filed = noticed()
    filed.keep(filed.object("邻居反映另有住房。"))
    (notice,) = filed.desk.notices.values()
    assert notice.ended == "objection"
    (objection,) = filed.case().objections
    assert (objection.node, objection.note, objection.actor) == ("public_notice", "邻居反映另有住房。", "official")
    assert all("邻居" not in line.text for line in filed.case().history)
    assert filed.object("又一个异议。") == Refused("not-expected")
    filed.keep(filed.complete("objection_review", "agree", {"reason": "异议不成立。"}))
    assert [found.ended for found in filed.desk.notices.values()] == ["objection", ""]


def test_a_notice_ends_at_the_midnight_after_its_last_day() -> None:
    filed = noticed()
    (notice,) = filed.desk.notices.values()
    assert notice.until.isoformat() == "2026-03-22T16:00:00+00:00"
    (timer,) = filed.desk.timers.values()
    dossier = filed.desk.dossier(timer.case_id)
    early = timing.fire(filed.release, dossier, timer, now=notice.until - timedelta(seconds=1), ids=filed.ids)
    assert early == Refused("not-due")
    filed.wait(timedelta(days=30))
    assert filed.task("result").opened_at == notice.until
    late = timing.fire(filed.release, filed.desk.dossier(timer.case_id), timer, now=filed.now, ids=filed.ids)
    assert late == Refused("not-due")


def test_a_reply_is_taken_once_and_a_late_one_never() -> None:
    filed = Filed(LOW_INCOME)
    filed.keep(filed.complete("accept", "accept"))
    (request,) = filed.desk.requests.values()
    assert request.data["applicant_id_number"] == "140105197803120031"
    assert set(request.data) <= set(filed.release.service.processes[LOW_INCOME].nodes["means_check"].request)  # type: ignore[union-attr]

    def answered(data: dict[str, Any]) -> Outcome | Refused:
        dossier = filed.desk.dossier(request.case_id)
        return replies.answer_call(filed.release, dossier, request, data=data, now=filed.now, ids=filed.ids)

    assert answered({"monthly_income_fen": "500"}) == Refused("reply-malformed")
    assert answered({"monthly_income_fen": 2**80}) == Refused("reply-malformed")
    filed.keep(answered(REPORT))
    assert filed.desk.requests == {}
    assert answered(REPORT) == Refused("not-expected")
    assert filed.case().state.variables["means_check.deposits_fen"] == 100000


def test_without_a_reply_the_case_goes_on_by_hand() -> None:
    failed = Filed(LOW_INCOME)
    failed.keep(failed.complete("accept", "accept"))
    (request,) = failed.desk.requests.values()
    dossier = failed.desk.dossier(request.case_id)
    failed.keep(replies.fail_call(failed.release, dossier, request, cause="refused", now=failed.now, ids=failed.ids))
    assert failed.task("means_check_manual").level == "county"
    slow = Filed(LOW_INCOME)
    slow.keep(slow.complete("accept", "accept"))
    slow.wait(timedelta(days=30))
    assert slow.task("means_check_manual").opened_at < slow.now
    assert slow.desk.requests == {}


def test_a_message_no_process_listens_for_is_refused() -> None:
    filed = Filed(RENOVATION)
    dossier = filed.desk.dossier(filed.case().id)
    result = messaging.send(filed.release, dossier, name="greeting", payload={}, account_id="a", now=filed.now, ids=filed.ids)
    assert result == Refused("not-expected")

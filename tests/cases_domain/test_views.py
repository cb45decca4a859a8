"""What officials may see, what rules may know, and what the audit trail keeps to itself."""

from __future__ import annotations

from copy import deepcopy
from datetime import date, timedelta

import msgspec
from filed_cases import LOW_INCOME, MEDICAL, MORNING, PROCESSES, RENTAL, Filed, answers_for, compiled, documents, release, walks

from server.cases import views
from server.cases.people import Unit
from server.cases.trial import run_trial

ITEMS = release().service.items.items


def test_officials_see_their_items_scope_and_the_groups_around_it() -> None:
    seen = views.scoped_fields(release(), MEDICAL)
    assert {"applicant.name", "applicant.health_status", "household_members", "household_members[].name"} <= seen
    assert not seen & {"bank_account.account_number", "assets.deposits", "household_members[].monthly_income", "support_obligors"}


def test_no_item_sees_more_fields_than_it_declares() -> None:
    common = set(release().service.items.common_scope)
    for name, item in ITEMS.items():
        groups = {
            group for group in release().form.groups if any(f.startswith(f"{group}[]") for f in common | set(item.data_scope))
        }
        assert views.scoped_fields(release(), name) <= common | set(item.data_scope) | groups


def test_the_answers_shown_to_an_item_hold_nothing_outside_its_scope() -> None:
    filed = Filed(LOW_INCOME, MEDICAL)
    application = filed.desk.application
    assert application is not None
    shown = views.scoped_data(release(), MEDICAL, application.data)
    assert "/applicant/name" in shown.values and "/materials/identity_proof" in shown.values
    assert not any(pointer.startswith(("/bank_account", "/assets")) for pointer in shown.values)
    assert "/materials/rigid_expenditure_vouchers" not in shown.values
    assert "/materials/rigid_expenditure_vouchers" in views.scoped_data(release(), LOW_INCOME, application.data).values


def test_rules_know_the_case_its_materials_and_the_amounts_of_the_day_of_acceptance() -> None:
    filed = Filed(LOW_INCOME)
    application = filed.desk.application
    assert application is not None
    before = views.case_facts(filed.release, application, filed.case(), MORNING + timedelta(days=1))
    assert before.bindings["case.accepted_on"] == "2026-03-03"
    filed.keep(filed.complete("accept", "accept"))
    later = views.case_facts(filed.release, application, filed.case(), MORNING + timedelta(days=400))
    assert later.bindings["case.accepted_on"] == "2026-03-02"
    assert later.bindings["case.item"] == LOW_INCOME
    assert later.bindings["provided.identity_proof"] == 1
    assert later.bindings["provided.residence_permit"] == 0
    assert later.place == "140105001"
    known = {name: value for name, value in later.bindings.items() if name.startswith("parameters.")}
    assert known == filed.release.parameters("140105001", date(2026, 3, 2))


def test_an_office_is_named_with_the_nearest_place_that_has_a_name() -> None:
    county = Unit(agency="civil_affairs", level="county", region="140105")
    village = Unit(agency="civil_affairs", level="village", region="140105999999")
    assert views.unit_title(release(), county) == "县(市、区)民政局（小店区）"
    assert views.unit_title(release(), village) == "村(居)民委员会（小店区）"


def test_the_place_of_an_application_is_its_address_or_else_the_releases_region() -> None:
    filed = Filed(RENTAL)
    assert filed.desk.application is not None
    data = filed.desk.application.data
    assert views.place_of(release(), data) == "140105001"
    values = {pointer: value for pointer, value in data.values.items() if pointer != "/applicant/current_address"}
    assert views.place_of(release(), msgspec.structs.replace(data, values=values)) == "140000"


def test_a_case_is_running_asked_withdrawn_or_ended() -> None:
    filed = Filed(RENTAL)
    assert views.case_state(filed.case()) == "running"
    filed.keep(filed.complete("receive", "request_supplement", {"supplement_note": "请补充。"}))
    assert views.case_state(filed.case()) == "asked"
    filed.keep(filed.withdraw())
    assert views.case_state(filed.case()) == "withdrawn"
    other = Filed(RENTAL)
    other.keep(other.complete("receive", "decline", {"reason": "不符合条件。"}))
    assert views.case_state(other.case()) == "ended"


def test_every_change_leaves_an_event_and_no_event_holds_personal_data() -> None:
    filed = Filed(LOW_INCOME, RENTAL)
    filed.keep(filed.complete("accept", "request_supplement", {"supplement_note": "请赵平安补充。"}, item=LOW_INCOME))
    filed.keep(filed.supplement(answers_for(LOW_INCOME, RENTAL), item=LOW_INCOME))
    filed.keep(filed.complete("accept", "accept", item=LOW_INCOME))
    filed.keep(filed.withdraw(item=LOW_INCOME, reason="赵平安找到了工作。"))
    filed.keep(filed.complete("receive", "decline", {"reason": "赵平安不符合条件。"}, item=RENTAL))
    events = filed.desk.events
    assert [event.action for event in events if event.chain == filed.case(LOW_INCOME).id] == [
        "submit",
        "complete_task",
        "supplement",
        "complete_task",
        "withdraw",
    ]
    written = msgspec.json.encode(events).decode()
    for secret in ("赵平安", "140105197803120031", "13800000001", "平安街", "6222020000000000"):
        assert secret not in written
    hashes = [value for event in events for value in event.details.values() if str(value).startswith("sha256:")]
    assert hashes and all(len(value) == 71 for value in hashes)


def test_amounts_are_those_of_the_day_of_acceptance_even_when_decided_later() -> None:
    changed = deepcopy(documents())
    values = changed[f"{PROCESSES}/parameters.json"]["parameters"]["subsistence_standard_monthly_urban"]["values"]
    values.append({"region": "140105", "valid_from": "2026-03-06", "value": 80000, "status": "assumed"})
    walk = walks()["low_income_subsistence_allowance"]

    def standards(*first: dict[str, str]) -> set[int]:
        trial = run_trial(
            compiled(changed),
            region=walk["region"],
            answers=walk["answers"],
            walk=[*first, *walk["walk"]],
            today=date(2026, 3, 2),
        )
        (case,) = trial.cases
        assert case.end == "subsistence_allowance"
        return {decision.inputs["standard_yuan"] for decision in case.decisions}

    assert standards() == {750}
    assert standards({"advance": "P4D"}) == {800}

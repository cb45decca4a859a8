"""The process documents of the social assistance service say what the policy says; that they are sound, the checks prove."""

from __future__ import annotations

from itertools import product
from typing import Any

import pytest
from social_assistance import application_form, release, service, task_form

from server.definitions import process
from server.processes.compiled import CallNode
from server.rules.facts import Fact
from server.rules.tables import Decision

#: Item, lead agency and result codes, typed in from section 3(2) of the policy and the routing decided for it.
ITEMS = (
    (
        "low_income_identification",
        "civil_affairs",
        "三(二)1",
        "subsistence_allowance extreme_poverty near_subsistence rigid_expenditure illness_impoverished monitored not_eligible",
    ),
    ("temporary_assistance", "civil_affairs", "三(二)2", "emergency expenditure not_eligible"),
    ("medical_assistance", "healthcare_security", "三(二)3", "enrolled not_eligible"),
    ("national_student_loan", "education", "三(二)4", "identity_confirmed not_low_income"),
    ("public_rental_housing", "housing", "三(二)5", "waiting_list allocated refused"),
    ("dilapidated_housing_renovation", "housing", "三(二)6", "approved refused"),
    ("employment_assistance", "human_resources", "三(二)7", "registered refused"),
)


def test_the_seven_items_stand_in_the_order_of_the_policy_with_their_agency_source_and_results() -> None:
    items = service().items.items
    listed = sorted(items, key=lambda item: items[item].order)
    assert listed == [item for item, *_ in ITEMS]
    for item_id, agency, paragraph, codes in ITEMS:
        item = items[item_id]
        assert item.lead_agency == agency
        assert item.source == f"晋民发〔2025〕14号 {paragraph}"
        assert set(item.outcomes) == {*codes.split(), "declined", "withdrawn"}
    assert [item for item in listed if items[item].fuzzy_choice] == ["low_income_identification", "temporary_assistance"]
    assert [item for item in listed if items[item].application_exempt] == ["medical_assistance"]


def test_every_field_of_a_data_scope_is_a_field_of_the_form_and_every_field_is_seen_by_some_item() -> None:
    fields = {name for name, field in application_form().fields.items() if field.kind != "rows"}
    scopes = [set(item.data_scope) for item in service().items.items.values()]
    common = set(service().items.common_scope)
    assert common | set().union(*scopes) == fields
    assert not any(common & scope for scope in scopes)
    assert "applicant.id_number" in common
    assert "household_members[].monthly_income" in service().items.items["public_rental_housing"].data_scope
    assert "bank_account.account_number" not in service().items.items["national_student_loan"].data_scope


def test_six_agencies_take_part() -> None:
    agencies = service().agencies.agencies
    assert set(agencies) == {
        "civil_affairs",
        "education",
        "human_resources",
        "housing",
        "healthcare_security",
        "approval_services",
    }


def test_an_official_can_confirm_every_task_because_each_required_answer_is_proposed() -> None:
    for definition in service().processes.values():
        for name, node in definition.nodes.items():
            if isinstance(node, process.Task) and node.form:
                required = {field for field, found in task_form(node.form).fields.items() if found.required}
                assert required <= set(node.prefill), (name, required - set(node.prefill))


def test_a_refusal_needs_a_reason_and_an_approval_does_not() -> None:
    for form_id, outcome in (
        ("acceptance", "decline"),
        ("confirmation", "refuse"),
        ("initial_review", "disagree"),
        ("opinion", "refuse"),
        ("identity_check", "disagree"),
    ):
        rule = task_form(form_id).logic["reason"].required
        assert rule is not None
        assert rule.evaluate({"outcome": outcome}) is True
        assert rule.evaluate({"outcome": "accept"}) is False


VERIFIED: dict[str, Any] = {
    "residence_type": "1",
    "people": 3,
    "monthly_income": 150_000,
    "property_total": 0,
    "property_conforming": True,
    "necessary_expenditure": 0,
    "no_labour_capacity": False,
    "obligors_unable": False,
    "severely_disabled_or_ill": False,
    "alone_application": False,
    "seriously_ill": False,
    "grave_difficulty": False,
    "at_risk": False,
}


def classified(**verified: Any) -> Decision:
    values = VERIFIED | verified
    parameters = {f"parameters.{name}": found.values[0].value for name, found in service().parameters.parameters.items()}
    bindings = {f"home_visit.{field}": value for field, value in values.items()} | parameters
    bindings["verified.yearly_income"] = values["monthly_income"] * 12
    decision = release().processes["low_income_identification"].tables["low_income_category"].decide(bindings)
    assert isinstance(decision, Decision), decision
    return decision


@pytest.mark.parametrize(
    ("verified", "category"),
    [
        ({"no_labour_capacity": True, "obligors_unable": True}, "extreme_poverty"),
        ({"no_labour_capacity": True}, "subsistence_allowance"),
        ({"monthly_income": 224_999}, "subsistence_allowance"),
        ({"monthly_income": 225_000}, "near_subsistence"),
        ({"monthly_income": 225_000, "alone_application": True, "severely_disabled_or_ill": True}, "subsistence_allowance"),
        ({"monthly_income": 337_499}, "near_subsistence"),
        ({"monthly_income": 337_500, "necessary_expenditure": 202_500}, "rigid_expenditure"),
        ({"monthly_income": 337_500, "necessary_expenditure": 202_499}, "not_eligible"),
        ({"monthly_income": 337_500, "seriously_ill": True, "grave_difficulty": True}, "illness_impoverished"),
        ({"monthly_income": 337_500, "at_risk": True}, "monitored"),
        ({"property_total": 5_400_000}, "subsistence_allowance"),
        ({"property_total": 5_400_001}, "not_eligible"),
        ({"property_conforming": False, "at_risk": True}, "monitored"),
        ({"residence_type": "2", "monthly_income": 186_000}, "near_subsistence"),
    ],
)
def test_the_category_follows_income_property_expenditure_and_illness_in_the_order_of_precedence(
    verified: dict[str, Any], category: str
) -> None:
    assert classified(**verified).outputs["category"] == category


def test_a_higher_income_never_improves_the_category() -> None:
    order = [
        "extreme_poverty",
        "subsistence_allowance",
        "near_subsistence",
        "rigid_expenditure",
        "illness_impoverished",
        "monitored",
        "not_eligible",
    ]
    flags = ("no_labour_capacity", "obligors_unable", "at_risk")
    for values in product((False, True), repeat=len(flags)):
        ranks = [
            order.index(str(classified(**dict(zip(flags, values, strict=True)), monthly_income=income).outputs["category"]))
            for income in range(0, 500_000, 12_500)
        ]
        assert ranks == sorted(ranks)


def test_the_reason_of_a_category_names_the_figures_it_rests_on() -> None:
    assert "人均月收入约 500 元" in classified().reason
    assert "每人每月 750 元" in classified().reason


def test_public_notices_last_as_long_as_the_rules_say_and_only_those_stop_the_clock_with_checks_and_supplements() -> None:
    days = {
        pid: node.period.days
        for pid, definition in service().processes.items()
        for node in definition.nodes.values()
        if isinstance(node, process.PublicNotice)
    }
    assert days == {
        "low_income_identification": 7,
        "temporary_assistance": 3,
        "public_rental_housing": 20,
        "dilapidated_housing_renovation": 7,
    }
    for definition in service().processes.values():
        for name, node in definition.nodes.items():
            if isinstance(node, process.Task):
                assert (node.clock == "stopped") == (name == "means_check_manual")
            elif isinstance(node, process.PublicNotice | process.Call | process.Wait):
                assert node.clock == "stopped"


def fields_behind(name: str, facts: dict[str, Fact]) -> set[str]:
    """The fields and groups a variable is made of."""
    fact = facts.get(name)
    if fact is None:
        return {name}
    named = {operand for operand in fact.operands if isinstance(operand, str)}
    return {field for operand in named for field in fields_behind(operand, facts)}


def test_only_the_declared_fields_go_to_the_means_check() -> None:
    for process_id in ("low_income_identification", "temporary_assistance"):
        compiled = release().processes[process_id]
        call = compiled.nodes["means_check"]
        assert isinstance(call, CallNode)
        operation = service().connectors[call.definition.connector].operations[call.definition.operation]
        assert set(call.request) == set(operation.request["properties"])
        derived = {fact.name: fact for fact in (*application_form().facts.facts, *compiled.facts.facts)}
        references = {name for rule in call.request.values() for name in rule.references}
        sent = {field for name in references for field in fields_behind(name, derived)}
        assert sent - {"household_members"} == set(operation.data_scope)


def test_the_calendar_knows_spring_festival_and_its_make_up_days() -> None:
    calendar = service().calendar
    assert calendar.years == (2024, 2025, 2026)
    assert {"2025-01-28", "2026-02-16", "2026-02-17", "2026-10-01"} <= set(calendar.holidays)
    assert {"2026-02-14", "2026-02-28", "2026-10-10"} <= set(calendar.workdays)
    assert not set(calendar.holidays) & set(calendar.workdays)

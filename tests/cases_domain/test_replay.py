"""Walked cases tried under other documents: what would be otherwise, why, and nothing else."""

from __future__ import annotations

from collections.abc import Callable
from copy import deepcopy
from datetime import date, datetime, time
from functools import cache
from itertools import count
from typing import Any

import pytest
from filed_cases import PROCESSES, SERVICE, compiled, documents, release, walks
from hypothesis import given, settings
from hypothesis import strategies as st
from msgspec.structs import replace

from server.cases.desk import Desk
from server.cases.outcome import Outcome
from server.cases.replay import Replay, Replayed
from server.cases.replay import replay as replay_case
from server.cases.submitting import submit_instance
from server.cases.walker import Walker
from server.definitions.workdays import CHINA
from server.releases import Release
from server.types import PersonHash

MONITORED = "low_income_monitored"
REFUSAL = "low_income_refusal"
DECIDED = ("low_income_monitored", "low_income_subsistence_allowance", "temporary_not_eligible", "temporary_emergency")


@cache
def walked(name: str) -> Desk:
    """The desk of a shipped walk at its end."""
    walk = walks()[name]
    now, ids = datetime.combine(date.fromisoformat(walk["today"]), time(9, tzinfo=CHINA)), (f"id{n:04d}" for n in count(1))
    outcome = submit_instance(
        release(), instance=walk["answers"], account_id="a", person=PersonHash("p"), serial=1, now=now, ids=ids
    )
    assert isinstance(outcome, Outcome), outcome
    desk = Desk()
    desk.save(outcome)
    Walker(release(), desk, now=now, ids=ids).take(walk["walk"])
    return desk


def changed(change: Callable[[dict[str, Any]], None]) -> Release:
    found = deepcopy(documents())
    change(found)
    return compiled(found)


@cache
def with_standard(value: int) -> Release:
    def change(found: dict[str, Any]) -> None:
        parameters = found[f"{PROCESSES}/parameters.json"]["parameters"]
        parameters["subsistence_standard_monthly_urban"]["values"][0]["value"] = value

    return changed(change)


def told_all(tried: Release, name: str) -> tuple[Replayed, ...]:
    """What would be otherwise for every case of a walk."""
    desk, trial = walked(name), Replay(tried, release())
    return tuple(one for case_id in desk.cases for one in trial.of(desk.dossier(case_id)))


def told(tried: Release, name: str) -> tuple[Replayed, ...]:
    """The same for a walk with a single case."""
    desk = walked(name)
    (case_id,) = desk.cases
    return replay_case(tried, desk.dossier(case_id), pinned=release())


@pytest.mark.parametrize("name", sorted(walks()))
def test_a_release_tried_on_its_own_cases_changes_nothing(name: str) -> None:
    desk = walked(name)
    trial = Replay(release(), release())
    assert [trial.of(desk.dossier(case_id)) for case_id in desk.cases] == [()] * len(desk.cases)


def test_a_higher_standard_makes_a_case_fall_into_another_category_and_says_why() -> None:
    decisions = [one for one in told(with_standard(300_000), MONITORED) if one.kind == "decision"]
    assert [(one.before, one.after) for one in decisions] == [("monitored", "subsistence_allowance")] * 2
    (first, _) = decisions
    assert first.outputs_before["category"] == "monitored"
    assert first.outputs_after["category"] == "subsistence_allowance"
    inputs = {cause.name: (cause.before, cause.after) for cause in first.causes if cause.kind == "input"}
    assert inputs["income_below_standard"] == (False, True)
    parameters = [(cause.name, cause.before, cause.after) for cause in first.causes if cause.kind == "parameter"]
    assert parameters == [("parameters.subsistence_standard_monthly_urban", 75_000, 300_000)]


def test_a_standard_that_decides_nothing_changes_nothing() -> None:
    assert told(with_standard(75_001), "low_income_subsistence_allowance") == ()


def test_another_row_is_found_when_the_rows_of_a_table_change() -> None:
    def change(found: dict[str, Any]) -> None:
        for row in found[f"{PROCESSES}/tables/{REFUSAL}.table.json"]["rows"]:
            row["when"]["at_risk"]["is"] = not row["when"]["at_risk"]["is"]

    tried = changed(change)
    found = [one for name in walks() for one in told_all(tried, name)]
    assert {one.table for one in found} == {REFUSAL}
    assert {(one.before, one.after) for one in found} <= {("monitored", "not_eligible"), ("not_eligible", "monitored")}
    assert {tuple(cause.kind for cause in one.causes) for one in found} == {("row",)}


def test_a_material_that_is_no_longer_asked_is_told_and_one_more_is_a_problem() -> None:
    def change(found: dict[str, Any]) -> None:
        materials = found[f"form_schemas/{SERVICE}/materials.json"]["materials"]
        materials["identity_proof"]["due"] = "applicant.age > 100"
        materials["residence_permit"]["due"] = "applicant.age < 100"

    found = {(one.kind, one.name): (one.before, one.after) for one in told(changed(change), MONITORED)}
    assert found["material", "identity_proof"] == ("due", "")
    assert found["material", "residence_permit"] == ("", "due")
    assert found["problem", "materials.residence_permit"] == (None, "material-missing")


def test_answers_that_a_new_rule_refuses_are_told_with_their_field() -> None:
    def change(found: dict[str, Any]) -> None:
        logic = found[f"form_schemas/{SERVICE}/form/logic.json"]
        logic["assertions"]["grown_old"] = {"at": "applicant.phone", "holds": "applicant.age > 120", "message": "?"}

    problems = [one for one in told(changed(change), MONITORED) if one.kind == "problem"]
    assert [(one.name, one.after) for one in problems] == [("applicant.phone", "assertion:grown_old")]


def test_a_derived_value_that_is_worked_out_otherwise_is_told() -> None:
    def change(found: dict[str, Any]) -> None:
        facts = found[f"form_schemas/{SERVICE}/form/logic.json"]["facts"]
        facts["household.people"] = {"sum": ["household.member_rows", 2], "title": "People"}

    facts = {one.name: (one.before, one.after) for one in told(changed(change), MONITORED) if one.kind == "fact"}
    before, after = facts["household.people"]
    assert after == before + 1


def test_a_decision_whose_table_is_gone_can_no_longer_be_taken() -> None:
    (case,) = walked(MONITORED).cases.values()
    (node, *_) = [made.node for made in case.decisions]
    # Rules ahead use what the table said, so that no such documents compile; a release without the node shows the same.
    process = release().processes[case.state.process]
    bare = replace(process, nodes={name: found for name, found in process.nodes.items() if name != node})
    tried = replace(release(), processes={**release().processes, process.id: bare})
    found = [one for one in told(tried, MONITORED) if one.kind == "decision"]
    assert [(one.name, one.after, [cause.kind for cause in one.causes]) for one in found] == [(node, None, ["table"])]


@given(st.sampled_from(DECIDED), st.integers(1, 2_000_000))
@settings(max_examples=25)
def test_the_inputs_told_are_those_that_differ(name: str, value: int) -> None:
    for one in told(_standard(value), name):
        for cause in one.causes:
            assert cause.kind in ("input", "parameter")
            assert cause.before != cause.after


@cache
def _standard(value: int) -> Release:
    """A release with another value of one parameter, without compiling anything anew."""
    found = release()
    parameters = dict(found.service.parameters.parameters)
    name = "subsistence_standard_monthly_urban"
    first, *rest = parameters[name].values
    parameters[name] = replace(parameters[name], values=(replace(first, value=value), *rest))
    service = replace(found.service, parameters=replace(found.service.parameters, parameters=parameters))
    return replace(found, service=service, known_parameters={}, id="sha256:tried")

"""Submitting: what complete answers become, and what is said of others."""

from __future__ import annotations

from itertools import count

import msgspec
import pytest
from filed_cases import (
    LOW_INCOME,
    MEDICAL,
    MORNING,
    RENTAL,
    Filed,
    answers_for,
    data_of,
    examples,
    release,
)

from server.cases.acts import Act
from server.cases.moving import receive
from server.cases.numbers import is_number
from server.cases.outcome import Invalid, Outcome
from server.cases.submitting import submit, submit_instance
from server.findings import Refused
from server.forms.data import FormData
from server.messages.problems import problem_text
from server.processes.advance import initial_state
from server.releases import Release
from server.types import PersonHash


def submitted(data: FormData, under: Release | None = None) -> Outcome | Invalid | Refused:
    ids = (f"id{number}" for number in count(1))
    person = PersonHash("hash")
    return submit(under or release(), data=data, account_id="account", person=person, serial=1, now=MORNING, ids=ids)


@pytest.mark.parametrize("name", sorted(examples()))
def test_an_example_is_submitted_unless_it_names_problems(name: str) -> None:
    example = examples()[name]
    result = submitted(data_of(example["answers"]))
    if example.get("problems"):
        assert isinstance(result, Invalid)
        assert {problem.code for problem in result.problems} == set(example["problems"])
        return
    assert isinstance(result, Outcome) and result.application is not None
    assert result.application.instance["applicant"]["name"] == example["answers"]["applicant"]["name"]
    assert [case.item for case in result.cases] == example["answers"]["application"]["items"]


@pytest.mark.parametrize("name", sorted(examples()))
def test_an_instance_becomes_the_same_application_as_the_draft_of_it(name: str) -> None:
    answers = examples()[name]["answers"]
    ids, person = (f"id{number}" for number in count(1)), PersonHash("hash")
    result = submit_instance(release(), instance=answers, account_id="account", person=person, serial=1, now=MORNING, ids=ids)
    drafted = submitted(data_of(answers))
    if isinstance(drafted, Invalid):
        assert isinstance(result, Invalid)
        assert [problem.code for problem in result.problems] == [problem.code for problem in drafted.problems]
        return
    assert isinstance(result, Outcome) and isinstance(drafted, Outcome)
    assert result.application is not None and drafted.application is not None
    assert result.application.instance == drafted.application.instance
    assert (result.cases, result.tasks, result.timers, result.events) == (
        drafted.cases,
        drafted.tasks,
        drafted.timers,
        drafted.events,
    )


@pytest.mark.parametrize("name", sorted(examples()))
def test_what_is_known_of_the_answers_already_changes_nothing(name: str) -> None:
    result = submitted(data_of(examples()[name]["answers"]))
    if isinstance(result, Invalid):
        return
    assert isinstance(result, Outcome) and result.application is not None
    ids = (f"id{number}" for number in count(2))
    begun = msgspec.structs.replace(
        result.application, intake=initial_state(release().processes[result.application.intake.process])
    )
    act = Act(action="submit", actor="account", now=MORNING, ids=ids, details=result.events[0].details)
    assert receive(release(), begun, act=act) == result


def test_every_item_gets_a_case_of_its_own_with_a_number_of_its_own() -> None:
    filed = Filed(LOW_INCOME, MEDICAL, RENTAL)
    application = filed.desk.application
    assert application is not None
    numbers = [application.number, *(case.number for case in filed.desk.cases.values())]
    assert all(map(is_number, numbers)) and len(set(numbers)) == 4
    assert {case.release_id for case in filed.desk.cases.values()} == {release().id}
    assert {case.region for case in filed.desk.cases.values()} == {"140105001"}
    assert {task.case_number for task in filed.desk.tasks.values()} == set(numbers[1:])


def test_answers_that_are_not_relevant_are_no_part_of_the_submission() -> None:
    data = data_of(answers_for(MEDICAL))
    assert "/bank_account/holder" in data.values
    result = submitted(data)
    assert isinstance(result, Outcome) and result.application is not None
    assert "/bank_account/holder" not in result.application.data.values
    assert "bank_account" not in result.application.instance
    assert result.application.data.raw == {}


def test_unreadable_text_missing_answers_and_missing_files_are_all_reported_at_draft_pointers() -> None:
    data = data_of(answers_for(LOW_INCOME))
    values = {p: v for p, v in data.values.items() if p not in ("/assets/deposits", "/materials/household_register")}
    raw = {"/applicant/household_size": "vier"}
    values.pop("/applicant/household_size")
    result = submitted(msgspec.structs.replace(data, values=values, raw=raw))
    assert isinstance(result, Invalid)
    assert {(problem.pointer, problem.code) for problem in result.problems} == {
        ("/applicant/household_size", "unreadable-integer"),
        ("/assets/deposits", "required-enter"),
        ("/materials/household_register", "material-missing"),
    }


def test_an_application_without_items_is_not_taken() -> None:
    data = data_of(answers_for())
    result = submitted(data)
    assert isinstance(result, Invalid)
    assert "/application/items" in {problem.pointer for problem in result.problems}


def test_an_address_outside_the_releases_region_is_a_problem_beside_it() -> None:
    under = release("140200")
    result = submitted(data_of(answers_for(LOW_INCOME)), under)
    assert isinstance(result, Invalid)
    (problem,) = result.problems
    assert (problem.pointer, problem.code) == ("/applicant/current_address/region", "place-elsewhere")
    assert under.regions.full_name("140200") in problem_text(problem)


def test_a_tampered_computed_value_is_recomputed() -> None:
    data = data_of(answers_for(LOW_INCOME))
    tampered = msgspec.structs.replace(data, values={**data.values, "/assets/total": 1})
    result = submitted(tampered)
    assert isinstance(result, Outcome) and result.application is not None
    assert result.application.instance["assets"]["total"] == 100000

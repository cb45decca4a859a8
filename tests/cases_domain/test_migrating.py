"""A running case moves to another release only when everything it did and waits for means the same there."""

from __future__ import annotations

import re
from collections.abc import Callable
from copy import deepcopy
from functools import cache
from itertools import count
from pathlib import Path
from typing import Any

import msgspec
import pytest
from filed_cases import (
    LOW_INCOME,
    MEDICAL,
    MORNING,
    PROCESSES,
    SERVICE,
    Filed,
    answers_for,
    compiled,
    data_of,
    documents,
    examples,
    release,
)
from hypothesis import given, settings
from hypothesis import strategies as st

from server.cases.acts import Act
from server.cases.migrating import migrate, migration_faults
from server.cases.model import Application, Dossier
from server.cases.outcome import Outcome
from server.cases.restating import as_submitted, restated
from server.cases.submitting import submit
from server.cases.views import case_facts
from server.findings import Refused
from server.messages.migrating import FAULTS, fault_text
from server.releases import Release
from server.types import PersonHash

FORM = f"form_schemas/{SERVICE}/form"
PROCESS = f"{PROCESSES}/{LOW_INCOME}.process.json"
#: Every example whose answers are complete.
BASES: list[Any] = [example["answers"] for example in examples().values() if not example.get("problems")]

Change = Callable[[Any], None]


def fields(found: Any) -> Any:
    return found[f"{FORM}/data.schema.json"]["properties"]["applicant"]["properties"]


def nodes(found: Any) -> Any:
    return found[PROCESS]["nodes"]


def relabel(found: Any) -> None:
    fields(found)["name"]["title"] = "Full name"


def ask_more(found: Any, *, required: bool = False) -> None:
    schema = found[f"{FORM}/data.schema.json"]
    schema["properties"]["extra"] = {"type": "string", "title": "Extra"}
    if required:
        schema["required"] = [*schema.get("required", []), "extra"]
    page = found[f"{FORM}/ui.json"]["elements"][0]["elements"]
    page.append({"type": "Control", "id": "extra_control", "scope": "#/properties/extra"})


def ask_in_words(found: Any) -> None:
    fields(found)["repeat_application"] = {"type": "string", "title": "Again"}


def shorten(found: Any) -> None:
    found[f"{PROCESSES}/items.json"]["items"][LOW_INCOME]["promised_limit"] = 5
    for node in nodes(found).values():
        if node["kind"] == "task":
            node["limit"] = {"workdays": 1}


def raise_amounts(found: Any) -> None:
    for parameter in found[f"{PROCESSES}/parameters.json"]["parameters"].values():
        for value in parameter["values"]:
            value["value"] += 100


def insert_ahead(found: Any) -> None:
    """One more step between the home visit and its review."""
    after = nodes(found)["home_visit"]["outcomes"]["done"]["next"]
    nodes(found)["hearing"] = {**step("Hearing", after), "actor": {"agency": "civil_affairs", "level": "township"}}
    del nodes(found)["hearing"]["outcomes"]["stop"]
    nodes(found)["home_visit"]["outcomes"]["done"]["next"] = "hearing"


def step(title: str, target: str, *, agency: str = "civil_affairs", form: str | None = None) -> dict[str, Any]:
    return {
        "kind": "task",
        "title": title,
        "actor": {"agency": agency, "level": "county"},
        **({"form": form} if form else {}),
        "outcomes": {
            "agree": {"title": "Agreed", "next": target, "tone": "good"},
            "stop": {"title": "Stopped", "next": "stopped", "tone": "bad"},
        },
    }


HARMLESS: dict[str, Change] = {
    "label": relabel,
    "question": ask_more,
    "kind": ask_in_words,
    "limit": shorten,
    "amounts": raise_amounts,
    "step ahead": insert_ahead,
}


@cache
def under(name: str) -> Release:
    return changed(HARMLESS[name])


def changed(*changes: Change) -> Release:
    found = deepcopy(documents())
    for change in changes:
        change(found)
    return compiled(found)


def dossier_of(filed: Filed, item: str = LOW_INCOME) -> Dossier:
    return filed.desk.dossier(filed.case(item).id)


def act_of(filed: Filed) -> Act:
    return Act(action="migrate", actor="supervisor", now=filed.now, ids=filed.ids)


def faults(filed: Filed, new: Release) -> list[str]:
    found = migration_faults(filed.release, new, dossier_of(filed), submitted=filed.release)
    assert all(fault_text(fault.code, fault.params) for fault in found)
    return [fault.code for fault in found]


def moved(filed: Filed, new: Release) -> Filed:
    """The same desk with its case under the new release."""
    outcome = migrate(filed.release, new, dossier_of(filed), submitted=filed.release, act=act_of(filed))
    assert isinstance(outcome, Outcome), outcome
    filed.keep(outcome)
    application = filed.desk.application
    assert application is not None
    filed.desk.application = restated(application, before=filed.release, after=new)
    filed.release = new
    return filed


def fresh(new: Release, answers: Any, item: str) -> tuple[Application, Any]:
    """The same answers entered under the new release, and what the rules of a case know of them."""
    outcome = submit(
        new,
        data=data_of(answers, MORNING, release()),
        account_id="applicant-account",
        person=PersonHash("hash"),
        serial=7,
        now=MORNING,
        ids=(f"id{number:04d}" for number in count(1)),
    )
    assert isinstance(outcome, Outcome) and outcome.application is not None, outcome
    case = next(case for case in outcome.cases if case.item == item)
    return outcome.application, case_facts(new, outcome.application, case, MORNING).bindings


@settings(max_examples=25, deadline=None)
@given(st.sampled_from(sorted(set(HARMLESS) - {"kind"})), st.sampled_from(BASES))
def test_a_migrated_case_knows_exactly_what_the_same_answers_entered_anew_would_say(name: str, answers: Any) -> None:
    new, filed = under(name), Filed(answers=answers)
    item = filed.case().item
    dossier = dossier_of(filed, item)
    outcome = migrate(filed.release, new, dossier, submitted=filed.release, act=act_of(filed))
    assert isinstance(outcome, Outcome), outcome
    (case,) = outcome.cases
    application = restated(dossier.application, before=filed.release, after=new)
    entered, known = fresh(new, answers, item)
    assert (application.data, application.instance) == (entered.data, entered.instance)
    assert case_facts(new, application, case, MORNING).bindings == known
    assert (case.release_id, case.state) == (new.id, dossier.case.state)


def test_an_answer_of_another_kind_is_read_again_as_on_the_way_of_a_draft() -> None:
    answers = answers_for(LOW_INCOME)
    answers["applicant"]["repeat_application"] = False
    filed = Filed(answers=answers)
    application = filed.desk.application
    assert application is not None
    again = restated(application, before=filed.release, after=under("kind"))
    assert again.instance["applicant"]["repeat_application"] == "false"
    back = as_submitted(again, application, before=filed.release, after=under("kind"))
    assert back == application


def test_what_is_supplemented_after_moving_stands_in_the_application_as_its_own_release_reads_it() -> None:
    filed = Filed(LOW_INCOME)
    application = filed.desk.application
    assert application is not None
    again = restated(application, before=filed.release, after=under("question"))
    data = msgspec.structs.replace(again.data, values={**again.data.values, "/applicant/name": "Another"})
    back = as_submitted(msgspec.structs.replace(again, data=data), application, before=filed.release, after=under("question"))
    assert back.instance["applicant"]["name"] == "Another"
    assert {p: v for p, v in back.data.values.items() if p != "/applicant/name"} == {
        p: v for p, v in application.data.values.items() if p != "/applicant/name"
    }


def test_a_moved_case_goes_through_the_step_that_is_new_ahead_of_it() -> None:
    filed = moved(Filed(LOW_INCOME), under("step ahead"))
    filed.keep(filed.complete("accept", "accept", item=LOW_INCOME))
    filed.keep(filed.reply({"monthly_income_fen": 50000, "deposits_fen": 0, "securities_fen": 0, "vehicles": 0, "properties": 0}))
    assert "home_visit" in {token.node for token in filed.case(LOW_INCOME).state.tokens}


def test_moving_is_written_in_the_history_and_in_the_audit_and_keeps_whose_table_decided() -> None:
    filed = Filed(LOW_INCOME)
    old, before = filed.release, filed.case(LOW_INCOME)
    after = moved(filed, under("limit")).case(LOW_INCOME)
    assert [line.kind for line in after.history] == [*(line.kind for line in before.history), "migrated"]
    assert after.history[-1].actor == "supervisor"
    assert all(made.release_id == old.id for made in after.decisions)
    event = filed.desk.events[-1]
    assert (event.action, event.chain, event.actor) == ("migrate", after.id, "supervisor")


def test_a_case_that_is_over_or_stands_there_already_is_not_moved() -> None:
    filed = Filed(LOW_INCOME)
    same = migrate(filed.release, filed.release, dossier_of(filed), submitted=filed.release, act=act_of(filed))
    assert same == Refused("same-release")
    filed.keep(filed.withdraw(item=LOW_INCOME))
    over = migrate(filed.release, under("label"), dossier_of(filed), submitted=filed.release, act=act_of(filed))
    assert over == Refused("already-ended")


def require(found: Any) -> None:
    ask_more(found, required=True)


def other_process(found: Any) -> None:
    found[f"{PROCESSES}/another.process.json"] = deepcopy(found[PROCESS])
    found[f"{PROCESSES}/items.json"]["items"][LOW_INCOME]["process"] = "another"


def test_answers_and_processes_that_do_not_fit_keep_a_case_where_it_is() -> None:
    assert set(faults(Filed(LOW_INCOME), changed(require))) == {"answer"}
    assert faults(Filed(LOW_INCOME), changed(other_process)) == ["process-replaced"]


def test_a_case_waiting_for_its_applicant_waits_for_the_answer_first() -> None:
    filed = Filed(LOW_INCOME)
    asked = {"supplement_fields": ["applicant.name"], "supplement_note": "name"}
    filed.keep(filed.complete("accept", "request_supplement", asked, item=LOW_INCOME))
    assert faults(filed, under("label")) == ["supplement-open"]


ENDS: dict[str, Any] = {
    "enrolled": {"kind": "end", "code": "enrolled", "reason": "All agreed."},
    "stopped": {"kind": "end", "code": "not_eligible", "reason": "One did not."},
    "gone": {"kind": "end", "code": "withdrawn", "reason": "Taken back."},
    "never": {"kind": "end", "code": "declined", "reason": "Not taken."},
}


def small(**steps: Any) -> Release:
    """The shipped documents with a small process for one of the items."""

    def put(found: Any) -> None:
        found[f"{PROCESSES}/{MEDICAL}.process.json"] = {
            "title": "Small",
            "nodes": {**steps, **ENDS},
            "on": {"withdraw": {"title": "Withdrawn", "next": "gone"}, "decline": {"title": "Declined", "next": "never"}},
        }

    return changed(put)


START = {"kind": "start", "next": "first"}
BOTH = {"kind": "fork", "branches": {"a": {"next": "first"}, "b": {"next": "second"}}, "join": "met"}
MET = {"kind": "join", "next": "last"}
FORM_OF_FIRST = "opinion"


@cache
def line() -> Release:
    """Two steps in a line."""
    return small(start=START, first=step("First", "second", form=FORM_OF_FIRST), second=step("Second", "enrolled"))


def standing_at(started: Release, *done: str) -> Filed:
    """A case in which these steps are done."""
    filed = Filed(answers=answers_for(MEDICAL), under=started)
    for node in done:
        filed.keep(filed.complete(node, "agree", {"reason": "yes"} if node == "first" else None))
    return filed


def kept_by(filed: Filed, new: Release) -> set[str]:
    found = migration_faults(filed.release, new, filed.desk.dossier(filed.case().id), submitted=filed.release)
    assert all(fault_text(fault.code, fault.params) for fault in found)
    return {fault.code for fault in found}


def test_a_case_moves_unless_it_stands_at_what_is_gone_or_something_else_now() -> None:
    without_first = small(start={"kind": "start", "next": "second"}, second=step("Second", "enrolled"))
    assert kept_by(standing_at(line()), without_first) == {"node-gone"}
    assert kept_by(standing_at(line(), "first"), without_first) == set()
    wait = {"kind": "wait", "message": "something", "sender": "system", "next": "second"}
    asked = small(start=START, first=wait, second=step("Second", "enrolled"))
    assert "node-kind" in kept_by(standing_at(line()), asked)


def test_a_task_of_another_office_or_with_another_form_is_done_first() -> None:
    elsewhere = small(start=START, first=step("First", "second", agency="healthcare_security"), second=step("Second", "enrolled"))
    assert kept_by(standing_at(line()), elsewhere) == {"node-actor", "node-form"}
    assert kept_by(standing_at(line(), "first"), elsewhere) == set()


def test_an_outcome_that_is_gone_keeps_a_case_in_which_it_was_chosen() -> None:
    first = step("First", "second", form=FORM_OF_FIRST)
    first["outcomes"]["yes"] = first["outcomes"].pop("agree")
    renamed = small(start=START, first=first, second=step("Second", "enrolled"))
    assert kept_by(standing_at(line()), renamed) == set()
    assert kept_by(standing_at(line(), "first"), renamed) == {"task-outcome"}


def test_what_an_office_answered_has_to_be_valid_still() -> None:
    def demand(found: Any) -> None:
        schema = found[f"form_schemas/{SERVICE}/tasks/{FORM_OF_FIRST}/data.schema.json"]
        schema["properties"]["more"] = {"type": "string", "title": "More"}
        schema["required"] = [*schema.get("required", []), "more"]
        page = found[f"form_schemas/{SERVICE}/tasks/{FORM_OF_FIRST}/ui.json"]["elements"][0]["elements"]
        page.append({"type": "Control", "id": "more_control", "scope": "#/properties/more"})

    own = deepcopy(line().documents)
    demand(own)
    assert kept_by(standing_at(line(), "first"), compiled(own)) == {"task-answer"}
    assert kept_by(standing_at(line()), compiled(own)) == set()


def test_a_step_behind_that_is_needed_ahead_keeps_a_case_where_it_is() -> None:
    second = step("Second", "enrolled")
    second["outcomes"]["agree"]["when"] = "zero.outcome == 'agree'"
    first = step("First", "second", form=FORM_OF_FIRST)
    longer = small(start={"kind": "start", "next": "zero"}, zero=step("Zero", "first"), first=first, second=second)
    assert kept_by(standing_at(line()), longer) == {"fact-missing"}


def test_branches_keep_their_tokens_only_inside() -> None:
    steps = {"first": step("First", "met"), "second": step("Second", "met"), "met": MET, "last": step("Last", "enrolled")}
    forked = small(start={"kind": "start", "next": "both"}, both=BOTH, **steps)
    same = small(start={"kind": "start", "next": "both"}, both=BOTH, **{**steps, "last": step("Other title", "enrolled")})
    assert kept_by(standing_at(forked), same) == set()
    third = {**BOTH, "branches": {"a": {"next": "third"}, "b": {"next": "second"}}}
    moved_out = {**steps, "third": step("Third", "met"), "last": step("Last", "first"), "first": step("First", "enrolled")}
    outside = small(start={"kind": "start", "next": "both"}, both=third, **moved_out)
    assert kept_by(standing_at(forked), outside) == {"node-branch"}


def test_every_reason_in_the_code_has_words_and_every_word_a_reason() -> None:
    source = Path(migrate.__code__.co_filename).read_text(encoding="utf-8")
    assert set(re.findall(r'Fault\(code="([a-z-]+)"', source)) == set(FAULTS)


@pytest.mark.parametrize("name", sorted(HARMLESS))
def test_what_changes_nothing_for_a_case_never_keeps_it(name: str) -> None:
    assert faults(Filed(LOW_INCOME), under(name)) == []

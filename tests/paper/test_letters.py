"""Receipts and letters say what the page says: the result, why, on what basis, and how to have it looked at again."""

from __future__ import annotations

from datetime import date
from typing import Any

import msgspec
import pytest
from filled import NOW, bare, example, release, settled, words_on

from server.cases.model import Application, Case, MadeDecision
from server.messages import paper as words
from server.paper.letters import letter_paper, receipt_paper
from server.processes.advance import initial_state
from server.rules.tables import Decision
from server.types import ApplicationId, CaseId, ItemId, PersonHash, RegionCode, ServiceId

ADDRESS = "https://example.org/applications/1-2-3"
RESULTS = [(item, code) for item, found in release().service.items.items.items() for code in found.outcomes]


def application() -> Application:
    answers, made = example(), release()
    return Application(
        id=ApplicationId("a"),
        number="1-2-3",
        service_id=ServiceId(made.service_id),
        release_id=made.id,
        region=RegionCode("140214"),
        person=PersonHash("p"),
        applicant_name=answers["applicant"]["name"],
        account_id="account",
        submitted_at=NOW,
        data=settled(answers).data,
        instance=answers,
        intake=initial_state(made.processes[made.service.items.intake]),
    )


def case(item: str, result: str, **members: Any) -> Case:
    made = release()
    return Case(
        id=CaseId("c"),
        number="1-2-3-01",
        application_id=ApplicationId("a"),
        service_id=ServiceId(made.service_id),
        release_id=made.id,
        item=ItemId(item),
        region=RegionCode("140214"),
        opened_at=NOW,
        accepted_on=date(2026, 3, 2),
        state=initial_state(made.processes[made.service.items.items[item].process]),
        result=result,
        reason="人均收入 812.50 元 #高于 $标准",
        ended_at=NOW,
        **members,
    )


@pytest.mark.parametrize(("item", "code"), RESULTS)
def test_a_letter_says_the_result_why_on_what_basis_and_what_can_be_done(item: str, code: str) -> None:
    found, told = release().service.items.items[item], case(item, code)
    text = words_on(letter_paper(release(), application(), told, address=ADDRESS))
    outcome = found.outcomes[code]
    for part in (told.number, found.title, outcome.title, told.reason, *found.law, ADDRESS):
        assert bare(part) in text, part
    assert bare("2026年3月2日") in text
    # The ways of appeal stand there once, whether the advice names them or not; nobody appeals against a withdrawal.
    assert text.count("行政复议") == text.count("行政诉讼") == (0 if code == "withdrawn" else 1)
    sentences = [one for one in (outcome.advice or "").split("。") if one and "行政复议" not in one]
    assert all(bare(one) in text for one in sentences)


def test_a_letter_cites_what_the_decision_was_based_on() -> None:
    decision = Decision(table="t", row="r", reason="", inputs={}, outputs={}, source="某办法第七条")
    told = case("low_income_identification", "not_eligible", decisions=(MadeDecision(node="n", at=NOW, decision=decision),))
    assert "某办法第七条" in words_on(letter_paper(release(), application(), told, address=ADDRESS))


def test_a_service_without_words_of_appeal_still_gives_its_advice() -> None:
    made = msgspec.structs.replace(release(), service=msgspec.structs.replace(release().service, sheet=None))
    text = words_on(letter_paper(made, application(), case("low_income_identification", "not_eligible"), address=ADDRESS))
    assert text.count("行政复议") == 1


def test_a_receipt_names_every_item_and_where_to_follow_it() -> None:
    cases = {"1-2-3-01": ("事项一", "甲街道办事处"), "1-2-3-02": ("事项二", "乙民政局")}
    paper = receipt_paper(release(), application(), cases=cases, place="大同市云冈区", address=ADDRESS)
    text = words_on(paper)
    for part in ("1-2-3", *cases, "事项一", "甲街道办事处", "事项二", "乙民政局", "大同市云冈区", ADDRESS, *words.RECEIPT_STEPS):
        assert bare(part) in text
    assert paper.code.startswith("<svg")
    assert application().applicant_name in text
    assert example()["applicant"]["id_number"] not in text

"""Applications nobody wrote down: whoever applies where for what, trials never raise and every case comes to an end."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from copy import deepcopy
from datetime import date, timedelta
from random import Random
from typing import Any

import pytest
from driving import Drive, first, last
from filed_cases import MORNING, examples, release, walks
from hypothesis import given, settings
from hypothesis import strategies as st
from mangling import mangle
from stdnum.cn import ric

from server.cases.trial import run_trial
from server.definitions.regions import level_of

ITEMS = sorted(release().service.items.items)
REGIONS = sorted(code for code in release().service.regions.regions if code.startswith("14"))
EVERY_MATERIAL = {name: [{"name": "page.jpg"}] for name in release().materials}
COUNTIES = [code for code in REGIONS if level_of(code) == "county"]
BASES: list[Any] = [example["answers"] for example in examples().values() if not example.get("problems")]
TODAY = MORNING.date()
FEN = st.integers(0, 10**8) | st.sampled_from([0, 1, 74_999, 75_000, 112_500])


def number_of(region: str, born: date, order: int) -> str:
    """A resident identity number."""
    stem = f"{region[:6]}{born:%Y%m%d}{order:03d}"
    return stem + ric.calc_check_digit(stem + "0")


def renumbered(answers: Any, numbers: dict[str, str]) -> Any:
    """The answers with other identity numbers, wherever they stand, also as the beginning of other numbers."""
    if isinstance(answers, dict):
        return {name: renumbered(member, numbers) for name, member in answers.items()}
    if isinstance(answers, list):
        return [renumbered(member, numbers) for member in answers]
    if isinstance(answers, str) and answers[:18] in numbers:
        return numbers[answers[:18]] + answers[18:]
    return answers


def people_of(answers: Any) -> list[str]:
    groups = (answers.get("household_members", ()), answers.get("support_obligors", ()))
    return [answers["applicant"]["id_number"], *(row["id_number"] for group in groups for row in group)]


@st.composite
def applications(draw: st.DrawFn) -> Any:
    """An example with other people, incomes, addresses, members and items."""
    answers: Any = deepcopy(draw(st.sampled_from(BASES)))
    answers["materials"] = EVERY_MATERIAL
    answers["application"]["items"] = draw(st.lists(st.sampled_from(ITEMS), min_size=1, max_size=7, unique=True))
    answers["applicant"]["current_address"]["region"] = draw(st.sampled_from(REGIONS[1:]))
    if draw(st.booleans()):
        answers["applicant"]["registered_address"]["region"] = draw(st.sampled_from(REGIONS))
    for member in list(answers.get("household_members", ())):
        if draw(st.integers(0, 3)) == 0:
            answers["household_members"].remove(member)
        elif "monthly_income" in member:
            member["monthly_income"] = draw(FEN)
    if "household_income" in answers["applicant"]:
        answers["applicant"]["household_income"] = {"period": draw(st.sampled_from(["month", "year"])), "amount": draw(FEN)}
    if "residence_type" in answers["applicant"]:
        answers["applicant"]["residence_type"] = draw(st.sampled_from(["1", "2"]))
    for asset in ("deposits", "securities", "other_assets"):
        if asset in answers.get("assets", {}):
            answers["assets"][asset] = draw(FEN)
    ages = st.dates(TODAY - timedelta(days=100 * 365), TODAY)
    numbers = {old: number_of("140105", draw(ages), order) for order, old in enumerate(people_of(answers)) if draw(st.booleans())}
    return renumbered(answers, numbers)


CHOICES: dict[str, Callable[[Random], Callable[[Sequence[str]], str]]] = {
    "first": lambda chance: first,
    "last": lambda chance: last,
    "random": lambda chance: chance.choice,
}


def driven(answers: Any, way: str, chance: Random) -> dict[str, str] | None:
    """Where the cases of an application end; nothing for answers with problems, of which the trial must tell the same."""
    drive = Drive(release(), answers, now=MORNING, choose=CHOICES[way](chance), chance=chance if chance.random() < 0.5 else None)
    trial = run_trial(release(), region="140000", answers=answers, walk=[], today=TODAY)
    assert [problem.code for problem in trial.problems] == [problem.code for problem in drive.problems]
    if drive.problems:
        return None
    ends = drive.to_the_end()
    for item, end in ends.items():
        assert end in release().service.items.items[item].outcomes
    assert all(case.reason for case in drive.desk.cases.values())
    return ends


@settings(max_examples=120)
@given(applications(), st.sampled_from(sorted(CHOICES)), st.randoms(use_true_random=False))
def test_every_valid_application_ends_whatever_officials_choose(answers: Any, way: str, chance: Random) -> None:
    driven(answers, way, chance)


@pytest.mark.parametrize("way", sorted(CHOICES))
@pytest.mark.parametrize("item", ITEMS)
def test_an_item_ends_in_every_county(item: str, way: str) -> None:
    chance = Random(item)
    answers = deepcopy(walks()["low_income_supplement"]["answers"])
    answers["application"]["items"] = [item]
    answers["materials"] = EVERY_MATERIAL
    for county in COUNTIES[ITEMS.index(item) :: len(ITEMS)]:
        answers["applicant"]["current_address"]["region"] = county
        assert driven(answers, way, chance) is not None


@settings(max_examples=150)
@given(st.data())
def test_a_trial_of_answers_with_mistakes_tells_what_is_wrong_and_never_raises(data: st.DataObject) -> None:
    answers: Any = deepcopy(data.draw(st.sampled_from(BASES)))
    for _ in range(data.draw(st.integers(1, 4))):
        answers = mangle(data, answers)
    walk = deepcopy(data.draw(st.sampled_from(list(walks().values())))["walk"])
    walk = mangle(data, walk) if data.draw(st.booleans()) else walk
    trial = run_trial(release(), region=data.draw(st.sampled_from(REGIONS)), answers=answers, walk=walk, today=TODAY)
    assert not (trial.problems and trial.cases)
    assert all(problem.message for problem in trial.problems)

"""A workshop makes nothing twice, and never anything else than would have been made alone."""

from __future__ import annotations

from typing import Any

import msgspec
import pytest
from shipped_documents import REGION, SERVICE, changed, documents
from test_mistakes import mistakes

from server.checks.run import run_checks
from server.checks.subject import compile_subject
from server.checks.workshop import Workshop
from server.releases import compile_release

ITEMS = f"process_defs/{SERVICE}/items.json"
SHARED = Workshop()


class Pair(msgspec.Struct, frozen=True, kw_only=True):
    left: int
    right: dict[str, int]


class Counter:
    def __init__(self) -> None:
        self.runs = 0

    def left(self, pair: Pair) -> int:
        self.runs += 1
        return pair.left


def test_equal_documents_become_one_and_the_same_object() -> None:
    shop = Workshop()
    first = shop.same({"a.json": {"x": [1]}})
    again = shop.same({"a.json": {"x": [1]}, "b.json": {"x": [1]}})
    assert again["a.json"] is first["a.json"]
    assert again["b.json"] is not first["a.json"]


def test_one_and_true_and_one_point_nought_are_different_documents() -> None:
    shop = Workshop()
    values: list[Any] = [1, True, 1.0, "1"]
    assert [shop.same({"a.json": value})["a.json"] for value in values] == values
    assert [type(shop.same({"a.json": value})["a.json"]) for value in values] == [int, bool, float, str]


def test_what_was_not_looked_at_may_change_and_what_was_may_not() -> None:
    shop, counter = Workshop(), Counter()
    assert shop.seen("left", counter.left, Pair(left=1, right={"a": 1})) == 1
    assert shop.seen("left", counter.left, Pair(left=1, right={"a": 2})) == 1
    assert counter.runs == 1
    assert shop.seen("left", counter.left, Pair(left=2, right={"a": 1})) == 2
    assert counter.runs == 2


def test_a_member_that_lies_deep_is_told_apart() -> None:
    shop = Workshop()
    pairs = [Pair(left=1, right={"a": 1}), Pair(left=1, right={"a": 2}), Pair(left=1, right={"b": 1})]
    assert [shop.seen("right", lambda pair: dict(pair.right), pair) for pair in pairs] == [{"a": 1}, {"a": 2}, {"b": 1}]


def test_the_same_documents_again_are_neither_compiled_nor_rendered_again() -> None:
    shop = Workshop()
    first, second = (compile_release(documents(), SERVICE, REGION, shop)[0] for _ in range(2))
    assert first is not None and second is not None
    assert first.id == second.id and first.form is second.form and first.renderer is second.renderer
    assert all(first.processes[name] is second.processes[name] for name in first.processes)


def test_a_county_with_a_limit_of_its_own_shares_the_forms_of_the_province() -> None:
    shop = Workshop()
    own = f"process_defs/{SERVICE}/overlays/140321/items.json"
    base, _ = compile_release(documents(), SERVICE, REGION, shop)
    patch = {"items": {"low_income_identification": {"summary": "…"}}}
    county, findings = compile_release({**documents(), own: patch}, SERVICE, "140321", shop)
    assert base is not None and county is not None, findings
    assert county.id != base.id
    assert all(county.task_forms[name] is base.task_forms[name] for name in base.task_forms)


@pytest.mark.parametrize("number", range(0, 400, 7))
def test_whatever_was_checked_before_findings_are_those_of_checking_alone(number: int) -> None:
    listed = list(mistakes())
    found = changed(listed[number % len(listed)].changes)
    run_checks(compile_subject(documents(), SERVICE, REGION, SHARED), SHARED)
    shared = run_checks(compile_subject(found, SERVICE, REGION, SHARED), SHARED)
    assert shared == run_checks(compile_subject(found, SERVICE, REGION))
    assert shared

"""What is said never to hold is held by no values: against trying all of them with the evaluator itself."""

from __future__ import annotations

from itertools import product

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from server.rules.codes import compared_codes, result_codes
from server.rules.expressions import Environment, Rule, compile_rule
from server.rules.formulas import Domain, can_hold, formula_of
from server.rules.types import BOOL, INT, STRING, list_of, row_of

TYPES = {
    "kind": STRING,
    "colour": STRING,
    "size": INT,
    "told": BOOL,
    "several": list_of(STRING),
    "rows": list_of(row_of({"kind": STRING})),
}
ENVIRONMENT = Environment(TYPES)
DOMAINS = {
    "kind": Domain(values=("a", "b", "c")),
    "colour": Domain(values=("r", "g")),
    "size": Domain(low=0, high=3),
    "told": Domain(values=(True, False)),
    "several": Domain(values=("x", "y"), listed=True),
}
VALUES = {
    "kind": ["a", "b", "c"],
    "colour": ["r", "g"],
    "size": [0, 1, 2, 3],
    "told": [True, False],
    "several": [[], ["x"], ["y"], ["x", "y"]],
}
NAMES = ("kind", "colour", "size", "told", "several")

TESTS = st.one_of(
    st.tuples(st.sampled_from(("==", "!=")), st.sampled_from("abcz")).map(lambda one: f"kind {one[0]} '{one[1]}'"),
    st.lists(st.sampled_from("abcz"), min_size=1, max_size=3).map(lambda codes: f"kind in {codes}"),
    st.tuples(st.sampled_from(("==", "!=")), st.sampled_from("rg")).map(lambda one: f"'{one[1]}' {one[0]} colour"),
    st.tuples(st.sampled_from(("<", "<=", ">", ">=", "==", "!=")), st.integers(-1, 4)).map(lambda one: f"size {one[0]} {one[1]}"),
    st.tuples(st.sampled_from(("<", "<=", ">", ">=")), st.integers(-1, 4)).map(lambda one: f"{one[1]} {one[0]} size"),
    st.sampled_from(("told", "told == true", "told != true", "true", "false")),
    st.sampled_from("xyz").map(lambda code: f"'{code}' in several"),
    st.sampled_from(
        ("several == ['x']", "several.exists(one, one == 'y')", "size(several) > 1", "size + 1 > 2", "kind == colour")
    ),
)
EXPRESSIONS = st.recursive(
    TESTS,
    lambda inner: st.one_of(
        inner.map(lambda one: f"!({one})"),
        st.tuples(inner, st.sampled_from(("&&", "||")), inner).map(lambda one: f"({one[0]}) {one[1]} ({one[2]})"),
        st.tuples(inner, inner, inner).map(lambda one: f"({one[0]}) ? ({one[1]}) : ({one[2]})"),
    ),
    max_leaves=6,
)


def rule_of(text: str) -> Rule:
    rule = compile_rule(ENVIRONMENT, text, BOOL)
    assert isinstance(rule, Rule), text
    return rule


def held(rules: list[Rule], conditions: dict[str, Rule]) -> bool:
    """Whether all rules hold for some values, variables with a condition being answered only where it holds."""
    for values in product(*(VALUES[name] + ([None] if name in conditions else []) for name in NAMES)):
        bindings = {name: value for name, value in zip(NAMES, values, strict=True) if value is not None}
        asked = all(rule.evaluate(bindings) is True for name, rule in conditions.items() if name in bindings)
        if asked and all(rule.evaluate(bindings) is True for rule in rules):
            return True
    return False


@given(st.lists(EXPRESSIONS, min_size=1, max_size=3), st.dictionaries(st.sampled_from(NAMES), EXPRESSIONS, max_size=2))
@settings(max_examples=150, deadline=None)
def test_what_cannot_hold_holds_for_no_values(texts: list[str], asked: dict[str, str]) -> None:
    rules = [rule_of(text) for text in texts]
    conditions = {name: rule_of(text) for name, text in asked.items()}
    formulas = {name: formula_of(rule.tree) for name, rule in conditions.items()}
    if not can_hold([formula_of(rule.tree) for rule in rules], DOMAINS, formulas):
        assert not held(rules, conditions)


@given(st.lists(EXPRESSIONS.filter(lambda text: "several" not in text and "colour" not in text and "+" not in text), max_size=3))
@settings(max_examples=100, deadline=None)
def test_of_single_comparisons_it_is_decided_exactly(texts: list[str]) -> None:
    rules = [rule_of(text) for text in texts]
    assert can_hold([formula_of(rule.tree) for rule in rules], DOMAINS) == held(rules, {})


@pytest.mark.parametrize(
    ("text", "possible"),
    [
        ("kind == 'a' && kind == 'b'", False),
        ("kind == 'z'", False),
        ("!(kind in ['a', 'b', 'c'])", False),
        ("size > 3", False),
        ("size > 1 && size < 2", False),
        ("told && !told", False),
        ("size(several) > 1 && !(size(several) > 1)", False),
        ("'q' in several", False),
        ("kind == colour && kind != colour", False),
        ("kind == colour && colour == kind", True),
        ("size(several) > 1 && size(several) < 1", True),
        ("told ? kind == 'a' : kind == 'b'", True),
    ],
)
def test_a_condition_can_hold_or_not(text: str, possible: bool) -> None:
    assert can_hold([formula_of(rule_of(text).tree)], DOMAINS) is possible


def test_a_question_hidden_by_one_code_cannot_be_shown_by_another() -> None:
    conditions = {"colour": formula_of(rule_of("kind == 'a'").tree)}
    assert not can_hold([formula_of(rule_of("colour == 'r' && kind == 'b'").tree)], DOMAINS, conditions)
    assert can_hold([formula_of(rule_of("colour == 'r' || kind == 'b'").tree)], DOMAINS, conditions)


def test_what_takes_too_long_counts_as_possible() -> None:
    domains = {f"k{number}": Domain(values=("a", "b")) for number in range(40)}
    environment = Environment(dict.fromkeys(domains, STRING))
    odd = " && ".join(f"((k{n} == 'a') ? k{n + 1} == 'b' : k{n + 1} == 'a')" for n in range(39))
    rule = compile_rule(environment, f"{odd} && k0 == 'a' && k39 == 'a'", BOOL)
    assert isinstance(rule, Rule)
    assert not can_hold([formula_of(rule.tree)], domains)
    free = compile_rule(environment, " || ".join(f"(k{n} == 'a' && k{n} == 'b')" for n in range(40)), BOOL)
    assert isinstance(free, Rule)
    assert can_hold([formula_of(free.tree)], domains)


@pytest.mark.parametrize(
    ("text", "asked"),
    [
        ("kind == 'a' || 'b' != kind", [("kind", "a"), ("kind", "b")]),
        ("kind in ['a', 'z']", [("kind", "a"), ("kind", "z")]),
        ("'x' in several", [("several[]", "x")]),
        ("several.exists(one, one in ['x'])", [("several[]", "x")]),
        ("rows.exists(row, row.kind == 'a')", [("rows[].kind", "a")]),
        ("size(rows.filter(row, row.kind != 'a')) > 0", [("rows[].kind", "a")]),
        ("several == ['x']", []),
        ("kind + 'a' == 'b'", []),
    ],
)
def test_the_codes_a_rule_asks_for_are_found_with_their_variables(text: str, asked: list[tuple[str, str]]) -> None:
    assert [*dict.fromkeys(compared_codes(rule_of(text).tree))] == asked


def test_the_codes_a_rule_yields_are_those_in_its_branches_and_lists() -> None:
    rule = compile_rule(ENVIRONMENT, "told ? ['a', kind] : (size > 1 ? ['b'] : [])")
    assert isinstance(rule, Rule)
    assert [*result_codes(rule.tree)] == ["a", "b"]

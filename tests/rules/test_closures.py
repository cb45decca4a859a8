"""Closures against CEL itself: whatever is written and whatever is answered, both have the same value or none."""

from __future__ import annotations

from typing import Any

import pytest
from cel_expr_python import cel
from hypothesis import given, settings
from hypothesis import strategies as st

from server.rules.closures import Unusual, closure_of
from server.rules.expressions import UNDEFINED, Environment, Rule, compile_rule
from server.rules.types import BOOL, INT, STRING, RuleType, list_of, row_of

VARIABLES: dict[str, RuleType] = {
    "a.int": INT,
    "b.int": INT,
    "a.text": STRING,
    "row.text": STRING,
    "a.yes": BOOL,
    "b.yes": BOOL,
    "codes": list_of(STRING),
    "amounts": list_of(INT),
    "members": list_of(row_of({"age": INT})),
}
ENVIRONMENT = Environment(VARIABLES)
EDGES = [0, 1, -1, 7, 2**62, 2**63 - 1, -(2**63)]

LITERAL_INT = st.sampled_from([str(number) for number in EDGES if number > -(2**63)])
LITERAL_TEXT = st.sampled_from(["''", "'a'", "'ab'", "'王'", "'\U00020bb7'"])
LITERAL_CODES = st.lists(st.sampled_from(["'a'", "'ab'", "'b'"]), max_size=3).map(lambda found: f"[{', '.join(found)}]")


def calls(pattern: str, *parts: st.SearchStrategy[str]) -> st.SearchStrategy[str]:
    return st.tuples(*parts).map(lambda found: pattern.format(*found))


def chosen(inner: st.SearchStrategy[str], truths: st.SearchStrategy[str]) -> st.SearchStrategy[str]:
    return calls("({} ? {} : {})", truths, inner, inner)


INTS: st.SearchStrategy[str] = st.deferred(
    lambda: (
        st.sampled_from(["a.int", "b.int"])
        | LITERAL_INT
        | calls("({} {} {})", INTS, st.sampled_from("+-*"), INTS)
        | calls("size({})", TEXTS | LISTS)
        | chosen(INTS, TRUTHS)
    )
)
TEXTS: st.SearchStrategy[str] = st.deferred(
    lambda: st.sampled_from(["a.text", "row.text"]) | LITERAL_TEXT | calls("({} + {})", TEXTS, TEXTS) | chosen(TEXTS, TRUTHS)
)
LISTS: st.SearchStrategy[str] = st.just("codes") | LITERAL_CODES | calls("({} + {})", st.just("codes"), LITERAL_CODES)
TRUTHS: st.SearchStrategy[str] = st.deferred(
    lambda: (
        st.sampled_from(["a.yes", "b.yes", "true", "false"])
        | calls("({} {} {})", INTS, st.sampled_from(["==", "!=", "<", "<=", ">", ">="]), INTS)
        | calls("({} {} {})", TEXTS, st.sampled_from(["==", "!=", "<", ">="]), TEXTS)
        | calls("({} {} {})", LISTS, st.sampled_from(["==", "!="]), LISTS)
        | calls("({} {} {})", TRUTHS, st.sampled_from(["&&", "||", "=="]), TRUTHS)
        | calls("!({})", TRUTHS)
        | calls("({} in {})", TEXTS, LISTS)
        | calls("({} in amounts)", INTS)
        | calls("{}.{}({})", TEXTS, st.sampled_from(["startsWith", "endsWith", "contains"]), TEXTS)
        | chosen(TRUTHS, TRUTHS)
    )
)
RULES = TRUTHS | INTS | TEXTS | LISTS

INT_VALUES = st.sampled_from(EDGES)
TEXT_VALUES = st.sampled_from(["", "a", "ab", "王", "a\U00020bb7"])
#: What drafts may hold where the schema wants something else.
ODD = st.sampled_from([True, 1, 1.5, 2**70, "a", [1], ["a", 1], {}, None])


def answers(odd: st.SearchStrategy[Any]) -> st.SearchStrategy[dict[str, Any]]:
    values = {
        "a.int": INT_VALUES,
        "b.int": INT_VALUES,
        "a.text": TEXT_VALUES,
        "row.text": TEXT_VALUES,
        "a.yes": st.booleans(),
        "b.yes": st.booleans(),
        "codes": st.lists(st.sampled_from(["a", "b", "王"]), max_size=3),
        "amounts": st.lists(INT_VALUES, max_size=3),
    }
    return st.fixed_dictionaries({}, optional={name: found | odd for name, found in values.items()})


def evaluated(text: str, bindings: dict[str, Any]) -> Any:
    """The value that CEL has."""
    value = ENVIRONMENT.compile(text).eval(data=bindings)
    return UNDEFINED if value.type() in (cel.Type.ERROR, cel.Type.UNKNOWN) else value.plain_value()


def rule(text: str) -> Rule:
    found = compile_rule(ENVIRONMENT, text)
    assert isinstance(found, Rule), found
    return found


def same(one: Any, other: Any) -> bool:
    return type(one) is type(other) and one == other


@settings(max_examples=150)
@given(RULES, answers(st.nothing()))
def test_a_common_rule_has_the_value_that_cel_has(text: str, bindings: dict[str, Any]) -> None:
    closure = closure_of(rule(text).tree, VARIABLES)
    assert closure is not None
    assert same(closure(bindings, None), evaluated(text, bindings))


@settings(max_examples=150)
@given(RULES, answers(ODD))
def test_answers_of_odd_types_are_left_to_cel(text: str, bindings: dict[str, Any]) -> None:
    closure = closure_of(rule(text).tree, VARIABLES)
    assert closure is not None
    try:
        found = closure(bindings, None)
    except Unusual:
        found = rule(text).evaluate(bindings)
    assert same(found, evaluated(text, bindings))
    assert same(rule(text).evaluate(bindings), found)


@given(TEXT_VALUES)
def test_variables_of_a_row_are_its_members(text: str) -> None:
    closure = closure_of(rule("row.text == a.text").tree, VARIABLES)
    assert closure is not None
    assert closure({"a.text": text, "row.text": "not this"}, {"text": text}) is True
    assert closure({"a.text": text}, {}) is UNDEFINED


@pytest.mark.parametrize(
    "text",
    ["members.exists(m, m.age > 3)", "a.int / b.int > 1", "a.text.matches('a+')", "members", "members == members", "1.5 > 0.5"],
)
def test_what_is_not_common_is_left_to_cel(text: str) -> None:
    assert closure_of(rule(text).tree, VARIABLES) is None


def test_a_list_that_a_rule_yields_is_nobody_elses() -> None:
    bindings = {"codes": ["a"]}
    rule("codes").evaluate(bindings).append("b")
    assert bindings == {"codes": ["a"]}


def test_text_that_cannot_be_encoded_has_no_value() -> None:
    assert rule("a.text").evaluate({"a.text": "\ud800"}) is UNDEFINED

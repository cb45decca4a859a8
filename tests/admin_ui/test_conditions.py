"""Conditions built from rows become rules that compile, and are read back as the same rows."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from admin_ui.conditions import OPERATORS, Condition, Row, Variable, cel_of, condition_of, read_back, typed_value
from server.messages import admin
from server.rules.expressions import Environment, Rule, compile_rule
from server.rules.types import BOOL, INT, STRING, list_of

VARIABLES = {
    variable.name: variable
    for variable in (
        Variable(name="applicant.disabled", label="残疾", type=BOOL),
        Variable(name="applicant.gender", label="性别", type=STRING, codes={"1": "男", "2": "女"}),
        Variable(name="applicant.age", label="年龄", type=INT),
        Variable(name="applicant.reasons", label="原因", type=list_of(STRING), codes={"01": "火灾"}),
        Variable(name="parameters.adult_age", label="成年年龄", type=INT),
    )
}
ENVIRONMENT = Environment({name: variable.type for name, variable in VARIABLES.items()})
TEXT = st.text(st.characters(exclude_categories=("Cs",), exclude_characters="\x00"), min_size=1, max_size=12)


@st.composite
def rows(draw: st.DrawFn) -> Row:
    variable = draw(st.sampled_from(list(VARIABLES.values())))
    operator = draw(st.sampled_from(variable.operators))
    match variable.type.kind, operator:
        case _, "answered":
            value = ""
        case "bool", _:
            value = draw(st.sampled_from(["true", "false"]))
        case "int", _:
            value = draw(st.integers(-(2**53), 2**53).map(str) | st.just("parameters.adult_age"))
        case _, "one_of":
            value = ",".join(draw(st.lists(TEXT.map(lambda text: text.replace(",", "·")), min_size=1, max_size=4)))
        case _:
            value = draw(TEXT)
    return Row(variable=variable.name, operator=operator, value=value)


CONDITIONS = st.builds(
    lambda joint, listed: Condition(joint="all" if len(listed) == 1 else joint, rows=tuple(listed)),
    st.sampled_from(["all", "any"]),
    st.lists(rows(), min_size=1, max_size=4),
)


def compiled(text: str) -> Rule:
    rule = compile_rule(ENVIRONMENT, text, BOOL)
    assert isinstance(rule, Rule), (text, rule)
    return rule


@given(CONDITIONS)
def test_rows_become_a_rule_that_is_read_back_as_the_same_rows(condition: Condition) -> None:
    text = cel_of(condition, VARIABLES)
    assert isinstance(text, str)
    assert condition_of(compiled(text).tree, VARIABLES) == condition


@given(CONDITIONS)
def test_every_condition_can_be_said_in_words(condition: Condition) -> None:
    words = read_back(condition, VARIABLES)
    assert all(VARIABLES[row.variable].label in words for row in condition.rows)


@pytest.mark.parametrize(
    ("rule", "words"),
    [
        ("applicant.disabled", "当“残疾”为是时"),
        ("!applicant.disabled", "当“残疾”为否时"),
        ("applicant.disabled != true", "当“残疾”为否时"),
        ("applicant.gender == '2' && applicant.age >= parameters.adult_age", "当“性别”等于“女”，并且“年龄”不小于成年年龄时"),
        ("'01' in applicant.reasons || size(applicant.reasons) > 0", "当“原因”包含“火灾”，或者“原因”已填写时"),
        ("applicant.gender in ['1', '2']", "当“性别”是其中之一“男”、“女”时"),
    ],
)
def test_a_simple_rule_is_read_back_in_words(rule: str, words: str) -> None:
    condition = condition_of(compiled(rule).tree, VARIABLES)
    assert condition is not None
    assert read_back(condition, VARIABLES) == words


@pytest.mark.parametrize(
    "rule",
    [
        "applicant.disabled && (applicant.age > 1 || applicant.age < 0)",
        "applicant.age + 1 > 2",
        "applicant.reasons.exists(r, r == '01')",
        "applicant.gender.startsWith('1')",
        "applicant.gender == ''",
        "true",
    ],
)
def test_a_rule_that_is_more_than_rows_is_left_to_its_text(rule: str) -> None:
    assert condition_of(compiled(rule).tree, VARIABLES) is None


@pytest.mark.parametrize(
    "row",
    [
        Row(variable="nobody", operator="is", value="true"),
        Row(variable="applicant.disabled", operator="contains", value="x"),
        Row(variable="applicant.disabled", operator="is", value="maybe"),
        Row(variable="applicant.age", operator="at_least", value="1 || true"),
        Row(variable="applicant.gender", operator="equals"),
    ],
)
def test_a_row_that_does_not_fit_its_field_is_named(row: Row) -> None:
    assert cel_of(Condition(joint="all", rows=(row,)), VARIABLES) == row


@given(rows(), st.text(max_size=20))
def test_whatever_is_typed_as_a_value_stays_inside_its_quotes(row: Row, typed: str) -> None:
    text = cel_of(Condition(joint="all", rows=(Row(variable="applicant.gender", operator="equals", value=typed),)), VARIABLES)
    if isinstance(text, str) and "\x00" not in typed:
        assert compiled(text).references == ("applicant.gender",)


def test_titles_typed_become_codes() -> None:
    gender = VARIABLES["applicant.gender"]
    assert typed_value("女", gender) == "2"
    assert typed_value("男、女", gender) == "1,2"
    assert typed_value(" 2 ", gender) == "2"
    assert typed_value("7", VARIABLES["applicant.age"]) == "7"


def test_every_operator_has_its_word() -> None:
    assert {operator for operators in OPERATORS.values() for operator in operators} == set(admin.OPERATORS)

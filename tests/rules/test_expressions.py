"""CEL expressions: undefined values, types and suggestions at publish, references, and what is refused."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from server.rules.expressions import MAX_LENGTH, RESERVED, UNDEFINED, Environment, Rule, RuleFault, compile_rule, figures, is_call
from server.rules.syntax import walk
from server.rules.types import BOOL, INT, STRING, RuleType, list_of, row_of

MEMBER = row_of({"name": STRING, "income": INT, "kinds": list_of(STRING), "home": row_of({"region": STRING})})
VARIABLES: dict[str, RuleType] = {
    "applicant.age": INT,
    "applicant.name": STRING,
    "applicant.disabled": BOOL,
    "codes": list_of(STRING),
    "members": list_of(MEMBER),
    "limit": INT,
}
ENVIRONMENT = Environment(VARIABLES)
PEOPLE = [{"name": "Wang", "income": 500, "kinds": ["a"], "home": {"region": "14"}}, {"name": "Li", "income": 900, "kinds": []}]
U = UNDEFINED


def rule(text: str, expected: RuleType | None = None) -> Rule:
    found = compile_rule(ENVIRONMENT, text, expected)
    assert isinstance(found, Rule), found
    return found


def faults(text: str, expected: RuleType | None = None) -> tuple[RuleFault, ...]:
    found = compile_rule(ENVIRONMENT, text, expected)
    assert isinstance(found, tuple), f"{text} compiles"
    return found


VALUES: list[tuple[str, dict[str, Any], Any]] = [
    ("applicant.age >= 60", {"applicant.age": 60}, True),
    ("applicant.age >= 60", {}, U),
    ("!applicant.disabled", {}, U),
    # The other side decides: an unanswered field does not.
    ("applicant.disabled || applicant.age >= 60", {"applicant.age": 61}, True),
    ("applicant.age >= 60 || applicant.disabled", {"applicant.disabled": True}, True),
    ("applicant.disabled && applicant.age >= 60", {"applicant.age": 5}, False),
    ("applicant.age >= 60 && applicant.disabled", {"applicant.disabled": False}, False),
    ("applicant.disabled || applicant.age >= 60", {"applicant.age": 5}, U),
    ("applicant.disabled && applicant.age >= 60", {"applicant.age": 61}, U),
    ("applicant.disabled ? applicant.age : 0", {"applicant.disabled": False}, 0),
    ("applicant.disabled ? applicant.age : 0", {"applicant.disabled": True}, U),
    ("applicant.name == applicant.name", {}, U),
    ("'b' in codes", {"codes": ["a", "b"]}, True),
    ("'b' in codes", {}, U),
    ("size(codes) == 0", {"codes": []}, True),
    ("members.exists(m, m.income > limit)", {"members": PEOPLE, "limit": 800}, True),
    ("members.all(m, m.income > limit)", {"members": PEOPLE, "limit": 800}, False),
    ("members.exists(m, m.home.region == '14')", {"members": PEOPLE}, True),
    ("members.all(m, m.home.region == '14')", {"members": PEOPLE}, U),
    ("members.all(m, has(m.home) ? m.home.region == '14' : true)", {"members": PEOPLE}, True),
    ("members.filter(m, m.income > 600).size()", {"members": PEOPLE}, 1),
    ("members.map(m, m.name)", {"members": PEOPLE}, ["Wang", "Li"]),
    ("members.exists(m, m.kinds.exists(k, k == 'a'))", {"members": PEOPLE}, True),
    ("applicant.age / limit", {"applicant.age": 7, "limit": 2}, 3),
    ("applicant.age / limit", {"applicant.age": 7, "limit": 0}, U),
    ("applicant.age % limit", {"applicant.age": 7, "limit": 0}, U),
    ("applicant.age + limit", {"applicant.age": 2**63 - 1, "limit": 1}, U),
    ("applicant.age * limit", {"applicant.age": 2**40, "limit": 2**40}, U),
    ("codes[5] == 'a'", {"codes": []}, U),
    ("applicant.name.matches('^[0-9]+$')", {"applicant.name": "123"}, True),
    ("applicant.name.matches('(a+)+$')", {"applicant.name": "a" * 5_000 + "b"}, False),
    ("applicant.name.startsWith('王')", {"applicant.name": "王建国"}, True),
    ("size(applicant.name)", {"applicant.name": "王\U00020bb7"}, 2),
]


@pytest.mark.parametrize(("text", "bindings", "expected"), VALUES)
def test_a_rule_has_its_value_or_none(text: str, bindings: dict[str, Any], expected: Any) -> None:
    found = rule(text)
    assert found.evaluate(bindings) == expected
    assert found.holds(bindings) is (expected is True)
    assert bool(found.cause(bindings)) == (expected is U)


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("applicant.age", "60"),
        ("applicant.age", 60.5),
        ("applicant.age", 2**63),
        ("applicant.age", -(2**70)),
        ("applicant.age", [60]),
        ("applicant.age", {"age": 60}),
        ("applicant.age", None),
        ("applicant.age", float("nan")),
    ],
)
def test_a_value_of_another_type_decides_nothing(name: str, value: Any) -> None:
    assert rule("applicant.age >= 60").evaluate({name: value}) is UNDEFINED


@given(
    st.recursive(
        st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=5) | st.just("\ud800"),
        lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=4), inner, max_size=3),
        max_leaves=6,
    )
)
def test_no_value_whatsoever_raises(value: Any) -> None:
    for text in ("applicant.name == 'x'", "members.exists(m, m.income > 1)", "'a' in codes", "applicant.age > 1"):
        found = rule(text).evaluate(dict.fromkeys(VARIABLES, value))
        assert found is UNDEFINED or isinstance(found, bool)
        rule(text).cause(dict.fromkeys(VARIABLES, value))


@given(st.booleans() | st.none(), st.booleans() | st.none(), st.booleans() | st.none())
def test_and_and_or_are_those_of_three_values(a: bool | None, b: bool | None, c: bool | None) -> None:
    """Kleene's logic, with unanswered as the third value."""
    environment = Environment({"a": BOOL, "b": BOOL, "c": BOOL})
    given_values = {name: value for name, value in {"a": a, "b": b, "c": c}.items() if value is not None}

    def both(x: bool | None, y: bool | None) -> bool | None:
        return False if x is False or y is False else None if x is None or y is None else True

    def either(x: bool | None, y: bool | None) -> bool | None:
        return True if x is True or y is True else None if x is None or y is None else False

    for text, expected in (("a && (b || c)", both(a, either(b, c))), ("a || (b && c)", either(a, both(b, c)))):
        found = compile_rule(environment, text, BOOL)
        assert isinstance(found, Rule)
        value = found.evaluate(given_values)
        assert value == (UNDEFINED if expected is None else expected)


@pytest.mark.parametrize(
    ("text", "field", "suggestion", "place"),
    [
        ("applicant.aeg >= 60", "applicant", "applicant.age", (1, 10)),
        ("limit > 1 && limt < 5", "limt", "limit", (1, 14)),
        ("limit > 1 &&\n  zzzzzz < 5", "zzzzzz", "", (2, 3)),
    ],
)
def test_a_misspelt_field_is_named_with_its_place_and_the_nearest_name(
    text: str, field: str, suggestion: str, place: tuple[int, int]
) -> None:
    [fault] = faults(text)
    assert fault.code == "unknown-field"
    assert (fault.params["line"], fault.params["column"]) == place
    assert str(fault.params["field"]).startswith(field)
    assert fault.params["suggestion"] == suggestion


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("members.exists(m, m.incom > 5)", "unknown-row-field"),
        ("members.exists(m, m.home.regin == '1')", "unknown-row-field"),
        ("members.exists(m, m.income > 'five')", "rule-operands"),
        ("members.exists(m, m.name == 5)", "rule-operands"),
        ("members.exists(m, m.name in [1, 2])", "rule-operands"),
        ("members.exists(m, 5 in m.kinds)", "rule-operands"),
        ("members.exists(m, m.kinds.exists(k, k == 5))", "rule-operands"),
        ("members.map(m, m.income + m.name) == []", "rule-operands"),
        ("members.filter(m, m.incom > 5).size() > 1", "unknown-row-field"),
        ("members.filter(m, m.income > 5).exists(n, n.nme == 'x')", "unknown-row-field"),
        ("members[0].incom > 5", "unknown-row-field"),
    ],
)
def test_members_of_rows_are_checked_as_well(text: str, code: str) -> None:
    assert [fault.code for fault in faults(text)] == [code]


def test_a_misspelt_member_is_suggested() -> None:
    [fault] = faults("members.exists(m, m.incom > 5)")
    assert fault.params == {"field": "incom", "suggestion": "income"}


@pytest.mark.parametrize(
    "text",
    [
        "applicant.age == '60'",
        "applicant.name > 5",
        "applicant.name + 1",
        "!applicant.age",
        "applicant.disabled + applicant.disabled",
        "applicant.age && true",
    ],
)
def test_operands_of_different_types_are_refused(text: str) -> None:
    assert [fault.code for fault in faults(text)] == ["rule-operands"]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("applicant.age", BOOL),
        ("applicant.name", INT),
        ("applicant.disabled", STRING),
        ("codes", STRING),
        ("1", list_of(STRING)),
        ("1.5", INT),
        ("null", BOOL),
    ],
)
def test_a_rule_of_another_type_than_wanted_is_refused(text: str, expected: RuleType) -> None:
    assert [fault.code for fault in faults(text, expected)] == ["rule-type"]


@pytest.mark.parametrize(
    "text",
    [
        "",
        " ",
        "applicant.age >",
        "(",
        "a b",
        "applicant.age = 5",
        "'open",
        "applicant.age >= 60;",
        "if (true) 1",
        "\x00",
        "true\x00",
        "#",
        "无",
        "🙂",
        "limit > 1 && 'x",
    ],
)
def test_what_is_no_expression_is_refused_with_a_place(text: str) -> None:
    for fault in faults(text):
        assert fault.code in ("rule-syntax", "unknown-field", "rule-operands")
        assert int(fault.params["line"]) >= 1 or int(fault.params["line"]) == -1
        assert "column" in fault.params


@pytest.mark.parametrize(
    "text", ["unheard(1)", "applicant.name.unheard()", "math.abs(1)", "now()", "open('/etc/passwd')", "applicant.name.__class__"]
)
def test_functions_beyond_the_standard_library_do_not_exist(text: str) -> None:
    assert faults(text)


@pytest.mark.parametrize(
    "text",
    [
        "+".join(["1"] * (MAX_LENGTH // 2 + 1)),
        "(" * 1_999 + "limit" + ")" * 1_999,
        "[1]" + "[0]" * 1_000,
        "limit > 1 ? 1 : " * 200 + "2",
        "{'a': " * 600 + "1" + "}" * 600,
        "members.exists(m, " * 200 + "true" + ")" * 200,
        "-" * 3_999 + "limit",
        "'" + "x" * 5_000 + "'",
    ],
)
def test_a_huge_expression_is_refused_or_compiled_but_never_an_error(text: str) -> None:
    found = compile_rule(ENVIRONMENT, text)
    assert isinstance(found, Rule | tuple)
    if len(text) > MAX_LENGTH:
        assert isinstance(found, tuple)
        assert found[0].code == "rule-too-large"


def test_a_long_flat_expression_is_read_whole() -> None:
    text = " || ".join(f"limit == {number}" for number in range(200))
    assert len(text) <= MAX_LENGTH
    assert rule(text).evaluate({"limit": 199}) is True


@given(st.text(max_size=30) | st.text("limitagenamembers .()[]{}'\"&|!=<>+-*/%?:,0123", max_size=40))
def test_any_text_compiles_or_is_refused(text: str) -> None:
    found = compile_rule(ENVIRONMENT, text)
    assert isinstance(found, Rule) or all(isinstance(fault, RuleFault) for fault in found)


@pytest.mark.parametrize(
    ("text", "references"),
    [
        ("limit > 1 && applicant.age < limit", {"limit", "applicant.age"}),
        ("members.exists(m, m.income > limit)", {"members", "members[].income", "limit"}),
        ("members.all(m, m.home.region == '14' || m.name == '')", {"members", "members[].home.region", "members[].name"}),
        ("size(members) > 1", {"members"}),
        ("true", set()),
        ("members.exists(limit, limit.income > 1)", {"members", "members[].income"}),
    ],
)
def test_a_rule_knows_what_it_refers_to(text: str, references: set[str]) -> None:
    assert set(rule(text).references) >= references - {"members[].home"}
    assert set(rule(text).names) == {name.split("[]")[0] for name in rule(text).references}


def test_only_the_variables_of_a_rule_are_looked_at() -> None:
    assert rule("limit > 1").evaluate({"limit": 2, "applicant.age": object()}) is True


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("limit > 3500 && limit < 100", (3500,)),
        ("limit > 0 && limit != 1 && limit != -1", ()),
        ("limit > 18 || limit < -5", (18, -5)),
        ("applicant.name == '3500'", ()),
        ("members.exists(m, m.income > 900)", (900,)),
        ("true", ()),
    ],
)
def test_bare_amounts_of_a_rule_are_found(text: str, expected: tuple[int, ...]) -> None:
    assert figures(rule(text)) == expected


def test_the_tree_of_a_rule_can_be_walked() -> None:
    nodes = list(walk(rule("limit > 1 && applicant.disabled").tree))
    assert is_call(nodes[0], "_&&_")
    assert sum(is_call(node, "_>_") for node in nodes) == 1
    assert not is_call(nodes[0], "_||_")


def test_names_the_language_uses_itself_are_reserved() -> None:
    for name in sorted(RESERVED):
        assert faults(f"{name} == 1"), name


def test_an_environment_can_be_extended_without_changing_it() -> None:
    wider = ENVIRONMENT.extended({"row.name": STRING})
    assert isinstance(compile_rule(wider, "row.name == applicant.name"), Rule)
    assert [fault.code for fault in faults("row.name == applicant.name")] == ["unknown-field"]


def test_undefined_is_false_and_says_its_name() -> None:
    assert not UNDEFINED
    assert repr(UNDEFINED) == "UNDEFINED"

"""Derived facts: every operator by its cases, undefined inputs, order of dependency, and every fault."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from stdnum.cn import ric

from server.rules.expressions import UNDEFINED
from server.rules.facts import Facts, compile_facts, row_bindings
from server.rules.operators import OPERATORS
from server.rules.types import BOOL, INT, STRING, RuleType, list_of, row_of

TODAY = date(2026, 11, 24)
INCOME = row_of({"amount": INT, "period": STRING})
MEMBER = row_of({"name": STRING, "age": INT, "ill": BOOL, "income": INCOME, "born": STRING})
VARIABLES: dict[str, RuleType] = {
    "a": INT,
    "b": INT,
    "s": STRING,
    "t": STRING,
    "yes": BOOL,
    "listed": list_of(STRING),
    "members": list_of(MEMBER),
    "pay.amount": INT,
    "pay.period": STRING,
}
PEOPLE = [
    {"name": "Wang", "age": 70, "ill": True, "income": {"amount": 12_000, "period": "year"}},
    {"name": "Li", "age": 10, "income": {"amount": 500, "period": "month"}},
]
LARGEST = 2**63 - 1


class Weekdays:
    def workdays_between(self, start: date, end: date) -> int:
        return sum((start.toordinal() + day) % 7 not in (6, 0) for day in range(1, (end - start).days + 1))


def computed(entry: dict[str, Any], **bindings: Any) -> Any:
    """The fact's value for these variables, a dot in a name written `__`."""
    facts = compile_facts({"fact": entry}, VARIABLES)
    assert isinstance(facts, Facts), facts
    given = {name.replace("__", "."): value for name, value in bindings.items()}
    return facts.evaluate(given, today=TODAY, calendar=Weekdays()).get("fact", UNDEFINED)


def faults(document: dict[str, Any]) -> list[tuple[str, str]]:
    found = compile_facts(document, VARIABLES)
    assert isinstance(found, tuple), "the facts compile"
    return [(fault.fact, fault.code) for fault in found]


U = UNDEFINED
#: Operator to its cases: entry besides the operator, operands, variables, value.
CASES: dict[str, list[tuple[Any, dict[str, Any], Any]]] = {
    "sum": [
        (["a", "b", 1], {"a": 2, "b": 3}, 6),
        (["a", "b"], {"a": 2}, U),
        ("members[].age", {"members": PEOPLE}, 80),
        (["members[].age", "a"], {"members": PEOPLE, "a": 5}, 85),
        ("members[].age", {}, 0),
        (["a", "b"], {"a": LARGEST, "b": 1}, U),
    ],
    "subtract": [(["a", "b"], {"a": 2, "b": 5}, -3), (["a", 1], {}, U), (["a", "b"], {"a": -LARGEST, "b": 2}, U)],
    "multiply": [(["a", "b", 2], {"a": 3, "b": 4}, 24), (["a", "b"], {"a": LARGEST, "b": 2}, U), ("a", {"a": 3}, 3)],
    "floor_divide": [
        (["a", "b"], {"a": 7, "b": 2}, 3),
        (["a", "b"], {"a": -7, "b": 2}, -4),
        (["a", "b"], {"a": 7, "b": 0}, U),
        (["a", "b"], {"a": -LARGEST - 1, "b": -1}, U),
    ],
    "minimum": [(["a", "b"], {"a": 2, "b": 1}, 1), ("members[].age", {"members": PEOPLE}, 10), ("members[].age", {}, U)],
    "maximum": [(["a", "b"], {"a": 2, "b": 1}, 2), ("members[].age", {"members": PEOPLE}, 70), ("members[].age", {}, U)],
    "count": [("members", {"members": PEOPLE}, 2), ("members", {}, 0)],
    "any": [("members", {"members": PEOPLE}, True), ("members", {}, False)],
    "all": [("members", {"members": PEOPLE}, True), ("members", {}, True)],
    "monthly": [
        ("pay", {"pay__amount": 1_201, "pay__period": "year"}, 100),
        ("pay", {"pay__amount": 1_201, "pay__period": "month"}, 1_201),
        ("pay", {"pay__amount": 1_201}, U),
        ("pay", {"pay__amount": 1_201, "pay__period": "week"}, U),
    ],
    "monthly_sum": [
        ("members[].income", {"members": PEOPLE}, 1_500),
        ("members[].income", {}, 0),
        ("members[].income", {"members": [{"name": "Wang"}]}, U),
        ("members[].income", {"members": [{"income": {"amount": 5}}]}, U),
    ],
    "birth_date_from": [
        ("s", {"s": "110101199003070011"}, "1990-03-07"),
        ("s", {"s": "110101199003070012"}, U),
        ("s", {"s": "110101199002300014"}, U),
        ("s", {"s": "１１０１０１１９９００３０７００１１"}, U),
        ("s", {"s": "²" * 18}, U),
        ("s", {}, U),
    ],
    "age_from": [("s", {"s": "110101199003070011"}, 36), ("s", {"s": "x"}, U), ("s", {"s": ""}, U)],
    "gender_from": [("s", {"s": "110101199003070011"}, "1"), ("s", {"s": "140214197911050642"}, "2"), ("s", {"s": "1"}, U)],
    "age_of_date": [
        ("s", {"s": "2000-11-24"}, 26),
        ("s", {"s": "2000-11-25"}, 25),
        ("s", {"s": "2027-01-01"}, U),
        ("s", {"s": "2000-02-30"}, U),
        ("s", {"s": "20001124"}, U),
        ("s", {"s": "2000-W01-1"}, U),
    ],
    "days_between": [(["s", "t"], {"s": "2026-02-27", "t": "2026-03-01"}, 2), (["s", "t"], {"s": "2026-02-27", "t": "x"}, U)],
    "workdays_between": [
        (["s", "t"], {"s": "2026-11-20", "t": "2026-11-24"}, 2),
        (["s", "t"], {"s": "0001-01-01", "t": "9999-12-31"}, U),
        (["s", "t"], {"s": "2026-11-20"}, U),
    ],
    "not_in_future": [("s", {"s": "2026-11-24"}, True), ("s", {"s": "2026-11-25"}, False), ("s", {"s": "soon"}, U)],
    "today": [([], {}, "2026-11-24")],
    "region_prefix": [(["s", 6], {"s": "140105001002"}, "140105"), (["s", 6], {"s": "1401"}, "1401")],
    "region_within": [
        (["s", "140000"], {"s": "140105001"}, True),
        (["s", "140100"], {"s": "140105"}, True),
        (["s", "140100"], {"s": "140214"}, False),
        (["s", "140105"], {"s": "140105001002"}, True),
        (["s", "140105001"], {"s": "140105002001"}, False),
        (["s", "140100"], {"s": "140000"}, False),
        (["s", "110000"], {"s": "140105"}, False),
    ],
    "text_length": [("s", {"s": "王\U00020bb7"}, 2), ("s", {"s": ""}, 0), ("s", {}, U)],
    "masked": [("s", {"s": "欧阳修"}, "欧**"), ("s", {"s": "王"}, "王*"), ("s", {"s": ""}, "*")],
    "first_of": [(["a", "b", 9], {"b": 2}, 2), (["a", "b", 9], {}, 9), (["a", "b"], {}, U), (["s", "t"], {"t": ""}, "")],
    "is_answered": [
        ("a", {"a": 0}, True),
        ("yes", {"yes": False}, True),
        ("s", {"s": ""}, False),
        ("listed", {"listed": []}, False),
        ("a", {}, False),
    ],
    "starts_with": [
        (["s", "t"], {"s": "abc", "t": "ab"}, True),
        (["s", "t"], {"s": "abc", "t": "b"}, False),
        (["s", "t"], {"s": "a"}, U),
    ],
    "equal": [
        (["s", "t"], {"s": "x", "t": "x"}, True),
        (["a", 3], {"a": 4}, False),
        (["yes", "yes"], {"yes": True}, True),
        (["s", "t"], {"s": "x"}, U),
    ],
    "collect": [
        ("members[].name", {"members": [*PEOPLE, PEOPLE[0]]}, ["Li", "Wang"]),
        ("members[].name", {"members": [{}]}, U),
        ("members[].name", {}, []),
    ],
    "duplicates": [
        (["members[].name", "s"], {"members": [*PEOPLE, {}], "s": "Li"}, ["Li"]),
        (["members[].name", "s"], {"members": PEOPLE}, []),
        ("s", {}, []),
    ],
}


def test_every_operator_has_cases() -> None:
    assert set(CASES) == set(OPERATORS)


@pytest.mark.parametrize(
    ("operator", "operands", "bindings", "expected"), [(name, *case) for name, cases in CASES.items() for case in cases]
)
def test_an_operator_computes_its_cases(operator: str, operands: Any, bindings: dict[str, Any], expected: Any) -> None:
    found = computed({operator: operands}, **bindings)
    assert found == expected
    assert type(found) is type(expected)


WHERE: list[tuple[dict[str, Any], dict[str, Any], Any]] = [
    ({"count": "members", "where": "row.age > a"}, {"members": PEOPLE, "a": 18}, 1),
    ({"count": "members", "where": "row.age > a"}, {"members": PEOPLE}, U),
    ({"count": "members", "where": "row.ill"}, {"members": PEOPLE}, U),
    ({"count": "members", "where": "row.ill", "skip_unanswered": True}, {"members": PEOPLE}, 1),
    ({"any": "members", "where": "row.age > 60"}, {"members": PEOPLE}, True),
    ({"any": "members", "where": "row.age > 100"}, {"members": PEOPLE}, False),
    ({"all": "members", "where": "row.age > 60"}, {"members": PEOPLE}, False),
    ({"all": "members", "where": "row.age > 6"}, {"members": PEOPLE}, True),
    ({"all": "members", "where": "row.ill"}, {"members": PEOPLE}, U),
    ({"all": "members", "where": "row.age > 6"}, {}, True),
    ({"sum": "members[].age", "where": "row.name == 'Li'"}, {"members": PEOPLE}, 10),
    ({"sum": "members[].age", "where": "row.income.period == 'year'"}, {"members": PEOPLE}, 70),
    ({"sum": "members[].age"}, {"members": [*PEOPLE, {}]}, U),
    ({"sum": "members[].age", "skip_unanswered": True}, {"members": [*PEOPLE, {}]}, 80),
    ({"maximum": "members[].income.amount"}, {"members": PEOPLE}, 12_000),
]


@pytest.mark.parametrize(("entry", "bindings", "expected"), WHERE)
def test_a_condition_chooses_the_rows_and_an_unanswered_one_leaves_the_fact_undefined(
    entry: dict[str, Any], bindings: dict[str, Any], expected: Any
) -> None:
    assert computed(entry, **bindings) == expected


@pytest.mark.parametrize(
    ("entry", "bindings"),
    [
        ({"sum": ["a", "b"]}, {"a": "text", "b": 1}),
        ({"sum": "members[].age"}, {"members": "text"}),
        ({"sum": "members[].age"}, {"members": [5]}),
        ({"count": "members", "where": "row.age > 1"}, {"members": [5, None]}),
        ({"age_from": "s"}, {"s": 5}),
        ({"starts_with": ["s", "t"]}, {"s": 1, "t": "x"}),
        ({"floor_divide": ["a", "b"]}, {"a": [], "b": {}}),
        ({"monthly_sum": "members[].income"}, {"members": [{"income": 5}]}),
    ],
)
def test_values_the_schema_refuses_leave_a_fact_undefined(entry: dict[str, Any], bindings: dict[str, Any]) -> None:
    assert computed(entry, **bindings) is UNDEFINED


def test_facts_are_computed_in_the_order_of_their_dependencies() -> None:
    document = {
        "z": {"sum": ["y", "members_old"]},
        "y": {"multiply": ["x", 2]},
        "x": {"sum": ["a", 1]},
        "members_old": {"count": "members", "where": "row.old"},
        "members[].old": {"not_in_future": "row.born"},
    }
    facts = compile_facts(document, VARIABLES)
    assert isinstance(facts, Facts)
    assert {fact.name for fact in facts.facts} == set(document)
    members = [{"born": "2000-01-01"}, {"born": "2030-01-01"}]
    found = facts.evaluate({"a": 1, "members": members}, today=TODAY, calendar=Weekdays())
    assert (found["x"], found["y"], found["members_old"], found["z"]) == (2, 4, 1, 5)
    assert [row["old"] for row in found["members"]] == [True, False]
    assert members == [{"born": "2000-01-01"}, {"born": "2030-01-01"}], "the answers stay as they were"
    assert facts.types["members"].element == row_of({**MEMBER.members, "old": BOOL})


def test_a_fact_of_rows_knows_the_facts_outside() -> None:
    facts = compile_facts({"limit": {"sum": ["a", 1]}, "members[].over": {"subtract": ["row.age", "limit"]}}, VARIABLES)
    assert isinstance(facts, Facts)
    found = facts.evaluate({"a": 9, "members": [{"age": 15}, {}]}, today=TODAY, calendar=Weekdays())
    assert found["members"] == [{"age": 15, "over": 5}, {}]


FAULTS: list[tuple[dict[str, Any], list[tuple[str, str]]]] = [
    ({"f": {"guess": "a"}}, [("f", "unknown-operator")]),
    ({"f": {}}, [("f", "unknown-operator")]),
    ({"f": {"title": "only"}}, [("f", "unknown-operator")]),
    ({"f": {"sum": "a", "count": "members"}}, [("f", "unknown-operator")]),
    ({"a": {"sum": ["b"]}}, [("a", "fact-hides-field")]),
    ({"f": {"sum": ["g"]}, "g": {"sum": ["f"]}}, [("f", "fact-cycle"), ("g", "fact-cycle")]),
    ({"f": {"count": "members", "where": "row.age > g"}, "g": {"sum": ["f"]}}, [("f", "fact-cycle"), ("g", "fact-cycle")]),
    ({"f": {"sum": ["f"]}}, [("f", "unknown-field")]),
    ({"f": {"sum": ["c"]}}, [("f", "unknown-field")]),
    ({"f": {"sum": ["members[].height"]}}, [("f", "unknown-field")]),
    ({"f": {"sum": []}}, [("f", "operand-count")]),
    ({"f": {"subtract": ["a"]}}, [("f", "operand-count")]),
    ({"f": {"subtract": ["a", "b", "a"]}}, [("f", "operand-count")]),
    ({"f": {"today": ["a"]}}, [("f", "operand-count")]),
    ({"f": {"sum": ["s"]}}, [("f", "operand-type")]),
    ({"f": {"sum": ["yes"]}}, [("f", "operand-type")]),
    ({"f": {"sum": [True]}}, [("f", "operand-type")]),
    ({"f": {"sum": [1.5]}}, [("f", "operand-type")]),
    ({"f": {"subtract": ["members[].age", "a"]}}, [("f", "operand-type")]),
    ({"f": {"count": "listed"}}, [("f", "operand-type")]),
    ({"f": {"count": "a"}}, [("f", "operand-type")]),
    ({"f": {"age_from": 5}}, [("f", "operand-type")]),
    ({"f": {"region_within": ["s", 140000]}}, [("f", "operand-type")]),
    ({"f": {"monthly": "a"}}, [("f", "unknown-field")]),
    ({"f": {"collect": "members[].age"}}, [("f", "operand-type")]),
    ({"f": {"collect": "s"}}, [("f", "operand-type")]),
    ({"f": {"monthly_sum": "members[].age"}}, [("f", "operand-type")]),
    ({"f": {"first_of": ["a", "s"]}}, [("f", "operand-type")]),
    ({"f": {"equal": ["s", 5]}}, [("f", "operand-type")]),
    ({"f": {"count": "members", "where": "row.height > 1"}}, [("f", "unknown-field")]),
    ({"f": {"count": "members", "where": "row.age"}}, [("f", "rule-type")]),
    ({"f": {"count": "members", "where": "row.age >"}}, [("f", "rule-syntax")]),
    ({"f": {"sum": ["a", "b"], "where": "yes"}}, [("f", "operand-type")]),
    ({"members[].f": {"sum": ["row.name"]}}, [("members[].f", "operand-type")]),
    ({"members[].f": {"sum": ["row.height"]}}, [("members[].f", "unknown-field")]),
    ({"f": {"sum": ["c"]}, "g": {"guess": "a"}}, [("f", "unknown-field"), ("g", "unknown-operator")]),
]


@pytest.mark.parametrize(("document", "expected"), FAULTS)
def test_a_fact_that_cannot_be_computed_is_refused(document: dict[str, Any], expected: list[tuple[str, str]]) -> None:
    assert faults(document) == expected


@given(st.dates(date(1900, 1, 1), TODAY), st.integers(0, 999))
def test_what_an_identity_number_says_is_read_from_it(born: date, serial: int) -> None:
    digits = f"140105{born:%Y%m%d}{serial:03d}"
    number = digits + ric.calc_check_digit(digits + "0")
    assert computed({"birth_date_from": "s"}, s=number) == born.isoformat()
    assert computed({"age_from": "s"}, s=number) == computed({"age_of_date": "s"}, s=born.isoformat())
    assert computed({"gender_from": "s"}, s=number) == ("1" if serial % 2 else "2")


@given(st.lists(st.integers(-(2**63), LARGEST), max_size=6))
def test_amounts_that_fit_are_exact_and_others_undefined(numbers: list[int]) -> None:
    members = [{"age": number} for number in numbers]
    total = sum(numbers)
    assert computed({"sum": "members[].age"}, members=members) == (total if -(2**63) <= total <= LARGEST else UNDEFINED)


def test_the_answered_leaves_of_a_row_are_its_variables() -> None:
    row = {"a": 1, "b": None, "c": {"d": 2, "e": None}, "f": [], "g": ""}
    assert row_bindings(row) == {"row.a": 1, "row.c.d": 2, "row.f": [], "row.g": ""}

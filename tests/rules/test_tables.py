"""Decision tables: what they decide and refuse, and gaps, overlaps and dead rows against a naive search."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import combinations, product
from typing import Any

import msgspec
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from server.rules.expressions import Environment
from server.rules.tables import (
    MAX_BOXES,
    Cell,
    CompiledTable,
    Decision,
    DecisionTable,
    Undecided,
    compile_table,
    gaps,
    overlaps,
    unreachable_rows,
)
from server.rules.types import BOOL, INT, STRING

ENVIRONMENT = Environment({"a": INT, "b": INT, "c": STRING, "d": BOOL})
CODES = ("x", "y", "z")
INPUTS = {
    "a": {"title": "A", "expression": "a", "type": "int"},
    "b": {"title": "B", "expression": "b", "type": "int"},
    "c": {"title": "C", "expression": "c", "type": "string"},
    "d": {"title": "D", "expression": "d", "type": "bool"},
}


def table(rows: list[dict[str, Any]], *, hit: str = "first", inputs: str = "abcd") -> DecisionTable:
    listed = [{"id": f"r{index}", "then": {"out": f"r{index}"}, "reason": "because", **row} for index, row in enumerate(rows)]
    document = {
        "title": "T",
        "hit": hit,
        "inputs": {name: INPUTS[name] for name in inputs},
        "outputs": {"out": {"title": "Out"}},
        "rows": listed,
        "source": "paragraph 1",
    }
    return msgspec.convert(document, DecisionTable)


def ready(rows: list[dict[str, Any]], **more: Any) -> CompiledTable:
    found = compile_table("t", table(rows, **more), ENVIRONMENT)
    assert isinstance(found, CompiledTable), found
    return found


@st.composite
def intervals(draw: st.DrawFn) -> dict[str, int]:
    low, high = draw(st.sampled_from([None, "at_least", "more_than"])), draw(st.sampled_from([None, "at_most", "below"]))
    assume(low or high)
    return {name: draw(st.integers(-2, 5)) for name in (low, high) if name}


CELLS: dict[str, st.SearchStrategy[dict[str, Any]]] = {
    "a": intervals(),
    "b": intervals(),
    "c": st.lists(st.sampled_from(CODES), min_size=1, max_size=3, unique=True).map(lambda codes: {"codes": codes}),
    "d": st.booleans().map(lambda value: {"is": value}),
}


@st.composite
def tables(draw: st.DrawFn, hit: str = "first") -> DecisionTable:
    inputs = "".join(draw(st.sets(st.sampled_from("abcd"), min_size=1, max_size=3).map(sorted)))
    rows = draw(st.lists(st.fixed_dictionaries({}, optional={name: CELLS[name] for name in inputs}), min_size=1, max_size=5))
    return table([{"when": when} for when in rows], hit=hit, inputs=inputs)


def applies(when: dict[str, Cell], values: dict[str, Any]) -> bool:
    """The meaning of a row, spelt out apart from the product's own."""
    for name, cell in when.items():
        value, holds = values[name], True
        if cell.is_ is not None:
            holds = cell.is_ == value
        elif cell.codes is not None:
            holds = value in cell.codes
        else:
            holds = (cell.at_least is None or cell.at_least <= value) and (cell.more_than is None or cell.more_than < value)
            holds = holds and (cell.at_most is None or value <= cell.at_most) and (cell.below is None or value < cell.below)
        if not holds:
            return False
    return True


def everything(found: DecisionTable) -> Iterator[dict[str, Any]]:
    """Every combination of inputs in a domain that reaches beyond every bound."""
    domains: dict[str, Any] = {"a": range(-5, 9), "b": range(-5, 9), "c": CODES, "d": (True, False)}
    for values in product(*(domains[name] for name in found.inputs)):
        yield dict(zip(found.inputs, values, strict=True))


@given(tables())
def test_gaps_are_exactly_what_a_search_of_all_inputs_finds(found: DecisionTable) -> None:
    uncovered = [values for values in everything(found) if not any(applies(row.when, values) for row in found.rows)]
    told = gaps(found, {"c": CODES})
    assert told is not None
    assert bool(told) == bool(uncovered)
    assert len(told) <= 10
    for example in told:
        assert not any(applies(row.when, example) for row in found.rows)
        assert set(example) == set(found.inputs)


@given(tables("unique"))
def test_overlaps_are_exactly_what_a_search_of_all_inputs_finds(found: DecisionTable) -> None:
    doubly = set()
    for values in everything(found):
        doubly |= set(combinations([row.id for row in found.rows if applies(row.when, values)], 2))
    told = overlaps(found, {"c": CODES})
    assert told is not None
    assert {(first, second) for first, second, _ in told} == doubly
    rows = {row.id: row for row in found.rows}
    for first, second, example in told:
        assert applies(rows[first].when, example)
        assert applies(rows[second].when, example)


@given(tables())
def test_dead_rows_are_exactly_what_a_search_of_all_inputs_finds(found: DecisionTable) -> None:
    reached = {next((row.id for row in found.rows if applies(row.when, values)), "") for values in everything(found)}
    assert unreachable_rows(found, {"c": CODES}) == tuple(row.id for row in found.rows if row.id not in reached)


@settings(max_examples=40)
@given(tables(), st.data())
def test_the_first_row_that_applies_decides(found: DecisionTable, data: st.DataObject) -> None:
    compiled = compile_table("t", found, ENVIRONMENT)
    assert isinstance(compiled, CompiledTable)
    values = data.draw(st.sampled_from(list(everything(found))))
    expected = next((row.id for row in found.rows if applies(row.when, values)), None)
    decided = compiled.decide(values)
    if expected is None:
        assert decided == Undecided(table="t", cause="no-row", inputs=values)
    else:
        assert isinstance(decided, Decision)
        assert (decided.row, decided.outputs, decided.inputs) == (expected, {"out": expected}, values)


@settings(max_examples=40)
@given(tables("collect"), st.data())
def test_a_collecting_table_gathers_all_rows_that_apply(found: DecisionTable, data: st.DataObject) -> None:
    compiled = compile_table("t", found, ENVIRONMENT)
    assert isinstance(compiled, CompiledTable)
    values = data.draw(st.sampled_from(list(everything(found))))
    expected = [row.id for row in found.rows if applies(row.when, values)]
    decided = compiled.decide(values)
    assert (decided.outputs["out"] if isinstance(decided, Decision) else []) == expected


def test_codes_outside_every_list_are_an_example_where_the_list_is_open() -> None:
    found = table([{"when": {"c": {"codes": ["x"]}}}, {"when": {"c": {"codes": ["y"]}}}], inputs="c")
    assert gaps(found, {}) == ({"c": None},)
    assert gaps(found, {"c": ["x", "y"]}) == ()
    assert gaps(found, {"c": ["x", "y", "w"]}) == ({"c": "w"},)


def test_a_row_without_conditions_covers_everything() -> None:
    found = table([{"when": {"d": {"is": True}}}, {}, {"when": {"a": {"below": 3}}}])
    assert gaps(found, {"c": CODES}) == ()
    assert unreachable_rows(found, {"c": CODES}) == ("r2",)


def test_the_borders_of_intervals_are_seen() -> None:
    found = table([{"when": {"a": {"below": 3}}}, {"when": {"a": {"more_than": 3}}}], inputs="a")
    assert gaps(found, {}) == ({"a": 3},)
    touching = table([{"when": {"a": {"at_most": 3}}}, {"when": {"a": {"at_least": 3}}}], inputs="a")
    assert overlaps(touching, {}) == (("r0", "r1", {"a": 3}),)
    assert gaps(touching, {}) == ()


def test_rows_that_overlap_only_together_with_a_third_are_told_as_well() -> None:
    found = table([{"when": {"a": {"below": 9}}}, {"when": {"a": {"below": 5}}}, {"when": {"a": {"below": 3}}}], inputs="a")
    assert {pair[:2] for pair in overlaps(found, {}) or ()} == {("r0", "r1"), ("r0", "r2"), ("r1", "r2")}


def test_a_table_of_too_many_boxes_is_not_decided_instead_of_hanging() -> None:
    rows = [{"when": {"a": {"at_least": 3 * number}, "b": {"at_least": 3 * number}}} for number in range(200)]
    assert MAX_BOXES < (3 * 200) ** 2
    assert gaps(table(rows, inputs="ab"), {}) is None
    assert overlaps(table(rows, inputs="ab"), {}) is None
    assert unreachable_rows(table(rows, inputs="ab"), {}) is None


def test_an_input_without_a_value_is_refused_never_guessed() -> None:
    compiled = ready([{"when": {"a": {"at_least": 0}}}, {}])
    assert compiled.decide({"a": 5, "b": 1, "c": "x"}) == Undecided(
        table="t", cause="undefined-input", inputs={"a": 5, "b": 1, "c": "x"}, detail="d"
    )


def test_a_decision_tells_row_inputs_reason_and_source() -> None:
    rows = [
        {"when": {"a": {"at_least": 9}}, "reason": "A is {a}, not {b}; C is {c}, D {d}", "source": "paragraph 9"},
        {"reason": "otherwise"},
    ]
    decided = ready(rows).decide({"a": 9, "b": 2, "c": "{a}", "d": True})
    assert isinstance(decided, Decision)
    assert decided.reason == "A is 9, not 2; C is {a}, D 是", "a value is never read as a place"
    assert decided.source == "paragraph 9"
    other = ready(rows).decide({"a": 1, "b": 2, "c": "x", "d": False})
    assert isinstance(other, Decision)
    assert (other.row, other.source) == ("r1", "paragraph 1")


def test_inputs_may_be_expressions_over_variables() -> None:
    found = msgspec.convert(
        {
            "title": "T",
            "hit": "unique",
            "inputs": {"late": {"title": "Late", "expression": "a + b > 10", "type": "bool"}},
            "outputs": {"out": {"title": "Out", "type": "int"}},
            "rows": [
                {"id": "yes", "when": {"late": {"is": True}}, "then": {"out": 1}, "reason": "r"},
                {"id": "no", "when": {"late": {"is": False}}, "then": {"out": 0}, "reason": "r"},
            ],
        },
        DecisionTable,
    )
    compiled = compile_table("t", found, ENVIRONMENT)
    assert isinstance(compiled, CompiledTable)
    assert set(compiled.references) == {"a", "b"}
    decided = compiled.decide({"a": 6, "b": 5})
    assert isinstance(decided, Decision)
    assert decided.outputs == {"out": 1}


FAULTS: list[tuple[list[dict[str, Any]], str, str]] = [
    ([{"when": {"e": {"is": True}}}], "/rows/0/when/e", "unknown-table-input"),
    ([{"when": {"a": {"is": True}}}], "/rows/0/when/a", "cell-type"),
    ([{"when": {"a": {"codes": ["1"]}}}], "/rows/0/when/a", "cell-type"),
    ([{"when": {"a": {}}}], "/rows/0/when/a", "cell-type"),
    ([{"when": {"c": {"at_least": 1}}}], "/rows/0/when/c", "cell-type"),
    ([{"when": {"d": {"is": True, "at_least": 1}}}], "/rows/0/when/d", "cell-type"),
    ([{"then": {"other": 1, "out": "x"}}], "/rows/0/then/other", "unknown-table-output"),
    ([{"then": {"out": 5}}], "/rows/0/then/out", "output-type"),
    ([{"then": {}}], "/rows/0/then", "missing-output"),
    ([{}, {"id": "r0"}], "/rows/1/id", "duplicate-row"),
    ([{"reason": "because of {aa}"}], "/rows/0/reason", "unknown-table-input"),
]


@pytest.mark.parametrize(("rows", "pointer", "code"), FAULTS)
def test_a_fault_of_a_row_is_found_at_its_place(rows: list[dict[str, Any]], pointer: str, code: str) -> None:
    found = compile_table("t", table(rows), ENVIRONMENT)
    assert isinstance(found, tuple)
    assert [(fault.pointer, fault.code) for fault in found] == [(pointer, code)]


@pytest.mark.parametrize(
    ("expression", "code"), [("aa > 1", "unknown-field"), ("a", "rule-type"), ("a >", "rule-syntax"), ("c > 1", "rule-operands")]
)
def test_a_fault_of_an_input_is_found_at_its_place(expression: str, code: str) -> None:
    found = table([{}], inputs="d")
    inputs = {"d": msgspec.structs.replace(found.inputs["d"], expression=expression)}
    faults = compile_table("t", msgspec.structs.replace(found, inputs=inputs), ENVIRONMENT)
    assert isinstance(faults, tuple)
    assert [(fault.pointer, fault.code) for fault in faults] == [("/inputs/d/expression", code)]


def test_a_number_is_no_truth_value_and_no_code() -> None:
    found = table([{"then": {"out": "x"}}])
    outputs = {"out": msgspec.structs.replace(found.outputs["out"], type="int")}
    row = msgspec.structs.replace(found.rows[0], then={"out": True})
    faults = compile_table("t", msgspec.structs.replace(found, outputs=outputs, rows=(row,)), ENVIRONMENT)
    assert isinstance(faults, tuple)
    assert [fault.code for fault in faults] == ["output-type"]

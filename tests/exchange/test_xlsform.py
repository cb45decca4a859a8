"""XLSForms keep their structure and the rules that typed rules can say; every other cell is reported."""

from __future__ import annotations

import contextlib
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from importing_forms import converted, part, reported

from server.exchange.importers.sources import Sheet
from server.exchange.importers.xpath import NotExpressible, Scope, Value, to_cel

HEADER = ("type", "name", "label", "hint", "required", "relevant", "constraint", "constraint_message", "calculation", "default")
SURVEY: tuple[tuple[Any, ...], ...] = (
    HEADER,
    ("start", "start"),
    ("note", "intro", "Welcome ${fullName}"),
    ("text", "fullName", "Name", "As on the card", "yes"),
    ("integer", "age", "Age", None, "yes", None, ". >= 18 and . < 120", "Adults only"),
    ("select_one yes_no", "married", "Married?"),
    ("text", "spouse", "Spouse", None, "${married} = 'yes'", "${married} = 'yes'"),
    ("select_multiple fruit", "fruit", "Fruit", None, None, "${age} > 20 or ${fullName} = ''"),
    ("begin group", "home", "Home", None, None, "selected(${fruit}, 'apple')"),
    ("decimal", "rooms", "Rooms", None, None, None, ". <= 9.5"),
    ("calculate", "twice", "Twice", None, None, None, None, None, "${age} * 2"),
    ("end group",),
    ("begin repeat", "child", "Children"),
    ("text", "childName", "Name"),
    ("date", "born", "Born", None, None, None, ". <= today()"),
    ("text", "school", "School", None, None, "string-length(${childName}) > 1"),
    ("begin repeat", "toy", "Toys"),
    ("text", "toyName", "Toy"),
    ("end repeat",),
    ("end repeat",),
    ("geopoint", "place", "Place", None, None, "pulldata('a', 'b') = 1"),
    ("range", "score", "Score", None, None, None, None, None, None, "5"),
    ("frobnicate", "odd", "Odd"),
)
CHOICES: tuple[tuple[Any, ...], ...] = (
    ("list_name", "name", "label::English (en)", "label::中文 (zh)", "image"),
    ("yes_no", "yes", "Yes", "是"),
    ("yes_no", "no", "No", "否"),
    ("fruit", "apple", "Apple", "苹果", "apple.png"),
    ("fruit", "pear", "Pear", "梨"),
    ("unused", "x", "X", "叉"),
)
SETTINGS: tuple[tuple[Any, ...], ...] = (("form_title", "version"), ("Household", 3))


def sheets(survey: Any = SURVEY, choices: Any = CHOICES, settings: Any = SETTINGS) -> tuple[Sheet, ...]:
    return (Sheet(name="survey", rows=survey), Sheet(name="choices", rows=choices), Sheet(name="settings", rows=settings))


def test_questions_become_fields_in_their_places() -> None:
    made = converted("xlsform", sheets=sheets())
    schema, layout = part(made, "data.schema"), part(made, "ui")
    assert schema["title"] == "Household"
    assert [page["label"] for page in layout["elements"]][2:] == ["基本信息", "Home", "Children", "基本信息（2）"]
    properties = schema["properties"]
    assert properties["full_name"] == {"title": "Name", "description": "As on the card", "type": "string"}
    assert [option["title"] for option in properties["married"]["oneOf"]] == ["是", "否"]
    assert properties["fruit"]["items"]["oneOf"][0] == {"const": "apple", "title": "苹果"}
    assert properties["rooms"]["x-element"] == {"kind": "decimal", "scale": 2}
    assert properties["twice"]["type"] == "integer"
    assert set(properties["child"]["items"]["properties"]) == {"child_name", "born", "school"}
    assert {"full_name", "age"} <= set(schema["required"])


def test_expressions_become_rules() -> None:
    logic = part(converted("xlsform", sheets=sheets()), "logic")
    fields = logic["fields"]
    assert fields["spouse"] == {"relevant": 'married == "yes"', "required": 'married == "yes"'}
    assert fields["fruit"]["relevant"] == "(age > 20 || !answered.full_name)"
    assert fields["rooms"]["relevant"] == fields["twice"]["relevant"] == '"apple" in fruit'
    assert fields["twice"]["computed"] == "(age * 2)"
    assert fields["child[].school"]["relevant"] == "size(row.child_name) > 1"
    assert fields["score"]["suggested"] == "5"
    held = {one["at"]: (one["holds"], one["message"]) for one in logic["assertions"].values()}
    assert held["age"] == ("(age >= 18 && age < 120)", "Adults only")
    assert held["rooms"][0] == "rooms <= 950"
    assert held["child[].born"][0] == "row.born <= day.today"


def test_every_cell_is_spoken_for() -> None:
    made = converted("xlsform", sheets=sheets())
    assert reported(made) >= {
        ("survey!A2", "device-only"),
        ("survey!C3", "values-in-text"),
        ("survey!A17", "rows-in-rows"),
        ("survey!A18", "rows-in-rows"),
        ("survey!A21", "answered-as-text"),
        ("survey!F21", "expression"),
        ("survey!J22", "default-suggested"),
        ("survey!A23", "type-without-field"),
        ("choices!C2", "other-language"),
        ("choices!E4", "not-understood"),
        ("choices!B6", "list-unused"),
        ("settings!B2", "settings-only"),
    }
    filled = {
        f"survey!{chr(65 + c)}{r + 1}" for r, row in enumerate(SURVEY) if r for c, value in enumerate(row) if value is not None
    }
    assert filled <= {note.place for note in made.notes}


def test_blocks_that_do_not_match_are_reported() -> None:
    made = converted("xlsform", sheets=sheets((HEADER, ("end group",), ("begin group", "a", "A"), ("text", "b", "B"))))
    assert {("survey!A2", "unbalanced"), ("survey!A3", "unbalanced")} <= reported(made)


NAMES = st.sampled_from(["a", "b", "姓名", None])
TYPES = st.sampled_from(
    [
        *("text", "integer", "decimal", "date", "note", "calculate", "image", "select_one yes_no", "select_multiple fruit"),
        *("begin group", "end group", "begin repeat", "end repeat", "select_one nowhere", "odd", None, 5),
    ]
)
RULES = st.sampled_from([None, "yes", "${a} = 'x'", ". > 1", "not(${b})", "${a} + ${b}", "selected(${a}, 'yes')", "(" * 50, True])
ROWS = st.tuples(TYPES, NAMES, st.one_of(st.none(), st.text(max_size=8)), st.none(), RULES, RULES, RULES, st.none(), RULES, RULES)


@given(st.lists(ROWS, max_size=12))
def test_any_survey_becomes_a_form_or_nothing(rows: Any) -> None:
    converted("xlsform", sheets=sheets((HEADER, *rows)))


def field(name: str) -> Value | None:
    kinds = {"t": ("string", 0), "n": ("int", 0), "d": ("int", 2), "m": ("list", 0), "b": ("bool", 0)}
    return Value(cel=name, kind=kinds[name][0], scale=kinds[name][1], path=name) if name in kinds else None


SCOPE = Scope(field=field, own=field("t"), answered=lambda path: f"answered.{path}", today=lambda: "day.today")


@pytest.mark.parametrize(
    ("text", "cel"),
    [
        ("${n} = 5", "n == 5"),
        ("${d} >= 1.25", "d >= 125"),
        ("${t} = 5", 't == "5"'),
        ("${t} != ''", "answered.t"),
        ("${n} + 1 > 3", "(n + 1) > 3"),
        ("-${n} < -2", "-n < -2"),
        ("not(${b}) and true()", "(!(b) && true)"),
        ("selected(${m}, 'a')", '"a" in m'),
        ("selected(${t}, 'a')", 't == "a"'),
        ("count-selected(${m}) >= 2", "size(m) >= 2"),
        ("regex(., '[A-Z]{2}')", 't.matches("^(?:[A-Z]{2})$")'),
        ("if(${b}, 'x', ${t}) = 'x'", '(b ? "x" : t) == "x"'),
        ("concat(${t}, '-', ${t})", '(t + "-" + t)'),
        ('${t} = "it\'s"', 't == "it\'s"'),
        ("${n} mod 2 = 0", "(n % 2) == 0"),
    ],
)
def test_an_expression_that_typed_rules_can_say_is_said(text: str, cel: str) -> None:
    assert to_cel(text, SCOPE).cel == cel


@pytest.mark.parametrize(
    "text",
    [
        "",
        "${unknown} = 1",
        "${n} = ${t}",
        "${n} div 2",
        "${d} = 1.234",
        "pulldata('a', 'b')",
        "count(${m})",
        "/data/a = 1",
        "../a = 1",
        "${n} =",
        "1 2",
        "'open",
        "(" * 3_000,
        "-" * 3_000 + "1",
        "not(" * 500,
        "${n} = 1 or " * 400 + "true()",
        "position(..)",
        "${m} = 'a'",
    ],
)
def test_an_expression_that_they_cannot_say_is_refused(text: str) -> None:
    with pytest.raises(NotExpressible):
        to_cel(text, SCOPE)


@given(st.text(st.sampled_from("${}tndmb='\"()<>!+-*., andornotselected123"), max_size=60))
def test_any_text_is_a_rule_or_refused(text: str) -> None:
    with contextlib.suppress(NotExpressible):
        assert to_cel(text, SCOPE).cel

"""What is wrong with answers: everything at once, each at its place, in words."""

from __future__ import annotations

import copy
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import jsonschema
import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from real_form import EXAMPLES, context, data_of, drafts, example, form
from small_forms import CONTEXT, compiled, control, definition, surroundings

from server.documents.pointer import MISSING, escape, format_pointer, remove, replace, resolve
from server.findings import Problem
from server.forms.compile import CompiledForm
from server.forms.data import EMPTY, FormData
from server.forms.schema_check import schema_problems
from server.forms.settle import settle
from server.forms.validate import Checked, check_instance, validate
from server.messages.problems import PROBLEMS, problem_text

TEXT = {"type": "string", "title": "Text"}
NUMBER = {"type": "integer", "title": "Number", "minimum": 1, "maximum": 9}
YES_NO = {"type": "boolean", "title": "Answer"}

#: Values of every type, near and far from what forms expect.
JUNK = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(-(2**60), 2**60),
    st.floats(allow_nan=False, allow_infinity=False),
    st.text(max_size=5),
    st.sampled_from(["1", "true", "2020-02-30", "140105", "１４０", "month", "x" * 3000, "110101199003070011"]),
    st.just([]),
    st.just({}),
    st.just([{}, {}]),
    st.just({"region": 5, "extra": 1}),
    st.just({"period": "week", "amount": -1}),
)


def checked(found: CompiledForm, data: FormData, page: str | None = None) -> Checked:
    return validate(found, settle(found, data, CONTEXT), context=CONTEXT, page=page)


def codes(problems: tuple[Problem, ...]) -> list[tuple[str, str]]:
    return [(problem.pointer, problem.code) for problem in problems]


def places(value: Any, segments: tuple[str | int, ...] = ()) -> Iterator[str]:
    yield format_pointer(segments)
    members = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for key, member in members:
        yield from places(member, (*segments, key))


@st.composite
def mutated(draw: st.DrawFn) -> Any:
    """The answers of an example with some places changed, removed, added or doubled."""
    instance = copy.deepcopy(example(draw(st.sampled_from([path.stem for path in EXAMPLES])))["answers"])
    for _ in range(draw(st.integers(1, 4))):
        pointer = draw(st.sampled_from(list(places(instance))[1:]))
        match draw(st.sampled_from(["replace", "remove", "add", "double"])):
            case "replace":
                instance = replace(instance, pointer, draw(JUNK))
            case "remove":
                instance = remove(instance, pointer)
            case "add" if isinstance(resolve(instance, pointer), dict):
                instance = replace(instance, f"{pointer}/{escape(draw(st.text(max_size=4)))}", draw(JUNK))
            case "double" if isinstance(listed := resolve(instance, pointer), list):
                instance = replace(instance, pointer, [*listed, *copy.deepcopy(listed)])
        if len(list(places(instance))) < 2:
            break
    return instance


@settings(max_examples=150)
@given(mutated())
def test_our_validator_finds_what_the_reference_implementation_finds(instance: Any) -> None:
    reference = jsonschema.Draft202012Validator(form().schema, format_checker=jsonschema.Draft202012Validator.FORMAT_CHECKER)
    expected = {(format_pointer(list(error.absolute_path)), str(error.validator)) for error in reference.iter_errors(instance)}
    found = {(format_pointer(error.instance_path), error.kind.name) for error in form().validator.iter_errors(instance)}
    assert found == expected
    assert form().validator.is_valid(instance) == (not expected)


@settings(max_examples=100)
@given(mutated() | JUNK)
def test_any_instance_is_settled_and_every_problem_has_its_words(instance: Any) -> None:
    settled, found = check_instance(form(), instance, context())
    assert form().validator.is_valid(settled.instance) or found.problems
    pointers = [problem.pointer for problem in found.problems]
    assert len(set(pointers)) == len(pointers)
    for problem in (*found.problems, *found.warnings):
        words = problem_text(problem)
        assert words
        assert "{" not in words or "{" in str(problem.params)
        assert problem.code in PROBLEMS or problem.code.startswith("assertion:")


@settings(max_examples=60)
@given(mutated())
def test_a_schema_error_the_reference_finds_is_never_accepted(instance: Any) -> None:
    reference = jsonschema.Draft202012Validator(form().schema, format_checker=jsonschema.Draft202012Validator.FORMAT_CHECKER)
    settled, found = check_instance(form(), instance, context())
    if not found.problems:
        assert reference.is_valid(settled.instance)


@settings(max_examples=20)
@given(drafts())
def test_problems_of_the_pages_are_the_problems_of_the_form(data: FormData) -> None:
    settled = settle(form(), data, context())
    whole = validate(form(), settled, context=context())
    by_page = [validate(form(), settled, context=context(), page=page.id) for page in form().pages]
    assert [problem for page in by_page for problem in page.problems] == list(whole.problems)


@settings(max_examples=20)
@given(drafts())
def test_no_hidden_answer_has_a_problem(data: FormData) -> None:
    settled = settle(form(), data, context())
    hidden = {place.pointer for place in settled.places if place.pointer in settled.hidden}
    for problem in validate(form(), settled, context=context()).problems:
        assert not any(problem.pointer == pointer or problem.pointer.startswith(f"{pointer}/") for pointer in hidden)


@pytest.mark.parametrize(
    ("instance", "expected"),
    [
        ([], [("", "not-an-object")]),
        (None, [("", "not-an-object")]),
        ("text", [("", "not-an-object")]),
        ({"text": 5}, [("/text", "schema-type")]),
        ({"text": None}, [("/text", "schema-type")]),
        ({"number": "5"}, [("/number", "schema-type")]),
        ({"number": True}, [("/number", "schema-type")]),
        ({"number": 1.5}, [("/number", "schema-type")]),
        ({"number": float("nan")}, [("/number", "schema-type")]),
        ({"number": float("inf")}, [("/number", "schema-type")]),
        ({"number": 10**30}, [("/number", "schema-maximum")]),
        ({"number": 0}, [("/number", "schema-minimum")]),
        ({"yes": "true"}, [("/yes", "schema-type")]),
        ({"rows": {}}, [("/rows", "schema-type")]),
        ({"rows": [5]}, [("/rows/0", "schema-type")]),
        ({"rows": [{"x": "a"}, {"x": 5}]}, [("/rows/1/x", "schema-type")]),
        ({"rows": [{"x": "a", "y": 1}]}, [("/rows/0/y", "unknown-field")]),
        ({"other": 1, "a/b~c": 2, "line\nend": 3}, [(p, "unknown-field") for p in ("/a~1b~0c", "/line\nend", "/other")]),
        ({"text": {"deep": {}}}, [("/text", "schema-type")]),
        ({"number": 5.0}, []),
        ({"rows": []}, []),
        ({}, []),
    ],
)
def test_an_instance_that_is_no_application_is_refused_at_its_place(instance: Any, expected: list[tuple[str, str]]) -> None:
    row = {"type": "object", "properties": {"x": TEXT}}
    properties = {"text": TEXT, "number": NUMBER, "yes": YES_NO, "rows": {"type": "array", "title": "Rows", "items": row}}
    elements = [control("text"), control("number"), control("yes"), control("rows", options={"detail": [control("x")]})]
    _, found = check_instance(compiled(definition(properties, elements)), instance, CONTEXT)
    assert sorted(codes(found.problems)) == sorted(expected)


def test_text_that_no_program_can_store_is_replaced_before_anything_else() -> None:
    settled, found = check_instance(compiled(definition({"text": TEXT})), {"text": "a\ud800b", "\udfff": 1}, CONTEXT)
    assert settled.instance == {"text": "a?b"}
    assert codes(found.problems) == [("/?", "unknown-field")]
    msgspec.json.encode([settled.instance, found])


def test_an_instance_of_a_thousand_levels_is_refused() -> None:
    deep: Any = {}
    for _ in range(1_000):
        deep = {"text": deep}
    _, found = check_instance(compiled(definition({"text": TEXT})), deep, CONTEXT)
    assert codes(found.problems) == [("/text", "schema-type")]


def test_whole_numbers_written_as_decimals_are_integers() -> None:
    settled, _ = check_instance(compiled(definition({"number": NUMBER})), {"number": 5.0}, CONTEXT)
    assert repr(settled.instance["number"]) == "5"


def test_irrelevant_and_computed_answers_of_an_instance_are_dropped_with_a_warning() -> None:
    logic = {"fields": {"text": {"relevant": "yes"}, "number": {"computed": "size(text)"}}}
    form = compiled(definition({"yes": YES_NO, "text": TEXT, "number": NUMBER}, logic=logic))
    settled, found = check_instance(form, {"yes": False, "text": "abc", "number": 7}, CONTEXT)
    assert settled.instance == {"yes": False}
    assert codes(found.warnings) == [("/text", "not-relevant")]
    settled, found = check_instance(form, {"yes": True, "text": "abc", "number": 7}, CONTEXT)
    assert settled.instance["number"] == 3


def test_required_rows_that_are_missing_are_asked_for_at_the_group() -> None:
    row = {"type": "object", "properties": {"x": TEXT}, "required": ["x"]}
    rows = {"type": "array", "title": "Rows", "items": row, "minItems": 2}
    form = compiled(definition({"rows": rows}, [control("rows", options={"detail": [control("x")]})], required=["rows"]))
    assert codes(checked(form, EMPTY).problems) == [("/rows", "required-add")]
    one = FormData(rows={"/rows": ("k",)}, values={"/rows/@k/x": "a"})
    assert codes(checked(form, one).problems) == [("/rows", "schema-minItems")]
    two = FormData(rows={"/rows": ("k", "m")}, values={"/rows/@k/x": "a"})
    assert codes(checked(form, two).problems) == [("/rows/@m/x", "required-enter")]


def test_problems_stand_in_the_order_of_the_form_row_by_row() -> None:
    row = {"type": "object", "properties": {"x": TEXT, "y": NUMBER}, "required": ["x", "y"]}
    properties = {"last": TEXT, "rows": {"type": "array", "items": row}, "first": TEXT}
    elements = [control("first"), control("rows", options={"detail": [control("x"), control("y")]}), control("last")]
    form = compiled(definition(properties, elements, required=["first", "last"]))
    data = FormData(rows={"/rows": ("b", "a")}, values={"/rows/@a/x": "x", "/rows/@b/y": 99})
    assert [problem.pointer for problem in checked(form, data).problems] == [
        "/first",
        "/rows/@b/x",
        "/rows/@b/y",
        "/rows/@a/y",
        "/last",
    ]


def test_fields_with_one_name_inside_another_keep_their_own_order() -> None:
    form = compiled(definition({"name_2": TEXT, "name": TEXT}, required=["name", "name_2"]))
    assert [problem.pointer for problem in checked(form, EMPTY).problems] == ["/name_2", "/name"]


def test_an_input_has_one_problem_and_the_first_to_know_it_words_it() -> None:
    number = {"type": "string", "title": "Number", "pattern": "^[0-9]{18}$", "x-element": "resident_id"}
    form = compiled(definition({"number": number, "again": TEXT}, logic={"assertions": {"same": same_as("number")}}))
    found = checked(form, FormData(values={"/number": "12", "/again": "13"}))
    assert codes(found.problems) == [("/number", "id-number-length")]


def same_as(name: str) -> dict[str, str]:
    return {"at": name, "holds": f"again == {name}", "message": "must be the same"}


def test_an_assertion_holds_while_it_is_undefined_and_speaks_its_own_words() -> None:
    form = compiled(definition({"text": TEXT, "again": TEXT}, logic={"assertions": {"same": same_as("text")}}))
    assert checked(form, FormData(values={"/text": "a"})).problems == ()
    [problem] = checked(form, FormData(values={"/text": "a", "/again": "b"})).problems
    assert (problem.pointer, problem.code, problem_text(problem)) == ("/text", "assertion:same", "must be the same")


def test_a_warning_does_not_prevent_and_gives_way_to_a_problem() -> None:
    warned = {"same": {**same_as("text"), "severity": "warning"}}
    form = compiled(definition({"text": {**TEXT, "maxLength": 2}, "again": TEXT}, logic={"assertions": warned}))
    found = checked(form, FormData(values={"/text": "a", "/again": "b"}))
    assert (found.problems, codes(found.warnings)) == ((), [("/text", "assertion:same")])
    found = checked(form, FormData(values={"/text": "abc", "/again": "b"}))
    assert (codes(found.problems), found.warnings) == ([("/text", "schema-maxLength")], ())


def test_an_assertion_about_rows_stands_in_the_row_it_is_broken_in() -> None:
    row = {"type": "object", "properties": {"x": TEXT}}
    logic = {"assertions": {"short": {"at": "rows[].x", "holds": "size(row.x) < 2", "message": "too long"}}}
    elements = [control("rows", options={"detail": [control("x")]})]
    form = compiled(definition({"rows": {"type": "array", "items": row}}, elements, logic=logic))
    data = FormData(rows={"/rows": ("b", "a", "c")}, values={"/rows/@a/x": "abc", "/rows/@b/x": "b"})
    assert codes(checked(form, data).problems) == [("/rows/@a/x", "assertion:short")]
    _, found = check_instance(form, {"rows": [{"x": "b"}, {"x": "abc"}]}, CONTEXT)
    assert codes(found.problems) == [("/rows/1/x", "assertion:short")]


def test_an_option_that_is_not_offered_now_is_refused() -> None:
    codes_of = {"type": "string", "title": "Choice", "oneOf": [{"const": "1"}, {"const": "2"}]}
    several = {"type": "array", "title": "Several", "items": codes_of}
    logic = {"fields": {name: {"options": "yes ? ['1'] : ['2']"} for name in ("one", "several")}}
    form = compiled(definition({"yes": YES_NO, "one": codes_of, "several": several}, logic=logic))
    values = {"/yes": True, "/one": "2", "/several": ["1", "2"]}
    assert codes(checked(form, FormData(values=values)).problems) == [
        ("/one", "option-not-offered"),
        ("/several", "option-not-offered"),
    ]
    assert checked(form, FormData(values={**values, "/one": "1", "/several": ["1"]})).problems == ()


def test_only_the_problems_of_a_page_are_told_for_a_page() -> None:
    form = compiled(definition({"a": TEXT, "b": TEXT}, pages={"one": [control("a")], "two": [control("b")]}, required=["a", "b"]))
    assert codes(checked(form, EMPTY, "one").problems) == [("/a", "required-enter")]
    assert codes(checked(form, EMPTY, "two").problems) == [("/b", "required-enter")]
    assert checked(form, EMPTY, "three").problems == ()


def test_rules_that_contradict_each_other_prevent_submission() -> None:
    logic = {"facts": {"given": {"is_answered": "text"}}, "fields": {"text": {"relevant": "!given"}}}
    found = checked(compiled(definition({"text": TEXT}, logic=logic)), FormData(values={"/text": "x"}))
    assert codes(found.problems) == [("", "rules-contradict")]


def test_unreadable_text_is_told_instead_of_a_missing_answer_and_quoted_shortly() -> None:
    form = compiled(definition({"number": NUMBER}, required=["number"]))
    [problem] = checked(form, FormData(raw={"/number": "many " * 100})).problems
    assert problem.code == "unreadable-integer"
    assert len(problem_text(problem)) < 100


def test_materials_of_an_instance_are_checked_as_files() -> None:
    form = compiled(definition({"text": TEXT}), surroundings({"materials": ["card"]}))
    _, found = check_instance(form, {"materials": {"card": [{"name": "a.jpg"}]}}, CONTEXT)
    assert found.problems == ()
    _, found = check_instance(
        form,
        {
            "materials": {
                "card": [{"path": "/etc/passwd"}],
                "other": [],
            }
        },
        CONTEXT,
    )
    assert sorted(codes(found.problems)) == [("/materials/card/0/path", "unknown-field"), ("/materials/other", "unknown-field")]
    _, found = check_instance(form, {"materials": {"card": "a.jpg"}}, CONTEXT)
    assert codes(found.problems) == [("/materials/card", "schema-type")]


def test_a_household_of_two_hundred_is_checked_member_by_member() -> None:
    instance = copy.deepcopy(example("family_of_eight")["answers"])
    first = instance["household_members"][0]
    instance["household_members"] = [{**first, "id_number": "140214197911050640"} for _ in range(200)]
    settled, found = check_instance(form(), instance, context())
    assert len(settled.instance["household_members"]) == 200
    wrong = [problem for problem in found.problems if problem.code == "id-number-check"]
    assert [problem.pointer for problem in wrong] == [f"/household_members/{number}/id_number" for number in range(200)]
    again = settle(form(), data_of(instance), context())
    assert len(validate(form(), again, context=context()).problems) >= 200


def test_the_words_of_problems_name_every_parameter_they_are_given() -> None:
    """Every code that the code can yield has a text, and every text names only parameters that come with its code."""
    source = "\n".join(path.read_text() for path in (Path(__file__).parents[2] / "server/forms").rglob("*.py"))
    for code in re.findall(r'code="([a-z-]+)"|KindProblem\("[^"]*", "([a-z-]+)"', source):
        assert "".join(code) in PROBLEMS
    wanted = {name for text in PROBLEMS.values() for name in re.findall(r"\{(\w+)\}", text)}
    assert wanted <= {"label", "limit", "part", "text", "length", "region", "reason", "field", "step", "places"}


@pytest.mark.parametrize("code", sorted(PROBLEMS))
def test_a_problem_without_parameters_still_has_words(code: str) -> None:
    assert problem_text(Problem(pointer="/a", code=code, params=dict.fromkeys(re.findall(r"\{(\w+)\}", PROBLEMS[code]), "x")))


def test_the_pointer_of_a_problem_is_where_the_answer_stands() -> None:
    for name in ("family_of_eight", "expenditure_family"):
        instance = copy.deepcopy(example(name)["answers"])
        instance["household_members"][1]["id_number"] = "1"
        instance["applicant"]["phone"] = "1"
        _, found = check_instance(form(), instance, context())
        assert all(resolve(instance, problem.pointer) == "1" for problem in found.problems)
        assert resolve(instance, "/household_members/1/id_number") is not MISSING
        assert len(found.problems) == 2


def test_what_the_schema_says_is_worded_by_field_part_and_limit() -> None:
    income = {
        "type": "object",
        "title": "Income",
        "x-element": "income",
        "properties": {"period": TEXT, "amount": {"type": "integer", "title": "Amount", "minimum": 100, "x-money": "CNY"}},
    }
    codes = {"materials": {"codes": {"card": {"title": "Identity card"}}}}
    form = compiled(definition({"number": NUMBER, "income": income}), surroundings({"codelists": codes, "materials": ["card"]}))
    instance = {"number": 10, "income": {"amount": 5}, "materials": {"card": [{"name": ""}]}, "other": 1}
    for _ in range(2):
        found = {problem.pointer: (problem.code, problem.params) for problem in schema_problems(form, instance)}
        assert found == {
            "/number": ("schema-maximum", {"label": "Number", "limit": "9"}),
            "/income/amount": ("schema-minimum", {"label": "Income的Amount", "limit": "1"}),
            "/materials/card/0/name": ("schema-minLength", {"label": "Identity card", "limit": 1}),
            "/other": ("unknown-field", {"field": "other"}),
        }

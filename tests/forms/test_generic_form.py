"""Schemas that nobody laid out: each becomes a form fit for use, and what it is filled with comes back the same."""

from __future__ import annotations

from typing import Any

import jsonschema
import pytest
from any_service import ANY_SCHEMA
from browser import posted_by
from html_text import faults_of, parse
from hypothesis import given, settings
from hypothesis import strategies as st
from schema_corpus import SAMPLES, Drawn, Sample, drawn
from schema_suite import every_group, files, groups
from small_forms import CONTEXT, new_keys
from test_json_schema import ANY_JSON, bomb

from server.findings import Problem
from server.forms.compile import MAX_GROUPS
from server.forms.data import EMPTY, FormData
from server.forms.decode import decode
from server.forms.generic.collecting import MOST_FIELDS
from server.forms.generic.form import PAGE, Answer, GenericForm, fill, generic_form, read
from server.forms.json_schema import DRAFT_7
from server.forms.json_values import same_json
from server.forms.render import PageRequest, Renderer
from server.forms.settle import settle
from server.messages.findings import FINDINGS
from server.messages.problems import PROBLEMS, problem_text


class Desk:
    """Somebody at the page of a schema's form."""

    def __init__(self, schema: Any) -> None:
        found = generic_form(schema)
        assert isinstance(found, GenericForm), found
        self.generic = found
        self.renderer = Renderer(found.form)

    def page(self, data: FormData, problems: tuple[Problem, ...] = ()) -> bytes:
        settled = settle(self.generic.form, data, CONTEXT)
        return self.renderer.page(self.generic.form.pages[0], settled, problems, PageRequest(action="here"))

    def sent_back(self, instance: Any) -> tuple[FormData, Answer]:
        """What is read from the post of a page that shows the instance."""
        data = fill(self.generic, instance)
        html = self.page(data)
        decoded = decode(self.generic.form, FormData(rows=data.rows), posted_by(html), page=PAGE, new_keys=new_keys())
        assert decoded.ignored == ()
        return data, self.answer(decoded.data)

    def answer(self, data: FormData) -> Answer:
        return read(self.generic, settle(self.generic.form, data, CONTEXT), CONTEXT)

    def way(self, data: FormData) -> str:
        return str(data.values[f"/{self.generic.root.field}"])


def test_the_corpus_is_large_and_what_it_says_is_true() -> None:
    schemas = {repr(sample.schema) for sample in SAMPLES} | {repr(group.schema) for group in every_group()}
    assert len({sample.name for sample in SAMPLES}) == len(SAMPLES) >= 70
    assert len(schemas) >= 500
    for sample in SAMPLES:
        validator = jsonschema.validators.validator_for(sample.schema)(sample.schema)
        assert [value for value in (*sample.fitting, *sample.loose) if not validator.is_valid(value)] == [], sample.name


@pytest.mark.parametrize("sample", SAMPLES, ids=lambda sample: sample.name)
def test_what_is_shown_is_posted_and_read_unchanged(sample: Sample) -> None:
    desk = Desk(sample.schema)
    for ways, values in (("form", sample.fitting), ("json", sample.loose)):
        for value in values:
            data, answer = desk.sent_back(value)
            assert desk.way(data) == ways, value
            assert answer.given and same_json(answer.instance, value)
            assert answer.problems == ()


@pytest.mark.parametrize("sample", SAMPLES, ids=lambda sample: sample.name)
def test_the_form_is_fit_for_use_blank_and_filled(sample: Sample) -> None:
    desk = Desk(sample.schema)
    assert faults_of(parse(desk.page(EMPTY))) == []
    answer = desk.answer(EMPTY)
    assert faults_of(parse(desk.page(EMPTY, answer.problems))) == []
    assert faults_of(parse(desk.page(fill(desk.generic, sample.fitting[-1])))) == []


@pytest.mark.parametrize(("draft", "file"), [one for one in files() if "optional" not in one[1]], ids=lambda part: part)
def test_instances_of_the_official_suite_come_back_whether_valid_or_not(draft: str, file: str) -> None:
    wrong = []
    for group in groups(draft, file):
        found = generic_form(group.schema)
        if not isinstance(found, GenericForm):
            assert {finding.code for finding in found} == {"unknown-reference"}, "only documents elsewhere are missing"
            continue
        desk = Desk(group.schema)
        for case in group.cases:
            _, answer = desk.sent_back(case["data"])
            if not answer.given or not same_json(answer.instance, case["data"]):
                wrong.append(f"{group.description} | {case['description']}: {answer.instance}")
            if bool(answer.problems) != bool(desk.generic.validator.problems(case["data"])):
                wrong.append(f"{group.description} | {case['description']}: {answer.problems}")
    assert wrong == []


@settings(max_examples=100, derandomize=True)
@given(drawn())
def test_a_drawn_instance_of_a_drawn_schema_comes_back(found: Drawn) -> None:
    jsonschema.Draft202012Validator(found.schema).validate(found.instance)
    desk = Desk(found.schema)
    _, answer = desk.sent_back(found.instance)
    assert answer.given and same_json(answer.instance, found.instance)
    assert answer.problems == ()


@settings(max_examples=60, derandomize=True)
@given(ANY_SCHEMA, ANY_JSON)
def test_any_schema_is_a_form_or_findings_and_any_instance_comes_back(schema: Any, instance: Any) -> None:
    found = generic_form(schema)
    if isinstance(found, GenericForm):
        desk = Desk(schema)
        _, answer = desk.sent_back(instance)
        assert answer.given and same_json(answer.instance, instance)
        assert faults_of(parse(desk.page(fill(found, instance), answer.problems))) == []
        for problem in answer.problems:
            assert problem.code in PROBLEMS and problem_text(problem)


KEYWORDS = (
    *("properties", "required", "type", "enum", "const", "items", "prefixItems", "minItems", "title", "description", "oneOf"),
    *("anyOf", "allOf", "$ref", "additionalProperties", "if", "then", "dependentSchemas", "dependencies", "minProperties"),
    *("additionalItems", "$id", "$anchor", "patternProperties", "unevaluatedProperties", "$dynamicRef", "pattern", "$defs"),
)
ODD = ANY_JSON | st.sampled_from(["#", "#/odd", "object", ["object", "array"], [{"type": "string"}], {"a": {"type": "string"}}])


@settings(max_examples=150, derandomize=True)
@given(st.dictionaries(st.sampled_from(KEYWORDS), ODD, min_size=1, max_size=4), st.booleans(), st.booleans())
def test_references_into_what_is_no_schema_are_survived(odd: dict[str, Any], inside: bool, older: bool) -> None:
    schema: dict[str, Any] = {"properties": {"a": {"$ref": "#/odd"}}} if inside else {"$ref": "#/odd", **odd}
    found = generic_form({"odd": odd, **schema, **({"$schema": DRAFT_7} if older else {})})
    assert isinstance(found, GenericForm) or {finding.code for finding in found} <= FINDINGS.keys()


def test_numbers_beside_a_reference_of_draft_07_mean_nothing() -> None:
    schema = {"$schema": DRAFT_7, "properties": {"a": {"$ref": "#/odd"}}, "odd": {"$ref": "#", "minProperties": ["x"], "type": 3}}
    _, answer = Desk(schema).sent_back({"a": {"a": {}}})
    assert answer.instance == {"a": {"a": {}}}


def test_an_item_left_out_between_others_is_told() -> None:
    schema = {"type": "array", "prefixItems": [{"type": "string"}, {"type": "string"}, {"type": "string"}]}
    instance, problems = post(schema, ("/f2", "a"), ("/f4", "c"))
    assert instance == ["a", "c"]
    assert [text for _, text in problems] == ["第 2 项没有填写，后面的却填了；请补上，或把后面的往前移"]


@settings(max_examples=30, derandomize=True)
@given(drawn(), st.data())
def test_any_post_is_read_without_failing(found: Drawn, data: st.DataObject) -> None:
    desk = Desk(found.schema)
    names = [name for name, _ in posted_by(desk.page(fill(desk.generic, found.instance)))]
    texts = st.sampled_from(["", "1", "form", "json", "true", '"', "[", "[1", "{}", "\x00", "９", "1e999", "[" * 999]) | st.text(
        max_size=4
    )
    fields = data.draw(st.lists(st.tuples(st.sampled_from(names), texts), max_size=12))
    rows = fill(desk.generic, found.instance).rows
    answer = desk.answer(decode(desk.generic.form, FormData(rows=rows), fields, page=PAGE, new_keys=new_keys()).data)
    for problem in answer.problems:
        assert problem.code in PROBLEMS and problem_text(problem)


def deep(levels: int) -> Any:
    schema: Any = {"type": "object"}
    for _ in range(levels):
        schema = {"properties": {"a": schema}}
    return schema


HOSTILE: dict[str, Any] = {
    "two to the sixtieth parts": bomb(2, 60),
    "a reference to itself": {"$ref": "#"},
    "an object of itself in ten ways": {
        "anyOf": [{"properties": {f"a{n}": {"$ref": "#"}}, "required": [f"a{n}"]} for n in range(10)]
    },
    "ten members that are all the whole": {"properties": {f"m{n}": {"$ref": "#"} for n in range(10)}},
    "lists of lists": {"items": {"$ref": "#"}, "type": "array"},
    "as deep as schemas may be": deep(90),
    "five thousand members": {"properties": {f"m{n}": {"type": "string"} for n in range(5_000)}},
    "a thousand lists": {"properties": {f"m{n}": {"type": "array", "items": {}} for n in range(1_000)}},
    "a thousand first items": {"prefixItems": [{"type": "string"}] * 1_000},
    "a thousand choices": {"oneOf": [{"type": "object", "properties": {f"m{n}": {}}} for n in range(1_000)]},
    "circle of all of": {
        "$defs": {"a": {"allOf": [{"$ref": "#/$defs/b"}]}, "b": {"allOf": [{"$ref": "#/$defs/a"}]}},
        "$ref": "#/$defs/a",
    },
}


@pytest.mark.parametrize("name", HOSTILE)
def test_a_hostile_schema_is_a_form_of_bounded_size(name: str) -> None:
    desk = Desk(HOSTILE[name])
    assert len(desk.generic.form.fields) <= MOST_FIELDS + 60
    assert len(desk.generic.form.groups) <= MAX_GROUPS
    for instance in ({"m0": 1, "other": [{}]}, [["a"]], "text", {"a": {"a": {}}}):
        _, answer = desk.sent_back(instance)
        assert answer.given and same_json(answer.instance, instance)


def post(schema: Any, *fields: tuple[str, str]) -> tuple[Any, list[tuple[str, str]]]:
    desk = Desk(schema)
    answer = desk.answer(decode(desk.generic.form, EMPTY, fields, page=PAGE, new_keys=new_keys()).data)
    return answer.instance, [(problem.pointer, problem_text(problem)) for problem in answer.problems]


def test_what_people_type_is_read_as_they_mean_it() -> None:
    schema = {"properties": {"a": {"type": "string"}, "b": {"type": "number"}, "c": {"type": "integer"}, "d": {}}}
    instance, problems = post(schema, ("/f2", " 王 "), ("/f3", "１．５"), ("/f4", "７"), ("/f5", '{"x": [1, null]}'))
    assert instance == {"a": "王", "b": 1.5, "c": 7, "d": {"x": [1, None]}}
    assert problems == []


def test_what_cannot_be_read_is_told_beside_its_field() -> None:
    schema = {"properties": {"a": {"type": "number", "title": "A"}, "b": {"title": "B"}}}
    instance, problems = post(schema, ("/f2", "many"), ("/f3", "{x"), ("/f4", "[1]"))
    assert instance == {}
    assert [pointer for pointer, _ in problems] == ["/f2", "/f3", "/f4"]
    assert problems[1][1] == "B不是能读懂的 JSON，请检查引号、逗号和括号；填写的是“{x”"


def test_what_the_schema_says_is_told_at_the_field_that_corrects_it() -> None:
    schema = {
        "properties": {"a": {"type": "string", "minLength": 3}, "b": {"type": "string"}},
        "dependentRequired": {"a": ["b"]},
    }
    instance, problems = post(schema, ("/f2", "ab"))
    assert instance == {"a": "ab"}
    assert sorted(problems) == [("/f2", "“a”太短，至少 3 个字"), ("/f3", "按已填的内容，内容还缺少“b”，请填写")]


def test_a_required_member_is_asked_for() -> None:
    _, problems = post({"type": "object", "properties": {"a": {"type": "string", "title": "Name"}}, "required": ["a"]})
    assert problems == [("/f2", "请填写Name")]


def test_only_the_chosen_way_is_asked_and_read() -> None:
    schema = {"oneOf": [{"type": "string", "title": "Word"}, {"type": "object", "properties": {"n": {"type": "integer"}}}]}
    desk = Desk(schema)
    shown = desk.page(fill(desk.generic, "x")).decode()
    assert 'name="/f3"' in shown and 'name="/f4"' not in shown
    instance, problems = post(schema, ("/f2", "2"), ("/f3", "ignored"), ("/f4", "5"))
    assert (instance, problems) == ({"n": 5}, [])

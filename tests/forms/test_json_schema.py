"""Any schema validates any instance or says why not: never an exception, never endless, never a request to elsewhere."""

from __future__ import annotations

import math
from typing import Any

import jsonschema
import pytest
from any_service import ANY_SCHEMA
from hypothesis import given, settings
from hypothesis import strategies as st

from server.definitions.data_schema import STANDARD
from server.forms.json_schema import DRAFT_7, MAX_PROBLEMS, SchemaValidator, schema_validator
from server.forms.json_values import DEEPEST, Unreadable, read_json, same_json, unfit_parts, write_json
from server.messages.findings import FINDINGS
from server.messages.problems import JSON_PROBLEMS, PROBLEMS, problem_text

ANY_JSON: st.SearchStrategy[Any] = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | st.text(max_size=6),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=4), inner, max_size=4),
    max_leaves=10,
)
#: Values that only programs make: no JSON at all.
NO_JSON = [math.nan, math.inf, {1: 2}, {"a": {3}}, b"bytes", "\ud800", {"\udfff": 1}, ["ok", "\udc00"], (1, 2)]


def made(schema: Any) -> SchemaValidator:
    validator = schema_validator(schema)
    assert isinstance(validator, SchemaValidator), validator
    return validator


def codes(schema: Any, instance: Any) -> list[tuple[str, str]]:
    return [(problem.pointer, problem.code.removeprefix("json-")) for problem in made(schema).problems(instance)]


@settings(max_examples=200)
@given(ANY_SCHEMA | ANY_JSON, ANY_JSON | st.sampled_from(NO_JSON))
def test_any_value_is_a_schema_or_gives_findings_and_any_instance_gets_words(schema: Any, instance: Any) -> None:
    validator = schema_validator(schema)
    if not isinstance(validator, SchemaValidator):
        assert validator and {finding.code for finding in validator} <= FINDINGS.keys()
        return
    for problem in validator.problems(instance):
        assert problem.code in PROBLEMS
        assert problem_text(problem)


@settings(max_examples=150)
@given(ANY_SCHEMA, ANY_JSON)
def test_the_reference_finds_an_instance_valid_exactly_when_we_do(schema: Any, instance: Any) -> None:
    validator = schema_validator(schema, formats=False)
    if isinstance(validator, SchemaValidator):
        codes = {problem.code for problem in validator.problems(instance)}
        if "json-too-much" not in codes:
            assert jsonschema.Draft202012Validator(schema).is_valid(instance) == (not codes)


@pytest.mark.parametrize("value", NO_JSON, ids=repr)
def test_what_is_no_json_is_refused_in_either_place(value: Any) -> None:
    assert [problem.code for problem in made(True).problems(value)] == ["not-readable"]
    findings = schema_validator({"const": value})
    assert not isinstance(findings, SchemaValidator)
    assert [finding.code for finding in findings] == ["document-not-exact"]


def test_the_draft_is_what_the_schema_says_and_2020_12_otherwise() -> None:
    pair = {"items": [{"type": "string"}], "additionalItems": False}
    assert codes({"$schema": f"{DRAFT_7}#", **pair}, ["a", 1]) == [("", "additionalItems")]
    assert not isinstance(schema_validator(pair), SchemaValidator), "a list of items is no schema of 2020-12"
    fixed = {"prefixItems": [{"type": "string"}], "items": False}
    assert codes(fixed, ["a", 1]) == codes({"$schema": STANDARD, **fixed}, ["a", 1]) == [("/1", "falseSchema")]
    assert codes({"$schema": DRAFT_7, "$ref": "#/definitions/a", "type": "null", "definitions": {"a": True}}, 1) == []
    assert codes({"$schema": "https://example.com/unknown", "type": "null"}, 1) == [("", "type")]


KEYWORDS: list[tuple[str, Any, Any, str]] = [
    ("type", {"type": ["null", "string"]}, 1, "内容的类型应为 null, string"),
    ("enum", {"enum": ["a", 1, None]}, 2, "内容只能是以下之一：a, 1, null"),
    ("const", {"const": {"a": 1}}, 2, '内容只能是 {"a":1}'),
    ("minimum", {"minimum": 1.5}, 1, "内容不能小于 1.5"),
    ("maximum", {"maximum": 1}, 2, "内容不能大于 1"),
    ("exclusiveMinimum", {"exclusiveMinimum": 1}, 1, "内容必须大于 1"),
    ("exclusiveMaximum", {"exclusiveMaximum": 1}, 1, "内容必须小于 1"),
    ("multipleOf", {"multipleOf": 0.5}, 0.7, "内容必须是 0.5 的整数倍"),
    ("minLength", {"minLength": 2}, "a", "内容太短，至少 2 个字"),
    ("maxLength", {"maxLength": 2}, "abc", "内容太长，最多 2 个字"),
    ("pattern", {"pattern": "^[0-9]$"}, "a", "内容不符合规定的写法 ^[0-9]$"),
    ("format", {"format": "date"}, "2023-02-29", "内容不是有效的 date"),
    ("minItems", {"minItems": 2}, [], "内容至少需要 2 项"),
    ("maxItems", {"maxItems": 1}, [1, 2], "内容最多 1 项"),
    ("uniqueItems", {"uniqueItems": True}, [1, 1.0], "内容有重复的项，请删除重复"),
    ("contains", {"contains": False}, [1], "内容缺少必须包含的项"),
    ("minContains", {"contains": True, "minContains": 2}, [1], "内容里符合要求的项太少"),
    ("maxContains", {"contains": True, "maxContains": 1}, [1, 2], "内容里符合要求的项太多"),
    ("unevaluatedItems", {"prefixItems": [True], "unevaluatedItems": False}, [1, 2], "内容中有多余的项，请删除"),
    ("required", {"required": ["a/b"]}, {}, "内容缺少“a/b”，请填写"),
    ("dependentRequired", {"dependentRequired": {"a": ["b"]}}, {"a": 1}, "按已填的内容，内容还缺少“b”，请填写"),
    ("minProperties", {"minProperties": 1}, {}, "内容至少需要 1 个成员"),
    ("maxProperties", {"maxProperties": 0}, {"a": 1}, "内容最多 0 个成员"),
    ("propertyNames", {"propertyNames": {"maxLength": 1}}, {"ab": 1}, "内容中有不允许的名称"),
    ("unevaluatedProperties", {"unevaluatedProperties": False}, {"a": 1}, "内容中有多余的成员，请删除"),
    ("anyOf", {"anyOf": [False, {"type": "null"}]}, 1, "内容不符合任何一种允许的写法"),
    ("oneOf", {"oneOf": [False]}, 1, "内容不符合任何一种允许的写法"),
    ("oneOf-several", {"oneOf": [True, True]}, 1, "内容同时符合几种写法，只能符合其中一种"),
    ("not", {"not": {}}, 1, "内容恰好是不允许的写法"),
    ("falseSchema", False, 1, "内容不能填写，请删除"),
    ("contentMediaType", {"$schema": DRAFT_7, "contentMediaType": "application/json"}, "{", "内容的内容格式不对"),
    ("contentEncoding", {"$schema": DRAFT_7, "contentEncoding": "base64"}, "~", "内容的编码方式不对"),
    ("additionalItems", {"$schema": DRAFT_7, "items": [True], "additionalItems": False}, [1, 2], "内容中有多余的项，请删除"),
    ("dependencies", {"$schema": DRAFT_7, "dependencies": {"a": ["b"]}}, {"a": 1}, "按已填的内容，内容还缺少“b”，请填写"),
]


@pytest.mark.parametrize(("keyword", "schema", "instance", "words"), KEYWORDS, ids=[one[0] for one in KEYWORDS])
def test_an_error_of_each_keyword_has_its_own_words(keyword: str, schema: Any, instance: Any, words: str) -> None:
    assert codes(schema, instance) == [("", keyword)]
    assert [problem_text(problem) for problem in made(schema).problems(instance)] == [words]


def test_a_member_too_many_is_told_at_its_own_place() -> None:
    schema = {"properties": {"a": {"additionalProperties": False}}}
    (first, second) = made(schema).problems({"a": {"x/y": 1, "": 2}})
    assert codes({"properties": {"additionalProperties": False}}, {"additionalProperties": 1}) == [
        ("/additionalProperties", "falseSchema")
    ]
    assert (first.pointer, second.pointer) == ("/a/x~1y", "/a/")
    assert problem_text(first) == "不允许有“a”的“x/y”，请删除"


def test_every_error_is_told_and_none_twice() -> None:
    schema = {"items": {"type": "integer", "allOf": [{"type": "integer"}, {"minimum": 3}]}}
    assert codes(schema, [1, "a", 2]) == [("/0", "minimum"), ("/1", "type"), ("/2", "minimum")]
    assert len(made({"items": False}).problems(list(range(3 * MAX_PROBLEMS)))) == MAX_PROBLEMS


def bomb(width: int, length: int) -> Any:
    parts = {f"d{number}": {"allOf": [{"$ref": f"#/$defs/d{number - 1}"}] * width} for number in range(1, length)}
    return {"$ref": f"#/$defs/d{length - 1}", "$defs": {"d0": {"type": "string"}, **parts}}


def nested(levels: int) -> Any:
    value: Any = {}
    for _ in range(levels):
        value = {"a": value}
    return value


HOSTILE: dict[str, tuple[Any, Any]] = {
    "two to the sixtieth errors": (bomb(2, 60), 1),
    "two to the sixtieth ways that all hold": (bomb(2, 60), "a"),
    "a reference to itself": ({"$ref": "#"}, 1),
    "references in a circle": ({"$ref": "#/$defs/a", "$defs": {"a": {"$ref": "#/$defs/b"}, "b": {"$ref": "#/$defs/a"}}}, 1),
    "every definition refers to every other": (
        {"$ref": "#/$defs/0", "$defs": {str(n): {"anyOf": [{"$ref": f"#/$defs/{m}"} for m in range(12)]} for n in range(12)}},
        1,
    ),
    "twice as much on every level": ({"properties": {"a": {"allOf": [{"$ref": "#"}, {"$ref": "#"}]}}}, nested(150)),
}


@pytest.mark.parametrize("name", HOSTILE)
def test_work_without_end_is_not_begun(name: str) -> None:
    schema, instance = HOSTILE[name]
    assert codes(schema, instance) == [("", "too-much")]


def test_recursive_schemas_that_are_honest_are_checked_as_deep_as_instances_may_be() -> None:
    tree = {"properties": {"a": {"$ref": "#"}}, "additionalProperties": False}
    assert codes(tree, nested(150)) == []
    assert codes({**tree, "required": ["a"]}, nested(150)) == [("/a" * 150, "required")]
    assert [problem.code for problem in made(tree).problems(nested(100_000))] == ["not-readable"]


@pytest.mark.parametrize("pattern", ["^(a+)+$", "^(a|a)*$", "^(?=(a+)+$)b", "^((a+)+)(?!b)$", "(.*)*x\\1"])
def test_patterns_that_would_run_for_ever_end(pattern: str) -> None:
    assert [code for _, code in codes({"pattern": pattern}, "a" * 20_000 + "!")] == ["pattern"]


@pytest.mark.parametrize(
    ("schema", "code", "pointer"),
    [
        (3, "schema-invalid", ""),
        ([], "schema-invalid", ""),
        (None, "schema-invalid", ""),
        ({"type": "number", "properties": {"a/b": {"type": "text"}}}, "schema-invalid", "/properties/a~1b/type"),
        ({"pattern": "["}, "schema-invalid", "/pattern"),
        ({"minLength": -1}, "schema-invalid", "/minLength"),
        ({"$schema": 3}, "schema-invalid", "/$schema"),
        ({"$schema": DRAFT_7, "not": {"type": "text"}}, "schema-invalid", "/not/type"),
        ({"$ref": "#/$defs/nowhere"}, "unknown-reference", ""),
        ({"properties": {"a": {"$ref": "http://localhost:9/never"}}}, "unknown-reference", ""),
        ({"$ref": "file:///etc/passwd"}, "unknown-reference", ""),
        (nested(DEEPEST + 1), "document-not-exact", "/a" * DEEPEST),
        ({"enum": [[0] * 60_000]}, "schema-too-large", ""),
    ],
    ids=str,
)
def test_what_is_no_schema_gives_findings_at_their_place(schema: Any, code: str, pointer: str) -> None:
    findings = schema_validator(schema, path="here.json")
    assert not isinstance(findings, SchemaValidator)
    assert (findings[0].code, findings[0].pointer, findings[0].path) == (code, pointer, "here.json")


def test_documents_handed_over_are_found_by_their_uri() -> None:
    schema = {"$ref": "urn:other#/$defs/name"}
    validator = schema_validator(schema, others={"urn:other": {"$defs": {"name": {"type": "string"}}}})
    assert isinstance(validator, SchemaValidator)
    assert [problem.code for problem in validator.problems(1)] == ["json-type"]


def test_every_keyword_that_can_fail_has_words_of_its_own() -> None:
    vocabulary = jsonschema.Draft202012Validator.VALIDATORS.keys() | jsonschema.Draft7Validator.VALIDATORS.keys()
    assert {f"json-{name}" for name in vocabulary - {"$dynamicRef"}} <= JSON_PROBLEMS.keys()
    assert len(set(JSON_PROBLEMS.values())) > len(JSON_PROBLEMS) - 10


@settings(max_examples=300)
@given(ANY_JSON, st.sampled_from([None, 2]))
def test_a_written_value_is_visible_and_reads_as_itself(value: Any, indent: int | None) -> None:
    text = write_json(value, indent=indent)
    assert same_json(read_json(text), value)
    assert text.replace("\n", "").isprintable()
    assert next(unfit_parts(value), None) is None or "\\ud" in text


@pytest.mark.parametrize("text", ["", "{", "NaN", "1e999", "-Infinity", "[1,]", "'a'", "1 2", "9" * 5_000, "[" * 5_000])
def test_a_text_that_writes_no_value_is_not_read(text: str) -> None:
    with pytest.raises(Unreadable):
        read_json(text)


@pytest.mark.parametrize(("one", "other"), [(True, 1), (0, False), (1, "1"), (None, False), ([1], [1, 1]), ({"a": 1}, {"b": 1})])
def test_values_of_different_types_are_not_the_same(one: Any, other: Any) -> None:
    assert not same_json(one, other)
    assert same_json(1, 1.0)

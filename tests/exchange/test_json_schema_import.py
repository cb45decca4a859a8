"""Any JSON Schema becomes a form that can be published, with every keyword spoken for."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from functools import cache
from typing import Any

import importing_forms
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from importing_forms import REGION, SERVICE, reported
from json_schemas import schemas

from server.exchange.importers.table import Converted
from server.exchange.schema_parts import keywords_in
from server.exports.folder import read_trees, shipped_root
from server.forms.validate import check_instance
from server.releases import Release, compile_release
from tests.any_service import ANY_SCHEMA, PROPERTIES


def converted(schema: Any) -> Converted:
    made = importing_forms.converted("json-schema", schema)
    assert {note.place for note in made.notes} >= {pointer for pointer, _ in keywords_in(schema)}
    return made


def released(made: Converted) -> Release:
    release, findings = compile_release(made.documents, SERVICE, REGION)
    assert release is not None, findings
    return release


def documents_of(made: Converted) -> tuple[Any, Any, Any]:
    root = f"form_schemas/{SERVICE}/form"
    return tuple(made.documents[f"{root}/{name}"] for name in ("data.schema.json", "ui.json", "logic.json"))  # type: ignore[return-value]


@given(schemas())
def test_any_schema_becomes_a_form_or_nothing(schema: Any) -> None:
    made = converted(schema)
    assert made.documents == {} or released(made)


@given(st.dictionaries(st.text(max_size=5), ANY_SCHEMA, max_size=4))
def test_any_object_becomes_a_form(properties: Any) -> None:
    converted({"type": "object", "properties": properties})


@settings(max_examples=40)
@given(PROPERTIES)
def test_a_form_of_ours_loses_nothing_but_what_the_report_says(properties: Any) -> None:
    made = converted({"type": "object", "properties": properties})
    lost = {note.code for note in made.notes if note.outcome == "dropped"}
    assert lost <= {"no-fields"}


PERSON = {
    "$schema": "https://json-schema.org/draft/2020-12/schema",
    "title": "Grant",
    "description": "Who asks for a grant",
    "type": "object",
    "required": ["fullName", "kind"],
    "properties": {
        "fullName": {"type": "string", "title": "Full name", "minLength": 2, "maxLength": 40},
        "kind": {"title": "Kind", "oneOf": [{"const": "own", "title": "Own"}, {"const": "other", "title": "Other"}]},
        "other": {"type": "string", "title": "Which one"},
        "amount": {"type": "number", "minimum": 0.5, "multipleOf": 0.05},
        "tags": {"type": "array", "items": {"enum": ["a", "b"]}},
        "home": {"$ref": "#/$defs/address"},
        "children": {"type": "array", "items": {"$ref": "#/$defs/person"}, "maxItems": 5},
        "friend": {"$ref": "#"},
    },
    "if": {"properties": {"kind": {"const": "other"}}, "required": ["kind"]},
    "then": {"required": ["other"], "properties": {"reason": {"type": "string", "title": "Reason"}}},
    "dependentRequired": {"amount": ["fullName"]},
    "additionalProperties": False,
    "$defs": {
        "address": {"type": "object", "required": ["street"], "properties": {"street": {"type": "string"}}},
        "person": {
            "type": "object",
            "required": ["name"],
            "properties": {
                "name": {"type": "string"},
                "address": {"$ref": "#/$defs/address"},
                "friend": {"$ref": "#/$defs/person"},
            },
        },
        "unused": {"type": "integer"},
    },
}


@cache
def person() -> Converted:
    return converted(PERSON)


def test_fields_groups_and_rows_stand_where_the_schema_has_them() -> None:
    schema, layout, _ = documents_of(person())
    properties = schema["properties"]
    assert properties["full_name"] == {"title": "Full name", "type": "string", "minLength": 2, "maxLength": 40}
    assert properties["kind"]["oneOf"] == PERSON["properties"]["kind"]["oneOf"]  # type: ignore[index]
    assert properties["tags"]["items"]["oneOf"] == [{"const": "a", "title": "a"}, {"const": "b", "title": "b"}]
    assert properties["amount"] == {
        "title": "amount",
        "type": "integer",
        "minimum": 50,
        "multipleOf": 5,
        "x-element": {"kind": "decimal", "scale": 2},
    }
    assert properties["children"]["items"]["properties"]["address"]["properties"]["street"]["type"] == "string"
    assert [page["label"] for page in layout["elements"]][2:] == ["基本信息", "home", "children"]
    assert schema["required"] == ["application", "applicant", "full_name", "kind"]


def test_conditions_become_rules() -> None:
    _, _, logic = documents_of(person())
    condition = 'kind == "other"'
    assert logic["fields"]["other"] == {"required": condition}
    assert logic["fields"]["reason"] == {"relevant": condition}
    assert logic["fields"]["full_name"] == {"required": "answered.amount"}
    assert logic["facts"]["answered.amount"]["is_answered"] == "amount"


def test_the_report_says_what_became_of_the_rest() -> None:
    assert reported(person()) >= {
        ("/properties/fullName", "renamed"),
        ("/properties/amount/type", "number-scaled"),
        ("/properties/friend/$ref", "circular"),
        ("/$defs/person/properties/friend/$ref", "circular"),
        ("/properties/home", "optional-group"),
        ("/$defs/unused/type", "definition-unused"),
        ("/if", "condition-needs-answer"),
    }


def test_answers_are_judged_as_the_schema_judged_them() -> None:
    release = released(person())
    context = release.context(REGION, datetime(2026, 1, 5, tzinfo=UTC))
    own = {
        "application": {"items": ["application"]},
        "applicant": {"name": "A", "id_number": "11010119900307001X", "address": {"region": "110101", "line": "1"}},
    }

    def codes(answers: Any) -> set[str]:
        _, checked = check_instance(release.form, {**own, **answers}, context)
        return {problem.code for problem in checked.problems if "applicant" not in problem.pointer}

    assert codes({"full_name": "Li", "kind": "own"}) == set()
    assert codes({"full_name": "Li", "kind": "other"}) == {"required-enter"}
    assert codes({"full_name": "Li", "kind": "other", "other": "x", "reason": "y"}) == set()
    assert codes({"full_name": "L", "kind": "own"}) == {"schema-minLength"}
    assert codes({"full_name": "Li", "kind": "none"}) != set()


def test_alternatives_become_a_choice_with_a_group_for_each() -> None:
    card = {"title": "Card", "type": "object", "properties": {"number": {"type": "string"}}, "required": ["number"]}
    bank = {"title": "Bank", "type": "object", "properties": {"account": {"type": "string"}}}
    made = converted({"type": "object", "properties": {"pay": {"oneOf": [card, bank]}}})
    schema, _, logic = documents_of(made)
    pay = schema["properties"]["pay"]["properties"]
    assert [option["title"] for option in pay["variant"]["oneOf"]] == ["Card", "Bank"]
    assert logic["fields"]["pay.variant_1.number"]["relevant"] == "pay.variant == '1'"
    assert ("/properties/pay/oneOf", "variants") in reported(made)


@pytest.mark.parametrize(
    ("schema", "code"),
    [
        ({"type": ["string", "null"]}, "null-as-unanswered"),
        ({"type": ["string", "array"], "items": {"type": "string"}}, "one-type-of-several"),
        ({"anyOf": [{"type": "string"}, {"type": "array", "items": {"type": "string"}}]}, "one-alternative-of-several"),
        ({"type": "object"}, "object-as-text"),
        ({}, "any-as-text"),
        ({"type": "object", "additionalProperties": {"type": "integer"}}, "map-as-rows"),
        ({"type": "array", "items": {"type": "integer"}}, "list-as-rows"),
        ({"type": "array"}, "list-as-text"),
        ({"enum": [1, "a", None]}, "enum-as-text"),
        ({"type": "string", "pattern": "("}, "pattern-unusable"),
        ({"type": "string", "format": "color"}, "unknown-format"),
        ({"type": "string", "default": 5}, "default-not-fitting"),
        ({"type": "string", "default": "a"}, "default-suggested"),
        ({"type": "integer", "maximum": 1e300}, "limit-beyond-numbers"),
        ({"$ref": "https://example.org/elsewhere.json"}, "reference-elsewhere"),
        ({"$ref": "#/nowhere"}, "reference-elsewhere"),
        ({"type": "string", "not": {"const": "a"}}, "not-checked"),
        ({"type": "string", "x-odd": 1}, "not-understood"),
        ({"type": "string", "examples": ["a"]}, "annotation-only"),
    ],
)
def test_what_a_form_says_otherwise_or_not_at_all_is_reported(schema: Any, code: str) -> None:
    made = converted({"type": "object", "properties": {"it": schema}})
    assert code in {found for place, found in reported(made)}


def test_circles_and_chains_of_references_end() -> None:
    chain = {f"d{number}": {"$ref": f"#/$defs/d{number + 1}"} for number in range(500)}
    wide = {"type": "object", "properties": {name: {"$ref": "#/$defs/wide"} for name in "abcdefgh"}}
    converted({"type": "object", "properties": {"a": {"$ref": "#/$defs/d0"}}, "$defs": chain | {"d500": {"$ref": "#/$defs/d0"}}})
    made = converted({"$ref": "#/$defs/wide", "$defs": {"wide": wide}})
    assert made.documents == {}
    tree: Any = {"type": "string"}
    for _ in range(12):
        tree = {"type": "object", "properties": dict.fromkeys("abcd", tree)}
    # Shared in memory, a tree of 4^12 leaves on paper; here the references say so.
    levels: dict[str, Any] = {"l0": {"type": "string"}}
    for number in range(1, 30):
        levels[f"l{number}"] = {"type": "object", "properties": {name: {"$ref": f"#/$defs/l{number - 1}"} for name in "abcd"}}
    made = converted({"$ref": "#/$defs/l29", "$defs": levels})
    assert {"too-deep"} <= {code for _, code in reported(made)}


def test_many_fields_are_cut_off_with_a_note() -> None:
    made = converted({"type": "object", "properties": {f"field{number}": {"type": "string"} for number in range(2_000)}})
    assert "too-many-fields" in {code for _, code in reported(made)}


def test_names_of_any_kind_become_names_that_rules_can_use() -> None:
    odd = ["type", "materials", "in", "row", "applicant", "$ref", "__proto__", "", "a b", "a-b", "1st", "x" * 300]
    names = [*odd, "\u59d3\u540d", "\u7535\u8bdd", "\u00c9"]
    made = converted({"type": "object", "properties": {name: {"type": "string"} for name in names}})
    schema, _, _ = documents_of(made)
    assert len(schema["properties"]) == len(names) + 2


def test_author_text_stays_text() -> None:
    text = "<script>alert(1)</script>{{7*7}}{name}\u202e"
    field = {"type": "string", "title": text, "description": text + "."}
    made = converted({"type": "object", "title": text, "properties": {"a": field}})
    schema, _, _ = documents_of(made)
    assert schema["properties"]["a"]["title"] == "<script>alert(1)</script>{{7*7}}{name}"
    assert "\u202e" not in json.dumps(made.documents, ensure_ascii=False)


def test_our_own_form_comes_back_but_for_what_the_report_names() -> None:
    trees = read_trees(shipped_root()).documents
    made = converted(trees["form_schemas/shanxi/social_assistance/form/data.schema.json"])
    lost = {(note.construct, note.code) for note in made.notes if note.outcome == "dropped"}
    assert {name for name, _ in lost} <= {"x-element", "x-codelist", "x-sensitive", "x-source", "x-computed", "readOnly"}

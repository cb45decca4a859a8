"""A form compiled once: kinds, pages, the schema as validated, and every finding at its place."""

from __future__ import annotations

from typing import Any

import jsonschema
import pytest
from real_form import form, service
from small_forms import compiled, control, definition, findings, surroundings

from server.documents.pointer import MISSING, resolve
from server.forms.compile import compile_form, element_of, is_radio, kind_of, labels_of, validation_schema
from server.forms.kinds import KINDS

TEXT = {"type": "string", "title": "Text"}
YES_NO = {"type": "boolean", "title": "Answer"}
ROWS = {"type": "array", "title": "Rows", "items": {"type": "object", "properties": {"x": TEXT, "y": YES_NO}, "required": ["x"]}}


@pytest.mark.parametrize(
    ("schema", "format_option", "kind"),
    [
        ({"type": "string"}, None, "text"),
        ({"type": "string", "format": "date"}, None, "date"),
        ({"type": "string", "enum": ["a"]}, None, "choice"),
        ({"type": "string", "oneOf": [{"const": "a"}]}, None, "choice"),
        ({"type": "string", "x-codelist": "banks"}, None, "choice"),
        ({"type": "string", "x-codelist": "banks"}, "search", "search_choice"),
        ({"type": "string", "x-codelist": "banks"}, "select", "choice"),
        ({"type": "array", "items": {"type": "string", "enum": ["a"]}}, None, "choices"),
        ({"type": "array", "items": {"x-codelist": "banks"}}, None, "choices"),
        ({"type": "array", "items": {"type": "object"}}, None, "rows"),
        ({"type": "array"}, None, "rows"),
        ({"type": "boolean"}, None, "yes_no"),
        ({"type": "integer"}, None, "integer"),
        ({"type": "integer", "x-money": "CNY"}, None, "money"),
        ({"type": "integer", "x-element": {"kind": "decimal", "scale": 2}}, None, "decimal"),
        ({"type": "string", "x-element": "phone"}, "search", "phone"),
        ({"type": "number"}, None, "text"),
    ],
)
def test_the_kind_of_a_field_follows_from_its_schema(schema: dict[str, Any], format_option: str | None, kind: str) -> None:
    assert kind_of(schema, format_option) == kind


def test_an_element_is_a_kind_with_or_without_settings() -> None:
    assert element_of({"x-element": "phone"}) == ("phone", {})
    assert element_of({"x-element": {"kind": "decimal", "scale": 1}}) == ("decimal", {"scale": 1})
    assert element_of({}) == ("", {})
    assert element_of(True) == ("", {})


def test_short_lists_are_radio_buttons_unless_the_layout_says_otherwise() -> None:
    def choice(count: int, **options: Any) -> bool:
        codes = {"type": "string", "title": "Codes", "enum": [str(number) for number in range(count)]}
        return is_radio(compiled(definition({"a": codes}, [control("a", options=options)])).fields["a"])

    assert (choice(5), choice(6), choice(6, format="radio"), choice(2, format="select")) == (True, False, True, False)


def test_pages_list_their_fields_in_reading_order_groups_before_members() -> None:
    box = {
        "type": "Group",
        "id": "box",
        "elements": [control("b"), control("rows", options={"detail": [control("y"), control("x")]})],
    }
    form = compiled(definition({"a": TEXT, "b": TEXT, "rows": ROWS}, pages={"one": [box], "two": [control("a")]}))
    assert [(page.id, page.fields) for page in form.pages] == [("one", ("b", "rows", "rows[].y", "rows[].x")), ("two", ("a",))]
    assert form.groups == {"rows": ("rows[].y", "rows[].x")}
    assert list(labels_of(form)) == ["b", "rows", "rows[].y", "rows[].x", "a"]
    assert [name for name, field in form.fields.items() if field.required] == ["rows[].x"]
    assert form.page("two") is form.pages[1]
    assert form.page("three") is None


def test_labels_and_hints_of_the_layout_come_before_those_of_the_schema() -> None:
    schema = {**TEXT, "description": "Schema's hint"}
    form = compiled(
        definition(
            {"a": schema, "b": schema, "c": {"type": "string"}}, [control("a", label="L", hint="H"), control("b"), control("c")]
        )
    )
    assert [(field.label, field.hint) for field in form.fields.values()] == [("L", "H"), ("Text", "Schema's hint"), ("c", "")]


def test_a_field_a_rule_depends_on_refreshes_the_page() -> None:
    logic = {
        "facts": {"count": {"count": "rows", "where": "row.y"}},
        "fields": {"b": {"relevant": "a == 'x'"}, "rows[].x": {"relevant": "row.y"}},
        "assertions": {"few": {"at": "b", "holds": "count < 3", "message": "few"}},
    }
    elements = [control("a"), control("b"), control("rows", options={"detail": [control("x"), control("y")]})]
    form = compiled(definition({"a": TEXT, "b": TEXT, "rows": ROWS}, elements, logic=logic))
    assert [name for name, field in form.fields.items() if field.live] == ["a", "rows", "rows[].y"]


def test_the_validated_schema_inlines_lists_closes_objects_and_leaves_requiredness_to_the_rules() -> None:
    properties = {
        "bank": {"type": "string", "title": "Bank", "x-codelist": "banks"},
        "several": {"type": "array", "items": {"type": "string", "x-codelist": "banks"}},
        "rows": ROWS,
        "photo": {"type": "object", "x-element": "photo"},
        "free": {"type": "object", "additionalProperties": {"type": "string"}},
    }
    around = surroundings(
        {"codelists": {"banks": {"codes": {"2": {"title": "Two"}, "1": {"title": "One"}}, "offer": ["1"]}}, "materials": ["card"]}
    )
    found = validation_schema({"$schema": "x", "type": "object", "properties": properties, "required": ["bank"]}, around)
    jsonschema.Draft202012Validator.check_schema(found)
    assert resolve(found, "/required") is MISSING
    assert resolve(found, "/$schema") is MISSING
    assert resolve(found, "/additionalProperties") is False
    assert resolve(found, "/properties/bank/enum") == ["1", "2"], "codes that are offered no longer stay valid"
    assert resolve(found, "/properties/several/items/enum") == ["1", "2"]
    assert resolve(found, "/properties/rows/items/required") is MISSING
    assert resolve(found, "/properties/rows/items/additionalProperties") is False
    assert resolve(found, "/properties/photo/required") == ["name"]
    assert resolve(found, "/properties/free/additionalProperties") == {"type": "string"}
    assert resolve(found, "/properties/materials/properties/card/type") == "array"
    assert properties["bank"]["x-codelist"] == "banks", "the document stays as it was"


def test_a_property_may_be_called_like_a_keyword() -> None:
    properties = {"required": {"type": "string"}, "properties": {"type": "object", "properties": {"items": {"type": "string"}}}}
    found = validation_schema({"type": "object", "properties": properties}, surroundings())
    assert resolve(found, "/properties/required/type") == "string"
    assert resolve(found, "/properties/properties/properties/items/type") == "string"


FAULTS: dict[str, tuple[dict[str, Any], str, str, str]] = {
    "a scope that leads nowhere": (
        {"properties": {"a": TEXT}, "elements": [control("b")]},
        "unknown-field",
        "form/ui.json",
        "/elements/0/elements/0/scope",
    ),
    "a scope inside a box that leads nowhere": (
        {"properties": {"a": TEXT}, "elements": [{"type": "Group", "id": "g", "elements": [control("a"), control("b")]}]},
        "unknown-field",
        "form/ui.json",
        "/elements/0/elements/0/elements/1/scope",
    ),
    "a scope of a row that leads nowhere": (
        {"properties": {"rows": ROWS}, "elements": [control("rows", options={"detail": [control("z")]})]},
        "unknown-field",
        "form/ui.json",
        "/elements/0/elements/0/options/detail/0/scope",
    ),
    "a field that is asked twice": (
        {"properties": {"a": TEXT}, "elements": [control("a"), {**control("a"), "id": "again"}]},
        "field-twice",
        "form/ui.json",
        "/elements/0/elements/1/scope",
    ),
    "an unknown kind": (
        {"properties": {"a": {**TEXT, "x-element": "telepathy"}}},
        "unknown-kind",
        "form/data.schema.json",
        "/properties/a/x-element",
    ),
    "an unknown code list": (
        {"properties": {"a": {"type": "string", "x-codelist": "none"}}},
        "unknown-codelist",
        "form/data.schema.json",
        "/properties/a/x-codelist",
    ),
    "an unknown consent": (
        {"properties": {"a": {"type": "object", "x-element": {"kind": "consent", "text": "none"}}}},
        "unknown-consent",
        "form/data.schema.json",
        "/properties/a/x-element",
    ),
    "rows in rows": (
        {
            "properties": {"rows": {"type": "array", "items": {"type": "object", "properties": {"inner": ROWS}}}},
            "elements": [control("rows", options={"detail": [control("inner", options={"detail": [control("x")]})]})],
        },
        "rows-in-rows",
        "form/data.schema.json",
        "/properties/rows/items/properties/inner",
    ),
    "a misspelt field in a rule": (
        {"properties": {"answer": YES_NO, "b": TEXT}, "logic": {"fields": {"b": {"relevant": "answr"}}}},
        "unknown-field",
        "form/logic.json",
        "/fields/b/relevant",
    ),
    "a rule of another type": (
        {"properties": {"a": TEXT}, "logic": {"fields": {"a": {"required": "a + 'x'"}}}},
        "rule-type",
        "form/logic.json",
        "/fields/a/required",
    ),
    "a rule about an unknown field": (
        {"properties": {"a": TEXT}, "logic": {"fields": {"b": {"relevant": "true"}}}},
        "unknown-field",
        "form/logic.json",
        "/fields/b",
    ),
    "an unknown fact operator": (
        {"properties": {"a": TEXT}, "logic": {"facts": {"f": {"guess": "a"}}}},
        "unknown-operator",
        "form/logic.json",
        "/facts/f",
    ),
    "an assertion at an unknown field": (
        {"properties": {"a": TEXT}, "logic": {"assertions": {"x": {"at": "b", "holds": "true", "message": "m"}}}},
        "unknown-field",
        "form/logic.json",
        "/assertions/x/at",
    ),
    "an assertion that is no condition": (
        {"properties": {"a": TEXT}, "logic": {"assertions": {"x": {"at": "a", "holds": "size(a)", "message": "m"}}}},
        "rule-type",
        "form/logic.json",
        "/assertions/x/holds",
    ),
    "a row's field outside its row": (
        {"properties": {"a": TEXT, "rows": ROWS}, "logic": {"fields": {"a": {"relevant": "row.y"}}}},
        "unknown-field",
        "form/logic.json",
        "/fields/a/relevant",
    ),
}


@pytest.mark.parametrize("name", FAULTS)
def test_a_fault_is_found_at_its_place(name: str) -> None:
    given, code, path, pointer = FAULTS[name]
    listed = given.get("elements")
    found = findings(definition(given["properties"], listed, logic=given.get("logic")))
    assert [(one.code, one.path, one.pointer, one.severity) for one in found] == [(code, path, pointer, "error")]


def test_a_misspelt_name_is_suggested() -> None:
    logic = {"fields": {"b": {"relevant": "answr"}}, "assertions": {"x": {"at": "b", "holds": "answe", "message": "m"}}}
    found = findings(definition({"answer": YES_NO, "b": TEXT}, logic=logic))
    assert [one.params["suggestion"] for one in found] == ["answer", "answer"]


def test_every_fault_of_a_form_is_told_at_once() -> None:
    properties = {"a": {**TEXT, "x-element": "none"}, "b": TEXT}
    logic = {"fields": {"b": {"relevant": "nope", "required": "1"}}, "facts": {"f": {"guess": "b"}}}
    found = findings(definition(properties, [control("a"), control("b"), control("c")], logic=logic))
    assert sorted(one.code for one in found) == [
        "rule-type",
        "unknown-field",
        "unknown-field",
        "unknown-kind",
        "unknown-operator",
    ]


def test_the_bundled_form_uses_only_known_kinds_and_names_every_field() -> None:
    assert {field.kind for field in form().fields.values()} <= set(KINDS)
    assert all(field.label for field in form().fields.values())
    jsonschema.Draft202012Validator.check_schema(form().schema)


def test_compiling_twice_gives_the_same_form() -> None:
    again = compile_form(service().form, form().surroundings)
    assert not isinstance(again, tuple)
    assert again.fields == form().fields
    assert again.pages == form().pages
    assert again.schema == form().schema

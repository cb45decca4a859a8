"""Variables of a data schema, and instances bound to them."""

from __future__ import annotations

from typing import Any

import pytest

from server.rules.types import BOOL, INT, STRING, list_of, row_members, row_of
from server.rules.variables import bind, type_of_schema, variables_of_schema

SCHEMA: dict[str, Any] = {
    "type": "object",
    "properties": {
        "name": {"type": "string"},
        "home": {"type": "object", "properties": {"region": {"type": "string"}, "rooms": {"type": "integer"}}},
        "members": {"type": "array", "items": {"$ref": "#/$defs/member"}},
        "codes": {"type": "array", "items": {"type": "string"}},
        "agreed": {"const": True},
        "size": {"type": "number"},
        "either": {"type": ["string", "integer"]},
        "anything": True,
        "dangling": {"$ref": "#/$defs/nothing"},
    },
    "$defs": {"member": {"type": "object", "properties": {"age": {"type": "integer"}, "home": {"$ref": "#/properties/home"}}}},
}


def test_every_leaf_with_a_type_rules_can_use_is_a_variable() -> None:
    home = row_of({"region": STRING, "rooms": INT})
    assert variables_of_schema(SCHEMA) == {
        "name": STRING,
        "home.region": STRING,
        "home.rooms": INT,
        "members": list_of(row_of({"age": INT, "home": home})),
        "codes": list_of(STRING),
        "agreed": BOOL,
    }


def test_a_schema_that_contains_itself_ends() -> None:
    node: dict[str, Any] = {"type": "object", "properties": {"value": {"type": "string"}, "next": {"$ref": "#/$defs/node"}}}
    found = variables_of_schema({"type": "object", "properties": {"first": {"$ref": "#/$defs/node"}}, "$defs": {"node": node}})
    assert found["first.next.next.value"] == STRING
    assert len(found) < 20


@pytest.mark.parametrize(
    "schema", [True, {}, None, {"type": "null"}, {"type": "array"}, {"type": "array", "items": {"type": "number"}}]
)
def test_values_no_rule_can_use_have_no_type(schema: Any) -> None:
    assert type_of_schema(schema, schema) is None


@pytest.mark.parametrize(
    ("instance", "bound"),
    [
        ({}, {}),
        ({"name": "Wang", "home": {"rooms": 0}}, {"name": "Wang", "home.rooms": 0}),
        ({"name": None, "home": None}, {}),
        ({"home": "text", "members": []}, {"members": []}),
        ({"agreed": False, "codes": [], "name": ""}, {"agreed": False, "codes": [], "name": ""}),
        ([], {}),
        (None, {}),
    ],
)
def test_only_answered_variables_are_bound(instance: Any, bound: dict[str, Any]) -> None:
    assert bind(instance, variables_of_schema(SCHEMA)) == bound


def test_the_leaves_of_a_row_have_qualified_names() -> None:
    row = row_of({"age": INT, "home": row_of({"region": STRING})})
    assert row_members(row, "row") == {"row.age": INT, "row.home.region": STRING}


def test_types_are_written_as_people_read_them() -> None:
    assert [str(found) for found in (BOOL, list_of(STRING), list_of(row_of({})))] == ["bool", "list(string)", "list(row)"]

"""Where schemas stand inside JSON Schemas, of 2020-12 and of draft-07."""

from __future__ import annotations

from collections.abc import Iterator

from server.documents.pointer import escape
from server.types import JsonValue

#: Keywords whose value is a schema.
ONE = frozenset(
    (
        "items",
        "additionalItems",
        "additionalProperties",
        "unevaluatedItems",
        "unevaluatedProperties",
        "contains",
        "propertyNames",
        "not",
        "if",
        "then",
        "else",
        "contentSchema",
    )
)
#: Keywords whose value is a list of schemas.
LISTS = frozenset(("allOf", "anyOf", "oneOf", "prefixItems", "items"))
#: Keywords whose value is a map of schemas.
MAPS = frozenset(("properties", "patternProperties", "$defs", "definitions", "dependentSchemas", "dependencies"))
#: Keywords whose value is data.
DATA = frozenset(("const", "enum", "default", "examples"))


def inner_schemas(schema: JsonValue) -> Iterator[tuple[str, JsonValue]]:
    """Every schema directly inside a schema, with its pointer from there."""
    if not isinstance(schema, dict):
        return
    for keyword, value in schema.items():
        here = f"/{escape(keyword)}"
        if keyword in MAPS and isinstance(value, dict):
            yield from ((f"{here}/{escape(name)}", one) for name, one in value.items() if isinstance(one, dict | bool))
        elif keyword in LISTS and isinstance(value, list):
            yield from ((f"{here}/{index}", one) for index, one in enumerate(value) if isinstance(one, dict | bool))
        elif keyword in ONE and isinstance(value, dict | bool):
            yield here, value


def all_schemas(schema: JsonValue, pointer: str = "") -> Iterator[tuple[str, JsonValue]]:
    """The schema and every schema inside it, with their pointers, outer ones first."""
    waiting = [(pointer, schema)]
    while waiting:
        here, found = waiting.pop()
        yield here, found
        waiting += reversed([(here + below, one) for below, one in inner_schemas(found)])


def keywords_in(schema: JsonValue) -> Iterator[tuple[str, str]]:
    """The pointer and name of every keyword of a schema and of the schemas inside it."""
    for pointer, found in all_schemas(schema):
        if isinstance(found, dict):
            yield from ((f"{pointer}/{escape(keyword)}", keyword) for keyword in found)

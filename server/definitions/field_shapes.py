"""The schema and layout a new field of each kind begins with: complete enough to be published as it is."""

from __future__ import annotations

from typing import Any

import msgspec

from server.types import JsonValue

#: Kinds whose options an administrator chooses.
LISTED = ("choice", "choices", "search_choice")
_LARGEST_FEN = 99_999_999_999
_REGION = "^[0-9]{6}([0-9]{3}([0-9]{3})?)?$"
_FILE: JsonValue = {
    "type": "object",
    "properties": {
        "id": {"type": "string"},
        "name": {"type": "string"},
        "media_type": {"type": "string"},
        "size": {"type": "integer"},
        "sha256": {"type": "string"},
    },
    "required": ["name"],
}


class Shape(msgspec.Struct, frozen=True, kw_only=True):
    """What a new field of one kind consists of, without its texts."""

    schema: dict[str, JsonValue]
    #: Members of its control.
    control: dict[str, JsonValue] = {}


def _money() -> dict[str, JsonValue]:
    return {"type": "integer", "minimum": 0, "maximum": _LARGEST_FEN, "x-money": "CNY"}


SHAPES: dict[str, Shape] = {
    "text": Shape(schema={"type": "string", "minLength": 1, "maxLength": 100}),
    "long_text": Shape(schema={"type": "string", "minLength": 1, "maxLength": 1000, "x-element": "long_text"}),
    "integer": Shape(schema={"type": "integer", "minimum": 0, "maximum": 1_000_000}),
    "decimal": Shape(
        schema={"type": "integer", "minimum": 0, "maximum": 1_000_000_000, "x-element": {"kind": "decimal", "scale": 2}}
    ),
    "money": Shape(schema=_money()),
    "date": Shape(schema={"type": "string", "format": "date"}),
    "yes_no": Shape(schema={"type": "boolean"}),
    "choice": Shape(schema={"type": "string", "oneOf": []}),
    "choices": Shape(
        schema={"type": "array", "items": {"type": "string", "oneOf": []}, "uniqueItems": True, "minItems": 1},
    ),
    "search_choice": Shape(schema={"type": "string", "oneOf": []}, control={"options": {"format": "search"}}),
    "resident_id": Shape(
        schema={"type": "string", "pattern": "^[0-9]{17}[0-9X]$", "x-element": "resident_id", "x-sensitive": "id"}
    ),
    "disability_certificate": Shape(
        schema={
            "type": "string",
            "pattern": "^[0-9]{17}[0-9X][1-7][1-4](B[0-9]{1,2})?$",
            "x-element": "disability_certificate",
            "x-sensitive": "health",
        }
    ),
    "phone": Shape(schema={"type": "string", "pattern": "^[0-9]{10,12}$", "x-element": "phone", "x-sensitive": "contact"}),
    "bank_account": Shape(
        schema={"type": "string", "pattern": "^[0-9]{8,30}$", "x-element": "bank_account", "x-sensitive": "bank"}
    ),
    "address": Shape(
        schema={
            "type": "object",
            "x-element": "address",
            "properties": {
                "region": {"type": "string", "pattern": _REGION},
                "line": {"type": "string", "minLength": 1, "maxLength": 200},
            },
            "required": ["region", "line"],
        }
    ),
    "income": Shape(
        schema={
            "type": "object",
            "x-element": "income",
            "properties": {"period": {"type": "string", "x-codelist": "income_period"}, "amount": _money()},
            "required": ["period", "amount"],
        }
    ),
    "attachment": Shape(schema={"type": "array", "x-element": "attachment", "items": _FILE, "maxItems": 20}),
    "photo": Shape(schema={**_FILE, "x-element": "photo"}),
    "rows": Shape(
        schema={"type": "array", "items": {"type": "object", "properties": {}}, "maxItems": 20},
        control={"options": {"rows": "cards", "detail": []}},
    ),
}


def element_of(schema: JsonValue) -> tuple[str, dict[str, Any]]:
    """The kind id that a schema names in `x-element` and the settings beside it; empty when it names none."""
    element = schema.get("x-element", "") if isinstance(schema, dict) else ""
    if isinstance(element, dict):
        return str(element.get("kind", "")), {key: value for key, value in element.items() if key != "kind"}
    return str(element), {}

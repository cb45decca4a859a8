"""What a data schema may be: JSON Schema 2020-12 with our annotations and names that rules can use."""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache

import jsonschema_rs

from server.documents.pointer import format_pointer, resolve
from server.findings import Finding
from server.rules.expressions import RESERVED
from server.types import JsonValue

STANDARD = "https://json-schema.org/draft/2020-12/schema"

#: Keywords whose values are data.
_VALUES = ("const", "enum", "default", "examples")

#: Place, code and detail.
_Fault = tuple[tuple[str | int, ...], str, str]

_SCALAR: JsonValue = {"type": ["string", "integer", "boolean"]}

#: The meta-schema of data schemas. References stay inside the document, so that reading one never fetches another.
DATA_SCHEMA: JsonValue = {
    "$schema": STANDARD,
    "$id": "urn:onething:meta:data_schema",
    "title": "data schema",
    "description": "JSON Schema 2020-12 of one form's answers; the x- members are annotations.",
    "$ref": "#/$defs/schema",
    "type": "object",
    "properties": {"type": {"const": "object"}},
    "required": ["type", "properties"],
    "$defs": {
        "schema": {
            "$dynamicAnchor": "meta",
            "$ref": STANDARD,
            "properties": {
                "$schema": {"const": STANDARD},
                "$id": {"pattern": "^urn:"},
                "$ref": {"pattern": "^#(/.*)?$"},
                "$dynamicRef": False,
                "properties": {"propertyNames": {"pattern": "^[a-z][a-z0-9_]*$", "not": {"enum": sorted(RESERVED)}}},
                "x-codelist": {"description": "Id of the code list the value is from.", "type": "string"},
                "x-money": {"description": "Currency; the integer counts its hundredths.", "const": "CNY"},
                "x-sensitive": {"description": "Why the value must not be published.", "type": "string"},
                "x-source": {"description": "Paragraph or cell of the official form.", "type": "string"},
                "x-computed": {"description": "Rule or fact that yields the value.", "type": ["string", "boolean"]},
                "x-element": {
                    "description": "Field kind, alone or with its settings.",
                    "type": ["string", "object"],
                    "properties": {"kind": {"type": "string"}},
                    "required": ["kind"],
                    "additionalProperties": _SCALAR,
                },
            },
        }
    },
}


def schema_faults(schema: JsonValue, path: str, *, under: str = "") -> tuple[Finding, ...]:
    """What keeps a schema from being used: faults against the meta-schema, then references that lead nowhere.

    `under` is the pointer at which the schema stands in its document.
    """
    faults = tuple(dict.fromkeys(_faults(schema))) or tuple(_dangling(schema, schema, ()))
    return tuple(
        Finding(code=code, severity="error", path=path, pointer=under + format_pointer(place), params={"detail": detail})
        for place, code, detail in faults
    )


def _faults(schema: JsonValue) -> Iterator[_Fault]:
    for error in _validator().iter_errors(schema):
        place = tuple(error.instance_path)
        if isinstance(error.kind, jsonschema_rs.ValidationErrorKind.PropertyNames):
            name = str(error.kind.error.instance)
            yield (*place, name), "bad-property-name", name
        else:
            yield place, "schema-invalid", error.message[:200]


def _dangling(part: JsonValue, schema: JsonValue, place: tuple[str | int, ...]) -> Iterator[_Fault]:
    """References without a target."""
    members = part.items() if isinstance(part, dict) else enumerate(part) if isinstance(part, list) else ()
    for key, member in members:
        if key == "$ref" and isinstance(member, str) and not isinstance(resolve(schema, member[1:]), dict | bool):
            yield (*place, key), "unknown-reference", member
        elif key not in _VALUES:
            yield from _dangling(member, schema, (*place, key))


@cache
def _validator() -> jsonschema_rs.Draft202012Validator:
    return jsonschema_rs.Draft202012Validator(DATA_SCHEMA, validate_formats=True)

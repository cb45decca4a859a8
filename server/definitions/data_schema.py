"""What a data schema may be: JSON Schema 2020-12 with our annotations and names that rules can use."""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache
from itertools import islice
from typing import Any

import jsonschema_rs

from server.definitions.patterns import pattern_fault
from server.documents.canonical import fault_of
from server.documents.pointer import format_pointer, resolve
from server.findings import Finding
from server.rules.expressions import RESERVED
from server.types import JsonValue

STANDARD = "https://json-schema.org/draft/2020-12/schema"

#: Parts of a schema, references followed, beyond which no form is made of it.
MAX_PARTS = 50_000
#: References that lead from one to the next.
_LONGEST_CHAIN = 100
#: Faults of one schema that are told.
MAX_FAULTS = 200

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
    """What keeps a schema from being used: faults against the meta-schema, then references that lead nowhere or to no end.

    `under` is the pointer at which the schema stands in its document.
    """
    inexact = fault_of(schema)
    if inexact:
        return (Finding(code="document-not-exact", severity="error", path=path, pointer=under, params={"detail": inexact}),)
    # Looking whether a pattern is one would already cost what some are made to cost.
    faults = tuple(_heavy(schema)) or tuple(dict.fromkeys(islice(_faults(schema), MAX_FAULTS)))
    faults = faults or tuple(_dangling(schema, schema, ())) or tuple(_endless(schema))
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


def _heavy(schema: JsonValue) -> Iterator[_Fault]:
    """Patterns that cost more than reading them."""
    for place, part in _inside(schema):
        pattern = part.get("pattern")
        named = part.get("patternProperties")
        for name in (pattern, *(named if isinstance(named, dict) else ())):
            code = pattern_fault(name) if isinstance(name, str) else ""
            if code:
                yield (*place, "pattern" if name is pattern else "patternProperties"), code, name[:60]


def _endless(schema: JsonValue) -> Iterator[_Fault]:
    """References that lead back to themselves, or that make more of a schema than anybody can answer."""
    sizes: dict[str, int] = {}
    for place, target in _references(schema):
        if _size(schema, target, sizes, ()) < 0:
            yield place, "reference-circle", f"#{target}"
    if not sizes or min(sizes.values()) >= 0:
        whole = _size(schema, "", sizes, ())
        if whole > MAX_PARTS:
            yield (), "schema-too-large", str(MAX_PARTS)


def _size(root: JsonValue, pointer: str, sizes: dict[str, int], above: tuple[str, ...]) -> int:
    """How many parts a schema has with all its references followed; less than none where they lead back to it."""
    if pointer in above:
        return -1
    if len(above) > _LONGEST_CHAIN:
        return MAX_PARTS + 1
    if pointer not in sizes:
        part = resolve(root, pointer)
        inner = [_size(root, target, sizes, (*above, pointer)) for _, target in _references(part)]
        sizes[pointer] = -1 if min(inner, default=0) < 0 else _parts(part) + sum(inner)
    return sizes[pointer]


def _parts(value: Any) -> int:
    count, pending = 0, [value]
    while pending:
        part = pending.pop()
        count += 1
        pending += part.values() if isinstance(part, dict) else part if isinstance(part, list) else ()
    return count


def _references(part: Any) -> Iterator[tuple[tuple[str | int, ...], str]]:
    """Place and target of every reference below."""
    for here, value in _inside(part):
        if isinstance(value.get("$ref"), str):
            yield (*here, "$ref"), value["$ref"][1:]


def _inside(part: Any) -> Iterator[tuple[tuple[str | int, ...], dict[str, Any]]]:
    """Every object below that is no data, with its place."""
    pending: list[tuple[tuple[str | int, ...], Any]] = [((), part)]
    while pending:
        here, value = pending.pop()
        if isinstance(value, list):
            pending += [((*here, index), member) for index, member in enumerate(value)]
        elif isinstance(value, dict):
            yield here, value
            pending += [((*here, name), member) for name, member in value.items() if name not in _VALUES]


@cache
def _validator() -> jsonschema_rs.Draft202012Validator:
    return jsonschema_rs.Draft202012Validator(DATA_SCHEMA, validate_formats=True)

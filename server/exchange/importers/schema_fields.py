"""Schemas of single values → fields."""

from __future__ import annotations

import json
import math
from decimal import Decimal, InvalidOperation
from typing import Any

import jsonschema_rs
import msgspec

from server.exchange.importers.schema_source import Flat, Said, Source, is_number, limits
from server.exchange.importers.titles import readable, told_apart
from server.forms.kinds.kind import LARGEST
from server.types import JsonValue

#: Formats that are checked on the way; any other one means nothing here.
_FORMATS = frozenset(
    ("date", "date-time", "time", "email", "uri", "uri-reference", "hostname", "ipv4", "ipv6", "uuid", "regex", "json-pointer")
)
#: Own annotations that stay as they are on a field whose kind follows from its type.
_OWN = ("x-money", "x-sensitive", "x-source")
#: Own kinds that stand on a plain value.
_OWN_KINDS = frozenset(("long_text", "resident_id", "disability_certificate", "phone", "bank_account", "decimal"))
_LONG_TEXT = 200
_MOST_PLACES = 6
_SEARCHED_FROM = 30
_MOST_OPTIONS = 2_000


class Scalar(msgspec.Struct, frozen=True, kw_only=True):
    """The schema of one value in our form."""

    schema: dict[str, Any]
    options: dict[str, JsonValue] = {}


def text_field(source: Source, flat: Flat) -> Scalar:
    """A field for text, with the limits that were said."""
    schema: dict[str, Any] = {"type": "string"}
    for keyword, lowest in (("minLength", False), ("maxLength", True)):
        limit = limits(flat, keyword, lowest=lowest)
        if limit is not None and 0 <= limit <= LARGEST and limit == int(limit):
            schema[keyword] = int(limit)
            _carry(source, flat, keyword)
    patterns = [one for one in flat.said.get("pattern", ()) if _is_usable(source, one)]
    if patterns:
        schema["pattern"] = patterns[0].value
        if len(patterns) > 1:
            schema["allOf"] = [{"pattern": one.value} for one in patterns[1:]]
    for one in flat.said.get("format", ())[:1]:
        if one.value in _FORMATS:
            schema["format"] = one.value
            source.ledger.carry(one.pointer)
        else:
            source.ledger.drop(one.pointer, "unknown-format", str(one.value)[:40])
    if schema.get("maxLength", 0) > _LONG_TEXT and "format" not in schema and "pattern" not in schema:
        schema["x-element"] = "long_text"
    return Scalar(schema=schema | _own(source, flat))


def long_text() -> dict[str, Any]:
    """The schema of a field for whatever has no field of its own."""
    return {"type": "string", "minLength": 1, "maxLength": 4000, "x-element": "long_text"}


def number_field(source: Source, flat: Flat, *, whole: bool) -> Scalar:
    """A field for a number; fractions are kept as integers of their last place."""
    own = _own(source, flat)
    money = own.get("x-money") == "CNY"
    element = own.get("x-element")
    if isinstance(element, dict):
        # Our own annotation: the integer already counts the last places.
        return Scalar(schema={"type": "integer", **_bounds(source, flat, scale=0), **own})
    scale = 0 if whole else _places(flat)
    schema: dict[str, Any] = {"type": "integer", **_bounds(source, flat, scale=scale)}
    if not whole and not money:
        schema["x-element"] = {"kind": "decimal", "scale": scale}
        for one in flat.said.get("type", ()):
            source.ledger.approximate(one.pointer, "number-scaled", places=scale)
    return Scalar(schema=schema | own)


def choice_field(source: Source, options: list[tuple[JsonValue, str]], flat: Flat) -> Scalar:
    """A field to choose one of the (value, title) pairs."""
    for one in flat.said.get("format", ()):
        source.ledger.carry(one.pointer)
    many = len(options) > _SEARCHED_FROM
    schema = {"type": "string", "oneOf": entries(options)} | _own(source, flat)
    return Scalar(schema=schema, options={"format": "search"} if many else {})


def entries(options: list[tuple[JsonValue, str]]) -> list[JsonValue]:
    """Options as `oneOf` members, each value and each title once."""
    codes: dict[str, str] = {}
    for value, title in options[:_MOST_OPTIONS]:
        code = code_of(value)
        codes.setdefault(code, readable(title, code or json.dumps(value)))
    titles = told_apart(codes.values())
    return [{"const": code, "title": title} for code, title in zip(codes, titles, strict=True)]


def code_of(value: JsonValue) -> str:
    """The code under which a value is chosen."""
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)


def enum_options(source: Source, flat: Flat) -> list[tuple[JsonValue, str]] | None:
    """The values of `enum` and `const` in order, as far as all of them allow; nothing where there are none."""
    found: list[JsonValue] | None = None
    for one in (*flat.said.get("enum", ()), *flat.said.get("const", ())):
        values = one.value if one.pointer.endswith("/enum") and isinstance(one.value, list) else [one.value]
        source.ledger.carry(one.pointer)
        _note_values(source, one, values)
        wanted = [value for value in values if value is not None]
        found = wanted if found is None else [value for value in found if value in wanted] or found
    if not found:
        return None
    names = next((one for one in flat.said.get("enumNames", ()) if isinstance(one.value, list)), None)
    if names is not None and len(names.value) == len(found):
        source.ledger.carry(names.pointer)
        return [(value, str(name)) for value, name in zip(found, names.value, strict=True)]
    return [(value, code_of(value)) for value in found]


def default_rule(source: Source, flat: Flat, schema: dict[str, Any]) -> dict[str, str]:
    """The default as a suggestion, where it fits the field."""
    for one in flat.said.get("default", ()):
        if one.value is None:
            source.ledger.approximate(one.pointer, "null-as-unanswered")
            continue
        text = literal(one.value, schema)
        if text is not None and jsonschema_rs.Draft202012Validator(_plain(schema)).is_valid(_stored(one.value, schema)):
            source.ledger.approximate(one.pointer, "default-suggested")
            return {"suggested": text}
        source.ledger.drop(one.pointer, "default-not-fitting")
    return {}


def literal(value: JsonValue, schema: dict[str, Any]) -> str | None:
    """A value as a CEL literal for a field with this schema; nothing where it cannot be its value."""
    stored = _stored(value, schema)
    match schema.get("type"):
        case "boolean" if isinstance(stored, bool):
            return "true" if stored else "false"
        case "integer" if isinstance(stored, int) and not isinstance(stored, bool) and abs(stored) <= LARGEST:
            return str(stored)
        case "string" if isinstance(stored, str):
            return cel_text(stored)
    return None


def cel_text(text: str) -> str:
    """A text as a CEL literal."""
    return json.dumps(text, ensure_ascii=False).replace("\\/", "/")


def _stored(value: JsonValue, schema: dict[str, Any]) -> JsonValue:
    """A value of the source as the field stores it."""
    if schema.get("type") == "string" and "oneOf" in schema:
        return code_of(value)
    element = schema.get("x-element")
    if schema.get("type") == "integer" and is_number(value):
        scale = int(element.get("scale", 2)) if isinstance(element, dict) else 0
        scaled = _scaled(value, scale)
        return value if scaled is None else scaled
    return value


def _scaled(value: int | float, scale: int) -> int | None:
    try:
        found = Decimal(str(value)).scaleb(scale)
    except InvalidOperation:
        return None
    return int(found) if found == found.to_integral_value() and abs(found) <= LARGEST else None


def _plain(schema: dict[str, Any]) -> JsonValue:
    return {keyword: value for keyword, value in schema.items() if not keyword.startswith("x-")}


def _places(flat: Flat) -> int:
    """Decimal places: as many as `multipleOf` and the limits have, two at least."""
    told = [one.value for name in ("multipleOf", "minimum", "maximum") for one in flat.said.get(name, ()) if is_number(one.value)]
    places = [
        -int(exponent) for value in told if isinstance(exponent := Decimal(str(value)).normalize().as_tuple().exponent, int)
    ]
    return min(max(2, *places, 2), _MOST_PLACES)


def _bounds(source: Source, flat: Flat, *, scale: int) -> dict[str, JsonValue]:
    found: dict[str, JsonValue] = {}
    for keyword, lowest in (("minimum", False), ("maximum", True), ("exclusiveMinimum", False), ("exclusiveMaximum", True)):
        limit = limits(flat, keyword, lowest=lowest)
        for one in flat.said.get(keyword, ()):
            if not is_number(one.value):
                source.ledger.drop(one.pointer, "not-understood")
        if limit is None:
            continue
        value = _scaled(limit, scale)
        if value is None:
            upward = not lowest
            edge = math.ceil(limit * 10**scale) if upward else math.floor(limit * 10**scale)
            if abs(edge) > LARGEST:
                _drop(source, flat, keyword, "limit-beyond-numbers")
                continue
            name = "minimum" if upward else "maximum"
            found[name] = edge
            _approximate(source, flat, keyword, "limit-rounded")
            continue
        found[keyword] = value
        _carry(source, flat, keyword)
    for one in flat.said.get("multipleOf", ()):
        step = _scaled(one.value, scale) if is_number(one.value) else None
        if step and step > 0:
            found["multipleOf"] = step
            source.ledger.carry(one.pointer)
        else:
            source.ledger.drop(one.pointer, "limit-beyond-numbers")
    return {keyword: value for keyword, value in found.items() if (keyword, value) != ("multipleOf", 1)}


def _own(source: Source, flat: Flat) -> dict[str, Any]:
    """Our own annotations, where they can stay."""
    found: dict[str, Any] = {}
    for name in _OWN:
        for one in flat.said.get(name, ())[:1]:
            if isinstance(one.value, str) and (name != "x-money" or one.value == "CNY"):
                found[name] = one.value
                source.ledger.carry(one.pointer)
    for one in flat.said.get("x-element", ())[:1]:
        kind = one.value.get("kind") if isinstance(one.value, dict) else one.value
        if kind in _OWN_KINDS:
            found["x-element"] = one.value
            source.ledger.carry(one.pointer)
    return found


def _is_usable(source: Source, one: Said) -> bool:
    """Whether a pattern is one that can be checked."""
    if not isinstance(one.value, str):
        return False
    try:
        jsonschema_rs.Draft202012Validator({"pattern": one.value})
    except (ValueError, jsonschema_rs.ValidationError):
        source.ledger.drop(one.pointer, "pattern-unusable", one.value[:80])
        return False
    source.ledger.carry(one.pointer)
    return True


def _note_values(source: Source, one: Said, values: list[JsonValue]) -> None:
    if any(value is None for value in values):
        source.ledger.approximate(one.pointer, "null-as-unanswered")
    if any(value is not None and not isinstance(value, str) for value in values):
        source.ledger.approximate(one.pointer, "enum-as-text")
    if len(values) > _MOST_OPTIONS:
        source.ledger.approximate(one.pointer, "too-many-options", limit=_MOST_OPTIONS)


def _carry(source: Source, flat: Flat, keyword: str) -> None:
    for one in flat.said.get(keyword, ()):
        source.ledger.carry(one.pointer)


def _approximate(source: Source, flat: Flat, keyword: str, code: str) -> None:
    for one in flat.said.get(keyword, ()):
        source.ledger.approximate(one.pointer, code)


def _drop(source: Source, flat: Flat, keyword: str, code: str) -> None:
    for one in flat.said.get(keyword, ()):
        source.ledger.drop(one.pointer, code)

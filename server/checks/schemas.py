"""Data schemas make sense: keywords that exist and belong to their type, bounds that leave something, values that fit.

That a schema is valid at all is seen before it is compiled; JSON Schema itself allows everything that is found here.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from server.checks.layout import form_document
from server.checks.place import Place, nearest, repeated
from server.checks.subject import Subject
from server.definitions.reading import type_name
from server.definitions.service import Service
from server.findings import Finding
from server.types import JsonValue

_OF_TYPES: Mapping[str, tuple[str, ...]] = {
    "string": ("minLength", "maxLength", "pattern", "format", "contentEncoding", "contentMediaType", "contentSchema"),
    "number": ("minimum", "maximum", "exclusiveMinimum", "exclusiveMaximum", "multipleOf"),
    "array": (
        *("items", "prefixItems", "contains", "minItems", "maxItems", "uniqueItems", "minContains", "maxContains"),
        "unevaluatedItems",
    ),
    "object": (
        *("properties", "required", "additionalProperties", "patternProperties", "propertyNames", "minProperties"),
        *("maxProperties", "dependentRequired", "dependentSchemas", "unevaluatedProperties"),
    ),
}
_OF_ANY = (
    *("$schema", "$id", "$ref", "$defs", "$anchor", "$comment", "$dynamicAnchor", "$vocabulary", "type", "enum", "const"),
    *("title", "description", "default", "examples", "deprecated", "readOnly", "writeOnly"),
    *("allOf", "anyOf", "oneOf", "not", "if", "then", "else"),
    *("x-codelist", "x-money", "x-sensitive", "x-source", "x-element", "x-computed"),
)
_TYPE_OF = {keyword: kind for kind, keywords in _OF_TYPES.items() for keyword in keywords}
_TYPE_OF |= {"x-codelist": "string", "x-money": "integer"}
_KEYWORDS = (*_OF_ANY, *_TYPE_OF)
_FORMATS = (
    *("date", "time", "date-time", "duration", "email", "idn-email", "hostname", "idn-hostname", "ipv4", "ipv6", "uri"),
    *("uri-reference", "iri", "iri-reference", "uuid", "uri-template", "json-pointer", "relative-json-pointer", "regex"),
)
_BOUNDS = (
    ("minLength", "maxLength"),
    ("minItems", "maxItems"),
    ("minimum", "maximum"),
    ("minProperties", "maxProperties"),
    ("minContains", "maxContains"),
)
#: Pairs of bounds of which one is itself left out.
_OPEN_BOUNDS = (
    ("exclusiveMinimum", "maximum"),
    ("minimum", "exclusiveMaximum"),
    ("exclusiveMinimum", "exclusiveMaximum"),
)
#: Keywords under which schemas stand, alone, in a list, or by name.
_SINGLE = ("items", "contains", "not", "if", "then", "else", "additionalProperties", "propertyNames", "contentSchema")
_LISTED = ("allOf", "anyOf", "oneOf", "prefixItems")
_NAMED = ("properties", "$defs", "patternProperties", "dependentSchemas")
_OPTIONS = ("oneOf", "anyOf")


def check_schemas(subject: Subject, service: Service) -> Iterator[Finding]:
    """Schemas of forms, requests and replies hold only what has a meaning there and can be fulfilled."""
    for form in (service.form, *service.task_forms.values()):
        if form.id not in subject.broken:
            yield from _findings(form.schema, form_document(service, form, "data.schema.json"))
    for connector_id, connector in service.connectors.items():
        for name, operation in connector.operations.items():
            here = subject.document("connector", connector_id).under("operations", name)
            if f"{connector_id}.{name}" not in subject.broken:
                yield from _findings(operation.request, here.under("request"))
                yield from _findings(operation.reply, here.under("reply"))


def _findings(root: JsonValue, document: Place) -> Iterator[Finding]:
    pending: list[tuple[Place, JsonValue, tuple[str, ...]]] = [(document, root, ())]
    while pending:
        here, schema, outer = pending.pop()
        if not isinstance(schema, dict):
            continue
        types = _types(schema) or outer
        yield from _keywords(schema, types, here)
        yield from _bounds(schema, here)
        yield from _values(schema, types, here)
        yield from _names(schema, here)
        pending += _below(schema, types, here)


def _below(schema: Mapping[str, Any], types: tuple[str, ...], here: Place) -> Iterator[tuple[Place, JsonValue, tuple[str, ...]]]:
    """The schemas inside one; alternatives are of the type of what they stand in."""
    for keyword in _SINGLE:
        if keyword in schema:
            yield here.under(keyword), schema[keyword], types if keyword in ("not", "if", "then", "else") else ()
    for keyword in _LISTED:
        for index, member in enumerate(schema.get(keyword, ())):
            yield here.under(keyword, index), member, () if keyword == "prefixItems" else types
    for keyword in _NAMED:
        for name, member in schema.get(keyword, {}).items():
            yield here.under(keyword, name), member, ()


def _types(schema: Mapping[str, Any]) -> tuple[str, ...]:
    found = schema.get("type", ())
    return (found,) if isinstance(found, str) else tuple(found)


def _keywords(schema: Mapping[str, Any], types: tuple[str, ...], here: Place) -> Iterator[Finding]:
    """Keywords that nobody knows, and those that mean nothing for values of the type."""
    known = {*types, "number"} if "integer" in types else set(types)
    for keyword in schema:
        if keyword not in _KEYWORDS:
            yield here.under(keyword).error("unknown-keyword", keyword=keyword, suggestion=nearest(keyword, _KEYWORDS))
        elif known and keyword in _TYPE_OF and _TYPE_OF[keyword] not in known:
            yield here.under(keyword).error("keyword-of-other-type", keyword=keyword, expected=_TYPE_OF[keyword], found=types[0])
    form = schema.get("format", "date")
    if form not in _FORMATS:
        yield here.under("format").error("unknown-text-format", format=form, suggestion=nearest(form, _FORMATS))


def _bounds(schema: Mapping[str, Any], here: Place) -> Iterator[Finding]:
    """Bounds that leave nothing."""
    for low, high in _BOUNDS:
        if low in schema and high in schema and schema[low] > schema[high]:
            yield here.under(high).error("bounds-crossed", low=schema[low], high=schema[high])
    for low, high in _OPEN_BOUNDS:
        if low in schema and high in schema and schema[low] >= schema[high]:
            yield here.under(high).error("bounds-crossed", low=schema[low], high=schema[high])
    for keyword in ("maxLength", "maxItems"):
        if schema.get(keyword) == 0:
            yield here.under(keyword).error("nothing-fits", keyword=keyword)
    if schema.get("enum") == []:
        yield here.under("enum").error("nothing-fits", keyword="enum")


def _values(schema: Mapping[str, Any], types: tuple[str, ...], here: Place) -> Iterator[Finding]:
    """Values of another type than the schema's, and options written twice."""
    given = [(here.under(keyword), schema[keyword]) for keyword in ("const", "default") if keyword in schema]
    given += [(here.under("enum", index), value) for index, value in enumerate(schema.get("enum", ()))]
    for place, value in given:
        if types and not _is_of(value, types):
            yield place.error("value-of-other-type", expected=types[0], found=type_name(value))
    if "default" in schema and "enum" in schema and schema["default"] not in schema["enum"]:
        allowed = ", ".join(map(str, schema["enum"]))
        yield here.under("default").error("unknown-value", value=str(schema["default"]), allowed=allowed)
    for keyword in _OPTIONS:
        options = [option if isinstance(option, dict) else {} for option in schema.get(keyword, ())]
        for index in repeated(repr(option["const"]) if "const" in option else None for option in options):
            yield here.under(keyword, index, "const").error("code-twice", code=str(options[index]["const"]))
    for index in repeated(map(repr, schema.get("enum", ()))):
        yield here.under("enum", index).error("code-twice", code=str(schema["enum"][index]))


def _is_of(value: JsonValue, types: tuple[str, ...]) -> bool:
    found = type_name(value)
    return found in types or (found == "integer" and "number" in types)


def _names(schema: Mapping[str, Any], here: Place) -> Iterator[Finding]:
    """Members that must be there and that the schema does not describe."""
    described = schema.get("properties")
    if described is None or schema.keys() & {"patternProperties", "$ref", "allOf", "anyOf", "oneOf"}:
        return
    for index, name in enumerate(schema.get("required", ())):
        if name not in described:
            yield here.under("required", index).error("unknown-property", name=name, suggestion=nearest(name, described))

"""Alternatives of a JSON Schema: options to choose from, variants of an object, or one that is taken for all."""

from __future__ import annotations

from typing import Any

import msgspec

from server.exchange.importers.schema_fields import enum_options
from server.exchange.importers.schema_source import Flat, Part, Said, Source, types_of
from server.exchange.importers.titles import readable, words_of
from server.messages.importing import VALUE

ALTERNATIVES = ("anyOf", "oneOf")
#: Which of several types a field takes: what holds most.
_PREFERRED = ("object", "array", "string", "number", "integer", "boolean")


def texts_of(source: Source, flat: Flat, name: str) -> tuple[str, str]:
    """Label and hint."""
    for keyword in ("title", "description"):
        for index, one in enumerate(flat.said.get(keyword, ())):
            source.ledger.carry(one.pointer) if index == 0 else source.ledger.drop(one.pointer, "said-nearer")
    label = readable(flat.first("title"), readable(words_of(name), VALUE))
    hint = readable(flat.first("description"), "", longest=1_000)
    return label, "" if hint == label else hint


def kind_of(source: Source, flat: Flat) -> str:
    """The one type a field has."""
    types = types_of(flat)
    named = [name for name in _PREFERRED if name in types]
    for one in flat.said.get("type", ()):
        if isinstance(one.value, list) and "null" in one.value:
            source.ledger.approximate(one.pointer, "null-as-unanswered")
        if len(named) > 1:
            source.ledger.approximate(one.pointer, "one-type-of-several", chosen=named[0])
        elif not named:
            source.ledger.drop(one.pointer, "null-only")
        else:
            source.ledger.carry(one.pointer)
    return named[0] if named else "object" if has_variants(source, flat) else "any"


def simplified(source: Source, flat: Flat) -> Flat:
    """The flat schema with alternatives that are none taken in: one beside `null`, or one that holds more than the others."""
    for keyword in ALTERNATIVES:
        for one in list(flat.said.get(keyword, ())):
            if not isinstance(one.value, list):
                continue
            real = [(index, alternative) for index, alternative in enumerate(one.value) if not is_null(alternative)]
            if len(real) == 1:
                index, alternative = real[0]
                if len(one.value) > 1:
                    source.ledger.approximate(one.pointer, "null-as-unanswered")
                else:
                    source.ledger.carry(one.pointer)
                flat = _taken_in(source, flat, keyword, one, Part(alternative, f"{one.pointer}/{index}"))
            elif real and not _are_options(source, real, one, flat) and not are_objects(source, real, one, flat):
                index, alternative = _richest(source, real, one, flat)
                source.ledger.approximate(one.pointer, "one-alternative-of-several", number=index + 1)
                for other, _ in real:
                    if other != index:
                        source.ledger.drop(f"{one.pointer}/{other}", "alternative-left-out", keyword)
                flat = _taken_in(source, flat, keyword, one, Part(alternative, f"{one.pointer}/{index}"))
    return flat


def _taken_in(source: Source, flat: Flat, keyword: str, one: Said, part: Part) -> Flat:
    inner = simplified(source, source.flat([part], flat.trail))
    said = {name: list(found) for name, found in flat.said.items()}
    said[keyword] = [other for other in said[keyword] if other.pointer != one.pointer]
    if not said[keyword]:
        del said[keyword]
    for name, found in inner.said.items():
        said.setdefault(name, []).extend(found)
    properties = {name: list(found) for name, found in flat.properties.items()}
    for name, parts in inner.properties.items():
        properties.setdefault(name, []).extend(parts)
    return msgspec.structs.replace(
        flat,
        said=said,
        properties=properties,
        conditions=[*flat.conditions, *inner.conditions],
        trail=flat.trail | inner.trail,
        circular=flat.circular or inner.circular,
    )


def _are_options(source: Source, real: list[tuple[int, Any]], one: Said, flat: Flat) -> bool:
    flats = [source.flat([Part(found, f"{one.pointer}/{index}")], flat.trail) for index, found in real]
    return all({"const", "enum"} & found.said.keys() and not found.properties for found in flats)


def are_objects(source: Source, real: list[tuple[int, Any]], one: Said, flat: Flat) -> bool:
    flats = [source.flat([Part(found, f"{one.pointer}/{index}")], flat.trail) for index, found in real]
    return all(found.properties and not found.circular for found in flats) or all(
        not found.properties and found.said.keys() <= {"required", "type"} and "required" in found.said for found in flats
    )


def _richest(source: Source, real: list[tuple[int, Any]], one: Said, flat: Flat) -> tuple[int, Any]:
    def weight(pair: tuple[int, Any]) -> tuple[int, int]:
        found = source.flat([Part(pair[1], f"{one.pointer}/{pair[0]}")], flat.trail)
        kinds = types_of(found)
        best = min((_PREFERRED.index(kind) for kind in kinds if kind in _PREFERRED), default=len(_PREFERRED))
        return (len(_PREFERRED) if found.circular else best, pair[0])

    return min(real, key=weight)


def listed_options(source: Source, flat: Flat) -> list[tuple[Any, str]] | None:
    """The options of alternatives that are single values with titles."""
    options: list[tuple[Any, str]] = []
    for keyword in ALTERNATIVES:
        for one in flat.said.get(keyword, ()):
            if not isinstance(one.value, list):
                continue
            source.ledger.carry(one.pointer)
            for index, alternative in enumerate(one.value):
                if is_null(alternative):
                    source.ledger.approximate(one.pointer, "null-as-unanswered")
                    continue
                inner = source.flat([Part(alternative, f"{one.pointer}/{index}")], flat.trail)
                values = enum_options(source, inner) or []
                _, hint = texts_of(source, inner, "")
                if hint:
                    source.ledger.drop(f"{one.pointer}/{index}/description", "option-without-hint")
                kind_of(source, inner)
                told = readable(inner.first("title"), "")
                options += [(value, told or text) for value, text in values] if len(values) == 1 else values
    return options or None


def has_variants(source: Source, flat: Flat) -> bool:
    return any(
        isinstance(one.value, list) and are_objects(source, list(enumerate(one.value)), one, flat)
        for keyword in ALTERNATIVES
        for one in flat.said.get(keyword, ())
    )


def is_null(schema: Any) -> bool:
    return isinstance(schema, dict) and (
        schema.get("type") == "null" or schema.get("const", 0) is None or schema.get("enum") == [None]
    )

"""Mutants of the wrong shape: wrong types, unknown and missing members, values that are none of the allowed ones."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from mutation import GONE, Edits, Ground, Operator, below

#: Kinds whose every member has a meaning, and the places in them that may hold anything.
STRICT = (
    "bundle", "layout", "task_layout", "logic", "task_logic", "materials", "codelist", "locks", "items",
    "process", "table", "parameters", "agencies", "connector", "notice", "calendar",
)  # fmt: skip
FREE = ("/facts/", "/request/", "/reply/", "/regions/")
#: Kind, pattern and member of what must be there.
NEEDED = (
    ("bundle", "", "title"),
    ("bundle", "", "place_field"),
    ("bundle", "", "number_prefix"),
    ("layout", "/elements/*", "label"),
    ("layout", "/elements/**/elements/*", "id"),
    ("logic", "/assertions/*", "message"),
    ("materials", "/materials/*", "title"),
    ("materials", "/materials/*", "reason"),
    ("codelist", "/codes/*", "title"),
    ("items", "/items/*", "lead_agency"),
    ("items", "/items/*", "outcomes"),
    ("items", "/items/*/outcomes/*", "tone"),
    ("process", "/nodes/*", "kind"),
    ("process", "/nodes/*/outcomes/*", "title"),
    ("process", "/nodes/*/outcomes/*", "next"),
    ("process", "/nodes/*/actor", "level"),
    ("process", "/nodes/*/branches/*", "next"),
    ("table", "", "hit"),
    ("table", "/inputs/*", "type"),
    ("table", "/rows/*", "id"),
    ("table", "/rows/*", "reason"),
    ("parameters", "/parameters/*", "unit"),
    ("parameters", "/parameters/*/values/*", "valid_from"),
    ("agencies", "/agencies/*", "title"),
    ("connector", "/operations/*", "path"),
    ("notice", "", "text"),
    ("calendar", "", "years"),
)
#: Kind and pattern of every place with a few allowed values.
CLOSED = (
    ("layout", "/elements/*/type"),
    ("layout", "/elements/**/type"),
    ("layout", "/elements/**/format"),
    ("logic", "/assertions/*/severity"),
    ("items", "/items/*/level"),
    ("items", "/items/*/outcomes/*/tone"),
    ("process", "/nodes/*/kind"),
    ("process", "/nodes/*/actor/level"),
    ("process", "/nodes/*/outcomes/*/tone"),
    ("process", "/nodes/*/clock"),
    ("table", "/hit"),
    ("table", "/inputs/*/type"),
    ("parameters", "/parameters/*/values/*/status"),
    ("notice", "/channel"),
    ("locks", "/locks/*/allow"),
    ("materials", "/materials/*/pages"),
    ("data_schema", "/**/type"),
    ("data_schema", "/**/x-money"),
)


def _members(ground: Ground) -> Iterator[tuple[tuple[str, str], Any]]:
    for kind in STRICT:
        for place, value in ground.sites(kind, "/**/*"):
            if not any(part in f"{place[1]}/" for part in FREE):
                yield place, value


def wrong_type(ground: Ground) -> Iterator[Edits]:
    """A number for a text, a text for a number, a list for an object and the other way round."""
    for place, value in _members(ground):
        match value:
            case bool():
                yield {place: "yes"}
            case str():
                yield {place: 7}
            case int():
                yield {place: f"{value} days"}
            case list():
                yield {place: {"first": 1}}
            case dict():
                yield {place: ["first"]}


def null_for_a_value(ground: Ground) -> Iterator[Edits]:
    """Nothing where something is needed."""
    for kind, pattern, member in NEEDED:
        for place, value in ground.sites(kind, pattern):
            if isinstance(value, dict) and member in value:
                yield {below(place, member): None}


def unknown_member(ground: Ground) -> Iterator[Edits]:
    """A member that no document of the kind has."""
    for kind in STRICT:
        for place, value in ground.sites(kind, "/**/*"):
            known = {"title", "id", "next", "scope", "agency", "value", "expression", "allow", "holds"}
            if isinstance(value, dict) and known & value.keys() and not any(part in f"{place[1]}/" for part in FREE):
                yield {below(place, "colour"): "red"}


def missing_member(ground: Ground) -> Iterator[Edits]:
    """Something that must be there, left out."""
    for kind, pattern, member in NEEDED:
        for place, value in ground.sites(kind, pattern):
            if isinstance(value, dict) and member in value:
                yield {below(place, member): GONE}


def unknown_value(ground: Ground) -> Iterator[Edits]:
    """A word that is none of the allowed ones."""
    for kind, pattern in CLOSED:
        for place, value in ground.sites(kind, pattern):
            if isinstance(value, str):
                yield {place: f"{value}ish"}


def not_a_day(ground: Ground) -> Iterator[Edits]:
    """Days that no calendar has."""
    for kind, pattern in (("calendar", "/holidays/*"), ("calendar", "/workdays/*"), ("bundle", "/issued_on"),
                          ("parameters", "/parameters/*/values/*/valid_from")):  # fmt: skip
        for place, value in ground.sites(kind, pattern):
            yield {place: f"{value[:5]}02-30"}
            yield {place: value.replace("-", "/")}


def not_exact(ground: Ground) -> Iterator[Edits]:
    """Figures that other readers would round."""
    for kind, pattern in (
        ("parameters", "/parameters/*/values/*/value"),
        ("items", "/items/*/order"),
        ("materials", "/materials/*/row"),
    ):
        for place, _ in ground.sites(kind, pattern):
            yield {place: 2**60}
            yield {place: 1.5}


OPERATORS: tuple[Operator, ...] = (
    wrong_type,
    null_for_a_value,
    unknown_member,
    missing_member,
    unknown_value,
    not_a_day,
    not_exact,
)

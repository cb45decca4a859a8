"""Forms of a few fields, compiled from what a test writes down."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from itertools import count
from typing import Any

import msgspec

from server.definitions.bundle import CodeList
from server.definitions.form import Categorization, FormDefinition, Logic
from server.definitions.regions import RegionTree
from server.findings import Finding
from server.forms.compile import CompiledForm, compile_form
from server.forms.settle import Context
from server.forms.surroundings import FormSurroundings
from server.rules.types import RuleType

TODAY = date(2026, 11, 24)


class Weekdays:
    """Working days without holidays."""

    def workdays_between(self, start: date, end: date) -> int:
        return sum((start.toordinal() + day) % 7 not in (6, 0) for day in range(1, (end - start).days + 1))


CONTEXT = Context(today=TODAY, calendar=Weekdays())


def new_keys() -> Iterator[str]:
    """Row keys `k1`, `k2` …"""
    return (f"k{number}" for number in count(1))


def surroundings(document: Mapping[str, Any] | None = None) -> FormSurroundings:
    """Surroundings with these code lists, consents, regions, materials and scopes."""
    given = dict(document or {})
    return FormSurroundings(
        codelists={
            name: msgspec.convert({"title": name, **entry}, CodeList) for name, entry in given.get("codelists", {}).items()
        },
        parameters=msgspec.convert(given.get("parameters", {}), dict[str, RuleType]),
        materials=tuple(given.get("materials", ())),
        scopes={item: frozenset(names) for item, names in given.get("scopes", {}).items()},
        items_field=given.get("items_field", ""),
        consents=given.get("consents", {}),
        regions=RegionTree(given.get("regions", {})),
    )


def control(name: str, **more: Any) -> dict[str, Any]:
    """The layout element of one property path."""
    scope = "#" + "".join(f"/properties/{part}" for part in name.split("."))
    return {"type": "Control", "id": name.replace(".", "_"), "scope": scope, **more}


def definition(
    properties: Mapping[str, Any],
    elements: Sequence[Mapping[str, Any]] | None = None,
    *,
    logic: Mapping[str, Any] | None = None,
    required: Sequence[str] = (),
    pages: Mapping[str, Sequence[Mapping[str, Any]]] | None = None,
) -> FormDefinition:
    """A form of these properties on one page, or on the pages given."""
    shown = pages or {"page": elements if elements is not None else [control(name) for name in properties]}
    categories = [{"type": "Category", "id": name, "label": name, "elements": list(listed)} for name, listed in shown.items()]
    return FormDefinition(
        id="form",
        schema={"type": "object", "properties": dict(properties), "required": list(required)},
        ui=msgspec.convert({"type": "Categorization", "id": "layout", "elements": categories}, Categorization),
        logic=msgspec.convert(dict(logic or {}), Logic),
    )


def compiled(
    found: FormDefinition, around: FormSurroundings | None = None, extra: Mapping[str, RuleType] | None = None
) -> CompiledForm:
    """The compiled form; asserts that nothing is wrong with it."""
    form = compile_form(found, around or surroundings(), extra)
    assert isinstance(form, CompiledForm), form
    return form


def findings(found: FormDefinition, around: FormSurroundings | None = None) -> tuple[Finding, ...]:
    """What is wrong with the form; asserts that something is."""
    form = compile_form(found, around or surroundings())
    assert isinstance(form, tuple), "the form compiles"
    return form

"""The data schemas of a release for those who know JSON Schema and nothing of our annotations."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from server.definitions.bundle import Code, CodeList
from server.documents.pointer import escape
from server.exchange.fidelity import Ledger, Note
from server.exchange.schema_parts import LISTS, MAPS, ONE, keywords_in
from server.exchange.targets.derived import Derived
from server.exchange.targets.draft_07 import to_draft_07
from server.releases import Release
from server.types import JsonValue

#: A schema and where it stands to the schema for others and what became of each keyword.
Translate = Callable[[JsonValue, str], tuple[JsonValue, tuple[Note, ...]]]


def draft_07(release: Release) -> Derived:
    """Every data schema in draft-07."""
    return _each_schema(release, lambda schema, place: to_draft_07(schema, place=place))


def strip_x(release: Release) -> Derived:
    """Every data schema without our annotations."""
    return _each_schema(release, lambda schema, place: without_annotations(schema, place=place))


def inline_codelists(release: Release) -> Derived:
    """Every data schema with the codes of its code lists in place of their names."""
    codelists = release.form.surroundings.codelists
    return _each_schema(release, lambda schema, place: with_codes(schema, codelists, place=place))


def without_annotations(schema: JsonValue, *, place: str = "") -> tuple[JsonValue, tuple[Note, ...]]:
    """The schema without `x-` keywords, and what became of every keyword."""
    ledger = Ledger((place + pointer, keyword) for pointer, keyword in keywords_in(schema))

    def change(found: dict[str, Any], pointer: str) -> dict[str, Any]:
        for keyword in found:
            at = f"{place}{pointer}/{escape(keyword)}"
            if keyword.startswith("x-"):
                ledger.drop(at, "annotation-codes" if keyword == "x-codelist" else "annotation")
            else:
                ledger.carry(at)
        return {keyword: value for keyword, value in found.items() if not keyword.startswith("x-")}

    return changed(schema, change), ledger.notes()


def with_codes(schema: JsonValue, codelists: Mapping[str, CodeList], *, place: str = "") -> tuple[JsonValue, tuple[Note, ...]]:
    """The schema with `oneOf` of every code and its title in place of `x-codelist`, and what became of every keyword."""
    ledger = Ledger((place + pointer, keyword) for pointer, keyword in keywords_in(schema))

    def change(found: dict[str, Any], pointer: str) -> dict[str, Any]:
        for keyword in found:
            if keyword != "x-codelist":
                ledger.carry(f"{place}{pointer}/{escape(keyword)}")
        codelist = codelists.get(str(found.get("x-codelist", "")))
        if codelist is None:
            if "x-codelist" in found:
                ledger.drop(f"{place}{pointer}/x-codelist", "annotation-codes")
            return found
        _note_codes(ledger, f"{place}{pointer}/x-codelist", codelist)
        options = [_option(code, codelist.codes[code]) for code in _ordered(codelist)]
        rest = {keyword: value for keyword, value in found.items() if keyword != "x-codelist"}
        if "oneOf" in rest:
            return {**rest, "allOf": [*rest.get("allOf", ()), {"oneOf": options}]}
        return {**rest, "oneOf": options}

    return changed(schema, change), ledger.notes()


def changed(schema: JsonValue, change: Callable[[dict[str, Any], str], dict[str, Any]], pointer: str = "") -> JsonValue:
    """The schema with every schema in it changed, inner ones first; data inside schemas stays as it is."""
    if not isinstance(schema, dict):
        return schema
    found: dict[str, Any] = {}
    for keyword, value in schema.items():
        here = f"{pointer}/{escape(keyword)}"
        if keyword in MAPS and isinstance(value, dict):
            found[keyword] = {name: changed(one, change, f"{here}/{escape(name)}") for name, one in value.items()}
        elif keyword in LISTS and isinstance(value, list):
            found[keyword] = [changed(one, change, f"{here}/{index}") for index, one in enumerate(value)]
        elif keyword in ONE:
            found[keyword] = changed(value, change, here)
        else:
            found[keyword] = value
    return change(found, pointer)


def schemas_of(release: Release) -> dict[str, JsonValue]:
    """The data schemas of the release's forms by their path in the form tree."""
    ids = {"form": release.service.form, **{f"tasks/{name}": form for name, form in release.service.task_forms.items()}}
    return {f"{release.service_id}/{form_id}/data.schema.json": form.schema for form_id, form in ids.items()}


def _each_schema(release: Release, translate: Translate) -> Derived:
    files: dict[str, JsonValue] = {}
    notes: list[Note] = []
    for path, schema in schemas_of(release).items():
        files[path], found = translate(schema, f"{path}#")
        notes += found
    return Derived(files=files, notes=tuple(notes))


def _ordered(codelist: CodeList) -> list[str]:
    """The codes people are offered, as they are offered, then the others."""
    return list(dict.fromkeys((*(code for code in codelist.offer or () if code in codelist.codes), *codelist.codes)))


def _option(code: str, entry: Code) -> dict[str, JsonValue]:
    return {"const": code, "title": entry.title, **({"description": entry.hint} if entry.hint else {})}


def _note_codes(ledger: Ledger, place: str, codelist: CodeList) -> None:
    if any(entry.parent or entry.valid_from or entry.valid_to for entry in codelist.codes.values()):
        ledger.approximate(place, "codes-flat", count=len(codelist.codes))
    elif codelist.offer is not None and len(codelist.offer) < len(codelist.codes):
        ledger.approximate(place, "codes-all-offered", count=len(codelist.codes))
    else:
        ledger.carry(place)

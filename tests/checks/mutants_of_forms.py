"""Mutants of forms: schemas without sense, layouts with holes, inputs without a name, lists and materials that do not fit."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import pairwise
from typing import Any

from mutation import GONE, Edits, Ground, Operator, above, below, name_of

SCHEMAS = ("data_schema", "task_data_schema")
LAYOUTS = ("layout", "task_layout")


def _leaves(ground: Ground, kind: str) -> Iterator[tuple[tuple[str, str], dict[str, Any]]]:
    """Fields people answer, by their place in a data schema of the kind."""
    for place, value in ground.sites("data_schema", "/**/properties/*"):
        own = isinstance(value, dict) and value.get("type") == kind and not value.get("readOnly")
        if own and "x-element" not in ground.at(above(above(place))):
            yield place, value


def schema_without_sense(ground: Ground) -> Iterator[Edits]:
    """Keywords that contradict each other or that nothing can fulfil."""
    for place, value in _leaves(ground, "string"):
        yield {below(place, "pattern"): "^[0-9"}
        yield {below(place, "pattern"): "(a+)+$\\1"}
        yield {below(place, "maxLength"): 0}
        yield {below(place, "minLength"): 20, below(place, "maxLength"): 10}
        yield {below(place, "minLength"): "2"}
        yield {below(place, "format"): "chinese-date"}
        yield {below(place, "default"): 7}
        yield {below(place, "const"): 7}
        yield {below(place, "maxLenght"): 20}
        yield {below(place, "minimum"): 2}
        if "x-codelist" not in value and "oneOf" not in value:
            yield {below(place, "enum"): [1, 2]}
            yield {below(place, "enum"): []}
            yield {below(place, "enum"): ["a", "a"]}
    for place, _ in _leaves(ground, "integer"):
        yield {below(place, "minimum"): 5, below(place, "maximum"): 3}
        yield {below(place, "minimum"): "5"}
        yield {below(place, "multipleOf"): 0}
        yield {below(place, "default"): "none"}
        yield {below(place, "maxLength"): 5}
    for place, _ in _leaves(ground, "array"):
        yield {below(place, "minItems"): 5, below(place, "maxItems"): 3}
        yield {below(place, "maxItems"): 0}
        yield {below(place, "items"): GONE}
        yield {below(place, "uniqueItems"): "yes"}
    for place, _ in _leaves(ground, "boolean"):
        yield {below(place, "default"): "no"}
        yield {below(place, "enum"): ["yes", "no"]}


def wrong_field_type(ground: Ground) -> Iterator[Edits]:
    """A field of another type than its kind, its rules and its list need."""
    for place, value in _leaves(ground, "string"):
        if {"x-codelist", "x-element"} & value.keys():
            yield {below(place, "type"): "integer"}
            yield {below(place, "type"): ["string", "null"]}
            yield {below(place, "type"): GONE}
    for place, value in _leaves(ground, "integer"):
        if {"x-money", "x-element"} & value.keys():
            yield {below(place, "type"): "string"}
    for place, value in _leaves(ground, "array"):
        yield {below(place, "type"): "object"}
        if "x-codelist" in value.get("items", {}):
            yield {below(place, "items", "type"): "integer"}


def circular_reference(ground: Ground) -> Iterator[Edits]:
    """Schemas that are made of themselves."""
    for place, _ in _leaves(ground, "string"):
        yield {place: {"$ref": f"#{place[1]}"}}
        yield {place: {"$ref": "#/$defs/a"}, (place[0], "/$defs"): {"a": {"$ref": "#/$defs/b"}, "b": {"$ref": "#/$defs/a"}}}
        yield {place: {"$ref": "#"}}


def reference_outside(ground: Ground) -> Iterator[Edits]:
    """References that leave the document or lead nowhere."""
    for place, _ in _leaves(ground, "string"):
        yield {below(place, "$ref"): "#/$defs/nothing"}
        yield {below(place, "$ref"): "https://example.com/schema.json"}
        yield {below(place, "$ref"): "other.schema.json#/properties/a"}


def required_field_on_no_page(ground: Ground) -> Iterator[Edits]:
    """A field people must answer, taken off its page."""
    for kind in LAYOUTS:
        for place, scope in ground.sites(kind, "/elements/**/scope"):
            schema = place[0].replace("ui.json", "data.schema.json")
            field = (schema, scope.removeprefix("#"))
            holder = (schema, field[1].rsplit("/properties/", 1)[0])
            if "/detail/" not in place[1] and name_of(field) in ground.at(holder).get("required", ()):
                yield {above(place): GONE}


def ruling_field_on_no_page(ground: Ground) -> Iterator[Edits]:
    """A field that rules ask for, taken off its page, so that they can never hold."""
    for place, scope in ground.sites("layout", "/elements/**/scope"):
        field = ".".join(scope.removeprefix("#/properties/").split("/properties/"))
        schema = (place[0].replace("ui.json", "data.schema.json"), scope.removeprefix("#"))
        rules = [text for _, text in ground.sites("logic", "/fields/*/relevant", "/fields/*/required")]
        if "/detail/" not in place[1] and any(field in text for text in rules) and "readOnly" not in ground.at(schema):
            yield {above(place): GONE, below(_holder(schema), "required"): _without(ground, schema)}


def _holder(field: tuple[str, str]) -> tuple[str, str]:
    return above(above(field))


def _without(ground: Ground, field: tuple[str, str]) -> list[str]:
    """What must be answered beside a field."""
    return [name for name in ground.at(_holder(field)).get("required", ()) if name != name_of(field)]


def control_that_does_not_fit(ground: Ground) -> Iterator[Edits]:
    """Controls that cannot show what their field is."""
    for kind in LAYOUTS:
        for place, control in ground.sites(kind, "/elements/*/elements/*", "/elements/*/elements/*/elements/*"):
            if control["type"] != "Control":
                continue
            schema = ground.at((place[0].replace("ui.json", "data.schema.json"), control["scope"].removeprefix("#")))
            if schema["type"] in ("integer", "object"):
                yield {below(place, "options", "format"): "checkboxes"}
            if schema["type"] == "string":
                yield {below(place, "options", "format"): "checkboxes"}
                yield {below(place, "options", "detail"): [{"type": "Control", "id": "inner", "scope": "#/properties/x"}]}
            if "detail" in control.get("options", {}):
                yield {below(place, "options", "detail"): []}
                yield {below(place, "options", "detail"): GONE}
                yield {below(place, "options", "row_label_field"): "no_such_member"}


def required_names_nothing(ground: Ground) -> Iterator[Edits]:
    """Requiredness of a field that does not exist, or said twice."""
    for kind in SCHEMAS:
        for place, value in ground.sites(kind, "/**/required"):
            if isinstance(value, list) and value:
                yield {place: [*value, "nickname"]}
                yield {place: [*value, value[0]]}
                yield {place: dict.fromkeys(value, True)}


def duplicate_element(ground: Ground) -> Iterator[Edits]:
    """Elements with the id of another, and fields asked for twice."""
    for kind in LAYOUTS:
        for path in ground.of_kind(kind):
            controls = [place for place, _ in ground.sites(kind, "/elements/**/scope") if place[0] == path]
            for one, other in pairwise(controls):
                if ("/detail/" in one[1]) == ("/detail/" in other[1]):
                    yield {below(above(other), "id"): ground.at(below(above(one), "id"))}
                    if "/detail/" not in one[1]:
                        yield {other: ground.at(one)}
            pages = [place for place, _ in ground.sites(kind, "/elements/*") if place[0] == path]
            for one, other in pairwise(pages):
                yield {below(other, "id"): ground.at(below(one, "id"))}


def empty_page(ground: Ground) -> Iterator[Edits]:
    """Pages and groups with nothing on them, forms without pages."""
    for place, _ in ground.sites("layout", "/elements/*/elements", "/elements"):
        yield {place: []}
    for place, _ in ground.sites("task_layout", "/elements"):
        yield {place: []}
    for kind in LAYOUTS:
        for place, _ in ground.sites(kind, "/elements/*/elements"):
            yield {below(place, "-"): {"type": "Group", "id": "nothing_here", "label": "x", "elements": []}}


def unlabelled(ground: Ground) -> Iterator[Edits]:
    """Inputs, groups, options and whatever else people read, without a name."""
    for kind in SCHEMAS:
        for place, value in ground.sites(kind, "/**/properties/*"):
            shown = f'"#{place[1]}"'
            if isinstance(value, dict) and "title" in value and shown in ground.text and "/items/" not in place[1]:
                yield {below(place, "title"): GONE}
                yield {below(place, "title"): "  "}
    for kind, pattern in (
        ("data_schema", "/**/items/properties/*/title"),
        ("data_schema", "/**/oneOf/*/title"),
        ("task_data_schema", "/**/oneOf/*/title"),
        ("layout", "/elements/*/label"),
        ("layout", "/elements/**/label"),
        ("task_layout", "/elements/*/label"),
        ("codelist", "/codes/*/title"),
        ("materials", "/materials/*/title"),
        ("materials", "/materials/*/reason"),
        ("items", "/items/*/title"),
        ("items", "/items/*/outcomes/*/title"),
        ("process", "/nodes/*/outcomes/*/title"),
        ("process", "/title"),
        ("bundle", "/title"),
        ("notice", "/subject"),
        ("notice", "/text"),
        ("notice", "/title"),
        ("agencies", "/agencies/*/title"),
        ("agencies", "/agencies/*/levels/*"),
        ("table", "/inputs/*/title"),
        ("table", "/rows/*/reason"),
        ("parameters", "/parameters/*/title"),
        ("logic", "/assertions/*/message"),
        ("connector", "/title"),
        ("connector", "/operations/*/title"),
    ):
        for place, _ in ground.sites(kind, pattern):
            yield {place: ""}
            yield {place: " "}
    for place, node in ground.sites("process", "/nodes/*"):
        if node["kind"] == "task":
            yield {below(place, "title"): GONE}
            yield {below(place, "title"): ""}
    for path in ground.of_kind("consent"):
        yield {(path, ""): ""}


def same_label_twice(ground: Ground) -> Iterator[Edits]:
    """Things side by side that nobody can tell apart."""
    for kind, pattern in (
        ("codelist", "/codes/*/title"),
        ("process", "/nodes/*/outcomes/*/title"),
        ("items", "/items/*/title"),
        ("materials", "/materials/*/title"),
        ("layout", "/elements/*/label"),
    ):
        for (one, title), (other, _) in pairwise(ground.sites(kind, pattern)):
            siblings = above(above(one)) == above(above(other))
            if siblings and ground.at(above(one)).get("parent") == ground.at(above(other)).get("parent"):
                yield {other: title}
    for place, elements in ground.sites("layout", "/elements/*/elements", "/elements/*/elements/*/elements"):
        for index, (one, other) in enumerate(pairwise(elements)):
            if one["type"] == other["type"] == "Control":
                yield {below(place, index, "label"): "同名", below(place, index + 1, "label"): "同名"}


def misfit_codes(ground: Ground) -> Iterator[Edits]:
    """Code lists without codes, with offers twice, with codes below themselves, without what materials or offers name."""
    for place, codes in ground.sites("codelist", "/codes"):
        path = place[0]
        if f'"{name_of((path, ""))}"' not in ground.text:
            continue
        yield {place: {}}
        code = next(iter(codes))
        yield {below(place, code, "parent"): code}
        yield {below(place, code, "parent"): "no-such-code"}
        yield {(path, "/offer"): [code, code]}
        yield {(path, "/offer"): [*codes, "no-such-code"]}
        yield {(path, "/offer"): []}
        yield {below(place, code, "valid_from"): "2026-01-01", below(place, code, "valid_to"): "2025-01-01"}
    for path, document in ground.of_kind("codelist").items():
        for code in document.get("offer", ()):
            yield {(path, f"/codes/{code}"): GONE}


def misfit_material(ground: Ground) -> Iterator[Edits]:
    """Materials that nobody ever has to bring, or for nothing."""
    rows = list(ground.sites("materials", "/materials/*/row"))
    for (place, row), (other, _) in pairwise(rows):
        yield {other: row}
        yield {below(above(place), "items"): []}
        yield {below(above(place), "items"): ["no_such_item"]}
        yield {below(above(place), "due"): "false"}
        yield {below(above(place), "waived"): "true", below(above(place), "waived_reason"): "x"}
        yield {below(above(place), "waived"): "false", below(above(place), "waived_reason"): GONE}
        yield {below(above(place), "reuse_days"): -1}
        yield {below(above(place), "template"): "no_such_text"}
    for place, value in ground.sites("materials", "/materials/*"):
        if "items" in value:
            yield {below(place, "items"): [value["items"][0]] * 2}
        if "waived" in value:
            yield {below(place, "waived_reason"): GONE}
            yield {below(place, "waived_reason"): ""}


def misfit_kind(ground: Ground) -> Iterator[Edits]:
    """Kinds of fields that do not stand on their schema."""
    for place, value in _leaves(ground, "string"):
        yield {below(place, "x-element"): "hologram"}
        yield {below(place, "x-element"): "money"}
        yield {below(place, "x-element"): "address"}
        if "x-codelist" not in value and "oneOf" not in value:
            yield {below(place, "x-element"): "choice"}
    for kind in SCHEMAS:
        for place, _ in ground.sites(kind, "/**/oneOf/*/const"):
            yield {place: GONE}
    for place, _ in ground.sites("logic", "/fields/*/computed"):
        yield {place: GONE}
    for place, codelist in ground.sites("task_data_schema", "/properties/*/items/x-codelist"):
        if codelist in ("fields", "materials"):
            yield {place: "gender"}
    for place, value in ground.sites("data_schema", "/**/x-element/text"):
        yield {above(place): "consent"}
        assert value
    for place, value in ground.sites("data_schema", "/**/properties/*"):
        if isinstance(value, dict) and value.get("x-element") == "address":
            yield {below(place, "properties", "region"): GONE}
            yield {below(place, "properties", "line", "type"): "integer"}


def head_of_another_field(ground: Ground) -> Iterator[Edits]:
    """A head that names fields which cannot do what it needs them for."""
    for path in ground.of_kind("bundle"):
        names = [name_of(place) for place, _ in ground.sites("logic", "/fields/*") if "[]" not in name_of(place)]
        head = ground.documents[path]
        yield {(path, "/place_field"): head["name_field"]}
        yield {(path, "/place_field"): head["items_field"]}
        yield {(path, "/person_field"): head["place_field"]}
        yield {(path, "/person_field"): head["items_field"]}
        yield {(path, "/name_field"): head["items_field"]}
        yield {(path, "/items_field"): head["name_field"]}
        yield {(path, "/number_prefix"): ""}
        yield {(path, "/number_prefix"): "a b/c"}
        yield {(path, "/format"): 2}
        yield {(path, "/region"): f"{head['region'][:2]}9900"}
        yield {(path, "/region"): "110000"}
        assert names


OPERATORS: tuple[Operator, ...] = (
    schema_without_sense,
    wrong_field_type,
    circular_reference,
    reference_outside,
    required_field_on_no_page,
    ruling_field_on_no_page,
    required_names_nothing,
    control_that_does_not_fit,
    duplicate_element,
    empty_page,
    unlabelled,
    same_label_twice,
    misfit_codes,
    misfit_material,
    misfit_kind,
    head_of_another_field,
)

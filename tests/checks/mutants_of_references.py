"""Mutants whose references lead nowhere: names written wrong, names renamed on one side, and what they name taken away."""

from __future__ import annotations

import re
from collections.abc import Iterator

from mutation import GONE, Edits, Ground, Operator, above, below, name_of

#: Kind of document and pattern of every place that names something else.
REFERENCES = (
    ("layout", "/elements/**/scope"),
    ("task_layout", "/elements/**/scope"),
    ("data_schema", "/**/x-codelist"),
    ("data_schema", "/**/x-element/text"),
    ("task_data_schema", "/**/x-codelist"),
    ("process", "/nodes/*/next"),
    ("process", "/nodes/*/otherwise"),
    ("process", "/nodes/*/join"),
    ("process", "/nodes/*/objection"),
    ("process", "/nodes/*/supplement"),
    ("process", "/nodes/*/outcomes/*/next"),
    ("process", "/nodes/*/branches/*/next"),
    ("process", "/nodes/*/on/*/next"),
    ("process", "/nodes/*/on/message/*/next"),
    ("process", "/on/*/next"),
    ("process", "/nodes/*/form"),
    ("process", "/nodes/*/table"),
    ("process", "/nodes/*/notice"),
    ("process", "/nodes/*/connector"),
    ("process", "/nodes/*/operation"),
    ("process", "/nodes/*/process"),
    ("process", "/nodes/*/code"),
    ("process", "/nodes/*/actor/agency"),
    ("items", "/intake"),
    ("items", "/common_scope/*"),
    ("items", "/items/*/process"),
    ("items", "/items/*/lead_agency"),
    ("items", "/items/*/data_scope/*"),
    ("materials", "/materials/*/items/*"),
    ("materials", "/materials/*/kind"),
    ("materials", "/materials/*/form"),
    ("materials", "/materials/*/template"),
    ("bundle", "/id"),
    ("bundle", "/region"),
    ("bundle", "/place_field"),
    ("bundle", "/person_field"),
    ("bundle", "/name_field"),
    ("bundle", "/items_field"),
    ("connector", "/owner"),
    ("connector", "/operations/*/data_scope/*"),
    ("connector", "/operations/*/request/required/*"),
    ("connector", "/operations/*/reply/required/*"),
    ("data_schema", "/**/required/*"),
    ("task_data_schema", "/**/required/*"),
    ("table", "/inputs/*/codelist"),
    ("table", "/outputs/*/codelist"),
    ("table", "/rows/*/when/*/codes/*"),
    ("parameters", "/parameters/*/values/*/region"),
    ("codelist", "/codes/*/parent"),
    ("codelist", "/offer/*"),
    ("logic", "/assertions/*/at"),
    ("task_logic", "/assertions/*/at"),
    ("layout", "/elements/**/row_label_field"),
    ("locks", "/locks/*/document"),
)
#: Kind of document and pattern of everything that is named elsewhere.
DEFINITIONS = (
    ("process", "/nodes/*"),
    ("process", "/facts/*"),
    ("logic", "/facts/*"),
    ("task_logic", "/facts/*"),
    ("parameters", "/parameters/*"),
    ("agencies", "/agencies/*"),
    ("items", "/items/*/outcomes/*"),
    ("connector", "/operations/*"),
    ("table", "/outputs/*"),
    ("table", "/inputs/*"),
)
#: Kinds of documents that are named by documents of other kinds.
NAMED_DOCUMENTS = ("table", "notice", "connector", "consent", "process", "task_data_schema", "task_layout")


def misspelt_reference(ground: Ground) -> Iterator[Edits]:
    """A name that nothing has."""
    of_items = {process for _, process in ground.sites("items", "/items/*/process")}
    for kind, pattern in REFERENCES:
        for place, value in ground.sites(kind, pattern):
            # How a process that others run ends is its own affair.
            if isinstance(value, str) and not (pattern.endswith("/code") and name_of((place[0], "")) not in of_items):
                yield {place: value + "x"}


def definition_gone(ground: Ground) -> Iterator[Edits]:
    """What is named elsewhere, taken away."""
    for kind, pattern in DEFINITIONS:
        for place, _ in ground.sites(kind, pattern):
            if _is_named(ground, kind, name_of(place)):
                yield {place: GONE}


def definition_renamed(ground: Ground) -> Iterator[Edits]:
    """What is named elsewhere, renamed where it stands only."""
    for kind, pattern in DEFINITIONS:
        for place, value in ground.sites(kind, pattern):
            # The start is found by its kind.
            if _is_named(ground, kind, name_of(place)) and not (kind == "process" and value.get("kind") == "start"):
                yield {place: GONE, below(above(place), f"{name_of(place)}_2"): value}


def document_gone(ground: Ground) -> Iterator[Edits]:
    """A document that others name, or that every service has."""
    for kind in NAMED_DOCUMENTS:
        yield from ({(path, ""): GONE} for path in ground.of_kind(kind))
    for kind in ("bundle", "data_schema", "layout", "items", "agencies", "calendar"):
        yield from ({(path, ""): GONE} for path in ground.of_kind(kind))
    for _, region in ground.sites("bundle", "/region"):
        yield {(ground.path(f"regions/{region}.json"), ""): GONE}
    for path in ground.of_kind("codelist"):
        if f'"{name_of((path, ""))}"' in ground.text:
            yield {(path, ""): GONE}


def document_renamed(ground: Ground) -> Iterator[Edits]:
    """A document moved to another name."""
    for kind in ("table", "notice", "connector", "consent", "process"):
        for path, value in ground.of_kind(kind).items():
            folder, _, name = path.rpartition("/")
            yield {(path, ""): GONE, (f"{folder}/other_{name}", ""): value}


def field_gone_from_schema(ground: Ground) -> Iterator[Edits]:
    """A field that the layout still asks for."""
    for kind, layout in (("data_schema", "layout"), ("task_data_schema", "task_layout")):
        for path in ground.of_kind(kind):
            for (_, _), scope in _scopes(ground, path, layout):
                yield {(path, scope.removeprefix("#")): GONE}


def field_renamed_in_schema(ground: Ground) -> Iterator[Edits]:
    """A field that everything else knows by its former name."""
    for path in ground.of_kind("data_schema"):
        for _, scope in _scopes(ground, path, "layout"):
            place = (path, scope.removeprefix("#"))
            yield {place: GONE, below(above(place), f"{name_of(place)}_2"): ground.at(place)}


def level_gone(ground: Ground) -> Iterator[Edits]:
    """An office at a level at which tasks go to it."""
    wanted = {(actor["agency"], actor["level"]) for _, actor in ground.sites("process", "/nodes/*/actor")}
    for place, _ in ground.sites("agencies", "/agencies/*/levels/*"):
        if (name_of(above(above(place))), name_of(place)) in wanted:
            yield {place: GONE}


def mapped_member_gone(ground: Ground) -> Iterator[Edits]:
    """A member of a request that a process fills."""
    filled = {name_of(place) for place, _ in ground.sites("process", "/nodes/*/request/*")}
    for place, _ in ground.sites("connector", "/operations/*/request/properties/*"):
        if name_of(place) in filled:
            yield {place: GONE}


def answered_member_gone(ground: Ground) -> Iterator[Edits]:
    """A member of a reply that rules use."""
    for place, _ in ground.sites("connector", "/operations/*/reply/properties/*"):
        calls = [name_of(call) for call, node in ground.sites("process", "/nodes/*") if node["kind"] == "call"]
        if any(re.search(rf"\b{call}\.{name_of(place)}\b", ground.text) for call in calls):
            yield {place: GONE}


def required_mapping_gone(ground: Ground) -> Iterator[Edits]:
    """A member that a request must have."""
    needed = {name for _, name in ground.sites("connector", "/operations/*/request/required/*")}
    for place, _ in ground.sites("process", "/nodes/*/request/*"):
        if name_of(place) in needed:
            yield {place: GONE}


def region_list_without_region(ground: Ground) -> Iterator[Edits]:
    """The region of the bundle, missing from its list."""
    for _, region in ground.sites("bundle", "/region"):
        for path in ground.of_kind("regions"):
            if path.endswith(f"/{region}.json"):
                yield {(path, f"/regions/{region}"): GONE}


def _scopes(ground: Ground, path: str, layout: str) -> Iterator[tuple[tuple[str, str], str]]:
    """The scopes of the form's own controls, those in rows aside."""
    folder = path.rsplit("/", 1)[0]
    for place, scope in ground.sites(layout, "/elements/**/scope"):
        if place[0].startswith(f"{folder}/") and "/detail/" not in place[1]:
            yield place, scope


def _is_named(ground: Ground, kind: str, name: str) -> bool:
    if kind == "parameters":
        return f"parameters.{name}" in ground.text
    member = name.partition("[].")[2]
    if kind in ("logic", "task_logic") or (kind == "process" and "." in name):
        member = name.partition("[].")[2]
        wanted = rf"\brow\.{re.escape(member)}\b" if member else rf"(?<![\w.]){re.escape(name)}(?![\w.]|\":)"
        return re.search(wanted, ground.text) is not None
    return True


OPERATORS: tuple[Operator, ...] = (
    misspelt_reference,
    definition_gone,
    definition_renamed,
    document_gone,
    document_renamed,
    field_gone_from_schema,
    field_renamed_in_schema,
    level_gone,
    mapped_member_gone,
    answered_member_gone,
    required_mapping_gone,
    region_list_without_region,
)

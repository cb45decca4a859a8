"""Mutants of what a region changes: against the locks above it, at places that do not exist, for regions that do not exist."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from mutation import GONE, Edits, Ground, Operator, above, below, name_of

from server.definitions.service import place_of


def _over(ground: Ground, inner: str, region: str = "") -> tuple[str, str]:
    trees = (f"{tree}/{ground.service_id}/{inner}" for tree in ("process_defs", "form_schemas"))
    tree = next((path for path in trees if place_of(path, ground.service_id) is not None), "form_schemas").split("/")[0]
    return f"{tree}/{ground.service_id}/overlays/{region or ground.region}/{inner}", ""


def _patch(ground: Ground, inner: str, *names: str, value: Any, region: str = "") -> Edits:
    """The overlay's document with one more change in it."""
    place = _over(ground, inner, region)
    patch: Any = value
    for name in reversed(names):
        patch = {name: patch}
    return {place: _merged(ground.documents.get(place[0], {}), patch)}


def _merged(one: Any, other: Any) -> Any:
    if not isinstance(one, dict) or not isinstance(other, dict):
        return other
    return {**one, **{name: _merged(one.get(name), value) for name, value in other.items()}}


def _above(ground: Ground, kind: str, pattern: str) -> Iterator[tuple[tuple[str, str], Any]]:
    """The sites in what stands above all regions."""
    yield from ((place, value) for place, value in ground.sites(kind, pattern) if "/overlays/" not in place[0])


def against_a_lock(ground: Ground) -> Iterator[Edits]:
    """What the province does not let regions change."""
    for place, lock in _above(ground, "locks", "/locks/*"):
        key = f"{lock['document']}#{lock['pointer']}"
        if lock["allow"] != "any":
            yield _patch(ground, "locks.json", "locks", key, value={"allow": "any"})
            yield _patch(ground, "locks.json", "locks", key, value=None)
        assert place
    for place, item in _above(ground, "items", "/items/*"):
        name = place[1].rsplit("/", 1)[1]
        if "promised_limit" in item:
            yield _patch(ground, "items.json", "items", name, "promised_limit", value=item["promised_limit"] + 1)
            yield _patch(ground, "items.json", "items", name, "promised_limit", value=None)
        if "legal_limit" in item:
            yield _patch(ground, "items.json", "items", name, "legal_limit", value=item["legal_limit"] + 1)
    schema = "form/data.schema.json"
    for place, names in _above(ground, "data_schema", "/properties/applicant/required"):
        for name in names:
            yield _patch(ground, schema, "properties", "applicant", "required", value={name: None})
        assert place
    applicant = ("properties", "applicant", "properties", "id_number")
    yield _patch(ground, schema, *applicant, value={"title": "号码"})
    yield _patch(ground, schema, *applicant, value={"pattern": None})
    yield _patch(ground, schema, *applicant, value=None)
    paper = {"title": "补充证明", "row": 99, "kind": "original", "form": "scan", "necessity": "必要", "reason": "x"}
    yield _patch(ground, "materials.json", "materials", "one_more_paper", value=paper)
    for place, material in _above(ground, "materials", "/materials/*"):
        name = place[1].rsplit("/", 1)[1]
        if material.get("due", "true") != "true":
            yield _patch(ground, "materials.json", "materials", name, "due", value="true")
        if "waived" in material:
            yield _patch(ground, "materials.json", "materials", name, "waived", value=None)
        if material.get("reuse_days"):
            yield _patch(ground, "materials.json", "materials", name, "reuse_days", value=0)
        if "items" in material:
            yield _patch(ground, "materials.json", "materials", name, "items", value={"medical_assistance": True})
    for member, value in (("id", "other/service"), ("region", "140100"), ("format", 2)):
        yield _patch(ground, "bundle.json", member, value=value)


def change_of_nothing(ground: Ground) -> Iterator[Edits]:
    """Changes of what is not there."""
    nothing: tuple[tuple[str, tuple[str, ...]], ...] = (
        ("form/data.schema.json", ("properties", "applicant", "properties", "nickname")),
        ("form/data.schema.json", ("properties", "applicant", "required", "nickname")),
        ("form/logic.json", ("fields", "applicant.nickname")),
        ("materials.json", ("materials", "no_such_paper")),
        ("items.json", ("items", "no_such_item")),
        ("low_income_identification.process.json", ("nodes", "no_such_node")),
        ("tables/low_income_category.table.json", ("rows", "no_such_row")),
        ("parameters.json", ("parameters", "no_such_parameter")),
        ("calendar.json", ("holidays", "2031-01-01")),
        ("locks.json", ("locks", "items.json#/none")),
    )
    for inner, names in nothing:
        yield _patch(ground, inner, *names, value=None)
    yield {_over(ground, "tables/no_such.table.json"): {"title": "x"}}
    yield {_over(ground, "notices/no_such.json"): None}
    yield {_over(ground, "no_such.process.json"): {"title": "x"}}
    yield _patch(ground, "form/ui.json", "elements", "no_such_page", value={"label": "x"})
    yield _patch(ground, "form/ui.json", "elements", "items", value={"$after": "no_such_page"})
    yield _patch(ground, "tables/low_income_category.table.json", "rows", value={"monitored": {"$after": "no_such_row"}})


def region_of_nowhere(ground: Ground) -> Iterator[Edits]:
    """Overlays for regions that are not below the base's, or that nobody knows."""
    for region in ("999999", "110000", "14", "taiyuan", "140199999", "1401000"):
        yield _patch(ground, "bundle.json", "title", value="x", region=region)


def overlay_of_the_wrong_shape(ground: Ground) -> Iterator[Edits]:
    """Patches that make what the checks of documents refuse."""
    yield _patch(ground, "items.json", "items", value=[])
    yield _patch(ground, "items.json", value=[])
    yield _patch(ground, "materials.json", value="nothing")
    yield _patch(ground, "low_income_identification.process.json", "nodes", "accept", "actor", "level", value="moon")
    yield _patch(ground, "low_income_identification.process.json", "nodes", "accept", "actor", "agency", value="moon")
    yield _patch(ground, "low_income_identification.process.json", "nodes", "accept", value=None)
    yield _patch(ground, "low_income_identification.process.json", "nodes", "accept", "colour", value="red")
    yield _patch(ground, "low_income_identification.process.json", "nodes", "start", "next", value="nowhere")
    yield _patch(ground, "form/logic.json", "fields", "applicant.employer", "relevant", value="applicant.job == '11'")
    yield _patch(ground, "form/logic.json", "fields", "applicant.employer", "relevant", value="applicant.employment_status ==")
    yield _patch(ground, "form/data.schema.json", "properties", "applicant", "properties", "name", value={"maxLength": 0})
    yield _patch(ground, "form/data.schema.json", "properties", "applicant", "properties", "extra", value={"type": "text"})
    yield _patch(ground, "form/data.schema.json", "properties", "applicant", "required", value={"extra": True})
    yield _patch(ground, "parameters.json", "parameters", "adult_age", "values", value={"140000#2025-01-01": None})
    yield _patch(ground, "codelists/gender.json", "codes", value={})
    yield {_over(ground, "form/notes.json"): {}}
    yield {(f"form_schemas/{ground.service_id}/overlays/{ground.region}/library/codelists/gender.json", ""): {"title": "x"}}


def patch_of_another_name(ground: Ground) -> Iterator[Edits]:
    """What a region changes of something, written under a name that nothing above has."""
    for kind, pattern in (
        ("process", "/nodes/*"),
        ("items", "/items/*"),
        ("data_schema", "/properties/*"),
        ("agencies", "/agencies/*"),
    ):
        for place, value in ground.sites(kind, pattern):
            upper = place[0].replace(f"/overlays/{ground.region}/", "/")
            known = upper != place[0] and upper in ground.documents and ground.has((upper, place[1]))
            if known and isinstance(value, dict):
                yield {place: GONE, below(above(place), f"{name_of(place)}_2"): value}


OPERATORS: tuple[Operator, ...] = (
    against_a_lock,
    change_of_nothing,
    region_of_nowhere,
    overlay_of_the_wrong_shape,
    patch_of_another_name,
)

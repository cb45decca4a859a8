"""Row about publishing: a base and an overlay of every county below it, checked and compiled."""

from __future__ import annotations

import time
from statistics import median

from server.bench.rounds import Compared
from server.bench.stage import Stage
from server.checks.workshop import Workshop
from server.definitions.regions import level_of
from server.definitions.service import path_of
from server.overlays.locks import deciding_lock, locks_of
from server.overlays.overlay import base_documents, overlay_path
from server.releases import Release, compile_release
from server.types import JsonValue

_VALID_FROM = "2026-01-01"


def full_check_and_compile(stage: Stage) -> Compared:
    """Milliseconds for one region: everything that a province publishes with a different overlay in each of its counties."""
    release, documents = stage.subject.release, base_documents(stage.subject.documents, stage.subject.release.service_id)
    counties = [code for code in sorted(release.service.regions.regions) if level_of(code) == "county"]
    times = [_publishing(release, documents, counties) for _ in range(stage.pace.rounds)]
    each = [1000 * seconds / (len(counties) + 1) for seconds in times]
    middle = median(each)
    return Compared(ratio=middle, spread=(max(each) - min(each)) / middle, ours=1000 / middle, theirs=1.0)


def _publishing(release: Release, documents: dict[str, JsonValue], counties: list[str]) -> float:
    workshop, start = Workshop(), time.perf_counter()
    for number, region in enumerate((release.region, *counties)):
        overlay = _overlay(release, region, number) if number else {}
        made, findings = compile_release({**documents, **overlay}, release.service_id, region, workshop)
        assert made is not None, findings
    return time.perf_counter() - start


def _overlay(release: Release, region: str, number: int) -> dict[str, JsonValue]:
    """What a county changes: an amount of its own, in many a limit, in some the text of a decision, in few a question."""
    service = release.service
    path, key = path_of(service.id, "parameters"), f"{region}@{_VALID_FROM}"
    named = {name: ("parameters", name, "values", key) for name in sorted(service.parameters.parameters)}
    amounts = [name for name, place in named.items() if _is_free(release, path, place, adding=True)]
    value = {"value": 50_000 + number, "status": "assumed"}
    patches: dict[str, JsonValue] = {
        path: {"parameters": {amounts[number % len(amounts)]: {"values": {key: value}}}},
    }
    if number % 3 == 0:
        item = sorted(service.items.items)[number % len(service.items.items)]
        summary = f"{service.items.items[item].summary} {number}"
        patches[path_of(service.id, "items")] = {"items": {item: {"summary": summary}}}
    tables = [table for table in sorted(service.tables) if _is_free(release, path_of(service.id, "table", table), ("title",))]
    if number % 5 == 0 and tables:
        table = tables[number % len(tables)]
        patches[path_of(service.id, "table", table)] = {"title": f"{service.tables[table].title} {number}"}
    if number % 20 == 0:
        patches[path_of(service.id, "data_schema")] = _relabelled(release, number)
    return {overlay_path(path, service_id=service.id, region=region): patch for path, patch in patches.items()}


def _relabelled(release: Release, number: int) -> JsonValue:
    """A patch that words a question differently, the first that no lock keeps as it is."""
    path = path_of(release.service_id, "data_schema")
    for name, field in release.form.fields.items():
        place = (*(step for part in name.split(".") for step in ("properties", part)), "title")
        if not field.group and "[]" not in name and _is_free(release, path, place):
            patch: JsonValue = f"{field.label} {number}"
            for step in reversed(place):
                patch = {step: patch}
            return patch
    return {}


def _is_free(release: Release, path: str, place: tuple[str, ...], *, adding: bool = False) -> bool:
    """Whether the locks of a release let a county change, or add, what stands at a place."""
    locks = locks_of(release.documents, release.service_id)
    lock = deciding_lock(locks, service_id=release.service_id, path=path, place=place)
    return lock is None or lock.allow == "any" or (adding and lock.allow == "add")

"""Row about publishing: a base and an overlay of every county below it, checked and compiled."""

from __future__ import annotations

import time
from statistics import median
from typing import Any

from server.bench.rounds import Compared
from server.bench.stage import Stage
from server.checks.workshop import Workshop
from server.definitions.regions import level_of
from server.definitions.service import path_of
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
    parameter = sorted(service.parameters.parameters)[number % len(service.parameters.parameters)]
    value = {"value": 50_000 + number, "status": "assumed"}
    patches: dict[tuple[str, str], JsonValue] = {
        ("parameters", ""): {"parameters": {parameter: {"values": {f"{region}@{_VALID_FROM}": value}}}}
    }
    if number % 3 == 0:
        item = sorted(service.items.items)[number % len(service.items.items)]
        limit = service.items.items[item].promised_limit
        if limit is not None and limit > 1:
            patches["items", ""] = {"items": {item: {"summary": f"{service.items.items[item].summary} {number}"}}}
    if number % 5 == 0:
        table = sorted(service.tables)[number % len(service.tables)]
        patches["table", table] = {"title": f"{service.tables[table].title} {number}"}
    if number % 20 == 0:
        patches["data_schema", ""] = _relabelled(release, number)
    return {
        overlay_path(path_of(service.id, kind, name), service_id=service.id, region=region): patch
        for (kind, name), patch in patches.items()
    }


def _relabelled(release: Release, number: int) -> JsonValue:
    """A patch that words the question for the applicant's name differently."""
    patch: Any = {"title": f"{release.form.fields[release.service.bundle.name_field].label} {number}"}
    for part in reversed(release.service.bundle.name_field.split(".")):
        patch = {"properties": {part: patch}}
    return patch

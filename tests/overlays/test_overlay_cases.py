"""Overlays by example: small documents, what regions change of them, and everything that comes of it."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest
from case_files import Case, compare, read_case
from overlaid_service import CITY, SERVICE, bundle, path_in_tree, small_documents

from server.documents.pointer import format_pointer
from server.messages.findings import finding_text
from server.messages.overlays import CONFLICTS
from server.overlays.compose import Composed, compose
from server.overlays.conflicts import Choice, Conflict
from server.overlays.overlay import Overlay, overlay_path
from server.overlays.rebase import Rebased, rebase, resolve

CASES = Path(__file__).with_name("cases")
HEAD = {"bundle.json": small_documents()[path_in_tree("bundle.json")]}


def cases(folder: str) -> list[Path]:
    return sorted((CASES / folder).glob("*.case"))


@pytest.mark.cases
@pytest.mark.parametrize("path", cases("compose"), ids=lambda path: path.stem)
def test_documents_hold_in_a_region_as_its_overlays_say(path: Path) -> None:
    case = read_case(path)
    base = bundle(HEAD | documents_in(case, "base/"))
    overlays = {
        overlay_path(path_in_tree(inner), service_id=SERVICE, region=region): value
        for name, value in documents_in(case, "overlays/").items()
        for region, _, inner in (name.partition("/"),)
    }
    composed = compose({**base, **overlays}, service_id=SERVICE, region=case.parts.get("region", CITY))
    changed = {inner(path): value for path, value in composed.documents.items() if value is not base.get(path)}
    changed |= {inner(path): None for path in base.keys() - composed.documents.keys()}
    compare(case, {"documents": lines(changed), "origins": origins(composed), "findings": told(composed)})


@pytest.mark.cases
@pytest.mark.parametrize("path", cases("rebase"), ids=lambda path: path.stem)
def test_an_overlay_follows_its_parent(path: Path) -> None:
    case = read_case(path)
    old, new = (bundle(HEAD | documents_in(case, prefix)) for prefix in ("old/", "new/"))
    patches = {path_in_tree(name): patch for name, patch in documents_in(case, "overlay/").items()}
    rebased = rebase(old, new, Overlay(service_id=SERVICE, region=CITY, patches=patches))
    found = {"overlay": patches_of(rebased), "conflicts": disputes(rebased)}
    if "choices" in case.parts:
        resolved = resolve(rebased, dict(choices(case)))
        found |= {"resolved": patches_of(resolved), "left": disputes(resolved)}
    compare(case, found)


def documents_in(case: Case, prefix: str) -> dict[str, Any]:
    """The documents that stand in parts of a case, by the rest of the part's name."""
    parts = {name.removeprefix(prefix): text for name, text in case.parts.items() if name.startswith(prefix)}
    return {name: text if name.endswith(".md") else json.loads(text) for name, text in parts.items()}


def choices(case: Case) -> Any:
    for line in case.parts["choices"].splitlines():
        place, _, chosen = line.partition(" => ")
        name, _, pointer = place.partition("#")
        value = json.loads(chosen) if chosen not in ("keep-ours", "take-theirs") else None
        yield (path_in_tree(name), pointer), Choice(take=chosen if value is None else "value", value=value)


def inner(path: str) -> str:
    return path.partition(f"/{SERVICE}/")[2]


def lines(documents: Mapping[str, Any]) -> str:
    return "\n".join(f"{name} {compact(documents[name])}" for name in sorted(documents))


def compact(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False)


def origins(composed: Composed) -> str:
    return "\n".join(
        f"{inner(path)}#{format_pointer(place)} {region}"
        for path, places in sorted(composed.origins.items())
        for place, region in sorted(places.items())
    )


def told(composed: Composed) -> str:
    return "\n".join(f"{one.code} {inner(one.path)}#{one.pointer}\n  {finding_text(one)}" for one in composed.findings)


def patches_of(rebased: Rebased) -> str:
    return lines({inner(path): patch for path, patch in rebased.overlay.patches.items()})


def disputes(rebased: Rebased) -> str:
    assert {one.kind for one in rebased.conflicts} <= CONFLICTS.keys()
    return "\n".join(f"{one.kind} {inner(one.path)}#{one.pointer}\n  {sides(one)}" for one in rebased.conflicts)


def sides(conflict: Conflict) -> str:
    return f"base {compact(conflict.base)} theirs {compact(conflict.theirs)} ours {compact(conflict.ours)}"

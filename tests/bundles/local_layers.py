"""The social assistance service as it holds in its regions, for the tests of what regions do differently."""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import date
from functools import cache
from pathlib import Path
from typing import Any

from social_assistance import ROOT, SERVICE

from server.cases.trial import Trial, run_trial
from server.checks.workshop import Workshop
from server.definitions.service import FORM_TREE, PROCESS_TREE, place_of
from server.exports.folder import read_trees
from server.overlays.compose import Composed, compose
from server.overlays.overlay import Overlay, base_documents, overlay_documents, overlay_of
from server.releases import Release, compile_release
from server.types import RegionCode, ServiceId

PROVINCE = "140000"
TAIYUAN, DATONG, JINCHENG, YANGCHENG, LINXIAN = "140100", "140200", "140500", "140522", "141124"
#: Every region with a layer of its own, to the region whose layer or base is above it.
ABOVE = {TAIYUAN: PROVINCE, DATONG: PROVINCE, JINCHENG: PROVINCE, YANGCHENG: JINCHENG, LINXIAN: PROVINCE}
WALKS = Path(__file__).with_name("walks")

_WORKSHOP = Workshop()


@cache
def shipped() -> dict[str, Any]:
    """The shipped documents, overlays included; not to be changed in place."""
    return read_trees(ROOT).documents


@cache
def base() -> dict[str, Any]:
    return base_documents(shipped(), SERVICE)


@cache
def composed(region: str) -> Composed:
    return compose(shipped(), service_id=SERVICE, region=region)


@cache
def release_in(region: str) -> Release:
    found, findings = compile_release(shipped(), SERVICE, region, _WORKSHOP)
    assert found is not None, findings
    return found


def layer(region: str) -> Overlay:
    return overlay_of(shipped(), service_id=SERVICE, region=region)


def with_layer(region: str, patches: Mapping[str, Any]) -> dict[str, Any]:
    """The base and one layer made of patches, named by their path inside the bundle."""
    overlay = Overlay(
        service_id=ServiceId(SERVICE),
        region=RegionCode(region),
        patches={path_in_tree(inner): patch for inner, patch in patches.items()},
    )
    return {**base(), **overlay_documents(overlay)}


def path_in_tree(inner: str) -> str:
    """The whole path of a document named by its path inside the bundle."""
    paths = (f"{tree}/{SERVICE}/{inner}" for tree in (FORM_TREE, PROCESS_TREE))
    return next(path for path in paths if place_of(path, SERVICE) is not None)


def inner_path(path: str) -> str:
    return path.split(f"/{SERVICE}/", 1)[1]


def walk(name: str) -> dict[str, Any]:
    found: dict[str, Any] = json.loads((WALKS / f"{name}.json").read_text(encoding="utf-8"))
    return found


def tried(name: str, region: str = "") -> Trial:
    """A walk in its region, or with the documents of another one."""
    wanted = walk(name)
    today = date.fromisoformat(wanted["today"])
    release = release_in(region or wanted["region"])
    return run_trial(release, region=wanted["region"], answers=wanted["answers"], walk=wanted["walk"], today=today)

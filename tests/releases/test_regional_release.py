"""A release for a region is made of the base and the overlays on the way down to it."""

from __future__ import annotations

from typing import Any

from test_release import SERVICE, TAIYUAN, XIAODIAN, documents

from server.overlays.overlay import base_documents
from server.releases import compile_release

DATONG = "140200"
ITEMS = f"process_defs/{SERVICE}/items.json"
AGENCIES = f"process_defs/{SERVICE}/agencies.json"


def own(path: str, region: str) -> str:
    tree, inner = path.split(f"/{SERVICE}/")
    return f"{tree}/{SERVICE}/overlays/{region}/{inner}"


def with_overlays(*patches: tuple[str, str, Any]) -> dict[str, Any]:
    return {**base_documents(documents(), SERVICE), **{own(path, region): patch for path, region, patch in patches}}


SHORTER = (ITEMS, TAIYUAN, {"items": {"medical_assistance": {"promised_limit": 6}}})
TITLE = (ITEMS, XIAODIAN, {"items": {"medical_assistance": {"title": "医疗救助（小店）"}}})


def test_a_county_gets_what_its_city_and_itself_change_and_its_region_is_the_lowest_that_changes_something() -> None:
    found = with_overlays(SHORTER, TITLE)
    county, findings = compile_release(found, SERVICE, XIAODIAN)
    assert county is not None, findings
    item = county.service.items.items["medical_assistance"]
    assert (item.promised_limit, item.title, county.region) == (6, "医疗救助（小店）", XIAODIAN)


def test_regions_without_an_overlay_share_the_release_of_the_level_above() -> None:
    found = with_overlays(SHORTER)
    city, county, other, base = (compile_release(found, SERVICE, code)[0] for code in (TAIYUAN, XIAODIAN, DATONG, "140000"))
    assert city is not None and county is not None and other is not None and base is not None
    assert (county.id, county.region) == (city.id, TAIYUAN)
    assert (other.id, other.region) == (base.id, "140000")
    assert city.id != base.id


def test_what_is_wrong_with_a_value_of_an_overlay_is_found_in_the_overlay() -> None:
    wrong = (ITEMS, TAIYUAN, {"items": {"low_income_identification": {"lead_agency": "nobody"}}})
    release, findings = compile_release(with_overlays(wrong), SERVICE, XIAODIAN)
    places = {(finding.path, finding.pointer) for finding in findings if finding.code == "unknown-agency"}
    assert release is None
    assert (own(ITEMS, TAIYUAN), "/items/low_income_identification/lead_agency") in places


def test_an_overlay_against_a_lock_makes_no_release_and_says_both_values() -> None:
    longer = (ITEMS, TAIYUAN, {"items": {"low_income_identification": {"promised_limit": 99}}})
    release, findings = compile_release(with_overlays(longer), SERVICE, TAIYUAN)
    assert release is None
    breach = next(finding for finding in findings if finding.code == "lock-decrease")
    assert breach.path == own(ITEMS, TAIYUAN) and breach.params["after"] == "99"

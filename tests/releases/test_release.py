"""A release holds what its documents say, and tells every region and day apart."""

from __future__ import annotations

import copy
from datetime import UTC, date, datetime
from functools import cache
from itertools import product
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from server.documents.canonical import content_id
from server.exports.folder import read_trees
from server.forms.settle import Context
from server.forms.validate import check_instance
from server.releases import DueMaterial, Release, compile_release, due_materials

ROOT = Path(__file__).resolve().parents[2]
SERVICE, REGION = "shanxi/social_assistance", "140000"
TAIYUAN, XIAODIAN = "140100", "140105"
NOON = datetime(2026, 3, 2, 4, 0, tzinfo=UTC)
PARAMETERS = f"process_defs/{SERVICE}/parameters.json"
STANDARD = "subsistence_standard_monthly_urban"


@cache
def documents() -> dict[str, Any]:
    return read_trees(ROOT).documents


def compiled(changes: dict[str, Any] | None = None) -> Release:
    release, findings = compile_release({**documents(), **(changes or {})}, SERVICE, REGION)
    assert release is not None, findings
    return release


@cache
def shipped() -> Release:
    return compiled()


def test_the_shipped_documents_make_a_release_without_a_single_finding() -> None:
    assert compile_release(documents(), SERVICE, REGION)[1] == ()


def test_a_release_holds_every_form_process_and_material_of_its_documents() -> None:
    release, service = shipped(), shipped().service
    assert set(release.task_forms) == set(release.task_renderers) == set(service.task_forms)
    assert set(release.processes) == set(service.processes)
    assert list(release.materials) == sorted(service.materials.materials, key=lambda m: service.materials.materials[m].row)
    assert service.items.intake in release.processes
    assert release.regions.name(XIAODIAN) is not None


def test_the_id_is_the_content_id_of_the_service_and_the_library_alone() -> None:
    roots = (f"form_schemas/{SERVICE}/", f"process_defs/{SERVICE}/", "form_schemas/library/")
    own = {path: value for path, value in documents().items() if path.startswith(roots) and "/overlays/" not in path}
    assert shipped().id == content_id(own)
    assert compiled({"form_schemas/other/service/bundle.json": {"id": "other/service"}}).id == shipped().id


def test_a_changed_label_makes_another_release_and_the_same_label_the_same() -> None:
    path = f"form_schemas/{SERVICE}/bundle.json"
    other = compiled({path: {**documents()[path], "title": "x"}})
    assert other.id != shipped().id
    assert other.service.bundle.title == "x"
    assert compiled({path: copy.deepcopy(documents()[path])}).id == shipped().id


def test_a_patch_of_a_lower_region_is_no_part_of_the_base_release() -> None:
    patch = {f"form_schemas/{SERVICE}/overlays/{TAIYUAN}/bundle.json": {"title": "x"}}
    assert compiled(patch).id == shipped().id


def test_a_service_that_does_not_exist_has_findings_and_no_release() -> None:
    release, findings = compile_release(documents(), "nowhere/nothing", REGION)
    assert release is None
    assert {finding.code for finding in findings} == {"missing-document"}


def test_a_region_outside_the_service_has_no_release() -> None:
    release, findings = compile_release(documents(), SERVICE, "110000")
    assert release is None
    assert "region-outside" in {finding.code for finding in findings}


def standard(values: list[tuple[str, str, int]]) -> Release:
    document = copy.deepcopy(documents()[PARAMETERS])
    document["parameters"][STANDARD]["values"] = [
        {"region": region, "valid_from": day, "value": value, "status": "assumed"} for region, day, value in values
    ]
    return compiled({PARAMETERS: document})


VALUES = [
    (REGION, "2025-01-01", 75_000),
    (REGION, "2026-07-01", 78_000),
    (TAIYUAN, "2025-04-01", 85_000),
    (XIAODIAN, "2026-01-01", 90_000),
]


@pytest.mark.parametrize(
    ("region", "day", "value"),
    [
        ("140829", "2025-01-01", 75_000),
        ("140829", "2026-06-30", 75_000),
        ("140829", "2026-07-01", 78_000),
        ("140106", "2025-03-31", 75_000),
        ("140106", "2026-07-01", 85_000),
        (XIAODIAN, "2025-12-31", 85_000),
        (XIAODIAN, "2026-01-01", 90_000),
        (f"{XIAODIAN}001", "2026-01-01", 90_000),
        (f"{XIAODIAN}001001", "2026-01-01", 90_000),
        (REGION, "2024-12-31", None),
        ("110101", "2026-01-01", None),
    ],
)
def test_the_nearest_region_wins_and_then_the_latest_value_that_is_valid(region: str, day: str, value: int | None) -> None:
    assert release_with_values().parameters(region, date.fromisoformat(day)).get(f"parameters.{STANDARD}") == value


@cache
def release_with_values() -> Release:
    return standard(VALUES)


@given(st.sampled_from([REGION, TAIYUAN, "140106", XIAODIAN, f"{XIAODIAN}001"]), st.dates(date(2024, 1, 1), date(2027, 12, 31)))
def test_a_parameter_is_always_the_one_a_careful_reader_of_the_list_would_pick(region: str, day: date) -> None:
    """The oracle: walk from the region up and take the latest value that has begun."""
    upwards = [region, region[:6], f"{region[:4]}00", f"{region[:2]}0000"]
    expected = next(
        (
            max((begun, value) for place, begun, value in VALUES if place == upper and begun <= day.isoformat())[1]
            for upper in upwards
            if any(place == upper and begun <= day.isoformat() for place, begun, _ in VALUES)
        ),
        None,
    )
    assert release_with_values().parameters(region, day).get(f"parameters.{STANDARD}") == expected


def test_a_context_knows_the_day_in_china_and_the_parameters_of_the_day_of_acceptance() -> None:
    release = release_with_values()
    late = datetime(2026, 6, 30, 17, 0, tzinfo=UTC)
    context = release.context("140829", late)
    assert context.today == date(2026, 7, 1)
    assert context.parameters[f"parameters.{STANDARD}"] == 78_000
    earlier = release.context("140829", late, day=date(2026, 6, 30), extra={"outcome": "accept"})
    assert earlier.today == date(2026, 7, 1)
    assert earlier.parameters[f"parameters.{STANDARD}"] == 75_000
    assert earlier.extra == {"outcome": "accept"}
    assert release.context("", late).parameters == release.parameters(REGION, date(2026, 7, 1))


def materials(items: tuple[str, ...], **applicant: Any) -> dict[str, DueMaterial]:
    answers = {"application": {"items": list(items)}, "applicant": applicant}
    settled, _ = check_instance(shipped().form, answers, context())
    return {material.id: material for material in due_materials(shipped(), settled, items)}


def context() -> Context:
    return shipped().context(REGION, NOON)


#: Material and whether it is due, as the third attachment of the policy says, for a resident of the county without authorization.
HOME = {"region": "140829100", "line": "x"}
AWAY = {"region": "140105001", "line": "x"}


def due(items: tuple[str, ...], **applicant: Any) -> set[str]:
    return {name for name, found in materials(items, **applicant).items() if found.due and not found.waived}


def test_materials_stand_in_the_order_of_the_official_list_whether_due_or_not() -> None:
    assert list(materials(())) == [
        "identity_proof",
        "household_register",
        "residence_permit",
        "means_check_authorization",
        "rigid_expenditure_vouchers",
        "disability_certificate",
    ]


def test_nothing_is_due_while_nothing_is_chosen() -> None:
    assert due((), registered_address=HOME, current_address=AWAY) == set()


def test_a_material_of_single_items_is_due_only_for_them() -> None:
    always = {"identity_proof", "household_register", "means_check_authorization"}
    assert due(("medical_assistance",)) == always
    assert due(("temporary_assistance",)) == always | {"rigid_expenditure_vouchers"}
    assert due(("medical_assistance", "temporary_assistance")) == always | {"rigid_expenditure_vouchers"}


@pytest.mark.parametrize(("registered", "current"), list(product((HOME, AWAY), repeat=2)))
def test_a_residence_permit_is_due_exactly_where_home_and_residence_lie_in_different_counties(
    registered: dict[str, str], current: dict[str, str]
) -> None:
    found = due(("medical_assistance",), registered_address=registered, current_address=current)
    assert ("residence_permit" in found) == (registered is not current)


def test_a_waived_material_says_why_nothing_is_asked() -> None:
    found = materials(("medical_assistance",), electronic_authorization=True)["means_check_authorization"]
    assert (found.due, found.waived) == (True, True)
    assert found.reason == shipped().materials["means_check_authorization"].material.waived_reason
    asked = materials(("medical_assistance",), electronic_authorization=False)["means_check_authorization"]
    assert (asked.due, asked.waived, asked.reason) == (
        True,
        False,
        shipped().materials["means_check_authorization"].material.reason,
    )


@pytest.mark.parametrize("name", sorted(shipped().service.examples))
def test_an_example_needs_the_materials_it_brings(name: str) -> None:
    example = shipped().service.examples[name]
    settled, _ = check_instance(shipped().form, example.answers, context())
    found = due_materials(shipped(), settled, settled.bindings["application.items"])
    assert [material.id for material in found if material.due and not material.waived] == [
        material for material in shipped().materials if material in example.materials_due
    ]

"""What a difference touches: whatever uses what was changed, also by way of derived values, and layers at the same place."""

from __future__ import annotations

import copy
from typing import Any

from differing_documents import FORMS, PROCESSES, SERVICE, base

from server.differences.impact import Impact, Uses
from server.differences.semantic import semantic_changes
from server.documents.pointer import replace


def impact(path: str, pointer: str, value: Any, layers: dict[str, Any] | None = None) -> Impact:
    """What the only difference of an edit touches."""
    after = {**base(), path: replace(copy.deepcopy(base()[path]), pointer, value)}
    (change,) = semantic_changes(base(), after, service_id=SERVICE)
    return Uses(base(), after, layers={**after, **(layers or {})}, service_id=SERVICE).impact_of(change)


def test_a_field_is_used_by_rules_materials_connectors_and_the_items_that_see_it() -> None:
    found = impact(f"{FORMS}/form/data.schema.json", "/properties/mother/properties/nationality/title", "国籍")
    assert {"护照信息页"} <= set(found.materials)
    assert any("母亲身份证号" in rule for rule in found.rules)
    assert any("出生医学证明" in rule for rule in found.rules)


def test_what_is_sent_to_another_system_names_it() -> None:
    found = impact(f"{FORMS}/form/data.schema.json", "/properties/mother/properties/name/maxLength", 50)
    assert found.connectors == ("出生信息系统",)
    assert found.items


def test_a_parameter_reaches_tables_by_way_of_derived_values() -> None:
    found = impact(f"{PROCESSES}/parameters.json", "/parameters/small_weight/values/0/value", 2_400)
    assert found.tables == ("随访建议",)
    assert found.materials == ()


def test_a_code_is_used_where_the_fields_that_offer_it_are() -> None:
    found = impact(f"{FORMS}/codelists/country.json", "/title", "国家")
    assert "护照信息页" in found.materials


def test_a_step_is_used_by_what_comes_after_it() -> None:
    found = impact(f"{PROCESSES}/birth_certificate.process.json", "/nodes/advise/title", "随访")
    assert any("办结" in rule or "理由" in rule for rule in found.rules)


def test_only_layers_at_the_same_place_are_touched() -> None:
    def layer(region: str, patch: Any) -> dict[str, Any]:
        return {f"{PROCESSES}/overlays/{region}/parameters.json": {"parameters": patch}}

    layers = {
        **layer("520100", {"premium": {"values": {"520000@2025-01-01": {"value": 1}}}}),
        **layer("520200", {"premium": {"title": "保费"}}),
        **layer("520300", {"premium": None}),
        **layer("520400", {"spread_days": {"title": "天数"}}),
    }
    found = impact(f"{PROCESSES}/parameters.json", "/parameters/premium/values/0/value", 1_000, layers)
    assert found.regions == ("520100", "520300")


def test_what_nobody_uses_touches_nothing() -> None:
    assert impact(f"{PROCESSES}/calendar.json", "/title", "日历") == Impact()

"""What regions do differently: each layer changes what it means and nothing else, and its cases come to their ends."""

from __future__ import annotations

import copy
from collections.abc import Iterator
from datetime import datetime
from typing import Any

import pytest
from local_layers import (
    ABOVE,
    DATONG,
    JINCHENG,
    LINXIAN,
    PROVINCE,
    TAIYUAN,
    WALKS,
    YANGCHENG,
    composed,
    inner_path,
    path_in_tree,
    release_in,
    shipped,
    tried,
    walk,
)
from social_assistance import SERVICE

from server.documents.pointer import format_pointer
from server.forms.validate import check_instance
from server.overlays.compose import origin_of
from server.overlays.overlay import overlay_paths
from server.releases import compile_release, due_materials

LOW_INCOME = "low_income_identification"

#: What each layer is meant to change: places in the normal form; a document that only the layer has is changed as a whole.
MEANT = {
    TAIYUAN: """
        examples/taiyuan_moved_within_city.json#
        form/data.schema.json#/properties/applicant/properties/resident_since
        form/logic.json#/assertions/resident_since_in_past
        form/logic.json#/facts/applicant.resident_since_in_past
        form/logic.json#/fields/applicant.resident_since
        form/ui.json#/elements/applicant/elements/addresses/elements/applicant_resident_since
        sheet.json#/blocks/residence
        materials.json#/materials/residence_permit
        items.json#/items/low_income_identification/data_scope/applicant.resident_since
        items.json#/items/low_income_identification/promised_limit
        items.json#/items/medical_assistance/promised_limit
        items.json#/items/temporary_assistance/data_scope/applicant.resident_since
        items.json#/items/temporary_assistance/promised_limit
        low_income_identification.process.json#/nodes/confirm/limit/workdays
        low_income_identification.process.json#/nodes/confirm/limit_status
        low_income_identification.process.json#/nodes/home_visit/limit/workdays
        low_income_identification.process.json#/nodes/home_visit/limit_status
        low_income_identification.process.json#/nodes/initial_review/limit/workdays
        notices/accepted.json#/source
        notices/accepted.json#/text
        temporary_assistance.process.json#/nodes/complete_papers/limit/workdays
        temporary_assistance.process.json#/nodes/confirm/limit/workdays
        temporary_assistance.process.json#/nodes/home_visit/limit/workdays
        temporary_assistance.process.json#/nodes/initial_review/limit/workdays
    """,
    DATONG: """
        codelists/heating_mode.json#
        examples/datong_heating.json#
        form/data.schema.json#/properties/applicant/properties/heating_account
        form/data.schema.json#/properties/applicant/properties/heating_mode
        form/data.schema.json#/properties/applicant/required/heating_mode
        form/logic.json#/fields/applicant.heating_account
        form/ui.json#/elements/circumstances/elements/heating
        sheet.json#/blocks/heating
        tasks/heating_check/data.schema.json#
        tasks/heating_check/logic.json#
        tasks/heating_check/ui.json#
        agencies.json#/agencies/heating
        heating_subsidy.process.json#
        items.json#/items/heating_subsidy
        notices/heating_granted.json#
        parameters.json#/parameters/heating_subsidy_amount
    """,
    JINCHENG: """
        tasks/village_review/data.schema.json#
        tasks/village_review/logic.json#
        tasks/village_review/ui.json#
        low_income_identification.process.json#/nodes/confirm/limit/workdays
        low_income_identification.process.json#/nodes/confirm/limit_status
        low_income_identification.process.json#/nodes/home_visit/limit/workdays
        low_income_identification.process.json#/nodes/home_visit/limit_status
        low_income_identification.process.json#/nodes/home_visit/outcomes/done/next
        low_income_identification.process.json#/nodes/initial_review/limit/workdays
        low_income_identification.process.json#/nodes/village_review
        notices/low_income_public_notice.json#/text
    """,
    YANGCHENG: """
        tasks/village_review/data.schema.json#/properties/observers
        tasks/village_review/data.schema.json#/required/observers
        tasks/village_review/ui.json#/elements/page/elements/review_group/elements/observers
        agencies.json#/agencies/civil_affairs/levels/county
        items.json#/items/low_income_identification/promised_limit
        low_income_identification.process.json#/nodes/village_review/limit/workdays
    """,
    LINXIAN: """
        parameters.json#/parameters/relaxed_property_ceiling_months
        parameters.json#/parameters/subsistence_standard_monthly_rural/values/141124@2026-01-01
        parameters.json#/parameters/subsistence_standard_monthly_urban/values/141124@2026-01-01
        tables/temporary_assistance_eligibility.table.json#/inputs/property_within_relaxed
        tables/temporary_assistance_eligibility.table.json#/inputs/seriously_ill_member
        tables/temporary_assistance_eligibility.table.json#/rows/serious_illness
    """,
}


def test_the_shipped_layers_are_those_that_are_tested() -> None:
    assert set(overlay_paths(shipped(), SERVICE)) == set(ABOVE) == set(MEANT)
    layers = {PROVINCE: ()} | {region: (region,) for region, above in ABOVE.items() if above == PROVINCE}
    assert all(composed(region).layers == (*layers[above], region) for region, above in ABOVE.items())


@pytest.mark.parametrize("region", sorted(ABOVE))
def test_a_layer_is_without_findings_and_changes_what_it_means_and_nothing_else(region: str) -> None:
    assert compile_release(shipped(), SERVICE, region)[1] == ()
    above, here = composed(ABOVE[region]).documents, composed(region)
    changed = {
        f"{inner_path(path)}#{format_pointer(place)}"
        for path, places in here.origins.items()
        for place, setter in places.items()
        if setter == region
    }
    assert changed == set(MEANT[region].split())
    differing = {path for path in above.keys() | here.documents.keys() if above.get(path) != here.documents.get(path)}
    assert {inner_path(path) for path in differing} == {place.split("#")[0] for place in changed}


def test_a_region_without_a_layer_has_the_release_of_the_nearest_one_above_it() -> None:
    documents = {code: composed(code).documents for code in (PROVINCE, *ABOVE)}
    for code in release_in(PROVINCE).service.regions.regions:
        if len(code) == 6 and code.startswith("14"):
            city = f"{code[:4]}00"
            nearest = next(found for found in (code, city, PROVINCE) if found in documents)
            assert composed(code).documents == documents[nearest], code
    assert release_in("140300").id == release_in("140321").id == release_in(PROVINCE).id
    assert release_in("140105").id == release_in(TAIYUAN).id != release_in(PROVINCE).id
    assert release_in("140521").id == release_in(JINCHENG).id
    assert release_in("140105").region == TAIYUAN


def test_the_origin_of_a_value_is_the_region_that_set_it() -> None:
    yangcheng = composed(YANGCHENG)
    process = path_in_tree(f"{LOW_INCOME}.process.json")
    assert origin_of(yangcheng, process, "/nodes/village_review/limit/workdays") == YANGCHENG
    assert origin_of(yangcheng, process, "/nodes/village_review/outcomes/agree/next") == JINCHENG
    assert origin_of(yangcheng, process, "/nodes/home_visit/outcomes/done/next") == JINCHENG
    assert origin_of(yangcheng, process, "/nodes/accept/limit/workdays") == PROVINCE
    assert origin_of(composed(TAIYUAN), path_in_tree("materials.json"), "/materials/residence_permit") == TAIYUAN
    rows = composed(LINXIAN).documents[path_in_tree("tables/temporary_assistance_eligibility.table.json")]["rows"]
    at = [row["id"] for row in rows].index("serious_illness")
    table = path_in_tree("tables/temporary_assistance_eligibility.table.json")
    assert origin_of(composed(LINXIAN), table, f"/rows/{at}/reason") == LINXIAN
    assert origin_of(composed(LINXIAN), table, f"/rows/{at + 1}/reason") == PROVINCE


@pytest.mark.parametrize("name", sorted(path.stem for path in WALKS.iterdir()))
def test_a_local_walk_reaches_the_end_it_promises(name: str) -> None:
    trial = tried(name)
    assert (trial.problems, trial.unused) == ((), ())
    (case,) = trial.cases
    ((item, wanted),) = walk(name)["want"].items()
    assert case.item == item
    assert case.end == wanted["end"]
    assert [task.node for task in case.tasks] == wanted["tasks"]


def test_the_walks_reach_every_result_of_the_item_of_a_city() -> None:
    ends = {
        wanted["end"] for path in WALKS.iterdir() for item, wanted in walk(path.stem)["want"].items() if item == "heating_subsidy"
    }
    assert ends == set(release_in(DATONG).service.items.items["heating_subsidy"].outcomes)


@pytest.mark.parametrize(
    ("region", "item", "steps"),
    [
        (TAIYUAN, LOW_INCOME, "accept home_visit initial_review confirm"),
        (TAIYUAN, "temporary_assistance", "accept home_visit initial_review confirm"),
        (JINCHENG, LOW_INCOME, "accept home_visit village_review initial_review confirm"),
        (YANGCHENG, LOW_INCOME, "accept home_visit village_review initial_review confirm"),
        (DATONG, "heating_subsidy", "accept check"),
    ],
)
def test_the_steps_of_a_region_fit_into_what_it_promises(region: str, item: str, steps: str) -> None:
    service = release_in(region).service
    nodes = service.processes[item].nodes
    limits = [nodes[name].limit.workdays for name in steps.split()]
    assert sum(limits) <= service.items.items[item].promised_limit
    above = release_in(ABOVE[region]).service.items.items
    assert item not in above or service.items.items[item].promised_limit <= above[item].promised_limit


def problems_in(region: str, answers: dict[str, Any]) -> set[tuple[str, str]]:
    release = release_in(region)
    context = release.context("140105", datetime.fromisoformat("2026-03-02T10:00:00+08:00"))
    return {(problem.pointer, problem.code) for problem in check_instance(release.form, answers, context)[1].problems}


def test_taiyuan_asks_people_registered_elsewhere_since_when_they_live_here_instead_of_a_permit() -> None:
    answers = walk("taiyuan_moved_within_city")["answers"]
    at_home, silent, ahead = (copy.deepcopy(answers) for _ in range(3))
    at_home["applicant"]["registered_address"]["region"] = "140105001"
    del at_home["applicant"]["resident_since"], silent["applicant"]["resident_since"]
    ahead["applicant"]["resident_since"] = "2026-03-03"
    field = "/applicant/resident_since"
    assert problems_in(TAIYUAN, answers) == problems_in(TAIYUAN, at_home) == set()
    assert problems_in(TAIYUAN, silent) == {(field, "required-enter")}
    assert {pointer for pointer, _ in problems_in(TAIYUAN, ahead)} == {field}
    assert "applicant.resident_since" not in release_in(PROVINCE).form.fields


def test_taiyuan_needs_no_residence_permit_where_the_province_does() -> None:
    def due(region: str) -> set[str]:
        release = release_in(region)
        context = release.context("140105", datetime.fromisoformat("2026-03-02T10:00:00+08:00"))
        settled, _ = check_instance(release.form, walk("taiyuan_moved_within_city")["answers"], context)
        return {
            material.id for material in due_materials(release, settled, (LOW_INCOME,)) if material.due and not material.waived
        }

    assert due(PROVINCE) - due(TAIYUAN) == {"residence_permit"}
    assert due(TAIYUAN) < due(PROVINCE)


def test_the_village_reviews_in_jincheng_and_a_county_below_it_asks_for_more() -> None:
    answers = {"representatives": 9, "agreeing": 9, "held_on": "2026-03-02"}
    for region, wanted in ((JINCHENG, set()), (YANGCHENG, {("/observers", "required-enter")})):
        release = release_in(region)
        context = release.context("140522", datetime.fromisoformat("2026-03-02T10:00:00+08:00"))
        checked = check_instance(release.task_forms["village_review"], answers, context)[1]
        assert {(problem.pointer, problem.code) for problem in checked.problems} == wanted
    assert "village_review" not in release_in(PROVINCE).task_forms
    (case,) = tried("jincheng_village_review").cases
    review = next(task for task in case.tasks if task.node == "village_review")
    assert (review.agency, review.level, review.region) == ("civil_affairs", "village", "140502001")


def test_the_table_of_linxian_helps_where_that_of_the_province_does_not() -> None:
    (here,), (elsewhere,) = (tried("linxian_serious_illness", region).cases for region in (LINXIAN, PROVINCE))
    rows = [[decision.row for decision in case.decisions][-1] for case in (here, elsewhere)]
    assert rows == ["serious_illness", "property_too_high"]
    assert here.reason is not None and here.reason.startswith("家庭人均年收入约 3000 元")


def test_the_standard_of_linxian_holds_there_only() -> None:
    (here,), (elsewhere,) = (tried("linxian_own_standard", region).cases for region in (LINXIAN, PROVINCE))
    assert (here.end, elsewhere.end) == ("near_subsistence", "subsistence_allowance")


def test_only_datong_offers_its_own_item_and_asks_about_heating_for_that_item_only() -> None:
    assert set(release_in(DATONG).service.items.items) - set(release_in(PROVINCE).service.items.items) == {"heating_subsidy"}
    heating = walk("datong_heating_granted")["answers"]
    assert problems_in(DATONG, heating) == set()
    assert ("/applicant/heating_mode", "unknown-field") in problems_in(PROVINCE, heating)
    other = walk("jincheng_village_review")["answers"]
    assert problems_in(DATONG, other) == set()
    silent = copy.deepcopy(heating)
    del silent["applicant"]["heating_mode"], silent["applicant"]["heating_account"]
    assert problems_in(DATONG, silent) == {("/applicant/heating_mode", "required-choose")}


@pytest.mark.parametrize("region", sorted(ABOVE))
def test_what_no_policy_says_is_called_assumed(region: str) -> None:
    own = [shipped()[path] for path in overlay_paths(shipped(), SERVICE)[region] if "/examples/" not in path]
    statuses = {value for member, value in members_of(own) if member in ("status", "limit_status", "promised_status")}
    sources = {value for member, value in members_of(own) if member in ("source", "x-source", "note")}
    assert statuses <= {"assumed", "local"}
    assert sources and all(source.endswith("（假定，待核实）") for source in sources)


def members_of(value: Any) -> Iterator[tuple[str, Any]]:
    """Every member of every object, those inside after those around them."""
    inner = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for member, held in inner:
        yield str(member), held
        yield from members_of(held)

"""A new base reaches the regions: clean layers follow by themselves, the others keep what they have and name the conflicts."""

from __future__ import annotations

import copy
from functools import cache
from typing import Any

import pytest
from local_layers import ABOVE, DATONG, JINCHENG, LINXIAN, TAIYUAN, YANGCHENG, base, composed, layer, path_in_tree
from social_assistance import SERVICE

from server.documents.pointer import resolve as value_at
from server.overlays.compose import compose
from server.overlays.conflicts import Choice
from server.overlays.layering import lay_over, overlay_between
from server.overlays.overlay import Overlay, overlay_documents
from server.overlays.rebase import Rebased, rebase, resolve
from server.releases import Release, compile_release

SCHEMA, LAYOUT, ITEMS = (path_in_tree(inner) for inner in ("form/data.schema.json", "form/ui.json", "items.json"))
PROCESS = path_in_tree("low_income_identification.process.json")
LABEL = "/properties/applicant/properties/employer/title"
NEXT_OF_VISIT = "/nodes/home_visit/outcomes/done/next"
CLEAN = (TAIYUAN, DATONG, LINXIAN)


@cache
def upgraded() -> dict[str, Any]:
    """The base with a label renamed, a required field more, and the means check moved behind the home visit."""
    documents = copy.deepcopy(base())
    applicant = documents[SCHEMA]["properties"]["applicant"]
    applicant["properties"]["employer"]["title"] = "工作单位或常去做工的地方"
    applicant["properties"]["contact_name"] = {"type": "string", "title": "紧急联系人", "minLength": 2, "maxLength": 50}
    applicant["required"].append("contact_name")
    documents[ITEMS]["common_scope"].append("applicant.contact_name")
    identity = documents[LAYOUT]["elements"][1]["elements"][0]["elements"]
    control = {"type": "Control", "id": "contact_name", "scope": "#/properties/applicant/properties/contact_name"}
    identity.insert(1, control)
    nodes = documents[PROCESS]["nodes"]
    nodes["notify_accepted"]["next"] = "home_visit"
    nodes["home_visit"]["outcomes"]["done"]["next"] = "means_check"
    nodes["means_check"]["next"] = nodes["means_check_manual"]["outcomes"]["done"]["next"] = "initial_review"
    return documents


def carried(region: str) -> Rebased:
    return rebase(composed(ABOVE[region]).documents, upgraded(), layer(region))


def released(region: str, *overlays: Overlay) -> tuple[Release | None, list[str]]:
    """The release of a region with these layers over the new base, and its errors."""
    documents = upgraded() | {path: patch for overlay in overlays for path, patch in overlay_documents(overlay).items()}
    release, findings = compile_release(documents, SERVICE, region)
    return release, [finding.code for finding in findings if finding.severity == "error"]


def test_the_new_base_is_without_errors() -> None:
    release, errors = released("140000")
    assert errors == []
    assert release is not None
    assert "applicant.contact_name" in release.form.fields


@pytest.mark.parametrize("region", CLEAN)
def test_a_clean_layer_is_adopted_as_it_is(region: str) -> None:
    rebased = carried(region)
    assert rebased.conflicts == ()
    assert rebased.overlay == layer(region)
    release, errors = released(region, rebased.overlay)
    assert errors == []
    assert release is not None
    assert release.region == region
    assert value_at(release.documents[SCHEMA], LABEL) == "工作单位或常去做工的地方"
    assert value_at(release.documents[PROCESS], NEXT_OF_VISIT) == "means_check"
    assert "applicant.contact_name" in release.form.fields


@pytest.mark.parametrize("region", CLEAN)
def test_an_adopted_layer_changes_of_the_new_base_what_it_changed_of_the_old(region: str) -> None:
    new = compose(upgraded() | overlay_documents(layer(region)), service_id=SERVICE, region=region)
    assert new.origins == composed(region).origins


def test_the_layer_that_changed_the_moved_step_stays_behind_with_the_conflict_named() -> None:
    rebased = carried(JINCHENG)
    (conflict,) = rebased.conflicts
    assert (conflict.kind, conflict.path, conflict.pointer) == ("both-changed", PROCESS, NEXT_OF_VISIT)
    assert (conflict.base, conflict.theirs, conflict.ours) == ("initial_review", "means_check", "village_review")


def test_neither_side_of_the_conflict_alone_makes_a_sound_process() -> None:
    """Kept as it was, the means check is passed by; given up, nobody gets to the review: both are found before publishing."""
    for take in ("keep-ours", "take-theirs"):
        resolved = resolve(carried(JINCHENG), {(PROCESS, NEXT_OF_VISIT): Choice(take=take)})
        assert resolved.conflicts == ()
        release, errors = released(JINCHENG, resolved.overlay)
        assert release is None
        assert errors


def resolved_by_hand() -> Overlay:
    """The city puts its review behind the means check, where the base has put that."""
    theirs = resolve(carried(JINCHENG), {(PROCESS, NEXT_OF_VISIT): Choice(take="take-theirs")})
    wanted = copy.deepcopy(lay_over(upgraded(), theirs.overlay).documents)
    nodes = wanted[PROCESS]["nodes"]
    nodes["means_check"]["next"] = nodes["means_check_manual"]["outcomes"]["done"]["next"] = "village_review"
    return overlay_between(upgraded(), wanted, service_id=SERVICE, region=JINCHENG)[0]


def test_a_county_below_follows_once_its_city_has_resolved_the_conflict() -> None:
    city = resolved_by_hand()
    parent = lay_over(upgraded(), city).documents
    county = rebase(composed(JINCHENG).documents, parent, layer(YANGCHENG))
    assert county.conflicts == ()
    assert county.overlay == layer(YANGCHENG)
    release, errors = released(YANGCHENG, city, county.overlay)
    assert errors == []
    assert release is not None
    assert value_at(release.documents[PROCESS], "/nodes/village_review/limit/workdays") == 2

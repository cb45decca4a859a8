"""What holds of composing and authoring for any documents and any edits."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from hypothesis import given
from hypothesis import strategies as st
from mangling import ODD_VALUES
from overlaid_service import CITY, COUNTY, NAMES, PROVINCE, SERVICE, edited, path_in_tree, small_documents

from server.documents.canonical import content_id
from server.documents.merge_patch import same
from server.messages.findings import FINDINGS, finding_text
from server.overlays.compose import compose, origin_of
from server.overlays.layering import lay_over, overlay_between
from server.overlays.overlay import Overlay, base_documents, overlay_documents, overlay_of, overlay_path
from server.overlays.rebase import rebase
from server.overlays.shapes import SHAPES, Shape, member_shape, root_shape

SMALL = small_documents()


def without_order_of_sets(value: Any, shape: Shape) -> Any:
    """The document with its sets sorted: their order means nothing and is not kept."""
    if isinstance(value, dict) and shape.form == "plain":
        return {name: without_order_of_sets(inner, member_shape(shape, name)) for name, inner in value.items()}
    if isinstance(value, list) and shape.form == "set" and all(isinstance(one, str) for one in value):
        return sorted(value) if len(set(value)) == len(value) else value
    if isinstance(value, list) and shape.form == "keyed":
        return [without_order_of_sets(entry, SHAPES[shape.entry]) for entry in value]
    return value


def comparable(documents: Mapping[str, Any]) -> dict[str, Any]:
    return {path: without_order_of_sets(value, root_shape(path, SERVICE) or SHAPES["value"]) for path, value in documents.items()}


def between(parent: Mapping[str, Any], documents: Mapping[str, Any], region: str = CITY) -> Overlay:
    overlay, findings = overlay_between(parent, documents, service_id=SERVICE, region=region)
    assert findings == ()
    return overlay


@given(st.data())
def test_the_overlay_between_two_sets_of_documents_makes_the_one_of_the_other(data: st.DataObject) -> None:
    wanted = edited(data, SMALL)
    layered = lay_over(SMALL, between(SMALL, wanted))
    assert layered.faults == {}
    assert same(comparable(layered.documents), comparable(wanted))


@given(st.data())
def test_the_same_holds_between_documents_that_are_odd_already(data: st.DataObject) -> None:
    parent = edited(data, SMALL)
    wanted = edited(data, parent)
    layered = lay_over(parent, between(parent, wanted))
    assert layered.faults == {}
    assert same(comparable(layered.documents), comparable(wanted))


@given(st.data())
def test_composing_gives_what_was_edited_and_says_who_did_it(data: st.DataObject) -> None:
    wanted = edited(data, SMALL)
    overlay = between(SMALL, wanted)
    composed = compose({**SMALL, **overlay_documents(overlay)}, service_id=SERVICE, region=COUNTY)
    assert same(comparable(composed.documents), comparable(wanted))
    assert composed.origins.keys() == overlay.patches.keys()
    for path, places in composed.origins.items():
        assert places and set(places.values()) == {CITY}
        assert () not in places or origin_of(composed, path, "") == CITY
    for path in composed.documents.keys() - overlay.patches.keys():
        assert composed.documents[path] is SMALL[path]
        assert origin_of(composed, path, "/title") == PROVINCE


@given(st.data())
def test_an_overlay_read_from_the_trees_is_the_one_that_was_written(data: st.DataObject) -> None:
    overlay = between(SMALL, edited(data, SMALL))
    assert overlay_of({**SMALL, **overlay_documents(overlay)}, service_id=SERVICE, region=CITY) == overlay


@given(st.data())
def test_the_county_over_the_city_is_the_same_in_one_step_and_in_two(data: st.DataObject) -> None:
    for_city = edited(data, SMALL)
    city = overlay_documents(between(SMALL, for_city))
    county = overlay_documents(between(for_city, edited(data, for_city), COUNTY))
    at_once = compose({**SMALL, **city, **county}, service_id=SERVICE, region=COUNTY)
    upper = compose({**SMALL, **city}, service_id=SERVICE, region=COUNTY)
    in_steps = compose({**upper.documents, **county}, service_id=SERVICE, region=COUNTY)
    assert same(at_once.documents, in_steps.documents)
    assert at_once.layers == tuple(region for region, has in ((CITY, city), (COUNTY, county)) if has)

    def in_county(finding: Any) -> bool:
        return f"/overlays/{COUNTY}/" in finding.path

    def without_setter(finding: Any) -> Any:
        return (finding.code, finding.path, finding.pointer, {**finding.params, "upper": ""})

    assert [without_setter(finding) for finding in at_once.findings if in_county(finding)] == [
        without_setter(finding) for finding in in_steps.findings
    ]


def shuffled(data: st.DataObject, value: Any) -> Any:
    """The same JSON value with the members of its objects in other orders."""
    if isinstance(value, list):
        return [shuffled(data, one) for one in value]
    if not isinstance(value, dict):
        return value
    return {name: shuffled(data, value[name]) for name in data.draw(st.permutations(sorted(value)))}


@given(st.data())
def test_composing_does_not_depend_on_the_order_in_which_a_patch_is_written(data: st.DataObject) -> None:
    overlay = between(SMALL, edited(data, SMALL))
    written = {**SMALL, **overlay_documents(overlay)}
    otherwise = {**SMALL, **{path: shuffled(data, patch) for path, patch in overlay_documents(overlay).items()}}
    one, other = (compose(documents, service_id=SERVICE, region=CITY) for documents in (written, otherwise))
    assert content_id(one.documents) == content_id(other.documents)
    assert one.findings == other.findings


@given(st.data())
def test_a_region_beside_the_overlays_has_the_documents_of_the_base(data: st.DataObject) -> None:
    overlay = between(SMALL, edited(data, SMALL))
    documents = {**SMALL, **overlay_documents(overlay)}
    for region in ("140200", PROVINCE, "140299"):
        composed = compose(documents, service_id=SERVICE, region=region)
        assert composed.documents == base_documents(SMALL, SERVICE)
        assert (composed.layers, composed.origins) == ((), {})


WORDS = ("$value", "$after", "$first", "required", "properties", "rows", "materials", "items", "law", "locks", "offer")
NAMES_IN_USE = ("name", "elements", "first", "red", "rest", "identity", "one", "allow", "items.json@/items/*/promised_limit", "")
patches = st.recursive(
    st.sampled_from(ODD_VALUES),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.sampled_from((*WORDS, *NAMES_IN_USE)), inner, max_size=5),
    max_leaves=25,
)
targets = st.sampled_from(
    (*sorted(path for path in SMALL if f"/{SERVICE}/" in path), path_in_tree("notices/new.json"), path_in_tree("walks/a.json"))
)
regions = st.sampled_from((*NAMES, "149999", "", "x", "14010500", "140105001"))


@given(st.lists(st.tuples(targets, regions, patches), max_size=6), regions)
def test_any_json_as_an_overlay_leads_to_findings_never_to_an_exception(drawn: list[tuple[str, str, Any]], region: str) -> None:
    written = {overlay_path(path, service_id=SERVICE, region=at): patch for path, at, patch in drawn}
    documents = {**SMALL, **written}
    composed = compose(documents, service_id=SERVICE, region=region)
    assert {finding.code for finding in composed.findings} <= FINDINGS.keys()
    assert {finding.path for finding in composed.findings} <= written.keys()
    assert all("？" not in finding_text(finding) for finding in composed.findings)
    assert not any("/overlays/" in path for path in composed.documents)
    for path, places in composed.origins.items():
        for place in places:
            assert origin_of(composed, path, "".join(f"/{part.replace('~', '~0').replace('/', '~1')}" for part in place))


@given(st.data(), patches)
def test_any_json_as_a_document_can_be_overlaid_and_rebased(data: st.DataObject, patch: Any) -> None:
    path = data.draw(targets)
    documents = {**SMALL, path: data.draw(patches)}
    overlay = Overlay(service_id=SERVICE, region=CITY, patches={path: patch})
    composed = compose({**documents, **overlay_documents(overlay)}, service_id=SERVICE, region=CITY)
    assert {finding.code for finding in composed.findings} <= FINDINGS.keys()
    rebase(documents, SMALL, overlay)
    rebase(SMALL, documents, overlay)

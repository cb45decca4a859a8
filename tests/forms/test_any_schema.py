"""Forms that nobody wrote: any schema gives a release or findings, and what a form asks comes back as it was answered."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from any_service import ANSWERS, ANY_SCHEMA, NAMES, PROPERTIES, REGION, SERVICE, answers, service
from browser import posted_by
from html_text import faults_of, parse
from hypothesis import given, settings
from hypothesis import strategies as st
from jsonschema import Draft202012Validator
from small_forms import new_keys

from server.cases.trial import run_trial
from server.forms.data import EMPTY, FormData
from server.forms.decode import decode
from server.forms.render import PageRequest
from server.forms.settle import settle
from server.forms.validate import check_instance
from server.messages.findings import FINDINGS, finding_text
from server.releases import Release, compile_release

NOON = datetime(2026, 3, 2, 4, tzinfo=UTC)
ANY_JSON: st.SearchStrategy[Any] = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**60), 2**60) | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
    max_leaves=6,
)


def compiled(properties: dict[str, Any]) -> Release:
    release, findings = compile_release(service(properties), SERVICE, REGION)
    assert release is not None, [finding for finding in findings if finding.severity == "error"]
    return release


def test_the_fewest_documents_a_service_can_have_are_a_service() -> None:
    release, findings = compile_release(service({}), SERVICE, REGION)
    assert findings == ()
    assert release is not None
    trial = run_trial(release, region=REGION, answers={"own": ANSWERS}, walk=[], today=NOON.date())
    assert [(case.item, case.end) for case in trial.cases] == [("only", "over")]


@settings(max_examples=150)
@given(st.dictionaries(NAMES, ANY_SCHEMA, max_size=4))
def test_any_schema_gives_a_release_or_findings(properties: dict[str, Any]) -> None:
    release, findings = compile_release(service(properties), SERVICE, REGION)
    assert (release is None) == any(finding.severity == "error" for finding in findings)
    assert {finding.code for finding in findings} <= FINDINGS.keys()
    assert all(finding_text(finding) for finding in findings)


@settings(max_examples=60)
@given(st.dictionaries(NAMES, ANY_SCHEMA, min_size=1, max_size=3), st.data())
def test_a_release_of_any_schema_takes_any_answers(properties: dict[str, Any], data: st.DataObject) -> None:
    release, _ = compile_release(service(properties), SERVICE, REGION)
    if release is None:
        return
    given_answers = {"own": ANSWERS, **data.draw(st.dictionaries(st.sampled_from(sorted(properties)), ANY_JSON))}
    run_trial(release, region=REGION, answers=given_answers, walk=[], today=NOON.date())
    for page in release.form.pages:
        settled = settle(release.form, EMPTY, release.context(REGION, NOON))
        assert faults_of(parse(release.renderer.page(page, settled, (), PageRequest(action=page.id)))) == []


@settings(max_examples=120)
@given(PROPERTIES, st.data())
def test_what_is_answered_is_shown_posted_read_and_submitted_unchanged(properties: dict[str, Any], data: st.DataObject) -> None:
    release = compiled(properties)
    form, context = release.form, release.context(REGION, NOON)
    instance = {"own": ANSWERS, **data.draw(answers({"type": "object", "properties": properties}))}
    Draft202012Validator(form.definition.schema).validate(instance)
    settled, checked = check_instance(form, instance, context)
    assert checked.problems == ()
    assert without_holes(settled.instance) == without_holes(instance)
    found = FormData(rows=settled.data.rows)
    for page in form.pages:
        html = release.renderer.page(page, settled, (), PageRequest(action=page.id))
        assert faults_of(parse(html)) == []
        decoded = decode(form, found, posted_by(html), page=page.id, new_keys=new_keys())
        assert decoded.ignored == ()
        found = decoded.data
    assert without_holes(settle(form, found, context).instance) == without_holes(instance)


def without_holes(value: Any) -> Any:
    """The value without empty objects and lists, which say no more than that nothing was answered; rows stay."""
    if isinstance(value, dict):
        kept = {name: without_holes(member) for name, member in value.items()}
        return {name: member for name, member in kept.items() if member not in ({}, [])}
    return [without_holes(member) for member in value] if isinstance(value, list) else value

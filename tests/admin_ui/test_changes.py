"""What would be published is said in words and shown line by line; documents stand in their groups with their states."""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from admin_ui.catalogue import catalogue, document_title
from admin_ui.changes import DocumentChange, differences
from admin_ui.form_keys import FormKey, changes_of, form_documents, form_keys
from server.definitions import field_edits, field_places
from server.definitions.field_edits import FieldFacts, NewField
from server.definitions.field_places import FormDocuments
from server.definitions.service import documents_of, path_of, service_ids
from server.documents.pointer import remove, replace
from server.exports.folder import read_trees
from server.findings import Finding
from server.messages.admin import DOCUMENT_GROUPS, DOCUMENT_KINDS

ROOT = Path(__file__).parents[2]


@cache
def documents() -> dict[str, Any]:
    found = read_trees(ROOT).documents
    return documents_of(found, service_ids(found)[0])


def service() -> str:
    return service_ids(documents())[0]


KEY = FormKey(service_id=service(), task="")


def form() -> FormDocuments:
    found = form_documents(documents(), KEY)
    assert found is not None
    return found


def with_form(after: FormDocuments | object) -> dict[str, Any]:
    assert isinstance(after, FormDocuments)
    return {**documents(), **changes_of(KEY, form(), after)}


def documents_changed(before: dict[str, Any], after: dict[str, Any]) -> tuple[DocumentChange, ...]:
    return differences(before, after, service()).documents


def located(field_id: str) -> field_places.Located:
    found = field_places.field_of(form(), field_id)
    assert found is not None
    return found


def test_nothing_changed_is_said_to_be_nothing() -> None:
    assert documents_changed(documents(), documents()) == ()
    assert differences(documents(), documents(), service()).changes == ()


def test_a_changed_label_is_named_with_its_field_and_shown_as_one_line() -> None:
    facts = field_edits.facts_of(form(), located("applicant.employer"))
    after = with_form(
        field_edits.write_facts(
            form(), located("applicant.employer"), FieldFacts(label="Employer", hint=facts.hint, rules=facts.rules)
        )
    )
    found = differences(documents(), after, service())
    (words,) = (*found.major, *found.minor)
    assert "Employer" in words
    assert facts.label in words
    (change,) = found.documents
    assert change.path == path_of(service(), "data_schema")
    assert [line for line in change.lines if line.startswith("+")] == ['+          "title": "Employer",']
    assert change.summary == (words,)


def test_a_field_added_or_removed_is_what_has_to_be_read_and_one_moved_is_not() -> None:
    new = NewField(id="applicant.crop", kind="text", facts=FieldFacts(label="Crop"), container="group:identity")
    grown = differences(documents(), with_form(field_edits.add_field(form(), new)), service())
    assert ["Crop" in line for line in grown.major] == [True]
    label = field_edits.facts_of(form(), located("remarks")).label
    left = differences(documents(), with_form(field_edits.remove_field(form(), located("remarks"))), service())
    assert any(label in line for line in left.major)
    moved = differences(documents(), with_form(field_edits.move(form(), located("applicant.phone"), "up")), service())
    assert moved.major == ()
    assert len(moved.minor) == 1


@given(st.sampled_from(sorted(documents())), st.booleans())
@settings(max_examples=30)
def test_every_document_touched_is_listed_and_no_other(path: str, gone: bool) -> None:
    value = documents()[path]
    changed = f"{value}\nmore" if isinstance(value, str) else {**value, "title": "Another title"}
    after = {name: one for name, one in documents().items() if name != path} | ({} if gone else {path: changed})
    (found,) = documents_changed(documents(), after)
    assert (found.path, found.state) == (path, "removed" if gone else "changed")
    assert found.lines
    back = documents_changed(after, documents())
    assert [(one.path, one.state) for one in back] == [(path, "added" if gone else "changed")]


@pytest.mark.parametrize("damaged", [None, [], 7, "text", {"type": "Categorization", "id": "x", "elements": [None]}])
@pytest.mark.parametrize("kind", ["data_schema", "layout", "logic", "items", "bundle"])
def test_damaged_documents_are_listed_all_the_same(kind: str, damaged: Any) -> None:
    after = {**documents(), path_of(service(), kind): damaged}
    assert path_of(service(), kind) in {change.path for change in documents_changed(documents(), after)}
    groups = catalogue(after, before=documents(), service_id=service(), base="/b")
    assert sum(group.changed for group in groups) == 1


def test_a_long_difference_is_cut_and_says_so() -> None:
    path = path_of(service(), "materials")
    after = {**documents(), path: {"materials": {f"m{number}": {"title": "x"} for number in range(500)}}}
    (change,) = documents_changed(documents(), after)
    assert len(change.lines) == 400
    assert change.omitted > 1_000


def test_every_document_stands_in_exactly_one_group_with_a_title() -> None:
    groups = catalogue(documents(), before=documents(), service_id=service(), base="/b")
    assert [group.id for group in groups] == [name for name in DOCUMENT_GROUPS if name in {group.id for group in groups}]
    listed = [path for group in groups for entry in group.entries for path in entry.paths if path in documents()]
    assert sorted(listed) == sorted(documents())
    assert all(entry.title.strip() for group in groups for entry in group.entries)
    assert not any(group.changed or group.errors for group in groups)


def test_findings_and_changes_are_counted_where_they_lie() -> None:
    path = path_of(service(), "task_logic", next(key.task for key in form_keys(documents(), service()) if key.task))
    found = Finding(code="x", severity="error", path=path)
    before = {**documents(), path: {"facts": {}}}
    groups = {
        group.id: group for group in catalogue(documents(), before=before, service_id=service(), base="/b", findings=(found,))
    }
    assert (groups["tasks"].errors, groups["tasks"].changed) == (1, 1)
    assert sum(group.errors for group in groups.values()) == 1


def test_documents_of_every_kind_have_words() -> None:
    assert {group for group, _ in DOCUMENT_KINDS.values()} == set(DOCUMENT_GROUPS)
    for path in documents():
        assert document_title(documents(), path, service())


def test_a_title_falls_back_to_the_kind() -> None:
    path = path_of(service(), "process", "intake")
    bare = {**documents(), path: remove(documents()[path], "/title")}
    assert document_title(bare, path, service()).endswith("intake")
    odd = {**documents(), path: replace(documents()[path], "/title", ["no text"])}
    assert document_title(odd, path, service()).endswith("intake")

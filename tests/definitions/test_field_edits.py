"""Edits of fields keep everything else, can be undone, and leave forms that compile."""

from __future__ import annotations

from functools import cache
from pathlib import Path

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from mangling import mangle

from server.definitions import field_edits, field_places
from server.definitions.field_edits import FieldFacts, NewField, Options
from server.definitions.field_places import FormDocuments, Located
from server.definitions.field_shapes import LISTED, SHAPES
from server.definitions.form import Categorization, FormDefinition, Logic
from server.definitions.service import Service, path_of, read_service, service_ids
from server.exports.folder import document_bytes, read_trees
from server.findings import Finding, Refused
from server.forms.compile import CompiledForm, compile_form
from server.forms.kinds import KINDS
from server.forms.render import Renderer
from server.forms.surroundings import FormSurroundings, surroundings_of

ROOT = Path(__file__).resolve().parents[2]
MEMBER = "household_members"


@cache
def bundle() -> tuple[Service, FormDocuments]:
    documents = read_trees(ROOT).documents
    service_id = service_ids(documents)[0]
    service, _ = read_service(documents, service_id)
    assert service is not None
    three = (documents[path_of(service_id, kind)] for kind in ("data_schema", "layout", "logic"))
    form = field_places.read_form(*three)
    assert form is not None
    return service, form


@cache
def surroundings() -> FormSurroundings:
    return surroundings_of(bundle()[0])


def form() -> FormDocuments:
    return bundle()[1]


def compiled(documents: FormDocuments) -> CompiledForm | tuple[Finding, ...]:
    definition = FormDefinition(
        id="form",
        schema=documents.schema,
        ui=msgspec.convert(documents.layout, Categorization),
        logic=msgspec.convert(documents.logic, Logic),
    )
    return compile_form(definition, surroundings())


def good(documents: FormDocuments | Refused) -> FormDocuments:
    assert isinstance(documents, FormDocuments), documents
    return documents


def field(field_id: str, documents: FormDocuments | None = None) -> Located:
    found = field_places.field_of(documents or form(), field_id)
    assert found is not None
    return found


def same(one: FormDocuments, other: FormDocuments) -> bool:
    """Whether the files would have the same bytes."""
    return all(
        document_bytes(getattr(one, part)) == document_bytes(getattr(other, part)) for part in ("schema", "layout", "logic")
    )


FIELDS = st.sampled_from([found.field_id for found in field_places.fields_of(form())])
TEXTS = st.text(st.characters(exclude_categories=("C",)), min_size=1, max_size=30).filter(str.strip)
NAMES = st.from_regex(r"new_[a-z0-9_]{0,20}", fullmatch=True)
CODES = st.from_regex("[a-z0-9]{1,4}", fullmatch=True)
LISTED_OPTIONS = st.lists(st.tuples(CODES, TEXTS), min_size=1, max_size=6, unique_by=lambda option: option[0])


def new_field(kind: str, name: str, container: str, group: str = "", label: str = "Label") -> NewField:
    options = Options(listed=(("1", "One"), ("2", "Two"))) if kind in LISTED else None
    field_id = f"{group}[].{name}" if group else name
    return NewField(id=field_id, kind=kind, facts=FieldFacts(label=label, options=options), container=container)


def test_every_field_of_the_form_is_found_where_the_compiler_finds_it() -> None:
    found = compiled(form())
    assert isinstance(found, CompiledForm)
    assert [located.field_id for located in field_places.fields_of(form())] == list(found.fields)
    for located in field_places.fields_of(form()):
        known = found.fields[located.field_id]
        assert (located.control["id"], located.group, located.page) == (known.element, known.group, known.page)
        facts = field_edits.facts_of(form(), located)
        assert (facts.label, facts.hint, facts.required) == (known.label, known.hint, known.required)


@given(FIELDS)
def test_writing_what_is_said_already_changes_no_byte(field_id: str) -> None:
    located = field(field_id)
    assert same(good(field_edits.write_facts(form(), located, field_edits.facts_of(form(), located))), form())


@given(FIELDS, TEXTS, st.text(max_size=30).filter(lambda text: text == text.strip()), st.booleans(), LISTED_OPTIONS)
@settings(max_examples=20)
def test_what_was_written_is_read_back_and_the_form_still_compiles(
    field_id: str, label: str, hint: str, required: bool, listed: list[tuple[str, str]]
) -> None:
    before = field_edits.facts_of(form(), field(field_id))
    options = Options(listed=tuple(listed)) if before.options is not None else None
    wanted = msgspec.structs.replace(before, label=label, hint=hint, required=required, options=options)
    changed = good(field_edits.write_facts(form(), field(field_id), wanted))
    assert field_edits.facts_of(changed, field(field_id, changed)) == wanted
    assert isinstance(compiled(changed), CompiledForm)
    restored = good(field_edits.write_facts(changed, field(field_id, changed), before))
    assert field_edits.facts_of(restored, field(field_id, restored)) == before


@given(FIELDS, st.sampled_from(["relevant", "required", "computed", "suggested", "options"]), st.text(min_size=1, max_size=40))
def test_a_rule_is_written_for_its_field_alone_and_taken_away_again(field_id: str, aspect: str, rule: str) -> None:
    located = field(field_id)
    before = field_edits.facts_of(form(), located)
    ruled = good(field_edits.write_facts(form(), located, msgspec.structs.replace(before, rules={**before.rules, aspect: rule})))
    assert ruled.logic["fields"][field_id][aspect] == rule
    assert {name for name in ruled.logic["fields"] if ruled.logic["fields"][name] != form().logic["fields"].get(name)} <= {
        field_id
    }
    restored = good(field_edits.write_facts(ruled, located, before))
    assert (restored.schema, restored.layout, restored.logic) == (form().schema, form().layout, form().logic)


@given(FIELDS)
def test_one_place_up_and_down_again_is_where_the_field_was(field_id: str) -> None:
    for there, back in (("up", "down"), ("down", "up")):
        moved = field_edits.move(form(), field(field_id), there)  # type: ignore[arg-type]
        if not same(moved, form()):
            assert same(field_edits.move(moved, field(field_id, moved), back), form())  # type: ignore[arg-type]


@given(FIELDS, st.data())
def test_moved_to_another_place_the_field_stands_last_there_and_nothing_else_moves(field_id: str, data: st.DataObject) -> None:
    located = field(field_id)
    fitting = [c for c in field_places.containers_of(form()) if c.group == located.group]
    container = data.draw(st.sampled_from(fitting))
    moved = field_edits.move_to(form(), located, container.key)
    if isinstance(moved, Refused):
        assert container.place[: len(located.place)] == located.place
        return
    others = [f.field_id for f in field_places.fields_of(form()) if not f.field_id.startswith(field_id)]
    assert [f.field_id for f in field_places.fields_of(moved) if not f.field_id.startswith(field_id)] == others
    there = next(c for c in field_places.containers_of(moved) if c.key == container.key)
    assert field(field_id, moved).place[:-1] == there.place
    assert isinstance(compiled(moved), CompiledForm)


@given(st.sampled_from(sorted(SHAPES)), NAMES, st.data())
@settings(max_examples=20)
def test_a_field_added_is_compiled_shown_and_removed_without_a_trace(kind: str, name: str, data: st.DataObject) -> None:
    containers = [c for c in field_places.containers_of(form()) if not (c.group and kind == "rows")]
    container = data.draw(st.sampled_from(containers))
    new = new_field(kind, name, container.key, container.group)
    new = msgspec.structs.replace(new, facts=msgspec.structs.replace(new.facts, required=True, rules={"relevant": "true"}))
    grown = good(field_edits.add_field(form(), new))
    found = compiled(grown)
    assert isinstance(found, CompiledForm), found
    assert (found.fields[new.id].kind, found.fields[new.id].label) == (kind, "Label")
    assert same(field_edits.remove_field(grown, field(new.id, grown)), form())


def test_every_kind_that_people_fill_in_can_be_added_and_shown() -> None:
    assert set(KINDS) - set(SHAPES) == {"items", "consent"}
    grown = form()
    for kind in sorted(SHAPES):
        grown = good(field_edits.add_field(grown, new_field(kind, f"new_{kind}", first_page())))
    found = compiled(grown)
    assert isinstance(found, CompiledForm)
    Renderer(found)


def test_a_field_of_a_new_group_of_rows_can_be_added_to_it() -> None:
    grown = good(field_edits.add_field(form(), new_field("rows", "pets", first_page())))
    grown = good(field_edits.add_field(grown, new_field("text", "kind", "rows:pets", "pets")))
    found = compiled(grown)
    assert isinstance(found, CompiledForm)
    assert found.groups["pets"] == ("pets[].kind",)


def first_page() -> str:
    return next(container.key for container in field_places.containers_of(form()) if container.kind == "page")


@pytest.mark.parametrize(
    ("field_id", "reason"),
    [
        ("Name", "field-id-form"),
        ("two words", "field-id-form"),
        ("", "field-id-form"),
        ("a..b", "field-id-form"),
        ("a[].b[].c", "field-id-form"),
        ("../etc", "field-id-form"),
        ("while", "field-id-reserved"),
        ("applicant.while", "field-id-reserved"),
        ("applicant.name", "field-taken"),
        ("applicant.age", "field-taken"),
        ("nowhere.name", "holder-unknown"),
        ("applicant.current_address.floor", "holder-unknown"),
        (f"{MEMBER}[].hobby", "container-unfit"),
    ],
)
def test_an_id_that_cannot_be_used_is_refused_with_its_reason(field_id: str, reason: str) -> None:
    new = NewField(id=field_id, kind="text", facts=FieldFacts(label="Label"), container=first_page())
    refused = field_edits.add_field(form(), new)
    assert isinstance(refused, Refused)
    assert refused.reason == reason


@given(st.text(max_size=30), st.sampled_from([*SHAPES, "nothing"]), st.text(max_size=10))
def test_any_field_typed_is_added_or_refused(field_id: str, kind: str, container: str) -> None:
    new = NewField(id=field_id, kind=kind, facts=FieldFacts(label="Label"), container=container or first_page())
    assert isinstance(field_edits.add_field(form(), new), FormDocuments | Refused)


@pytest.mark.parametrize(
    ("facts", "reason"),
    [
        (FieldFacts(label="  "), "label-missing"),
        (FieldFacts(label="Label", options=Options()), "options-missing"),
        (FieldFacts(label="Label", options=Options(listed=(("1", "a"), ("1", "b")))), "option-twice"),
    ],
)
def test_facts_that_say_nothing_or_twice_are_refused(facts: FieldFacts, reason: str) -> None:
    refused = field_edits.write_facts(form(), field("applicant.gender"), facts)
    assert isinstance(refused, Refused)
    assert refused.reason == reason


def test_a_text_that_the_layout_overrides_is_changed_where_it_is_spelled() -> None:
    layout = {
        "type": "Categorization",
        "id": "f",
        "elements": [
            {
                "type": "Category",
                "id": "p",
                "label": "Page",
                "elements": [{"type": "Control", "id": "a", "scope": "#/properties/a", "label": "Shown", "hint": "Help"}],
            }
        ],
    }
    read = field_places.read_form({"type": "object", "properties": {"a": {"type": "string", "title": "T"}}}, layout, {})
    assert read is not None
    changed = good(field_edits.write_facts(read, field("a", read), FieldFacts(label="New")))
    assert changed.schema == read.schema
    assert field("a", changed).control == {"type": "Control", "id": "a", "scope": "#/properties/a", "label": "New"}


def test_removing_a_group_of_rows_takes_the_rules_of_its_members_along() -> None:
    left = field_edits.remove_field(form(), field(MEMBER))
    assert not any(name.startswith(MEMBER) for name in left.logic["fields"])
    assert field_places.field_of(left, f"{MEMBER}[].name") is None


@given(st.sampled_from(["schema", "layout", "logic"]), st.data())
@settings(max_examples=60)
def test_mangled_documents_are_no_form_or_can_be_read_and_edited(part: str, data: st.DataObject) -> None:
    three = {"schema": form().schema, "layout": form().layout, "logic": form().logic}
    three[part] = mangle(data, three[part])
    read = field_places.read_form(**three)
    if read is None:
        return
    assert len(field_places.holders_of(read)) >= 1
    for located in data.draw(st.lists(st.sampled_from(field_places.fields_of(read) or [None]), max_size=3)):
        if located is None:
            continue
        written = field_edits.write_facts(read, located, field_edits.facts_of(read, located))
        assert isinstance(written, Refused) or same(written, read)
        field_edits.move(read, located, "up")
        field_edits.remove_field(read, located)
    for container in field_places.containers_of(read)[:3]:
        field_edits.add_field(read, new_field("text", "new_text", container.key, container.group))


@pytest.mark.parametrize("layout", [None, [], {}, {"type": "Categorization", "id": "x", "elements": [1]}])
def test_documents_that_are_no_form_are_not_read_as_one(layout: object) -> None:
    assert field_places.read_form({}, layout, {}) is None
    assert field_places.read_form([], form().layout, {}) is None

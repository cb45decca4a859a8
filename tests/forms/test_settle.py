"""Relevance, computed values and suggestions, carried to a fixpoint."""

from __future__ import annotations

from itertools import pairwise
from typing import Any

import msgspec
from hypothesis import given, settings
from hypothesis import strategies as st
from real_form import context, drafts, form
from small_forms import CONTEXT, compiled, control, definition, surroundings

from server.forms.compile import CompiledForm
from server.forms.data import EMPTY, FormData, group_pointer
from server.forms.settle import Settled, bindings_of, instance_of, places, settle
from server.rules.types import STRING

TEXT = {"type": "string"}
YES_NO = {"type": "boolean"}
NUMBER = {"type": "integer"}


def rules(properties: dict[str, Any], logic: dict[str, Any], *required: str, **around: Any) -> CompiledForm:
    return compiled(definition(properties, logic=logic, required=required), surroundings(around))


def settled(found: CompiledForm, values: dict[str, Any], **more: Any) -> Settled:
    return settle(found, FormData(values=values, touched=frozenset(values), **more), CONTEXT)


def test_a_field_without_rules_is_relevant_and_required_as_the_schema_says() -> None:
    found = settled(rules({"a": TEXT, "b": TEXT}, {}, "a"), {})
    assert (found.hidden, found.required, found.instance) == (frozenset(), {"/a"}, {})


def test_an_undefined_condition_hides_the_field_until_it_is_answered() -> None:
    form = rules({"a": YES_NO, "b": TEXT}, {"fields": {"b": {"relevant": "a"}}}, "b")
    assert settled(form, {}).hidden == {"/b"}
    assert settled(form, {}).required == frozenset()
    assert settled(form, {"/a": False}).hidden == {"/b"}
    assert settled(form, {"/a": True}).required == {"/b"}


def test_what_depends_on_a_hidden_answer_is_hidden_as_well() -> None:
    chain = {"b": {"relevant": "a"}, "c": {"relevant": "b == 'x'"}, "d": {"relevant": "c == 'y'"}}
    form = rules({"a": YES_NO, "b": TEXT, "c": TEXT, "d": TEXT}, {"fields": chain})
    answers = {"/a": True, "/b": "x", "/c": "y", "/d": "z"}
    assert settled(form, answers).instance == {"a": True, "b": "x", "c": "y", "d": "z"}
    assert settled(form, {**answers, "/a": False}).instance == {"a": False}
    assert settled(form, {**answers, "/a": False}).hidden == {"/b", "/c", "/d"}


def test_a_chain_of_any_length_is_followed_to_its_end() -> None:
    names = [f"f{number:02d}" for number in range(40)]
    chain = {later: {"relevant": f"{earlier} == 'x'"} for earlier, later in pairwise(names)}
    form = rules(dict.fromkeys(names, TEXT), {"fields": chain})
    assert len(settled(form, {f"/{name}": "x" for name in names}).instance) == 40
    broken = settled(form, {f"/{name}": "x" for name in names[1:]})
    assert broken.stable
    assert broken.instance == {}


def test_rules_that_contradict_each_other_end_unstable() -> None:
    logic = {"facts": {"given": {"is_answered": "a"}}, "fields": {"a": {"relevant": "!given"}}}
    form = rules({"a": TEXT}, logic)
    assert settled(form, {}).stable
    assert not settled(form, {"/a": "x"}).stable


def test_a_computed_value_follows_the_answers_and_is_never_required() -> None:
    form = rules({"a": NUMBER, "b": NUMBER, "sum": NUMBER}, {"fields": {"sum": {"computed": "a + b"}}}, "sum")
    assert "sum" not in settled(form, {"/a": 1}).instance
    found = settled(form, {"/a": 1, "/b": 2, "/sum": 99})
    assert found.instance == {"a": 1, "b": 2, "sum": 3}
    assert found.required == frozenset()
    assert "sum" not in settled(form, {"/a": 2**62, "/b": 2**62}).instance, "an overflow has no value"


def test_a_read_only_field_takes_nothing_that_was_posted_or_stored() -> None:
    form = rules({"a": {**TEXT, "readOnly": True}}, {})
    assert settled(form, {"/a": "forged"}).instance == {}


def test_a_computed_value_can_make_others_relevant() -> None:
    logic = {"fields": {"sum": {"computed": "a + 1"}, "why": {"relevant": "sum > 10"}, "note": {"relevant": "why == 'x'"}}}
    form = rules({"a": NUMBER, "sum": NUMBER, "why": TEXT, "note": TEXT}, logic)
    assert settled(form, {"/a": 10, "/why": "x", "/note": "y"}).instance == {"a": 10, "sum": 11, "why": "x", "note": "y"}
    assert settled(form, {"/a": 9, "/why": "x", "/note": "y"}).instance == {"a": 9, "sum": 10}


def test_a_suggestion_counts_until_a_person_answers_or_empties_the_field() -> None:
    form = rules({"a": TEXT, "b": TEXT}, {"fields": {"b": {"suggested": "a + '!'"}}}, "b")
    found = settled(form, {"/a": "x"})
    assert (found.suggested, found.instance["b"], found.data.values["/b"]) == ({"/b": "x!"}, "x!", "x!")
    assert settled(form, {"/a": "x", "/b": "own"}).instance["b"] == "own"
    emptied = settle(form, FormData(values={"/a": "x"}, touched=frozenset({"/a", "/b"})), CONTEXT)
    assert (emptied.suggested, "b" in emptied.instance) == ({}, False)
    unread = settle(form, FormData(values={"/a": "x"}, raw={"/b": "?"}), CONTEXT)
    assert unread.suggested == {}


def test_options_are_offered_as_the_rule_says() -> None:
    codes = {"type": "string", "oneOf": [{"const": "1"}, {"const": "2"}, {"const": "3"}]}
    form = rules({"a": YES_NO, "b": codes}, {"fields": {"b": {"options": "a ? ['1', '2'] : ['3']"}}})
    assert settled(form, {"/a": True}).options == {"/b": ("1", "2")}
    assert settled(form, {}).options == {}


ROW = {"type": "object", "properties": {"kind": TEXT, "share": NUMBER, "note": TEXT, "twice": NUMBER}, "required": ["note"]}


def rows() -> CompiledForm:
    logic = {
        "facts": {"rows[].large": {"is_answered": "row.share"}, "total": {"sum": "rows[].share", "skip_unanswered": True}},
        "fields": {
            "rows[].note": {"relevant": "row.kind == 'other'"},
            "rows[].share": {"required": "row.kind == 'owner' && limit > 0"},
            "rows[].twice": {"computed": "row.share * 2"},
            "rows": {"relevant": "limit > 0"},
        },
    }
    detail = [control(name) for name in ROW["properties"]]
    properties = {"limit": NUMBER, "rows": {"type": "array", "items": ROW}}
    return compiled(definition(properties, [control("limit"), control("rows", options={"detail": detail})], logic=logic))


def test_every_row_is_settled_by_its_own_answers() -> None:
    values = {"/limit": 5, "/rows/@a/kind": "other", "/rows/@b/kind": "owner", "/rows/@b/share": 4, "/rows/@b/note": "kept"}
    found = settle(rows(), FormData(values=values, rows={"/rows": ("b", "a")}), CONTEXT)
    assert found.hidden == {"/rows/@b/note"}
    assert found.required == {"/rows/@a/note", "/rows/@b/share"}
    assert found.instance["rows"] == [{"kind": "owner", "share": 4, "twice": 8}, {"kind": "other"}]
    assert found.bindings["total"] == 4


def test_nothing_of_a_hidden_group_is_asked_or_submitted() -> None:
    values = {"/limit": 0, "/rows/@a/kind": "other"}
    found = settle(rows(), FormData(values=values, rows={"/rows": ("a",)}), CONTEXT)
    assert found.instance == {"limit": 0}
    assert found.required == frozenset()


def test_fields_of_items_not_applied_for_are_not_asked() -> None:
    scopes = {"one": ["a", "rows[].x"], "two": ["b"]}
    items = {"type": "array", "items": {"type": "string", "enum": ["one", "two"]}}
    group = {"type": "array", "items": {"type": "object", "properties": {"x": TEXT}}}
    elements = [control(name) for name in ("chosen", "a", "b", "free")]
    elements.append(control("rows", options={"detail": [control("x")]}))
    properties = {"chosen": items, "a": TEXT, "b": TEXT, "free": TEXT, "rows": group}
    form = compiled(definition(properties, elements), surroundings({"scopes": scopes, "items_field": "chosen"}))
    values = {"/a": "a", "/b": "b", "/free": "c", "/rows/@r/x": "x"}

    def asked(*chosen: str) -> dict[str, Any]:
        return settle(form, FormData(values={**values, "/chosen": list(chosen)}, rows={"/rows": ("r",)}), CONTEXT).instance

    assert asked("one") == {"chosen": ["one"], "a": "a", "free": "c", "rows": [{"x": "x"}]}
    assert asked("two") == {"chosen": ["two"], "b": "b", "free": "c"}
    assert asked("one", "two") == {"chosen": ["one", "two"], "a": "a", "b": "b", "free": "c", "rows": [{"x": "x"}]}
    assert asked("nothing known").keys() == {"chosen", "a", "b", "free", "rows"}


def test_values_of_the_context_are_variables() -> None:
    form = compiled(
        definition({"a": TEXT, "b": TEXT}, logic={"fields": {"b": {"relevant": "outcome == 'return'"}}}),
        extra={"outcome": STRING},
    )
    with_outcome = msgspec.structs.replace(CONTEXT, extra={"outcome": "return"})
    assert settle(form, EMPTY, with_outcome).hidden == frozenset()
    assert settle(form, EMPTY, CONTEXT).hidden == {"/b"}


@settings(max_examples=20)
@given(drafts())
def test_settling_settled_answers_changes_nothing(data: FormData) -> None:
    first = settle(form(), data, context())
    again = settle(form(), first.data, context())
    assert first.stable
    assert again.stable
    assert again.data == first.data
    assert again.instance == first.instance
    assert again.bindings == first.bindings
    assert (again.hidden, again.required, again.options) == (first.hidden, first.required, first.options)


@settings(max_examples=20)
@given(drafts())
def test_the_fixpoint_is_one_by_its_own_definition(data: FormData) -> None:
    found = settle(form(), data, context())
    assert instance_of(form(), found.data, found.hidden) == found.instance
    bindings = bindings_of(form(), found.instance, context())
    assert bindings == found.bindings
    for name, logic in form().logic.items():
        field = form().fields[name]
        if logic.relevant is not None and not field.group:
            assert (group_pointer(name) in found.hidden) >= (not logic.relevant.holds(bindings))


@settings(max_examples=20)
@given(drafts())
def test_settling_loses_no_answer_and_submits_no_hidden_one(data: FormData) -> None:
    found = settle(form(), data, context())
    assert found.data.values.items() >= data.values.items()
    assert found.data.rows == data.rows
    assert list(found.places) == list(places(form(), data))
    submitted = {place.pointer for place in found.places if place.pointer in found.data.values}
    visible = {pointer for pointer in submitted if pointer not in found.hidden}
    shown = instance_of(
        form(), msgspec.structs.replace(found.data, values={p: found.data.values[p] for p in visible}), found.hidden
    )
    assert shown == found.instance


@given(st.permutations(["a", "b", "c"]))
def test_the_order_of_rows_is_the_order_of_the_submission(keys: list[str]) -> None:
    values = {"/limit": 1, **{f"/rows/@{key}/kind": key for key in keys}}
    found = settle(rows(), FormData(values=values, rows={"/rows": tuple(keys)}), CONTEXT)
    assert [row["kind"] for row in found.instance["rows"]] == keys

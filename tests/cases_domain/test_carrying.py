"""Answers carried from release to release: whatever forms become of each other, nothing a person has answered is lost."""

from __future__ import annotations

from functools import cache
from itertools import count, pairwise
from typing import Any

import msgspec
from any_service import CODES, LEAVES, REGION, SERVICE, WORDS, answers, choice, service
from hypothesis import given, settings
from hypothesis import strategies as st

from server.cases.carrying import Carried, SetAside, carried
from server.forms.compile import CompiledForm
from server.forms.data import FormData, from_instance
from server.forms.kinds import KINDS
from server.forms.settle import places
from server.releases import compile_release

NAMES = ("x_a", "x_b", "x_c")
FILES: Any = [{"name": "a.jpg"}]
LEAF = st.one_of(
    LEAVES,
    CODES.map(choice),
    st.just({"type": "array", "x-element": "attachment", "items": {"type": "object"}}),
)
ROWS = st.dictionaries(st.sampled_from(("one", "two")), LEAVES, min_size=1).map(
    lambda members: {"type": "array", "items": {"type": "object", "properties": members}, "maxItems": 3}
)
FORMS = st.dictionaries(st.sampled_from(NAMES), st.one_of(LEAF, ROWS), min_size=1)


@cache
def compiled(text: bytes) -> CompiledForm:
    found, findings = compile_release(service(msgspec.json.decode(text)), SERVICE, REGION)
    assert found is not None, [finding for finding in findings if finding.severity == "error"]
    return found.form


def form_of(properties: dict[str, Any]) -> CompiledForm:
    return compiled(msgspec.json.encode(properties))


@st.composite
def drafts(draw: st.DrawFn, properties: dict[str, Any]) -> FormData:
    """Answers of every kind the form has, texts that cannot be read among them."""
    form = form_of(properties)
    given_answers = {
        name: FILES if schema.get("x-element") == "attachment" else draw(answers(schema)) for name, schema in properties.items()
    }
    keys = (f"r{number}" for number in count(1))
    data = from_instance(given_answers, ((field.group, field.path) for field in form.fields.values()), keys)
    values, raw = dict(data.values), dict(data.raw)
    for place in places(form, data):
        numeric = place.field.kind in ("integer", "money", "decimal")
        if numeric and draw(st.booleans()):
            values.pop(place.pointer, None)
            raw[place.pointer] = draw(WORDS)
    return msgspec.structs.replace(data, values=values, raw=raw)


def along(data: FormData, forms: list[CompiledForm]) -> Carried:
    found = Carried(data=data, aside={})
    for before, after in pairwise(forms):
        found = carried(found.data, found.aside, before, after)
        # A draft is stored between any two moves.
        found = msgspec.json.decode(msgspec.json.encode(found), type=Carried)
    return found


@settings(max_examples=30, deadline=None)
@given(st.data(), st.lists(FORMS, min_size=2, max_size=4))
def test_a_draft_that_comes_back_over_any_releases_has_exactly_the_answers_it_left_with(
    draw: st.DataObject, listed: list[dict[str, Any]]
) -> None:
    forms = [form_of(properties) for properties in listed]
    data = draw.draw(drafts(listed[0]))
    back = along(data, [*forms, forms[0]])
    assert back.data == data
    assert back.aside == {}


@settings(max_examples=30, deadline=None)
@given(st.data(), st.lists(FORMS, min_size=3, max_size=3))
def test_the_way_between_two_releases_makes_no_difference(draw: st.DataObject, listed: list[dict[str, Any]]) -> None:
    first, between, last = (form_of(properties) for properties in listed)
    data = draw.draw(drafts(listed[0]))
    assert along(data, [first, between, last]) == along(data, [first, last])


@settings(max_examples=30, deadline=None)
@given(st.data(), st.lists(FORMS, min_size=2, max_size=2))
def test_an_answer_given_anew_is_never_replaced_by_the_one_set_aside(draw: st.DataObject, listed: list[dict[str, Any]]) -> None:
    first, other = (form_of(properties) for properties in listed)
    moved = along(draw.draw(drafts(listed[0])), [first, other])
    fields = [place for place in places(other, moved.data) if place.field.kind not in ("rows", "attachment")]
    new = {place.pointer: KINDS[place.field.kind].example(place.field) for place in fields}
    changed = {pointer: value for pointer, value in new.items() if value != moved.data.values.get(pointer)}
    raw = {pointer: text for pointer, text in moved.data.raw.items() if pointer not in changed}
    data = msgspec.structs.replace(moved.data, values={**moved.data.values, **changed}, raw=raw)
    there = carried(data, moved.aside, other, first)
    back = carried(there.data, there.aside, first, other)
    assert back.data == data


def test_a_number_is_read_as_text_and_an_amount_as_another_amount() -> None:
    number, text, money = (
        {"x_a": schema} for schema in ({"type": "integer"}, {"type": "string"}, {"type": "integer", "x-money": "CNY"})
    )
    data = FormData(values={"/x_a": 12})
    assert along(data, [form_of(number), form_of(text)]).data.values == {"/x_a": "12"}
    assert along(data, [form_of(number), form_of(money)]).data.values == {"/x_a": 1200}
    words = along(FormData(values={"/x_a": "twelve"}), [form_of(text), form_of(number)])
    assert (words.data.values, words.data.raw) == ({}, {"/x_a": "twelve"})


def test_of_several_choices_no_single_answer_is_made_up() -> None:
    several = {"x_a": {"type": "array", "items": {"type": "string", "enum": ["a", "b"]}, "uniqueItems": True}}
    single = {"x_a": {"type": "string", "enum": ["a", "b"]}}
    both, one = FormData(values={"/x_a": ["a", "b"]}), FormData(values={"/x_a": ["b"]})
    moved = along(both, [form_of(several), form_of(single)])
    assert moved.data.values == {} and isinstance(moved.aside["/x_a"], SetAside)
    assert along(one, [form_of(several), form_of(single)]).data.values == {"/x_a": "b"}
    assert along(FormData(values={"/x_a": "b"}), [form_of(single), form_of(several)]).data.values == {"/x_a": ["b"]}


def test_an_answer_outlives_releases_that_do_not_ask_for_it_and_is_read_as_whatever_asks_again() -> None:
    number, nothing, text = ({"x_a": {"type": "integer"}}, {"x_b": {"type": "string"}}, {"x_a": {"type": "string"}})
    moved = along(FormData(values={"/x_a": 7}), [form_of(number), form_of(nothing), form_of(text)])
    assert moved.data.values == {"/x_a": "7"}

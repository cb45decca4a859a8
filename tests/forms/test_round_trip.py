"""What a page shows is what it posts, and what is posted is what is kept."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import msgspec
import pytest
from browser import posted_by
from html_text import faults_of, parse
from hypothesis import given, settings
from hypothesis import strategies as st
from real_form import EXAMPLES, context, data_of, drafts, example, form, renderer
from small_forms import CONTEXT, compiled, definition, new_keys, surroundings

from server.forms.compile import Page
from server.forms.data import EMPTY, FormData, from_json, group_pointer, to_json
from server.forms.decode import PRESENT, ROWS, decode
from server.forms.kinds import KINDS
from server.forms.render import PageRequest, Renderer
from server.forms.settle import Settled, settle
from server.forms.validate import check_instance, validate

FILES = ("photo", "attachment")


def page_of(page: Page, settled: Settled, *, errors: bool = False) -> bytes:
    problems = validate(form(), settled, context=context()).problems if errors else ()
    return renderer().page(page, settled, problems, PageRequest(action=page.id))


def without_answers_on(page: Page, settled: Settled, data: FormData) -> FormData:
    """The data without what the page asks and shows, files and computed values aside."""
    gone = {
        place.pointer
        for place in settled.places
        if place.field.page == page.id
        and place.field.kind not in FILES
        and place.pointer not in settled.hidden
        and group_pointer(place.field.group) not in settled.hidden
    }
    return msgspec.structs.replace(
        data,
        values={pointer: value for pointer, value in data.values.items() if pointer not in gone},
        touched=data.touched - gone,
    )


def encoded(page: Page, data: FormData) -> list[tuple[str, str]]:
    """What the inputs of a page post, told by the kinds alone."""
    fields = []
    for place in settle(form(), data, context()).places:
        field, pointer, _ = place
        if field.page != page.id or field.computed or field.kind in FILES:
            continue
        value = data.values.get(pointer)
        if field.kind == "rows":
            fields += [(pointer + ROWS, key) for key in data.rows.get(pointer, ())]
        elif isinstance(value, list):
            fields += [(pointer, code) for code in value]
        elif value is not None:
            fields += [(pointer + leaf, text) for leaf, text in KINDS[field.kind].inputs(field, value).items()]
        else:
            fields.append((pointer + PRESENT, "1"))
    return fields


@settings(max_examples=25)
@given(drafts())
def test_decoding_what_the_kinds_encode_gives_the_same_answers(data: FormData) -> None:
    found = FormData(rows=data.rows, values={p: v for p, v in data.values.items() if is_file(v)}, touched=frozenset())
    for page in form().pages:
        decoded = decode(form(), found, encoded(page, data), page=page.id, new_keys=new_keys())
        assert decoded.ignored == ()
        found = decoded.data
    files = frozenset(pointer for pointer, value in data.values.items() if is_file(value))
    assert found.values == data.values
    assert found.touched == data.touched - files
    assert found.raw == {}
    assert found.rows == data.rows


def is_file(value: Any) -> bool:
    return (isinstance(value, dict) and "name" in value) or (isinstance(value, list) and isinstance(value[0], dict))


@settings(max_examples=12)
@given(drafts(), st.booleans())
def test_sending_a_page_back_as_it_was_shown_changes_nothing(data: FormData, errors: bool) -> None:
    for page in form().pages:
        settled = settle(form(), data, context())
        html = page_of(page, settled, errors=errors)
        assert faults_of(parse(html)) == []
        decoded = decode(form(), data, posted_by(html), page=page.id, new_keys=new_keys(), suggested=settled.suggested)
        assert decoded.data == data
        assert decoded.ignored == ()


@settings(max_examples=12)
@given(drafts())
def test_a_page_posts_everything_it_shows(data: FormData) -> None:
    settled = settle(form(), data, context())
    for page in form().pages:
        html = page_of(page, settled)
        before = without_answers_on(page, settled, data)
        decoded = decode(form(), before, posted_by(html), page=page.id, new_keys=new_keys(), suggested=settled.suggested)
        again = settle(form(), decoded.data, context())
        assert again.instance == settled.instance
        assert again.hidden == settled.hidden


@settings(max_examples=25)
@given(drafts())
def test_answers_survive_the_store(data: FormData) -> None:
    assert from_json(msgspec.json.decode(msgspec.json.encode(to_json(data)))) == data


@settings(max_examples=25)
@given(drafts())
def test_the_submission_read_back_is_the_same_submission(data: FormData) -> None:
    settled = settle(form(), data, context())
    again, _ = check_instance(form(), settled.instance, context())
    assert again.instance == settled.instance
    assert again.stable
    assert settled.stable


@pytest.mark.parametrize("name", [path.stem for path in EXAMPLES])
def test_an_example_has_the_problems_it_declares_and_no_other(name: str) -> None:
    found = example(name)
    settled, checked = check_instance(form(), found["answers"], context())
    assert sorted(problem.code for problem in checked.problems) == sorted(found.get("problems", ()))
    assert settled.stable


@pytest.mark.parametrize("name", [path.stem for path in EXAMPLES])
def test_every_page_of_an_example_sends_back_what_it_shows(name: str) -> None:
    data = data_of(example(name)["answers"])
    for page in form().pages:
        settled = settle(form(), data, context())
        decoded = decode(
            form(), data, posted_by(page_of(page, settled)), page=page.id, new_keys=new_keys(), suggested=settled.suggested
        )
        assert in_any_order(decoded.data.values) == in_any_order(data.values)
        assert (decoded.data.rows, decoded.data.raw, decoded.data.touched) == (data.rows, {}, data.touched)


def in_any_order(values: Mapping[str, Any]) -> dict[str, Any]:
    """The values with several choices sorted: boxes are ticked in the order of the page."""
    return {
        pointer: sorted(value) if isinstance(value, list) and not is_file(value) else value for pointer, value in values.items()
    }


#: A municipality without cities, a city without counties, a county right below its province, and an empty province.
UNEVEN = {
    "110000": "Capital",
    "110101": "East",
    "110101001": "Gate",
    "410000": "Middle",
    "419001": "Spring",
    "440000": "South",
    "440100": "Harbour",
    "440103": "Bay",
    "441900": "Mills",
    "441900003": "Mill Street",
    "450000": "West",
}


@pytest.mark.parametrize("region", ["110101", "110101001", "419001", "440103", "441900", "441900003", "450000"])
def test_an_address_is_chosen_in_provinces_of_every_shape(region: str) -> None:
    address = {
        "type": "object",
        "x-element": "address",
        "properties": {"region": {"type": "string"}, "line": {"type": "string"}},
    }
    found = compiled(definition({"home": address}), surroundings({"regions": UNEVEN}))
    settled, checked = check_instance(found, {"home": {"region": region, "line": "1"}}, CONTEXT)
    assert checked.problems == ()
    html = Renderer(found).page(found.pages[0], settled, (), PageRequest(action="page"))
    decoded = decode(found, EMPTY, posted_by(html), page="page", new_keys=new_keys())
    assert decoded.data.values == {"/home": {"region": region, "line": "1"}}

"""Pages: valid HTML, fit for keyboard and screen reader, the same bytes for the same form, and nothing hostile in them."""

from __future__ import annotations

import copy
from typing import Any

import msgspec
import pytest
from browser import posted_by
from html_text import Element, faults_of, parse
from hypothesis import given, settings
from hypothesis import strategies as st
from real_form import EXAMPLES, context, data_of, drafts, example, form, renderer, service
from small_forms import CONTEXT, compiled, control, definition, surroundings

from server.findings import Problem
from server.forms.compile import CompiledForm, compile_form
from server.forms.data import EMPTY, FormData
from server.forms.problem_places import field_place, input_id, row_words
from server.forms.render import PageRequest, Renderer
from server.forms.settle import settle
from server.forms.summary import summary
from server.forms.surroundings import surroundings_of
from server.forms.validate import validate
from server.rules.types import STRING

TEXT = {"type": "string", "title": "Text"}
HOSTILE = "\"><script>alert(1)</script><img src=x onerror=alert(1)>'`{{7*7}}{% raw %}${7}\ufdd0value\ufdd1\ufdd2\ufdd3\ufdd4"
PAGES = [page.id for page in form().pages]


def html_of(found: CompiledForm, data: FormData = EMPTY, problems: tuple[Problem, ...] = (), **request: Any) -> bytes:
    return Renderer(found).page(
        found.pages[0], settle(found, data, CONTEXT), problems, PageRequest(**{"action": "/page", **request})
    )


def elements(html: bytes, tag: str) -> list[Element]:
    return [element for element in parse(html).walk() if element.tag == tag]


@pytest.mark.parametrize("page_id", PAGES)
def test_a_blank_page_of_the_bundled_form_is_fit_for_use(page_id: str) -> None:
    page = form().page(page_id)
    assert page is not None
    blank = settle(form(), EMPTY, context())
    html = renderer().page(page, blank, (), PageRequest(action="/x"))
    assert faults_of(parse(html)) == []
    problems = validate(form(), blank, context=context()).problems
    faulty = renderer().page(page, blank, problems, PageRequest(action="/x"))
    assert faults_of(parse(faulty)) == []


@pytest.mark.parametrize("page_id", PAGES)
@pytest.mark.parametrize("name", [path.stem for path in EXAMPLES])
def test_a_filled_page_of_the_bundled_form_is_fit_for_use_and_shows_every_answer(page_id: str, name: str) -> None:
    page = form().page(page_id)
    assert page is not None
    settled = settle(form(), data_of(example(name)["answers"]), context())
    html = renderer().page(page, settled, (), PageRequest(action="/x"))
    assert faults_of(parse(html)) == []
    shown = {text for _, text in posted_by(html)}
    for place in settled.places:
        value = settled.data.values.get(place.pointer)
        if place.field.page == page_id and isinstance(value, str) and place.pointer not in settled.hidden:
            assert value in shown or place.field.computed


@pytest.mark.parametrize("task_id", sorted(service().task_forms))
def test_every_page_of_a_task_form_is_fit_for_use(task_id: str) -> None:
    titles = {name: field.label for name, field in form().fields.items()}
    found = compile_form(service().task_forms[task_id], surroundings_of(service(), titles), {"outcome": STRING})
    assert isinstance(found, CompiledForm), found
    blank = settle(found, EMPTY, context())
    problems = validate(found, blank, context=context()).problems
    for page in found.pages:
        assert faults_of(parse(Renderer(found).page(page, blank, (), PageRequest(action="/x")))) == []
        assert faults_of(parse(Renderer(found).page(page, blank, problems, PageRequest(action="/x")))) == []


@settings(max_examples=10)
@given(drafts())
def test_every_problem_of_a_page_is_linked_from_its_summary_and_stands_beside_its_input(data: FormData) -> None:
    settled = settle(form(), data, context())
    problems = validate(form(), settled, context=context()).problems
    linked = 0
    for page in form().pages:
        html = renderer().page(page, settled, problems, PageRequest(action="/x"))
        root = parse(html)
        assert faults_of(root) == []
        ids = {element.attributes.get("id"): element for element in root.walk()}
        links = [e for e in root.walk() if e.tag == "a" and e.attributes.get("href", "").startswith("#") and e.inside("li")]
        linked += len(links)
        assert len([e for e in root.walk() if e.attributes.get("class") == "field-error"]) == len(links)
        for link in links:
            target = ids[link.attributes["href"][1:]]
            assert target.tag in ("input", "select", "textarea", "fieldset", "section", "output")
    assert linked == len([problem for problem in problems if problem.pointer])


def test_texts_of_authors_are_shown_and_never_run() -> None:
    choice = {"type": "string", "title": HOSTILE, "description": HOSTILE, "oneOf": [{"const": HOSTILE, "title": HOSTILE}]}
    consent = {
        "type": "object",
        "title": HOSTILE,
        "x-element": {"kind": "consent", "text": "wording"},
        "properties": {"agreed": {"const": True}},
    }
    number = {"type": "integer", "title": HOSTILE, "x-element": {"kind": "integer", "unit": HOSTILE}}
    row = {"type": "object", "properties": {"x": {**TEXT, "title": HOSTILE}}}
    properties = {"text": {**TEXT, "title": HOSTILE}, "choice": choice, "number": number, "consent": consent, "long": {**choice}}
    properties["rows"] = {"type": "array", "title": HOSTILE, "items": row}
    elements_of_page = [
        {
            "type": "Group",
            "id": "box",
            "label": HOSTILE,
            "hint": HOSTILE,
            "elements": [control("text", hint=HOSTILE), control("choice")],
        },
        {"type": "Label", "id": "label", "text": HOSTILE},
        control("number"),
        control("consent"),
        control("long", options={"format": "search"}),
        control("rows", options={"detail": [control("x")], "row_title": HOSTILE, "add_label": HOSTILE}),
    ]
    around = surroundings({"consents": {"wording": HOSTILE}})
    found = compiled(definition(properties, elements_of_page), around)
    data = FormData(rows={"/rows": ("k",)}, values={"/choice": HOSTILE})
    problems = tuple(Problem(pointer=f"/{name}", code="assertion:x", params={"message": HOSTILE}) for name in properties)
    root = parse(html_of(found, data, problems))
    assert faults_of(root) == []
    assert {element.tag for element in root.walk()} & {"script", "img"} == set()
    assert not any(name.startswith("on") for element in root.walk() for name in element.attributes)
    assert any("<script>alert(1)</script>" in element.text() for element in root.walk() if element.tag == "label")
    assert "49" not in root.text()


@pytest.mark.parametrize("text", [HOSTILE, "\ue000\ue004私", "\ufdd3", "&amp;", "a\x00b", "\ud800", "\u2028"])
def test_texts_of_applicants_are_shown_and_never_run(text: str) -> None:
    row = {"type": "object", "properties": {"x": TEXT, "n": {"type": "integer", "title": "n"}}}
    long_text = {**TEXT, "x-element": "long_text"}
    elements_of_page = [
        control("text"),
        control("long"),
        control("rows", options={"detail": [control("x"), control("n")], "row_label_field": "x"}),
    ]
    found = compiled(
        definition({"text": TEXT, "long": long_text, "rows": {"type": "array", "title": "Rows", "items": row}}, elements_of_page)
    )
    values = {"/text": text, "/long": text, "/rows/@k/x": text}
    data = FormData(values=values, rows={"/rows": ("k",)}, raw={"/rows/@k/n": text})
    problems = validate(found, settle(found, EMPTY, CONTEXT), context=CONTEXT).problems
    unreadable = Problem(pointer="/rows/@k/n", code="unreadable-integer", params={"label": "n", "text": text})
    root = parse(html_of(found, data, (*problems, unreadable)))
    assert faults_of(root) == []
    assert {element.tag for element in root.walk()} & {"script", "img"} == set()
    ids = [element.attributes["id"] for element in root.walk() if "id" in element.attributes]
    assert "/rows/@k/x" in ids
    shown = dict(posted_by(html_of(found, data)))
    assert shown["/rows/@k/x"] == shown["/text"]


def test_private_use_characters_of_rare_names_are_kept() -> None:
    row = {"type": "object", "properties": {"x": TEXT}}
    found = compiled(definition({"rows": {"type": "array", "items": row}}, [control("rows", options={"detail": [control("x")]})]))
    data = FormData(values={"/rows/@k/x": "\ue003\ue004"}, rows={"/rows": ("k",)})
    assert dict(posted_by(html_of(found, data)))["/rows/@k/x"] == "\ue003\ue004"


def test_wide_spaces_of_official_labels_stay() -> None:
    found = compiled(definition({"name": {**TEXT, "title": "姓\u3000\u3000名"}}))
    assert [label.text() for label in elements(html_of(found), "label")] == ["姓\u3000\u3000名（选填）"]


def test_boxes_and_notes_inside_rows_are_shown_in_every_row() -> None:
    row = {"type": "object", "properties": {"x": TEXT, "y": TEXT}}
    detail = [
        {"type": "Group", "id": "box", "label": "Box", "elements": [control("x")]},
        {"type": "Label", "id": "note", "text": "A note."},
        control("y"),
    ]
    found = compiled(definition({"rows": {"type": "array", "items": row}}, [control("rows", options={"detail": detail})]))
    html = html_of(found, FormData(rows={"/rows": ("a", "b")}))
    assert faults_of(parse(html)) == []
    names = [name for name, _ in posted_by(html)]
    assert names == ["/rows/~rows", "/rows/@a/x", "/rows/@a/y", "/rows/~rows", "/rows/@b/x", "/rows/@b/y"]


def test_a_box_without_relevant_fields_is_left_out() -> None:
    box = {"type": "Group", "id": "box", "label": "Box", "elements": [control("b")]}
    yes_no = {"type": "boolean", "title": "a"}
    found = compiled(definition({"a": yes_no, "b": TEXT}, [control("a"), box], logic={"fields": {"b": {"relevant": "a"}}}))
    assert b'id="box"' not in html_of(found)
    assert b'id="box"' in html_of(found, FormData(values={"/a": True}))


def test_several_problems_of_one_field_share_one_place() -> None:
    address = {"type": "object", "title": "Address", "x-element": "address", "properties": {"region": TEXT, "line": TEXT}}
    found = compiled(definition({"home": address}))
    problems = tuple(Problem(pointer=f"/home/{part}", code="required-part", params={"part": part}) for part in ("region", "line"))
    html = html_of(found, EMPTY, problems)
    assert faults_of(parse(html)) == []
    links = [link.attributes["href"] for link in elements(html, "a")]
    assert links == ["#/home/county", "#/home/line"]
    invalid = [e.attributes["id"] for e in parse(html).walk() if "aria-invalid" in e.attributes]
    assert invalid == ["/home/county", "/home/line"]


@pytest.mark.parametrize(
    ("pointer", "expected"),
    [
        ("/name", "/name"),
        ("/home", "/home/county"),
        ("/home/region", "/home/county"),
        ("/home/line", "/home/line"),
        ("/rows", "/rows"),
        ("/rows/@k/home", "/rows/@k/home/county"),
        ("/rows/@k/home/line", "/rows/@k/home/line"),
        ("/rows/@k/kinds/0", "/rows/@k/kinds"),
    ],
)
def test_a_problem_leads_to_the_input_that_corrects_it(pointer: str, expected: str) -> None:
    address = {"type": "object", "title": "Address", "x-element": "address", "properties": {"region": TEXT, "line": TEXT}}
    kinds = {"type": "array", "title": "Kinds", "items": {"type": "string", "enum": ["1"]}}
    row = {"type": "object", "properties": {"home": address, "kinds": kinds}}
    elements_of_page = [
        control("name"),
        control("home"),
        control("rows", options={"detail": [control("home"), control("kinds")]}),
    ]
    found = compiled(definition({"name": TEXT, "home": address, "rows": {"type": "array", "items": row}}, elements_of_page))
    field, _ = field_place(found, pointer)
    assert field is not None
    assert input_id(field, pointer) == expected


def test_a_problem_in_a_row_says_which_row() -> None:
    row = {"type": "object", "properties": {"x": TEXT}}
    group = control("rows", options={"detail": [control("x")], "row_title": "成员"})
    found = compiled(definition({"rows": {"type": "array", "items": row}}, [group]))
    settled = settle(found, FormData(rows={"/rows": ("b", "a")}), CONTEXT)
    assert row_words(found, settled, "/rows/@a/x") == "成员 2："
    assert row_words(found, settled, "/rows/@gone/x") == ""
    assert row_words(found, settled, "/rows") == ""


def test_a_retired_code_keeps_its_title_and_a_made_up_one_is_shown_as_typed() -> None:
    codes = {"banks": {"codes": {"1": {"title": "One"}, "2": {"title": "Two"}}, "offer": ["1"]}}
    bank = {"type": "string", "title": "Bank", "x-codelist": "banks"}
    found = compiled(
        definition({"bank": bank}, [control("bank", options={"format": "select"})]), surroundings({"codelists": codes})
    )
    for value, title in (("2", "Two"), ("<3>", "<3>")):
        chosen = [e for e in elements(html_of(found, FormData(values={"/bank": value})), "option") if "selected" in e.attributes]
        assert [(option.attributes["value"], option.text()) for option in chosen] == [(value, title)]


def test_enter_goes_on_instead_of_pressing_a_button_of_a_row() -> None:
    row = {"type": "object", "properties": {"x": TEXT}}
    found = compiled(definition({"rows": {"type": "array", "items": row}}, [control("rows", options={"detail": [control("x")]})]))
    html = html_of(found, FormData(rows={"/rows": ("a",)}), next_label="Go on")
    first = elements(html, "button")[0]
    assert "name" not in first.attributes
    assert first.text() == "Go on"


class TestRequests:
    """What a request adds to the cached bytes of a form."""

    def test_a_page_carries_the_inputs_of_its_own_request_only(self) -> None:
        shown = Renderer(compiled(definition({"a": TEXT})))
        page, blank = shown.form.pages[0], settle(shown.form, EMPTY, CONTEXT)
        first = shown.page(page, blank, (), PageRequest(action="/x", extra=b"<!--one-->"))
        second = shown.page(page, blank, (), PageRequest(action="/x", extra=b"<!--two-->"))
        assert first.replace(b"one", b"two") == second
        assert first.count(b"<!--") == 1

    def test_what_depends_on_the_request_is_never_taken_from_another(self) -> None:
        codes = {"type": "string", "title": "Code", "enum": ["1", "2"]}
        logic = {"fields": {"code": {"options": "step == 'a' ? ['1'] : ['2']"}, "text": {"relevant": "step == 'a'"}}}
        step = {"step": STRING}
        found = compiled(
            definition(
                {"code": codes, "text": TEXT}, [control("code", options={"format": "select"}), control("text")], logic=logic
            ),
            extra=step,
        )
        shown = Renderer(found)

        def page(value: str, **request: Any) -> bytes:
            there = msgspec.structs.replace(CONTEXT, extra={"step": value})
            return shown.page(found.pages[0], settle(found, EMPTY, there), (), PageRequest(**{"action": "/x", **request}))

        assert b'value="1"' in page("a")
        assert b'value="1"' not in page("b")
        assert b'value="2"' in page("b")
        assert b'action="/y"' in page("a", action="/y")
        assert b"Other" in page("a", next_label="Other")
        assert b"before" in page("a", before_buttons=b"before")
        assert page("a") == Renderer(found).page(
            found.pages[0],
            settle(found, EMPTY, msgspec.structs.replace(CONTEXT, extra={"step": "a"})),
            (),
            PageRequest(action="/x"),
        )

    def test_many_different_requests_do_not_fill_the_memory(self) -> None:
        shown = Renderer(compiled(definition({"a": TEXT})))
        blank = settle(shown.form, EMPTY, CONTEXT)
        for number in range(500):
            assert f"/x{number}".encode() in shown.page(shown.form.pages[0], blank, (), PageRequest(action=f"/x{number}"))
        assert len(shown._blank) <= 64

    def test_a_page_with_files_is_sent_as_multipart_and_one_with_rules_refreshes(self) -> None:
        photo = {"type": "object", "title": "Photo", "x-element": "photo", "properties": {"name": TEXT}}
        ruled = {"fields": {"b": {"relevant": "a == 'x'"}}}
        with_file, live = compiled(definition({"a": photo})), compiled(definition({"a": TEXT, "b": TEXT}, logic=ruled))
        plain = compiled(definition({"a": TEXT}))
        assert b'enctype="multipart/form-data"' in html_of(with_file)
        assert b"hx-post" in html_of(live)
        assert b"data-live" in html_of(live)
        assert b"hx-post" not in html_of(plain)
        assert b"multipart" not in html_of(plain)
        assert b'enctype="multipart/form-data"' in html_of(plain, uploads=True)


def test_a_page_without_problems_has_no_summary_of_them() -> None:
    assert b"error-summary" not in html_of(compiled(definition({"a": TEXT})), EMPTY, (Problem(pointer="/b", code="schema-type"),))


def test_the_summary_of_answers_has_the_relevant_ones_in_words_and_only_those_in_scope() -> None:
    settled = settle(form(), data_of(example("family_of_eight")["answers"]), context())
    whole = summary(form(), settled)
    texts = [row.text for page in whole for rows in (page.rows, *(group.rows for group in page.groups)) for row in rows]
    assert "白志强" in texts
    assert "3,500.00 元/月" in texts
    assert [group.title for page in whole for group in page.groups][:1] == ["成员 1"]
    scoped = summary(form(), settled, frozenset({"applicant.name", "household_members[].name"}))
    shown = {row.id for page in scoped for rows in (page.rows, *(group.rows for group in page.groups)) for row in rows}
    assert shown == {"applicant.name", "household_members[].name"}
    assert not {row.pointer for page in whole for row in page.rows} & settled.hidden


def test_rendering_changes_neither_answers_nor_programs() -> None:
    data = data_of(example("family_of_six")["answers"])
    settled = settle(form(), data, context())
    before = copy.deepcopy((data.values, data.rows))
    page = form().pages[1]
    first = renderer().page(page, settled, (), PageRequest(action="/x"))
    assert renderer().page(page, settled, (), PageRequest(action="/x")) == first
    assert (data.values, data.rows) == before


@given(st.text("/@~%23abc[].", max_size=12))
def test_a_problem_at_a_pointer_of_nowhere_breaks_no_page(pointer: str) -> None:
    found = compiled(definition({"a": TEXT}))
    html_of(found, EMPTY, (Problem(pointer=pointer, code="schema-type"), Problem(pointer="/a", code="schema-type")))

"""Whatever goes wrong, what an administrator typed stays on the screen and what a colleague saved stays saved."""

from __future__ import annotations

import json
import re

import pytest
from designers_office import BASE, FORM, SERVICE, Run, Town, document_path, field_path
from plain_browser import Browser, Form

from server.documents.pointer import replace
from server.findings import Refused
from server.messages.admin import NEW_DOCUMENTS, NOTES, PREVIEW_HIDDEN, PREVIEW_PARTIAL, refusal_text
from server.types import JsonValue

PARAMETER = {"region": "140000", "valid_from": "some day", "value": 1, "status": "law"}
STALE = refusal_text(Refused("stale-working"))
REMARKS = field_path("remarks")


async def opened(place: Town, path: str) -> tuple[Browser, Form]:
    browser = await place.administrator()
    await browser.open(path)
    return browser, browser.form(path)


def test_two_administrators_at_one_field_are_told_and_the_second_decides(place: Town, run: Run) -> None:
    async def journey() -> None:
        (first, one), (second, two) = await opened(place, REMARKS), await opened(place, REMARKS)
        await first.send(one, "save", {"label": "Theirs", "hint": "Their hint"})
        await second.send(two, "save", {"label": "Mine"})
        assert second.status == 409
        assert STALE in second.text
        assert 'value="Mine"' in second.html
        assert "Theirs" in second.text
        assert "Their hint" in second.text
        assert (await place.working("data_schema"))["properties"]["remarks"]["title"] == "Theirs"
        await second.press(REMARKS, "save")
        assert NOTES["saved"] in second.text
        assert (await place.working("data_schema"))["properties"]["remarks"]["title"] == "Mine"

    run(journey())


def test_two_administrators_at_two_fields_both_save(place: Town, run: Run) -> None:
    async def journey() -> None:
        other = field_path("applicant.employer")
        (first, one), (second, two) = await opened(place, REMARKS), await opened(place, other)
        await first.send(one, "save", {"label": "First"})
        await second.send(two, "save", {"label": "Second"})
        assert (first.status, second.status) == (200, 200)
        properties = (await place.working("data_schema"))["properties"]
        assert properties["remarks"]["title"] == "First"
        assert properties["applicant"]["properties"]["employer"]["title"] == "Second"

    run(journey())


def test_what_was_typed_about_a_field_that_is_gone_is_shown(place: Town, run: Run) -> None:
    async def journey() -> None:
        (first, _), (second, two) = await opened(place, REMARKS), await opened(place, REMARKS)
        await first.open(f"{FORM}/remove/remarks")
        await first.press(f"{FORM}/remove/remarks")
        await second.send(two, "save", {"label": "Typed with care"})
        assert second.status == 409
        assert "Typed with care" in second.text

    run(journey())


def test_two_administrators_at_one_document_see_the_difference(place: Town, run: Run) -> None:
    async def journey() -> None:
        path = document_path("consent", "declaration")
        (first, one), (second, two) = await opened(place, path), await opened(place, path)
        await first.send(one, "save", {"text": "# Theirs\n"})
        await second.send(two, "save", {"text": "# Mine\n"})
        assert second.status == 409
        assert "-# Theirs" in second.text
        assert "+# Mine" in second.text
        assert "# Mine\n" in second.html.partition("<textarea")[2]
        await second.press(path, "save")
        assert await place.working("consent", "declaration") == "# Mine\n"

    run(journey())


@pytest.mark.parametrize(
    ("typed", "place_words"),
    [('{\n  "materials": {\n    "a": ,\n  }\n}', "第 3 行第 10 列"), ('{"a": 1, "a": 2}', "a"), ("", "第 1 行第 1 列")],
)
def test_a_text_that_is_no_document_stays_on_the_screen_with_line_and_column(
    place: Town, run: Run, typed: str, place_words: str
) -> None:
    async def journey() -> None:
        path = document_path("materials")
        browser, form = await opened(place, path)
        await browser.send(form, "save", {"text": typed})
        assert browser.status == 422
        assert place_words in browser.text
        assert dict(browser.form(path).values)["text"] == typed
        assert await place.office.store.working(SERVICE, "140000") is None  # type: ignore[arg-type]

    run(journey())


def test_a_document_with_errors_is_kept_and_not_published(place: Town, run: Run) -> None:
    async def journey() -> None:
        path = document_path("materials")
        browser, form = await opened(place, path)
        await browser.send(form, "save", {"text": '{"materials": {"a": {"titel": "x"}}}'})
        assert NOTES["saved"] in browser.text
        assert "/materials/a" in browser.text
        assert "第 1 行" in browser.text or "第 3 行" in browser.text
        await browser.open(BASE)
        assert "处错误" in browser.text
        await browser.open(f"{BASE}/publish")
        await browser.press(f"{BASE}/publish", note="no")
        assert browser.status == 422
        # The pages of the form still open while another document is damaged.
        await browser.open(REMARKS)
        assert browser.status == 200

    run(journey())


def test_a_damaged_layout_is_edited_as_text_and_said_to_be_damaged(place: Town, run: Run) -> None:
    async def journey() -> None:
        path = document_path("layout")
        browser, form = await opened(place, path)
        await browser.send(form, "save", {"text": '{"type": "Categorization", "id": "x", "elements": [7]}'})
        for shown in (BASE, FORM, f"{BASE}/publish", path, f"{FORM}/preview/items"):
            await browser.open(shown)
            assert browser.status == 200, shown
        await browser.open(REMARKS)
        assert browser.status == 404

    run(journey())


@pytest.mark.parametrize(
    ("answers", "words"),
    [
        ({"label": " "}, "label-missing"),
        ({"relevance": "rows", "row-variable-0": "applicant.gender", "row-value-0": ""}, "row-unfit"),
    ],
)
def test_a_refused_edit_keeps_every_input_and_names_what_is_wrong(
    place: Town, run: Run, answers: dict[str, str], words: str
) -> None:
    async def journey() -> None:
        browser, form = await opened(place, REMARKS)
        await browser.send(form, "save", {"hint": "A hint typed with care", **answers})
        assert browser.status == 422
        assert refusal_text(Refused(words, {"line": 1})) in browser.text
        assert "A hint typed with care" in browser.html

    run(journey())


def test_options_typed_wrongly_are_shown_again_with_their_line(place: Town, run: Run) -> None:
    async def journey() -> None:
        path = field_path("applicant.gender")
        browser, form = await opened(place, path)
        await browser.send(form, "save", {"option_mode": "listed", "listed": "1 One\r\n2\r\n3 Three"})
        assert browser.status == 422
        assert refusal_text(Refused("option-form", {"line": 2})) in browser.text
        assert "3 Three" in browser.html
        await browser.press(path, "save", listed="1 One\r\n2 Two")
        assert NOTES["saved"] in browser.text
        schema = await place.working("data_schema")
        gender = schema["properties"]["applicant"]["properties"]["gender"]
        assert gender["oneOf"] == [{"const": "1", "title": "One"}, {"const": "2", "title": "Two"}]
        assert "x-codelist" not in gender

    run(journey())


@pytest.mark.parametrize(
    ("field_name", "reason"), [("Crop", "field-id-form"), ("name", "field-taken"), ("while", "field-id-reserved")]
)
def test_a_new_field_that_cannot_be_named_so_keeps_its_inputs(place: Town, run: Run, field_name: str, reason: str) -> None:
    async def journey() -> None:
        path = f"{FORM}/add"
        browser = await place.administrator()
        await browser.open(f"{path}?to=group:identity")
        await browser.press(path, label="Typed with care", hint="Hint", kind="text", field_name=field_name)
        assert browser.status == 422
        assert refusal_text(Refused(reason, {"field": f"applicant.{field_name}"})) in browser.text
        assert "Typed with care" in browser.html

    run(journey())


@pytest.mark.parametrize(("path", "name"), [(REMARKS, "label"), (document_path("consent", "declaration"), "text")])
def test_a_form_of_an_outdated_page_is_shown_again_with_what_was_typed(place: Town, run: Run, path: str, name: str) -> None:
    async def journey() -> None:
        browser, form = await opened(place, path)
        form.values = [(key, "0" * 43 if key == "csrf" else value) for key, value in form.values]
        await browser.send(form, "save", {name: "Typed with care"})
        assert browser.status == 403
        assert NOTES["page-stale"] in browser.text
        assert "Typed with care" in browser.html
        await browser.press(path, "save")
        assert NOTES["saved"] in browser.text

    run(journey())


def test_nobody_publishes_what_they_have_not_seen(place: Town, run: Run) -> None:
    async def journey() -> None:
        first, second = await place.administrator(), await place.administrator()
        await first.open(REMARKS)
        await first.press(REMARKS, "save", label="First")
        await first.open(f"{BASE}/publish")
        seen = first.form(f"{BASE}/publish")
        await second.open(REMARKS)
        await second.press(REMARKS, "save", label="Second")
        await first.send(seen, "", {"note": "First only"})
        assert first.status == 422
        assert refusal_text(Refused("shown-otherwise")) in first.text
        assert "First only" in first.html
        await first.press(f"{BASE}/publish")
        assert first.path.endswith("?note=proposed")

    run(journey())


def test_a_refresh_shows_the_draft_and_saves_nothing(place: Town, run: Run) -> None:
    async def journey() -> None:
        browser, form = await opened(place, REMARKS)
        form.action += "?refresh=1"
        html = await browser.send(form, "", {"label": "A draft", "relevance": "text", "rule-relevant": "applicant.nobody"})
        assert browser.status == 200
        assert "<html" not in html
        assert re.findall(r'<(?:form|section)[^>]* id="(editor|preview)"', html) == ["editor", "preview"]
        assert "applicant.nobody" in html
        html = await browser.send(form, "", {"label": "A draft"})
        assert "A draft" in html.partition('id="preview"')[2]
        assert await place.office.store.working(SERVICE, "140000") is None  # type: ignore[arg-type]

    run(journey())


@pytest.mark.parametrize(
    ("kind", "pointer", "value"),
    [
        ("calendar", "/holidays", ["2026-13-40"]),
        ("parameters", "/parameters", {"a": {"title": "A", "unit": "x", "values": [PARAMETER]}}),
        ("items", "/items", 7),
        ("bundle", "/region", "nowhere"),
        ("data_schema", "/properties", 7),
    ],
)
def test_every_page_opens_whatever_is_wrong_with_a_document(
    place: Town, run: Run, kind: str, pointer: str, value: JsonValue
) -> None:
    async def journey() -> None:
        path = document_path(kind)
        browser, form = await opened(place, path)
        document = json.loads(dict(form.values)["text"])
        await browser.send(form, "save", {"text": json.dumps(replace(document, pointer, value))})
        assert browser.status == 200
        process = f"{BASE}/processes/low_income_identification"
        for shown in (BASE, FORM, f"{FORM}/preview/items", f"{BASE}/publish", f"{process}/insert"):
            await browser.open(shown)
            assert browser.status == 200, shown
        await browser.open(REMARKS)
        assert browser.status in (200, 404)

    run(journey())


def test_a_rule_saved_with_an_error_leaves_preview_and_conditions_of_its_form_usable(place: Town, run: Run) -> None:
    async def journey() -> None:
        browser, form = await opened(place, field_path("applicant.employer"))
        await browser.send(form, "save", {"relevance": "text", "rule-relevant": "applicant.nobody == true"})
        assert PREVIEW_PARTIAL in browser.text
        assert "applicant.nobody" in browser.text
        await browser.open(REMARKS)
        assert PREVIEW_PARTIAL in browser.text
        assert 'id="/remarks"' in browser.html
        await browser.press(
            REMARKS,
            "save",
            relevance="rows",
            **{"row-variable-0": "applicant.gender", "row-operator-0": "equals", "row-value-0": "1"},
        )
        assert (await place.working("logic"))["fields"]["remarks"]["relevant"] == "applicant.gender == '1'"

    run(journey())


def test_a_preview_can_be_filled_in_and_forgets_it(place: Town, run: Run) -> None:
    async def journey() -> None:
        browser = await place.administrator()
        await browser.open(FORM)
        path = next(link for link in browser.links("/preview/household"))
        await browser.open(f"{path}?example=family_of_six")
        assert browser.status == 200
        rows = browser.html.count("/~rows")
        await browser.press(path, "add:/household_members")
        assert browser.html.count("/~rows") > rows
        await browser.press(path, "next")
        assert "error-summary" in browser.html
        assert await place.office.store.working(SERVICE, "140000") is None  # type: ignore[arg-type]

    run(journey())


def test_the_preview_of_a_column_has_a_row_and_says_when_a_condition_hides_it(place: Town, run: Run) -> None:
    async def journey() -> None:
        browser = await place.administrator()
        await browser.open(field_path("household_members[].name"))
        assert 'id="/household_members/@r1/name"' in browser.html
        assert PREVIEW_HIDDEN not in browser.text
        await browser.open(field_path("household_members[].disability_grade"))
        assert PREVIEW_HIDDEN in browser.text

    run(journey())


def test_a_shared_code_list_is_copied_before_it_is_changed(place: Town, run: Run) -> None:
    async def journey() -> None:
        browser = await place.administrator()
        shared = f"{BASE}/documents/form_schemas/library/codelists/gender.json"
        await browser.open(shared)
        await browser.send(browser.form(shared), "save", {"text": "{}"})
        assert browser.status == 404
        await browser.open(shared)
        await browser.press(f"{BASE}/copies/gender")
        assert NOTES["copied"] in browser.text
        assert browser.path.startswith(document_path("codelist", "gender"))
        assert (await place.working("codelist", "gender"))["codes"]

    run(journey())


def test_a_new_document_of_each_kind_opens_for_editing_and_is_made_once(place: Town, run: Run) -> None:
    async def journey() -> None:
        browser = await place.administrator()
        for kind in NEW_DOCUMENTS:
            await browser.open(f"{BASE}/new")
            await browser.press(f"{BASE}/new", kind=kind, title=f"A new {kind}", document_id="something_new")
            assert browser.status == 200
            assert f"A new {kind}" in browser.html
            part = "task_layout" if kind == "task_form" else kind
            assert f"A new {kind}" in str(await place.working(part, "something_new"))
        await browser.open(f"{BASE}/new")
        await browser.press(f"{BASE}/new", kind="table", title="Again", document_id="something_new")
        assert browser.status == 422
        assert 'value="Again"' in browser.html

    run(journey())


def test_a_document_removed_can_be_brought_back(place: Town, run: Run) -> None:
    async def journey() -> None:
        path = document_path("codelist", "bank")
        browser, form = await opened(place, path)
        await browser.send(form, "remove")
        assert NOTES["document-removed"] in browser.text
        await browser.open(path)
        assert browser.status == 200
        await browser.press(path, "save")
        assert NOTES["saved"] in browser.text
        await browser.open(BASE)
        assert f"{BASE}/publish" not in browser.html

    run(journey())

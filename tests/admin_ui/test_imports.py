"""Bundles and forms of other formats are shown first and then taken into the working copy, without scripts."""

from __future__ import annotations

import json
from typing import Any

import pytest
from designers_office import BASE, SERVICE, Run, Town, at
from plain_browser import Browser, Form, forms_of

from server.definitions.service import path_of
from server.exchange.importers.sources import Sheet
from server.exports.archive import zip_documents, zip_files
from server.exports.workbook import workbook_bytes
from server.messages.admin import NOTES
from server.messages.imports import FAULTS, SIGNERS

IMPORT = f"{BASE}/import"
HOSTILE = "<script>alert('x')</script>"
NOTICE = path_of(SERVICE, "notice", "accepted")
SCHEMA = {"type": "object", "title": "Extra", "properties": {"pets": {"type": "integer", "title": HOSTILE, "x-odd": HOSTILE}}}


async def upload(browser: Browser, *files: tuple[str, bytes], form: str = "", page: str = IMPORT) -> None:
    """Chooses files on the page and sends them."""
    await browser.open(page)
    inputs = dict(browser.form(page).filled({"format": form} if form else {}))
    response = await browser.client.post(page, data=inputs, files=[("files", one) for one in files])
    browser.status, browser.html = response.status_code, response.text


async def confirm(browser: Browser, **answers: str) -> None:
    """Presses the button below what would change."""
    await browser.send(shown(browser), "", dict(answers))


def shown(browser: Browser) -> Form:
    return next(form for form in forms_of(browser.html) if any(name == "content" for name, _ in form.values))


def bundle(place: Town, title: str) -> bytes:
    own = {path: value for path, value in place.shipped.items() if f"/{SERVICE}/" in path or "/library/" in path}
    return zip_documents({**own, NOTICE: {**own[NOTICE], "title": title}})


def test_a_bundle_is_shown_and_then_written_to_the_working_copy(place: Town, run: Run) -> None:
    async def journey() -> None:
        browser = await place.administrator()
        await upload(browser, ("bundle.zip", bundle(place, HOSTILE)))
        assert SIGNERS["unsigned"] in browser.text
        assert NOTICE in browser.text
        assert HOSTILE not in browser.html
        await confirm(browser)
        assert NOTES["imported"] in browser.text
        working: Any = await place.working("notice", "accepted")
        assert working["title"] == HOSTILE

    run(journey())


def test_a_document_may_be_kept_as_it_is(place: Town, run: Run) -> None:
    async def journey() -> None:
        browser = await place.administrator()
        await upload(browser, ("bundle.zip", bundle(place, "New")))
        await confirm(browser, **{f"choice:{NOTICE}": "keep"})
        await upload(browser, ("bundle.zip", bundle(place, "New")))
        assert NOTICE in browser.text

    run(journey())


def test_a_form_of_another_format_becomes_pages_behind_those_that_are_there(place: Town, run: Run) -> None:
    async def journey() -> None:
        browser = await place.administrator()
        await upload(browser, ("extra.json", json.dumps(SCHEMA).encode()))
        assert "x-odd" in browser.text
        assert HOSTILE not in browser.html
        await confirm(browser)
        assert NOTES["imported"] in browser.text
        schema: Any = await place.working("data_schema")
        before = place.shipped[path_of(SERVICE, "data_schema")]
        assert schema["properties"]["pets"]["type"] == "integer"
        assert schema["properties"].keys() - before["properties"].keys() == {"pets"}
        layout: Any = await place.working("layout")
        assert layout["elements"][:-1] == place.shipped[path_of(SERVICE, "layout")]["elements"]
        await browser.open(f"{BASE}/forms/form")
        assert HOSTILE not in browser.html

    run(journey())


def test_a_table_of_fields_is_taken_as_well(place: Town, run: Run) -> None:
    async def journey() -> None:
        browser = await place.administrator()
        rows = (("name", "label", "type"), ("pets", "Pets", "integer"), ("applicant", "Taken", "text"))
        await upload(browser, ("fields.xlsx", workbook_bytes((Sheet(name="a", rows=rows),))))
        await confirm(browser)
        schema: Any = await place.working("data_schema")
        assert schema["properties"]["pets"]["title"] == "Pets"
        assert schema["properties"]["applicant"] == place.shipped[path_of(SERVICE, "data_schema")]["properties"]["applicant"]

    run(journey())


def test_what_was_edited_meanwhile_is_not_overwritten_unseen(place: Town, run: Run) -> None:
    async def journey() -> None:
        browser, colleague = await place.administrator(), await place.administrator()
        await upload(browser, ("bundle.zip", bundle(place, "New")))
        form = shown(browser)
        await upload(colleague, ("extra.json", json.dumps(SCHEMA).encode()))
        await confirm(colleague)
        await browser.send(form)
        assert FAULTS["shown-otherwise"] in browser.text

    run(journey())


@pytest.mark.parametrize(
    ("name", "content", "told"),
    [
        ("a.zip", zip_files({"../outside.json": b"{}"}), "outside.json"),
        ("a.json", b"{", "a.json"),
        ("a.xlsx", workbook_bytes((Sheet(name="a", rows=()),))[:-40], "xlsx"),
        ("a.json", b"{}", ""),
        ("a.json", b'{"type": "object", "properties": {}}', FAULTS["nothing-to-fill-in"]),
        ("a.zip", zip_files({"form_schemas/a/b/bundle.json": b"{}"}), "a/b"),
        ("a.json", b" " * 4_100_000, "4000000"),
    ],
)
def test_files_that_are_no_use_are_refused_in_words(place: Town, run: Run, name: str, content: bytes, told: str) -> None:
    async def journey() -> None:
        browser = await place.administrator()
        await upload(browser, (name, content))
        assert browser.status in (200, 422)
        assert told in browser.text

    run(journey())


def test_nothing_and_nonsense_in_place_of_files_is_refused(place: Town, run: Run) -> None:
    async def journey() -> None:
        browser = await place.administrator()
        await upload(browser)
        assert FAULTS["no-file"] in browser.text
        for content in ("nonsense", "eJwDAAAAAAE=", "A" * 4):
            await browser.open(IMPORT)
            inputs = browser.form(IMPORT).filled({})
            response = await browser.client.post(IMPORT, data={**dict(inputs), "content": content})
            assert FAULTS["damaged"] in response.text

    run(journey())


def test_a_city_takes_a_form_into_its_own_layer(place: Town, run: Run) -> None:
    async def journey() -> None:
        browser = await place.administrator("140100")
        page = at("140100", IMPORT)
        await upload(browser, ("extra.json", json.dumps(SCHEMA).encode()), page=page)
        await confirm(browser)
        assert NOTES["imported"] in browser.text, browser.text
        patch: Any = await place.working("data_schema", region="140100")
        assert set(patch["properties"]) == {"pets"}

    run(journey())

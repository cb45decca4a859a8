"""Regions below the base are edited in the same pages, told where everything comes from, and kept from what is locked."""

from __future__ import annotations

import json

from designers_office import BASE, FORM, SERVICE, Run, Town, at, document_path, field_path
from plain_browser import Browser

from server.definitions.service import path_of
from server.messages.admin import NOTES, REQUIREMENTS
from server.messages.layers import OWN_ORIGIN
from server.overlays.overlay import overlay_path
from server.types import RegionCode, ServiceId

CITY, COUNTY = "140300", "140321"
REMARKS = field_path("remarks")


async def save_remarks(browser: Browser, region: str, **answers: str) -> Browser:
    path = at(region, REMARKS)
    await browser.open(path)
    await browser.press(path, "save", **answers)
    return browser


async def layer(place: Town, region: str) -> dict[str, object]:
    row = await place.office.store.working(ServiceId(SERVICE), RegionCode(region))
    return row.documents if row is not None else {}


def test_what_a_city_changes_of_a_field_is_kept_as_a_patch_and_told_as_its_own(place: Town, run: Run) -> None:
    async def journey() -> None:
        browser = await place.administrator(CITY)
        await save_remarks(browser, CITY, label="Anything else")
        assert NOTES["saved"] in browser.text, browser.text
        path = overlay_path(path_of(SERVICE, "data_schema"), service_id=SERVICE, region=CITY)
        assert await layer(place, CITY) == {path: {"properties": {"remarks": {"title": "Anything else"}}}}
        html = await browser.open(at(CITY, FORM))
        entry = html.partition(f'href="{at(CITY, REMARKS)}"')[2].partition("</li>")[0]
        assert f"</span>{OWN_ORIGIN}</span>" in entry
        other = html.partition(f'href="{at(CITY, field_path("applicant.name"))}"')[2].partition("</li>")[0]
        assert f"</span>{OWN_ORIGIN}</span>" not in other
        assert await place.office.store.working(ServiceId(SERVICE), RegionCode("140000")) is None

    run(journey())


def test_a_county_sees_what_its_city_has_published_and_whose_it_is(place: Town, run: Run) -> None:
    async def journey() -> None:
        patch = {"properties": {"remarks": {"title": "The city asks"}}}
        path = overlay_path(path_of(SERVICE, "data_schema"), service_id=SERVICE, region=CITY)
        await place.publish({path: patch}, CITY)
        browser = await place.administrator(COUNTY)
        html = await browser.open(at(COUNTY, FORM))
        entry = html.partition(f'href="{at(COUNTY, REMARKS)}"')[2].partition("</li>")[0]
        assert "The city asks" in entry
        release = await place.office.current(SERVICE, CITY)
        assert release is not None
        assert f"</span>{release.regions.name(CITY)}</span>" in entry

    run(journey())


def test_a_locked_place_cannot_be_changed_and_says_who_why_and_both_values(place: Town, run: Run) -> None:
    async def journey() -> None:
        browser = await place.administrator(CITY)
        path = at(CITY, field_path("applicant.id_number"))
        await browser.open(path)
        assert "readonly" in browser.html.partition('id="label"')[2].partition(">")[0]
        assert "/remove/applicant.id_number" not in browser.html
        form = browser.form(path)
        await browser.send(form, "save", {"label": "Some number"})
        assert browser.status == 422
        (summary,) = [browser.html.partition("data-error-summary")[2].partition("</ul>")[0]]
        assert 'href="#label"' in summary
        release = await place.office.current(SERVICE)
        assert release is not None
        for part in (release.regions.name("140000") or "", "Some number", release.form.fields["applicant.id_number"].label):
            assert part in summary
        assert browser.html.count('class="field-error"') == 1
        assert 'value="Some number"' in browser.html
        assert await layer(place, CITY) == {}

    run(journey())


def test_what_may_only_grow_is_refused_where_it_stands_in_the_words_of_the_page(place: Town, run: Run) -> None:
    async def journey() -> None:
        browser = await place.administrator(CITY)
        path = at(CITY, field_path("applicant.phone"))
        await browser.open(path)
        await browser.press(path, "save", required="never")
        assert browser.status == 422
        fieldset = browser.html.partition('id="requirement"')[2].partition("</fieldset>")[0]
        told = fieldset.partition('class="field-error"')[2].partition("</p>")[0]
        assert REQUIREMENTS["always"] in told
        assert REQUIREMENTS["never"] in told

    run(journey())


def test_a_locked_document_is_refused_with_the_text_kept(place: Town, run: Run) -> None:
    async def journey() -> None:
        browser = await place.administrator(CITY)
        path = at(CITY, document_path("consent", "declaration"))
        await browser.open(path)
        assert 'class="holds"' in browser.html
        await browser.press(path, "save", text="# Mine\n")
        assert browser.status == 422
        assert dict(browser.form(path).values)["text"] == "# Mine\n"
        assert await layer(place, CITY) == {}

    run(journey())


def test_a_field_goes_back_to_what_the_level_above_has_and_others_stay(place: Town, run: Run) -> None:
    async def journey() -> None:
        browser = await place.administrator(CITY)
        await save_remarks(browser, CITY, label="Anything else")
        employer = at(CITY, field_path("applicant.employer"))
        await browser.open(employer)
        await browser.press(employer, "save", hint="Where you work")
        await browser.open(at(CITY, REMARKS))
        form = browser.form(at(CITY, REMARKS))
        assert f'formaction="{at(CITY, FORM)}/restore/remarks"' in browser.html
        form.action = f"{at(CITY, FORM)}/restore/remarks"
        await browser.send(form)
        assert NOTES["restored"] in browser.text, browser.text
        assert "Anything else" not in browser.html
        (patch,) = (await layer(place, CITY)).values()
        assert "remarks" not in json.dumps(patch)
        assert "Where you work" in json.dumps(patch)
        assert "/restore/remarks" not in browser.html

    run(journey())


def test_a_document_goes_back_to_what_the_level_above_has(place: Town, run: Run) -> None:
    async def journey() -> None:
        browser = await place.administrator(CITY)
        await save_remarks(browser, CITY, label="Anything else")
        path = at(CITY, document_path("data_schema"))
        await browser.open(path)
        form = browser.form(path)
        form.action = f"{at(CITY)}/restore/{path_of(SERVICE, 'data_schema')}"
        assert f'formaction="{form.action}"' in browser.html
        await browser.send(form)
        assert NOTES["restored"] in browser.text, browser.text
        assert await layer(place, CITY) == {}

    run(journey())


def test_a_new_field_of_a_city_is_for_the_items_it_names(place: Town, run: Run) -> None:
    async def journey() -> None:
        browser = await place.administrator(CITY)
        add = f"{at(CITY, FORM)}/add"
        await browser.open(f"{add}?to=group%3Aidentity")
        await browser.press(add, label="Crop", kind="text", field_name="crop")
        assert NOTES["added"] in browser.text, browser.text
        await browser.open(f"{at(CITY)}/publish")
        assert "Crop" in browser.text

    run(journey())


def test_a_step_inserted_by_a_city_is_told_as_its_own(place: Town, run: Run) -> None:
    async def journey() -> None:
        browser = await place.administrator(CITY)
        process = f"{at(CITY)}/processes/low_income_identification"
        await browser.open(process)
        (link,) = browser.links(r"insert\?at=/nodes/accept/outcomes/accept/next$")
        await browser.open(link)
        step = {"title": "Second look", "step_id": "second_look", "agency": "civil_affairs", "outcome_title": "Seen"}
        await browser.press(f"{process}/insert", **step)
        assert NOTES["inserted"] in browser.text, browser.text
        line = browser.html.partition('id="step-second_look"')[2].partition("</li>")[0]
        assert f"</span>{OWN_ORIGIN}</span>" in line
        (patch,) = (await layer(place, CITY)).values()
        assert isinstance(patch, dict)
        assert set(patch["nodes"]) == {"accept", "second_look"}

    run(journey())


def test_a_document_that_only_a_city_has_is_added_and_removed(place: Town, run: Run) -> None:
    async def journey() -> None:
        browser = await place.administrator(CITY)
        await browser.open(f"{at(CITY)}/new")
        await browser.press(f"{at(CITY)}/new", kind="codelist", document_id="crops", title="Crops")
        path = at(CITY, document_path("codelist", "crops"))
        assert browser.path == path, browser.text
        await browser.press(path, "save", text=json.dumps({"title": "Crops", "codes": {"1": {"title": "Wheat"}}}))
        own = overlay_path(path_of(SERVICE, "codelist", "crops"), service_id=SERVICE, region=CITY)
        assert list(await layer(place, CITY)) == [own]
        await browser.press(path, "remove")
        assert await layer(place, CITY) == {}

    run(journey())


def test_the_regions_of_a_service_are_found_by_name_and_code_and_reported(place: Town, run: Run) -> None:
    async def journey() -> None:
        browser, release = await place.administrator(), await place.office.current(SERVICE)
        assert release is not None
        patch = {"properties": {"remarks": {"title": "The city asks"}}}
        await place.publish({overlay_path(path_of(SERVICE, "data_schema"), service_id=SERVICE, region=CITY): patch}, CITY)
        await browser.open(f"{BASE}/regions")
        name = release.regions.name(CITY) or ""
        row = browser.html.partition("<tbody>")[2].partition(f">{name}</a>")[2].partition("</tr>")[0]
        assert "1 个文件 1 处" in row
        cities = release.regions.children("140000")
        below = {code for city in cities for code in (city, *release.regions.children(city))}
        assert len(below) > 100
        assert {link.rpartition("@")[2] for link in browser.links(rf"^{BASE}@\d+$")} == below
        await browser.open(f"{BASE}/regions?q={COUNTY}")
        assert browser.links(rf"^{at(COUNTY)}$")
        await browser.open(f"{BASE}/regions?q={release.regions.name(COUNTY)}")
        assert browser.links(rf"^{at(COUNTY)}$")
        await browser.open(f"{BASE}/regions?q=nowhere")
        assert not browser.links(rf"^{at(COUNTY)}$")

    run(journey())


def test_no_region_but_the_own_and_those_below_can_be_opened(place: Town, run: Run) -> None:
    async def journey() -> None:
        browser = await place.administrator(CITY)
        for region, status in ((CITY, 200), (COUNTY, 200), ("140000", 404), ("140400", 404), ("140399", 404), ("x", 404)):
            assert (await browser.client.get(at(region))).status_code == status, region
            assert (await browser.client.get(at(region, FORM))).status_code == status, region

    run(journey())

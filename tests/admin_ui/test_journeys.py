"""Administrators change a service through the pages, without scripts, and people see it without a restart."""

from __future__ import annotations

import io
import json
import zipfile

from designers_office import BASE, FORM, SERVICE, Run, Town, document_path, field_path
from plain_browser import Browser

from server.findings import Refused
from server.messages.admin import NOTES, refusal_text

APPLY = f"/services/{SERVICE}/apply"
HOSTILE = "<script>alert('x')</script>\"'&amp;"


async def publish(place: Town, browser: Browser, note: str = "changed for a test") -> Browser:
    """Proposes what is edited and has somebody else approve it, whose browser is given back."""
    await browser.open(f"{BASE}/publish")
    await browser.press(f"{BASE}/publish", note=note)
    proposal = browser.path.partition("?")[0]
    assert browser.path == f"{proposal}?note=proposed", browser.text
    approver = await place.approver()
    await approver.open(proposal)
    await approver.press(proposal, "approve")
    assert approver.path == f"{proposal}?note=published", approver.text
    return approver


def test_a_label_changed_and_published_is_seen_by_applicants_at_once(place: Town, run: Run) -> None:
    async def journey() -> None:
        browser, applicant = await place.administrator(), await place.applicant()
        path = field_path("application.items")
        await browser.open(path)
        await browser.press(path, "save", label="What to apply for", hint="As many as fit")
        assert NOTES["saved"] in browser.text
        assert "What to apply for" not in await applicant.open(APPLY)
        await publish(place, browser)
        assert "What to apply for" in await applicant.open(APPLY)
        assert "As many as fit" in applicant.text
        await browser.open(BASE)
        assert NOTES["published"] not in browser.text
        assert f"{BASE}/publish" not in browser.html

    run(journey())


def test_a_field_added_is_shown_kept_and_seen_by_the_departments(place: Town, run: Run) -> None:
    async def journey() -> None:
        browser = await place.administrator()
        await browser.open(FORM)
        (link,) = browser.links(r"/add\?to=group%3Aidentity$")
        await browser.open(link)
        await browser.press(
            f"{FORM}/add", label="Crop", hint="Main one", kind="choice", field_name="crop", listed="1 Wheat\r\n2 Maize\r\n"
        )
        assert NOTES["added"] in browser.text, browser.text
        assert browser.path.startswith(field_path("applicant.crop"))
        assert "Wheat" in browser.html.partition('id="preview"')[2]
        assert "applicant.crop" in (await place.working("items"))["common_scope"]
        await publish(place, browser)
        release = await place.office.current(SERVICE)
        assert release is not None
        assert release.form.fields["applicant.crop"].codes == {"1": "Wheat", "2": "Maize"}
        applicant = await place.applicant()
        await applicant.open(f"/services/{SERVICE}")

    run(journey())


def test_a_step_inserted_is_part_of_the_published_process(place: Town, run: Run) -> None:
    async def journey() -> None:
        browser = await place.administrator()
        path = f"{BASE}/processes/low_income_identification"
        await browser.open(path)
        (link,) = browser.links(r"insert\?at=/nodes/accept/outcomes/accept/next$")
        await browser.open(link)
        await browser.press(
            f"{path}/insert",
            title="Second look",
            step_id="second_look",
            agency="civil_affairs",
            level="county",
            outcome_title="Seen",
        )
        assert NOTES["inserted"] in browser.text, browser.text
        await publish(place, browser)
        release = await place.office.current(SERVICE)
        assert release is not None
        nodes = release.service.processes["low_income_identification"].nodes
        assert nodes["accept"].outcomes["accept"].next == "second_look"  # type: ignore[union-attr]
        assert nodes["second_look"].outcomes["done"].next == "notify_accepted"  # type: ignore[union-attr]

    run(journey())


def test_a_row_added_to_a_table_as_text_is_published(place: Town, run: Run) -> None:
    async def journey() -> None:
        browser = await place.administrator()
        path = document_path("table", "low_income_refusal")
        await browser.open(path)
        table = json.loads(dict(browser.form(path).values)["text"])
        row = {**table["rows"][0], "id": "at_risk_again", "reason": "Another reason"}
        table["rows"] = [*table["rows"], row]
        table["hit"] = "first"
        await browser.press(path, "save", text=json.dumps(table, ensure_ascii=False, indent=2))
        assert NOTES["saved"] in browser.text, browser.text
        assert (await place.working("table", "low_income_refusal"))["rows"][-1]["id"] == "at_risk_again"

    run(journey())


def test_a_misspelt_field_in_a_rule_blocks_publishing_with_file_place_and_remedy(place: Town, run: Run) -> None:
    async def journey() -> None:
        browser = await place.administrator()
        path = field_path("applicant.employer")
        await browser.open(path)
        await browser.press(path, "save", relevance="text", **{"rule-relevant": "applicant.employment_statu == '11'"})
        assert NOTES["saved"] in browser.text
        await browser.open(f"{BASE}/publish")
        for part in (
            "form/logic.json",
            "/fields/applicant.employer/relevant",
            "applicant.employment_statu",
            "applicant.employment_status",
        ):
            assert part in browser.text, part
        before = await place.office.current(SERVICE)
        await browser.press(f"{BASE}/publish", note="should not pass")
        assert browser.status == 422
        assert "should not pass" in browser.html
        assert refusal_text(Refused("findings-block", {"count": 1}))[:6] in browser.text
        assert await place.office.current(SERVICE) == before
        await browser.open(path)
        assert "applicant.employment_statu ==" in browser.html

    run(journey())


def test_hostile_texts_stay_texts_everywhere(place: Town, run: Run) -> None:
    async def journey() -> None:
        browser, applicant = await place.administrator(name=HOSTILE), await place.applicant()
        path = field_path("application.items")
        await browser.open(path)
        await browser.press(path, "save", label=HOSTILE, hint=HOSTILE)
        for shown in (path, FORM, f"{BASE}/publish", f"{FORM}/preview/items", document_path("data_schema"), "/admin", BASE):
            html = await browser.open(shown)
            assert browser.status == 200
            assert "<script>alert" not in html, shown
        await publish(place, browser, note=HOSTILE)
        assert "<script>alert" not in browser.html
        assert "<script>alert" not in await applicant.open(APPLY)
        assert "&lt;script&gt;alert" in applicant.html

    run(journey())


def test_a_condition_built_from_rows_becomes_a_rule_and_is_read_back(place: Town, run: Run) -> None:
    async def journey() -> None:
        browser = await place.administrator()
        path = field_path("applicant.employer")
        await browser.open(path)
        rows = {
            "row-variable-0": "applicant.gender",
            "row-operator-0": "equals",
            "row-value-0": "女",
        }
        await browser.press(path, "save", relevance="rows", **rows)
        assert NOTES["saved"] in browser.text, browser.text
        assert (await place.working("logic"))["fields"]["applicant.employer"]["relevant"] == "applicant.gender == '2'"
        assert "“性别”等于“女”" in browser.text
        await browser.press(path, "save", relevance="always")
        assert "relevant" not in (await place.working("logic"))["fields"]["applicant.employer"]

    run(journey())


def test_a_field_moves_among_its_neighbours_and_to_another_page(place: Town, run: Run) -> None:
    async def journey() -> None:
        browser = await place.administrator()
        path = field_path("applicant.phone")
        await browser.open(path)
        await browser.press(path, "up", label="Telephone")
        assert NOTES["moved"] in browser.text
        identity = (await place.working("layout"))["elements"][1]["elements"][0]["elements"]
        assert [one["id"] for one in identity[3:5]] == ["applicant_phone", "applicant_ethnicity"]
        assert (await place.working("data_schema"))["properties"]["applicant"]["properties"]["phone"]["title"] == "Telephone"
        await browser.press(path, "move", container="page:circumstances")
        assert (await place.working("layout"))["elements"][2]["elements"][-1]["id"] == "applicant_phone"

    run(journey())


def test_a_field_removed_leaves_form_and_scopes_and_the_checks_name_who_misses_it(place: Town, run: Run) -> None:
    async def journey() -> None:
        browser = await place.administrator()
        await browser.open(field_path("applicant.disability_class"))
        (link,) = browser.links("/remove/")
        await browser.open(link)
        await browser.press(f"{FORM}/remove/applicant.disability_class")
        assert NOTES["removed"] in browser.text
        items = await place.working("items")
        scopes = [items["common_scope"], *(item.get("data_scope", ()) for item in items["items"].values())]
        assert not any("applicant.disability_class" in scope for scope in scopes)
        await browser.open(f"{BASE}/publish")
        assert "applicant.disability_class" in browser.text
        await browser.press(f"{BASE}/publish", note="x")
        assert browser.status == 422

    run(journey())


def test_the_archive_holds_what_is_edited_and_history_says_who_published_it(place: Town, run: Run) -> None:
    async def journey() -> None:
        browser = await place.administrator(name="Zhao Published")
        await browser.open(field_path("remarks"))
        await browser.press(field_path("remarks"), "save", label="Anything else")
        archive = await browser.client.get(f"{BASE}/export.zip")
        with zipfile.ZipFile(io.BytesIO(archive.content)) as opened:
            schema = json.loads(opened.read(f"form_schemas/{SERVICE}/form/data.schema.json"))
        assert schema["properties"]["remarks"]["title"] == "Anything else"
        approver = await publish(place, browser, note="One more question")
        assert "Zhao Published" in approver.text
        await browser.open(f"{BASE}/history")
        assert "Zhao Published" in browser.text
        assert "One more question" in browser.text
        assert browser.text.index("One more question") < browser.text.index("as shipped")

    run(journey())


def test_changes_thrown_away_are_gone_after_being_asked(place: Town, run: Run) -> None:
    async def journey() -> None:
        browser = await place.administrator()
        await browser.open(field_path("remarks"))
        await browser.press(field_path("remarks"), "save", label="Anything else")
        await browser.open(f"{BASE}/discard")
        await browser.press(f"{BASE}/discard")
        assert NOTES["discarded"] in browser.text
        assert "Anything else" not in await browser.open(field_path("remarks"))

    run(journey())

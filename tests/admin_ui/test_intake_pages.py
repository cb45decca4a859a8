"""Administrators close items and set ends through the page; applicants meet both at once, without scripts."""

from __future__ import annotations

import re
from copy import deepcopy
from datetime import datetime, timedelta
from typing import Any

import pytest
from designers_office import BASE, REGION, SERVICE, Run, Town, at
from plain_browser import Browser, Form, forms_of

from server.definitions.workdays import CHINA
from server.findings import Refused
from server.messages.admin import refusal_text
from server.messages.intake import NOTES
from server.store import IntakeRule
from server.types import ServiceId

PAGE, PUBLIC, APPLY = f"{BASE}/intake", f"/services/{SERVICE}", f"/services/{SERVICE}/apply"
#: Where the form of the first page leads, seen from there.
FIRST = "apply"
LOW_INCOME, OTHER = "low_income_identification", "temporary_assistance"


@pytest.fixture(autouse=True)
def nothing_said(place: Town, run: Run) -> None:
    """Every test begins with everything taken in."""

    async def forget() -> None:
        store = place.office.store
        for rule in await store.intake_rules(ServiceId(SERVICE)):
            plain = {"service_id": rule.service_id, "region": rule.region, "item": rule.item}
            await store.put_intake_rule(IntakeRule(**plain, open=True, at=rule.at, account_id=rule.account_id))

    run(forget())


def form_of(browser: Browser, item: str) -> Form:
    """The form of one item."""
    return next(form for form in forms_of(browser.html) if ("item", item) in form.values)


async def said(browser: Browser, item: str = "", *, page: str = PAGE, **answers: str | list[str]) -> Browser:
    await browser.open(page)
    await browser.send(form_of(browser, item), "", answers)
    return browser


def box(html: str, item: str) -> str:
    """The check box of an item with what stands beside it."""
    found = re.search(rf'<label class="option option-card"><input[^>]*value="{item}".*?</label>', html)
    assert found, item
    return found.group()


async def begun(applicant: Browser, *items: str) -> str:
    """The address of a draft with items chosen."""
    await applicant.open(APPLY)
    await applicant.press(FIRST, "next", **{"/application/items": list(items)})
    found = re.match(r"/apply/[^/?]+", applicant.path)
    assert found, applicant.text
    return found.group()


def test_a_closed_item_cannot_be_chosen_and_says_why_everywhere(place: Town, run: Run) -> None:
    async def journey() -> None:
        browser, applicant = await place.administrator(), await place.applicant()
        draft = await begun(applicant, LOW_INCOME, OTHER)
        await said(browser, LOW_INCOME, open="closed")
        assert browser.status == 200 and NOTES["closed"] in browser.text
        why = "暂停受理"
        assert why in (await applicant.open(PUBLIC)).partition(f'id="item-{LOW_INCOME}"')[2].partition("</summary>")[0]
        await applicant.open(APPLY)
        assert " disabled" in box(applicant.html, LOW_INCOME) and why in box(applicant.html, LOW_INCOME)
        assert " disabled" not in box(applicant.html, OTHER)
        # Who has chosen it before is told, and can leave it.
        assert why in await applicant.open(draft) and applicant.text.count(why) == 1
        await applicant.open(f"{draft}/items?errors=1")
        assert " disabled" not in box(applicant.html, LOW_INCOME) and "field-error" in applicant.html
        assert "checked" in box(applicant.html, LOW_INCOME)
        await applicant.press(f"{draft}/items", "next", **{"/application/items": [OTHER]})
        assert why not in await applicant.open(draft)

    run(journey())


def test_a_page_that_was_open_before_an_item_closed_says_so_when_it_is_sent(place: Town, run: Run) -> None:
    async def journey() -> None:
        browser, applicant = await place.administrator(), await place.applicant()
        await applicant.open(APPLY)
        await said(browser, LOW_INCOME, open="closed")
        await applicant.press(FIRST, "next", **{"/application/items": [LOW_INCOME]})
        assert applicant.status == 422 and "暂停受理" in applicant.text
        assert "checked" in box(applicant.html, LOW_INCOME)

    run(journey())


def test_seven_days_before_an_end_pages_say_until_when(place: Town, run: Run) -> None:
    async def journey() -> None:
        browser, applicant = await place.administrator(), await place.applicant()
        now = datetime.now(CHINA)
        day = (now + timedelta(days=30)).date()
        draft = await begun(applicant, LOW_INCOME)
        await said(browser, LOW_INCOME, until=day.isoformat())
        words = f"{day.year}年{day.month}月{day.day}日 24 时"
        assert words in await applicant.open(PUBLIC)
        assert words not in await applicant.open(draft)
        await place.office.set_clock(ahead=timedelta(days=24))
        try:
            for page in (draft, f"{draft}/items", f"{draft}/check", PUBLIC):
                assert words in await applicant.open(page), page
            await place.office.set_clock(ahead=timedelta(days=32))
            assert "截止" in await applicant.open(draft)
        finally:
            await place.office.set_clock(ahead=timedelta())

    run(journey())


def test_an_end_that_is_no_day_or_lies_behind_is_refused_and_stays_typed(place: Town, run: Run) -> None:
    async def journey() -> None:
        browser = await place.administrator()
        for typed, reason in (("tomorrow", "until-form"), ("2020-01-01", "until-passed")):
            await said(browser, OTHER, until=typed)
            assert browser.status == 422 and refusal_text(Refused(reason)) in browser.text
            assert f'value="{typed}"' in browser.html
        assert await place.office.store.intake_rules(ServiceId(SERVICE)) == () or all(
            rule.until is None for rule in await place.office.store.intake_rules(ServiceId(SERVICE))
        )

    run(journey())


def test_a_city_closes_for_itself_and_cannot_open_what_the_province_closed(place: Town, run: Run) -> None:
    async def journey() -> None:
        province, city = await place.administrator(), await place.administrator("140100")
        own = f"{at('140100')}/intake"
        await said(city, OTHER, page=own, open="closed")
        assert city.status == 200, city.text
        release = await place.office.current(SERVICE)
        assert release is not None
        upper, lower = (release.regions.name(code) for code in (REGION, "140100"))
        assert f"{lower}暂停受理" in (await province.open(PAGE)) and f'href="{own}"' in province.html
        await said(province, "", open="closed")
        await said(city, LOW_INCOME, page=own, open="open")
        section = city.html.partition(f'id="item-{LOW_INCOME}"')[2].partition("</section>")[0]
        assert f"{upper}暂停受理" in section and "已暂停" in section
        assert (await city.client.get(PAGE)).status_code == 404
        token = dict(form_of(city, OTHER).values)["csrf"]
        assert (await city.client.post(PAGE, data={"csrf": token, "open": "open"})).status_code == 404

    run(journey())


def relabelled(shipped: dict[str, Any], title: str) -> dict[str, Any]:
    path = f"form_schemas/{SERVICE}/form/data.schema.json"
    schema = deepcopy(shipped[path])
    schema["properties"]["remarks"]["title"] = title
    return {path: schema}


def test_what_a_new_release_changes_is_told_on_the_next_page_and_not_again(place: Town, run: Run) -> None:
    async def journey() -> None:
        applicant = await place.applicant()
        draft = await begun(applicant, LOW_INCOME)
        await place.publish(relabelled(place.shipped, "Anything else"))
        for page in (draft, f"{draft}/remarks", f"{draft}/check", f"{draft}/materials"):
            assert 'id="moved"' in await applicant.open(page) and "Anything else" in applicant.text, page
            assert 'id="moved"' not in await applicant.open(page), page
            await place.publish({})
            await applicant.open(page)
            await place.publish(relabelled(place.shipped, "Anything else"))

    run(journey())


def test_a_page_of_the_release_before_is_saved_and_leads_to_what_changed(place: Town, run: Run) -> None:
    async def journey() -> None:
        applicant = await place.applicant()
        draft = await begun(applicant, LOW_INCOME)
        await applicant.open(f"{draft}/remarks")
        shown = applicant.form(f"{draft}/remarks")
        await place.publish(relabelled(place.shipped, "Anything else"))
        await applicant.send(shown, "next", {"/remarks": "typed before"})
        assert applicant.status == 200 and 'id="moved"' in applicant.html, applicant.text
        assert "typed before" in await applicant.open(f"{draft}/remarks")

    run(journey())


def test_submitting_what_has_changed_meanwhile_leads_back_with_what_changed(place: Town, run: Run) -> None:
    async def journey() -> None:
        applicant = await place.applicant()
        draft = await begun(applicant, LOW_INCOME)
        await applicant.open(f"{draft}/check")
        shown = applicant.form(f"{draft}/check")
        await place.publish(relabelled(place.shipped, "Anything else"))
        await applicant.send(shown)
        assert applicant.status == 409 and 'id="moved"' in applicant.html and "Anything else" in applicant.text

    run(journey())

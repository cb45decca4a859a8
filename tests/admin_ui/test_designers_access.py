"""Only administrators of the service's region reach these pages."""

from __future__ import annotations

import pytest
from designers_office import BASE, FORM, REGION, SERVICE, Run, Town, at, document_path, field_path

import admin_ui
from server.actions.accounts import add_account
from server.types import ServiceId
from server.web.access import ADMINISTRATOR, PUBLIC

PAGES = (
    BASE,
    FORM,
    f"{FORM}/add?to=group:identity",
    field_path("remarks"),
    f"{FORM}/remove/remarks",
    f"{FORM}/preview/items",
    document_path("materials"),
    f"{BASE}/processes/intake",
    f"{BASE}/processes/intake/insert",
    f"{BASE}/publish",
    f"{BASE}/history",
    f"{BASE}/regions",
    f"{BASE}/conflicts",
    f"{BASE}/intake",
    f"{BASE}/discard",
    f"{BASE}/export.zip",
    f"{BASE}/new",
)
POSTS = (
    f"{FORM}/add",
    field_path("remarks"),
    f"{FORM}/remove/remarks",
    f"{FORM}/preview/items",
    document_path("materials"),
    f"{BASE}/processes/intake/insert",
    f"{BASE}/publish",
    f"{BASE}/discard",
    f"{BASE}/new",
    f"{BASE}/copies/gender",
    f"{BASE}/conflicts",
    f"{BASE}/intake",
    f"{BASE}/restore/form_schemas/{SERVICE}/materials.json",
    f"{FORM}/restore/remarks",
)


def test_every_route_but_sign_in_and_style_is_for_administrators() -> None:
    public = {path for handler in admin_ui.ROUTES for path in handler.paths if handler.opt["access"] == PUBLIC}
    assert public == {"/admin/sign-in", "/admin/static/{digest:str}/admin.css"}
    assert {handler.opt["access"] for handler in admin_ui.ROUTES} == {PUBLIC, ADMINISTRATOR}


def test_every_page_is_there_for_an_administrator_of_the_region(place: Town, run: Run) -> None:
    async def journey() -> None:
        browser = await place.administrator()
        for page in ("/admin", "/admin/proposals", *PAGES):
            answer = await browser.client.get(page)
            assert answer.status_code == 200, page
        assert BASE in await browser.open("/admin")

    run(journey())


def test_an_administrator_of_a_city_finds_nothing_of_the_province(place: Town, run: Run) -> None:
    async def journey() -> None:
        browser, own = await place.administrator("140100"), await place.administrator()
        assert f'href="{BASE}"' not in await browser.open("/admin")
        assert f'href="{at("140100")}"' in browser.html
        for page in PAGES:
            assert (await browser.client.get(page)).status_code == 404, page
        await own.open(field_path("remarks"))
        for path in POSTS:
            await browser.open("/admin")
            token = dict(browser.form("/staff/sign-out").values)["csrf"]
            answer = await browser.client.post(path, data={"csrf": token, "label": "Taken over"})
            assert answer.status_code == 404, path
        assert await place.office.store.working(ServiceId(SERVICE), REGION) is None

    run(journey())


@pytest.mark.parametrize("kind", ["applicant", "official"])
def test_other_people_are_turned_away(place: Town, run: Run, kind: str) -> None:
    async def journey() -> None:
        browser = await getattr(place, kind)()
        for page in ("/admin", *PAGES):
            assert (await browser.client.get(page)).status_code == 403, page

    run(journey())


def test_who_is_not_signed_in_is_sent_to_sign_in_and_back(place: Town, run: Run) -> None:
    async def journey() -> None:
        await add_account(
            place.office, kind="administrator", login="zhao", name="Zhao", password="a long password", region="140000"
        )
        browser = await place.applicant()
        browser.client.cookies.clear()
        await browser.open(BASE)
        assert browser.path.startswith("/staff/sign-in")
        await browser.press("/staff/sign-in", login="zhao", password="a long password")
        assert browser.path == BASE
        browser.client.cookies.clear()
        await browser.open("/admin/sign-in")
        await browser.press("/staff/sign-in", login="zhao", password="a long password")
        assert browser.path == "/admin"

    run(journey())


def test_a_post_without_the_token_of_the_page_changes_nothing(place: Town, run: Run) -> None:
    async def journey() -> None:
        browser = await place.administrator()
        for path in POSTS:
            answer = await browser.client.post(
                path, data={"label": "x", "text": "{}", "note": "x", "container": "group:identity"}
            )
            assert answer.status_code == 403, path
        assert await place.office.store.working(ServiceId(SERVICE), REGION) is None

    run(journey())

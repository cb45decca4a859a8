"""Filling the pages of the second service without scripts, as people do who look at one page after the other."""

from __future__ import annotations

import io
from datetime import date, timedelta
from urllib.parse import urljoin

from newborn_service import SERVICE
from PIL import Image
from plain_browser import Browser, Form, forms_of

ALL_ITEMS = ["birth_certificate", "household_entry", "insurance_enrolment", "social_card"]


def page_form(browser: Browser) -> Form:
    """The form of the page, whose address is told from the page's own."""
    form = forms_of(browser.html)[-1]
    form.action = urljoin(browser.path, form.action)
    return form


async def fill(browser: Browser, *rounds: dict[str, str | list[str]]) -> None:
    """Fills a page, updating it between the rounds, and goes on; asserts that nothing was wrong with it."""
    before = browser.path
    for answers in rounds[:-1]:
        await browser.send(page_form(browser), "refresh", answers)
    await browser.send(page_form(browser), "next", rounds[-1])
    assert (browser.status, browser.path) != (422, before), browser.text


async def fill_parents_and_children(browser: Browser, *, born: date) -> str:
    """The first three pages of an application for the twins of a foreign father, born on two days; its task list."""
    days = born.isoformat(), (born + timedelta(days=1)).isoformat()
    await browser.open(f"/services/{SERVICE}/apply")
    await fill(browser, {"/request/items": ALL_ITEMS})
    draft = browser.path.rpartition("/")[0]
    await fill(
        browser,
        {"/mother/name": "李春芽", "/mother/nationality": "CHN", "/mother/insured": "true", "/father/registered": "true"},
        {"/mother/id_number": "520102199503120022", "/father/nationality": "VNM", "/father/married": "true"},
        {"/father/name": "阮文海", "/father/passport_number": "C1234567", "/father/licence_shared": "true"},
    )
    for _ in range(2):
        await browser.send(page_form(browser), "add:/newborns")
    first, second = (f"/newborns/@{value}" for name, value in page_form(browser).values if name == "/newborns/~rows")
    await fill(
        browser,
        {
            f"{first}/name": "李一诺",
            f"{first}/sex": "2",
            f"{first}/born_on": days[0],
            f"{first}/weight": "2.31",
            f"{second}/name": "阮一鸣",
            f"{second}/sex": "1",
            f"{second}/born_on": days[1],
            f"{second}/weight": "2.64",
            f"{first}/rank": "1",
            f"{first}/surname_of": "mother",
            f"{second}/rank": "2",
            "/birth/place": "11",
        },
        {"/birth/hospital": "贵阳市妇幼保健院"},
    )
    return draft


async def fill_addresses(browser: Browser) -> None:
    """The page with the home, the place of registration and the delivery, and the promise after it."""
    home, entry = "/residence", "/entry/at"
    await fill(
        browser,
        {f"{home}/county": "520102", f"{entry}/county": "522634", "/card/deliver": "post"},
        {f"{home}/township": "520102001", f"{home}/line": "幸福巷3号", f"{entry}/township": "522634101"},
        {
            f"{entry}/village": "522634101201",
            f"{entry}/line": "西江街1号",
            "/entry/with": "mother",
            "/card/post_to": "普陀路8号",
        },
    )
    await fill(browser, {"/request/truthful": "true"})


async def attach(browser: Browser, draft: str, material: str) -> None:
    """Uploads a picture as the only file of a material."""
    content = io.BytesIO()
    Image.new("RGB", (40, 30), "#88aacc").save(content, "JPEG")
    await browser.open(f"{draft}/materials")
    form = browser.form(f"{draft}/materials/{material}")
    response = await browser.client.post(
        form.action, data=dict(form.values), files={"files": ("photo.jpg", content.getvalue(), "image/jpeg")}
    )
    assert response.status_code == 200, response.text


async def file_twins(browser: Browser, *, born: date) -> str:
    """The number of an application for the twins, filed page by page."""
    draft = await fill_parents_and_children(browser, born=born)
    await fill_addresses(browser)
    for material in ("papers_of_parents", "passport_pages"):
        await attach(browser, draft, material)
    await browser.open(f"{draft}/check")
    await browser.send(page_form(browser))
    assert browser.path.endswith("/receipt"), browser.text
    return browser.path.split("/")[2]

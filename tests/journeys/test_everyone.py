"""Every page for everyone: at a desk, on a telephone, in large text, by keyboard, by screen reader, without scripts."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator
from typing import NamedTuple

import pytest
from conftest import Visitors
from looking import TELEPHONE, faults, reached_by_keyboard
from playwright.sync_api import Browser, expect
from walking import Visitor

BEGINNER = "13922220002"
SERVICE = "/services/shanxi/social_assistance"
DESIGN = f"/admin{SERVICE}"
FORM = f"{DESIGN}/forms/form"
CITY = f"{DESIGN}@140100"
PROCESS = f"{DESIGN}/processes/temporary_assistance"
SECTIONS = (
    "items",
    "applicant",
    "circumstances",
    "application_reason",
    "household_members",
    "support_obligors",
    "assets",
    "bank_account",
    "remarks",
    "consent",
)
#: Those that cannot stay empty.
ASKING = ("applicant", "circumstances", "application_reason", "assets", "bank_account", "consent")
#: Who sees which page; `{…}` are places the fixture knows.
PAGES: dict[str, tuple[str, ...]] = {
    "public": (
        "/",
        SERVICE,
        f"{SERVICE}/texts/means_check_authorization",
        "/notices",
        "/sign-in",
        "/staff/sign-in",
        "/admin/sign-in",
        "/demo",
        "/patterns",
        "/patterns/schema",
        "/nowhere",
        "{gateway}",
        "{gateway}?phone=13922220001",
    ),
    "applicant": (
        "/applications",
        f"{SERVICE}/apply",
        "/demo",
        *(f"{{filled}}{page}" for page in ("", *(f"/{section}" for section in SECTIONS), "/materials", "/check", "/delete")),
        *(f"{{asked}}{page}" for page in ("", "/receipt", "/answers", "/withdraw/{asked_case}", "/supplement/{asked_case}")),
        "{sent}",
        "/staff",
    ),
    "village": ("/staff",),
    "township": ("/staff", "/staff?tab=mine", "/staff?tab=done", "{case}", "{task}", "{asked_file}", "/staff/cases/0", "/admin"),
    "administrator": (
        "/admin",
        DESIGN,
        FORM,
        f"{FORM}/fields/applicant.disability_certificate_number",
        f"{FORM}/fields/applicant.registered_address",
        f"{FORM}/add?to=page:applicant",
        f"{FORM}/remove/applicant.name",
        f"{FORM}/preview/applicant",
        f"{DESIGN}/documents/form_schemas{SERVICE.removeprefix('/services')}/form/logic.json",
        PROCESS,
        f"{PROCESS}/insert",
        f"{DESIGN}/publish",
        f"{DESIGN}/history",
        f"{DESIGN}/new",
        f"{DESIGN}/regions?q=平",
        f"{DESIGN}/import",
        f"{DESIGN}/intake",
        "/admin/proposals",
        "{proposal}",
        "{proposal}/cases",
        "{compared}",
    ),
    "city": (
        CITY,
        f"{CITY}/forms/form",
        f"{CITY}/forms/form/fields/applicant.id_number",
        f"{CITY}/documents/form_schemas{SERVICE.removeprefix('/services')}/materials.json",
        f"{CITY}/processes/temporary_assistance",
        f"{CITY}/conflicts",
        f"{CITY}/history",
        f"{CITY}/regions",
    ),
}
#: Pages that a press turns into ones with something to correct.
MISTAKES = (
    ("public", "/sign-in", "获取验证码"),
    ("public", "/staff/sign-in", "登录"),
    ("applicant", f"{SERVICE}/apply", "保存并继续"),
    *((who, f"{{blank}}/{section}", "保存并继续") for who in ("beginner", "elder") for section in ASKING),
    ("beginner", "{blank}/materials", "继续"),
    ("elder", "{blank}/materials", "继续"),
    ("beginner", "{blank}/check", "提交申请"),
    ("township", "{task}", "提交办理结果"),
    ("administrator", f"{FORM}/add?to=page:applicant", "添加"),
    ("administrator", f"{DESIGN}/new", "新建"),
)
#: Pages that others show again.
ALIKE = ("/demo", "/nowhere", f"{SERVICE}/apply")


class World(NamedTuple):
    """Everybody, and the places of their things."""

    people: dict[str, Visitor]
    places: dict[str, str]

    def visit(self, who: str, path: str) -> Visitor:
        visitor = self.people[who]
        visitor.go(path.format_map(self.places))
        return visitor


@pytest.fixture(scope="module")
def world(browser: Browser, address: str) -> Iterator[World]:
    """People signed in, with applications begun, filled, sent and sent back."""
    visitors = Visitors(browser, address)
    people = {who: visitors.come() for who in (*PAGES, "beginner")} | {"elder": visitors.come(scripts=False, width=TELEPHONE)}
    places: dict[str, str] = {}
    for who in ("village", "township"):
        people[who].sign_in_as_official(f"civil_affairs-{who}")
    people["administrator"].sign_in_as_administrator("admin-province")
    people["city"].sign_in_as_administrator("admin-city")
    _configure(people["city"], places)
    _apply(people["applicant"], places)
    _begin(people["beginner"], places)
    people["elder"].sign_in_as_applicant(BEGINNER)
    people["elder"].go("/display/large")
    _ask(people["township"], places)
    people["township"].open_task("受理", places["sent"].rpartition("/")[2].rpartition("-")[0])
    places |= {"task": people["township"].page.url}
    places |= {"case": people["township"].main.locator("a.number").first.get_attribute("href") or ""}
    yield World(people, places)
    visitors.leave()


def _configure(city: Visitor, places: dict[str, str]) -> None:
    """Proposes a change for a city, and compares what it has with the level above."""
    city.go(f"{CITY}/forms/form/fields/remarks")
    city.main.get_by_label("提示", exact=True).fill("可以写明所在小区。")
    city.main.get_by_role("button", name="保存", exact=True).last.click()
    places["proposal"] = city.propose(CITY, "备注里请写小区")
    city.go(f"{CITY}/history")
    city.press("比较", leads_to="/compare")
    places["compared"] = city.page.url


def _apply(applicant: Visitor, places: dict[str, str]) -> None:
    applicant.sign_in_as_applicant("13922220001")
    places["gateway"] = _gateway(applicant)
    places["sent"] = f"/applications/{applicant.submit(applicant.load_family('74 岁残疾老人'))}"
    places["asked"] = f"/applications/{applicant.submit(applicant.load_family('房屋失火'))}"
    applicant.go(places["asked"])
    case = applicant.main.locator("section.case").first
    places["asked_case"] = (case.get_attribute("id") or "").removeprefix("case-")
    places["asked_file"] = f"/staff/cases/{case.locator('.number').first.inner_text()}"
    places["filled"] = applicant.load_family("一家六口")


def _begin(beginner: Visitor, places: dict[str, str]) -> None:
    """Begins an application for everything, without an answer."""
    beginner.sign_in_as_applicant(BEGINNER)
    beginner.go(f"{SERVICE}/apply")
    for item in beginner.main.get_by_role("checkbox").all():
        item.check()
    beginner.press("保存并继续", leads_to="/apply/[^/]+/[^/]+$")
    places["blank"] = beginner.page.url.rpartition("/")[0]


def _gateway(applicant: Visitor) -> str:
    """Address of the page of the message gateway."""
    applicant.go("/demo")
    return applicant.main.get_by_role("link", name="模拟短信", exact=True).get_attribute("href") or ""


def _ask(township: Visitor, places: dict[str, str]) -> None:
    """Sends one application back for a material and an answer."""
    township.open_task("急难核实", places["asked_file"].rpartition("/")[2])
    township.choose("要求补正")
    township.main.get_by_label("户口簿", exact=True).check()
    township.main.get_by_label("现住房情况", exact=True).check()
    township.main.get_by_label("给申请人的说明").fill("户口簿照片看不清，请重新拍照。")
    township.main.locator("button[name=intent][value=next]").click()
    township.page.wait_for_url(re.compile("/staff\\?"))


@pytest.mark.parametrize(("who", "path"), [(who, path) for who, paths in PAGES.items() for path in paths])
def test_a_page_can_be_read_by_everyone(world: World, who: str, path: str) -> None:
    assert faults(world.visit(who, path).page) == []


@pytest.mark.parametrize(("who", "path", "button"), MISTAKES)
def test_a_page_with_mistakes_can_be_read_by_everyone(world: World, who: str, path: str, button: str) -> None:
    visitor = world.visit(who, path)
    visitor.main.get_by_role("button", name=button, exact=True).last.click()
    summary = visitor.page.locator("[data-error-summary]")
    expect(summary).to_be_visible()
    assert visitor.page.title().startswith("错误：")
    scripts = who != "elder"
    if scripts:
        expect(summary).to_be_focused()
    assert faults(visitor.page, audited=scripts) == []


def test_every_page_has_a_title_of_its_own(world: World) -> None:
    titles = []
    for who, paths in PAGES.items():
        for path in (path for path in paths if "{gateway}" not in path and path not in ALIKE):
            body = world.people[who].page.request.get(path.format_map(world.places)).text()
            titles.append((re.findall("<title>(.*?)</title>", body)[0], who if path == "/staff" else ""))
    assert {title for title, times in Counter(titles).items() if times > 1} == set()


@pytest.mark.parametrize(
    ("who", "path"),
    [
        ("public", "/sign-in"),
        ("applicant", "{filled}/applicant"),
        ("applicant", "{filled}/household_members"),
        ("beginner", "{blank}/assets"),
        ("township", "{task}"),
        ("administrator", f"{FORM}/fields/applicant.name"),
    ],
)
def test_the_keyboard_reaches_every_control_in_order_and_shows_where_it_is(world: World, who: str, path: str) -> None:
    controls, reached, visible = reached_by_keyboard(world.visit(who, path).page)
    assert controls
    assert reached == controls
    assert visible


def test_large_text_stays_chosen_on_every_page_and_can_be_left(visitors: Visitors) -> None:
    reader = visitors.come(scripts=False, width=TELEPHONE)
    reader.go(SERVICE)
    size = "() => parseFloat(getComputedStyle(document.body).fontSize)"
    before = reader.page.evaluate(size)
    reader.page.get_by_role("link", name="大字版").click()
    assert reader.page.url.endswith(SERVICE)
    reader.go("/sign-in")
    assert reader.page.evaluate(size) > 1.2 * before
    reader.page.get_by_role("link", name="标准字号").click()
    assert reader.page.evaluate(size) == before


def test_a_receipt_is_printed_without_what_belongs_to_the_screen(world: World) -> None:
    applicant = world.visit("applicant", "{asked}/receipt")
    applicant.page.emulate_media(media="print")
    for part in (".site-header", ".site-footer", ".demo-bar", ".actions"):
        expect(applicant.page.locator(part)).to_be_hidden()
    expect(applicant.main.get_by_text(world.places["asked"].rpartition("/")[2], exact=True)).to_be_visible()
    assert applicant.page.evaluate("getComputedStyle(document.querySelector('.panel')).backgroundColor") == "rgba(0, 0, 0, 0)"
    applicant.page.emulate_media(media="screen")

"""The form filled by hand on a small telephone without scripts, and with scripts, right and wrong."""

from __future__ import annotations

import re

import pytest
from conftest import Visitors
from playwright.sync_api import expect
from walking import Visitor


def begin(applicant: Visitor, phone: str, *items: str) -> None:
    """Starts an application for these items; the first page of fields is open then."""
    applicant.sign_in_as_applicant(phone)
    applicant.go("/")
    applicant.main.get_by_role("link", name="社会救助一件事").first.click()
    applicant.press("开始申请", leads_to="/apply$")
    for item in items:
        applicant.main.get_by_role("checkbox", name=re.compile(f"^{item}")).check()
    applicant.press("保存并继续", leads_to="/apply/[^/]+/[^/]+$")


@pytest.mark.parametrize(("scripts", "width", "phone"), [(False, 375, "13911110001"), (True, 1280, "13911110002")])
def test_wrong_answers_are_named_beside_the_field_and_in_the_summary_and_nothing_typed_is_lost(
    visitors: Visitors, scripts: bool, width: int, phone: str
) -> None:
    applicant = visitors.come(scripts=scripts, width=width)
    begin(applicant, phone, "低收入人口认定")
    name, number = applicant.main.get_by_label("姓名", exact=True), applicant.main.get_by_label("身份证号", exact=True)
    name.fill("赵平安")
    number.fill("14010519780312003")
    applicant.main.get_by_label("联系电话", exact=True).fill("１３８００００００１")
    applicant.press("保存并继续", leads_to="/apply/")
    summary = applicant.main.get_by_role("alert")
    expect(summary).to_contain_text("身份证号应为 18 位，现在是 17 位")
    expect(summary).to_contain_text("请选择民族")
    expect(name).to_have_value("赵平安")
    expect(number).to_have_value("14010519780312003")
    expect(number).to_have_attribute("aria-invalid", "true")
    summary.get_by_role("link", name=re.compile("身份证号")).click()
    expect(number).to_be_in_viewport()
    number.fill("140105197803120031")
    applicant.press("保存草稿", leads_to="saved=1")
    applicant.main.get_by_role("link", name="申请人基本信息").click()
    expect(number).to_have_value("140105197803120031")


def test_a_field_appears_when_an_answer_asks_for_it_with_and_without_scripts(visitors: Visitors) -> None:
    with_scripts, without = visitors.come(), visitors.come(scripts=False)
    for applicant, phone in ((with_scripts, "13911110003"), (without, "13911110004")):
        begin(applicant, phone, "低收入人口认定")
        page = applicant.page.url.rpartition("/")[0]
        applicant.go(f"{page}/circumstances")
        expect(applicant.main.get_by_label("残疾证号")).to_have_count(0)
        applicant.main.get_by_role("checkbox", name="肢体残疾").check()
        if applicant is without:
            applicant.main.get_by_role("button", name="按已填的内容更新这一页").click()
        expect(applicant.main.get_by_label(re.compile("^残疾证号"))).to_have_count(1)
        expect(applicant.main.get_by_role("checkbox", name="肢体残疾")).to_be_checked()


def test_members_are_added_and_removed_without_losing_what_was_typed(visitors: Visitors) -> None:
    applicant = visitors.come(scripts=False, width=375)
    begin(applicant, "13911110005", "低收入人口认定")
    page = applicant.page.url.rpartition("/")[0]
    applicant.go(f"{page}/household_members")
    for name in ("钱一", "钱二", "钱三"):
        applicant.main.get_by_role("button", name=re.compile("^添加")).click()
        applicant.main.get_by_label("姓名").last.fill(name)
    applicant.main.get_by_role("button", name="移除这一项").nth(1).click()
    names = applicant.main.get_by_label("姓名")
    expect(names).to_have_count(2)
    expect(names.first).to_have_value("钱一")
    expect(names.last).to_have_value("钱三")
    applicant.press("保存草稿", leads_to="saved=1")
    applicant.go(f"{page}/household_members")
    expect(names.last).to_have_value("钱三")


def test_the_back_button_and_a_second_press_change_nothing(visitors: Visitors) -> None:
    applicant = visitors.come()
    applicant.sign_in_as_applicant("13911110006")
    number = applicant.submit(applicant.load_family("74 岁残疾老人"))
    applicant.page.go_back()
    if applicant.page.url.endswith("/check"):
        applicant.page.reload()
    applicant.go("/applications")
    expect(applicant.main.get_by_text(number, exact=True)).to_have_count(1)

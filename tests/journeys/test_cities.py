"""A city asks something of its own: proposed by one, approved by another, seen there and nowhere else, and kept when the
province changes the same place."""

from __future__ import annotations

import re

from conftest import Visitors
from playwright.sync_api import expect
from walking import Visitor

PROVINCE = "/admin/services/shanxi/social_assistance"
CITY = f"{PROVINCE}@140100"
REMARKS = "forms/form/fields/remarks"
HERE, ELSEWHERE = "孩子患白血病", "74 岁残疾老人"
NEW_FIELD = "所在小区名称"


def add_field(city: Visitor) -> None:
    city.go(f"{CITY}/forms/form/add?to=page:remarks")
    city.main.get_by_label("名称", exact=True).fill(NEW_FIELD)
    city.page.fill("#field_name", "community_name")
    city.main.get_by_role("button", name="添加", exact=True).click()
    expect(city.main.get_by_role("status").first).to_contain_text("字段已添加")
    expect(city.main.locator(".tag-origin").first).to_contain_text("本级")


def is_refused(city: Visitor) -> None:
    """What the province fixes cannot be typed over; what it lets grow only cannot shrink."""
    city.go(f"{CITY}/forms/form/fields/applicant.id_number")
    assert city.page.locator("#label").get_attribute("readonly") is not None
    expect(city.main.locator(".hold").first).to_contain_text("山西省规定不能修改")
    city.go(f"{CITY}/forms/form/fields/applicant.phone")
    city.page.locator("#requirement").get_by_role("radio", name="选填").check()
    city.main.get_by_role("button", name="保存", exact=True).last.click()
    expect(city.page.locator("[data-error-summary]")).to_contain_text("山西省规定")
    expect(city.page.locator("#requirement .field-error")).to_contain_text("没有保存")


def rename(administrator: Visitor, service: str, label: str) -> None:
    administrator.go(f"{service}/{REMARKS}")
    administrator.page.fill("#label", label)
    administrator.main.get_by_role("button", name="保存", exact=True).last.click()
    expect(administrator.main.get_by_role("status").first).to_contain_text("已保存到工作副本")


def remarks_of(visitors: Visitors, phone: str, family: str) -> Visitor:
    """An applicant with a filled family, at the page of remarks."""
    applicant = visitors.come()
    applicant.sign_in_as_applicant(phone)
    applicant.go(f"{applicant.load_family(family)}/remarks")
    return applicant


def test_a_city_asks_something_of_its_own_and_follows_the_province(visitors: Visitors) -> None:
    city, approver = visitors.come(), visitors.come(scripts=False, width=375)
    city.sign_in_as_administrator("admin-city")
    add_field(city)
    is_refused(city)
    rename(city, CITY, "太原市的其他情况")
    proposal = city.propose(CITY, "请写小区名称")
    city.sees("您的账号没有核准权限")
    approver.sign_in_as_administrator("approver-city")
    approver.press("查看待核准", leads_to="/admin/proposals$")
    approver.press("请写小区名称", leads_to="/admin/proposals/")
    approver.sees(NEW_FIELD)
    approver.approve(proposal)

    remarks_of(visitors, "13933330001", HERE).sees(NEW_FIELD)
    expect(remarks_of(visitors, "13933330002", ELSEWHERE).main).not_to_contain_text(NEW_FIELD)

    province, second = visitors.come(), visitors.come()
    province.sign_in_as_administrator("admin-province")
    rename(province, PROVINCE, "需要说明的全部情况")
    proposal = province.propose(PROVINCE, "改备注的名称")
    second.sign_in_as_administrator("approver-province")
    second.approve(proposal)
    remarks_of(visitors, "13933330003", ELSEWHERE).sees("需要说明的全部情况")
    remarks_of(visitors, "13933330004", HERE).sees("太原市的其他情况")

    city.go("/admin")
    city.sees("落后于上级")
    city.go(f"{CITY}/conflicts")
    for text in ("上级和本地都改了这里", "需要说明的全部情况", "太原市的其他情况"):
        city.sees(text)
    city.main.get_by_role("radio", name="保留本级的").check()
    city.press("按选择解决", leads_to="/publish")
    city.main.get_by_label("这次改了什么").fill("跟上省里的新版本")
    city.press("提交核准", leads_to="/admin/proposals/")
    approver.approve(city.page.url.partition("?")[0])
    city.go("/admin")
    expect(city.main).not_to_contain_text("落后于上级")
    assert not re.search("冲突[^没]*[1-9]", city.main.inner_text())

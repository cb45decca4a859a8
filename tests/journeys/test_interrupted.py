"""What is typed survives what interrupts it: another window, a second press, signing out elsewhere."""

from __future__ import annotations

import re

from conftest import Visitors
from playwright.sync_api import expect
from walking import Visitor

HOLDER = "开户人姓名"


def beside(visitor: Visitor) -> Visitor:
    """The same person in a second window."""
    return Visitor(visitor.page.context.new_page())


def test_a_page_changed_in_another_window_keeps_both_and_asks_before_it_replaces(visitors: Visitors) -> None:
    one = visitors.come()
    one.sign_in_as_applicant("13933330001")
    page = f"{one.load_family('房屋失火')}/bank_account"
    other = beside(one)
    for window, name in ((one, "甲某"), (other, "乙某")):
        window.go(page)
        window.main.get_by_label(HOLDER, exact=True).fill(name)
    one.press("保存草稿", leads_to="saved=1")
    other.main.get_by_role("button", name="保存草稿").click()
    other.sees("另一个窗口")
    expect(other.main.get_by_label(HOLDER, exact=True)).to_have_value("乙某")
    one.go(page)
    expect(one.main.get_by_label(HOLDER, exact=True)).to_have_value("甲某")
    other.press("保存草稿", leads_to="saved=1")
    one.go(page)
    expect(one.main.get_by_label(HOLDER, exact=True)).to_have_value("乙某")


def test_pressing_twice_submits_once(visitors: Visitors) -> None:
    applicant = visitors.come()
    applicant.sign_in_as_applicant("13933330002")
    applicant.go(f"{applicant.load_family('低保家庭的大学新生')}/check")
    applicant.main.get_by_role("button", name="提交申请").dblclick()
    applicant.page.wait_for_url(re.compile("/receipt$"))
    applicant.go("/applications")
    expect(applicant.main.get_by_text("国家助学贷款申请")).to_have_count(1)


def test_what_was_typed_before_signing_out_elsewhere_is_shown_again_after_signing_in(visitors: Visitors) -> None:
    applicant = visitors.come()
    applicant.sign_in_as_applicant("13933330003")
    page = f"{applicant.load_family('房屋失火')}/bank_account"
    applicant.go(page)
    applicant.main.get_by_label(HOLDER, exact=True).fill("丙某")
    other = beside(applicant)
    other.go("/applications")
    other.page.get_by_role("button", name="退出").click()
    other.page.wait_for_url(lambda address: not address.endswith("/applications"))
    applicant.main.get_by_role("button", name="保存草稿").click()
    applicant.sees("刷新页面，选择重新提交")
    other.sign_in_as_applicant("13933330003")
    applicant.page.reload()
    expect(applicant.main.get_by_label(HOLDER, exact=True)).to_have_value("丙某")
    applicant.press("保存草稿", leads_to="saved=1")
    applicant.go(page)
    expect(applicant.main.get_by_label(HOLDER, exact=True)).to_have_value("丙某")

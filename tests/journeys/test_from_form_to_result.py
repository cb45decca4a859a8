"""From a filled family to the result, each person in a browser of their own."""

from __future__ import annotations

from conftest import Visitors
from playwright.sync_api import expect
from walking import Visitor

REPORT_SECONDS = 60


def test_a_family_of_six_is_filed_decided_and_told_why(visitors: Visitors) -> None:
    applicant, township, county = visitors.come(), visitors.come(), visitors.come(scripts=False)
    applicant.sign_in_as_applicant("13800000001")
    number = applicant.submit(applicant.load_family("一家六口"))
    case = applicant_case(applicant, number, "低收入人口认定")

    township.sign_in_as_official("civil_affairs-township")
    township.complete("受理", case, "受理")
    wait_for_report(township, case)

    county.sign_in_as_official("civil_affairs-county")
    # A relative works in the village, so the county visits in place of the township.
    county.complete("入户调查", case, "调查完成")
    township.complete("审核", case, "同意，提交公示和确认")
    township.go("/notices")
    township.sees("低收入人口认定公示")
    expect(township.main).not_to_contain_text("高有田")

    county.move_clock(7)
    county.move_clock(1)
    county.complete("审核确认", case, "同意")

    applicant.go(f"/applications/{number}")
    result = applicant.main.locator("section.case").filter(has_text=case)
    expect(result).to_contain_text("已办结")
    expect(result).to_contain_text("理由：")
    expect(result).to_contain_text("低保标准")


def test_what_is_missing_is_asked_for_once_and_answered_field_by_field(visitors: Visitors) -> None:
    applicant, township = visitors.come(width=375, scripts=False), visitors.come()
    applicant.sign_in_as_applicant("13800000002")
    number = applicant.submit(applicant.load_family("房屋失火"))
    case = applicant_case(applicant, number, "临时救助")

    township.sign_in_as_official("civil_affairs-township")
    township.open_task("急难核实", case)
    township.choose("要求补正")
    township.main.get_by_label("户口簿", exact=True).check()
    township.main.get_by_label("给申请人的说明").fill("户口簿照片看不清，请重新拍照。")
    township.main.locator("button[name=intent][value=next]").click()
    township.page.wait_for_url("**/staff**")

    applicant.go(f"/applications/{number}")
    applicant.sees("户口簿照片看不清")
    applicant.press("去补正", leads_to="/supplement/")
    expect(applicant.main.get_by_label("姓名")).to_have_count(0)
    applicant.press("提交补正", leads_to="note=supplement-sent")

    township.complete("急难核实", case, "属于急难，先行救助")
    township.complete("先行救助", case, "已发放")
    township.complete("补齐手续", case, "手续已补齐")
    applicant.go(f"/applications/{number}")
    applicant.sees("已先行救助")


def test_an_item_is_withdrawn_without_touching_the_others(visitors: Visitors) -> None:
    applicant = visitors.come()
    applicant.sign_in_as_applicant("13800000003")
    number = applicant.submit(applicant.load_family("一家八口"))
    withdrawn = applicant_case(applicant, number, "城市公租房申请")
    section = applicant.main.locator("section.case").filter(has_text=withdrawn)
    section.get_by_role("link", name="撤回这一项").click()
    applicant.press("确认撤回", leads_to="note=withdrawn")
    expect(applicant.main.locator("section.case").filter(has_text="已撤回")).to_have_count(1)
    expect(applicant.main.locator("section.case").filter(has_text="办理中")).to_have_count(2)


def applicant_case(applicant: Visitor, number: str, item: str) -> str:
    """The number of one item of an application."""
    applicant.go(f"/applications/{number}")
    section = applicant.main.locator("section.case").filter(has=applicant.page.get_by_role("heading", name=item, exact=True))
    return str(section.locator(".number").first.inner_text())


def wait_for_report(official: Visitor, case: str) -> None:
    """Looks at the case until the other system has called back."""
    for _ in range(REPORT_SECONDS):
        official.go(f"/staff/cases/{case}")
        if official.main.locator(".case-head h3").filter(has_text="入户调查").count():
            return
        official.page.wait_for_timeout(1000)
    raise AssertionError("no report came")

"""An administrator changes a field beside its live preview, another one approves, and the applicant sees it at once."""

from __future__ import annotations

import pytest
from conftest import Visitors
from playwright.sync_api import expect

SERVICE = "/admin/services/shanxi/social_assistance"
FIELD = f"{SERVICE}/forms/form/fields/application.items"


@pytest.mark.parametrize(("scripts", "width"), [(True, 1280), (False, 375)])
def test_a_changed_hint_is_previewed_published_and_seen(visitors: Visitors, scripts: bool, width: int) -> None:
    administrator, applicant = visitors.come(scripts=scripts, width=width), visitors.come()
    approver = visitors.come(scripts=scripts, width=width)
    hint = f"可以同时选几项（宽 {width}）"
    administrator.sign_in_as_administrator("admin-province")
    administrator.go(FIELD)
    administrator.main.get_by_label("提示", exact=True).fill(hint)
    preview = administrator.page.locator("#preview")
    if scripts:
        administrator.main.get_by_label("名称", exact=True).focus()
    else:
        administrator.main.get_by_role("button", name="预览", exact=True).click()
    expect(preview).to_contain_text(hint)
    administrator.main.get_by_role("button", name="保存", exact=True).last.click()
    expect(administrator.main.get_by_role("status").first).to_contain_text("已保存到工作副本")
    proposal = administrator.propose(SERVICE, "改提示")
    approver.sign_in_as_administrator("approver-province")
    approver.approve(proposal)
    applicant.sign_in_as_applicant(f"1391111{width:04}")
    applicant.go("/services/shanxi/social_assistance/apply")
    applicant.sees(hint)


def test_a_condition_is_built_in_words_and_tried_in_the_preview(visitors: Visitors) -> None:
    administrator = visitors.come()
    administrator.sign_in_as_administrator("admin-province")
    administrator.go(f"{SERVICE}/forms/form/fields/applicant.staff_relation_detail")
    preview = administrator.page.locator("#preview")
    expect(preview.get_by_label("近亲属姓名、单位及关系")).to_have_count(0)
    preview.get_by_role("radio", name="是", exact=True).last.check()
    expect(preview.get_by_label("近亲属姓名、单位及关系")).to_have_count(1)
    administrator.page.select_option("#row-value-0", "false")
    expect(administrator.page.locator(".read-back")).to_contain_text("为否")
    administrator.page.select_option("#row-variable-1", "applicant.gender")
    administrator.page.select_option("#row-operator-1", "equals")
    expect(administrator.page.locator("select#row-value-1")).to_be_visible()
    administrator.page.select_option("#row-value-1", label="女")
    expect(administrator.page.locator(".read-back")).to_contain_text("并且“性别”等于“女”")
    administrator.main.get_by_role("radio", name="符合规则时显示").check()
    administrator.page.fill("#rule-relevant", "applicant.staff_relatio == true")
    administrator.page.locator("#label").focus()
    expect(administrator.page.locator("#relevance .field-error")).to_contain_text("applicant.staff_relation")

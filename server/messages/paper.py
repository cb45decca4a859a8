"""Words that printed papers themselves say."""

from __future__ import annotations

PAGE = "第 {page} 页，共 {pages} 页"
DATE_LINE = "　　年　　月　　日"
#: Title of an annex page.
ANNEX = "附页：{title}"
#: Title of one of several grids on an annex page, and of a grid that is not the first on the sheet.
ROW = "{title} {number}"
#: Answers that have no place on the sheet.
FURTHER = "附页：其他填写内容"
#: Rows beyond those that any family has.
NOT_PRINTED = "另有 {count} 项没有打印，请在网上查看。"
TICKED, UNTICKED = "☑", "☐"
BETWEEN_BOXES = "　"
BETWEEN_ANSWERS = "\n"
AGREE = "同意"
NUMBER = "办件编号 {number}"
#: Printed above a sheet that holds only what the office of an item may see.
SCOPED = "本表只含办理“{item}”需要的内容"
BLANK = "（空白表）"

RECEIPT = "申请回执"
RECEIPT_FACTS = {
    "number": "办件编号",
    "service": "申请的服务",
    "applicant": "申请人",
    "submitted_at": "提交时间",
    "place": "受理地区",
    "phone": "咨询电话",
}
RECEIPT_ITEMS = "申请的事项"
RECEIPT_HEADS = ("事项", "编号", "现在办理的单位")
RECEIPT_NEXT = "接下来"
RECEIPT_STEPS = (
    "1. 工作人员会先看材料是否齐全，缺什么会一次告诉您。",
    "2. 受理后按规定办理，需要您配合的会提前联系。",
    "3. 每一项有结果时都会通知您，并写明理由。",
)
CODE = "扫码查看办理进度：\n{address}"

LETTER = "{item}办理结果告知书"
LETTER_FACTS = {
    "number": "办件编号",
    "item": "办理事项",
    "submitted_at": "申请时间",
    "accepted_on": "受理时间",
    "result": "办理结果",
    "reason": "理由",
    "basis": "依据",
    "ended_at": "办结时间",
}
GREETING = "{name}："
OPENING = "您申请的“{item}”已经办结，现将结果告知如下。"
ADVICE = "接下来"
APPEAL = "对结果有异议的"
BETWEEN_SOURCES = "；"
MOMENT = "{date} {time}"

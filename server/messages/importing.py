"""Texts of a service that begins as nothing but a form: its people change them afterwards."""

from __future__ import annotations

from typing import Literal

Level = Literal["province", "city", "county", "township", "village"]

APPLICANT_PAGE = "申请人"
NAME = "姓名"
ID_NUMBER = "公民身份号码"
ADDRESS = "现住址"
ADDRESS_REGION = "所在地区"
ADDRESS_LINE = "详细地址"
ITEMS_PAGE = "申请事项"
ITEMS = "申请事项"

AGENCY = "经办机构"
AGENCY_LEVELS: dict[str, str] = {"province": "省级经办机构", "city": "市级经办机构", "county": "县级经办机构"}

INTAKE = "受理分办"
SUBMITTED = "提交申请"
DISPATCH = "按事项分办"
CONCLUDED = "全部办结"
CONCLUDED_REASON = "各事项都已办结。"

REVIEW = "审核"
APPROVE = "通过"
REFUSE = "不通过"
APPROVED = "审核通过"
REFUSED = "审核未通过"
APPROVED_REASON = "经审核，申请符合条件。"
REFUSED_REASON = "经审核，申请不符合条件。"
SOURCE = "由表格导入，请填写依据"
CALENDAR = "周末"

#: What a form, a page, a group or an entry is called that has no name in its source.
UNTITLED_FORM = "未命名的表"
GENERAL_PAGE = "基本信息"
PART = "第 {number} 部分"
VARIANT = "类型"
OTHER_OPTION = "选项 {number}"
OTHER = "其他"
VALUE = "内容"
KEY = "名称"
#: Stands behind a label that comes again beside the same one.
AGAIN = "{label}（{number}）"
#: Message of a check whose source gives none.
CHECK_FAILED = "请检查“{label}”的内容。"

#: Words in the names of offices that tell their level, the first that fits.
_OFFICE_LEVELS: tuple[tuple[str, Level], ...] = (
    ("村", "village"),
    ("社区", "village"),
    ("乡", "township"),
    ("镇", "township"),
    ("街道", "township"),
    ("自治区", "province"),
    ("县", "county"),
    ("区", "county"),
    ("省", "province"),
    ("市", "city"),
)


def level_of_office(name: str) -> Level:
    """The level that an office of this name most likely has."""
    return next((level for word, level in _OFFICE_LEVELS if word in name), "county")

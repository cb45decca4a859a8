"""What has become different for somebody in the middle of an application."""

from __future__ import annotations

ALTERATIONS: dict[str, str] = {
    "question-new": "新增问题“{label}”，在“{page}”",
    "question-gone": "不再询问“{label}”",
    "question-renamed": "“{before}”改称“{label}”",
    "question-otherwise": "“{label}”的填写方式有变化，请核对",
    "wording": "“{label}”的内容有变化，请重新阅读",
    "bounds": "“{label}”的填写要求有变化，请核对",
    "now-required": "“{label}”改为必填",
    "now-optional": "“{label}”改为选填",
    "options-new": "“{label}”新增选项：{titles}",
    "options-gone": "“{label}”取消选项：{titles}",
    "options-renamed": "“{label}”的选项名称有变化：{titles}",
    "materials-new": "新增需要上传的材料：{titles}",
    "materials-gone": "不用再上传的材料：{titles}",
    "material-renamed": "材料“{before}”改称“{label}”",
}


def alteration_text(code: str, **params: str) -> str:
    """One difference in words."""
    return ALTERATIONS[code].format_map(params)

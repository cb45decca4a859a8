"""Words of form pages that are the same for every service."""

from __future__ import annotations

CHOOSE = "请选择"
PART_OF = "{label}的{part}"
LEVEL_CHOOSE = {
    "township": "请选择",
    "no-township": "先选择县（市、区）",
    "village": "请选择（可不选）",
    "none-township": "没有可选的乡镇（街道）",
    "no-village": "没有可选的村（社区）",
    "none-village": "没有可选的村（社区）",
}
FORM_TEXTS = {
    "next": "保存并继续",
    "save": "保存草稿",
    "refresh": "按已填的内容更新这一页",
    "optional": "（选填）",
    "unanswered": "未填写",
    "remove": "删除",
    "summary": "有 {count} 处需要修改",
    "in-row": "{row} {number}：",
    "error-prefix": "错误：",
    "elsewhere": "其他省（区、市）",
}

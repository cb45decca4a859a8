"""Words of forms made of schemas that nobody laid out."""

from __future__ import annotations

WHOLE_FORM = "填写内容"
UNNAMED = "（没有名称）"
HOW_TO_ANSWER = "{label}：填写方式"
WHICH = "{label}：选择一种"
AS_FORM = "逐项填写"
AS_JSON = "写成 JSON"
LEFT_OUT = "不填"
OTHERS = "{label}的其他内容"
OTHERS_HINT = '表单没有列出的成员，写成一个 JSON 对象，例如 {"名称": 1}；没有就留空。'
JSON_HINT = '写成 JSON，例如 "文字"、12、true、null、[1, 2] 或 {"名称": 1}。'
NUMBER_HINT = "数字，例如 86.5"
ITEM = "第 {number} 项"
ONE_ITEM = "一项"
VARIANT = "第 {number} 种"
TYPES = {
    "object": "对象",
    "array": "列表",
    "string": "文字",
    "number": "数字",
    "integer": "整数",
    "boolean": "是或否",
    "null": "空值",
}
CONSTANTS = {"null": "空值（null）", "true": "是（true）", "false": "否（false）"}
EMPTY_TEXT = "空文字"

READ_FORM = "读出内容"
NO_JSON = "不是合法的 JSON，请检查引号、逗号和括号。"
#: What the page of any schema shows first.
EXAMPLE_SCHEMA = """{
  "title": "家庭成员",
  "type": "object",
  "properties": {
    "name": {"title": "姓名", "type": "string", "minLength": 1},
    "phone": {"title": "电话", "type": ["string", "null"]},
    "relation": {"title": "关系", "enum": ["配偶", "子女", "父母"]},
    "incomes": {
      "title": "收入",
      "type": "array",
      "items": {
        "title": "收入来源",
        "type": "object",
        "properties": {"from": {"title": "来源", "type": "string"}, "monthly": {"title": "每月", "type": "number"}},
        "required": ["from"]
      }
    }
  },
  "required": ["name"],
  "additionalProperties": false
}"""

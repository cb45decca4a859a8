"""What to correct in an answer: problem codes to texts that name the field, the reason and the remedy."""

from __future__ import annotations

from collections.abc import Sequence

from server.findings import Problem

PROBLEMS: dict[str, str] = {
    "not-an-object": "提交的内容不是一份申请，请按表单字段提交。",
    "not-readable": "提交的内容里有不完整的字符，或者层次太深，请检查文件后重新提交。",
    "unknown-field": "没有“{field}”这一项，请删除或改为表单中的字段。",
    "not-relevant": "“{label}”按当前填写不需要，已不计入申请。",
    "rules-contradict": "表单规则互相矛盾，暂时无法提交，请联系受理窗口。",
    "required-enter": "请填写{label}",
    "required-choose": "请选择{label}",
    "required-agree": "请阅读并同意{label}",
    "required-upload": "请上传{label}",
    "required-add": "请至少添加一项{label}",
    "required-part": "请填写{label}的{part}",
    "unreadable-integer": "{label}应为整数，例如 4；填写的是“{text}”",
    "unreadable-decimal": "{label}应为数字，最多 {places} 位小数，例如 86.5；填写的是“{text}”",
    "unreadable-money": "{label}应为金额，最多两位小数，例如 1200.50；填写的是“{text}”",
    "unreadable-income": "{label}的金额应为数字，最多两位小数，例如 1200.50；填写的是“{text}”",
    "unreadable-date": "{label}不是有效日期，请按 2026-11-24 的格式填写；填写的是“{text}”",
    "unreadable-yes_no": "请在{label}中选择是或否",
    "unreadable-json": "{label}不是能读懂的 JSON，请检查引号、逗号和括号；填写的是“{text}”",
    "unreadable-json-object": "{label}应是一个 JSON 对象，写在一对花括号里",
    "schema-type": "{label}的类型不对，请按字段说明填写",
    "schema-minLength": "{label}太短，至少 {limit} 个字",
    "schema-maxLength": "{label}太长，最多 {limit} 个字",
    "schema-pattern": "{label}的格式不对，请检查后重新填写",
    "schema-format": "{label}的格式不对，请检查后重新填写",
    "schema-minimum": "{label}不能小于 {limit}",
    "schema-maximum": "{label}不能大于 {limit}",
    "schema-exclusiveMinimum": "{label}必须大于 {limit}",
    "schema-exclusiveMaximum": "{label}必须小于 {limit}",
    "schema-multipleOf": "{label}必须是规定数的整数倍",
    "schema-enum": "{label}的选项无效，请从列表中重新选择",
    "schema-const": "{label}的内容无效，请重新选择",
    "schema-oneOf": "{label}的选项无效，请从列表中重新选择",
    "schema-oneOfNotValid": "{label}的选项无效，请从列表中重新选择",
    "schema-oneOfMultipleValid": "{label}同时符合多种写法，请检查后重新填写",
    "schema-anyOf": "{label}不符合要求，请检查后重新填写",
    "schema-not": "{label}不符合要求，请检查后重新填写",
    "schema-falseSchema": "{label}不能填写",
    "schema-minItems": "{label}至少需要 {limit} 项",
    "schema-maxItems": "{label}最多 {limit} 项，请删除多出的项",
    "item-closed": "“{label}”现在不能申请：{reason}。请取消选择，或以后再申请",
    "rows-full": "{label}最多 {limit} 项，没有再添加",
    "schema-uniqueItems": "{label}有重复的项，请删除重复",
    "schema-contains": "{label}缺少必须包含的项",
    "schema-required": "{label}没有填写完整",
    "schema-dependentRequired": "{label}没有填写完整",
    "schema-minProperties": "{label}没有填写完整",
    "schema-maxProperties": "{label}的内容过多",
    "schema-propertyNames": "{label}中有不认识的名称",
    "schema-additionalProperties": "{label}中有表单没有的内容",
    "schema-unevaluatedProperties": "{label}中有表单没有的内容",
    "schema-unevaluatedItems": "{label}中有多余的项",
    "schema-additionalItems": "{label}中有多余的项",
    "id-number-old": "{label}是 15 位旧号码，请填写 18 位公民身份号码",
    "id-number-length": "{label}应为 18 位，现在是 {length} 位",
    "id-number-characters": "{label}只能是数字，最后一位可以是 X",
    "id-number-check": "{label}有误：最后一位校验码不符，请对照证件检查",
    "id-number-birth": "{label}中的出生日期不存在或晚于今天，请对照证件检查",
    "disability-certificate-form": "{label}应为身份证号加类别和等级共 20 位，补发证件后面另有 B 和序号",
    "phone-form": "{label}不是有效的电话号码，请填写 11 位手机号，或带区号的固定电话",
    "bank-account-form": "{label}应为 8 至 30 位数字，不含空格和字母",
    "bank-account-luhn": "{label}不符合银行卡号规则；如果是存折账号可以继续，请再核对一遍",
    "unknown-region": "{label}中的地区代码 {region} 不存在，请重新选择",
    "option-not-offered": "{label}中所选的项现在不可用，请重新选择",
    "place-elsewhere": "这份申请由{region}办理，填写的地址不在{region}。请核对地址，或回到首页从所在地区重新申请",
    "material-missing": "请上传{label}：{reason}",
    "answers-invalid": "第 {step} 步填写的内容不完整或有误",
    "file-name": "{label}的文件缺少名称",
}

#: Values that no form asks for, by the keyword of JSON Schema they fail.
JSON_PROBLEMS: dict[str, str] = {
    "json-too-much": "{label}和它的结构要比较的组合太多，无法检查，请简化结构或内容",
    "json-gap": "{label}没有填写，后面的却填了；请补上，或把后面的往前移",
    "json-type": "{label}的类型应为 {limit}",
    "json-enum": "{label}只能是以下之一：{limit}",
    "json-const": "{label}只能是 {limit}",
    "json-minimum": "{label}不能小于 {limit}",
    "json-maximum": "{label}不能大于 {limit}",
    "json-exclusiveMinimum": "{label}必须大于 {limit}",
    "json-exclusiveMaximum": "{label}必须小于 {limit}",
    "json-multipleOf": "{label}必须是 {limit} 的整数倍",
    "json-minLength": "{label}太短，至少 {limit} 个字",
    "json-maxLength": "{label}太长，最多 {limit} 个字",
    "json-pattern": "{label}不符合规定的写法 {limit}",
    "json-format": "{label}不是有效的 {limit}",
    "json-contentEncoding": "{label}的编码方式不对",
    "json-contentMediaType": "{label}的内容格式不对",
    "json-contentSchema": "{label}里的内容不符合要求",
    "json-minItems": "{label}至少需要 {limit} 项",
    "json-maxItems": "{label}最多 {limit} 项",
    "json-uniqueItems": "{label}有重复的项，请删除重复",
    "json-contains": "{label}缺少必须包含的项",
    "json-minContains": "{label}里符合要求的项太少",
    "json-maxContains": "{label}里符合要求的项太多",
    "json-items": "{label}中有不符合要求的项",
    "json-prefixItems": "{label}中有不符合要求的项",
    "json-additionalItems": "{label}中有多余的项，请删除",
    "json-unevaluatedItems": "{label}中有多余的项，请删除",
    "json-required": "{label}缺少“{field}”，请填写",
    "json-dependentRequired": "按已填的内容，{label}还缺少“{field}”，请填写",
    "json-dependentSchemas": "按已填的内容，{label}还不符合要求",
    "json-dependencies": "按已填的内容，{label}还缺少“{field}”，请填写",
    "json-minProperties": "{label}至少需要 {limit} 个成员",
    "json-maxProperties": "{label}最多 {limit} 个成员",
    "json-propertyNames": "{label}中有不允许的名称",
    "json-properties": "{label}中有不符合要求的成员",
    "json-patternProperties": "{label}中有不符合要求的成员",
    "json-additionalProperties": "不允许有{label}，请删除",
    "json-unevaluatedProperties": "{label}中有多余的成员，请删除",
    "json-allOf": "{label}没有符合全部要求",
    "json-anyOf": "{label}不符合任何一种允许的写法",
    "json-oneOf": "{label}不符合任何一种允许的写法",
    "json-oneOf-several": "{label}同时符合几种写法，只能符合其中一种",
    "json-not": "{label}恰好是不允许的写法",
    "json-if": "{label}不符合条件",
    "json-then": "条件成立时，{label}还不符合要求",
    "json-else": "条件不成立时，{label}还不符合要求",
    "json-falseSchema": "{label}不能填写，请删除",
    "json-$ref": "{label}的结构引用了找不到的定义",
}
PROBLEMS |= JSON_PROBLEMS

#: What a value inside another is called.
WHOLE_VALUE = "内容"
NAMED_MEMBER = "“{name}”"
NUMBERED_ITEM = "第 {number} 项"
INSIDE = "{outer}的{inner}"
_LONGEST_NAME = 40


def value_words(path: Sequence[str | int]) -> str:
    """What a value at a path is called, by its last two steps."""
    words = ""
    for step in path[-2:]:
        numbered = isinstance(step, int)
        inner = NUMBERED_ITEM.format(number=int(step) + 1) if numbered else NAMED_MEMBER.format(name=str(step)[:_LONGEST_NAME])
        words = INSIDE.format(outer=words, inner=inner) if words else inner
    return words or WHOLE_VALUE


def problem_text(problem: Problem) -> str:
    """The text of a problem; an authored assertion brings its own."""
    if problem.code.startswith("assertion:"):
        return str(problem.params.get("message", ""))
    params = {"label": problem.pointer, "limit": "", **problem.params}
    return PROBLEMS.get(problem.code, PROBLEMS["schema-not"]).format_map(params)

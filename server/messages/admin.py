"""Words of the administrators' pages that Python chooses: kinds, operators, refusals, notes."""

from __future__ import annotations

from collections.abc import Sequence

from server.findings import Refused
from server.messages.layers import LAYER_NOTES, LAYER_REFUSALS

#: Group of documents to its title, in the order of the service page.
DOCUMENT_GROUPS: dict[str, str] = {
    "form": "申请表",
    "tasks": "工作人员表单",
    "materials": "材料清单",
    "codelists": "代码表",
    "texts": "授权承诺与办事说明",
    "items": "事项",
    "processes": "办理流程",
    "tables": "决策表",
    "parameters": "标准与参数",
    "agencies": "办理单位",
    "connectors": "外部系统",
    "notices": "通知与公示",
    "service": "服务信息、日历与权限",
    "examples": "示例与走查",
    "others": "其他文件",
    "library": "全国通用代码表与区划",
}

#: Kind of document to the group it is listed in and its words, for documents without a title of their own.
DOCUMENT_KINDS: dict[str, tuple[str, str]] = {
    "data_schema": ("form", "字段定义"),
    "layout": ("form", "页面布局"),
    "logic": ("form", "填写规则"),
    "task_data_schema": ("tasks", "字段定义"),
    "task_layout": ("tasks", "页面布局"),
    "task_logic": ("tasks", "填写规则"),
    "materials": ("materials", "材料清单"),
    "codelist": ("codelists", "代码表"),
    "consent": ("texts", "授权或承诺书"),
    "guide": ("texts", "办事说明"),
    "sheet": ("texts", "打印的申请表"),
    "items": ("items", "事项与办理结果"),
    "process": ("processes", "办理流程"),
    "table": ("tables", "决策表"),
    "parameters": ("parameters", "标准与参数"),
    "agencies": ("agencies", "办理单位"),
    "connector": ("connectors", "外部系统"),
    "notice": ("notices", "通知或公示"),
    "bundle": ("service", "服务基本信息"),
    "calendar": ("service", "工作日历"),
    "locks": ("service", "上下级权限"),
    "example": ("examples", "示例申请"),
    "walk": ("examples", "流程走查"),
    "other": ("others", "其他文件"),
    "library": ("library", "全国通用代码表"),
    "regions": ("library", "行政区划"),
}

#: Kind of document that can be made here to its words.
NEW_DOCUMENTS: dict[str, str] = {
    "codelist": "代码表",
    "task_form": "工作人员表单",
    "process": "办理流程",
    "table": "决策表",
    "notice": "通知或公示",
    "consent": "授权或承诺书",
    "guide": "办事说明",
}

#: Kind of field to what an administrator calls it, in the order offered.
FIELD_KINDS: dict[str, str] = {
    "text": "单行文字",
    "long_text": "多行文字",
    "choice": "单选",
    "choices": "多选",
    "search_choice": "单选（选项很多，可查找）",
    "yes_no": "是或否",
    "integer": "整数",
    "decimal": "小数",
    "money": "金额（元）",
    "income": "收入（按月或按年）",
    "date": "日期",
    "resident_id": "身份证号",
    "disability_certificate": "残疾证号",
    "phone": "电话号码",
    "bank_account": "银行账号",
    "address": "地址",
    "attachment": "附件",
    "photo": "照片",
    "rows": "可添加多项的分组",
    "consent": "授权或承诺",
    "items": "申请事项",
}

CONTAINERS: dict[str, str] = {"page": "页面", "group": "分组", "rows": "每一项"}
HOLDER_TOP = "（最上层）"
UNTITLED = "（未命名）"
LEVELS: dict[str, str] = {
    "province": "省级",
    "city": "市级",
    "county": "县级",
    "township": "乡镇（街道）",
    "village": "村（社区）",
}

#: Kind of process node to its words.
NODE_KINDS: dict[str, str] = {
    "start": "开始",
    "end": "结束",
    "task": "人工办理",
    "call": "请求外部系统",
    "decide": "对照决策表",
    "choice": "按条件分流",
    "fork": "同时进行",
    "join": "汇合",
    "wait": "等待",
    "notice": "公示",
    "subprocess": "子流程",
    "each": "逐项办理",
    "notify": "告知",
}

#: Kind of way between two nodes to its words; `{title}` is its own title.
EDGES: dict[str, str] = {
    "next": "之后",
    "outcome": "结果为“{title}”时",
    "branch": "符合“{title}”时",
    "otherwise": "都不符合时",
    "objection": "有异议时",
    "timeout": "逾期时",
    "error": "出错时",
    "message": "收到消息时",
}

#: Operator of a condition row to its words.
OPERATORS: dict[str, str] = {
    "is": "为",
    "equals": "等于",
    "differs": "不等于",
    "one_of": "是其中之一",
    "contains": "包含",
    "lacks": "不包含",
    "answered": "已填写",
    "at_least": "不小于",
    "more_than": "大于",
    "at_most": "不大于",
    "below": "小于",
}
#: Marks between several values typed in one input.
VALUE_MARKS = ",，、"
_JOINTS = {"all": "，并且", "any": "，或者"}
#: Truth values to choose from.
TRUTHS: dict[str, str] = {"true": "是", "false": "否"}
#: When a field has to be filled in.
REQUIREMENTS: dict[str, str] = {"never": "选填", "always": "必填", "text": "按规则必填"}
#: Kind of name that rules may use to its title in lists.
VARIABLE_GROUPS: dict[str, str] = {"row": "同一项中的字段", "field": "表单字段", "fact": "推算值", "parameter": "标准与参数"}
_COMMA = "、"

#: Why an edit, a save or a publication is refused.
REFUSALS: dict[str, str] = {
    "unknown-item": "这项服务没有这个事项，可能刚刚改过，请刷新页面后再试",
    "until-form": "截止日要写成 2026-03-31 这样的日期",
    "until-passed": "截止日已经过去，请选今天或以后的日期；要立即停止，请选“暂停受理”",
    "stale-working": (
        "另一位管理员刚刚改了同一处，刚才没有保存。您输入的内容都在下面；请对照最新内容核对，再点一次保存，就以这里的内容为准"
    ),
    "field-gone": "这个字段已经被另一位管理员删除，没有保存",
    "label-missing": "请填写字段名称",
    "options-missing": "请至少写一个选项，或选择一个代码表",
    "option-form": "第 {line} 行应为“代码 名称”，中间空一格",
    "option-twice": "选项代码 {code} 重复，每个代码只能用一次",
    "field-id-form": "字段标识只能用小写字母、数字和下划线，以字母开头，不超过 40 个字符，例如 pension_number",
    "field-id-reserved": "这个标识是规则语言的保留字，请换一个",
    "field-taken": "已经有叫 {field} 的字段或推算值，请换一个标识",
    "holder-unknown": "没有 {holder} 这一组数据，请重新选择字段归属",
    "container-unfit": "字段不能放在这里：一组多项中的字段只能放在同一组里，其他字段不能放进去",
    "kind-unfit": "这里不能添加这种字段",
    "row-unfit": "条件第 {line} 行没有填完整，或者值与字段类型不符",
    "edge-unknown": "这条连线已经改变，请重新选择插入的位置",
    "node-id-form": "步骤标识只能用小写字母、数字和下划线，以字母开头，不超过 40 个字符，例如 second_review",
    "node-taken": "流程中已经有叫 {node} 的步骤，请换一个标识",
    "title-missing": "请填写步骤名称和办理结果",
    "limit-form": "办理时限请填写工作日天数，例如 5；没有时限就空着",
    "agency-unknown": "请选择办理单位和层级",
    "kind-needed": "请选择种类",
    "title-needed": "请填写名称",
    "document-id-form": "标识只能用小写字母、数字和下划线，以字母开头，不超过 40 个字符",
    "document-taken": "已经有标识为 {name} 的文件，请换一个标识",
    "nothing-changed": "没有等待发布的修改",
    "note-missing": "请写一句说明，让同事知道这样做的理由",
    "findings-block": "检查发现 {count} 处错误，改正后才能提交和发布。错误列在下面",
    "shown-otherwise": "打开这一页以后，工作副本又有修改，还没有提交。请核对下面的最新内容，再点一次提交",
    "working-outdated": "您开始修改以后，已经有别的版本生效。请先把修改带到新版本上，核对冲突，再提交核准",
    "foreign-document": "{path} 由多项服务共用，不能在这里修改",
    "unknown-service": "没有找到这项服务，或者它属于其他地区",
    **LAYER_REFUSALS,
}
_REFUSED = "现在不能进行这个操作，请刷新页面后再试"

NOTES: dict[str, str] = {
    "stale": "另一位管理员刚刚改了同一处，刚才没有删除。请核对后再试。",
    "saved": "已保存到工作副本，发布后申请人才会看到。",
    "imported": "已导入工作副本，发布后申请人才会看到。",
    "unchanged": "没有变化，不用保存。",
    "added": "字段已添加到工作副本。",
    "removed": "字段已从工作副本删除。",
    "moved": "位置已调整。",
    "inserted": "步骤已插入工作副本。",
    "discarded": "未发布的修改已放弃，工作副本与现行版本一致。",
    "published": "已发布，现在起新的申请使用这个版本；已经提交的申请仍按原来的版本办理。",
    "republished": "内容与现行版本完全一样，没有产生新版本。",
    "copied": "已复制到本服务，现在起修改的是本服务自己的代码表。",
    "document-removed": "文件已从工作副本删除。",
    "page-stale": "页面打开得太久，刚才没有保存。您输入的内容都在下面，请再点一次保存。",
    "refreshed": "下面是按您输入的内容做的预览，还没有保存。",
    **LAYER_NOTES,
}
POSITION = "第 {line} 行第 {column} 列：{words}"
STEP_DONE = "办理完成"
PREVIEW_NEXT = "检查这一页"
PREVIEW_STALE = "现在的内容有错误，预览显示的是上次保存的样子。"
PREVIEW_PARTIAL = "有的规则写错了，预览没有按这些规则显示。"
PREVIEW_BROKEN = "文档有错误，暂时不能预览。改正后再看。"
PREVIEW_HIDDEN = "按预览中现在的填写，这个字段不显示：满足条件时才出现。"
PREVIEW_GOOD = "这一页没有需要修改的地方。"

_ASPECTS = {
    "label": "名称",
    "hint": "提示",
    "required": "必填",
    "rules": "规则",
    "relevant": "显示条件",
    "options": "选项",
}


def refusal_text(refused: Refused) -> str:
    """What a refused administrator is told."""
    try:
        return REFUSALS.get(refused.reason, _REFUSED).format_map(refused.params)
    except KeyError:
        return _REFUSED


def condition_words(joint: str, parts: Sequence[tuple[str, str, str]]) -> str:
    """A condition in words; each part is the field's label, the operator and the value."""
    rows = [f"“{label}”{OPERATORS[operator]}{'' if operator == 'answered' else value}" for label, operator, value in parts]
    return f"当{_JOINTS[joint].join(rows)}时"


def value_words(values: Sequence[str], kind: str) -> str:
    """The values of a condition row in words."""
    if kind == "bool":
        return _COMMA.join(TRUTHS.get(value, value) for value in values)
    return _COMMA.join(value if kind == "int" else f"“{value}”" for value in values)


def edge_words(kind: str, title: str) -> str:
    """When a way between two steps is taken."""
    return EDGES[kind].format(title=title or UNTITLED)


def aspect_words(aspects: Sequence[str]) -> str:
    """Which parts of a field changed."""
    return _COMMA.join(_ASPECTS[aspect] for aspect in aspects)


#: A place for fields with its own label.
CONTAINER_LABEL = "{kind}：{label}"

"""What checks find in documents, for administrators: where it is, what is wrong, what to do."""

from __future__ import annotations

from collections.abc import Mapping

from server.findings import Finding, Param
from server.messages.exchange import EXCHANGE_FINDINGS
from server.messages.form_findings import FORM_FINDINGS
from server.messages.overlays import OVERLAY_FINDINGS, OVERLAY_PLACE
from server.messages.process_findings import PROCESS_FINDINGS
from server.messages.sheet_findings import SHEET_FINDINGS

#: Document by the end of its path, `*` standing for its name.
_DOCUMENTS: tuple[tuple[str, str], ...] = (
    ("/bundle.json", "服务基本信息"),
    ("/form/data.schema.json", "申请表的数据结构"),
    ("/form/ui.json", "申请表的页面布局"),
    ("/form/logic.json", "申请表的规则"),
    ("/tasks/*/data.schema.json", "办理表单“{name}”的数据结构"),
    ("/tasks/*/ui.json", "办理表单“{name}”的页面布局"),
    ("/tasks/*/logic.json", "办理表单“{name}”的规则"),
    ("/materials.json", "材料清单"),
    ("/codelists/*.json", "代码表“{name}”"),
    ("/consents/*.md", "授权（承诺）文本“{name}”"),
    ("/content/guides/*.md", "办事指南“{name}”"),
    ("/sheet.json", "打印的申请表"),
    ("/locks.json", "下级权限"),
    ("/examples/*.json", "示例“{name}”"),
    ("/items.json", "事项清单"),
    ("/*.process.json", "流程“{name}”"),
    ("/tables/*.table.json", "决策表“{name}”"),
    ("/parameters.json", "参数表"),
    ("/agencies.json", "部门清单"),
    ("/connectors/*.json", "对接系统“{name}”"),
    ("/notices/*.json", "通知文书“{name}”"),
    ("/calendar.json", "工作日历"),
    ("/regions/*.json", "区划表“{name}”"),
)

FINDINGS: dict[str, str] = {
    # Reading
    "no-service": "这里没有任何服务的配置文档。请检查路径，应指向含 form_schemas 和 process_defs 的文件夹。",
    "document-too-large": "文件超过 {limit} 字节，没有读取。请拆分或删减内容。",
    "document-too-deep": "内容嵌套超过 {limit} 层，没有读取。请减少嵌套。",
    "document-not-exact": "含有无法精确保存的数字或字符（{detail}）。请改用范围内的整数和正常文字。",
    "not-utf-8": "不是 UTF-8 编码，或含有残缺字符。请用 UTF-8 重新保存。",
    "not-json": "不是合法的 JSON：{detail}。请检查这一行附近的引号、逗号和括号。",
    "duplicate-key": "同一对象里出现了两次“{key}”。请合并或删除其中一个。",
    "malformed-document": "内容不符合这类文档的格式：{detail}。请对照 form_schemas/meta 中的说明改正。",
    "missing-document": "缺少这份文档。请补上，或从上级配置复制后修改。",
    "unknown-document": "不认识这份文档，服务不会用到它。请检查文件名和所在文件夹，不需要的请删除。",
    "unknown-region-list": "没有区划“{region}”的区划表。请在 library/regions 中添加，或改正区划代码。",
    "unknown-member": "没有“{member}”这个成员。{hint}请改正拼写或删除。",
    "missing-member": "缺少必须有的成员“{member}”。请补上。",
    "unknown-value": "“{value}”不是允许的值。请改为其中之一：{allowed}。",
    "wrong-type": "这里应是{expected}，现在是{found}。请改正类型。",
    # Data schemas
    "schema-invalid": "不是合法的 JSON Schema（2020-12）：{detail}。请改正这个关键字的写法。",
    "bad-property-name": "字段名“{detail}”不能用于规则。请只用小写字母、数字和下划线，以字母开头，避开保留字。",
    "unknown-reference": "引用“{detail}”没有指向这份文档里的任何定义。请改正引用或补上定义。",
    # Forms
    "broken-scope": "控件指向“{scope}”，那里不是字段。请写成 #/properties/… 指向数据结构中的字段。",
    "unknown-field": "引用了字段 {field}，但没有这个字段。{hint}请改正名称，或先在表单中添加。",
    "unknown-row-field": "引用了行内字段 {field}，这一组里没有它。{hint}请改正名称。",
    "field-twice": "字段 {field} 出现了两次。请保留一处，删除另一处。",
    "field-type": "字段 {field} 应是{expected}，现在是{found}。请改用合适的字段，或修改它的数据结构。",
    "unknown-kind": "没有“{kind}”这种字段类型。请改为受支持的类型，或删去 x-element。",
    "kind-schema": "字段 {field} 的类型是“{kind}”，数据结构应为 {expected}。请修改数据结构或换一种字段类型。",
    "nothing-to-choose": "字段 {field} 是选择题，但没有任何选项。请添加 oneOf 选项，或指定代码表 x-codelist。",
    "unknown-row-label": "“{group}”的行标题取自字段 {field}，行内没有这个字段。请改正 row_label_field。",
    "rows-in-rows": "“{field}”是行里面的行，不支持再嵌套。请改为单独的一组，用编号或姓名对应。",
    "unknown-consent": "没有授权（承诺）文本“{text}”。{hint}请改正名称，或在 consents 中添加。",
    "unknown-codelist": "没有代码表“{codelist}”。{hint}请改正名称，或在 codelists 中添加。",
    "required-not-in-layout": "必填字段 {field} 不在任何页面上，谁也填不了它。请在布局中添加控件，或取消必填。",
    "field-not-in-layout": "字段 {field} 不在任何页面上。请在布局中添加控件，或从数据结构中删除。",
    "element-twice": "布局元素编号“{id}”重复。请改为不同的编号。",
    "page-id-taken": "页面编号“{id}”已有固定用途。请换一个编号。",
    "no-pages": "布局里没有任何页面。请至少添加一页。",
    "empty-page": "页面“{page}”上什么也没有。请添加字段或删除这一页。",
    "rule-cycle": "字段 {field} 的规则绕一圈又依赖自己：{circle}。请去掉其中一条依赖。",
    # Rules and facts
    "rule-syntax": "规则第 {line} 行第 {column} 列写法有误：{detail}。请对照 CEL 语法改正。",
    "rule-operands": "规则第 {line} 行第 {column} 列把不同类型放在一起运算：{detail}。请改用同一类型的字段或值。",
    "rule-type": "规则的结果应是{expected}，现在是{found}。请修改规则。",
    "rule-too-large": "规则有 {length} 个字符，超过 {limit} 个。请拆成几个派生事实。",
    "bare-figure": "规则里直接写了数字 {figure}，看不出含义，各地也无法调整。请改为参数 parameters.…，在参数表中写明数值和依据。",
    "unknown-operator": "派生事实 {fact} 的运算“{operator}”不存在，或写了不止一个。请只写一个受支持的运算。",
    "fact-hides-field": "派生事实 {fact} 与已有的字段同名。请换一个名称。",
    "fact-cycle": "派生事实 {fact} 绕一圈又依赖自己。请去掉其中一条依赖。",
    "operand-count": "派生事实 {fact} 的运算需要 {expected} 个运算对象，现在有 {found} 个。请补齐或删去多余的。",
    "operand-type": "派生事实 {fact} 的运算对象 {field} 类型不合适，需要{expected}。请换一个字段。",
    # Bundle, items, materials
    "bundle-id-form": "服务编号“{id}”不能作为网址。请用“省份/服务”两级文件夹，只用小写字母、数字和下划线，以字母开头。",
    "name-taken": "名称“{name}”在规则中另有所指。请换一个名称。",
    "bundle-id": "编号写的是“{id}”，与所在文件夹“{expected}”不一致。请改成一致。",
    "unknown-format": "格式版本 {format} 不受支持。请改为 {expected}。",
    "unknown-region": "区划表里没有代码“{region}”。请改正代码，或在区划表中添加。",
    "region-outside": "区划“{region}”不在本服务的区划“{upper}”之内。请改为其中的区划。",
    "no-items": "没有任何事项。请至少添加一个事项。",
    "unknown-item": "没有事项“{item}”。{hint}请改正名称，或在事项清单中添加。",
    "intake-starts-nothing": "受理流程“{process}”没有按事项分办的节点，提交的申请不会开始办理。请添加不写 process 的 each 节点。",
    "unknown-process": "没有流程“{process}”。{hint}请改正名称，或添加流程文档。",
    "promised-beyond-legal": "承诺时限 {promised} 个工作日，比法定时限 {legal} 个工作日还长。请缩短承诺时限。",
    "unknown-outcome": "结果“{code}”不在事项“{item}”的结果清单里。{hint}请改正代码，或在事项中添加这种结果。",
    "outcome-never-reached": "结果“{code}”在流程“{process}”中没有任何一步会给出。请添加相应的结束节点，或删除这种结果。",
    "material-without-item": "材料“{material}”的事项清单是空的，永远不会要求。请填写事项，或删去 items 表示所有事项。",
    "waived-without-reason": "材料“{material}”会免交，但没有写免交的说明。请填写 waived_reason。",
    "row-twice": "第 {row} 行已经是材料“{other}”。请改为清单中另外的行号。",
    "unknown-code": "没有代码“{code}”。{hint}请改为代码表中的代码，或先在代码表中添加。",
    "code-twice": "代码“{code}”列了两次。请删除一处。",
    "code-below-itself": "代码“{code}”的上级绕一圈又是自己。请改正上级代码。",
    "empty-codelist": "代码表是空的。请至少添加一个代码。",
    # Agencies, parameters, calendar, regions, locks
    "unknown-agency": "没有部门“{agency}”。{hint}请改正名称，或在部门清单中添加。",
    "agency-without-level": "部门“{agency}”在“{level}”这一级没有机构，任务会无人办理。请改为有机构的层级，或在部门清单中补上。",
    "agency-without-office": "部门“{agency}”在哪一级都没有机构。请至少填写一级。",
    "instead-incomplete": "改派条件 instead_when 和改派层级 instead_level 要同时写。请补上缺少的一个，或都删去。",
    "parameter-without-value": "参数“{parameter}”在区划“{region}”没有数值。请添加适用于该区划的数值。",
    "parameter-value-twice": "区划“{region}”从 {day} 起有两个数值。请删除一个。",
    "not-a-day": "“{text}”不是日期。请按 2026-11-24 的格式填写真实存在的日期。",
    "day-outside-calendar": "{day} 不在日历声明的年份里。请改正日期，或在 years 中添加这一年。",
    "holiday-and-workday": "{day} 既是假日又是调休工作日。请删除一处。",
    "bad-region-code": "区划代码“{region}”应为 6、9 或 12 位数字。请改正。",
    "unknown-lock-document": "没有文档“{document}”，这条权限管不到任何东西。{hint}请改正文件名。",
    "not-a-pointer": "“{text}”不是 JSON Pointer。请以 / 开头书写。",
    "lock-without-target": "文档“{document}”里没有“{pointer}”，这条权限管不到任何东西。请改正指针或删除这一条。",
    # Processes
    "no-start": "没有开始节点。请添加一个 start 节点。",
    "second-start": "“{node}”是第二个开始节点，已有“{first}”。请只保留一个。",
    "bad-node-id": "节点编号“{node}”不能用于规则。请只用小写字母、数字和下划线，以字母开头，避开保留字。",
    "node-hides-field": "节点“{node}”与表单的一部分同名，规则里会分不清。请给节点换一个编号。",
    "unknown-node": "要去的节点“{node}”不存在。{hint}请改正名称，或添加这个节点。",
    "unreached-node": "节点“{node}”从开始永远走不到。请从某个节点连到它，或删除它。",
    "dead-end": "从节点“{node}”出发永远到不了结束节点，案件会停在这里。请给它接上通往结束的路。",
    "end-code": "结束节点“{node}”要在 code 和 code_from 中写一个，且只写一个。请改正。",
    "not-in-intake": "受理流程只能分办、判断和告知，节点“{node}”要由部门、系统或时间推动。请把它放到事项的流程里。",
    "case-in-case": "节点“{node}”要为每一项另立办件，只有受理流程可以这样做。请指定 process，或把它移到受理流程。",
    "no-branches": "节点“{node}”没有任何分支。请添加分支或删除节点。",
    "task-without-title": "任务“{node}”没有名称，工作人员只能看到编号。请写上 title。",
    "no-outcomes": "任务“{node}”没有任何结果可选，办不下去。请添加结果。",
    "outcomes-all-conditional": "任务“{node}”的每个结果都有条件，可能一个也不能选。请至少让一个结果没有条件。",
    "choice-not-total": "选择节点“{node}”在所有条件都不成立时无路可走。请填写 otherwise。",
    "branch-always": "选择节点“{node}”的分支“{branch}”没有条件，排在后面的路永远走不到。请写上条件，或用 otherwise 代替。",
    "join-not-fitting": "“{node}”不是汇合节点。请把 join 指向 join 节点。",
    "join-shared": "汇合节点“{node}”已经属于并行节点“{fork}”。请给这个并行节点另设汇合节点。",
    "join-without-fork": "汇合节点“{node}”不属于任何并行节点。请在并行节点的 join 中写上它，或删除它。",
    "join-from-outside": "这里从并行分支以外进入汇合节点“{node}”（属于“{fork}”）。请改为分支以外的节点。",
    "branch-outside": "并行节点“{fork}”的分支从“{node}”开始，这个节点不经过“{fork}”也能走到。请让分支从自己的节点开始。",
    "boundary-never": "节点“{node}”不会出错，这个出错处理永远用不上。请删除。",
    "boundary-without-after": "超时处理没有写多久算超时。请填写 after。",
    "after-without-timeout": "只有超时处理才有时长。请删去 after，或改为超时处理。",
    "malformed-duration": "时长要在 workdays、days、hours 中写一个正整数，且只写一个。请改正。",
    "message-must-interrupt": "全流程消息“{message}”会结束所有进行中的步骤，不能设为不打断。请删去 interrupting。",
    "wait-without-event": "等待节点“{node}”既不等消息也不会超时，永远等下去。请填写消息或超时。",
    "supplement-without-question": "节点“{node}”不是任务，不能提出补正内容。请改为提出补正的任务节点。",
    "unknown-task-form": "没有办理表单“{form}”。{hint}请改正名称，或在 tasks 中添加。",
    "prefill-without-form": "任务“{node}”没有办理表单，预填无处可填。请指定表单或删去预填。",
    "unknown-answer": "办理表单里没有字段 {field}。{hint}请改正名称。",
    "unknown-connector": "没有对接系统“{connector}”。{hint}请改正名称，或在 connectors 中添加。",
    "unknown-operation": "对接系统没有操作“{operation}”。{hint}请改正名称。",
    "unknown-request-member": "这个操作的请求里没有“{member}”。{hint}请改正名称。",
    "missing-request-member": "请求缺少必须的“{member}”。请写上取值规则。",
    "unknown-table": "没有决策表“{table}”。{hint}请改正名称，或在 tables 中添加。",
    "unknown-notice": "没有通知文书“{notice}”。{hint}请改正名称，或在 notices 中添加。",
    "notice-channel": "通知文书“{notice}”的发布方式“{channel}”不能用在这里。公示请用 public，告知请用 message 或 letter。",
    "process-recursion": "流程“{process}”会反过来运行本流程，没有尽头。请改用别的流程。",
    # Tables
    "unknown-table-input": "没有输入列“{input}”。请改正名称，或添加这一列。",
    "unknown-table-output": "没有输出列“{output}”。请改正名称，或添加这一列。",
    "missing-output": "这一行没有给出“{output}”。请补上。",
    "cell-type": "“{input}”列的条件写法不对，该列是{expected}。请改用相应的写法（is、codes 或上下限）。",
    "output-type": "“{output}”列应是{expected}。请改正取值。",
    "duplicate-row": "行编号“{row}”重复。请改为不同的编号。",
    "table-gap": "有的情形没有任何一行覆盖，例如 {example}。请补上一行，或放宽已有的行。",
    "table-overlap": "“{row}”和“{other}”两行都适用于同一情形，例如 {example}。请收紧其中一行的条件。",
    "idle-row": "“{row}”这一行永远用不上：条件互相矛盾，或前面的行已全部覆盖。请修改条件或删除。",
    "table-not-decided": "表太大（超过 {limit} 种组合），没有检查是否完整。请拆成几张表，或减少分界值。",
    # Personal data
    "private-in-public": "公示内容会显示敏感字段 {field}（{why}）。请删去，或改用遮盖后的内容。",
    "private-in-message": "通知内容会显示敏感字段 {field}（{why}）。请删去，请申请人登录后查看。",
    "field-beyond-scope": "会把字段 {field} 发给对方系统，但该操作的 data_scope 没有它。请在 data_scope 中声明，或不要发送。",
    # Examples
    "example-refused": "示例应当通过，却在“{label}”发现问题（{problem}）。请修改示例，或把问题写进 problems。",
    "example-accepted": "示例应当发现问题（{problem}），却没有发现。请修改示例，或从 problems 中删去。",
    "example-material-due": "示例按规则要交材料“{material}”，但 materials_due 没有它。请补上，或检查材料的规则。",
    "example-material-not-due": "materials_due 写了材料“{material}”，按规则却不用交。请删去，或检查材料的规则。",
    "unused-document": "没有任何地方用到“{name}”。不需要的话可以删除。",
    **FORM_FINDINGS,
    **OVERLAY_FINDINGS,
    **EXCHANGE_FINDINGS,
    **PROCESS_FINDINGS,
    **SHEET_FINDINGS,
}

_UNKNOWN = "发现问题（{code}）。请检查这里的内容。"
_HINT = "是不是“{suggestion}”？"

#: Names of types as checks use them, in words.
_TYPES: dict[str, str] = {
    "string": "文字",
    "integer": "整数",
    "int": "整数",
    "boolean": "是或否",
    "bool": "是或否",
    "number": "数字",
    "object": "对象",
    "array": "列表",
    "list": "列表",
    "list(string)": "文字列表",
    "list(int)": "整数列表",
    "list(row)": "多行",
    "rows": "多行",
    "texts": "多行中的一列文字",
    "incomes": "多行中的一列收入",
    "income": "收入",
    "amount": "数字",
    "text": "文字",
    "literal": "固定文字",
    "null": "空",
}

#: What the JSON reader says, in Chinese; whatever else it may say is shown as it is.
_JSON: dict[str, str] = {
    "Expecting value": "这里缺少一个值",
    "Expecting property name enclosed in double quotes": "这里应是用双引号括起来的名称",
    "Expecting ':' delimiter": "名称和值之间缺少冒号",
    "Expecting ',' delimiter": "两项之间缺少逗号，或缺少右括号",
    "Illegal trailing comma before end of object": "最后一项后面多了逗号",
    "Illegal trailing comma before end of array": "最后一项后面多了逗号",
    "Extra data": "结尾之后还有多余的内容",
    "Unterminated string starting at": "引号没有成对",
    "Invalid control character at": "引号里有换行等不能直接写的字符",
    "Invalid \\escape": "反斜杠后面的字符不对",
    "Invalid \\uXXXX escape": "\\u 后面应是四位十六进制数",
    "no constant": "NaN 和 Infinity 不是数字",
    "no exact number": "有的数字太大，不能精确保存",
}


class _Params(dict[str, Param]):
    """Parameters of which any may be missing."""

    def __missing__(self, key: str) -> str:
        return "？"


def finding_text(finding: Finding) -> str:
    """Where a finding is, what is wrong and what to do, in one line."""
    place = f"{_document(finding.path)} {finding.pointer}".strip()
    words = finding_words(finding)
    return f"{place}：{words}" if place else words


def finding_words(finding: Finding) -> str:
    """What is wrong and what to do, for a page that shows the place itself."""
    template = FINDINGS.get(finding.code, _UNKNOWN)
    return template.format_map(_Params({"code": finding.code, **_worded(finding.params)}))


def _worded(params: Mapping[str, Param]) -> dict[str, Param]:
    words = {"expected": _TYPES, "found": _TYPES, "detail": _JSON}
    worded = {name: words[name].get(str(value), value) if name in words else value for name, value in params.items()}
    suggestion = params.get("suggestion")
    return {**worded, "hint": _HINT.format(suggestion=suggestion) if suggestion else ""}


def _document(path: str) -> str:
    _, overlay, rest = path.partition("/overlays/")
    if overlay:
        region, _, inner = rest.partition("/")
        return OVERLAY_PLACE.format(region=region) + _document(f"/{inner}")
    for pattern, title in _DOCUMENTS:
        head, mark, tail = pattern.partition("*")
        if not mark and path.endswith(pattern):
            return title
        inner = path.rpartition(head)[2].removesuffix(tail)
        if mark and head in path and path.endswith(tail) and inner and "/" not in inner:
            return title.format(name=inner)
    return path

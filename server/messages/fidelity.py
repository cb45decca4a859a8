"""What became of the constructs of another format, in Chinese and English."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Literal

from server.findings import Param
from server.messages import bpmn_notes

Language = Literal["zh", "en"]

OUTCOMES: dict[str, tuple[str, str]] = {
    "carried": ("保留", "carried over"),
    "approximated": ("近似", "approximated"),
    "dropped": ("未保留", "not carried over"),
}

#: Code to the text in Chinese and in English.
NOTES: dict[str, tuple[str, str]] = bpmn_notes.NOTES | {
    "": ("含义不变。", "means the same"),
    "not-understood": ("不认识这个写法，没有保留。请手工补上需要的内容。", "not understood; add by hand what is needed"),
    "gone-with-outer": ("外层没有保留，这里也没有保留。", "gone with what it stands in"),
    # JSON Schema → draft-07
    "without-effect": ("在原格式里没有作用，已去掉。", "had no effect in the source format"),
    "anchor-as-pointer": ("锚点改成了指针引用。", "references to the anchor became pointers"),
    "dynamic-as-static": ("动态引用改成了静态引用。", "the dynamic reference became a static one"),
    "unknown-to-draft-07": ("draft-07 没有这个关键字。", "draft-07 has no such keyword"),
    "unevaluated": ("draft-07 无法看到相邻模式检查过哪些成员。", "draft-07 cannot look into the schemas beside it"),
    "counted-contains": ("draft-07 只能要求至少一个。", "draft-07 only knows at least one"),
    "annotation": ("本系统的注解已去掉，模式的含义不变。", "our annotation; the schema means the same without it"),
    "annotation-codes": (
        "代码表的名称已去掉，取值不再受限制。",
        "the code list's name is gone, and with it the limit to its codes",
    ),
    "codes-flat": (
        "写入全部 {count} 个代码，没有写上级和有效期。",
        "all {count} codes, without their parents and periods of validity",
    ),
    "codes-all-offered": ("写入全部 {count} 个代码，包括不供选择的。", "all {count} codes, those not offered to people included"),
    "rule-in-server-only": ("这条规则由服务器判断，格式里没有写。", "the server decides this rule; the format cannot say it"),
    # JSON Schema → form
    "reference-elsewhere": ("引用指向文件之外，没有读取。", "the reference leads out of the file, which is not followed"),
    "circular": ("引用绕了一圈，没有尽头，这里不再展开。", "the reference leads back to itself and is not followed again"),
    "never-allowed": ("永远不允许有值，没有作为字段。", "no value is ever allowed, so there is no field"),
    "too-many-fields": ("字段超过 {limit} 个，其余没有导入。", "more than {limit} fields; the others are left out"),
    "too-deep": ("嵌套超过 {limit} 层，没有导入。", "nested more than {limit} levels deep"),
    "renamed": ("名称改成了 {name}，以便在规则中使用。", "renamed to {name}, which rules can use"),
    "said-nearer": ("更近的地方另有说明，以那里为准。", "something nearer says otherwise"),
    "any-as-text": ("没有说明类型，作为多行文字填写。", "of no type in particular; filled in as text"),
    "object-as-text": ("成员没有说明，作为多行文字填写。", "an object without described members; filled in as text"),
    "map-as-rows": ("改成了多行的“名称、内容”。", "became rows of names and values"),
    "open-object": ("对其他成员的规定没有保留。", "what is said about other members is gone"),
    "list-as-rows": ("改成了只有一列的多行。", "became rows with one column"),
    "list-as-text": ("没有说明列表的内容，作为多行文字填写。", "a list of anything; filled in as text"),
    "nested-list-as-text": ("行里面的列表改成了多行文字。", "a list inside rows; filled in as text"),
    "optional-group": ("整组可以不填，组内的必填改成了选填。", "the group may be left out, so nothing in it is required"),
    "null-as-unanswered": ("空值就是不填。", "null is no answer"),
    "null-only": ("只能为空，没有意义。", "only null is allowed"),
    "one-type-of-several": ("几种类型中只取了 {chosen}。", "of several types, {chosen} was taken"),
    "one-alternative-of-several": ("几种可能中只取了第 {number} 种。", "of several alternatives, number {number} was taken"),
    "alternative-left-out": ("这种可能没有导入。", "this alternative is left out"),
    "variants": ("改成了先选类型，再填相应的一组。", "became a choice, with a group of fields for each alternative"),
    "either-required": ("“至少填一项”没有保留，请写成校验规则。", "what is required together is gone; write it as a check"),
    "option-without-hint": ("选项的说明没有保留。", "options have no hints"),
    "enum-as-text": ("选项的值改成了文字。", "the values became texts"),
    "too-many-options": ("选项超过 {limit} 个，其余没有导入。", "more than {limit} options; the others are left out"),
    "number-scaled": ("小数保存为整数（末位为小数第 {places} 位）。", "kept as an integer of its decimal place number {places}"),
    "limit-rounded": ("界限取到了最近的可用值。", "the limit was rounded to a value the field can have"),
    "limit-beyond-numbers": ("界限超出能精确保存的数字。", "the limit is no number the field can have"),
    "unknown-format": ("不检查这种格式。", "this format is not checked"),
    "pattern-unusable": ("正则表达式无法使用。", "the regular expression cannot be used"),
    "default-suggested": ("默认值改成了可以修改的建议。", "the default became a suggestion that people may change"),
    "default-not-fitting": ("默认值不符合字段，没有保留。", "the default does not fit the field"),
    "required-without-field": ("要求的字段没有导入，要求也没有保留。", "the field that is required is not there"),
    "condition-not-expressible": ("条件无法写成规则，请手工补上。", "no rule can say this condition; add one by hand"),
    "condition-needs-answer": ("没有回答时条件不成立。", "the condition does not hold while the field is unanswered"),
    "asked-on-condition": ("只在条件成立时显示。", "asked only where the condition holds"),
    "checked-on-condition": ("改成了带条件的校验规则。", "became a check with a condition"),
    "part-not-taken": ("所在的部分没有进入表单。", "stands in a part that is not in the form"),
    "definition-unused": ("没有任何地方用到这个定义。", "nothing uses this definition"),
    "annotation-only": ("只是注释，表单不需要。", "an annotation that forms have no use for"),
    "not-checked": ("表单不检查这一条。", "forms do not check this"),
    "refused-by-checks": ("检查没有通过，已去掉：{detail}", "refused by the checks and taken out: {detail}"),
    "field-already-there": ("表单已有同名字段，没有导入。", "the form has a field of this name already; left out"),
    "no-fields": ("没有任何可以填写的字段。", "there is nothing to fill in"),
    # JSON Forms
    "without-control": ("布局里没有这个字段，没有导入。", "no control shows this field; it is left out"),
    "below-each-other": ("并排改成了上下排列。", "side by side became below each other"),
    "unknown-element": ("不认识这种元素，没有导入。", "an element of a kind that is not known"),
    "unknown-layout": (
        "不认识这种布局，里面的内容依次排列。",
        "a layout of a kind that is not known; what is in it is put in order",
    ),
    "field-twice": ("字段已经在别处，没有再次导入。", "the field is shown elsewhere already"),
    "scope-without-field": ("指向的地方没有导入的字段。", "there is no field where it points"),
    "label-always": ("字段总有标题。", "fields always have a label"),
    "look-only": ("只影响外观，没有保留。", "only about looks"),
    "shown-instead-of-enabled": ("启用（停用）改成了显示（隐藏）。", "enabling became showing"),
    # Tables of fields
    "no-header": (
        "这张表没有表头（至少要有字段或标题，以及另一列），没有导入。",
        "the sheet has no header that is known",
    ),
    "above-header": ("表头上方的内容没有导入。", "above the header; left out"),
    "unknown-column": ("不认识这一列，没有导入。", "a column that is not known"),
    "row-without-title": ("这一行没有标题，没有导入。", "the row has no title"),
    "rows-without-fields": ("列表里没有任何字段，没有导入。", "the list has no fields"),
    "unknown-field-type": ("不认识这种类型，改成了{kind}。", "a type that is not known; it became {kind}"),
    "choice-without-options": ("没有选项，改成了文本。", "there are no options; it became text"),
    "options-without-choice": ("这种类型没有选项。", "fields of this type have no options"),
    "limit-without-text": ("长度只用于文本。", "only texts have a length"),
    "cell-not-used": ("这种类型用不到这一格。", "fields of this type have no use for it"),
    "required-unclear": ("没有看懂是否必填，改成了选填。", "not clear whether it is required; it became optional"),
    "kind-without-word": (
        "表里没有这种类型（{kind}），写成了文本。",
        "there is no word for this type ({kind}); it became text",
    ),
    "no-column": ("表里没有这一列，没有写。", "the table has no column for it"),
    # XLSForm
    "other-language": ("只导入了一种语言。", "only one language is taken"),
    "device-only": ("由填报设备提供，网上表单没有。", "comes from a device; a form on the web does not have it"),
    "type-without-field": ("没有这种字段，没有导入。", "there is no such field"),
    "answered-as-text": ("没有这种字段，改成了文本。", "there is no such field; it became text"),
    "rows-in-rows": ("重复组里面的重复组，没有导入。", "a repeat inside a repeat; left out"),
    "unbalanced": ("开始和结束不成对。", "begin and end do not match"),
    "no-list": ("没有找到选项表。", "the list of choices is not there"),
    "expression": ("表达式无法写成规则：{detail}", "no rule can say this expression: {detail}"),
    "rank-as-choices": ("排序改成了多选。", "ranking became a choice of several"),
    "other-added": ("加上了“其他”选项，没有另外的填写框。", "an option was added, without a box to write in"),
    "settings-only": ("网上表单用不到这项设置。", "a setting that forms on the web have no use for"),
    "values-in-text": ("文字里的变量按原样显示。", "the variables in the text are shown as they are"),
    "list-unused": ("没有任何题目用到这个选项表。", "no question uses this list"),
    # DMN
    "own-attribute": (
        "写成了本系统的扩展属性，其他软件会忽略。",
        "written as an attribute of ours, which other software ignores",
    ),
    "kept-as-cel": ("表达式按 CEL 原样保留，并注明了语言。", "the expression stays CEL and says so"),
    "feel-kept-as-text": ("FEEL 表达式按原文保留，请改写为 CEL。", "the FEEL expression is kept as it is; write it in CEL"),
    "no-decision-table": ("不是决策表，没有导入。", "not a decision table"),
    "requirement-not-kept": (
        "决策之间的依赖没有保留，请在流程中安排先后。",
        "what the decision needs is not kept; order the steps in a process",
    ),
    "no-aggregation": ("没有汇总运算。", "there is no aggregation"),
    "hit-policy-close": ("改成了相近的命中策略 {policy}。", "the hit policy became {policy}, which is close"),
    "hit-policy": ("没有相应的命中策略，这张表没有导入。", "no such hit policy; the table is left out"),
    "no-default-output": ("没有默认输出，请补上一行。", "there is no default output; add a row"),
    "type-as-text": ("类型改成了文字。", "the type became text"),
    "whole-numbers-only": ("数字只能是整数。", "numbers are whole"),
    "row-not-expressible": (
        "这一行有无法表达的单元格（{cell}），没有导入。",
        "a cell cannot be said in our tables ({cell}); the row is left out",
    ),
    "row-split": ("一行拆成了 {count} 行。", "the row became {count} rows"),
    "annotation-column": ("没有这种注释列。", "there is no such column of notes"),
    # Reading files
    "too-large": ("文件太大，没有读取。", "the file is too large"),
    "not-utf-8": ("不是 UTF-8 编码，没有读取。", "the file is not UTF-8"),
    "document-type": ("含有文档类型声明，为了安全没有读取。", "the file has a document type, which is not read"),
    "not-xml": ("不是 XML，没有读取。", "the file is no XML"),
    "not-dmn": ("不是 DMN，没有读取。", "the file is no DMN"),
}


def note_text(code: str, params: Mapping[str, Param], language: Language) -> str:
    """What a note says."""
    texts = NOTES.get(code)
    if texts is None:
        return code
    try:
        return texts[0 if language == "zh" else 1].format_map(params)
    except (KeyError, IndexError, ValueError):
        return code


def outcome_text(outcome: str, language: Language) -> str:
    """What became of a construct, in a word."""
    return OUTCOMES[outcome][0 if language == "zh" else 1]

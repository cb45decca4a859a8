"""What became of the constructs of another format, in Chinese and English."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Literal

from server.findings import Param

Language = Literal["zh", "en"]

OUTCOMES: dict[str, tuple[str, str]] = {
    "carried": ("保留", "carried over"),
    "approximated": ("近似", "approximated"),
    "dropped": ("未保留", "not carried over"),
}

#: Code to the text in Chinese and in English.
NOTES: dict[str, tuple[str, str]] = {
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

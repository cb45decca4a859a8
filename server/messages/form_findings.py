"""What checks find in forms, rules, lists and settings that could be compiled and still make no sense."""

from __future__ import annotations

FORM_FINDINGS: dict[str, str] = {
    # Data schemas
    "unknown-keyword": "“{keyword}”不是 JSON Schema 的关键字，也不是本系统的注解，不起作用。{hint}请改正拼写或删除。",
    "keyword-of-other-type": "“{keyword}”只对{expected}有意义，这里的类型是{found}，不起作用。请删除，或改正类型。",
    "unknown-text-format": "没有“{format}”这种文字格式，不起作用。{hint}请改为 date、email 等标准格式，或删除。",
    "pattern-backtracks": "正则表达式用了反向引用或前后查找，遇到特殊的内容会很久算不完。请改用普通写法。",
    "pattern-too-long": "正则表达式有 {length} 个字符，超过 {limit} 个。请改用代码表或拆分字段。",
    "bounds-crossed": "下限 {low} 高于上限 {high}，任何值都不合格。请改正上下限。",
    "nothing-fits": "“{keyword}”不允许任何内容，谁也填不了。请改正或删除。",
    "value-of-other-type": "值应是{expected}，现在是{found}，永远对不上。请改正值或类型。",
    "unknown-property": "必填清单里的“{name}”没有定义。{hint}请改正名称，或先添加这个字段。",
    "reference-circle": "引用“{target}”绕一圈又回到自己，没有尽头。请去掉其中一处引用。",
    # Labels
    "text-blank": "这里的文字是空的，看的人不知道是什么。请写上文字。",
    "same-text": "“{text}”与旁边的“{other}”文字相同，无法分辨。请改为不同的文字。",
    "field-without-label": "字段 {field} 没有标题，读屏软件和申请人都不知道要填什么。请写上 title。",
    "hint-repeats-label": "字段 {field} 的提示与标题相同，没有帮助。请改写或删去提示。",
    "option-without-title": "字段 {field} 的选项没有标题。请给每个选项写上 title。",
    "group-without-label": "分组“{group}”没有标题。请写上 label。",
    "label-twice": "字段 {field} 与旁边的 {other} 标题都是“{label}”，无法分辨。请改为不同的标题。",
}

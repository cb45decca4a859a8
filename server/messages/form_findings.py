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
    # Head, settings and figures
    "bad-number-prefix": "办件编号的字母“{prefix}”应为 1 至 12 个大写字母或数字。请改正。",
    "not-a-place": "字段 {field} 不是地区，不能用来确定受理地。请改为地址字段的 region。",
    "not-of-a-person": "字段 {field} 不能说明申请人是谁。请改为填写证件号码或姓名的字段。",
    "not-items": "字段 {field} 不是事项选择。请改为类型是 items 的字段。",
    "head-field-not-always-asked": "字段 {field} 有时不显示，这样的申请无法受理。请去掉它的显示条件。",
    "head-field-of-rows": "字段 {field} 在多行的一组里，不能代表整份申请。请改为组外的字段。",
    "figure-too-small": "数字 {figure} 太小，没有意义。请改为不小于 {least} 的数字。",
    "extended-below-legal": "延长后的时限 {extended} 个工作日，比法定时限 {legal} 个工作日还短。请改正其中一个。",
    "listed-twice": "“{entry}”列了两次。请删除一处。",
    "year-without-holidays": "{year} 年没有任何假日，期限会算错。请补上这一年的假日，或从 years 中删去这一年。",
    "calendar-without-year": "日历缺少 {year} 年，这一年的期限会算错。请补上这一年的假日和调休。",
    "parameter-too-late": "数值从 {day} 起才有效，而日历只到 {year} 年，之前没有数值可用。请改正日期，或补上更早的数值。",
    "open-brace": "文字里的花括号没有成对，取值会原样显示出来。请补上或删去“{brace}”。",
    "empty-group": "分组“{group}”里什么也没有。请添加字段或删除这一组。",
    "path-without-slash": "路径“{path}”应以 / 开头。请改正。",
    # Conditions
    "never-relevant": "字段 {field} 的显示条件永远不会成立，谁也看不到它。请改正条件，或删除这个字段。",
    "condition-never": "这个条件永远不会成立，写了也不起作用。请改正或删除。",
    "assertion-never": "这项核对永远通不过，申请会一直被拦住。请改正条件。",
    "material-never-due": "材料“{material}”的条件永远不会成立，谁也不用交。请改正条件，或删除这项材料。",
    "material-always-waived": "材料“{material}”对所有人都免交，谁也不用交。请改正免交条件，或删除这项材料。",
    "branch-never": "分支“{branch}”的条件永远不会成立，或前面的分支已全部包含。请改正条件，或删除这个分支。",
    "outcome-never-offered": "结果“{outcome}”的条件永远不会成立，谁也选不了它。请改正条件，或删除这个结果。",
    "label-twice": "字段 {field} 与旁边的 {other} 标题都是“{label}”，无法分辨。请改为不同的标题。",
}

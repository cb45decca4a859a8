"""Words of tables that list the fields of a form, as people write them."""

from __future__ import annotations

#: Column to the headers it may have; the first one is what we write.
HEADERS: dict[str, tuple[str, ...]] = {
    "section": ("章节", "页面", "部分", "栏目", "模块", "section", "page"),
    "group": ("分组", "小节", "组", "group"),
    "name": ("字段", "字段名", "英文名", "标识", "字段编码", "变量名", "name", "field", "field name", "key", "id", "code"),
    "label": (
        "标题",
        "名称",
        "字段名称",
        "项目",
        "填写项",
        "中文名",
        "题目",
        "问题",
        "标签",
        "label",
        "title",
        "question",
        "caption",
    ),
    "kind": ("类型", "字段类型", "数据类型", "控件", "题型", "type", "data type", "kind"),
    "required": ("必填", "是否必填", "必须", "必录", "required", "mandatory"),
    "options": ("选项", "可选值", "候选项", "取值", "取值范围", "枚举值", "options", "choices", "values", "enum"),
    "hint": ("提示", "填写说明", "说明", "帮助", "备注", "hint", "help", "description", "note", "remark"),
    "length": ("长度", "最大长度", "字数", "length", "max length", "maxlength", "size"),
    "least": ("最小值", "minimum", "min"),
    "most": ("最大值", "maximum", "max"),
    "unit": ("单位", "unit"),
    "pattern": ("格式", "正则", "pattern", "regex"),
    "source": ("依据", "来源", "source"),
    "relevant": ("显示条件", "relevant", "show if"),
    "needed": ("必填条件", "required if"),
    "computed": ("计算", "computed", "calculation"),
    "suggested": ("建议值", "suggested"),
}

#: Kind of field to the words for it; the first one is what we write.
KINDS: dict[str, tuple[str, ...]] = {
    "text": ("文本", "文字", "单行文本", "字符串", "字符", "填空", "输入框", "text", "string", "varchar", "char", "input"),
    "long_text": ("多行文本", "长文本", "文本域", "大文本", "多行文字", "textarea", "long text", "memo", "multiline"),
    "integer": ("整数", "数字", "数值", "integer", "int", "number"),
    "decimal": ("小数", "decimal", "float", "double"),
    "money": ("金额", "金额（元）", "元", "money", "currency", "amount"),
    "date": ("日期", "年月日", "出生日期", "date"),
    "choice": (
        "单选",
        "下拉",
        "选择",
        "下拉框",
        "单选框",
        "下拉选择",
        "字典",
        "select",
        "radio",
        "choice",
        "dropdown",
        "select_one",
    ),
    "search_choice": ("搜索选择", "search choice"),
    "choices": ("多选", "复选", "复选框", "多选框", "checkbox", "checkboxes", "multiple", "multi select", "select_multiple"),
    "yes_no": ("是否", "是/否", "布尔", "判断", "开关", "boolean", "bool", "yes/no", "yes no", "switch"),
    "resident_id": ("身份证", "身份证号", "公民身份号码", "身份证号码", "resident id", "id card"),
    "phone": ("电话", "手机", "手机号", "手机号码", "联系电话", "phone", "mobile", "tel"),
    "bank_account": ("银行账号", "银行卡", "银行卡号", "bank account"),
    "address": ("地址", "住址", "区划地址", "address"),
    "attachment": ("附件", "文件", "上传", "材料", "file", "attachment", "upload"),
    "photo": ("照片", "图片", "photo", "image", "picture"),
    "rows": ("列表", "明细", "表格", "子表", "重复组", "table", "list", "rows", "repeat"),
    "note": ("说明文字", "提示文字", "文字说明", "static", "label text"),
}

YES = ("是", "必填", "必须", "必录", "√", "✓", "✔", "●", "y", "yes", "true", "1", "*", "required", "m")
NO = ("", "否", "选填", "可选", "非必填", "×", "○", "n", "no", "false", "0", "optional", "o")

#: Between options, the strongest first: where one of them occurs, the others are part of the text.
SEPARATORS = ("\n", "；", ";", "|", "、", "，", ",", "/")
#: Between a code and its title.
CODE_MARKS = ("=", "＝")

#: In the column of groups: none, unlike an empty cell, which goes on with the group above.
NO_GROUP = "-"

SHEET = "字段表"

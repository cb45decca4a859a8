"""Texts of the page on which administrators bring in a bundle or a form."""

from __future__ import annotations

#: Format to its words, in the order of the choice; an empty one is guessed.
FORMATS: dict[str, str] = {
    "": "自动判断",
    "bundle": "配置包（zip）",
    "json-schema": "JSON Schema",
    "json-forms": "JSON Forms（数据结构和布局两个文件）",
    "xlsx": "Excel 字段表",
    "xlsform": "XLSForm",
    "bpmn": "BPMN 2.0 流程图",
}

SIGNERS: dict[str, str] = {
    "own": "由本系统签名",
    "trusted": "由受信任的系统签名",
    "unknown": "由未知的系统签名，请确认来源",
    "unsigned": "没有签名，请确认来源",
}

FAULTS: dict[str, str] = {
    "no-file": "请选择文件",
    "too-large": "文件合计超过 {limit} 字节，请用命令行导入",
    "other-service": "配置包是服务“{found}”的，不能导入这里",
    "no-layer": "配置包里没有适用于这个区划的配置",
    "nothing-new": "与工作副本相同，没有需要导入的内容",
    "nothing-to-fill-in": "文件里没有可以导入的内容，或者与工作副本相同",
    "shown-otherwise": "工作副本刚刚有改动，请重新核对后再导入",
    "damaged": "文件内容丢失，请重新选择文件",
}

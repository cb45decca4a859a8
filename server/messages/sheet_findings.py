"""What checks find in the printed form of a service."""

from __future__ import annotations

SHEET_FINDINGS: dict[str, str] = {
    "sheet-block-twice": "栏目编号“{id}”重复。请改为不同的编号。",
    "sheet-unknown-field": "没有字段 {field}，这一格印不出内容。{hint}请改正名称，或先在表单中添加。",
    "sheet-field-of-other-group": "字段 {field} 不属于这一栏的分组“{group}”，印不出内容。请移到它自己的一栏。",
    "sheet-field-missing": "字段 {field}（{label}）在打印的申请表上没有位置，填写的内容只能印在附页。请添加一格。",
    "sheet-cell-does-not-fit": "这一格要占 {needed} 列，这一行只剩 {free} 列。请减少列数，或调整前面的格子。",
    "sheet-line-not-filled": "这一格之后还空着 {free} 列，表格缺一角。请把格子加宽，或再添加一格。",
    "sheet-empty-cell": "这一格没有要印的内容：标题格要写上 label，填写格要写明 field 和占几列。请补上。",
    "sheet-table-width": "表格至少要有一列，每列的宽度至少是 1。请改正。",
    "sheet-text-or-consent": "text 和 consent 要写一个，而且只能写一个。请改正。",
    "sheet-unknown-consent": "没有授权（承诺）文本“{text}”。{hint}请改正名称，或在 consents 中添加。",
    "sheet-too-many-places": "打印的空位应为 0 至 {limit} 个，多出的会印在附页。请减少。",
    "sheet-unknown-result": "没有哪个事项会以“{result}”为结果。{hint}请改正代码。",
}

"""Texts about regional configuration: what overlays do wrong, and conflicts met when their base moves on."""

from __future__ import annotations

#: Why no region can change what identifies a bundle.
FIXED_BY_FORMAT = "编号、格式版本和适用区划决定这是哪一项服务，各地相同"

#: Stands for a value where there is none.
ABSENT = "（无）"

#: Stands for the rest of a long value.
ELLIPSIS = "…"

#: Ends a reason that is put in brackets without it.
FULL_STOP = "。"

#: Part of the place of a finding in an overlay.
OVERLAY_PLACE = "地方配置（{region}）："

OVERLAY_FINDINGS: dict[str, str] = {
    "overlay-unknown-document": "地方配置不能更改这份文档，或不认识它。请检查文件名和所在文件夹，应与上级的文档一致。",
    "overlay-not-a-patch": "地方配置应是一个 JSON 对象，只写要更改的部分；文本文档应是完整文本。请改正。",
    "overlay-target-missing": "上级没有这一项，无法删除或移动。请改正名称，或删去这一条。",
    "overlay-anchor-gone": "“{member}”要排在“{anchor}”之后，但列表里没有“{anchor}”。请改为现有的一项，或用 $first 排在最前。",
    "overlay-position": "“{member}”不能用在这里，或写法不对。请只在有顺序的列表中写 $after（某一项的编号）或 $first（true）。",
    "overlay-member": "“{member}”是列表的成员，应写 true（增加）或 null（删除）。请改正。",
    "overlay-entry": "“{member}”应是一个对象，编号与它的名称一致。请改正。",
    "overlay-list-expected": "这里是列表。请写成“成员: true 或 null”的对象，或写出完整列表。",
    "overlay-list-whole": "上级的这个列表不能按成员更改。请写出完整列表。",
    "overlay-beside-value": "$value 表示整体替换，旁边不能再写“{member}”。请删去其中一个。",
    "lock-none": "{upper}规定这里不能改（{reason}）。上级是 {before}，这里改成了 {after}。请删去这处更改。",
    "lock-add": "{upper}规定这里只能增加（{reason}）。上级是 {before}，这里改成了 {after}。请保留上级的全部内容。",
    "lock-tighten": "{upper}规定这里只能更严（{reason}）。上级是 {before}，这里改成了 {after}。请不要放宽。",
    "lock-relax": "{upper}规定这里只能更宽（{reason}）。上级是 {before}，这里改成了 {after}。请不要增加要求。",
    "lock-decrease": "{upper}规定这里只能减小（{reason}）。上级是 {before}，这里改成了 {after}。请改为更小的数。",
    "lock-loosened": "{upper}对“{place}”的权限是 {before}，这里改成了 {after}。下级只能收紧权限，请改回或改为 none。",
}

#: Kinds of conflicts met when an overlay is carried over to a newer base.
CONFLICTS: dict[str, str] = {
    "both-changed": "上级和本地都改了这里，改法不同。",
    "target-gone": "上级删去了本地更改过的内容。",
    "anchor-gone": "本地内容要排在某一项之后，上级删去了那一项。",
    "type-changed": "上级把这里改成了另一种类型的值，本地的更改接不上。",
    "newly-locked": "上级新设的权限不允许本地的这处更改。",
}

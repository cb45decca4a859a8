"""Words about the levels of administration in the designers: origins, locks, revisions, conflicts."""

from __future__ import annotations

import json

from server.messages.overlays import ABSENT, CONFLICTS, ELLIPSIS, FULL_STOP
from server.types import JsonValue

#: Level of the base to what its values are called.
BASE_ORIGIN: dict[str, str] = {"province": "全省", "city": "全市", "county": "全县"}
OWN_ORIGIN = "本级"

#: What a lock lets lower levels do.
HOLDS: dict[str, str] = {
    "none": "{upper}规定不能修改",
    "add": "{upper}规定只能增加，不能减少",
    "tighten": "{upper}规定只能更严，不能放宽",
    "relax": "{upper}规定只能放宽，不能加严",
    "decrease": "{upper}规定只能减小，不能加大",
    "any": "{upper}允许修改",
}
_WITH_REASON = "{words}：{reason}"

#: What can be done with a conflict, in the order offered.
CHOICES: dict[str, str] = {
    "take-theirs": "采用新版本的",
    "keep-ours": "保留本级的",
    "value": "改成别的",
}

_POSITION = "{words}的位置"
_FIRST = "（最前）"
_FOLLOWS = "“{entry}”之后"
_LONGEST = 200


def hold_words(allow: str, *, upper: str, reason: str) -> str:
    """What an upper level lets be done at a place, and why."""
    words = HOLDS.get(allow, HOLDS["none"]).format(upper=upper)
    return _WITH_REASON.format(words=words, reason=reason.rstrip(FULL_STOP)) if reason else words


def position_of(words: str) -> str:
    """Where something stands among its neighbours."""
    return _POSITION.format(words=words)


def value_words(value: JsonValue, *, position: bool = False) -> str:
    """A value of a document as people read it; long ones are cut off."""
    if position:
        return ABSENT if value is None else _FIRST if value == "$first" else _FOLLOWS.format(entry=value)
    if isinstance(value, dict) and value.keys() == {"$value"}:
        value = value["$value"]
    elif value is None:
        return ABSENT
    text = value if isinstance(value, str) else json.dumps(value, ensure_ascii=False, indent=1)
    return text if len(text) <= _LONGEST else text[:_LONGEST] + ELLIPSIS


def conflict_words(kind: str) -> str:
    """What a kind of conflict means."""
    return CONFLICTS[kind]


#: A service as it is in a region below its base.
LAYER_TITLE = "{title}（{place}）"

#: Page of a service to what leads there.
SERVICE_LINKS: dict[str, str] = {
    "regions": "各地区配置",
    "intake": "受理开关",
    "history": "发布记录",
    "import": "导入",
    "export.zip": "导出 zip",
}

#: Refusals and notes of these pages, beside those of `server.messages.admin`.
LAYER_REFUSALS: dict[str, str] = {
    "locked": "{upper}规定这里不能这样改（{reason}）。上级是 {before}，您改成了 {after}，没有保存。请改回，或与上级联系",
    "cannot-overlay": "{path} 里的这处修改不能只在本地生效，没有保存。请改回，或请上级统一修改",
    "unknown-region": "{region} 不在这项服务的区划表里。请核对区划代码",
    "base-elsewhere": "这项服务属于 {region}，不能改为别的地区。请把服务基本信息里的地区改回来",
    "already-proposed": "本地区已经有一版在等待核准。请先撤回那一版，或等核准后再提交",
    "already-decided": "这一版已经有了结论，刚才的操作没有生效。请刷新页面查看",
    "not-approver": "您的账号没有核准权限。请由本级或上级的核准人办理",
    "same-person": "这一版是您自己提交的，要由另一位核准人办理",
    "stale-revision": "提交核准以后，这里已经有别的版本生效，这一版不能直接发布。请退回，由提交人在新版本上重新提交",
    "unknown-revision": "没有找到这个版本，或者它属于其他地区",
    "conflicts-open": "还有 {count} 处冲突没有选择怎么处理。请逐处选择后再继续",
    "effective-form": "生效日期请按“年-月-日”填写，例如 2026-03-01；空着表示核准后立即生效",
    "effective-past": "生效日期要在今天以后；空着表示核准后立即生效",
    "reason-missing": "请写明理由",
    "choice-form": "第 {line} 处冲突填写的值不是有效的 JSON，没有保存",
}
LAYER_NOTES: dict[str, str] = {
    "proposed": "已提交核准。由另一位核准人核准后生效，在那以前可以撤回。",
    "withdrawn": "已撤回，没有发布。修改仍在工作副本里。",
    "rejected": "已退回。提交人可以看到理由，修改后重新提交。",
    "scheduled": "已核准，到生效日期自动发布。",
    "restored": "已恢复成上级的内容。",
    "not-restored": "没有恢复：上级有规定，或者同事刚刚改了同一处。请核对后再试。",
    "resolved": "冲突已解决，结果在工作副本里。请核对后提交核准，发布后本级就跟上了上级的新版本。",
    "rolled-back": "已恢复到所选的版本，现在起新的申请使用这个版本。",
}

#: A revision that is in force.
NOW = "现行"
#: Sides of a comparison that are no revision.
WORKING = "工作副本（未发布）"
UPPER = "上级的内容"
_REVISION = "{at}　{note}"
_LONGEST_NOTE = 24


def revision_words(at: str, note: str) -> str:
    """A revision in a list to choose from."""
    short = note if len(note) <= _LONGEST_NOTE else note[:_LONGEST_NOTE] + ELLIPSIS
    return _REVISION.format(at=at, note=short)


#: What a proposal touches, `{names}` in a row.
_IMPACT: dict[str, str] = {
    "regions": "也改了同一处的下级地区：{names}",
    "items": "能看到改动字段的事项：{names}",
    "rules": "用到改动内容的规则：{names}",
    "tables": "用到改动内容的决策表：{names}",
    "materials": "用到改动内容的材料：{names}",
    "connectors": "用到改动内容的外部系统：{names}",
    "notices": "用到改动内容的通知：{names}",
}
_MOST_NAMES = 12
_AND_MORE = "{names}等 {count} 项"
IMPACT_KINDS = tuple(_IMPACT)


def impact_words(kind: str, names: tuple[str, ...]) -> str:
    """One kind of things that a proposal touches, as a line."""
    told = "、".join(names[:_MOST_NAMES])
    return _IMPACT[kind].format(names=told if len(names) <= _MOST_NAMES else _AND_MORE.format(names=told, count=len(names)))

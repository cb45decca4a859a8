"""Why a case is stuck, for officials and administrators."""

from __future__ import annotations

INCIDENTS: dict[str, str] = {
    "no-value": "流程走到这里需要“{detail}”的值，但还没有。请补齐有关信息后重试，或请管理员检查这条规则。",
    "no-row": "决策表“{detail}”没有适用于本件的行。请管理员补充决策表。",
    "no-branch": "分支“{detail}”的条件都不成立，又没有其他出口。请管理员补充分支。",
    "endless-loop": "流程在“{detail}”处循环，没有进展。请管理员检查流程。",
    "stray-join": "流程不经分支就到了汇合处“{detail}”。请管理员检查流程。",
    "unknown-process": "找不到要执行的流程“{detail}”。请管理员检查流程。",
    "call-failed": "没能从对方系统取得结果（{detail}）。请与对方系统联系后重试。",
}


def incident_text(cause: str, detail: str) -> str:
    """The text of an incident with what is missing in it."""
    return INCIDENTS[cause].format(detail=detail)

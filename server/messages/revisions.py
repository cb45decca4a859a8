"""Words of what becomes of proposed and published versions of a region's configuration."""

from __future__ import annotations

#: What has become of a version.
REVISION_STATES: dict[str, str] = {
    "proposed": "待核准",
    "rejected": "已退回",
    "withdrawn": "已撤回",
    "scheduled": "已核准，待生效",
    "published": "已发布",
    "blocked": "到期未能生效",
}

#: Note of a version that followed the level above by itself; the second one where somebody said what was new there.
ADOPTED = "随{upper}的新版本自动更新"
ADOPTED_WITH = "随{upper}的新版本自动更新：{note}"

#: Answer of a version that was left behind by going back to an older one.
ROLLED_BACK = "已退回到较早的版本：{note}"

#: Answer of a scheduled version for which another one came into force, carried over to what had changed meanwhile.
CARRIED_OVER = "生效日之前现行版本有变化，已把内容自动带到新的现行版本上，另成一个版本生效"
BLOCKED_BY_CONFLICTS = "到期没有生效：现行版本已经变化，与这一版有 {count} 处冲突。请核对后重新提交核准"
BLOCKED_BY_FINDINGS = "到期没有生效：检查发现 {count} 处错误，第一处在 {path}。请改正后重新提交核准"

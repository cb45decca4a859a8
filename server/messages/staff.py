"""Words of the officials' pages that Python chooses: tabs, lights, states, refusals, notes."""

from __future__ import annotations

from server.findings import Refused

#: Between words of one line.
SPACE = "　"

#: Tab of the queue to its words.
TABS: dict[str, str] = {"open": "待办", "mine": "我的", "done": "已办"}

#: What an empty tab says.
EMPTY_TABS: dict[str, str] = {
    "open": "本单位现在没有待办任务。",
    "mine": "您还没有认领任务。在“待办”里认领后，会列在这里。",
    "done": "本单位还没有办结的任务。",
}

#: How near a limit is: words and tone of its tag.
LIGHTS: dict[str, tuple[str, str]] = {
    "none": ("无时限", "plain"),
    "green": ("时限内", "good"),
    "yellow": ("将到期", "warn"),
    "red": ("已超期", "bad"),
}

#: State of a task: words and tone of its tag.
TASK_STATES: dict[str, tuple[str, str]] = {
    "open": ("待认领", "info"),
    "claimed": ("同事办理中", "plain"),
    "mine": ("我在办理", "info"),
    "done": ("已办结", "good"),
    "dropped": ("不再需要", "plain"),
}

#: Refusal code to what the official is told.
REFUSALS: dict[str, str] = {
    "sign-in-wrong": "用户名或密码不正确，请核对后重新输入",
    "too-many-sign-ins": "输错次数太多，为了安全已暂停登录，请 {minutes} 分钟后再试",
    "held-by-other": "这项任务由{name}认领，正在办理",
    "not-held": "这项任务不在您名下，不用退回",
    "not-your-office": "这项任务属于其他单位",
    "stale-task": "这项任务刚刚有变动，刚才的操作没有生效",
    "unknown-task": "没有找到这项任务，或者它不属于您的单位",
    "unknown-outcome": "没有这种办理结果，请重新选择",
    "outcome-not-offered": "这种办理结果现在不适用，请重新选择",
    "already-ended": "这件事已经办结",
    "too-late": "公示已经结束，不能再登记异议",
    "not-expected": "现在不能登记异议",
    "busy": "现在办理的人较多，刚才没有成功，请再试一次",
    "nothing-said": "请写明异议的内容",
    "not-supervisor": "只有承办单位的上级单位可以把办件转到新版本，请联系上级单位",
    "same-release": "这件已经按现行版本办理，不用再转",
    "release-changed": "刚刚又发布了新版本，还没有转。请核对下面按最新版本检查的结果，再决定是否转",
    "nothing-stuck": "这一步已经恢复办理，不用再试",
}
_COLLEAGUE = "同事"
_REFUSED = "现在不能进行这个操作，请刷新页面后再试"

#: Notes above a page.
NOTES: dict[str, str] = {
    "claimed": "已认领，同事会看到由您办理。",
    "unclaimed": "已退回本单位，同事可以认领。",
    "objection-recorded": "异议已登记，按流程转去核实。",
    "retried": "已重新尝试。",
    "migrated": "已转到新版本，从这一步起按新的要求办理。",
    "signed-out": "您已安全退出。",
    "outcome-fields": "请补充“{outcome}”需要的内容，再提交。",
    "page-stale": "页面打开得太久，刚才没有提交。您填写的内容都在下面，请再点一次提交。",
    "session-ended": "登录已过期，刚才没有提交。请在新窗口重新登录，再回到这里点一次提交；您填写的内容都在下面。",
    "changed": "这项任务刚刚有变动，刚才没有提交。您填写的内容都在下面，核对后请再点一次提交。",
    "check-warnings": "请核对下面的提醒，确认无误再点一次提交。",
}

DONE_NOTE = "“{task}”已办理，结果：{outcome}。"
DONE_BY = "这项任务已由{name}办结，结果：{outcome}。"
DROPPED = "这项任务已经不再需要办理。"
CHOOSE_OUTCOME = "请选择办理结果"
SUBMIT_OUTCOME = "提交办理结果"
EMPTY_LOGIN = "请输入用户名和密码"


def refusal_text(refused: Refused) -> str:
    """What a refused official is told."""
    template = REFUSALS.get(refused.reason, _REFUSED)
    try:
        return template.format_map({"name": _COLLEAGUE, **refused.params})
    except KeyError:
        return _REFUSED

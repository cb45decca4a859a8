"""Words of a case's history, of what it waits for, and of walk entries that were not taken."""

from __future__ import annotations

OFFICE = "{office}（{place}）"
LIST_COMMA = "、"

#: Kind of happening to what the history says of it; `…_words` where the person added words of their own.
HAPPENINGS: dict[str, str] = {
    "submitted": "提交申请",
    "task_opened": "转{unit}办理",
    "call_requested": "已请{owner}提供结果，等待答复",
    "call_answered": "已收到答复",
    "call_failed": "没有取得答复",
    "supplement_asked": "请补充：{asked}。{note}",
    "supplement_given": "已按要求答复",
    "supplement_given_words": "已补充：{words}",
    "notice_published": "公示至{until}",
    "objection": "公示期内收到异议，转有关部门核实",
    "message": "收到新的消息",
    "timed_out": "已到规定的期限",
    "notified": "已告知申请人：{subject}",
    "withdrawn": "申请人撤回",
    "withdrawn_words": "申请人撤回：{words}",
    "incident": "办理暂停，工作人员会尽快处理",
    "retried": "工作人员已处理，继续办理",
    "migrated": "办理要求有更新，从这一步起按新的要求办理",
    "ended": "{result}。{reason}",
}

#: Why a task or a public notice ended without its usual outcome.
CAUSES: dict[str, str] = {
    "timeout": "已超过规定的期限，不再需要办理",
    "period": "公示期满",
    "objection": "因收到异议，公示停止",
    "message:withdraw": "申请人已撤回，不再需要办理",
    "cancelled": "不再需要办理",
}
_OTHER_CAUSE = "不再需要办理"

#: Why an entry of a walk was not taken.
UNTAKEN: dict[str, str] = {
    "malformed-entry": "这一步的写法不对：{detail}",
    "not-begun": "填写的内容有误，没有开始办理",
    "unknown-case": "没有“{case}”这个事项或办件",
    "unknown-node": "流程中没有“{node}”这个任务",
    "not-its-turn": "一直没有轮到这一步",
    "invalid-answers": "填写的内容有误，这一步没有办理",
    "bad-duration": "时长“{duration}”无法识别，请写成 P7D 或 PT12H 这样，最多十年",
    "stale-task": "任务已经结束",
    "unknown-outcome": "任务没有“{outcome}”这个结果",
    "outcome-not-offered": "现在不能选择“{outcome}”这个结果",
    "not-expected": "没有环节在等“{message}”这个消息",
    "nothing-asked": "现在没有要求补正",
    "too-late": "已经办到最后一步，不能撤回",
    "already-ended": "这件事已经办结",
    "reply-malformed": "答复的内容不符合接口约定",
}

#: What stands beside everything that is stored about a person.
STORED_ABOUT = """这里是本系统保存的、与您有关的全部内容。

account.json　您的账号
applications/<办件编号>/　每份申请一个文件夹：
　　application.json 是填写的内容、办理经过、结果和通知
　　PDF 是申请表、回执和结果告知书，files 里是上传的文件
drafts/　还没有提交的申请

文件里有身份证号等个人信息，请妥善保管。
"""


def happening_text(kind: str, **params: str) -> str:
    """What a line of the history says."""
    return HAPPENINGS[kind].format_map(params)


def cause_text(cause: str) -> str:
    """Why something ended without its usual outcome, in words."""
    return CAUSES.get(cause, _OTHER_CAUSE)


def untaken_text(reason: str, **params: str) -> str:
    """Why an entry of a walk was not taken, in words."""
    return UNTAKEN.get(reason, UNTAKEN["not-its-turn"]).format_map({"outcome": "", "message": "", **params})

"""Why a running case cannot move to another release: place, reason and remedy."""

from __future__ import annotations

from server.findings import Param

_STAY = "请让这件按原来的版本办完"

FAULTS: dict[str, str] = {
    "item-gone": f"新版本没有“{{item}}”这个事项，{_STAY}",
    "process-replaced": f"“{{item}}”在新版本中换了另一个流程，{_STAY}",
    "process-gone": f"“{{node}}”所在的流程在新版本中没有了，{_STAY}",
    "place-outside": "新版本只适用于{place}，办件不在那里，请改用办件所在地的版本",
    "supplement-open": "正在等申请人补正，请在补正完成后再迁移",
    "answer": "申请人填写的内容不符合新版本的要求：{problem}。请先要求补正，或按原来的版本办完",
    "material": "新版本需要的材料没有上传：{problem}。请先要求补正，或按原来的版本办完",
    "node-gone": "现在停在“{node}”，新版本没有这一步。请办完这一步再迁移",
    "node-kind": "现在停在“{node}”，新版本的这一步已改成别的环节。请办完这一步再迁移",
    "node-actor": "“{node}”在新版本中由其他单位办理，任务已经转给现在的单位。请办完这一步再迁移",
    "node-form": "“{node}”在新版本中使用另一张办理表单。请办完这一步再迁移",
    "node-call": "“{node}”正在等其他系统答复，新版本与那个系统的约定不同。请等答复后再迁移",
    "node-wait": "“{node}”在等的内容在新版本中不同。请等这一步结束后再迁移",
    "node-inner": "“{node}”里面的步骤在新版本中不同。请等这一步结束后再迁移",
    "node-branch": "“{node}”在新版本中不再是同时办理的分支里的一步。请办完这一步再迁移",
    "node-timer": "“{node}”正在计时，新版本的这一步没有期限。请办完这一步再迁移",
    "task-outcome": f"“{{task}}”已经办完，当时的结果在新版本中没有了，{_STAY}",
    "task-answer": f"“{{task}}”当时填写的内容不符合新版本的要求：{{problem}}。{_STAY}",
    "fact-missing": f"后面的“{{node}}”要用到“{{from}}”的结果，这件没有办过那一步，{_STAY}",
    "fact-unfit": f"“{{node}}”的结果在新版本中是另一种内容，{_STAY}",
}


def fault_text(code: str, params: dict[str, Param]) -> str:
    """One reason in words."""
    return FAULTS[code].format_map(params)

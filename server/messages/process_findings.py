"""What playing through processes finds, for administrators."""

from __future__ import annotations

PROCESS_FINDINGS: dict[str, str] = {
    # Every case comes to an end
    "never-completes": "案件走到“{node}”就再也到不了任何结束，例如：{path}。请给它接上通往结束的路，或加上超时。",
    "goes-in-circles": "案件会在“{node}”一带兜圈子，再也到不了任何结束，例如：{path}。请给这一圈接上出口。",
    "loop-without-wait": "案件会在“{node}”处原地打转：一圈里没有人办理也不等待，例如：{path}。请加上任务或等待，或改正去向。",
    "join-stray": "案件不经过并行分支就到了汇合节点“{node}”，会停在那里，例如：{path}。请改为分支以外的节点。",
    "node-never-entered": "有线连到节点“{node}”，但无论怎样办理，案件都走不到那里。请检查通往它的线，或删除它。",
    "end-never-reached": "有线连到结束节点“{node}”，但无论怎样办理，案件都不会这样结束。请检查通往它的线，或删除它。",
    "end-in-branch": "“{node}”只结束并行节点“{fork}”的一个分支，结果会丢失，例如：{path}。请改接到汇合节点，或分支以外的节点。",
    "result-by-last": "“{other}”没办完时“{node}”也在办，后结束的决定结果，例如：{path}。请改为会打断的处理，或放进并行分支。",
    # What rules look back at
    "value-not-there": "规则用到“{field}”，但有的案件走到“{node}”时还没有它，例如：{path}。请先判断它有没有，或改变办理顺序。",
    "value-never-there": "这里用到“{field}”，但案件走到“{node}”时从来没有它，永远是空的。请改用已有的内容，或删除这一项。",
    "values-not-decided": "流程太大，走到 {limit} 种情形就不再往下查，没有证明规则用到的内容总是有。请拆成几个流程。",
    # Choices
    "choice-not-decided": "选择节点“{node}”的条件太复杂，不能证明总有一个成立，没有通过检查。请填写 otherwise。",
    # Time
    "promise-too-short": "承诺 {limit} 个工作日，但每一步都按时也要 {days} 个工作日：{path}。请放宽承诺时限，或缩短各步的时限。",
    "legal-limit-too-short": "法定 {limit} 个工作日，但每一步都按时也要 {days} 个工作日：{path}。请缩短各步的时限。",
    "limit-with-returns": "每一步都按时、退回重办各算一次，要 {days} 个工作日，超过法定 {limit} 个工作日。请缩短各步的时限。",
    "step-without-limit": "任务“{node}”没有时限，不能证明承诺做得到。请填写 limit，或把 clock 设为 stopped。",
    "limit-not-decided": "流程的走法太多，比较到 {limit} 步就停下，没有证明承诺做得到。请拆成几个流程。",
    # Offices
    "county-without-offices": "有 {count} 个县没有列出乡镇（如 {regions}），任务“{node}”在那里无人办。请补充区划表，或改为县级。",
    "region-too-high": "区划“{region}”比“{level}”这一级高，找不到办理的机构。请改为这一级或以下的区划。",
    "process-not-decided": "流程太大，走到 {limit} 种情形就不再往下查，没有证明每个案件都能办结。请拆成几个流程。",
}

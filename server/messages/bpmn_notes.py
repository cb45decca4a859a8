"""What became of the constructs of a BPMN file, in Chinese and English."""

from __future__ import annotations

NOTES: dict[str, tuple[str, str]] = {
    # Our processes → BPMN
    "own-extension": (
        "BPMN 说不了的设置写成了本系统的扩展元素，其他软件会忽略。",
        "what BPMN cannot say is written as an extension of ours, which other software ignores",
    ),
    "on-as-start": (
        "“随时可以发生”画成了另一个开始事件；其他软件会另起一个流程。",
        "what may happen at any time is drawn as another start event; other software begins another process there",
    ),
    "workdays-as-days": (
        "工作日写成了天数，另有扩展元素说明。",
        "working days are written as days, with an extension that says so",
    ),
    "notice-as-timer": ("公示写成了定时事件。", "the public notice is written as a timer"),
    "each-as-loop": ("逐个办理写成了并行多实例。", "one for each is written as parallel instances"),
    "not-drawn": ("流程太大，没有画图。", "the process is too large to be drawn"),
    # BPMN → our processes
    "not-bpmn": ("不是 BPMN，没有读取。", "the file is no BPMN"),
    "too-many-elements": ("元素超过 {limit} 个，没有读取。", "more than {limit} elements; not read"),
    "process-empty": ("流程里没有任何步骤，没有导入。", "a process without any steps"),
    "no-counterpart": ("没有相应的内容，没有导入。", "nothing here corresponds to it"),
    "drawn-anew": ("图形的位置没有保留，流程图会重新排列。", "positions are not kept; the diagram is laid out anew"),
    "engine-settings": (
        "其他软件的设置没有导入，请按需要手工补上。",
        "settings of other software; add by hand what is needed",
    ),
    "pool-as-office": ("泳池改成了办理单位的建议，请核对。", "the pool became a suggestion for the office; check it"),
    "lane-as-office": ("泳道改成了办理单位的建议，请核对。", "the lane became a suggestion for the office; check it"),
    "arrow-without-end": ("连线有一端不存在，没有导入。", "one end of the arrow does not exist"),
    "id-twice": ("标识重复，只导入了第一个。", "its id is there already; only the first is taken"),
    "second-trigger": ("一个事件只能有一个触发条件。", "an event has only one trigger"),
    "settings-broken": ("本系统的设置已经损坏，没有保留。", "our settings were damaged and are not kept"),
    "settings-of-other-kind": (
        "步骤改成了另一种，原来的设置没有保留。",
        "the step became one of another kind; its settings are not kept",
    ),
    # Steps
    "task-of-no-kind": ("没有说明由谁办理，改成了人工任务。", "a task of no kind; it became somebody's task"),
    "manual-as-task": ("线下任务改成了要登记的人工任务。", "the manual task became one that is recorded"),
    "script-as-call": ("脚本没有导入，改成了调用外部系统。", "the script is gone; it became a request to another system"),
    "service-as-call": ("调用的接口需要在连接器里定义。", "the request needs a connector that describes it"),
    "sent-as-notice": ("发送的内容需要写成告知文书。", "what is sent needs a notice that says it"),
    "complex-as-choice": ("改成了按条件选择的分支。", "became a choice by conditions"),
    "inner-process": ("子流程改成了单独的流程。", "what is inside became a process of its own"),
    "loop-dropped": ("多人或循环办理没有保留，只办一次。", "done once, not several times or in a loop"),
    # Events
    "start-trigger": ("触发条件没有保留，办件提交时开始。", "the trigger is gone; it begins with the submission"),
    "end-trigger": ("结束时的动作（{trigger}）没有保留。", "what the end triggers ({trigger}) is gone"),
    "caught-as-message": ("改成了等待消息。", "became waiting for a message"),
    "any-error": ("任何错误都走这里，不分错误代码。", "taken for any error, not only {text}"),
    "thrown-unheard": ("抛出的事件没有接收者，没有导入。", "nobody would hear the event that is thrown"),
    "event-without-effect": ("没有作用的中间事件已去掉。", "an event that does nothing is left out"),
    "event-without-host": ("附着的步骤没有导入，事件也没有导入。", "what it stands beside is not there"),
    "event-at-this-kind": ("这种步骤不能附着事件。", "no event can stand beside a step of this kind"),
    "event-of-this-kind": ("没有这种附着事件（{trigger}）。", "no event of this kind ({trigger}) can stand beside a step"),
    "event-to-nowhere": ("事件之后没有步骤，没有导入。", "the event leads nowhere"),
    "second-timer": ("一个步骤只能有一个期限。", "a step has only one time limit"),
    "second-error": ("一个步骤只能有一个出错处理。", "a step handles errors in one way only"),
    "second-message": ("同名消息已有处理。", "a message of this name is handled already"),
    "timer-not-a-length": ("定时不是一段时长（{text}），没有导入。", "the timer is no length of time ({text})"),
    "timer-guessed": (
        "定时不是一段时长（{text}），先写成 1 天。",
        "the timer is no length of time ({text}); it became one day",
    ),
    "event-subprocess": (
        "由这种事件（{trigger}）触发的子流程没有导入。",
        "what such an event ({trigger}) starts inside a process is left out",
    ),
    "event-subprocess-as-on": ("改成了随时可以收到的消息。", "became a message that may come at any time"),
    "events-as-wait": ("改成了等待，其他事件附着在旁边。", "became a wait, with the other events beside it"),
    "event-of-wait": ("成为等待的一部分。", "became a part of the wait"),
    "no-events": ("后面没有可以等待的消息，没有导入。", "no message to wait for follows"),
    "link-to-nowhere": ("没有找到同名的链接，没有导入。", "there is no link of this name to go on from"),
    # Ways
    "gateway-as-outcomes": ("任务后的判断改成了任务的结论按钮。", "the gateway behind the task became its outcomes"),
    "condition-as-outcome": ("条件改成了由办理人选择：{text}", "the condition became a choice of whoever does the task: {text}"),
    "condition-kept-as-text": ("条件按原文保留，请改写为 CEL。", "the condition is kept as it is; write it in CEL"),
    "condition-missing": ("分支没有条件，请补上。", "the branch has no condition; add one"),
    "way-as-otherwise": ("没有条件的分支作为“其他情况”。", "the branch without a condition is taken otherwise"),
    "gateway-in-two": ("既汇合又分开的网关拆成了两个。", "the gateway that both waits and splits became two"),
    "ways-as-choice": ("几条带条件的连线改成了判断。", "arrows with conditions became a choice"),
    "ways-as-fork": ("几条连线改成了并行。", "several arrows became branches side by side"),
    "fork-without-join": ("各分支没有共同的汇合，请补上。", "nothing gathers the branches; add a join"),
    "end-added": ("没有后续，补了一个结束。", "it leads nowhere; an end was added"),
    "second-start": ("流程只能有一个开始，这个没有导入。", "a process begins at one place; this one is left out"),
    "start-added": ("没有开始，补在这一步之前。", "nothing says where it begins; a start was added in front of this step"),
    "no-start": ("没有开始，请补上。", "nothing says where it begins; add a start"),
    # A service around a process
    "process-added": ("成为新的流程 {name}。", "became the process {name}"),
    "process-replaced": ("与原来的流程 {name} 合并。", "changes the process {name}"),
    "office-suggested": ("新增办理单位“{title}”，请核对层级。", "the office {title} was added; check its levels"),
}

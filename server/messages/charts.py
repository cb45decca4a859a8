"""Words of flow charts."""

from __future__ import annotations

#: What no line of a title begins with.
CLOSING = "，。、；：？！）》”’,.;:?!)"

#: What is said of a step besides its title.
STANDING: dict[str, str] = {"current": "正在办理", "visited": "已经过", "stuck": "办理停住"}
#: In front of the titles of steps at which a case stands.
HERE = "当前：{titles}。"
SEPARATOR = "、"
DESCRIPTION = "流程图，从左到右共 {steps} 个步骤。"
#: A length of time by its unit.
DURATIONS: dict[str, str] = {"workdays": "{count} 个工作日", "days": "{count} 天", "hours": "{count} 小时"}
#: Events without a title of their own.
EVENTS: dict[str, str] = {"error": "出错", "objection": "收到异议", "timeout": "到期"}

"""How a case got somewhere, in words: the steps of an example path."""

from __future__ import annotations

from collections.abc import Iterable

#: What made a case go on from a step, for whatever is not the outcome of a task.
HAPPENINGS: dict[str, str] = {
    "timeout": "超时",
    "period": "期满",
    "failed": "对方系统没有结果",
    "objection": "有异议",
    "retried": "重试",
    "otherwise": "其他情况",
}

#: How long a step takes.
DAYS = "{days} 个工作日"

_HOW = "{title}（{how}）"
_ARROW = " → "
_MESSAGE = "收到 {name}"
_BEGINNING = "（一开始）"


def message_words(name: str) -> str:
    """That a message arrived."""
    return _MESSAGE.format(name=name)


def step_words(title: str, how: str = "") -> str:
    """A step and how it was left."""
    return _HOW.format(title=title, how=how) if how else title


def path_words(steps: Iterable[str]) -> str:
    """Steps one after the other."""
    return _ARROW.join(steps) or _BEGINNING

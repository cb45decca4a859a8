"""Words about items that are not taken in, or not for long."""

from __future__ import annotations

from datetime import datetime

CLOSED = "{place}暂停受理，恢复时间请咨询当地受理窗口"
ENDED = "{place}的受理已在 {until} 截止"
ENDING = "请在 {until} 之前提交，过后不再受理"
BETWEEN = "{place}受理到 {until}"
#: About one chosen item.
NOTICE = "“{item}”：{text}"

_DAY = "{year}年{month}月{day}日"
_MIDNIGHT = "{day} 0 时"
_MINUTE = "{day} {time:%H:%M}"


def until_text(until: datetime) -> str:
    """The instant of an end, on the clock it is given in."""
    day = _DAY.format(year=until.year, month=until.month, day=until.day)
    if (until.hour, until.minute) == (0, 0):
        return _MIDNIGHT.format(day=day)
    return _MINUTE.format(day=day, time=until)

"""Words about items that are not taken in, or not for long."""

from __future__ import annotations

from datetime import datetime, timedelta

CLOSED = "{place}暂停受理，恢复时间请咨询当地受理窗口"
ENDED = "{place}的受理已在 {until}截止"
ENDING = "请在 {until}前提交，过后不再受理"
BETWEEN = "{place}受理到 {until}"
#: About one chosen item.
NOTICE = "“{item}”：{text}"

ALL_ITEMS = "全部事项"
#: What holds in a region: words and tone of the tag.
STATES: dict[str, tuple[str, str]] = {
    "open": ("正常受理", "good"),
    "partly": ("部分事项不受理", "warn"),
    "ending": ("即将截止", "warn"),
    "closed": ("已暂停", "bad"),
    "ended": ("已截止", "bad"),
}
#: What a region can say.
OWN_STATES: dict[str, str] = {"open": "受理", "closed": "暂停受理"}
NOTES: dict[str, str] = {
    "opened": "已保存，立即生效。",
    "closed": "已暂停受理，立即生效。已经提交的申请照常办理。",
    "stale": "页面打开得太久，刚才没有保存。请核对后再保存一次。",
}

_DAY = "{year}年{month}月{day}日"
_MIDNIGHT = "{day} 24 时"
_MINUTE = "{day} {time:%H:%M}"


def until_text(until: datetime) -> str:
    """The instant of an end, on the clock it is given in."""
    midnight = (until.hour, until.minute) == (0, 0)
    shown = until - timedelta(days=1) if midnight else until
    day = _DAY.format(year=shown.year, month=shown.month, day=shown.day)
    if midnight:
        return _MIDNIGHT.format(day=day)
    return _MINUTE.format(day=day, time=until)

"""Lengths of time as ISO 8601 says them, and back."""

from __future__ import annotations

import re

import msgspec

from server.definitions.common import Duration
from server.exchange.bpmn.settings import bare

_ISO = re.compile(r"P(?:(\d{1,4})W)?(?:(\d{1,5})D)?(?:T(?:(\d{1,6})H)?(?:(\d{1,6})M)?(?:(\d{1,8})(?:\.\d+)?S)?)?")
_DAY = 24


def iso_of(duration: Duration | None) -> str:
    """The length as ISO 8601; working days, which it does not know, as days."""
    if duration is None:
        return "P0D"
    if duration.hours is not None:
        return f"PT{duration.hours}H"
    return f"P{duration.days if duration.days is not None else duration.workdays}D"


def duration_of(text: str) -> tuple[Duration, bool] | None:
    """The length that a text means, and whether exactly that; nothing for years, months, dates, circles and expressions."""
    found = _ISO.fullmatch(text.strip())
    if found is None or text.strip() in ("P", "PT"):
        return None
    weeks, days, hours, minutes, seconds = (int(part or 0) for part in found.groups())
    whole_days = 7 * weeks + days
    rest = 3600 * hours + 60 * minutes + seconds
    if not rest:
        return Duration(days=whole_days), True
    return Duration(hours=_DAY * whole_days + -(-rest // 3600)), rest % 3600 == 0


def told_duration(own: object, text: str) -> dict[str, int] | None:
    """The length that a timer tells, in our own unit where it is still the one that we wrote; nothing where none can be had."""
    try:
        kept = msgspec.convert(own, Duration) if isinstance(own, dict) else None
    except msgspec.ValidationError:
        kept = None
    if kept is not None and iso_of(kept) == text.strip():
        return bare(kept)
    found = duration_of(text)
    return bare(found[0]) if found is not None else None

"""A day, stored as ISO text."""

from __future__ import annotations

import re
from datetime import date
from typing import Any

from server.forms.kinds.kind import ABSENT, FieldKind, FormField, Parsed, Posted, first, half_width, one_input
from server.messages.kinds import show_date

_WRITTEN = re.compile(r"([0-9]{4})\D([0-9]{1,2})\D([0-9]{1,2})\D?|([0-9]{4})([0-9]{2})([0-9]{2})")


def parse_day(text: str) -> str | None:
    """The ISO text of a day written with any separators or none; nothing for an impossible day."""
    match = _WRITTEN.fullmatch(half_width(text))
    if match is None:
        return None
    year, month, day = (part for part in match.groups() if part is not None)
    try:
        return date(int(year), int(month), int(day)).isoformat()
    except ValueError:
        return None


def _parse(field: FormField, posted: Posted) -> Parsed:
    typed = first(posted)
    if not typed:
        return Parsed(ABSENT)
    day = parse_day(typed)
    return Parsed(ABSENT, {"": typed}) if day is None else Parsed(day)


def _show(field: FormField, value: Any) -> str:
    return show_date(str(value))


KIND = FieldKind(id="date", parse=_parse, show=_show, example=lambda field: "2020-01-01", inputs=one_input)

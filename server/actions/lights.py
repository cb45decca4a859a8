"""How near a limit is, as a traffic light."""

from __future__ import annotations

from datetime import datetime
from typing import Literal

Light = Literal["none", "green", "yellow", "red"]

#: Share of the limit, in per cent, from which on the light is yellow.
YELLOW_PER_CENT = 80


def light_of(opened_at: datetime, due_at: datetime | None, now: datetime) -> Light:
    """Red after the limit, yellow from four fifths of it on, green before; none where nothing is due."""
    if due_at is None:
        return "none"
    if now > due_at:
        return "red"
    return "yellow" if (now - opened_at) * 100 >= (due_at - opened_at) * YELLOW_PER_CENT else "green"

"""Words of the demonstration's page that Python chooses."""

from __future__ import annotations

CLOCK_MOVED = "时钟已经拨快，到期的事已经办了。"

"""How often somebody may try something; counted in memory, so that a restart forgets it."""

from __future__ import annotations

import time

import msgspec
from limits import RateLimitItem, parse
from limits.storage import MemoryStorage
from limits.strategies import MovingWindowRateLimiter


class Limit(msgspec.Struct, frozen=True):
    """So many times within so many seconds."""

    name: str
    times: int
    seconds: int

    @property
    def item(self) -> RateLimitItem:
        """The limit as the library counts it."""
        return parse(f"{self.times} per {self.seconds} second")


class Limits:
    """Moving windows by limit and by whom they count."""

    def __init__(self) -> None:
        """Starts with nothing counted."""
        self._windows = MovingWindowRateLimiter(MemoryStorage())

    def hit(self, limit: Limit, who: str) -> int:
        """Counts one more time; 0 when that was allowed, else the seconds to wait."""
        if self._windows.hit(limit.item, limit.name, who):
            return 0
        return self._wait(limit, who)

    def wait(self, limit: Limit, who: str) -> int:
        """The seconds to wait before the next time, 0 for none; counts nothing."""
        return 0 if self._windows.test(limit.item, limit.name, who) else self._wait(limit, who)

    def clear(self, limit: Limit, who: str) -> None:
        """Forgets what was counted."""
        self._windows.clear(limit.item, limit.name, who)

    def _wait(self, limit: Limit, who: str) -> int:
        reset = self._windows.get_window_stats(limit.item, limit.name, who).reset_time
        return max(1, int(reset - time.time()) + 1)

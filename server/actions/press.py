"""The press of an office: what is printed at the same time, and who has to come again."""

from __future__ import annotations

import asyncio
from collections.abc import Callable

from server.findings import Refused
from server.paper.content import Paper
from server.paper.press import has_font, printed

#: Papers that are set at the same time; each takes a processor and some ten megabytes.
_AT_ONCE = 2
#: Papers that wait; whoever comes then is asked to come again.
_MOST_WAITING = 60


class Press:
    """Prints off the event loop, a few papers at a time."""

    def __init__(self) -> None:
        """Starts idle."""
        self._room = asyncio.Semaphore(_AT_ONCE)
        self._waiting = 0

    async def print(self, make: Callable[[], Paper]) -> bytes | Refused:
        """What `make` describes as PDF; `no-font` where Chinese cannot be printed, `busy` when too many wait."""
        if self._waiting >= _MOST_WAITING:
            return Refused("busy")
        self._waiting += 1
        try:
            async with self._room:
                return await asyncio.to_thread(_printed, make)
        finally:
            self._waiting -= 1


def _printed(make: Callable[[], Paper]) -> bytes | Refused:
    return printed(make()) if has_font() else Refused("no-font")

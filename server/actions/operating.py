"""What happens without anybody asking: timers, requests to other systems, text messages."""

from __future__ import annotations

import msgspec

from server.actions.office import Office


class Round(msgspec.Struct, frozen=True, kw_only=True):
    """What one round did."""

    timers: int
    requests: int
    texts: int
    failures: int


async def run_due(office: Office) -> Round:
    """Fires the timers due, in their order, sends the requests due, then the texts; one failure never stops the others."""
    raise NotImplementedError


async def keep_running(office: Office) -> None:
    """Runs rounds until cancelled: at once when an action asks for it, otherwise when the next thing is due."""
    raise NotImplementedError

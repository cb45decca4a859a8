"""When a failed request is tried again: a value computed from the number of attempts."""

from __future__ import annotations

from server.definitions.process import Retry

#: Longest pause between two attempts.
LONGEST_DELAY_SECONDS = 3600

#: Doublings after which even one second has passed the longest pause.
_DOUBLINGS = LONGEST_DELAY_SECONDS.bit_length()


def next_attempt(attempts: int, retry: Retry) -> int | None:
    """Seconds to wait after so many failed attempts; nothing when the request is given up."""
    if attempts >= retry.attempts:
        return None
    if attempts <= 0:
        return 0
    doubled = retry.first_delay_seconds << min(attempts - 1, _DOUBLINGS)
    return min(doubled, LONGEST_DELAY_SECONDS)

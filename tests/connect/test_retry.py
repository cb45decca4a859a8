"""Pauses between attempts, as a table."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from server.connect.retry import LONGEST_DELAY_SECONDS, next_attempt
from server.definitions.process import Retry


@pytest.mark.parametrize(
    ("attempts", "seconds"),
    [(0, 0), (1, 2), (2, 4), (3, 8), (10, 1024), (11, 2048), (12, 3600), (13, 3600), (19, 3600), (20, None), (21, None)],
)
def test_the_pause_doubles_up_to_an_hour_and_then_the_request_is_given_up(attempts: int, seconds: int | None) -> None:
    assert next_attempt(attempts, Retry(attempts=20, first_delay_seconds=2)) == seconds


@given(st.integers(0, 10**9), st.integers(1, 10**9), st.integers(0, 10**6))
def test_pauses_never_shrink_and_never_exceed_an_hour(attempts: int, limit: int, first: int) -> None:
    retry = Retry(attempts=limit, first_delay_seconds=first)
    now, then = next_attempt(attempts, retry), next_attempt(attempts + 1, retry)
    assert now is None or 0 <= now <= LONGEST_DELAY_SECONDS
    assert then is None or (now is not None and now <= then)

"""Signatures: the published reference, what they protect, and when they expire."""

from __future__ import annotations

import base64
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from server.connect.signing import SIGNATURE_HEADER, TIME_HEADER, WINDOW_SECONDS, key_of, sign, verify
from server.errors import ImpossibleState
from server.findings import Refused

SECRET = b"a secret that is long enough"
NOW = datetime(2026, 11, 24, 8, 0, tzinfo=UTC)
KEYS = st.from_regex(r"[A-Za-z0-9_:-]{1,40}", fullmatch=True)


def test_the_reference_message_of_standard_webhooks_gets_its_published_signature() -> None:
    secret = base64.b64decode("MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw")
    at = datetime.fromtimestamp(1614265330, UTC)
    headers = sign(secret, b'{"test": 2432232314}', at=at, key="msg_p5jXN8AQM9LWM0D4loKWxJek")
    assert headers[SIGNATURE_HEADER] == "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE="


@given(body=st.binary(), key=KEYS, offset=st.integers(-WINDOW_SECONDS, WINDOW_SECONDS))
def test_what_was_signed_verifies_within_the_window(body: bytes, key: str, offset: int) -> None:
    headers = sign(SECRET, body, at=NOW, key=key)
    assert verify(SECRET, headers, body, now=NOW + timedelta(seconds=offset)) is None
    assert key_of(headers) == key


@given(body=st.binary(), other=st.binary(), key=KEYS, other_key=KEYS)
def test_a_signature_covers_body_key_time_and_secret(body: bytes, other: bytes, key: str, other_key: str) -> None:
    headers = sign(SECRET, body, at=NOW, key=key)
    if other != body:
        assert verify(SECRET, headers, other, now=NOW) == Refused("signature-wrong")
    if other_key != key:
        assert verify(SECRET, {**headers, "webhook-id": other_key}, body, now=NOW) == Refused("signature-wrong")
    later = {**headers, TIME_HEADER: str(int(headers[TIME_HEADER]) + 1)}
    assert verify(SECRET, later, body, now=NOW) == Refused("signature-wrong")
    assert verify(SECRET + b"!", headers, body, now=NOW) == Refused("signature-wrong")


@pytest.mark.parametrize("seconds", [-WINDOW_SECONDS - 1, WINDOW_SECONDS + 1, 86_400])
def test_a_copied_message_is_of_no_use_after_the_window(seconds: int) -> None:
    headers = sign(SECRET, b"{}", at=NOW, key="k")
    refused = verify(SECRET, headers, b"{}", now=NOW + timedelta(seconds=seconds))
    assert refused == Refused("signature-expired", {"minutes": 5})


@pytest.mark.parametrize("missing", ["webhook-id", "webhook-timestamp", "webhook-signature"])
def test_an_unsigned_message_is_refused(missing: str) -> None:
    headers = {name: value for name, value in sign(SECRET, b"{}", at=NOW, key="k").items() if name != missing}
    assert verify(SECRET, headers, b"{}", now=NOW) == Refused("signature-missing")


def test_a_slot_without_a_secret_accepts_nothing() -> None:
    assert verify(b"", sign(SECRET, b"{}", at=NOW, key="k"), b"{}", now=NOW) == Refused("signature-missing")


@pytest.mark.parametrize("seconds", ["-1", "1e9", "١٢٣", " 1", "9" * 40, "now"])
def test_a_time_that_is_no_number_of_seconds_is_refused(seconds: str) -> None:
    headers = {**sign(SECRET, b"{}", at=NOW, key="k"), TIME_HEADER: seconds}
    assert verify(SECRET, headers, b"{}", now=NOW) == Refused("signature-wrong")


@given(st.text(min_size=1))
def test_no_invented_signature_is_accepted(signature: str) -> None:
    headers = {**sign(SECRET, b"{}", at=NOW, key="k"), SIGNATURE_HEADER: signature}
    assert isinstance(verify(SECRET, headers, b"{}", now=NOW), Refused)


def test_one_right_signature_beside_old_ones_is_enough_and_header_names_ignore_case() -> None:
    headers = sign(SECRET, b"{}", at=NOW, key="k")
    several = {name.title(): value for name, value in headers.items()}
    several[SIGNATURE_HEADER.title()] = f"v1,b2xk v2,x {headers[SIGNATURE_HEADER]}"
    assert verify(SECRET, several, b"{}", now=NOW) is None


@pytest.mark.parametrize("key", ["", "a.b", "a\nb", "键", "x" * 129])
def test_a_key_that_could_be_confused_with_other_parts_is_never_signed(key: str) -> None:
    with pytest.raises(ImpossibleState):
        sign(SECRET, b"{}", at=NOW, key=key)

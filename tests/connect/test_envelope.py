"""Messages: what goes in comes out, and nothing unreadable raises."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import get_args

import pytest
from hypothesis import given
from hypothesis import strategies as st

from server.connect.delivery import Cause
from server.connect.envelope import Envelope, Reply, TextMessage, read_signed, seal
from server.connect.signing import sign
from server.findings import Refused
from server.messages.connections import FAILED_DELIVERIES, REFUSED_MESSAGES

SECRET = b"a secret that is long enough"
NOW = datetime(2026, 11, 24, 8, 0, tzinfo=UTC)
KEYS = st.from_regex(r"[A-Za-z0-9_:-]{1,40}", fullmatch=True)
WORDS = st.text(st.characters(exclude_categories=["Cs"]))
DATA = st.dictionaries(WORDS, st.none() | st.booleans() | st.integers(-(2**63), 2**63 - 1) | WORDS | st.lists(WORDS))


@given(key=KEYS, case=WORDS, data=DATA)
def test_a_sealed_message_is_read_as_it_was_written(key: str, case: str, data: dict[str, object]) -> None:
    envelope = Envelope(key=key, case=case, operation="ask", data=data, callback="http://127.0.0.1/")
    sealed = seal(SECRET, envelope, at=NOW)
    assert read_signed(SECRET, sealed.headers, sealed.body, Envelope, now=NOW) == envelope


def test_members_the_other_side_added_are_ignored() -> None:
    body = b'{"key":"k","data":{"a":1},"trace":"x"}'
    assert read_signed(SECRET, sign(SECRET, body, at=NOW, key="k"), body, Reply, now=NOW) == Reply(key="k", data={"a": 1})


@pytest.mark.parametrize(
    "body",
    [b"", b"{", b"null", b"[]", b'{"key":"k"}', b'{"key":"k","data":[]}', b'{"key":"k","data":{"a":"\xff"}}', b"[" * 200_000],
)
def test_a_body_that_is_no_message_is_refused(body: bytes) -> None:
    headers = sign(SECRET, body, at=NOW, key="k")
    assert read_signed(SECRET, headers, body, Reply, now=NOW) == Refused("message-unreadable")


def test_a_message_says_the_key_it_was_signed_under() -> None:
    body = b'{"key":"other","data":{}}'
    refused = read_signed(SECRET, sign(SECRET, body, at=NOW, key="k"), body, Reply, now=NOW)
    assert refused == Refused("message-key-differs")


def test_a_forged_message_is_not_even_read() -> None:
    sealed = seal(SECRET, TextMessage(key="k", to="13800000000", text="x"), at=NOW)
    forged = sealed.body.replace(b"13800000000", b"13900000000")
    assert read_signed(SECRET, sealed.headers, forged, TextMessage, now=NOW) == Refused("signature-wrong")


def test_every_refusal_and_every_failed_delivery_has_a_text() -> None:
    assert set(FAILED_DELIVERIES) == set(get_args(Cause))
    assert REFUSED_MESSAGES["signature-expired"].format(minutes=5).count("5") == 1
    assert set(REFUSED_MESSAGES) == {
        "signature-missing", "signature-wrong", "signature-expired", "message-unreadable", "message-key-differs"
    }  # fmt: skip

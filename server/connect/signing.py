"""Signatures of messages between systems: HMAC-SHA256 over key, time and body, as Standard Webhooks 1.0 writes them.

An open format, so that the other side can verify with a library it already has. The key is the idempotency key: it is
signed, stays the same over all attempts, and whoever receives it twice answers twice and acts once.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import re
from collections.abc import Mapping
from datetime import datetime

from server.errors import ImpossibleState
from server.findings import Refused

KEY_HEADER = "webhook-id"
TIME_HEADER = "webhook-timestamp"
SIGNATURE_HEADER = "webhook-signature"

#: How far the clocks of two systems may differ, and how long a copied message can be used.
WINDOW_SECONDS = 300

#: No dot, because dots separate the signed parts.
_KEY = re.compile(r"[A-Za-z0-9_:-]{1,128}")
_SECONDS = re.compile(r"[0-9]{1,12}")
_VERSION = "v1,"


def sign(secret: bytes, body: bytes, *, at: datetime, key: str) -> dict[str, str]:
    """The headers that prove who sent this body, when, and under which idempotency key."""
    if not secret or _KEY.fullmatch(key) is None:
        raise ImpossibleState("a message needs a secret and a key of letters, digits, '_', ':' and '-'")
    seconds = str(int(at.timestamp()))
    return {KEY_HEADER: key, TIME_HEADER: seconds, SIGNATURE_HEADER: _signature(secret, key, seconds, body)}


def verify(secret: bytes, headers: Mapping[str, str], body: bytes, *, now: datetime) -> Refused | None:
    """Nothing when the body was signed with the secret within the window around `now`, otherwise why not.

    The time is judged after the signature, so that only a holder of the secret learns about our clock.
    """
    sent = {name.lower(): value for name, value in headers.items()}
    key, seconds, signatures = (sent.get(name, "") for name in (KEY_HEADER, TIME_HEADER, SIGNATURE_HEADER))
    if not (secret and key and seconds and signatures):
        return Refused("signature-missing")
    if _KEY.fullmatch(key) is None or _SECONDS.fullmatch(seconds) is None:
        return Refused("signature-wrong")
    expected = _signature(secret, key, seconds, body).encode()
    # Several signatures may stand side by side while the sender changes its secret; all are compared, none ends the loop early.
    matches = [hmac.compare_digest(expected, one.encode(errors="replace")) for one in signatures.split(" ")]
    if not any(matches):
        return Refused("signature-wrong")
    if abs(int(now.timestamp()) - int(seconds)) > WINDOW_SECONDS:
        return Refused("signature-expired", {"minutes": WINDOW_SECONDS // 60})
    return None


def key_of(headers: Mapping[str, str]) -> str:
    """The idempotency key a verified message was signed under; empty when it has none."""
    return next((value for name, value in headers.items() if name.lower() == KEY_HEADER), "")


def _signature(secret: bytes, key: str, seconds: str, body: bytes) -> str:
    digest = hmac.new(secret, f"{key}.{seconds}.".encode() + body, hashlib.sha256).digest()
    return _VERSION + base64.b64encode(digest).decode()

"""Tokens that tie a form to the browser session that asked for it (signed double submit)."""

from __future__ import annotations

import base64
import hmac
import secrets

_NONCE_BYTES = 12
_MAC_BYTES = 20


def make_token(secret: bytes, binding: str) -> str:
    """A token for one form; different each time, so that compressed pages reveal nothing of it."""
    nonce = secrets.token_bytes(_NONCE_BYTES)
    return base64.urlsafe_b64encode(nonce + _mac(secret, nonce, binding)).decode()


def is_valid(secret: bytes, binding: str, token: str) -> bool:
    """Whether the token was made for this binding; compared in constant time."""
    if not binding:
        return False
    try:
        raw = base64.urlsafe_b64decode(token.encode("ascii"))
    except ValueError:
        return False
    nonce, mac = raw[:_NONCE_BYTES], raw[_NONCE_BYTES:]
    return hmac.compare_digest(mac, _mac(secret, nonce, binding))


def _mac(secret: bytes, nonce: bytes, binding: str) -> bytes:
    return hmac.digest(secret, b"csrf\0" + nonce + binding.encode(), "sha256")[:_MAC_BYTES]

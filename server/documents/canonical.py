"""Canonical bytes (RFC 8785) and content ids."""

from __future__ import annotations

import hashlib

import rfc8785

from server.types import JsonValue


def canonical_bytes(value: JsonValue) -> bytes:
    """The RFC 8785 bytes of a value: equal values give equal bytes."""
    return rfc8785.dumps(value)


def content_id(value: JsonValue) -> str:
    """`sha256:` and the hexadecimal SHA-256 of the canonical bytes."""
    return "sha256:" + hashlib.sha256(canonical_bytes(value)).hexdigest()

"""Canonical bytes (RFC 8785) and content ids."""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Mapping

import rfc8785

from server.types import JsonValue

_LONG_NUMBER = re.compile(r"\d{16}")


def canonical_bytes(value: JsonValue) -> bytes:
    """The RFC 8785 bytes of a value: equal values give equal bytes."""
    return rfc8785.dumps(value)


def content_id(value: JsonValue) -> str:
    """`sha256:` and the hexadecimal SHA-256 of the canonical bytes."""
    return "sha256:" + hashlib.sha256(canonical_bytes(value)).hexdigest()


def content_id_of(members: Mapping[str, bytes]) -> str:
    """The content id of an object whose members are known by their canonical bytes."""
    names = sorted(members, key=lambda name: name.encode("utf-16-be"))
    whole = b"{" + b",".join(canonical_bytes(name) + b":" + members[name] for name in names) + b"}"
    return "sha256:" + hashlib.sha256(whole).hexdigest()


def fault_of(value: JsonValue) -> str:
    """Why a value has no canonical bytes: a number that is not exact, half a character, too deep; empty when it has."""
    try:
        text = json.dumps(value, ensure_ascii=False, allow_nan=False)
        text.encode("utf-8")
        # Only long numbers need the slower look: most documents have none.
        if _LONG_NUMBER.search(text):
            canonical_bytes(value)
    except (ValueError, RecursionError) as error:
        return str(error)[:200]
    return ""

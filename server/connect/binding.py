"""Where another system is and which secrets it shares with this installation."""

from __future__ import annotations

import re
from urllib.parse import urlsplit

import msgspec

#: The least a secret may hold, as Standard Webhooks 1.0 asks.
SECRET_BYTES = 24

_SEGMENT = re.compile(r"[A-Za-z0-9._~-]+")


class Binding(msgspec.Struct, frozen=True, kw_only=True):
    """One slot of the bundle, bound by the installation; in JSON the secrets are base64."""

    #: Address that the paths of operations are appended to, `https://means-check.example.org/api`.
    address: str
    #: Signs what we send.
    outgoing_secret: bytes
    #: Verifies what the other system sends.
    incoming_secret: bytes

    def __post_init__(self) -> None:
        if not is_web_address(self.address) or "?" in self.address or "#" in self.address:
            raise ValueError("the address must be http://… or https://… without query and fragment")
        if min(len(self.outgoing_secret), len(self.incoming_secret)) < SECRET_BYTES:
            raise ValueError(f"a secret needs at least {SECRET_BYTES} bytes")


def is_web_address(address: str) -> bool:
    """Whether the address names a host to speak HTTP with, and a port that exists if it names one."""
    try:
        parts = urlsplit(address)
        # Reading the port raises when it is none; clients raise much later, deep in the event loop.
        return parts.scheme in ("http", "https") and bool(parts.hostname) and parts.port != 0
    except ValueError:
        return False


def url_of(binding: Binding, path: str) -> str | None:
    """The address of an operation; nothing for a path that could lead to another host or above the bound address.

    Paths come from documents, so their authors must not be able to send personal data elsewhere.
    """
    segments = path.removeprefix("/").split("/")
    if not path.startswith("/") or any(one in (".", "..") or _SEGMENT.fullmatch(one) is None for one in segments):
        return None
    return binding.address.rstrip("/") + path

"""Headers every response carries: no foreign content, no inline script, no framing, nothing kept of personal pages."""

from __future__ import annotations

from litestar.types import Message, Scope

POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' blob: data:; font-src 'self'; connect-src 'self'; "
    "form-action 'self'; frame-ancestors 'none'; base-uri 'none'; manifest-src 'self'"
)

_ALWAYS = {
    b"content-security-policy": POLICY.encode(),
    b"x-content-type-options": b"nosniff",
    b"x-frame-options": b"DENY",
    b"referrer-policy": b"same-origin",
    b"cross-origin-opener-policy": b"same-origin",
    b"cross-origin-resource-policy": b"same-origin",
    b"permissions-policy": b"camera=(self), geolocation=(), microphone=(), payment=(), usb=()",
    b"cache-control": b"no-store",
}


async def add_headers(message: Message, scope: Scope) -> None:
    """Adds the headers a response does not set itself."""
    if message["type"] != "http.response.start":
        return
    headers = list(message["headers"])
    present = {name.lower() for name, _ in headers}
    headers += [(name, value) for name, value in _ALWAYS.items() if name not in present]
    message["headers"] = headers

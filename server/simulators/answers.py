"""HTTP answers that both simulators give."""

from __future__ import annotations

from litestar import Response, get

from server.findings import Refused
from server.types import JsonValue

#: Larger requests are refused unread.
BODY_BYTES = 1_000_000


def accepted(key: str) -> Response[JsonValue]:
    """202: the request is stored; the same key again gets the same answer."""
    return Response({"key": key}, status_code=202)


def refused(refusal: Refused) -> Response[JsonValue]:
    """401 for a message that does not prove its sender, 400 for one that cannot be read, each with its reason."""
    status = 401 if refusal.reason.startswith("signature-") else 400
    return Response({"code": refusal.reason}, status_code=status)


@get("/health", sync_to_thread=False)
def health() -> dict[str, str]:
    """That the process answers."""
    return {"status": "ok"}

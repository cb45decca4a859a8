"""Bodies of posts: read from the stream under a cap, parsed by our own parser, never by the framework's."""

from __future__ import annotations

import asyncio
from typing import Any

from litestar.connection import ASGIConnection, Request
from litestar.exceptions import InternalServerException

from server.forms.body import Body, BodyFault, parse_body

FORM_BYTES = 1_000_000
#: A body that carries files; one file may be `FILE_BYTES`, so a file that is somewhat too large is refused beside its input.
UPLOAD_BYTES = 64_000_000
FILE_BYTES = 20_000_000
#: How much more than allowed is read and thrown away, so that the browser gets to see the answer.
_DRAINED_BYTES = 100_000_000
_UPLOADS_AT_ONCE = 4

TOO_LARGE = BodyFault("too-large")
_CUT_OFF = BodyFault("malformed")


class UploadSlots:
    """Bounds how many large bodies are in memory at once."""

    def __init__(self) -> None:
        self.semaphore = asyncio.Semaphore(_UPLOADS_AT_ONCE)


async def read_body(connection: ASGIConnection[Any, Any, Any, Any], *, uploads: bool) -> Body | BodyFault:
    """The parsed body of a post, or why it cannot be read; what was typed is cached nowhere."""
    body = await read_bytes(connection, cap=UPLOAD_BYTES if uploads else FORM_BYTES, drained=_DRAINED_BYTES)
    return body if isinstance(body, BodyFault) else parse_body(body, connection.headers.get("content-type", ""))


async def read_bytes(connection: ASGIConnection[Any, Any, Any, Any], *, cap: int, drained: int = 0) -> bytes | BodyFault:
    """The whole body; `too-large` above the cap, of which `drained` bytes more are read before the answer."""
    declared = connection.headers.get("content-length", "")
    if declared.isdigit() and int(declared) > cap + drained:
        return TOO_LARGE
    assert isinstance(connection, Request)
    pieces: list[bytes] = []
    size = 0
    try:
        async for piece in connection.stream():
            size += len(piece)
            if size > cap + drained:
                return TOO_LARGE
            if size > cap:
                pieces.clear()
            else:
                pieces.append(piece)
    except InternalServerException:
        # The framework's word for a sender that left in the middle.
        return _CUT_OFF
    return TOO_LARGE if size > cap else b"".join(pieces)

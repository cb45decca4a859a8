"""One attempt to hand a signed message to another system, with every way it can go wrong as a value."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime
from typing import Literal

import httpx
import msgspec

from server.connect.binding import Binding, is_web_address, url_of
from server.connect.envelope import Envelope, Reply, Signed, TextMessage, read_signed, seal
from server.findings import Refused
from server.types import JsonValue

Cause = Literal[
    "bad-address", "unreachable", "timed-out", "refused", "unavailable", "reply-too-large", "reply-missing", "reply-untrusted"
]

#: Path of the gateway's operation that takes text messages.
MESSAGES_PATH = "/messages"

_TIMEOUT = httpx.Timeout(10.0, connect=5.0)
#: A system that sends one byte now and then passes every single time-out; this ends the whole attempt.
_WHOLE_ATTEMPT_SECONDS = 30.0
_REPLY_BYTES = 1_000_000
#: Only these say that this very message is wrong; anything else can be mended at either side while the message stays as it is.
_FINAL = frozenset({400, 409, 410, 413, 415, 422})


class Delivered(msgspec.Struct, frozen=True, kw_only=True):
    """The other system has the message."""

    #: Its reply; nothing while an asynchronous one is still to come.
    data: dict[str, JsonValue] | None = None


class Failed(msgspec.Struct, frozen=True, kw_only=True):
    """The attempt did not succeed; neither member holds anything of the message's content."""

    #: Whether the same message may be accepted later.
    retryable: bool
    cause: Cause
    #: HTTP status, where there was an answer.
    status: int | None = None


async def deliver(
    client: httpx.AsyncClient, binding: Binding, operation_path: str, envelope: Envelope, *, asynchronous: bool = True
) -> Delivered | Failed:
    """Whether the other system took the request, with its signed reply when the operation answers at once.

    The signature carries the real time, never a moved clock, because the receiver compares it with its own.
    """
    answer = await _post(client, binding, operation_path, seal(binding.outgoing_secret, envelope, at=datetime.now(UTC)))
    if isinstance(answer, Failed):
        return answer
    if asynchronous:
        return Delivered()
    if not answer.body:
        return Failed(retryable=False, cause="reply-missing")
    reply = read_signed(binding.incoming_secret, answer.headers, answer.body, Reply, now=datetime.now(UTC))
    if isinstance(reply, Refused) or reply.key != envelope.key:
        return Failed(retryable=False, cause="reply-untrusted")
    return Delivered(data=reply.data)


async def deliver_text(client: httpx.AsyncClient, binding: Binding, message: TextMessage) -> Delivered | Failed:
    """Whether the message gateway took a text for a telephone."""
    answer = await _post(client, binding, MESSAGES_PATH, seal(binding.outgoing_secret, message, at=datetime.now(UTC)))
    return answer if isinstance(answer, Failed) else Delivered()


async def deliver_reply(client: httpx.AsyncClient, secret: bytes, callback: str, reply: Reply) -> Delivered | Failed:
    """Whether the asking system took the reply at the call-back address it gave in its signed request."""
    answer = await _post_to(client, callback, seal(secret, reply, at=datetime.now(UTC)))
    return answer if isinstance(answer, Failed) else Delivered()


async def _post(client: httpx.AsyncClient, binding: Binding, path: str, message: Signed) -> Signed | Failed:
    url = url_of(binding, path)
    return Failed(retryable=False, cause="bad-address") if url is None else await _post_to(client, url, message)


async def _post_to(client: httpx.AsyncClient, url: str, message: Signed) -> Signed | Failed:
    if not is_web_address(url):
        return Failed(retryable=False, cause="bad-address")
    try:
        async with asyncio.timeout(_WHOLE_ATTEMPT_SECONDS):
            return await _exchange(client, url, message)
    except (TimeoutError, httpx.TimeoutException):
        return Failed(retryable=True, cause="timed-out")
    except httpx.InvalidURL:
        return Failed(retryable=False, cause="bad-address")
    except (httpx.HTTPError, httpx.StreamError):
        return Failed(retryable=True, cause="unreachable")


async def _exchange(client: httpx.AsyncClient, url: str, message: Signed) -> Signed | Failed:
    headers = {**message.headers, "accept-encoding": "identity"}
    # Redirects are never followed: they would carry personal data to a host that nobody bound.
    request = client.build_request("POST", url, content=message.body, headers=headers, timeout=_TIMEOUT)
    response = await client.send(request, stream=True, follow_redirects=False)
    try:
        if not response.is_success:
            final = response.status_code in _FINAL
            return Failed(retryable=not final, cause="refused" if final else "unavailable", status=response.status_code)
        body = b""
        async for part in response.aiter_bytes():
            body += part
            if len(body) > _REPLY_BYTES:
                return Failed(retryable=False, cause="reply-too-large", status=response.status_code)
        return Signed(dict(response.headers), body)
    finally:
        await response.aclose()

"""What two systems say to each other: a request in an envelope, a reply to it, a text message."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import TypeVar

import msgspec

from server.connect.signing import key_of, sign, verify
from server.findings import Refused
from server.types import JsonValue


class Envelope(msgspec.Struct, frozen=True, kw_only=True):
    """A request to another system; unknown members are ignored, so that either side can grow."""

    #: Idempotency key, the same in every attempt.
    key: str
    #: Number of the case.
    case: str
    operation: str
    data: dict[str, JsonValue]
    #: Address for the signed reply of an asynchronous operation.
    callback: str = ""


class Reply(msgspec.Struct, frozen=True, kw_only=True):
    """The other system's answer, in the response or as a call-back."""

    #: Key of the request it answers.
    key: str
    data: dict[str, JsonValue]


class TextMessage(msgspec.Struct, frozen=True, kw_only=True):
    """A short message for a telephone."""

    key: str
    to: str
    text: str


class Signed(msgspec.Struct, frozen=True):
    """A body with the headers that prove its sender."""

    headers: dict[str, str]
    body: bytes


Message = Envelope | Reply | TextMessage
AnyMessage = TypeVar("AnyMessage", Envelope, Reply, TextMessage)


def seal(secret: bytes, message: Message, *, at: datetime) -> Signed:
    """The message as signed JSON bytes, ready to be posted."""
    body = msgspec.json.encode(message)
    headers = sign(secret, body, at=at, key=message.key)
    return Signed({**headers, "content-type": "application/json"}, body)


def read_signed(
    secret: bytes, headers: Mapping[str, str], body: bytes, shape: type[AnyMessage], *, now: datetime
) -> AnyMessage | Refused:
    """The message of the wished shape when its signature, its time and its form are right, otherwise why not.

    `now` is the real time even where a demonstration moves its own clock: the sender's clock did not move.
    """
    refused = verify(secret, headers, body, now=now)
    if refused is not None:
        return refused
    try:
        message = msgspec.json.decode(body, type=shape)
    except (ValueError, RecursionError):
        return Refused("message-unreadable")
    if message.key != key_of(headers):
        return Refused("message-key-differs")
    return message

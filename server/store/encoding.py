"""Values as bytes and instants as integers."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any, TypeVar

import msgspec

from server.errors import DamagedData
from server.store.crypto import Cipher

T = TypeVar("T")

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MICROSECOND = timedelta(microseconds=1)
# JSON, because MessagePack refuses integers over 64 bits, and another system may send such.
_ENCODER = msgspec.json.Encoder()
_DECODERS: dict[Any, msgspec.json.Decoder[Any]] = {}


def pack(value: object) -> bytes:
    """The JSON bytes of a struct or JSON value."""
    return _ENCODER.encode(value)


def unpack(data: bytes, kind: type[T]) -> T:
    """The value packed before; raises `DamagedData` when the bytes do not fit the type."""
    decoder = _DECODERS.get(kind)
    if decoder is None:
        decoder = _DECODERS[kind] = msgspec.json.Decoder(kind)
    try:
        value: T = decoder.decode(data)
        return value
    except (msgspec.DecodeError, UnicodeDecodeError) as fault:
        # The fault's text may quote the value, so only its kind is passed on.
        raise DamagedData(f"stored bytes are no {kind.__name__} ({type(fault).__name__})") from None


def seal(cipher: Cipher, value: object, identity: str) -> bytes:
    """The value packed and encrypted for one row."""
    return cipher.seal(_ENCODER.encode(value), identity)


def unseal(cipher: Cipher, sealed: bytes, identity: str, kind: type[T]) -> T:
    """The value of one row again; raises `DamagedData` when it was changed, moved or does not fit the type."""
    return unpack(cipher.open(sealed, identity), kind)


def to_stamp(instant: datetime) -> int:
    """Microseconds since 1970 of an aware instant."""
    return (instant - _EPOCH) // _MICROSECOND


def to_instant(stamp: int) -> datetime:
    """The instant in UTC."""
    return _EPOCH + stamp * _MICROSECOND


def to_optional_stamp(instant: datetime | None) -> int | None:
    """Microseconds since 1970, or nothing."""
    return None if instant is None else to_stamp(instant)


def to_optional_instant(stamp: int | None) -> datetime | None:
    """The instant in UTC, or nothing."""
    return None if stamp is None else to_instant(stamp)

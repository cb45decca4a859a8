"""Audit events: each chained to the one before by hash, in the transaction of the change it tells of."""

from __future__ import annotations

import hashlib
import sqlite3
from collections.abc import Sequence
from typing import NamedTuple

import msgspec
from sqlalchemy import bindparam, insert, select

from server.cases.model import AuditEvent
from server.errors import DamagedData
from server.store.connected import Connected
from server.store.rows import AuditRow
from server.store.statements import sql
from server.store.tables import events

_INSERT = sql(insert(events))
_LAST = sql(
    select(events.c.sequence, events.c.hash)
    .where(events.c.chain == bindparam("chain"))
    .order_by(events.c.sequence.desc())
    .limit(1)
)
_AFTER = sql(
    select(events.c.sequence, events.c.hash, events.c.event)
    .where(events.c.chain == bindparam("chain"), events.c.sequence > bindparam("after"))
    .order_by(events.c.sequence)
    .limit(bindparam("limit"))
)

#: Hash before the first event of a chain.
_START = b""
_VERIFIED_TOGETHER = 1000

# Sorted members make the bytes of equal events equal, whatever order their details were given in.
_ENCODER = msgspec.json.Encoder(order="sorted")
_DECODER = msgspec.json.Decoder(AuditEvent)


class PreparedEvent(NamedTuple):
    """An event as bytes, ready to be chained."""

    chain: str
    event: bytes


def prepare_events(audit_events: Sequence[AuditEvent]) -> tuple[PreparedEvent, ...]:
    """The events as bytes, in the same order."""
    return tuple(PreparedEvent(event.chain, _ENCODER.encode(event)) for event in audit_events)


def append_events(connection: sqlite3.Connection, prepared: Sequence[PreparedEvent]) -> None:
    """Adds each event to the end of its chain; runs inside the writer's transaction."""
    ends: dict[str, tuple[int, bytes]] = {}
    for chain, event in prepared:
        sequence, before = ends.get(chain) or connection.execute(_LAST, {"chain": chain}).fetchone() or (0, _START)
        ends[chain] = (sequence + 1, link(before, event))
        connection.execute(_INSERT, {"chain": chain, "sequence": sequence + 1, "hash": ends[chain][1], "event": event})


def link(before: bytes, event: bytes) -> bytes:
    """The hash of an event's bytes in their place: SHA-256 of the hash before and the bytes."""
    return hashlib.sha256(before + event).digest()


class Audit(Connected):
    """The chains."""

    async def add_events(self, audit_events: Sequence[AuditEvent]) -> None:
        """Adds events of actions that change nothing else; all of them or none."""
        prepared = prepare_events(audit_events)
        await self._write(lambda connection: append_events(connection, prepared))

    async def audit(self, chain: str, after: int = 0, limit: int = 100) -> tuple[AuditRow, ...]:
        """The events of a chain in order, from the one after the sequence number `after` on."""
        rows = await self._rows(_AFTER, chain=chain, after=after, limit=limit)
        return tuple(AuditRow(sequence=sequence, event=_decoded(event), hash=digest.hex()) for sequence, digest, event in rows)

    async def verify_chain(self, chain: str) -> bool:
        """Whether every event of the chain is there, unchanged and in its place."""
        before, expected = _START, 1
        while rows := await self._rows(_AFTER, chain=chain, after=expected - 1, limit=_VERIFIED_TOGETHER):
            for sequence, digest, event in rows:
                if sequence != expected or not _belongs(event, chain) or digest != link(before, event):
                    return False
                before, expected = digest, expected + 1
        return True


def _decoded(event: bytes) -> AuditEvent:
    try:
        return _DECODER.decode(event)
    except msgspec.DecodeError:
        raise DamagedData("an audit event cannot be read") from None


def _belongs(event: object, chain: str) -> bool:
    try:
        return isinstance(event, bytes) and _DECODER.decode(event).chain == chain
    except msgspec.DecodeError:
        return False

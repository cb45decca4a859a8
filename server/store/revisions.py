"""What regions contribute to services, revision by revision; what comes into force does so in one step with its release."""

from __future__ import annotations

import asyncio
import sqlite3
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

import msgspec
from sqlalchemy import and_, bindparam, func, insert, or_, select, update
from sqlalchemy.dialects.sqlite import insert as insert_or

from server.cases.model import AuditEvent
from server.store.audit import append_events, prepare_events
from server.store.configuration import REVISION_OF_CHANNEL, SET_CHANNEL
from server.store.connected import Connected
from server.store.contents import PreparedDocument, add_documents, decoded, prepare_documents
from server.store.encoding import to_instant, to_optional_instant, to_optional_stamp, to_stamp
from server.store.releases import add_release
from server.store.rows import LayerRow, ReleaseRow, RevisionRow, RevisionState
from server.store.statements import sql
from server.store.tables import channels, documents, revision_documents, revisions
from server.store.writer import Undone
from server.types import JsonValue, RegionCode, ReleaseId, ServiceId

#: Beside the newest, the rows that follow one of them.
_OLDER = or_(
    revisions.c.proposed_at < bindparam("at"),
    and_(revisions.c.proposed_at == bindparam("at"), revisions.c.id < bindparam("after")),
)
_NEWEST_FIRST = (revisions.c.proposed_at.desc(), revisions.c.id.desc())
_OF_SERVICE = select(revisions).where(revisions.c.service_id == bindparam("service_id"), _OLDER)
_REVISIONS = sql(_OF_SERVICE.order_by(*_NEWEST_FIRST).limit(bindparam("limit")))
_REVISIONS_OF_REGION = sql(
    _OF_SERVICE.where(revisions.c.region == bindparam("region")).order_by(*_NEWEST_FIRST).limit(bindparam("limit"))
)
_REVISION = sql(select(revisions).where(revisions.c.id == bindparam("id")))
_OPEN = sql(
    select(revisions)
    .where(revisions.c.service_id == bindparam("service_id"), revisions.c.state.in_(("proposed", "scheduled")))
    .order_by(*_NEWEST_FIRST)
)
_DUE = sql(
    select(revisions)
    .where(revisions.c.state == "scheduled", revisions.c.effective_at <= bindparam("now"))
    .order_by(revisions.c.effective_at, revisions.c.id)
    .limit(bindparam("limit"))
)
_IN_FORCE = sql(
    select(
        revisions,
        select(func.count())
        .select_from(revision_documents)
        .where(revision_documents.c.revision_id == revisions.c.id)
        .scalar_subquery(),
    )
    .join_from(channels, revisions, channels.c.revision_id == revisions.c.id)
    .where(channels.c.service_id == bindparam("service_id"))
    .order_by(channels.c.region)
)
_LAYER = sql(
    select(revision_documents.c.path, documents.c.content)
    .join_from(revision_documents, documents)
    .where(revision_documents.c.revision_id == bindparam("id"))
    .order_by(revision_documents.c.path)
)
_ADD = sql(insert_or(revisions).on_conflict_do_nothing())
_ADD_DOCUMENT = sql(insert(revision_documents))
_DECIDED = ("state", "approver_id", "decided_at", "effective_at", "answer")
_DECIDE = sql(
    update(revisions)
    .where(revisions.c.id == bindparam("row_id"), revisions.c.state == bindparam("was"))
    .values({name: bindparam(f"new_{name}") for name in _DECIDED})
)

#: After the newest of all.
_END_OF_TIME = 2**62


class Publication(msgspec.Struct, frozen=True, kw_only=True):
    """A revision that comes into force in the place of the one it replaces."""

    #: As it is stored from then on.
    revision: RevisionRow
    #: Its documents; nothing where it is stored already.
    layer: Mapping[str, JsonValue] | None
    #: State it is in until then; only where it is stored already.
    was: RevisionState = "published"
    #: Of the release, if it is not stored already.
    documents: Mapping[str, JsonValue]
    at: datetime
    account_id: str
    events: Sequence[AuditEvent]


class Revisions(Connected):
    """Revisions, their documents, and how they come into force."""

    async def add_revision(self, row: RevisionRow, layer: Mapping[str, JsonValue], events: Sequence[AuditEvent] = ()) -> bool:
        """Whether the revision was added; not when it is proposed and another one of its region is."""
        prepared, audited = await asyncio.to_thread(prepare_documents, layer), prepare_events(events)

        def add(connection: sqlite3.Connection) -> bool:
            if not _add(connection, row, prepared):
                return False
            append_events(connection, audited)
            return True

        return await self._write(add)

    async def revision(self, revision_id: str) -> RevisionRow | None:
        """The revision with this id."""
        row = await self._row(_REVISION, id=revision_id)
        return None if row is None else _revision(*row)

    async def revision_layer(self, revision_id: str) -> dict[str, JsonValue]:
        """What the region contributes, by path; nothing where there is no such revision."""
        return {path: decoded(content, path) for path, content in await self._rows(_LAYER, id=revision_id)}

    async def revisions_of(
        self, service_id: ServiceId, region: str = "", after: str = "", limit: int = 50
    ) -> tuple[RevisionRow, ...]:
        """Revisions of a service, or of one region, the newest first, from the one after `after` on."""
        last = await self.revision(after) if after else None
        at = _END_OF_TIME if last is None else to_stamp(last.proposed_at)
        bounds = {"service_id": service_id, "at": at, "after": after, "limit": limit}
        rows = await (self._rows(_REVISIONS_OF_REGION, region=region, **bounds) if region else self._rows(_REVISIONS, **bounds))
        return tuple(_revision(*row) for row in rows)

    async def open_revisions(self, service_id: ServiceId) -> tuple[RevisionRow, ...]:
        """Revisions that wait for a decision or for their day, the newest first."""
        return tuple(_revision(*row) for row in await self._rows(_OPEN, service_id=service_id))

    async def due_revisions(self, now: datetime, limit: int = 10) -> tuple[RevisionRow, ...]:
        """Scheduled revisions whose day has come, the earliest first."""
        return tuple(_revision(*row) for row in await self._rows(_DUE, now=to_stamp(now), limit=limit))

    async def layers_in_force(self, service_id: ServiceId) -> tuple[LayerRow, ...]:
        """The revisions in force of a service, by region."""
        rows = await self._rows(_IN_FORCE, service_id=service_id)
        return tuple(LayerRow(revision=_revision(*row[:-1]), documents=row[-1]) for row in rows)

    async def decide_revision(self, row: RevisionRow, *, was: RevisionState, events: Sequence[AuditEvent] = ()) -> bool:
        """Whether the revision is stored as decided; not when its state is another than it was."""
        audited = prepare_events(events)

        def decide(connection: sqlite3.Connection) -> bool:
            if not _decide(connection, row, was):
                return False
            append_events(connection, audited)
            return True

        return await self._write(decide)

    async def put_in_force(self, publication: Publication) -> RegionCode | None:
        """The region of its release once the revision is in force; nothing, and nothing stored, where another came first."""
        row = publication.revision
        layer = await asyncio.to_thread(prepare_documents, publication.layer or {})
        resolved = await asyncio.to_thread(prepare_documents, publication.documents)
        audited = prepare_events(publication.events)

        def put(connection: sqlite3.Connection) -> RegionCode:
            before = connection.execute(REVISION_OF_CHANNEL, {"service_id": row.service_id, "region": row.region}).fetchone()
            stored = publication.layer is None
            if (before or ("",))[0] != row.replaces_id or (stored and not _decide(connection, row, publication.was)):
                raise Undone(None)
            if not stored:
                _add(connection, row, layer)
            region = add_release(connection, _release_of(publication), resolved)
            _point(connection, row, publication.at, publication.account_id)
            append_events(connection, audited)
            return region

        return await self._write(put)

    async def point_back(
        self, row: RevisionRow, *, leaving: RevisionRow, at: datetime, account_id: str, events: Sequence[AuditEvent]
    ) -> bool:
        """Whether a revision published before is in force again instead of the one to leave, which keeps its answer."""
        audited = prepare_events(events)

        def point(connection: sqlite3.Connection) -> bool:
            before = connection.execute(REVISION_OF_CHANNEL, {"service_id": row.service_id, "region": row.region}).fetchone()
            if before is None or before[0] != leaving.id or not _decide(connection, leaving, "published"):
                raise Undone(False)
            _point(connection, row, at, account_id)
            append_events(connection, audited)
            return True

        return await self._write(point)


def _add(connection: sqlite3.Connection, row: RevisionRow, layer: Sequence[PreparedDocument]) -> bool:
    if not connection.execute(_ADD, _values(row)).rowcount:
        return False
    add_documents(connection, layer)
    joined = [{"revision_id": row.id, "path": one.path, "content_id": one.content_id} for one in layer]
    connection.executemany(_ADD_DOCUMENT, joined)
    return True


def _decide(connection: sqlite3.Connection, row: RevisionRow, was: RevisionState) -> bool:
    values = _values(row)
    decided = {f"new_{name}": values[name] for name in _DECIDED}
    return connection.execute(_DECIDE, {"row_id": row.id, "was": was, **decided}).rowcount == 1


def _point(connection: sqlite3.Connection, row: RevisionRow, at: datetime, account_id: str) -> None:
    place = {"service_id": row.service_id, "region": row.region, "release_id": row.release_id, "revision_id": row.id}
    connection.execute(SET_CHANNEL, {**place, "at": to_stamp(at), "account_id": account_id})


def _release_of(publication: Publication) -> ReleaseRow:
    row = publication.revision
    return ReleaseRow(
        release_id=row.release_id,
        service_id=row.service_id,
        region=row.region,
        created_at=publication.at,
        note=row.note,
        account_id=row.author_id,
    )


def _values(row: RevisionRow) -> dict[str, Any]:
    stamps = {
        "proposed_at": to_stamp(row.proposed_at),
        "decided_at": to_optional_stamp(row.decided_at),
        "effective_at": to_optional_stamp(row.effective_at),
    }
    return {**msgspec.structs.asdict(row), **stamps}


def _revision(
    revision_id: str,
    service_id: str,
    region: str,
    release_id: str,
    parent_id: str,
    replaces_id: str,
    state: RevisionState,
    author_id: str,
    proposed_at: int,
    approver_id: str,
    decided_at: int | None,
    effective_at: int | None,
    note: str,
    answer: str,
) -> RevisionRow:
    return RevisionRow(
        id=revision_id,
        service_id=ServiceId(service_id),
        region=RegionCode(region),
        release_id=ReleaseId(release_id),
        parent_id=parent_id,
        replaces_id=replaces_id,
        state=state,
        author_id=author_id,
        proposed_at=to_instant(proposed_at),
        approver_id=approver_id,
        decided_at=to_optional_instant(decided_at),
        effective_at=to_optional_instant(effective_at),
        note=note,
        answer=answer,
    )

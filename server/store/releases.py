"""Releases that were published, with their documents."""

from __future__ import annotations

import asyncio
import sqlite3
from collections.abc import Mapping
from datetime import datetime

from sqlalchemy import bindparam, select, update
from sqlalchemy.dialects.sqlite import insert as insert_or

from server.definitions.regions import common_region
from server.store.connected import Connected
from server.store.contents import PreparedDocument, add_documents, decoded, prepare_documents
from server.store.encoding import to_instant, to_stamp
from server.store.rows import ReleaseRow
from server.store.statements import sql
from server.store.tables import documents, release_documents, releases
from server.types import JsonValue, RegionCode, ReleaseId, ServiceId

_ADD = sql(insert_or(releases).on_conflict_do_nothing())
_ADD_DOCUMENT = sql(insert_or(release_documents).on_conflict_do_nothing())
_REGION = sql(select(releases.c.region).where(releases.c.id == bindparam("release_id")))
_WIDEN = sql(update(releases).where(releases.c.id == bindparam("release_id")).values(region=bindparam("wider")))
_DOCUMENTS = sql(
    select(release_documents.c.path, documents.c.content)
    .join_from(release_documents, documents)
    .where(release_documents.c.release_id == bindparam("release_id"))
    .order_by(release_documents.c.path)
)
_RELEASES = sql(
    select(releases).where(releases.c.service_id == bindparam("service_id")).order_by(releases.c.created_at.desc(), releases.c.id)
)
_RELEASE = sql(select(releases).where(releases.c.id == bindparam("release_id")))


class Releases(Connected):
    """Documents by release."""

    async def put_release(
        self,
        release_id: ReleaseId,
        service_id: ServiceId,
        region: RegionCode,
        documents: Mapping[str, JsonValue],
        created_at: datetime,
        note: str,
        account_id: str,
    ) -> None:
        """Stores a release; one that is there already keeps its documents."""
        row = ReleaseRow(
            release_id=release_id, service_id=service_id, region=region, created_at=created_at, note=note, account_id=account_id
        )
        prepared = await asyncio.to_thread(prepare_documents, documents)
        await self._write(lambda connection: add_release(connection, row, prepared))

    async def release_documents(self, release_id: ReleaseId) -> dict[str, JsonValue] | None:
        """The documents of a release by path; nothing when there is no such release."""
        rows = await self._rows(_DOCUMENTS, release_id=release_id)
        return {path: decoded(content, path) for path, content in rows} or None

    async def release_row(self, release_id: ReleaseId) -> ReleaseRow | None:
        """The release with this id."""
        row = await self._row(_RELEASE, release_id=release_id)
        return None if row is None else _release(*row)

    async def release_rows(self, service_id: ServiceId) -> tuple[ReleaseRow, ...]:
        """The releases of a service, the latest first."""
        return tuple(_release(*row) for row in await self._rows(_RELEASES, service_id=service_id))


def add_release(connection: sqlite3.Connection, row: ReleaseRow, prepared: tuple[PreparedDocument, ...]) -> RegionCode:
    """The region of a release once it is stored; runs inside the writer's transaction.

    Regions that make the same of their documents share a release, and it is one of all of them.
    """
    values = {
        "id": row.release_id,
        "service_id": row.service_id,
        "region": row.region,
        "created_at": to_stamp(row.created_at),
        "note": row.note,
        "account_id": row.account_id,
    }
    if connection.execute(_ADD, values).rowcount:
        add_documents(connection, prepared)
        joined = [{"release_id": row.release_id, "path": one.path, "content_id": one.content_id} for one in prepared]
        connection.executemany(_ADD_DOCUMENT, joined)
        return row.region
    (stored,) = connection.execute(_REGION, {"release_id": row.release_id}).fetchone()
    wider = common_region(stored, row.region)
    if wider != stored:
        connection.execute(_WIDEN, {"release_id": row.release_id, "wider": wider})
    return wider


def _release(release_id: str, service_id: str, region: str, created_at: int, note: str, account_id: str) -> ReleaseRow:
    return ReleaseRow(
        release_id=ReleaseId(release_id),
        service_id=ServiceId(service_id),
        region=RegionCode(region),
        created_at=to_instant(created_at),
        note=note,
        account_id=account_id,
    )

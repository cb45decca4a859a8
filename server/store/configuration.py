"""Published releases, the channels that point at them, and the documents administrators are editing."""

from __future__ import annotations

import asyncio
import sqlite3
from collections.abc import Mapping
from datetime import datetime
from typing import Any

import msgspec
from sqlalchemy import bindparam, delete, insert, select, update
from sqlalchemy.dialects.sqlite import insert as insert_or

from server.documents.canonical import content_id
from server.errors import DamagedData
from server.store.connected import Connected
from server.store.encoding import to_instant, to_stamp
from server.store.rows import ChannelRow, ReleaseRow, WorkingRow
from server.store.statements import sql
from server.store.tables import channels, documents, release_documents, releases, working_copies
from server.types import JsonValue, RegionCode, ReleaseId, ServiceId

_ADD_DOCUMENT = sql(insert_or(documents).on_conflict_do_nothing())
_ADD_RELEASE = sql(insert_or(releases).on_conflict_do_nothing())
_ADD_RELEASE_DOCUMENT = sql(insert_or(release_documents).on_conflict_do_nothing())
_RELEASE_DOCUMENTS = sql(
    select(release_documents.c.path, documents.c.content)
    .join_from(release_documents, documents)
    .where(release_documents.c.release_id == bindparam("release_id"))
    .order_by(release_documents.c.path)
)
_RELEASES = sql(
    select(releases).where(releases.c.service_id == bindparam("service_id")).order_by(releases.c.created_at.desc(), releases.c.id)
)

_SET_CHANNEL = sql(insert(channels).prefix_with("OR REPLACE"))
_CHANNEL = sql(
    select(channels.c.release_id).where(
        channels.c.service_id == bindparam("service_id"), channels.c.region == bindparam("region")
    )
)
_CHANNELS = sql(select(channels).order_by(channels.c.service_id, channels.c.region))

_WORKING = sql(select(working_copies).where(working_copies.c.service_id == bindparam("service_id")))
_ADD_WORKING = sql(insert_or(working_copies).on_conflict_do_nothing())
_SAVE_WORKING = sql(
    update(working_copies)
    .where(working_copies.c.service_id == bindparam("row_id"), working_copies.c.version == bindparam("stored"))
    .values({name: bindparam(f"new_{name}") for name in ("version", "saved_at", "base_release_id", "documents")})
)
_DELETE_WORKING = sql(delete(working_copies).where(working_copies.c.service_id == bindparam("service_id")))


class Configuration(Connected):
    """Documents by release, and which release is current where."""

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
        """Stores a release, each of its documents once for all releases; one that is there already stays as it is."""
        prepared = await asyncio.to_thread(_prepared, release_id, documents)
        release = {
            "id": release_id,
            "service_id": service_id,
            "region": region,
            "created_at": to_stamp(created_at),
            "note": note,
            "account_id": account_id,
        }

        def put(connection: sqlite3.Connection) -> None:
            if connection.execute(_ADD_RELEASE, release).rowcount:
                connection.executemany(_ADD_DOCUMENT, prepared)
                connection.executemany(_ADD_RELEASE_DOCUMENT, prepared)

        await self._write(put)

    async def release_documents(self, release_id: ReleaseId) -> dict[str, JsonValue] | None:
        """The documents of a release by path; nothing when there is no such release."""
        rows = await self._rows(_RELEASE_DOCUMENTS, release_id=release_id)
        return {path: _decoded(content, path) for path, content in rows} or None

    async def release_rows(self, service_id: ServiceId) -> tuple[ReleaseRow, ...]:
        """The releases of a service, the latest first."""
        return tuple(
            ReleaseRow(
                release_id=ReleaseId(release_id),
                service_id=ServiceId(service),
                region=RegionCode(region),
                created_at=to_instant(created_at),
                note=note,
                account_id=account_id,
            )
            for release_id, service, region, created_at, note, account_id in await self._rows(_RELEASES, service_id=service_id)
        )

    async def set_channel(
        self, service_id: ServiceId, region: RegionCode, release_id: ReleaseId, at: datetime, account_id: str
    ) -> None:
        """Makes a stored release the current one of a service in a region."""
        await self._change(
            _SET_CHANNEL, service_id=service_id, region=region, release_id=release_id, at=to_stamp(at), account_id=account_id
        )

    async def channel(self, service_id: ServiceId, region: RegionCode) -> ReleaseId | None:
        """The current release of a service in exactly this region."""
        row = await self._row(_CHANNEL, service_id=service_id, region=region)
        return None if row is None else ReleaseId(row[0])

    async def channels(self) -> tuple[ChannelRow, ...]:
        """Every current release, by service and region."""
        return tuple(
            ChannelRow(
                service_id=ServiceId(service_id),
                region=RegionCode(region),
                release_id=ReleaseId(release_id),
                at=to_instant(at),
                account_id=account_id,
            )
            for service_id, region, release_id, at, account_id in await self._few(_CHANNELS)
        )

    async def working(self, service_id: ServiceId) -> WorkingRow | None:
        """The documents of a service as they are being edited."""
        row = await self._row(_WORKING, service_id=service_id)
        if row is None:
            return None
        service, version, saved_at, base_release_id, content = row
        return WorkingRow(
            service_id=ServiceId(service),
            documents=_decoded(content, service),
            version=version,
            saved_at=to_instant(saved_at),
            base_release_id=ReleaseId(base_release_id),
        )

    async def save_working(self, row: WorkingRow) -> bool:
        """Whether the documents were saved, as the next version; not when the stored version is another."""
        values = {
            "version": row.version + 1,
            "saved_at": to_stamp(row.saved_at),
            "base_release_id": row.base_release_id,
            "documents": msgspec.json.encode(row.documents),
        }
        if row.version:
            changed = {f"new_{name}": value for name, value in values.items()}
            return await self._change(_SAVE_WORKING, row_id=row.service_id, stored=row.version, **changed) == 1
        return await self._change(_ADD_WORKING, service_id=row.service_id, **values) == 1

    async def delete_working(self, service_id: ServiceId) -> None:
        """Forgets what was edited."""
        await self._change(_DELETE_WORKING, service_id=service_id)


def _prepared(release_id: ReleaseId, by_path: Mapping[str, JsonValue]) -> list[dict[str, Any]]:
    # The content id ignores the order of members; the stored text keeps it, so that an export reads as its author wrote it.
    return [
        {"release_id": release_id, "path": path, "content_id": content_id(value), "content": msgspec.json.encode(value)}
        for path, value in by_path.items()
    ]


def _decoded(content: bytes, name: str) -> Any:
    try:
        return msgspec.json.decode(content)
    except msgspec.DecodeError:
        raise DamagedData(f"{name}: the stored document cannot be read") from None

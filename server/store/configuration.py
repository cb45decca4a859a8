"""The channels that point at what is in force, and what administrators are editing."""

from __future__ import annotations

from datetime import datetime

import msgspec
from sqlalchemy import bindparam, delete, insert, or_, select, update
from sqlalchemy.dialects.sqlite import insert as insert_or

from server.store.connected import Connected
from server.store.contents import decoded
from server.store.encoding import to_instant, to_stamp
from server.store.rows import ChannelRow, WorkingRow
from server.store.statements import sql
from server.store.tables import channels, working_copies
from server.types import RegionCode, ReleaseId, ServiceId

_HERE = (channels.c.service_id == bindparam("service_id"), channels.c.region == bindparam("region"))
SET_CHANNEL = sql(insert(channels).prefix_with("OR REPLACE"))
_CHANNEL = sql(select(channels.c.release_id).where(*_HERE))
REVISION_OF_CHANNEL = sql(select(channels.c.revision_id).where(*_HERE))
_CHANNELS = sql(select(channels).order_by(channels.c.service_id, channels.c.region))

_ONE_WORKING = (working_copies.c.service_id == bindparam("service_id"), working_copies.c.region == bindparam("region"))
_WORKING = sql(select(working_copies).where(*_ONE_WORKING))
_WORKED_ON = sql(select(working_copies.c.region).where(working_copies.c.service_id == bindparam("service_id")))
_ADD_WORKING = sql(insert_or(working_copies).on_conflict_do_nothing())
_SAVE_WORKING = sql(
    update(working_copies)
    .where(
        working_copies.c.service_id == bindparam("row_service"),
        working_copies.c.region == bindparam("row_region"),
        working_copies.c.version == bindparam("stored"),
    )
    .values({name: bindparam(f"new_{name}") for name in ("version", "saved_at", "base_release_id", "parent_id", "documents")})
)
_DELETE_WORKING = sql(
    delete(working_copies).where(*_ONE_WORKING, or_(bindparam("version") == 0, working_copies.c.version == bindparam("version")))
)


class Configuration(Connected):
    """Which release is current where, and working copies."""

    async def set_channel(
        self,
        service_id: ServiceId,
        region: RegionCode,
        release_id: ReleaseId,
        revision_id: str,
        at: datetime,
        account_id: str,
    ) -> None:
        """Makes a stored revision and its release the current ones of a service in a region, whatever was before."""
        await self._change(
            SET_CHANNEL,
            service_id=service_id,
            region=region,
            release_id=release_id,
            revision_id=revision_id,
            at=to_stamp(at),
            account_id=account_id,
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
                revision_id=revision_id,
                at=to_instant(at),
                account_id=account_id,
            )
            for service_id, region, release_id, revision_id, at, account_id in await self._few(_CHANNELS)
        )

    async def working(self, service_id: ServiceId, region: RegionCode) -> WorkingRow | None:
        """What a region contributes to a service, as it is being edited."""
        row = await self._row(_WORKING, service_id=service_id, region=region)
        if row is None:
            return None
        service, place, version, saved_at, base_release_id, parent_id, content = row
        return WorkingRow(
            service_id=ServiceId(service),
            region=RegionCode(place),
            documents=decoded(content, service),
            version=version,
            saved_at=to_instant(saved_at),
            base_release_id=ReleaseId(base_release_id),
            parent_id=parent_id,
        )

    async def worked_on(self, service_id: ServiceId) -> frozenset[RegionCode]:
        """The regions that have a working copy of a service."""
        return frozenset(RegionCode(region) for (region,) in await self._rows(_WORKED_ON, service_id=service_id))

    async def save_working(self, row: WorkingRow) -> bool:
        """Whether the documents were saved, as the next version; not when the stored version is another."""
        values = {
            "version": row.version + 1,
            "saved_at": to_stamp(row.saved_at),
            "base_release_id": row.base_release_id,
            "parent_id": row.parent_id,
            "documents": msgspec.json.encode(row.documents),
        }
        if row.version:
            changed = {f"new_{name}": value for name, value in values.items()}
            place = {"row_service": row.service_id, "row_region": row.region, "stored": row.version}
            return await self._change(_SAVE_WORKING, **place, **changed) == 1
        return await self._change(_ADD_WORKING, service_id=row.service_id, region=row.region, **values) == 1

    async def delete_working(self, service_id: ServiceId, region: RegionCode, *, version: int = 0) -> None:
        """Forgets what was edited; only while it is at this version, if one is given."""
        await self._change(_DELETE_WORKING, service_id=service_id, region=region, version=version)

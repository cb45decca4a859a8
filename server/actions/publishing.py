"""Publishing documents as a release in force, and giving them back."""

from __future__ import annotations

from collections.abc import Mapping

import msgspec

from server.actions.office import Administrator, Office
from server.actions.rights import UNKNOWN_SERVICE, may_configure
from server.cases.model import AuditEvent
from server.definitions.service import documents_of
from server.findings import Finding, Refused
from server.types import JsonValue, RegionCode, ReleaseId, ServiceId

_INSTALLATION = "system"


class Published(msgspec.Struct, frozen=True, kw_only=True):
    """The documents are in force."""

    release_id: ReleaseId
    #: Whether they were not in force before.
    new: bool


async def publish(
    office: Office,
    *,
    actor: Administrator | None,
    documents: Mapping[str, JsonValue],
    service_id: str,
    region: str,
    note: str,
) -> Published | tuple[Finding, ...] | Refused:
    """Puts the documents in force in the region unless a check finds an error; the same documents again change nothing.

    Without an actor the installation itself acts, from its command line. Applications submitted before keep their release;
    drafts move to the new one when they are next opened.
    """
    if actor is not None and not may_configure(actor, region):
        return UNKNOWN_SERVICE
    own = documents_of(documents, service_id)
    compiled = await office.compiled(own, service_id=service_id, region=region)
    release = compiled.release
    if release is None:
        return compiled.findings
    async with office.lock(f"channel {service_id} {region}"):
        if await office.store.channel(ServiceId(service_id), RegionCode(region)) == release.id:
            return Published(release_id=release.id, new=False)
        now, account_id = office.clock(), actor.account_id if actor is not None else _INSTALLATION
        await office.store.put_release(
            release_id=release.id,
            service_id=release.service_id,
            region=release.region,
            documents=release.documents,
            created_at=now,
            note=note,
            account_id=account_id,
        )
        office.keep(release)
        await office.store.set_channel(release.service_id, release.region, release.id, now, account_id)
        details = {"service": service_id, "region": region, "release": release.id}
        event = AuditEvent(chain="system", at=now, actor=account_id, action="publish", details=details)
        await office.store.add_events((event,))
    return Published(release_id=release.id, new=True)


async def export(office: Office, *, service_id: str) -> dict[str, JsonValue] | None:
    """The documents in force of a service; nothing when none are."""
    row = await office.channel(service_id)
    return await export_release(office, release_id=row.release_id) if row is not None else None


async def export_release(office: Office, *, release_id: ReleaseId) -> dict[str, JsonValue] | None:
    """The documents of any release ever published; nothing when there is none with this id."""
    documents = await office.store.release_documents(release_id)
    return dict(documents) if documents is not None else None

"""An administrator's working copy of a service's documents: edited, checked, previewed, published."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

import msgspec

from server.actions.office import Administrator, Compiled, Office
from server.actions.publishing import Published, publish
from server.actions.rights import UNKNOWN_SERVICE, may_configure
from server.definitions.service import FORM_TREE, PROCESS_TREE, is_document_path
from server.exports.archive import zip_documents
from server.findings import Finding, Refused
from server.releases import Release
from server.store import ChannelRow, WorkingRow
from server.types import JsonValue, ReleaseId, ServiceId

_STALE = Refused("stale-working")


class ServiceLine(msgspec.Struct, frozen=True, kw_only=True):
    """A service the administrator may change."""

    service_id: str
    title: str
    region: str
    #: Name of the region.
    place: str
    release_id: ReleaseId
    published_at: datetime
    #: Documents changed in the working copy and not published yet.
    changed: int


class WorkingSet(msgspec.Struct, frozen=True, kw_only=True):
    """The documents as edited so far."""

    service_id: str
    documents: dict[str, JsonValue]
    #: Number of saves; 0 while nothing was edited.
    version: int
    #: Paths of documents that differ from the release they started from.
    changed: tuple[str, ...]
    base_release_id: ReleaseId


class ReleaseLine(msgspec.Struct, frozen=True, kw_only=True):
    """One release in the history of a service."""

    release_id: ReleaseId
    published_at: datetime
    #: Name of who published it; empty for the installation itself.
    published_by: str
    note: str
    #: Whether people apply under it now.
    current: bool


async def services(office: Office, *, actor: Administrator) -> tuple[ServiceLine, ...]:
    """The services of the administrator's region, by title."""
    lines = []
    for row in await office.store.channels():
        if not may_configure(actor, row.region):
            continue
        release = await office.release(row.release_id)
        opened = await _opened(office, row)
        lines.append(
            ServiceLine(
                service_id=row.service_id,
                title=release.service.bundle.title,
                region=row.region,
                place=release.regions.name(row.region) or row.region,
                release_id=row.release_id,
                published_at=row.at,
                changed=len(opened.changed),
            )
        )
    return tuple(sorted(lines, key=lambda line: (line.title, line.region)))


async def working(office: Office, *, actor: Administrator, service_id: str) -> WorkingSet | Refused:
    """The working copy, or the documents in force while nothing was edited; else `unknown-service`."""
    row = await _channel(office, actor, service_id)
    return row if isinstance(row, Refused) else await _opened(office, row)


async def save_document(
    office: Office, *, actor: Administrator, service_id: str, path: str, value: JsonValue | None, version: int
) -> WorkingSet | Refused:
    """Puts one document into the working copy, or takes it out (`None`): `stale-working` when it changed since that version."""
    return await save_documents(office, actor=actor, service_id=service_id, changes={path: value}, version=version)


async def save_documents(
    office: Office, *, actor: Administrator, service_id: str, changes: Mapping[str, JsonValue | None], version: int
) -> WorkingSet | Refused:
    """Like `save_document` for several documents at once: all of them or, when refused, none."""
    opened = await working(office, actor=actor, service_id=service_id)
    if isinstance(opened, Refused):
        return opened
    if opened.version != version:
        return _STALE
    own = (f"{FORM_TREE}/{service_id}/", f"{PROCESS_TREE}/{service_id}/")
    strange = next((path for path in changes if not (path.startswith(own) and is_document_path(path))), None)
    if strange is not None:
        return Refused("foreign-document", {"path": strange})
    merged = {**opened.documents, **changes}
    row = WorkingRow(
        service_id=ServiceId(service_id),
        documents={path: merged[path] for path in sorted(merged) if merged[path] is not None},
        version=version,
        saved_at=office.clock(),
        base_release_id=opened.base_release_id,
    )
    if not await office.store.save_working(row):
        return _STALE
    return await working(office, actor=actor, service_id=service_id)


async def findings(office: Office, *, actor: Administrator, service_id: str) -> tuple[Finding, ...] | Refused:
    """What the checks find in the working copy."""
    compiled = await _compiled(office, actor, service_id)
    return compiled if isinstance(compiled, Refused) else compiled.findings


async def preview(office: Office, *, actor: Administrator, service_id: str) -> Release | tuple[Finding, ...] | Refused:
    """The working copy compiled, or why it cannot be."""
    compiled = await _compiled(office, actor, service_id)
    if isinstance(compiled, Refused):
        return compiled
    return compiled.release if compiled.release is not None else compiled.findings


async def discard(office: Office, *, actor: Administrator, service_id: str) -> WorkingSet | Refused:
    """Throws the working copy away."""
    row = await _channel(office, actor, service_id)
    if isinstance(row, Refused):
        return row
    await office.store.delete_working(ServiceId(service_id))
    return await _opened(office, row)


async def publish_working(
    office: Office, *, actor: Administrator, service_id: str, note: str
) -> Published | tuple[Finding, ...] | Refused:
    """Publishes the working copy and ends it; `working-outdated` when another release was published since it was begun."""
    row = await _channel(office, actor, service_id)
    if isinstance(row, Refused):
        return row
    opened = await _opened(office, row)
    if opened.base_release_id != row.release_id:
        return Refused("working-outdated")
    published = await publish(
        office, actor=actor, documents=opened.documents, service_id=service_id, region=row.region, note=note
    )
    if isinstance(published, Published):
        await office.store.delete_working(ServiceId(service_id))
    return published


async def history(office: Office, *, actor: Administrator, service_id: str) -> tuple[ReleaseLine, ...] | Refused:
    """Every release of the service for its region, the newest first."""
    row = await _channel(office, actor, service_id)
    if isinstance(row, Refused):
        return row
    lines = []
    for found in await office.store.release_rows(row.service_id):
        if found.region != row.region:
            continue
        account = await office.store.account(found.account_id)
        lines.append(
            ReleaseLine(
                release_id=found.release_id,
                published_at=found.created_at,
                published_by=account.name if account is not None else "",
                note=found.note,
                current=found.release_id == row.release_id,
            )
        )
    return tuple(sorted(lines, key=lambda line: line.published_at, reverse=True))


async def export_zip(office: Office, *, actor: Administrator, service_id: str) -> bytes | Refused:
    """The documents of the working copy as a zip archive."""
    opened = await working(office, actor=actor, service_id=service_id)
    return opened if isinstance(opened, Refused) else zip_documents(opened.documents)


async def _channel(office: Office, actor: Administrator, service_id: str) -> ChannelRow | Refused:
    row = await office.channel(service_id)
    return row if row is not None and may_configure(actor, row.region) else UNKNOWN_SERVICE


async def _opened(office: Office, row: ChannelRow) -> WorkingSet:
    stored = await office.store.working(row.service_id)
    base_id = stored.base_release_id if stored is not None else row.release_id
    base = await office.store.release_documents(base_id) or {}
    documents = stored.documents if stored is not None else dict(base)
    return WorkingSet(
        service_id=row.service_id,
        documents=documents,
        version=stored.version if stored is not None else 0,
        changed=tuple(sorted(path for path in base.keys() | documents.keys() if base.get(path) != documents.get(path))),
        base_release_id=base_id,
    )


async def _compiled(office: Office, actor: Administrator, service_id: str) -> Compiled | Refused:
    row = await _channel(office, actor, service_id)
    if isinstance(row, Refused):
        return row
    stored = await office.store.working(row.service_id)
    name = f"{row.release_id} {stored.version} {stored.saved_at}" if stored is not None else row.release_id
    documents = (await _opened(office, row)).documents
    return await office.compiled(documents, service_id=service_id, region=row.region, name=name)

"""Bringing a revision into force: compiled and checked over the levels above, stored in one step with its release."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping

import msgspec

from server.actions.layers import sources_of
from server.actions.office import Compiled, Office
from server.cases.model import AuditEvent
from server.documents.canonical import content_id
from server.releases import Release
from server.store import Publication, RevisionRow, RevisionState
from server.types import JsonValue


async def compiled_over(
    office: Office, *, service_id: str, region: str, layer: Mapping[str, JsonValue], parent_id: str
) -> Compiled:
    """A layer over the revision it is made for, checked and compiled."""
    # The revision stands for all documents above: it never changes.
    key = await asyncio.to_thread(content_id, [service_id, region, parent_id, dict(layer)])
    sources = {**await sources_of(office, parent_id), **layer}
    return await office.compiled(sources, service_id=service_id, region=region, name=f"layer {key}")


async def compiled_revision(office: Office, row: RevisionRow) -> Compiled:
    """A stored revision as it was made, checked and compiled."""
    sources = await sources_of(office, row.id)
    return await office.compiled(sources, service_id=row.service_id, region=row.region, name=f"revision {row.id}")


async def enact(
    office: Office,
    *,
    row: RevisionRow,
    release: Release,
    layer: Mapping[str, JsonValue] | None,
    was: RevisionState = "published",
    event: AuditEvent,
) -> bool:
    """Whether the revision is in force with its release; not when another one came first.

    `layer` is nothing where the revision is stored already, in the state it `was`.
    """
    region = await office.store.put_in_force(
        Publication(
            revision=row,
            layer=layer,
            was=was,
            documents=release.documents,
            at=event.at,
            account_id=event.actor,
            events=(event,),
        )
    )
    if region is None:
        return False
    office.keep(release if region == release.region else msgspec.structs.replace(release, region=region))
    office.wake()
    return True


def revision_event(office: Office, row: RevisionRow, action: str, *, actor: str) -> AuditEvent:
    """What is remembered of an act upon a revision."""
    details: dict[str, JsonValue] = {
        "service": row.service_id,
        "region": row.region,
        "revision": row.id,
        "release": row.release_id,
    }
    return AuditEvent(chain="system", at=office.clock(), actor=actor, action=action, details=details)

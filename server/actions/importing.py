"""Taking over configuration from outside: first the plan, then all of it or nothing."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping

import msgspec

from server.actions import publishing
from server.actions.office import Office
from server.cases.model import AuditEvent
from server.definitions.service import region_of
from server.exchange.layers import LayerKind
from server.exchange.plan import Choice, Decided, Known, Plan, decide, plan_import
from server.exchange.resolved import overlay_for
from server.findings import Finding, Refused
from server.overlays.overlay import base_documents
from server.types import JsonValue, ReleaseId

_INSTALLATION = "system"


class Incoming(msgspec.Struct, frozen=True, kw_only=True):
    """The layers of one service that came from outside."""

    service_id: str
    layer: LayerKind
    region: str
    documents: dict[str, JsonValue]


class Planned(msgspec.Struct, frozen=True, kw_only=True):
    """An import that has not happened, with everything it was planned on."""

    plan: Plan
    #: Every layer in force here.
    current: dict[str, JsonValue]
    incoming: dict[str, JsonValue]
    known: Known


class Imported(msgspec.Struct, frozen=True, kw_only=True):
    """What an import did."""

    decided: Decided
    #: Region of each layer that was published to the release that is in force there now.
    releases: dict[str, ReleaseId]


async def plan(office: Office, *, incoming: Incoming) -> Planned | tuple[Finding, ...]:
    """What taking over the layers would do, or why they cannot be laid over what is here."""
    service_id = incoming.service_id
    current = await publishing.export(office, service_id=service_id) or {}
    documents = incoming.documents
    if incoming.layer == "resolved" and (incoming.region != region_of(documents, service_id)):
        overlay = overlay_for(current, documents, service_id=service_id, region=incoming.region)
        if isinstance(overlay, tuple):
            return overlay
        documents = overlay
    if not base_documents({**current, **documents}, service_id):
        return (Finding(code="bundle-without-base", severity="error", path=f"form_schemas/{service_id}/bundle.json"),)
    known = await known_imports(office, service_id)
    planned = await asyncio.to_thread(plan_import, current, documents, service_id=service_id, known=known)
    return Planned(plan=planned, current=current, incoming=documents, known=known)


async def apply(
    office: Office, *, planned: Planned, choices: Mapping[str, Choice], rest: Choice | None, note: str
) -> Imported | tuple[Finding, ...] | Refused:
    """Publishes every layer that changes, the uppermost first; nothing while a conflict is undecided or a layer has an error."""
    plan, service_id = planned.plan, planned.plan.service_id
    strange = next((path for path in choices if path not in plan.conflicts), None)
    if strange is not None:
        return Refused("no-such-conflict", {"path": strange})
    decided = decide(plan, planned.current, planned.incoming, choices=choices, rest=rest, known=planned.known)
    if isinstance(decided, tuple):
        return Refused("undecided", {"count": len(decided), "path": decided[0]})
    async with office.lock(f"import {service_id}"):
        if (await publishing.export(office, service_id=service_id) or {}) != planned.current:
            return Refused("shown-otherwise")
        faults = await _faults(office, decided, service_id)
        if faults:
            return faults
        return await _applied(office, decided, service_id, note)


async def known_imports(office: Office, service_id: str) -> Known:
    """What the installation remembers of its imports of a service."""
    text = await office.store.flag(_flag(service_id))
    return msgspec.json.decode(text, type=Known) if text else Known()


async def _faults(office: Office, decided: Decided, service_id: str) -> tuple[Finding, ...]:
    """The findings of the first layer that cannot be published."""
    for layer in decided.layers:
        region = layer or region_of(decided.documents, service_id)
        compiled = await office.compiled(decided.documents, service_id=service_id, region=region)
        if compiled.release is None:
            return compiled.findings
    return ()


async def _applied(office: Office, decided: Decided, service_id: str, note: str) -> Imported | tuple[Finding, ...] | Refused:
    releases: dict[str, ReleaseId] = {}
    for layer in decided.layers:
        region = layer or region_of(decided.documents, service_id)
        published = await publishing.publish(office, documents=decided.documents, service_id=service_id, region=region, note=note)
        if not isinstance(published, publishing.Published):
            return published
        releases[region] = published.release_id
    await office.store.set_flag(_flag(service_id), msgspec.json.encode(decided.known).decode())
    if decided.layers:
        details = {"service": service_id, "changed": len(decided.changed), "kept": len(decided.kept)}
        event = AuditEvent(chain="system", at=office.clock(), actor=_INSTALLATION, action="import", details=details)
        await office.store.add_events((event,))
    return Imported(decided=decided, releases=releases)


def _flag(service_id: str) -> str:
    return f"imports {service_id}"

"""An administrator's working copy of a region's layer: edited as the documents that hold there, checked and previewed."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

import msgspec

from server.actions.enacting import compiled_over, compiled_revision
from server.actions.layers import InForce, Place, in_force, place_for, region_names, sources_of, stands_on, title_in
from server.actions.office import Administrator, Compiled, Office
from server.actions.rights import may_configure
from server.definitions.bundle import Lock
from server.definitions.regions import contains
from server.definitions.service import FORM_TREE, PROCESS_TREE, is_document_path
from server.documents.merge_patch import same
from server.exports.archive import zip_documents
from server.findings import Finding, Refused
from server.overlays.compose import Composed, Origins, compose
from server.overlays.layering import overlay_between
from server.overlays.locks import locks_of
from server.overlays.overlay import FOLDER, overlay_documents, overlay_path
from server.releases import Release
from server.store import RevisionRow, WorkingRow
from server.types import JsonValue, RegionCode, ReleaseId, ServiceId

_STALE = Refused("stale-working")


class ServiceLine(msgspec.Struct, frozen=True, kw_only=True):
    """A service as it holds in a region that the administrator may change."""

    service_id: str
    title: str
    region: str
    #: Name of the region.
    place: str
    release_id: ReleaseId
    published_at: datetime
    #: Documents changed in the working copy and not published yet.
    changed: int
    #: Whether the region is that of the base, and whether it has anything of its own.
    is_base: bool
    own_layer: bool
    #: Whether the level above has published something that the region does not follow yet.
    behind: bool
    #: Proposals that wait for approval.
    proposed: int


class WorkingSet(msgspec.Struct, frozen=True, kw_only=True):
    """The documents of a region as edited so far."""

    service_id: str
    region: str
    base_region: str
    #: As they hold in the region, and those of them that are its own: the base, or patches.
    documents: dict[str, JsonValue]
    layer: dict[str, JsonValue]
    #: Number of saves; 0 while nothing was edited.
    version: int
    #: Paths of documents that differ from the release they started from.
    changed: tuple[str, ...]
    base_release_id: ReleaseId
    #: Revision of the level above that it is made for; empty for a base.
    parent_id: str
    #: Whether something came into force since, above or here, that it does not have yet.
    behind: bool
    origins: Origins
    #: Locks that the levels above have set.
    locks: tuple[Lock, ...]


async def services(office: Office, *, actor: Administrator) -> tuple[ServiceLine, ...]:
    """The services in the administrator's region and in those below that have a layer of their own, by title and region."""
    lines: list[ServiceLine] = []
    for service_id in sorted({row.service_id for row in await office.store.channels()}):
        found = await in_force(office, service_id)
        if found is not None:
            lines += await _lines(office, actor, found)
    return tuple(sorted(lines, key=lambda line: (line.title, line.service_id, line.region)))


async def working(office: Office, *, actor: Administrator, service_id: str, region: str = "") -> WorkingSet | Refused:
    """The working copy, or what is in force while nothing was edited; else `unknown-service` or `unknown-region`."""
    place = await place_for(office, actor=actor, service_id=service_id, region=region)
    return place if isinstance(place, Refused) else await opened(office, place)


async def save_document(
    office: Office,
    *,
    actor: Administrator,
    service_id: str,
    region: str = "",
    path: str,
    value: JsonValue | None,
    version: int,
) -> WorkingSet | Refused:
    """Puts one document into the working copy, or takes it out (`None`): `stale-working` when it changed since that version."""
    return await save_documents(office, actor=actor, service_id=service_id, region=region, changes={path: value}, version=version)


async def save_documents(
    office: Office,
    *,
    actor: Administrator,
    service_id: str,
    region: str = "",
    changes: Mapping[str, JsonValue | None],
    version: int,
) -> WorkingSet | Refused:
    """Like `save_document` for several documents at once: all of them or, when refused, none.

    What a level above has locked is `locked`, with both values; what no overlay can say is `cannot-overlay`.
    """
    place = await place_for(office, actor=actor, service_id=service_id, region=region)
    if isinstance(place, Refused):
        return place
    before = await opened(office, place)
    if before.version != version:
        return _STALE
    strange = next((path for path in changes if not _is_own(path, service_id)), None)
    if strange is not None:
        return Refused("foreign-document", {"path": strange})
    layer = _edited_base(before, changes) if place.is_base else await _edited_layer(office, before, changes)
    if isinstance(layer, Refused):
        return layer
    row = WorkingRow(
        service_id=ServiceId(service_id),
        region=place.region,
        documents=layer,
        version=version,
        saved_at=office.clock(),
        base_release_id=before.base_release_id,
        parent_id=before.parent_id,
    )
    return await opened(office, place) if await office.store.save_working(row) else _STALE


async def findings(office: Office, *, actor: Administrator, service_id: str, region: str = "") -> tuple[Finding, ...] | Refused:
    """What the checks find in the working copy."""
    compiled = await _compiled(office, actor, service_id, region)
    return compiled if isinstance(compiled, Refused) else compiled.findings


async def preview(
    office: Office, *, actor: Administrator, service_id: str, region: str = ""
) -> Release | tuple[Finding, ...] | Refused:
    """The working copy compiled, or why it cannot be."""
    compiled = await _compiled(office, actor, service_id, region)
    if isinstance(compiled, Refused):
        return compiled
    return compiled.release if compiled.release is not None else compiled.findings


async def discard(office: Office, *, actor: Administrator, service_id: str, region: str = "") -> WorkingSet | Refused:
    """Throws the working copy away."""
    place = await place_for(office, actor=actor, service_id=service_id, region=region)
    if isinstance(place, Refused):
        return place
    await office.store.delete_working(ServiceId(service_id), place.region)
    return await opened(office, place)


async def export_zip(office: Office, *, actor: Administrator, service_id: str, region: str = "") -> bytes | Refused:
    """The working copy, and below the base all layers that it lies over, as a zip archive."""
    found = await working(office, actor=actor, service_id=service_id, region=region)
    if isinstance(found, Refused):
        return found
    return zip_documents({**await sources_of(office, found.parent_id), **found.layer})


async def opened(office: Office, place: Place) -> WorkingSet:
    """The working copy of a place that may be changed."""
    service_id, region = place.found.service_id, place.region
    row = await office.store.working(service_id, region) or await _in_force(office, place)
    above = await sources_of(office, row.parent_id)
    composed = compose({**above, **row.documents}, service_id=service_id, region=region)
    changed: tuple[str, ...] = ()
    if row.version:
        base = await office.store.release_documents(row.base_release_id) or {}
        paths = base.keys() | composed.documents.keys()
        changed = tuple(sorted(path for path in paths if base.get(path) != composed.documents.get(path)))
    return WorkingSet(
        service_id=service_id,
        region=region,
        base_region=place.found.base,
        documents=composed.documents,
        layer=row.documents,
        version=row.version,
        changed=changed,
        base_release_id=row.base_release_id,
        parent_id=row.parent_id,
        behind=row.base_release_id != place.around.release_id or is_outgrown(place, row.parent_id),
        origins=composed.origins,
        locks=() if place.is_base else locks_of(compose(above, service_id=service_id, region=region).documents, service_id),
    )


def is_outgrown(place: Place, parent_id: str) -> bool:
    """Whether another revision than this one is in force above a place."""
    return place.above is not None and place.above.revision_id != parent_id


async def is_in_force(office: Office, place: Place, found: WorkingSet) -> bool:
    """Whether a working copy is what the region has in force, over the same documents above."""
    own = await office.store.revision(place.own.revision_id) if place.own is not None else None
    return own is not None and own.parent_id == found.parent_id and same(await office.layer(own.id), found.layer)


async def _in_force(office: Office, place: Place) -> WorkingRow:
    """What a region has in force, as a working copy in which nothing was edited."""
    return WorkingRow(
        service_id=place.found.service_id,
        region=place.region,
        documents=await office.layer(place.own.revision_id) if place.own is not None else {},
        saved_at=place.around.at,
        base_release_id=place.around.release_id,
        parent_id=await stands_on(office, place),
    )


def _is_own(path: str, service_id: str) -> bool:
    """Whether a path is that of a document of the service itself, outside of the folders of overlays."""
    roots = (f"{FORM_TREE}/{service_id}/", f"{PROCESS_TREE}/{service_id}/")
    overlays = tuple(f"{root}{FOLDER}/" for root in roots)
    return path.startswith(roots) and not path.startswith(overlays) and is_document_path(path)


def _edited_base(before: WorkingSet, changes: Mapping[str, JsonValue | None]) -> dict[str, JsonValue]:
    merged = {**before.documents, **changes}
    return {path: merged[path] for path in sorted(merged) if merged[path] is not None}


async def _edited_layer(
    office: Office, before: WorkingSet, changes: Mapping[str, JsonValue | None]
) -> dict[str, JsonValue] | Refused:
    """The layer that makes of the documents above what was edited; the patches of other documents stay as they are."""
    service_id, region = before.service_id, before.region
    above = await sources_of(office, before.parent_id)
    parent = compose(above, service_id=service_id, region=region).documents
    overlay, impossible = overlay_between(
        {path: parent[path] for path in changes if path in parent},
        {path: value for path, value in changes.items() if value is not None},
        service_id=service_id,
        region=region,
    )
    if impossible:
        return Refused("cannot-overlay", {"path": impossible[0].path})
    edited = {overlay_path(path, service_id=service_id, region=region) for path in changes}
    layer = {path: patch for path, patch in before.layer.items() if path not in edited} | overlay_documents(overlay)
    known = compose({**above, **before.layer}, service_id=service_id, region=region)
    made = compose({**above, **layer}, service_id=service_id, region=region)
    refused = _refusal(known, made, edited)
    return refused if refused is not None else dict(sorted(layer.items()))


def _refusal(before: Composed, after: Composed, edited: set[str]) -> Refused | None:
    """Why an edit cannot stand: the first thing wrong with the patches that it made, unless it was so before."""
    fault = next((one for one in after.findings if one.path in edited and one not in before.findings), None)
    if fault is None:
        return None
    path = fault.path.replace(f"/{FOLDER}/{after.region}/", "/", 1)
    if not fault.code.startswith("lock-"):
        return Refused("cannot-overlay", {"path": path})
    told = {"reason": fault.params.get("place", ""), **fault.params}
    return Refused(
        "locked",
        {
            "path": path,
            "pointer": fault.pointer,
            "upper": told["upper"],
            "reason": told["reason"],
            "before": told["before"],
            "after": told["after"],
        },
    )


async def _lines(office: Office, actor: Administrator, found: InForce) -> list[ServiceLine]:
    layers = {layer.revision.region: layer for layer in await office.store.layers_in_force(found.service_id)}
    waiting = [row.region for row in await office.store.open_revisions(found.service_id) if row.state == "proposed"]
    edited = await office.store.worked_on(found.service_id)
    base = await office.layer(found.channels[found.base].revision_id)
    names = region_names(base, found.base)
    own = {actor.region} if actor.region in names and contains(found.base, actor.region) else set()
    title, lines = title_in(base, found.service_id), []
    for region in sorted(found.channels.keys() | own | edited):
        if not may_configure(actor, region):
            continue
        layer = layers.get(region)
        place = Place(found=found, region=RegionCode(region), name=names.get(region, region), title=title)
        lines.append(
            ServiceLine(
                service_id=found.service_id,
                title=title,
                region=region,
                place=place.name,
                release_id=place.around.release_id,
                published_at=place.around.at,
                changed=len((await opened(office, place)).changed) if region in edited else 0,
                is_base=place.is_base,
                own_layer=layer is not None and layer.documents > 0,
                behind=layer is not None and is_outgrown(place, layer.revision.parent_id),
                proposed=waiting.count(RegionCode(region)),
            )
        )
    return lines


async def _compiled(office: Office, actor: Administrator, service_id: str, region: str) -> Compiled | Refused:
    place = await place_for(office, actor=actor, service_id=service_id, region=region)
    if isinstance(place, Refused):
        return place
    if place.own is not None and await office.store.working(place.found.service_id, place.region) is None:
        row: RevisionRow | None = await office.store.revision(place.own.revision_id)
        if row is not None:
            return await compiled_revision(office, row)
    found = await opened(office, place)
    return await compiled_over(office, service_id=service_id, region=place.region, layer=found.layer, parent_id=found.parent_id)

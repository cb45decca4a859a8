"""What differs between two configurations, wherever they are: folders, releases, services in force, working copies."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from pathlib import Path
from typing import Literal

import msgspec

from server.actions import publishing
from server.actions.layers import sources_of
from server.actions.office import Office
from server.definitions.service import region_of, service_ids
from server.differences.change import SemanticChange
from server.differences.impact import Impact, Uses
from server.differences.semantic import semantic_changes
from server.exports.folder import read_trees, roots_of
from server.findings import Refused
from server.overlays.compose import compose
from server.types import JsonValue, RegionCode, ReleaseId, ServiceId

_DRAFT = ":draft"


class Source(msgspec.Struct, frozen=True, kw_only=True):
    """Where documents come from."""

    kind: Literal["folder", "release", "service", "draft"]
    #: Folder, content id of a release, or id of a service.
    name: str
    #: Region whose documents are meant; the base's when empty.
    region: str = ""


class Side(msgspec.Struct, frozen=True, kw_only=True):
    """The documents of one side."""

    source: Source
    #: As they hold in the region, by service.
    resolved: dict[str, dict[str, JsonValue]]
    #: With every layer that is known.
    layers: dict[str, JsonValue]


class Told(msgspec.Struct, frozen=True, kw_only=True):
    """One difference, and what it touches where that was asked for."""

    service_id: str
    change: SemanticChange
    impact: Impact | None = None


class Differing(msgspec.Struct, frozen=True, kw_only=True):
    """Every difference, by service."""

    told: tuple[Told, ...]
    #: Running cases and drafts by release, of the services that differ; empty without an installation.
    cases: dict[ReleaseId, int] = {}
    drafts: dict[ReleaseId, int] = {}


def source_of(name: str) -> Source:
    """What a name stands for: `folder`, `folder@region`, `sha256:…`, `service`, `service@region`, `service@region:draft`."""
    if name.startswith("sha256:"):
        return Source(kind="release", name=name)
    if Path(name).is_dir():
        return Source(kind="folder", name=name)
    whole = name.removesuffix(_DRAFT)
    head, mark, region = whole.rpartition("@")
    if not mark:
        head, region = whole, ""
    if Path(head).is_dir() and whole == name:
        return Source(kind="folder", name=head, region=region)
    return Source(kind="service" if whole == name else "draft", name=head, region=region)


async def side_of(office: Office | None, source: Source) -> Side | Refused:
    """The documents of a source; `unknown-source` where there are none, or no installation that could have them."""
    missing = Refused("unknown-source", {"name": source.name})
    if source.kind == "folder":
        roots = roots_of((Path(source.name),))
        found = (await asyncio.to_thread(read_trees, roots[0])).documents if roots else {}
        resolved = {name: _resolved(found, name, source.region) for name in service_ids(found)}
        return Side(source=source, resolved=resolved, layers=found) if resolved else missing
    if office is None:
        return missing
    if source.kind == "release":
        release = await publishing.export_release(office, release_id=ReleaseId(source.name))
        if release is None:
            return missing
        names = service_ids(release)
        layers = await publishing.export(office, service_id=names[0]) if names else None
        return Side(source=source, resolved=dict.fromkeys(names, release), layers=layers or release)
    return await _of_service(office, source) or missing


async def compared(
    office: Office | None, before: Side, after: Side, *, impact: bool = False, lang: Literal["zh", "en"] = "zh"
) -> Differing:
    """The differences from one side to the other; of services that only a folder has nothing is said beside a single service."""
    names = sorted(_compared_services(before, after))
    told: list[Told] = []
    for name in names:
        told += await asyncio.to_thread(_told, name, before, after, impact, lang)
    differing = {one.service_id for one in told}
    if office is None or not impact or not differing:
        return Differing(told=tuple(told))
    cases: dict[ReleaseId, int] = {}
    drafts: dict[ReleaseId, int] = {}
    begun = await office.store.drafts_per_release()
    for name in sorted(differing):
        cases |= await office.store.cases_per_release(ServiceId(name))
        releases = {row.release_id for row in await office.store.release_rows(ServiceId(name))}
        drafts |= {release_id: count for release_id, count in begun.items() if release_id in releases}
    return Differing(told=tuple(told), cases=cases, drafts=drafts)


async def _of_service(office: Office, source: Source) -> Side | None:
    layers = await publishing.export(office, service_id=source.name)
    if source.kind == "service":
        resolved = await publishing.export_resolved(office, service_id=source.name, region=source.region)
    else:
        resolved = await _draft(office, source, layers or {})
    if resolved is None:
        return None
    return Side(source=source, resolved={source.name: resolved}, layers=layers or resolved)


async def _draft(office: Office, source: Source, layers: Mapping[str, JsonValue]) -> dict[str, JsonValue] | None:
    """The working copy of a region as it would hold there."""
    region = source.region or region_of(layers, source.name)
    row = await office.store.working(ServiceId(source.name), RegionCode(region))
    if row is None:
        return None
    return _resolved({**await sources_of(office, row.parent_id), **row.documents}, source.name, region)


def _resolved(documents: Mapping[str, JsonValue], service_id: str, region: str) -> dict[str, JsonValue]:
    return compose(documents, service_id=service_id, region=region or region_of(documents, service_id)).documents


def _compared_services(before: Side, after: Side) -> set[str]:
    """All services of two folders; of a folder beside a release or a service, that one."""
    sides = before.resolved.keys(), after.resolved.keys()
    single = [names for names, side in zip(sides, (before, after), strict=True) if side.source.kind != "folder"]
    return set().union(*(single or sides))


def _told(service_id: str, before: Side, after: Side, impact: bool, lang: Literal["zh", "en"]) -> list[Told]:
    old, new = before.resolved.get(service_id, {}), after.resolved.get(service_id, {})
    changes = semantic_changes(old, new, service_id=service_id)
    if not impact:
        return [Told(service_id=service_id, change=change) for change in changes]
    uses = Uses(old, new, layers=after.layers, service_id=service_id, lang=lang)
    return [Told(service_id=service_id, change=change, impact=uses.impact_of(change)) for change in changes]

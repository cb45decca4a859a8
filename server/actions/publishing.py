"""Publishing the layers of a service, and giving back what is in force."""

from __future__ import annotations

from collections.abc import Mapping

import msgspec

from server.actions.adopting import follow
from server.actions.enacting import compiled_over, enact, revision_event
from server.actions.layers import InForce, in_force, layer_in, layers_of
from server.actions.office import Office
from server.actions.rights import UNKNOWN_SERVICE
from server.cases.acts import SYSTEM
from server.definitions.common import LEVEL_DIGITS
from server.definitions.regions import contains, level_of
from server.definitions.service import region_of
from server.documents.merge_patch import same
from server.findings import Finding, Refused
from server.overlays.overlay import overlay_paths
from server.releases import Release
from server.store import RevisionRow
from server.types import JsonValue, RegionCode, ReleaseId

_TRIES = 5


class Published(msgspec.Struct, frozen=True, kw_only=True):
    """A layer is in force."""

    release_id: ReleaseId
    revision_id: str
    #: Whether it was not in force before.
    new: bool
    #: Regions below that followed, and those that could not.
    adopted: tuple[RegionCode, ...] = ()
    behind: tuple[RegionCode, ...] = ()


async def publish(
    office: Office,
    *,
    documents: Mapping[str, JsonValue],
    service_id: str,
    region: str = "",
    note: str = "",
) -> Published | tuple[Finding, ...] | Refused:
    """Puts the layer of a region in force over what is above it, unless a check finds an error, as the installation itself.

    `documents` may hold other layers, which stay as they are. The same layer again changes nothing. Applications submitted
    before keep their release; drafts move to the new one when they are next opened.
    """
    async with office.lock(f"configuration {service_id}"):
        for _ in range(_TRIES):
            result = await _publish(office, documents, service_id, region, note)
            if result is not None:
                return result
    return Refused("busy")


async def publish_all(
    office: Office, *, documents: Mapping[str, JsonValue], service_id: str, note: str = ""
) -> dict[str, Published | tuple[Finding, ...] | Refused]:
    """What became of each layer that the documents hold, the base first."""
    base = region_of(documents, service_id)
    regions = sorted(overlay_paths(documents, service_id), key=lambda code: (LEVEL_DIGITS[level_of(code)], code))
    return {
        region: await publish(office, documents=documents, service_id=service_id, region=region, note=note)
        for region in (base, *regions)
    }


async def export(office: Office, *, service_id: str, region: str = "") -> dict[str, JsonValue] | None:
    """Every layer in force of a service, or those on the way down to a region; nothing when none is."""
    found = await in_force(office, service_id)
    if found is None:
        return None
    rows = (row for row in found.channels.values() if not region or contains(row.region, region))
    return await layers_of(office, rows)


async def export_resolved(office: Office, *, service_id: str, region: str = "") -> dict[str, JsonValue] | None:
    """The documents as they hold in a region, or in the base's; nothing when none do."""
    row = await office.channel(service_id, region)
    return await export_release(office, release_id=row.release_id) if row is not None else None


async def export_release(office: Office, *, release_id: ReleaseId) -> dict[str, JsonValue] | None:
    """The documents of any release ever published; nothing when there is none with this id."""
    documents = await office.store.release_documents(release_id)
    return dict(documents) if documents is not None else None


async def _publish(
    office: Office, documents: Mapping[str, JsonValue], service_id: str, region: str, note: str
) -> Published | tuple[Finding, ...] | Refused | None:
    """The same, or nothing where another process published meanwhile."""
    found = await in_force(office, service_id)
    base = found.base if found is not None else RegionCode(region_of(documents, service_id))
    place = RegionCode(region) if region else base
    if place != base and (found is None or not contains(base, place)):
        return UNKNOWN_SERVICE
    layer = layer_in(documents, service_id=service_id, region=place, base=base)
    above = found.above(place) if found is not None else None
    parent_id = above.revision_id if above is not None else ""
    stays = await _unchanged(office, found, place, layer, parent_id)
    if stays is not None:
        return stays
    compiled = await compiled_over(office, service_id=service_id, region=place, layer=layer, parent_id=parent_id)
    if compiled.release is None:
        return compiled.findings
    if place == base and compiled.release.service.bundle.region != base:
        return Refused("base-elsewhere", {"region": base})
    own = found.channels.get(place) if found is not None else None
    row = _row(office, compiled.release, place, parent_id=parent_id, replaces_id=own.revision_id if own else "", note=note)
    event = revision_event(office, row, "publish", actor=SYSTEM)
    if not await enact(office, row=row, release=compiled.release, layer=layer, event=event):
        return None
    followed = await follow(office, service_id=service_id)
    return Published(release_id=row.release_id, revision_id=row.id, new=True, adopted=followed.adopted, behind=followed.behind)


async def _unchanged(
    office: Office, found: InForce | None, region: RegionCode, layer: dict[str, JsonValue], parent_id: str
) -> Published | None:
    """What is in force, where it is this very layer over this very parent."""
    own = found.channels.get(region) if found is not None else None
    if found is None or (own is None and layer):
        return None
    if own is None:
        row = found.around(region)
        return Published(release_id=row.release_id, revision_id=row.revision_id, new=False)
    revision = await office.store.revision(own.revision_id)
    if revision is None or revision.parent_id != parent_id or not same(await office.layer(revision.id), layer):
        return None
    return Published(release_id=own.release_id, revision_id=own.revision_id, new=False)


def _row(office: Office, release: Release, region: RegionCode, *, parent_id: str, replaces_id: str, note: str) -> RevisionRow:
    now = office.clock()
    return RevisionRow(
        id=next(office.ids()),
        service_id=release.service_id,
        region=region,
        release_id=release.id,
        parent_id=parent_id,
        replaces_id=replaces_id,
        state="published",
        author_id=SYSTEM,
        proposed_at=now,
        approver_id=SYSTEM,
        decided_at=now,
        note=note,
    )

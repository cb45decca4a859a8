"""Levels below follow what is published above them: a clean overlay by itself, any other once its conflicts are resolved."""

from __future__ import annotations

import msgspec

from server.actions.configuring import WorkingSet, is_in_force, opened
from server.actions.enacting import compiled_over, enact, revision_event
from server.actions.layers import InForce, Place, in_force, place_for, place_in
from server.actions.office import Administrator, Office
from server.actions.rebasing import Step, layer_step, next_step
from server.cases.acts import SYSTEM
from server.findings import Finding, Refused
from server.messages.revisions import ADOPTED, ADOPTED_WITH
from server.overlays.conflicts import Choices, Conflict
from server.overlays.overlay import overlay_of
from server.store import ChannelRow, RevisionRow, WorkingRow
from server.types import RegionCode, ServiceId


class Adoption(msgspec.Struct, frozen=True, kw_only=True):
    """Which regions followed."""

    #: In force over the newer revision now.
    adopted: tuple[RegionCode, ...] = ()
    #: Still on the older one.
    behind: tuple[RegionCode, ...] = ()


class Behind(msgspec.Struct, frozen=True, kw_only=True):
    """What keeps a region's working copy from standing on what is in force."""

    conflicts: tuple[Conflict, ...]
    #: Revisions above that it stands on and is to stand on; the same where only the region's own documents moved on.
    parent_from: str
    parent_to: str
    #: Whether it can follow without anybody choosing.
    clean: bool
    #: What the checks find once it has followed, with what is in force wherever there is a conflict.
    findings: tuple[Finding, ...]


async def adopt(office: Office, *, service_id: str) -> Adoption:
    """Ensures that every region follows the one above it, unless its overlay is in conflict with what is new there."""
    async with office.lock(f"configuration {service_id}"):
        return await follow(office, service_id=service_id)


async def follow(office: Office, *, service_id: str) -> Adoption:
    """The same for whoever is alone with the service's configuration already."""
    found = await in_force(office, service_id)
    if found is None:
        return Adoption()
    adopted: list[RegionCode] = []
    behind: list[RegionCode] = []
    for region in [row.region for row in found.downwards() if row.region != found.base]:
        # Whatever was above it may have followed just now.
        found = await in_force(office, service_id) or found
        above = found.above(region)
        revision = await office.store.revision(found.channels[region].revision_id)
        if revision is None or above is None or revision.parent_id == above.revision_id:
            continue
        followed = await _followed(office, found, revision, above)
        (adopted if followed else behind).append(region)
    for region in await office.store.worked_on(ServiceId(service_id)):
        await _carry_working_copy(office, await in_force(office, service_id) or found, region)
    return Adoption(adopted=tuple(adopted), behind=tuple(behind))


async def conflicts(office: Office, *, actor: Administrator, service_id: str, region: str = "") -> Behind | Refused:
    """What has to be chosen before the working copy of a region, or what it has in force, follows what came into force since."""
    place = await place_for(office, actor=actor, service_id=service_id, region=region)
    if isinstance(place, Refused):
        return place
    found = await opened(office, place)
    step = await next_step(office, place, found)
    if step is None:
        return Behind(conflicts=(), parent_from=found.parent_id, parent_to=found.parent_id, clean=True, findings=())
    compiled = await compiled_over(
        office, service_id=service_id, region=place.region, layer=step.layer(), parent_id=step.parent_to
    )
    return Behind(
        conflicts=step.rebased.conflicts,
        parent_from=step.parent_from,
        parent_to=step.parent_to,
        clean=not step.rebased.conflicts,
        findings=compiled.findings,
    )


async def resolve(
    office: Office, *, actor: Administrator, service_id: str, region: str = "", choices: Choices
) -> WorkingSet | Refused:
    """The working copy carried over to what came into force since, with each conflict resolved as chosen.

    Proposing it is what brings the region back. Refused as `conflicts-open` while there is no choice for one of them, or
    `stale-working` when somebody saved meanwhile.
    """
    place = await place_for(office, actor=actor, service_id=service_id, region=region)
    if isinstance(place, Refused):
        return place
    found = await opened(office, place)
    step = await next_step(office, place, found)
    if step is None:
        return found
    resolved = step.resolved(choices)
    if resolved.rebased.conflicts:
        return Refused("conflicts-open", {"count": len(resolved.rebased.conflicts)})
    return await opened(office, place) if await _save(office, found, resolved) else Refused("stale-working")


async def _carry_working_copy(office: Office, found: InForce, region: RegionCode) -> None:
    """Lets a working copy follow what came into force, where nobody has to choose; one that is in force now has ended."""
    place = await place_in(office, found, region)
    while place is not None:
        current = await opened(office, place)
        if await is_in_force(office, place, current):
            await office.store.delete_working(found.service_id, region, version=current.version)
            return
        step = await next_step(office, place, current)
        if step is None or step.rebased.conflicts or not await _save(office, current, step):
            return


async def _save(office: Office, found: WorkingSet, step: Step) -> bool:
    """Whether a working copy is stored as it is after a step; not where somebody saved meanwhile."""
    row = WorkingRow(
        service_id=ServiceId(found.service_id),
        region=RegionCode(found.region),
        documents=step.layer(),
        version=found.version,
        saved_at=office.clock(),
        base_release_id=step.base_release_id,
        parent_id=step.parent_to,
    )
    return await office.store.save_working(row)


async def _followed(office: Office, found: InForce, revision: RevisionRow, above: ChannelRow) -> bool:
    """Whether a region's revision is in force over what is above it now."""
    place, upper = await place_in(office, found, revision.region), await place_in(office, found, above.region)
    if place is None or upper is None:
        return False
    overlay = overlay_of(await office.layer(revision.id), service_id=revision.service_id, region=revision.region)
    step = await layer_step(office, place, overlay, parent_from=revision.parent_id, parent_to=above.revision_id)
    if step.rebased.conflicts:
        return False
    layer = step.layer()
    compiled = await compiled_over(
        office, service_id=revision.service_id, region=revision.region, layer=layer, parent_id=above.revision_id
    )
    if compiled.release is None:
        return False
    now = office.clock()
    row = RevisionRow(
        id=next(office.ids()),
        service_id=revision.service_id,
        region=revision.region,
        release_id=compiled.release.id,
        parent_id=above.revision_id,
        replaces_id=revision.id,
        state="published",
        author_id=SYSTEM,
        proposed_at=now,
        approver_id=SYSTEM,
        decided_at=now,
        note=await _note(office, upper),
    )
    event = revision_event(office, row, "adopt", actor=SYSTEM)
    return await enact(office, row=row, release=compiled.release, layer=layer, event=event)


async def _note(office: Office, upper: Place) -> str:
    cause = await office.store.revision(upper.around.revision_id)
    # What an upper level says of having followed itself is said once.
    followed = cause is not None and cause.author_id == SYSTEM and not upper.is_base
    if cause is None or followed or not cause.note:
        return ADOPTED.format(upper=upper.name)
    return ADOPTED_WITH.format(upper=upper.name, note=cause.note)

"""Carrying documents over to what came into force since: what is clean follows, what is not are conflicts."""

from __future__ import annotations

import asyncio

import msgspec

from server.actions.configuring import WorkingSet, is_outgrown
from server.actions.layers import Place, resolved_of, stands_on
from server.actions.office import Office
from server.definitions.service import Documents
from server.documents.pointer import MISSING
from server.overlays.conflicts import Choice, Choices
from server.overlays.layering import document_patch, lay_over, overlay_between
from server.overlays.overlay import Overlay, overlay_documents, overlay_of
from server.overlays.rebase import Rebased, rebase, resolve
from server.types import JsonValue, RegionCode, ReleaseId, ServiceId


class Step(msgspec.Struct, frozen=True, kw_only=True):
    """One step of a layer towards what is in force: what it stood on, what it is to stand on, and what becomes of it."""

    rebased: Rebased
    #: Revisions of the levels above before and after.
    parent_from: str
    parent_to: str
    #: Release in force that it starts from afterwards.
    base_release_id: ReleaseId
    #: Documents above after the step, and those in force in the region where edits are carried over to them.
    above: dict[str, JsonValue]
    onto: dict[str, JsonValue] | None

    def layer(self) -> dict[str, JsonValue]:
        """The layer over the documents above, with what is in force wherever a conflict is left."""
        overlay = self.rebased.overlay
        if self.onto is None:
            return overlay_documents(overlay)
        edited = lay_over(self.onto, overlay).documents
        if not self.parent_to:
            return edited
        return overlay_documents(overlay_between(self.above, edited, service_id=overlay.service_id, region=overlay.region)[0])

    def resolved(self, choices: Choices) -> Step:
        """The step with these conflicts resolved."""
        return msgspec.structs.replace(self, rebased=resolve(self.rebased, choices))


async def next_step(office: Office, place: Place, found: WorkingSet) -> Step | None:
    """The next step of a working copy; nothing where it stands on what is in force.

    First its edits follow what came into force in the region itself, then the layer follows what did so above.
    """
    if found.base_release_id != place.around.release_id:
        before = await office.store.release_documents(found.base_release_id) or {}
        return await edits_step(office, place, before=before, edited=found.documents, parent_from=found.parent_id)
    if place.above is not None and is_outgrown(place, found.parent_id):
        overlay = overlay_of(found.layer, service_id=found.service_id, region=place.region)
        return await layer_step(office, place, overlay, parent_from=found.parent_id, parent_to=place.above.revision_id)
    return None


async def edits_step(office: Office, place: Place, *, before: Documents, edited: Documents, parent_from: str) -> Step:
    """Edits of documents that were in force in a region, carried over to what is in force there now."""
    onto = await resolved_of(office, place.around.revision_id)
    parent_to = await stands_on(office, place)
    above = await resolved_of(office, parent_to)
    now = onto.documents if onto is not None else {}
    edits = _edits(before, edited, service_id=place.found.service_id, region=place.region)
    rebased = await asyncio.to_thread(rebase, before, now, edits)
    # Its own locks bind those below a region, not itself; those above it are the checks' matter.
    own = {(one.path, one.pointer): Choice(take="keep-ours") for one in rebased.conflicts if one.kind == "newly-locked"}
    return Step(
        rebased=resolve(rebased, own),
        parent_from=parent_from,
        parent_to=parent_to,
        base_release_id=place.around.release_id,
        above=above.documents if above is not None else {},
        onto=now,
    )


async def layer_step(office: Office, place: Place, overlay: Overlay, *, parent_from: str, parent_to: str) -> Step:
    """A layer carried over from one revision above it to another."""
    old, new = await resolved_of(office, parent_from), await resolved_of(office, parent_to)
    before, after = (old.documents if old is not None else {}), (new.documents if new is not None else {})
    return Step(
        rebased=await asyncio.to_thread(rebase, before, after, overlay),
        parent_from=parent_from,
        parent_to=parent_to,
        base_release_id=place.around.release_id,
        above=after,
        onto=None,
    )


def _edits(before: Documents, edited: Documents, *, service_id: str, region: str) -> Overlay:
    """What was edited, documents that no overlay can change among it: in the region itself they may be."""
    patches: dict[str, JsonValue] = {}
    for path in sorted(before.keys() | edited.keys()):
        patch = document_patch(before.get(path, MISSING), edited.get(path, MISSING), path=path, service_id=service_id)
        if patch is not MISSING:
            patches[path] = patch
    return Overlay(service_id=ServiceId(service_id), region=RegionCode(region), patches=patches)

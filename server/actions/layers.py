"""What is in force of a service: one revision for each region that contributes a layer, each over the next level above."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

import msgspec

from server.actions.office import Administrator, Office
from server.actions.rights import UNKNOWN_SERVICE, may_configure
from server.definitions.common import LEVEL_DIGITS
from server.definitions.regions import contains, level_of
from server.definitions.service import LIBRARY, path_of
from server.findings import Refused
from server.overlays.compose import Composed, compose
from server.overlays.overlay import base_documents, overlay_paths
from server.store import ChannelRow
from server.types import JsonValue, RegionCode, ServiceId


class InForce(msgspec.Struct, frozen=True, kw_only=True):
    """The channels of one service."""

    service_id: ServiceId
    #: Region of the base.
    base: RegionCode
    channels: dict[RegionCode, ChannelRow]

    def around(self, region: str) -> ChannelRow:
        """What holds in a region: its own or that of the next level above; the base's for places elsewhere."""
        rows = [row for code, row in self.channels.items() if contains(code, region)]
        return max(rows, key=_depth, default=self.channels[self.base])

    def above(self, region: str) -> ChannelRow | None:
        """What holds in the region around a region; nothing for the base."""
        if region == self.base:
            return None
        rows = [row for code, row in self.channels.items() if code != region and contains(code, region)]
        return max(rows, key=_depth, default=None)

    def downwards(self) -> tuple[ChannelRow, ...]:
        """Every channel, the uppermost first."""
        return tuple(sorted(self.channels.values(), key=lambda row: (_depth(row), row.region)))


class Place(msgspec.Struct, frozen=True, kw_only=True):
    """A region of a service."""

    found: InForce
    region: RegionCode
    #: Names of the region and of the service.
    name: str
    title: str

    @property
    def is_base(self) -> bool:
        """Whether its layer is the base."""
        return self.region == self.found.base

    @property
    def own(self) -> ChannelRow | None:
        """What the region itself has in force."""
        return self.found.channels.get(self.region)

    @property
    def around(self) -> ChannelRow:
        """What holds in the region."""
        return self.found.around(self.region)

    @property
    def above(self) -> ChannelRow | None:
        """What holds above the region; nothing for the base."""
        return self.found.above(self.region)


async def in_force(office: Office, service_id: str) -> InForce | None:
    """What is in force of a service; nothing when nothing is."""
    rows = await office.channels(service_id)
    if not rows:
        return None
    base = min(rows, key=_depth).region
    return InForce(service_id=ServiceId(service_id), base=base, channels={row.region: row for row in rows})


async def place_for(office: Office, *, actor: Administrator, service_id: str, region: str) -> Place | Refused:
    """A region of a service that the administrator may change, the base's where none is named.

    Else `unknown-service`, as where there is nothing, or `unknown-region` for one that the service's list does not have.
    """
    found = await in_force(office, service_id)
    if found is None:
        return UNKNOWN_SERVICE
    code = RegionCode(region or found.base)
    if not may_configure(actor, code) or not contains(found.base, code):
        return UNKNOWN_SERVICE
    place = await place_in(office, found, code)
    return place if place is not None else Refused("unknown-region", {"region": code})


async def place_in(office: Office, found: InForce, region: RegionCode) -> Place | None:
    """A region of a service; nothing for one that the service's list does not have."""
    base = await office.layer(found.channels[found.base].revision_id)
    name = region_names(base, found.base).get(region)
    if name is None and region != found.base:
        return None
    return Place(found=found, region=region, name=name or region, title=title_in(base, found.service_id))


async def stands_on(office: Office, place: Place) -> str:
    """The revision above that what holds in a region stands on; empty for the base."""
    own = await office.store.revision(place.own.revision_id) if place.own is not None else None
    if own is not None:
        return own.parent_id
    return place.above.revision_id if place.above is not None else ""


async def sources_of(office: Office, revision_id: str) -> dict[str, JsonValue]:
    """The documents a revision stands for: its own layer and those of the revisions it was made for, up to the base."""
    documents: dict[str, JsonValue] = {}
    while revision_id:
        row = await office.store.revision(revision_id)
        if row is None:
            break
        documents = {**await office.layer(row.id), **documents}
        revision_id = row.parent_id
    return documents


async def resolved_of(office: Office, revision_id: str) -> Composed | None:
    """The documents of a revision as they hold in its region."""
    row = await office.store.revision(revision_id) if revision_id else None
    if row is None:
        return None
    return compose(await sources_of(office, row.id), service_id=row.service_id, region=row.region)


async def layers_of(office: Office, rows: Iterable[ChannelRow]) -> dict[str, JsonValue]:
    """The layers of channels together, as trees hold them."""
    documents: dict[str, JsonValue] = {}
    for row in rows:
        documents |= await office.layer(row.revision_id)
    return dict(sorted(documents.items()))


def layer_in(documents: Mapping[str, JsonValue], *, service_id: str, region: str, base: str) -> dict[str, JsonValue]:
    """What a region contributes to documents that hold layers; the base without any overlay for its own region."""
    if region == base:
        return base_documents(documents, service_id)
    return {path: documents[path] for path in overlay_paths(documents, service_id).get(RegionCode(region), {})}


def region_names(documents: Mapping[str, JsonValue], base: str) -> dict[str, str]:
    """Region code to name, as the list of a base has them."""
    listed = documents.get(f"{LIBRARY}/regions/{base}.json")
    names = listed.get("regions") if isinstance(listed, dict) else None
    return {code: str(name) for code, name in names.items()} if isinstance(names, dict) else {}


def title_in(base: Mapping[str, JsonValue], service_id: str) -> str:
    """The title of a service, as the head of its base has it; its id where that cannot be read."""
    head = base.get(path_of(service_id, "bundle"))
    title = head.get("title") if isinstance(head, dict) else None
    return title if isinstance(title, str) else service_id


def _depth(row: ChannelRow) -> int:
    return LEVEL_DIGITS[level_of(row.region)]

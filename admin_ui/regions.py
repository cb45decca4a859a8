"""The layers of a service below a region: who has changed what, who follows, and where a layer can be begun."""

from __future__ import annotations

import msgspec
from litestar import Response, get
from litestar.params import FromPath

from admin_ui.field_views import Head, head_of
from admin_ui.levels import region_tree
from admin_ui.rendering import show
from admin_ui.workspace import Workspace, administrator_of, open_workspace, service_path
from server.actions import adopting, configuring
from server.actions.configuring import ServiceLine
from server.definitions.regions import RegionTree, contains, level_of
from server.findings import Refused
from server.web.access import office_of
from server.web.requests import AnyRequest, query

_ROUTE = "/admin/services/{tree:str}/{name:str}/regions"
_MOST_FOUND = 60
#: Levels that have layers of their own.
_LEVELS = ("province", "city", "county")


class LayerReport(msgspec.Struct, frozen=True, kw_only=True):
    """How a region stands to its upper level."""

    place: str
    region: str
    href: str
    is_base: bool
    #: Places of documents that the region itself changes, and the documents they are in.
    own: int
    documents: int
    #: Whether it has what the upper level has in force.
    behind: bool
    conflicts: int
    #: Documents changed in its working copy.
    changed: int
    #: Proposals that wait.
    proposed: int


class RegionChoice(msgspec.Struct, frozen=True, kw_only=True):
    """A region whose layer can be opened or begun."""

    code: str
    name: str
    href: str
    #: Whether it has a layer.
    layered: bool


class RegionGroup(msgspec.Struct, frozen=True, kw_only=True):
    """A region and those directly below it."""

    upper: RegionChoice
    lower: tuple[RegionChoice, ...]


class RegionsPage(msgspec.Struct, frozen=True, kw_only=True):
    """Context of `admin/regions.html`."""

    head: Head
    layers: tuple[LayerReport, ...]
    groups: tuple[RegionGroup, ...]
    #: How many regions use what the level above has.
    sharing: int
    searched: str = ""
    found: tuple[RegionChoice, ...] = ()


@get(_ROUTE, opt={"access": "administrator"})
async def regions(request: AnyRequest, tree: FromPath[str], name: FromPath[str]) -> Response[bytes]:
    """The layers at and below the region, and the regions where one can be begun."""
    space = await open_workspace(request, tree, name)
    lines = [
        line
        for line in await configuring.services(office_of(request), actor=administrator_of(request))
        if line.service_id == space.service_id and contains(space.region, line.region)
    ]
    layers = tuple([await _report(request, space, line) for line in lines if line.own_layer or line.is_base or line.changed])
    known = region_tree(space.working)
    layered = {line.region for line in lines if line.own_layer}
    searched = " ".join(query(request, "q").split())
    below = _below(known, space.region)
    page = RegionsPage(
        head=head_of(space),
        layers=layers,
        groups=_groups(known, space, layered),
        sharing=sum(code not in layered for code in below),
        searched=searched,
        found=tuple(
            _choice(known, space, code, layered, full=True) for code in below if searched and _matches(known, code, searched)
        )[:_MOST_FOUND],
    )
    return show(request, "regions.html", page)


async def _report(request: AnyRequest, space: Workspace, line: ServiceLine) -> LayerReport:
    office, actor = office_of(request), administrator_of(request)
    opened = await configuring.working(office, actor=actor, service_id=line.service_id, region=line.region)
    changes = (
        []
        if isinstance(opened, Refused)
        else [
            (path, place) for path, places in opened.origins.items() for place, region in places.items() if region == line.region
        ]
    )
    held = await adopting.conflicts(office, actor=actor, service_id=line.service_id, region=line.region) if line.behind else None
    return LayerReport(
        place=line.place,
        region=line.region,
        href=service_path(line.service_id, "" if line.is_base else line.region),
        is_base=line.is_base,
        own=len(changes),
        documents=len({path for path, _ in changes}),
        behind=line.behind,
        conflicts=0 if held is None or isinstance(held, Refused) else len(held.conflicts),
        changed=line.changed,
        proposed=line.proposed,
    )


def _groups(known: RegionTree, space: Workspace, layered: set[str]) -> tuple[RegionGroup, ...]:
    """The regions directly below with those below them; of a city its counties in one group."""
    lower = [code for code in known.children(space.region) if level_of(code) in _LEVELS]
    groups = [
        RegionGroup(
            upper=_choice(known, space, code, layered),
            lower=tuple(_choice(known, space, inner, layered) for inner in known.children(code) if level_of(inner) in _LEVELS),
        )
        for code in lower
    ]
    if any(group.lower for group in groups) or not groups:
        return tuple(groups)
    own = _choice(known, space, space.region, layered)
    return (RegionGroup(upper=own, lower=tuple(group.upper for group in groups)),)


def _below(known: RegionTree, region: str) -> list[str]:
    """Every region below one that can have a layer."""
    found = []
    for code in known.children(region):
        if level_of(code) in _LEVELS:
            found += [code, *_below(known, code)]
    return found


def _matches(known: RegionTree, code: str, searched: str) -> bool:
    return code.startswith(searched) or searched in known.full_name(code)


def _choice(known: RegionTree, space: Workspace, code: str, layered: set[str], *, full: bool = False) -> RegionChoice:
    return RegionChoice(
        code=code,
        name=(known.full_name(code) if full else known.name(code)) or code,
        href=service_path(space.service_id, "" if code == space.working.base_region else code),
        layered=code in layered,
    )


ROUTES = (regions,)

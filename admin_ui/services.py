"""The administrator's services by region, and the documents of one of them."""

from __future__ import annotations

from itertools import groupby
from typing import Any

import msgspec
from litestar import Response, get
from litestar.params import FromPath

from admin_ui.catalogue import Group, catalogue
from admin_ui.field_views import Head, head_of
from admin_ui.rendering import show
from admin_ui.workspace import HOME, administrator_of, findings_of, in_force, open_workspace, service_path
from server.actions import configuring, revising
from server.actions.configuring import ServiceLine
from server.messages.admin import NOTES
from server.messages.layers import SERVICE_LINKS
from server.web.access import office_of
from server.web.requests import AnyRequest, query, see_other


class LayerLine(msgspec.Struct, frozen=True, kw_only=True):
    """A service as one region has it."""

    line: ServiceLine
    href: str


class ServiceCard(msgspec.Struct, frozen=True, kw_only=True):
    """One service in the regions of the administrator."""

    title: str
    layers: tuple[LayerLine, ...]
    #: Where a region below is chosen.
    regions_href: str


class ServicesPage(msgspec.Struct, frozen=True, kw_only=True):
    """Context of `admin/services.html`."""

    services: tuple[ServiceCard, ...]
    #: How many proposals wait in the administrator's regions.
    waiting: int = 0


class ServicePage(msgspec.Struct, frozen=True, kw_only=True):
    """Context of `admin/service.html`."""

    head: Head
    groups: tuple[Group, ...]
    errors: int
    warnings: int
    release_id: str
    #: Part of an address below the service's and what leads there.
    links: tuple[tuple[str, str], ...] = ()
    note: str = ""


@get(HOME, opt={"access": "administrator"})
async def services(request: AnyRequest) -> Response[bytes]:
    """The services the administrator may change, in each region that has a layer of its own."""
    office, actor = office_of(request), administrator_of(request)
    lines = await configuring.services(office, actor=actor)
    waiting = sum(line.row.state == "proposed" for line in await revising.proposals(office, actor=actor))
    return show(request, "services.html", ServicesPage(services=service_cards(lines), waiting=waiting))


@get(f"{HOME}/sign-in", opt={"access": "public"}, sync_to_thread=False)
def sign_in(request: AnyRequest) -> Response[Any]:
    """The way to the page where all who work here sign in."""
    return see_other(f"/staff/sign-in?kind=administrator&next={HOME}")


@get(HOME + "/services/{tree:str}/{name:str}", opt={"access": "administrator"})
async def service(request: AnyRequest, tree: FromPath[str], name: FromPath[str]) -> Response[bytes]:
    """The documents of a service by kind, with what changed and what is wrong."""
    space = await open_workspace(request, tree, name)
    found = await findings_of(request, space)
    groups = catalogue(
        space.documents,
        before=await in_force(request, space),
        service_id=space.service_id,
        base=space.path,
        findings=found,
        origin=space.levels.of_documents,
    )
    page = ServicePage(
        head=head_of(space),
        groups=groups,
        errors=sum(finding.severity == "error" for finding in found),
        warnings=sum(finding.severity == "warning" for finding in found),
        release_id=space.working.base_release_id,
        links=tuple(SERVICE_LINKS.items()),
        note=NOTES.get(query(request, "note"), ""),
    )
    return show(request, "service.html", page)


def service_cards(lines: tuple[ServiceLine, ...]) -> tuple[ServiceCard, ...]:
    """The lines by service, the upper regions first."""
    ordered = sorted(lines, key=lambda line: (line.title, line.service_id, line.region))
    cards = []
    for _, group in groupby(ordered, key=lambda line: line.service_id):
        layers = tuple(LayerLine(line=line, href=line_href(line)) for line in group)
        top = layers[0]
        cards.append(ServiceCard(title=top.line.title, layers=layers, regions_href=f"{top.href}/regions"))
    return tuple(cards)


def line_href(line: ServiceLine) -> str:
    """The address of a service's page in one region."""
    return service_path(line.service_id, "" if line.is_base else line.region)


ROUTES = (services, sign_in, service)

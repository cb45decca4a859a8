"""The administrator's services, and the documents of one of them."""

from __future__ import annotations

from typing import Any

import msgspec
from litestar import Response, get
from litestar.params import FromPath

from admin_ui.catalogue import Group, catalogue
from admin_ui.field_views import Head, head_of
from admin_ui.publishing import in_force
from admin_ui.rendering import show
from admin_ui.workspace import HOME, administrator_of, open_workspace
from server.actions import configuring
from server.actions.configuring import ServiceLine
from server.findings import Refused
from server.messages.admin import NOTES
from server.web.access import office_of
from server.web.requests import AnyRequest, query, see_other


class ServicesPage(msgspec.Struct, frozen=True, kw_only=True):
    """Context of `admin/services.html`."""

    services: tuple[ServiceLine, ...]


class ServicePage(msgspec.Struct, frozen=True, kw_only=True):
    """Context of `admin/service.html`."""

    head: Head
    groups: tuple[Group, ...]
    errors: int
    warnings: int
    release_id: str
    note: str = ""


@get(HOME, opt={"access": "administrator"})
async def services(request: AnyRequest) -> Response[bytes]:
    """The services the administrator may change."""
    found = await configuring.services(office_of(request), actor=administrator_of(request))
    return show(request, "services.html", ServicesPage(services=found))


@get(f"{HOME}/sign-in", opt={"access": "public"}, sync_to_thread=False)
def sign_in(request: AnyRequest) -> Response[Any]:
    """The way to the page where all who work here sign in."""
    return see_other(f"/staff/sign-in?kind=administrator&next={HOME}")


@get(HOME + "/services/{tree:str}/{name:str}", opt={"access": "administrator"})
async def service(request: AnyRequest, tree: FromPath[str], name: FromPath[str]) -> Response[bytes]:
    """The documents of a service by kind, with what changed and what is wrong."""
    space = await open_workspace(request, tree, name)
    checked = await configuring.findings(office_of(request), actor=administrator_of(request), service_id=space.service_id)
    found = () if isinstance(checked, Refused) else checked
    groups = catalogue(
        space.documents,
        before=await in_force(request, space),
        service_id=space.service_id,
        base=space.path,
        findings=found,
    )
    page = ServicePage(
        head=head_of(space),
        groups=groups,
        errors=sum(finding.severity == "error" for finding in found),
        warnings=sum(finding.severity == "warning" for finding in found),
        release_id=space.working.base_release_id,
        note=NOTES.get(query(request, "note"), ""),
    )
    return show(request, "service.html", page)


ROUTES = (services, sign_in, service)

"""Pages anyone may see: the services, what each asks and offers, texts to print, text size."""

from __future__ import annotations

import msgspec
from litestar import Response, get
from litestar.params import FromPath
from litestar.response import Redirect

from server.actions import applying
from server.actions.intake import rules
from server.definitions.bundle import Bundle
from server.definitions.materials import Material
from server.definitions.service import Service
from server.findings import Refused
from server.releases import Release
from server.web.access import office_of, visit_of
from server.web.cookies import display_cookie
from server.web.failures import Missing
from server.web.intake import PlaceRule, place_rules
from server.web.requests import AnyRequest, local_path, query, see_other
from server.web.templating import render_page


class ServiceCard(msgspec.Struct, frozen=True, kw_only=True):
    """One service on the start page."""

    id: str
    bundle: Bundle
    #: Titles of its items.
    titles: tuple[str, ...]


class HomePage(msgspec.Struct, frozen=True, kw_only=True):
    """Context of `public/home.html`."""

    services: tuple[ServiceCard, ...]


class ItemCard(msgspec.Struct, frozen=True, kw_only=True):
    """One item on the page of its service."""

    id: str
    title: str
    summary: str
    hint: str
    #: Office that decides, in words.
    office: str
    legal_limit: int | None
    promised_limit: int | None
    visits: int
    fees: str
    law: tuple[str, ...]
    source: str
    #: Guide text in Markdown, empty when there is none.
    guide: str
    #: Where it is not taken in, or not for ever.
    intake: tuple[PlaceRule, ...] = ()


class MaterialRow(msgspec.Struct, frozen=True, kw_only=True):
    """One row of the materials list in words."""

    material: Material
    kind: str
    form: str
    items: tuple[str, ...]


class ServicePage(msgspec.Struct, frozen=True, kw_only=True):
    """Context of `public/service.html`."""

    service_id: str
    bundle: Bundle
    intro: str
    items: tuple[ItemCard, ...]
    materials: tuple[MaterialRow, ...]
    signed_in: bool


class TextPage(msgspec.Struct, frozen=True, kw_only=True):
    """Context of `public/text.html`."""

    service_id: str
    bundle: Bundle
    title: str
    text: str
    #: Who signs it.
    signatures: tuple[str, ...]


@get("/", opt={"access": "public"})
async def home(request: AnyRequest) -> Response[bytes]:
    """The services people can apply for."""
    releases = await applying.services(office_of(request))
    return render_page(request, "public/home.html", HomePage(services=tuple(_card(release) for release in releases)))


@get("/services/{tree:str}/{name:str}", opt={"access": "public"})
async def service_page(request: AnyRequest, tree: FromPath[str], name: FromPath[str]) -> Response[bytes]:
    """What a service is, whom it helps, what to bring and how long it takes."""
    release = await release_of(request, f"{tree}/{name}")
    office = office_of(request)
    page = service_context(release, signed_in=visit_of(request).signed_in is not None)
    said, now = await rules(office, service_id=release.service_id), office.clock()
    items = tuple(
        msgspec.structs.replace(item, intake=place_rules(said, release=release, item=item.id, now=now)) for item in page.items
    )
    return render_page(request, "public/service.html", msgspec.structs.replace(page, items=items))


@get("/services/{tree:str}/{name:str}/texts/{text_id:str}", opt={"access": "public"})
async def text_page(request: AnyRequest, tree: FromPath[str], name: FromPath[str], text_id: FromPath[str]) -> Response[bytes]:
    """A text to read, print and sign."""
    release = await release_of(request, f"{tree}/{name}")
    service = release.service
    text = service.consents.get(text_id)
    if text is None:
        raise Missing
    signatures = next((one.signatures for one in service.materials.materials.values() if one.template == text_id), ())
    title = text.partition("\n")[0].lstrip("# ")
    page = TextPage(service_id=service.id, bundle=service.bundle, title=title, text=text, signatures=signatures)
    return render_page(request, "public/text.html", page)


@get("/display/{size:str}", opt={"access": "public"}, sync_to_thread=False)
def display(request: AnyRequest, size: FromPath[str]) -> Redirect:
    """Remembers the text size and goes back."""
    cookie = display_cookie("large" if size == "large" else "normal", secure=office_of(request).settings.secure_cookies)
    return see_other(local_path(query(request, "next") or "/"), cookie)


async def release_of(request: AnyRequest, service_id: str) -> Release:
    """The release people apply under now."""
    release = await applying.service(office_of(request), service_id=service_id)
    if isinstance(release, Refused):
        raise Missing
    return release


def service_context(release: Release, *, signed_in: bool) -> ServicePage:
    """The page of a service from its documents."""
    service = release.service
    titles = {item_id: item.title for item_id, item in service.items.items.items()}
    ordered = sorted(service.items.items, key=lambda item_id: service.items.items[item_id].order)
    return ServicePage(
        service_id=service.id,
        bundle=service.bundle,
        intro=service.guides.get("index", ""),
        items=tuple(_item(service, item_id) for item_id in ordered),
        materials=tuple(
            MaterialRow(
                material=material,
                kind=code_title(service, "material_kind", material.kind),
                form=code_title(service, "material_form", material.form),
                items=tuple(titles[item] for item in material.items or () if item in titles),
            )
            for material in sorted(service.materials.materials.values(), key=lambda material: material.row)
        ),
        signed_in=signed_in,
    )


def code_title(service: Service, codelist: str, code: str) -> str:
    """The title of a code; the code itself when the list does not know it."""
    entry = service.codelists[codelist].codes.get(code) if codelist in service.codelists else None
    return entry.title if entry is not None else code


def _card(release: Release) -> ServiceCard:
    items = release.service.items.items
    titles = tuple(items[item].title for item in sorted(items, key=lambda item: items[item].order))
    return ServiceCard(id=release.service.id, bundle=release.service.bundle, titles=titles)


def _item(service: Service, item_id: str) -> ItemCard:
    item = service.items.items[item_id]
    agency = service.agencies.agencies.get(item.lead_agency)
    return ItemCard(
        id=item_id,
        title=item.title,
        summary=item.summary,
        hint=item.hint or "",
        office=(agency.levels.get(item.level) or agency.title) if agency is not None else "",
        legal_limit=item.legal_limit,
        promised_limit=item.promised_limit,
        visits=item.visits,
        fees=item.fees,
        law=item.law,
        source=item.source,
        guide=service.guides.get(item_id, ""),
    )


ROUTES = (home, service_page, text_page, display)

"""Pages from templates: strict about what they may use, escaped always.

A template sees the members of its context struct, `site` (what every page needs) and the macros of `ui.html` as `ui`.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, date, datetime
from functools import cache
from pathlib import Path
from typing import Any

import msgspec
from jinja2 import ChoiceLoader, Environment, FileSystemLoader, StrictUndefined
from litestar import Response
from markupsafe import Markup

from server.actions.office import Session
from server.definitions.workdays import CHINA, last_day
from server.forms.markdown import render_markdown
from server.messages.pages import DATE_FORMAT, MOMENT_FORMAT
from server.web import cookies
from server.web.access import AnyConnection, form_token, office_of, visit_of
from server.web.assets import asset_url, has_asset

TEMPLATES = Path(__file__).parent / "templates"
_HTML = "text/html"


class Site(msgspec.Struct, frozen=True, kw_only=True):
    """What every page needs besides its own context."""

    #: The session while it lives.
    session: Session | None
    path: str
    demo: bool
    large: bool
    #: Whether the page shows what has to be corrected.
    faulty: bool = False
    #: Seconds until the session ends; 0 without one.
    expires_in: int
    #: Makes the CSRF token for a form of this page.
    token: Callable[[], str]
    asset: Callable[[str], str] = asset_url
    has_asset: Callable[[str], bool] = has_asset

    @property
    def csrf(self) -> Markup:
        """The hidden input every form of this page begins with."""
        return Markup('<input type="hidden" name="csrf" value="{}">').format(self.token())


@cache
def environment(*folders: Path) -> Environment:
    """The template environment; `folders` are further places of templates, searched first."""
    loader = ChoiceLoader([FileSystemLoader(folder) for folder in (*folders, TEMPLATES)])
    made = Environment(loader=loader, autoescape=True, undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True)
    made.filters["date"] = show_date
    made.filters["last_day"] = lambda until: show_date(last_day(until))
    made.filters["moment"] = show_moment
    made.filters["markdown"] = lambda text, top=1: Markup(render_markdown(text, top=top))
    made.filters["html"] = _trusted_bytes
    made.globals["ui"] = made.get_template("ui.html").module
    return made


def site_of(connection: AnyConnection, *, faulty: bool = False) -> Site:
    """The `site` of the page now rendered."""
    visit = visit_of(connection)
    office = office_of(connection)
    session = visit.signed_in
    return Site(
        session=session,
        path=connection.scope["path"],
        demo=office.settings.demo,
        large=cookies.read_cookie(connection.scope["headers"], cookies.DISPLAY) == "large",
        faulty=faulty,
        expires_in=int((session.expires_at - office.clock()).total_seconds()) if session is not None else 0,
        token=lambda: form_token(connection),
    )


def render_page(
    request: AnyConnection, template: str, context: msgspec.Struct, *, status: int = 200, folders: tuple[Path, ...] = ()
) -> Response[bytes]:
    """The whole page as a response."""
    body = environment(*folders).get_template(template).render(**_members(context), site=site_of(request, faulty=status == 422))
    return _page(request, body, status)


def render_block(
    request: AnyConnection,
    template: str,
    block: str,
    context: msgspec.Struct,
    *,
    status: int = 200,
    folders: tuple[Path, ...] = (),
) -> Response[bytes]:
    """One named block of the page, for htmx."""
    found = environment(*folders).get_template(template)
    scope = found.new_context({**_members(context), "site": site_of(request)})
    return _page(request, "".join(found.blocks[block](scope)), status)


def fragment(html: bytes, *, status: int = 200) -> Response[bytes]:
    """Rendered HTML as a response of its own."""
    return Response(html, status_code=status, media_type=_HTML)


def show_date(value: date | datetime) -> str:
    """A day as people write it, in China's time."""
    day = value.astimezone(CHINA) if isinstance(value, datetime) else value
    return DATE_FORMAT.format(year=day.year, month=day.month, day=day.day)


def show_moment(value: datetime) -> str:
    """A day and time as people write it, in China's time."""
    local = value.astimezone(CHINA)
    return MOMENT_FORMAT.format(year=local.year, month=local.month, day=local.day, time=f"{local:%H:%M}")


def today_of(now: datetime) -> date:
    """The day it is in China at an instant."""
    return (now if now.tzinfo else now.replace(tzinfo=UTC)).astimezone(CHINA).date()


def _page(request: AnyConnection, body: str, status: int) -> Response[bytes]:
    response = Response(body.encode("utf-8", "replace"), status_code=status, media_type=_HTML)
    visit = visit_of(request)
    if visit.new_visitor:
        response.cookies.append(cookies.visitor_cookie(visit.new_visitor, secure=office_of(request).settings.secure_cookies))
    return response


def _members(context: msgspec.Struct) -> dict[str, Any]:
    return {name: getattr(context, name) for name in context.__struct_fields__}


def _trusted_bytes(value: bytes) -> Markup:
    """HTML made by `server.forms.render`; only bytes are taken, so that no text slips through."""
    if not isinstance(value, bytes):
        raise TypeError("only rendered forms are trusted")
    return Markup(value.decode())

"""Who may see a route: every handler names its rule, and nothing runs before the rule has been checked.

A handler's `opt` holds `access` (a member of `RULES`), `body` (`form` or `upload`), `represent` (the handler itself shows
again what was typed when the session has ended or the form is stale) and `csrf` (`signed` for calls of other systems).
"""

from __future__ import annotations

import hashlib
import secrets
from typing import Any

import msgspec
from litestar.connection import ASGIConnection, Request
from litestar.exceptions import ImproperlyConfiguredException
from litestar.handlers import BaseRouteHandler

from server.actions.office import Office, Session
from server.actions.signing_in import session_of
from server.forms.body import Body, BodyFault
from server.web import cookies, csrf
from server.web.failures import Forbidden, Forged, SignInFirst, Unreadable
from server.web.posted import read_body

PUBLIC, SIGNED_IN, APPLICANT, OFFICIAL, ADMINISTRATOR = "public", "signed_in", "applicant", "official", "administrator"
RULES = (PUBLIC, SIGNED_IN, APPLICANT, OFFICIAL, ADMINISTRATOR)
_SAFE = ("GET",)
_VISIT = "visit"

AnyConnection = ASGIConnection[Any, Any, Any, Any]


class Visit(msgspec.Struct, kw_only=True):
    """What is known of one request besides its URL."""

    #: The session, an ended one included.
    session: Session | None
    token: str
    #: What forms of this browser are bound to.
    binding: str
    #: Set when the binding is new and its cookie has to be sent.
    new_visitor: str = ""
    posted: Body | None = None
    fault: BodyFault | None = None
    #: Whether the post comes from a form made for this browser.
    genuine: bool = False

    @property
    def trusted(self) -> bool:
        """Whether the post comes from a form made for this browser and its session lives."""
        return self.genuine and self.signed_in is not None

    @property
    def signed_in(self) -> Session | None:
        """The session while it lives."""
        return self.session if self.session is not None and not self.session.expired else None


def office_of(connection: AnyConnection) -> Office:
    """The office the application was created for."""
    office = connection.app.state.office
    assert isinstance(office, Office)
    return office


def visit_of(connection: AnyConnection) -> Visit:
    """The visit established by `admit`; a bare public one where no route was found."""
    visit = connection.scope["state"].get(_VISIT)
    if isinstance(visit, Visit):
        return visit
    return Visit(session=None, token="", binding=cookies.read_cookie(connection.scope["headers"], cookies.VISITOR))


def actor_of(request: Request[Any, Any, Any]) -> Any:
    """The person behind the session; only on routes whose rule asks for one."""
    session = visit_of(request).session
    assert session is not None
    return session.actor


def form_token(connection: AnyConnection) -> str:
    """A CSRF token for a form on the page now rendered."""
    visit = visit_of(connection)
    if not visit.binding:
        visit.new_visitor = visit.binding = secrets.token_urlsafe(18)
    return csrf.make_token(office_of(connection).settings.session_secret, visit.binding)


async def admit(connection: AnyConnection, handler: BaseRouteHandler) -> None:
    """Establishes the visit and refuses it when the route's rule does not hold."""
    if connection.scope.get("method") == "OPTIONS":
        # The framework itself answers, with nothing but the methods of the address.
        return
    rule = handler.opt.get("access")
    if rule not in RULES:
        raise ImproperlyConfiguredException(f"{handler} names no access rule")
    visit = await _visit(connection)
    connection.scope["state"][_VISIT] = visit
    unsafe = connection.scope.get("method") not in _SAFE
    represent = bool(handler.opt.get("represent"))
    if rule != PUBLIC:
        _check_session(connection, visit, str(rule), expired_too=unsafe and represent)
    if unsafe and handler.opt.get("csrf") != "signed":
        await _check_post(connection, visit, uploads=handler.opt.get("body") == "upload", represent=represent)


async def _visit(connection: AnyConnection) -> Visit:
    headers = connection.scope["headers"]
    token = cookies.read_cookie(headers, cookies.SESSION)
    session = await session_of(office_of(connection), token=token) if token else None
    if session is None:
        return Visit(session=None, token="", binding=cookies.read_cookie(headers, cookies.VISITOR))
    return Visit(session=session, token=token, binding=hashlib.sha256(token.encode()).hexdigest())


def _check_session(connection: AnyConnection, visit: Visit, rule: str, *, expired_too: bool) -> None:
    session = visit.session
    if session is None or (session.expired and not expired_too):
        carried = bool(cookies.read_cookie(connection.scope["headers"], cookies.SESSION))
        raise SignInFirst(rule=rule, ended=carried)
    if rule not in (SIGNED_IN, session.kind) and not (rule == OFFICIAL and session.kind == ADMINISTRATOR):
        raise Forbidden(rule)


async def _check_post(connection: AnyConnection, visit: Visit, *, uploads: bool, represent: bool) -> None:
    if connection.headers.get("sec-fetch-site", "same-origin") not in ("same-origin", "none"):
        raise Forged
    if uploads:
        async with connection.app.state.uploads.semaphore:
            body = await read_body(connection, uploads=True)
    else:
        body = await read_body(connection, uploads=False)
    if isinstance(body, BodyFault):
        raise Unreadable(body.code)
    visit.posted = body
    secret = office_of(connection).settings.session_secret
    token = body.first("csrf") or connection.headers.get("x-csrf", "")
    visit.genuine = csrf.is_valid(secret, visit.binding, token)
    if not visit.genuine and not represent:
        raise Forged

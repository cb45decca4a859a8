"""Signing in with a user name and a password, and leaving again."""

from __future__ import annotations

from typing import Any, Literal

import msgspec
from litestar import Response, get, post

from server.actions import signing_in
from server.findings import Refused
from server.messages.pages import FAILURES
from server.messages.staff import EMPTY_LOGIN, NOTES, refusal_text
from server.web import cookies
from server.web.access import office_of, visit_of
from server.web.requests import AnyRequest, client_of, local_path, posted, query, see_other
from server.web.sign_in import end_session
from server.web.templating import render_page

Kind = Literal["official", "administrator"]

#: Where each kind of person begins to work.
HOMES: dict[Kind, str] = {"official": "/staff", "administrator": "/admin"}
_LONGEST_LOGIN = 100
_LONGEST_PASSWORD = 200


class PasswordPage(msgspec.Struct, frozen=True, kw_only=True):
    """Context of `staff/sign_in.html`."""

    kind: Kind
    next: str
    login: str = ""
    error: str = ""
    #: Why one has to sign in, if there is something to say.
    note: str = ""


@get("/staff/sign-in", opt={"access": "public"})
async def ask_password(request: AnyRequest) -> Response[Any]:
    """The page that asks for user name and password; who is signed in goes on."""
    target = query(request, "next")
    kind = _kind(query(request, "kind"), target)
    session = visit_of(request).signed_in
    if session is not None and session.kind == kind:
        return see_other(_onward(kind, target))
    note = FAILURES["session-ended"][0] if query(request, "ended") else NOTES.get(query(request, "note"), "")
    return render_page(request, "staff/sign_in.html", PasswordPage(kind=kind, next=target, note=note))


@post("/staff/sign-in", opt={"access": "public"})
async def check_password(request: AnyRequest) -> Response[Any]:
    """Opens a session when the password is right; which of the two was wrong is not told."""
    body, office = posted(request), office_of(request)
    target = body.first("next")
    kind = _kind(body.first("kind"), target)
    login, password = body.first("login").strip()[:_LONGEST_LOGIN], body.first("password")
    if not login or not 0 < len(password) <= _LONGEST_PASSWORD:
        return _refused(request, PasswordPage(kind=kind, next=target, login=login, error=EMPTY_LOGIN), 422)
    result = await signing_in.sign_in_with_password(office, kind=kind, login=login, password=password, client=client_of(request))
    if isinstance(result, Refused):
        status = 429 if result.reason == "too-many-sign-ins" else 422
        return _refused(request, PasswordPage(kind=kind, next=target, login=login, error=refusal_text(result)), status)
    await end_session(request)
    return see_other(_onward(kind, target), cookies.session_cookie(result.token, secure=office.settings.secure_cookies))


@post("/staff/sign-out", opt={"access": "public"})
async def leave(request: AnyRequest) -> Response[Any]:
    """Ends the session."""
    await end_session(request)
    return see_other("/staff/sign-in?note=signed-out", cookies.expired_cookie(cookies.SESSION))


def _refused(request: AnyRequest, page: PasswordPage, status: int) -> Response[bytes]:
    return render_page(request, "staff/sign_in.html", page, status=status)


def _kind(text: str, target: str) -> Kind:
    """Who signs in: what the form says, else whose page was asked for."""
    wanted = text or ("administrator" if target.startswith(HOMES["administrator"]) else "official")
    return "administrator" if wanted == "administrator" else "official"


def _onward(kind: Kind, target: str) -> str:
    return local_path(target) if target.startswith(HOMES[kind]) else HOMES[kind]


ROUTES = (ask_password, check_password, leave)

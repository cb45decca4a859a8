"""Error pages: what happened, what is still safe, and what to do; never a trace, never what was typed."""

from __future__ import annotations

import secrets
import traceback
from typing import Any
from urllib.parse import quote

import msgspec
import structlog
from litestar import Request, Response
from litestar.exceptions import HTTPException
from litestar.response import Redirect

from server.messages.pages import FAILURES
from server.web.failures import Elsewhere, Failure, SignInFirst
from server.web.templating import render_page

_LOG = structlog.get_logger("onething.web")
_CODES = {404: "not-found", 405: "method-not-allowed", 403: "forbidden", 401: "sign-in-first", 413: "too-large"}

AnyRequest = Request[Any, Any, Any]


class ErrorPage(msgspec.Struct, frozen=True, kw_only=True):
    """Context of `errors/error.html`."""

    title: str
    text: str
    #: Number under which the log knows an unexpected failure.
    incident: str = ""
    #: Where to sign in, when that is what is missing.
    sign_in: str = ""


def show_failure(request: AnyRequest, failure: Failure) -> Response[Any]:
    """The page of a failure; people who only have to sign in are sent there."""
    if isinstance(failure, Elsewhere):
        return Redirect(failure.path, status_code=303)
    sign_in = ""
    if isinstance(failure, SignInFirst):
        sign_in = "/staff/sign-in" if failure.rule in ("official", "administrator") else "/sign-in"
        if request.method in ("GET", "HEAD") and "hx-request" not in request.headers:
            ended = "&ended=1" if failure.ended else ""
            return Redirect(f"{sign_in}?next={quote(request.scope['path'])}{ended}", status_code=303)
        if not failure.ended and request.method == "POST":
            return _page(request, "signed-out", failure.status, sign_in=sign_in)
    return _page(request, failure.code, failure.status, sign_in=sign_in)


def show_http(request: AnyRequest, failure: HTTPException) -> Response[Any]:
    """The page of a failure the framework found, such as an unknown address."""
    code = _CODES.get(failure.status_code, "bad-request" if failure.status_code < 500 else "unexpected")
    if code == "unexpected":
        return show_unexpected(request, failure)
    return _page(request, code, failure.status_code)


def show_unexpected(request: AnyRequest, failure: Exception) -> Response[Any]:
    """The page of a bug; the log gets the places in the code, not the values, which may be personal."""
    incident = secrets.token_hex(4)
    frames = [f"{frame.filename}:{frame.lineno} {frame.name}" for frame in traceback.extract_tb(failure.__traceback__)][-12:]
    _LOG.error("unexpected", incident=incident, kind=type(failure).__name__, method=request.method, frames=frames)
    return _page(request, "unexpected", 500, incident=incident)


def _page(request: AnyRequest, code: str, status: int, *, incident: str = "", sign_in: str = "") -> Response[bytes]:
    title, text = FAILURES[code]
    return render_page(
        request, "errors/error.html", ErrorPage(title=title, text=text, incident=incident, sign_in=sign_in), status=status
    )

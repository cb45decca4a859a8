"""Small readings of a request that several pages need."""

from __future__ import annotations

from typing import Any
from urllib.parse import parse_qsl

from litestar import Request
from litestar.datastructures import Cookie
from litestar.response import Redirect

from server.forms.body import Body
from server.web.access import visit_of

AnyRequest = Request[Any, Any, Any]


def query(request: AnyRequest, name: str) -> str:
    """The first value of a query parameter; personal data never stands there."""
    return next((value for key, value in parse_qsl(request.scope["query_string"].decode("latin-1")) if key == name), "")


def posted(request: AnyRequest) -> Body:
    """The parsed body of a post."""
    return visit_of(request).posted or Body()


def local_path(text: str) -> str:
    """The text when it is a path of this site, else the list of own applications."""
    safe = text.startswith("/") and not text.startswith("//") and "\\" not in text and text.isprintable()
    return text if safe else "/applications"


def see_other(path: str, *cookies: Cookie) -> Redirect:
    """The answer to a post that worked: go and get the next page."""
    return Redirect(path, status_code=303, cookies=list(cookies))


def client_of(request: AnyRequest) -> str:
    """The address of the other side, for rate limits."""
    return request.client.host if request.client is not None else ""

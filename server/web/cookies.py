"""Cookies read and written without the framework's parsers, which cache what they read."""

from __future__ import annotations

from collections.abc import Iterable

from litestar.datastructures import Cookie

SESSION = "onething_session"
VISITOR = "onething_visitor"
DISPLAY = "onething_display"

_SESSION_SECONDS = 36 * 3600
_YEAR_SECONDS = 365 * 24 * 3600
_LONGEST = 200


def read_cookie(headers: Iterable[tuple[bytes, bytes]], name: str) -> str:
    """The value of a cookie of a request; empty when it is absent or absurdly long."""
    wanted = name.encode()
    for header, line in headers:
        if header != b"cookie":
            continue
        for piece in line.split(b";"):
            key, _, value = piece.strip().partition(b"=")
            if key == wanted and len(value) <= _LONGEST:
                return value.decode("latin-1")
    return ""


def session_cookie(token: str, *, secure: bool) -> Cookie:
    """The cookie that carries a session; it outlives the session, so that text posted too late can still be kept."""
    return _cookie(SESSION, token, secure=secure, max_age=_SESSION_SECONDS)


def visitor_cookie(visitor: str, *, secure: bool) -> Cookie:
    """The cookie that ties forms to a browser nobody has signed in on."""
    return _cookie(VISITOR, visitor, secure=secure, max_age=None)


def display_cookie(size: str, *, secure: bool) -> Cookie:
    """The cookie that remembers the text size."""
    return _cookie(DISPLAY, size, secure=secure, max_age=_YEAR_SECONDS)


def expired_cookie(name: str) -> Cookie:
    """The cookie that removes another."""
    return _cookie(name, "", secure=False, max_age=0)


def _cookie(name: str, value: str, *, secure: bool, max_age: int | None) -> Cookie:
    return Cookie(key=name, value=value, path="/", httponly=True, secure=secure, samesite="lax", max_age=max_age)

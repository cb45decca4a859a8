"""Style sheets and scripts under addresses that name their content, so that browsers keep them for ever."""

from __future__ import annotations

import gzip
import hashlib
from functools import cache
from pathlib import Path
from typing import Any

import msgspec
from litestar import Request, Response, get
from litestar.params import FromPath

from server.web.failures import Missing

STATIC = Path(__file__).parent / "static"
#: The parts of the one style sheet, in the order of their layers.
STYLES = ("tokens.css", "base.css", "forms.css", "tables.css", "print.css")
STYLE_SHEET = "site.css"

_MEDIA_TYPES = {
    ".css": "text/css",
    ".js": "text/javascript",
    ".svg": "image/svg+xml",
    ".png": "image/png",
}
_FOREVER = "public, max-age=31536000, immutable"


class Asset(msgspec.Struct, frozen=True):
    """One file as sent."""

    media_type: str
    plain: bytes
    compressed: bytes


@cache
def assets() -> dict[str, Asset]:
    """Every static file by its path; the style sheets also joined into one."""
    found = {}
    for path in sorted(STATIC.rglob("*")):
        if path.suffix in _MEDIA_TYPES and path.is_file():
            found[path.relative_to(STATIC).as_posix()] = _asset(path.suffix, path.read_bytes())
    found[STYLE_SHEET] = _asset(".css", b"\n".join((STATIC / name).read_bytes() for name in STYLES))
    return found


@cache
def _digest() -> str:
    joined = hashlib.sha256()
    for name, asset in assets().items():
        joined.update(name.encode() + b"\0" + asset.plain)
    return joined.hexdigest()[:12]


def asset_url(name: str) -> str:
    """The address of a static file; it changes whenever any of them does."""
    if name not in assets():
        raise KeyError(name)
    return f"/static/{_digest()}/{name}"


def has_asset(name: str) -> bool:
    """Whether a static file exists; the files of other projects are copied at set-up only."""
    return name in assets()


def _asset(suffix: str, content: bytes) -> Asset:
    return Asset(_MEDIA_TYPES[suffix], content, gzip.compress(content, 9, mtime=0))


@get("/static/{digest:str}/{name:path}", opt={"access": "public"}, sync_to_thread=False)
def static_file(request: Request[Any, Any, Any], digest: FromPath[str], name: FromPath[str]) -> Response[bytes]:
    """A static file; under an outdated address it is sent without being kept."""
    asset = assets().get(str(name).lstrip("/"))
    if asset is None:
        raise Missing
    zipped = "gzip" in request.headers.get("accept-encoding", "")
    headers = {"cache-control": _FOREVER if digest == _digest() else "no-cache", "vary": "accept-encoding"}
    if zipped:
        headers["content-encoding"] = "gzip"
    return Response(asset.compressed if zipped else asset.plain, media_type=asset.media_type, headers=headers)

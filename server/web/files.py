"""Uploaded files shown to those who may see them, in a way that no file can run anything."""

from __future__ import annotations

import asyncio
from typing import Any
from urllib.parse import quote

from litestar import Request, Response, get
from litestar.params import FromPath

from server.actions.applying import load_file
from server.findings import Refused
from server.web.access import actor_of, office_of
from server.web.failures import Missing
from server.web.uploads import PICTURES, thumbnail

_POLICY = "default-src 'none'; style-src 'unsafe-inline'; img-src 'self' data:; frame-ancestors 'self'; sandbox"
_PDF_POLICY = "default-src 'none'; style-src 'unsafe-inline'; object-src 'self'; frame-ancestors 'self'"
_KEPT = "private, max-age=600"


@get("/files/{file_id:str}", opt={"access": "signed_in"})
async def file(request: Request[Any, Any, Any], file_id: FromPath[str]) -> Response[bytes]:
    """A file of an own draft or application, or of a case in the official's scope."""
    loaded = await load_file(office_of(request), actor=actor_of(request), file_id=file_id)
    if isinstance(loaded, Refused):
        raise Missing
    shown = "inline" if loaded.media_type in PICTURES or loaded.media_type == "application/pdf" else "attachment"
    return Response(
        loaded.content,
        media_type=loaded.media_type,
        headers={
            "content-disposition": f"{shown}; filename*=UTF-8''{quote(loaded.name)}",
            "content-security-policy": _PDF_POLICY if loaded.media_type == "application/pdf" else _POLICY,
            "x-frame-options": "SAMEORIGIN",
            "cache-control": _KEPT,
        },
    )


@get("/files/{file_id:str}/thumbnail", opt={"access": "signed_in"})
async def file_thumbnail(request: Request[Any, Any, Any], file_id: FromPath[str]) -> Response[bytes]:
    """A small picture of a file."""
    loaded = await load_file(office_of(request), actor=actor_of(request), file_id=file_id)
    if isinstance(loaded, Refused) or loaded.media_type not in PICTURES:
        raise Missing
    small = await asyncio.to_thread(thumbnail, loaded.content)
    if small is None:
        raise Missing
    return Response(small, media_type="image/jpeg", headers={"content-security-policy": _POLICY, "cache-control": _KEPT})


FILE_ROUTES = (file, file_thumbnail)

"""PDFs to take away, each for those who may see what is on it."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import closing
from typing import IO
from urllib.parse import quote

from litestar import Response, get
from litestar.params import FromPath
from litestar.response import Stream

from server.actions import printing
from server.actions.printing import Printed
from server.actions.taking_out import everything_about
from server.findings import Refused
from server.web.access import actor_of, office_of
from server.web.failures import Missing, Unprintable
from server.web.public import release_of
from server.web.requests import AnyRequest
from server.web.staff.desk import official_of

_POLICY = "default-src 'none'; style-src 'unsafe-inline'; object-src 'self'; frame-ancestors 'self'"
_ARCHIVE_NAME = "everything.zip"
_CHUNK = 256 * 1024


@get("/services/{tree:str}/{name:str}/sheet.pdf", opt={"access": "public"})
async def blank_sheet(request: AnyRequest, tree: FromPath[str], name: FromPath[str]) -> Response[bytes]:
    """The form of a service to fill in by hand."""
    release = await release_of(request, f"{tree}/{name}")
    return _pdf(await printing.blank_sheet(office_of(request), release=release))


@get("/applications/{number:str}/sheet.pdf", opt={"access": "applicant"})
async def sheet(request: AnyRequest, number: FromPath[str]) -> Response[bytes]:
    """The own application form."""
    return _pdf(await printing.own_sheet(office_of(request), actor=actor_of(request), number=number))


@get("/applications/{number:str}/receipt.pdf", opt={"access": "applicant"})
async def receipt(request: AnyRequest, number: FromPath[str]) -> Response[bytes]:
    """The receipt of an own application."""
    return _pdf(await printing.own_receipt(office_of(request), actor=actor_of(request), number=number))


@get("/applications/{number:str}/letters/{case_id:str}", opt={"access": "applicant"})
async def letter(request: AnyRequest, number: FromPath[str], case_id: FromPath[str]) -> Response[bytes]:
    """The letter about the result of one item."""
    return _pdf(await printing.own_letter(office_of(request), actor=actor_of(request), number=number, case_id=case_id))


@get("/applications.zip", opt={"access": "applicant"})
async def everything(request: AnyRequest) -> Stream:
    """Everything stored about the applicant."""
    archive = await everything_about(office_of(request), actor=actor_of(request))
    return Stream(_pieces(archive), media_type="application/zip", headers={"content-disposition": _disposition(_ARCHIVE_NAME)})


@get("/staff/cases/{number:str}/sheet.pdf", opt={"access": "official"})
async def case_sheet(request: AnyRequest, number: FromPath[str]) -> Response[bytes]:
    """The application form within the data scope of the item."""
    return _pdf(await printing.case_sheet(office_of(request), actor=official_of(request), number=number))


@get("/staff/cases/{number:str}/letter.pdf", opt={"access": "official"})
async def case_letter(request: AnyRequest, number: FromPath[str]) -> Response[bytes]:
    """The letter about the result of a case."""
    return _pdf(await printing.case_letter(office_of(request), actor=official_of(request), number=number))


def _pdf(found: Printed | Refused) -> Response[bytes]:
    if isinstance(found, Refused):
        raise Unprintable(found.reason) if found.reason in ("busy", "no-font") else Missing
    return Response(
        found.content,
        media_type="application/pdf",
        headers={
            "content-disposition": _disposition(found.name, shown="inline"),
            "content-security-policy": _POLICY,
            "x-frame-options": "SAMEORIGIN",
        },
    )


def _disposition(name: str, *, shown: str = "attachment") -> str:
    return f"{shown}; filename*=UTF-8''{quote(name)}"


async def _pieces(archive: IO[bytes]) -> AsyncIterator[bytes]:
    with closing(archive):
        while piece := await asyncio.to_thread(archive.read, _CHUNK):
            yield piece


PAPER_ROUTES = (blank_sheet, sheet, receipt, letter, everything, case_sheet, case_letter)

"""Everything an applicant does until an application is on its way: drafts, files, submitting, supplements."""

from __future__ import annotations

import msgspec

from server.actions.attaching import LoadedFile, load_file, store_file
from server.actions.drafts import (
    Asked,
    Draft,
    context,
    delete_draft,
    load_draft,
    save_draft,
    service,
    services,
    start_draft,
)
from server.actions.office import Applicant, Office
from server.cases.submitting import Invalid
from server.findings import Refused

__all__ = [
    "Asked",
    "Draft",
    "Invalid",
    "LoadedFile",
    "Submitted",
    "answer_supplement",
    "context",
    "delete_draft",
    "load_draft",
    "load_file",
    "open_supplement",
    "save_draft",
    "service",
    "services",
    "start_draft",
    "store_file",
    "submit",
]


class Submitted(msgspec.Struct, frozen=True, kw_only=True):
    """The application is on disk and on its way."""

    number: str


async def submit(office: Office, *, actor: Applicant, draft_id: str, version: int) -> Submitted | Invalid | Refused:
    """Submits the draft exactly once: whoever asks again gets the same number."""
    raise NotImplementedError


async def open_supplement(office: Office, *, actor: Applicant, case_id: str) -> Draft | Refused:
    """The draft that answers what a case asks for, begun from the application's answers; `nothing-asked` without a request."""
    raise NotImplementedError


async def answer_supplement(office: Office, *, actor: Applicant, draft_id: str, version: int) -> Submitted | Invalid | Refused:
    """Hands the supplement in, once."""
    raise NotImplementedError

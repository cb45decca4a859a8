"""Drafts of applications: started, loaded, saved and deleted by their applicant, always under the release in force."""

from __future__ import annotations

from datetime import datetime

import msgspec

from server.actions.office import Applicant, Office
from server.findings import Refused
from server.forms.data import FormData
from server.forms.settle import Context
from server.releases import Release


class Asked(msgspec.Struct, frozen=True, kw_only=True):
    """What an applicant is asked to supplement."""

    case_id: str
    item_title: str
    note: str
    until: datetime | None
    fields: tuple[str, ...]
    materials: tuple[str, ...]


class Draft(msgspec.Struct, frozen=True, kw_only=True):
    """Answers not submitted yet."""

    id: str
    service_id: str
    release: Release
    data: FormData
    #: Ids of the pages completed once.
    visited: frozenset[str]
    version: int
    saved_at: datetime | None
    #: Set for the draft of a supplement.
    asked: Asked | None
    #: Number of the application, once submitted or for a supplement.
    application_number: str


async def services(office: Office) -> tuple[Release, ...]:
    """The releases people can apply under now, one a service, by title."""
    raise NotImplementedError


async def service(office: Office, *, service_id: str) -> Release | Refused:
    """The release of a service people can apply under now."""
    raise NotImplementedError


def context(office: Office, *, release: Release, data: FormData) -> Context:
    """What the rules of the form may know besides the answers: today and the parameters of the place given so far."""
    raise NotImplementedError


async def start_draft(
    office: Office, *, actor: Applicant, service_id: str, data: FormData, visited: frozenset[str]
) -> Draft | Refused:
    """A new draft with the first answers."""
    raise NotImplementedError


async def load_draft(office: Office, *, actor: Applicant, draft_id: str) -> Draft | Refused:
    """The applicant's draft under the release in force; one submitted meanwhile carries its application's number."""
    raise NotImplementedError


async def save_draft(
    office: Office, *, actor: Applicant, draft_id: str, version: int, data: FormData, visited: frozenset[str]
) -> Draft | Refused:
    """The saved draft; `stale` when it was saved elsewhere since that version."""
    raise NotImplementedError


async def delete_draft(office: Office, *, actor: Applicant, draft_id: str) -> Refused | None:
    """Ensures the draft is gone."""
    raise NotImplementedError

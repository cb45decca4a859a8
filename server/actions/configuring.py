"""An administrator's working copy of a service's documents: edited, checked, previewed, published."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

import msgspec

from server.actions.office import Administrator, Office
from server.actions.publishing import Published
from server.findings import Finding, Refused
from server.releases import Release
from server.types import JsonValue, ReleaseId


class ServiceLine(msgspec.Struct, frozen=True, kw_only=True):
    """A service the administrator may change."""

    service_id: str
    title: str
    region: str
    #: Name of the region.
    place: str
    release_id: ReleaseId
    published_at: datetime
    #: Documents changed in the working copy and not published yet.
    changed: int


class WorkingSet(msgspec.Struct, frozen=True, kw_only=True):
    """The documents as edited so far."""

    service_id: str
    documents: dict[str, JsonValue]
    #: Number of saves; 0 while nothing was edited.
    version: int
    #: Paths of documents that differ from the release they started from.
    changed: tuple[str, ...]
    base_release_id: ReleaseId


class ReleaseLine(msgspec.Struct, frozen=True, kw_only=True):
    """One release in the history of a service."""

    release_id: ReleaseId
    published_at: datetime
    #: Name of who published it; empty for the installation itself.
    published_by: str
    note: str
    #: Whether people apply under it now.
    current: bool


async def services(office: Office, *, actor: Administrator) -> tuple[ServiceLine, ...]:
    """The services of the administrator's region, by title."""
    raise NotImplementedError


async def working(office: Office, *, actor: Administrator, service_id: str) -> WorkingSet | Refused:
    """The working copy, or the documents in force while nothing was edited; else `unknown-service`."""
    raise NotImplementedError


async def save_document(
    office: Office, *, actor: Administrator, service_id: str, path: str, value: JsonValue | None, version: int
) -> WorkingSet | Refused:
    """Puts one document into the working copy, or takes it out (`None`): `stale-working` when it changed since that version."""
    raise NotImplementedError


async def save_documents(
    office: Office, *, actor: Administrator, service_id: str, changes: Mapping[str, JsonValue | None], version: int
) -> WorkingSet | Refused:
    """Like `save_document` for several documents at once: all of them or, when refused, none."""
    raise NotImplementedError


async def findings(office: Office, *, actor: Administrator, service_id: str) -> tuple[Finding, ...] | Refused:
    """What the checks find in the working copy."""
    raise NotImplementedError


async def preview(office: Office, *, actor: Administrator, service_id: str) -> Release | tuple[Finding, ...] | Refused:
    """The working copy compiled, or why it cannot be."""
    raise NotImplementedError


async def discard(office: Office, *, actor: Administrator, service_id: str) -> WorkingSet | Refused:
    """Throws the working copy away."""
    raise NotImplementedError


async def publish_working(
    office: Office, *, actor: Administrator, service_id: str, note: str
) -> Published | tuple[Finding, ...] | Refused:
    """Publishes the working copy and ends it."""
    raise NotImplementedError


async def history(office: Office, *, actor: Administrator, service_id: str) -> tuple[ReleaseLine, ...] | Refused:
    """Every release of the service for its region, the newest first."""
    raise NotImplementedError


async def export_zip(office: Office, *, actor: Administrator, service_id: str) -> bytes | Refused:
    """The documents of the working copy as a zip archive."""
    raise NotImplementedError

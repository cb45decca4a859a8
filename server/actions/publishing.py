"""Publishing documents as a release in force, and giving them back."""

from __future__ import annotations

from collections.abc import Mapping

import msgspec

from server.actions.office import Administrator, Office
from server.findings import Finding, Refused
from server.types import JsonValue, ReleaseId


class Published(msgspec.Struct, frozen=True, kw_only=True):
    """The documents are in force."""

    release_id: ReleaseId
    #: Whether they were not in force before.
    new: bool


async def publish(
    office: Office,
    *,
    actor: Administrator | None,
    documents: Mapping[str, JsonValue],
    service_id: str,
    region: str,
    note: str,
) -> Published | tuple[Finding, ...] | Refused:
    """Puts the documents in force in the region unless a check finds an error; the same documents again change nothing.

    Without an actor the installation itself acts, from its command line.
    """
    raise NotImplementedError


async def export(office: Office, *, service_id: str) -> dict[str, JsonValue] | None:
    """The documents in force of a service; nothing when none are."""
    raise NotImplementedError


async def export_release(office: Office, *, release_id: ReleaseId) -> dict[str, JsonValue] | None:
    """The documents of any release ever published; nothing when there is none with this id."""
    raise NotImplementedError

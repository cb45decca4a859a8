"""Releases put in force without anybody publishing them, for tests of what follows from that."""

from __future__ import annotations

from typing import Any

import msgspec
from busy_office import SERVICE

from server.actions.office import Office
from server.releases import Release, compile_release
from server.types import RegionCode

PROVINCE = RegionCode("140000")


async def in_force(office: Office, documents: dict[str, Any], region: RegionCode) -> Release:
    """A release of changed documents, in force in a region; how it got there is no matter here."""
    release, findings = compile_release(documents, SERVICE, PROVINCE)
    assert release is not None, [finding for finding in findings if finding.severity == "error"]
    release = msgspec.structs.replace(release, region=region)
    await put_in_force(office, release, region)
    return release


async def put_in_force(office: Office, release: Release, region: RegionCode) -> None:
    await office.store.put_release(
        release_id=release.id,
        service_id=release.service_id,
        region=region,
        documents=release.documents,
        created_at=office.clock(),
        note="",
        account_id="system",
    )
    office.keep(release)
    await office.store.set_channel(release.service_id, region, release.id, office.clock(), "system")

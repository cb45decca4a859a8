"""Releases put in force without anybody publishing them, for tests of what follows from that."""

from __future__ import annotations

from typing import Any

import msgspec
from busy_office import SERVICE, TOWNSHIP

from server.actions.office import Office
from server.releases import Release, compile_release
from server.types import RegionCode

PROVINCE, CITY = RegionCode("140000"), RegionCode("140100")


async def here(office: Office) -> Release:
    """What is in force where the person of the walks lives."""
    release = await office.current(SERVICE, TOWNSHIP)
    assert release is not None
    return release


async def in_force(office: Office, documents: dict[str, Any], region: RegionCode = CITY) -> Release:
    """A release of changed documents, in force in a region; how it got there is no matter here."""
    release, findings = compile_release(documents, SERVICE, PROVINCE)
    assert release is not None, [finding for finding in findings if finding.severity == "error"]
    release = msgspec.structs.replace(release, region=region)
    await put_in_force(office, release, region)
    return release


async def put_in_force(office: Office, release: Release, region: RegionCode = CITY) -> None:
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
    # Which revision it comes from is no matter here; there has to be one.
    row = await office.channel(release.service_id)
    assert row is not None
    await office.store.set_channel(release.service_id, region, release.id, row.revision_id, office.clock(), "system")

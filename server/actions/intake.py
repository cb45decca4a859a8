"""Whether a service takes new applications in a place; separate from its release, which may stay in force."""

from __future__ import annotations

from server.actions.office import Office
from server.definitions.regions import contains


async def is_open(office: Office, *, service_id: str, region: str) -> bool:
    """Whether the service takes applications in the region: no region around it is closed."""
    closed = (await office.store.flag(intake_flag(service_id))).split()
    return not any(contains(code, region) for code in closed)


def intake_flag(service_id: str) -> str:
    """Name of the flag that lists the regions in which a service is closed."""
    return f"intake {service_id}"

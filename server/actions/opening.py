"""Opening the office of an installation, for as long as a command or a server needs it."""

from __future__ import annotations

import contextlib
from collections.abc import AsyncIterator

import httpx

from server.actions.office import Office
from server.settings import Settings
from server.store import open_store


@contextlib.asynccontextmanager
async def open_office(settings: Settings) -> AsyncIterator[Office]:
    """An office over the installation's store, closed again at the end."""
    store = await open_store(settings.folder, settings.keys)
    try:
        # Proxies of the environment are not asked: addresses come from the installation's own bindings.
        async with httpx.AsyncClient(trust_env=False) as http:
            yield Office(settings=settings, store=store, http=http)
    finally:
        await store.close()

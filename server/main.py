"""The program put together: an ASGI application that opens its store when it starts and runs what is due while it serves."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncIterator
from typing import Any

import httpx
from litestar import Litestar

import admin_ui
from server.actions import operating
from server.actions.office import Office
from server.settings import Settings
from server.store import open_store
from server.web.app import create_app

#: How long work that is under way may take when the server stops.
_STOP_SECONDS = 10.0


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


@contextlib.asynccontextmanager
async def running(settings: Settings) -> AsyncIterator[Litestar]:
    """The web application with its background work: timers, messages between systems, texts."""
    async with open_office(settings) as office:
        app = create_app(office, admin_ui.ROUTES)
        work = asyncio.create_task(operating.keep_running(office))
        try:
            async with app.lifespan():
                yield app
        finally:
            work.cancel()
            with contextlib.suppress(asyncio.CancelledError, TimeoutError):
                await asyncio.wait_for(work, _STOP_SECONDS)


class Program:
    """The ASGI application of an installation; the server's own start and stop messages open and close everything."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self._app: Litestar | None = None

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        """Serves one connection, or the life of the server."""
        if scope["type"] != "lifespan":
            assert self._app is not None
            await self._app(scope, receive, send)
            return
        await receive()
        async with contextlib.AsyncExitStack() as stack:
            try:
                self._app = await stack.enter_async_context(running(self._settings))
            except Exception as error:
                await send({"type": "lifespan.startup.failed", "message": str(error)})
                raise
            await send({"type": "lifespan.startup.complete"})
            await receive()
        await send({"type": "lifespan.shutdown.complete"})

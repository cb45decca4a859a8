"""The program put together: the web application over an open store, and the work that becomes due while it serves."""

from __future__ import annotations

import asyncio
import contextlib
import signal
import socket
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence

from granian.constants import Interfaces
from granian.server.embed import Server
from litestar import Litestar
from litestar.types import ControllerRouterHandler

import admin_ui
from server.actions import operating
from server.actions.office import Office
from server.actions.opening import open_office
from server.settings import Settings
from server.web.app import create_app

#: How long work that is under way may take when the server stops.
_STOP_SECONDS = 10.0
_LOOK_SECONDS = 0.05


class PortTaken(OSError):
    """Another program listens where this one is to."""


@contextlib.asynccontextmanager
async def running(office: Office, further: Sequence[ControllerRouterHandler] = ()) -> AsyncIterator[Litestar]:
    """The office's web application with its background work: timers, messages between systems, texts."""
    app = create_app(office, (*admin_ui.ROUTES, *further))
    work = asyncio.create_task(operating.keep_running(office))
    try:
        async with app.lifespan():
            yield app
    finally:
        work.cancel()
        with contextlib.suppress(asyncio.CancelledError, TimeoutError):
            await asyncio.wait_for(work, _STOP_SECONDS)


async def serve(
    settings: Settings,
    *,
    ready: Callable[[], None],
    prepare: Callable[[Office], Awaitable[None]] | None = None,
    further: Sequence[ControllerRouterHandler] = (),
) -> None:
    """Serves until the process is told to stop; `ready` is called once the address answers, `further` are more routes."""
    _check_port(settings)
    async with open_office(settings) as office:
        if prepare is not None:
            await prepare(office)
        async with running(office, further) as app:
            server = Server(
                app,
                address=settings.host,
                port=settings.port,
                interface=Interfaces.ASGINL,
                websockets=False,
                log_enabled=False,
            )
            for stop in (signal.SIGINT, signal.SIGTERM):
                asyncio.get_running_loop().add_signal_handler(stop, server.stop)
            announcing = asyncio.create_task(_announce(settings, ready))
            try:
                await server.serve()
            finally:
                announcing.cancel()


def _check_port(settings: Settings) -> None:
    """The server shares its port with whoever asks for it; two installations behind one address would answer in turn."""
    with socket.socket() as probe:
        probe.settimeout(1)
        host = "127.0.0.1" if settings.host in ("0.0.0.0", "") else settings.host
        if probe.connect_ex((host, settings.port)) == 0:
            raise PortTaken(f"port {settings.port} is in use; set PORT to a free one")


async def _announce(settings: Settings, ready: Callable[[], None]) -> None:
    host = "127.0.0.1" if settings.host in ("0.0.0.0", "") else settings.host
    while True:
        with contextlib.suppress(OSError):
            _, writer = await asyncio.open_connection(host, settings.port)
            writer.close()
            ready()
            return
        await asyncio.sleep(_LOOK_SECONDS)

"""Commands that run an installation: serve, demo."""

from __future__ import annotations

import asyncio
import os
import sys
from pathlib import Path

import msgspec

from server.actions.demonstration import seed
from server.cli.installation import prepare_database
from server.cli.logs import write_logs
from server.cli.neighbours import simulators
from server.cli.output import fail
from server.cli.printing import NO_FONT
from server.cli.running import data_folder, installation_settings
from server.errors import UnusableStore
from server.main import PortTaken
from server.main import serve as serve_office
from server.paper.press import has_font
from server.settings import Settings, make_keys, read_settings

_DEMO_DATA = Path("data/demo")


def serve() -> None:
    """Serve the installation under ONETHING_DATA; refuses to start without keys of its own."""
    settings = installation_settings(demo=False)
    write_logs()
    _run(settings, f"onething serves {settings.public_address}")


def demo() -> None:
    """Serve the shipped services with demo accounts, filled families and simulators of other systems; prints its address."""
    folder = data_folder(_DEMO_DATA)
    make_keys(folder, demo=True)
    prepare_database(folder)
    settings = read_settings(os.environ, folder, demo=True)
    if isinstance(settings, tuple):
        fail("\n".join(settings))
    write_logs()
    with simulators(folder / "simulators") as bindings:
        ready = msgspec.structs.replace(settings, bindings=bindings, sms_page=f"{bindings['sms'].address}/inbox")
        _run(ready, f"onething demo: {settings.public_address}/")


def _run(settings: Settings, words: str) -> None:
    if not has_font():
        print(f"nothing can be printed: {NO_FONT}", file=sys.stderr, flush=True)
    try:
        asyncio.run(serve_office(settings, ready=lambda: print(words, flush=True), prepare=seed if settings.demo else None))
    except (UnusableStore, PortTaken) as error:
        fail(str(error))

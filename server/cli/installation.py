"""Commands that make and run an installation: init, migrate, serve, demo."""

from __future__ import annotations

import asyncio
import os
from pathlib import Path

import msgspec

from server.actions.demonstration import seed
from server.cli.logs import write_logs
from server.cli.neighbours import simulators
from server.cli.output import fail
from server.cli.running import data_folder, installation_settings
from server.errors import UnusableStore
from server.main import PortTaken
from server.main import serve as serve_office
from server.settings import Settings, make_keys, read_settings
from server.store import migrate as migrate_store

_DEMO_DATA = Path("data/demo")


def init() -> None:
    """Make the data directory with keys of its own and an empty database; what is there already stays."""
    folder = data_folder()
    new = make_keys(folder)
    _migrate(folder)
    print(f"{folder}: {'keys made' if new else 'keys kept'}, database ready")
    print("next: onething publish, onething account add --kind administrator …, onething serve")
    print("keep a copy of keys.json in a safe place: without it nothing in this folder can be read")


def migrate() -> None:
    """Bring the database of the data directory to the form this program knows."""
    installation_settings()
    _migrate(data_folder())
    print(f"{data_folder()}: database ready")


def serve() -> None:
    """Serve the installation under ONETHING_DATA; refuses to start without keys of its own."""
    settings = installation_settings()
    write_logs()
    _run(settings, f"onething serves {settings.public_address}")


def demo() -> None:
    """Serve the shipped services with demo accounts, filled families and simulators of other systems; prints its address."""
    folder = data_folder(_DEMO_DATA)
    make_keys(folder, demo=True)
    _migrate(folder)
    settings = read_settings(os.environ, folder, demo=True)
    if isinstance(settings, tuple):
        fail("\n".join(settings))
    write_logs()
    with simulators(folder / "simulators") as bindings:
        ready = msgspec.structs.replace(settings, bindings=bindings, sms_page=f"{bindings['sms'].address}/inbox")
        _run(ready, f"onething demo: {settings.public_address}/demo")


def _migrate(folder: Path) -> None:
    try:
        migrate_store(folder)
    except UnusableStore as error:
        fail(str(error))


def _run(settings: Settings, words: str) -> None:
    try:
        asyncio.run(serve_office(settings, ready=lambda: print(words, flush=True), prepare=seed if settings.demo else None))
    except (UnusableStore, PortTaken) as error:
        fail(str(error))

"""Commands that make an installation: init, migrate."""

from __future__ import annotations

from pathlib import Path

from server.cli.output import fail
from server.cli.running import data_folder, installation_settings
from server.errors import UnusableStore
from server.settings import add_signing_key, make_keys
from server.store import migrate as migrate_store


def init() -> None:
    """Make the data directory with keys of its own and an empty database; what is there already stays."""
    folder = data_folder()
    new = make_keys(folder) or add_signing_key(folder)
    prepare_database(folder)
    print(f"{folder}: {'keys made' if new else 'keys kept'}, database ready")
    print("next: onething publish, onething account add --kind administrator …, onething serve")
    print("keep a copy of keys.json in a safe place: without it nothing in this folder can be read")


def migrate() -> None:
    """Bring the database of the data directory to the form this program knows."""
    installation_settings()
    prepare_database(data_folder())
    print(f"{data_folder()}: database ready")


def prepare_database(folder: Path) -> None:
    """Ensures that the folder holds a database of the form this program knows."""
    try:
        migrate_store(folder)
    except UnusableStore as error:
        fail(str(error))

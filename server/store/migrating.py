"""Bringing a data folder to what this program knows, and refusing to work with any other."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from pathlib import Path
from typing import Any

import sqlalchemy as sa

from server.errors import UnusableStore

DATABASE = "onething.sqlite3"
BLOB_FOLDER = "blobs"

_MIGRATIONS = Path(__file__).with_name("migrations")
_FOLDER_MODE = 0o700
_FILE_MODE = 0o600


def migrate(folder: Path) -> None:
    """Ensures a data folder with the latest tables, made when it is not there; keeps everything stored in it.

    Raises `UnusableStore` when a newer program has migrated it further.
    """
    # Alembic takes longer to import than the store to open, and nothing else needs it.
    from alembic import command
    from alembic.config import Config

    folder.mkdir(mode=_FOLDER_MODE, parents=True, exist_ok=True)
    (folder / BLOB_FOLDER).mkdir(mode=_FOLDER_MODE, exist_ok=True)
    path = folder / DATABASE
    _refuse_newer(stored_revision(path))
    path.touch(mode=_FILE_MODE)
    config = Config()
    config.set_main_option("script_location", str(_MIGRATIONS).replace("%", "%%"))
    engine = _engine(path)
    with engine.begin() as connection:
        config.attributes["connection"] = connection
        command.upgrade(config, "head")
    engine.dispose()


def check_migrated(path: Path) -> None:
    """Raises `UnusableStore` unless the database has exactly the tables this program knows."""
    stored = stored_revision(path)
    _refuse_newer(stored)
    if stored != revisions()[-1]:
        raise UnusableStore(f"{path.parent} has not been prepared for this program: run `onething migrate`")


def stored_revision(path: Path) -> str:
    """The revision a database was migrated to last; empty when it was never migrated or is not there."""
    if not path.exists():
        return ""
    try:
        with closing(sqlite3.connect(f"{path.resolve().as_uri()}?mode=rw", uri=True)) as connection:
            row = connection.execute("SELECT version_num FROM alembic_version").fetchone()
    except sqlite3.OperationalError as fault:
        if "no such table" in str(fault):
            return ""
        raise UnusableStore(f"{path} cannot be read: {fault}") from None
    except sqlite3.DatabaseError:
        raise UnusableStore(f"{path} is not a database of this program") from None
    return "" if row is None else str(row[0])


def revisions() -> tuple[str, ...]:
    """Every revision this program knows, in order: the beginnings of the names of the migrations."""
    return tuple(sorted(file.name.partition("_")[0] for file in (_MIGRATIONS / "versions").glob("*.py")))


def _refuse_newer(stored: str) -> None:
    if stored and stored not in revisions():
        raise UnusableStore(f"the data folder was migrated to {stored} by a newer program than this one: use that program")


def _engine(path: Path) -> sa.Engine:
    """Connections whose transactions hold table changes too, so that a migration happens whole or not at all."""
    engine = sa.create_engine(f"sqlite:///{path}")

    @sa.event.listens_for(engine, "connect")
    def leave_transactions_alone(connection: Any, _record: Any) -> None:
        connection.isolation_level = None
        connection.execute("PRAGMA journal_mode = WAL")
        connection.execute("PRAGMA synchronous = FULL")

    @sa.event.listens_for(engine, "begin")
    def begin(connection: sa.Connection) -> None:
        connection.exec_driver_sql("BEGIN IMMEDIATE")

    return engine

"""The same rows written by a bare loop over sqlite3: no checks, no rules, nothing encoded, only statements and commits."""

from __future__ import annotations

import sqlite3
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any, NamedTuple

from sqlalchemy import Table

from server.store.tables import METADATA

#: Tables that an accepted application adds rows to, those referred to before those that refer.
TABLES = ("applications", "cases", "tasks", "task_contents", "timers", "requests", "messages", "texts", "notices", "events")
_PRAGMAS = ("journal_mode = WAL", "synchronous = FULL", "foreign_keys = ON", "cache_size = -65536")

Batch = list[tuple[str, tuple[Any, ...]]]


class Stored(NamedTuple):
    """A row as it stands on disk."""

    table: str
    values: tuple[Any, ...]


def stored_rows(database: Path) -> list[Stored]:
    """Every row of those tables."""
    with sqlite3.connect(database) as connection:
        return [Stored(table, row) for table in TABLES for row in connection.execute(f"SELECT * FROM {table}")]


class RawLoop:
    """Writes copies of one application's rows into a database with the same tables and indices and the same sync."""

    def __init__(self, database: Path, rows: Sequence[Stored]) -> None:
        self._connection = sqlite3.connect(database, isolation_level=None)
        for pragma in _PRAGMAS:
            self._connection.execute(f"PRAGMA {pragma}")
        self._rows = [(f"INSERT INTO {row.table} VALUES ({', '.join('?' * len(row.values))})", row.values) for row in rows]
        self._names = {name for row in rows for name in _names(METADATA.tables[row.table], row.values)}
        self._copies = 0

    def close(self) -> None:
        """Lets go of the database."""
        self._connection.close()

    def rate(self, *, most: int, seconds: float, together: int) -> float:
        """Applications a second, with so many in one commit; their rows are made before the clock runs."""
        batches = [self._batch(together) for _ in range(max(1, most // together))]
        written = 0
        start = now = time.perf_counter()
        for batch in batches:
            self._connection.execute("BEGIN IMMEDIATE")
            for statement, values in batch:
                self._connection.execute(statement, values)
            self._connection.execute("COMMIT")
            written += together
            now = time.perf_counter()
            if now - start > seconds:
                break
        return written / (now - start)

    def _batch(self, applications: int) -> Batch:
        batch: Batch = []
        for _ in range(applications):
            self._copies += 1
            batch += [(statement, self._renamed(values)) for statement, values in self._rows]
        return batch

    def _renamed(self, values: tuple[Any, ...]) -> tuple[Any, ...]:
        """The values with ids and numbers that no other copy has."""
        return tuple(f"{value}~{self._copies}" if value in self._names else value for value in values)


def _names(table: Table, values: Sequence[Any]) -> list[str]:
    """The texts that tell a row from all others."""
    unique = {column.name for index in table.indexes if index.unique for column in index.columns}
    unique |= {column.name for column in table.primary_key.columns}
    return [
        value for column, value in zip(table.columns, values, strict=True) if column.name in unique and isinstance(value, str)
    ]

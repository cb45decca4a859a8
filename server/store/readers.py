"""Read-only connections: a few that take turns in threads of their own, and one at hand for single rows."""

from __future__ import annotations

import asyncio
import sqlite3
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import aiosqlite

Row = tuple[Any, ...]

_CONNECTIONS = 4
_CACHED_STATEMENTS = 256
_ONLY_READING = "PRAGMA query_only = ON"
_VERSION = "PRAGMA data_version"


class Readers:
    """Reads what is committed, while the writer writes."""

    def __init__(self, at_hand: sqlite3.Connection, pool: list[aiosqlite.Connection]) -> None:
        self._at_hand = at_hand
        self._pool = pool
        # The last one used first: its pages are warm.
        self._free: asyncio.LifoQueue[aiosqlite.Connection] = asyncio.LifoQueue()
        for connection in pool:
            self._free.put_nowait(connection)

    def row(self, sql: str, parameters: Mapping[str, Any]) -> Row | None:
        """The first row of a statement that finds it by a key.

        Reads at once, in the event loop: a look-up takes a few microseconds, and handing it to a thread takes ten times as long.
        """
        rows = self.few(sql, parameters)
        return rows[0] if rows else None

    def few(self, sql: str, parameters: Mapping[str, Any]) -> list[Row]:
        """Every row of a statement that never gives more than a handful; reads at once, too."""
        return self._at_hand.execute(sql, parameters).fetchall()

    def version(self) -> int:
        """A number that is another one after every commit, whichever connection or process it was made by."""
        return int(self._at_hand.execute(_VERSION).fetchone()[0])

    async def rows(self, sql: str, parameters: Mapping[str, Any]) -> list[Row]:
        """Every row the statement gives, as of one moment; the event loop goes on meanwhile."""
        connection = await self._free.get()
        try:
            return list(await connection.execute_fetchall(sql, parameters))  # type: ignore[arg-type]
        finally:
            self._free.put_nowait(connection)

    async def close(self) -> None:
        """Closes every connection."""
        self._at_hand.close()
        for connection in self._pool:
            await connection.close()


async def open_readers(path: Path) -> Readers:
    """Connections to a database that exists already."""
    address = f"{path.resolve().as_uri()}?mode=ro"
    options: dict[str, Any] = {"uri": True, "isolation_level": None, "cached_statements": _CACHED_STATEMENTS}
    at_hand = sqlite3.connect(address, check_same_thread=False, **options)
    at_hand.execute(_ONLY_READING)
    pool = [await aiosqlite.connect(address, **options) for _ in range(_CONNECTIONS)]
    for connection in pool:
        await connection.execute_fetchall(_ONLY_READING)
    return Readers(at_hand, pool)

"""A few read-only connections that take turns."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import aiosqlite

Row = tuple[Any, ...]

_CONNECTIONS = 4
_CACHED_STATEMENTS = 256


class Readers:
    """Reads what is committed, while the writer writes."""

    def __init__(self, connections: list[aiosqlite.Connection]) -> None:
        self._connections = connections
        # The last one used first: its pages are warm.
        self._free: asyncio.LifoQueue[aiosqlite.Connection] = asyncio.LifoQueue()
        for connection in connections:
            self._free.put_nowait(connection)

    async def rows(self, sql: str, parameters: Mapping[str, Any]) -> list[Row]:
        """Every row the statement gives, as of one moment."""
        connection = await self._free.get()
        try:
            return list(await connection.execute_fetchall(sql, parameters))  # type: ignore[arg-type]
        finally:
            self._free.put_nowait(connection)

    async def close(self) -> None:
        """Closes every connection."""
        for connection in self._connections:
            await connection.close()


async def open_readers(path: Path) -> Readers:
    """Connections to a database that exists already."""
    address = f"{path.resolve().as_uri()}?mode=ro"
    connections = []
    for _ in range(_CONNECTIONS):
        connection = await aiosqlite.connect(address, uri=True, isolation_level=None, cached_statements=_CACHED_STATEMENTS)
        await connection.execute_fetchall("PRAGMA query_only = ON")
        connections.append(connection)
    return Readers(connections)

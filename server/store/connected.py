"""What every part of the store works with: the writer, the readers and the cipher."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Iterable
from typing import Any, TypeVar

from server.store.crypto import Cipher
from server.store.encoding import unseal
from server.store.readers import Readers, Row
from server.store.writer import Writer

T = TypeVar("T")


class Connected:
    """Base of the store's parts; each part adds the questions and changes of one noun, `Store` puts them together."""

    _writer: Writer
    _readers: Readers
    _cipher: Cipher

    async def _write(self, action: Callable[[sqlite3.Connection], T]) -> T:
        """The action's result once it is on disk."""
        return await self._writer.run(action)

    async def _change(self, sql: str, /, **parameters: Any) -> int:
        """Number of rows a single statement changed, once it is on disk."""
        return await self._writer.run(lambda connection: connection.execute(sql, parameters).rowcount)

    async def _rows(self, sql: str, /, **parameters: Any) -> list[Row]:
        return await self._readers.rows(sql, parameters)

    async def _few(self, sql: str, /, **parameters: Any) -> list[Row]:
        return self._readers.few(sql, parameters)

    async def _row(self, sql: str, /, **parameters: Any) -> Row | None:
        return self._readers.row(sql, parameters)

    async def _sealed(self, kind: type[T], identity: str, sql: str, /, **parameters: Any) -> T | None:
        """The value of one row `(id, sealed)`."""
        row = await self._row(sql, **parameters)
        return None if row is None else unseal(self._cipher, row[1], f"{identity}:{row[0]}", kind)

    async def _all_sealed(self, kind: type[T], identity: str, sql: str, /, **parameters: Any) -> tuple[T, ...]:
        """The values of rows `(id, sealed)`."""
        return self._unsealed(kind, identity, await self._rows(sql, **parameters))

    def _unsealed(self, kind: type[T], identity: str, rows: Iterable[Row]) -> tuple[T, ...]:
        return tuple(unseal(self._cipher, sealed, f"{identity}:{row_id}", kind) for row_id, sealed in rows)

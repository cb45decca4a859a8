"""What belongs to the installation as a whole: settings rows and running numbers."""

from __future__ import annotations

import asyncio

from sqlalchemy import bindparam, insert, select
from sqlalchemy.dialects.sqlite import insert as insert_or

from server.store.connected import Connected
from server.store.statements import sql
from server.store.tables import flags, serials

_FLAG = sql(select(flags.c.value).where(flags.c.name == bindparam("name")))
_SET_FLAG = sql(insert(flags).prefix_with("OR REPLACE"))
_RESERVE = sql(
    insert_or(serials)
    .values(key=bindparam("key"), value=bindparam("count"))
    .on_conflict_do_update(index_elements=["key"], set_={"value": serials.c.value + bindparam("count")})
    .returning(serials.c.value)
)

#: Most numbers reserved at once; those not given out when the server stops are left out for ever.
_MOST_RESERVED = 64


class Numbers:
    """The numbers of one key that are reserved and not given out."""

    def __init__(self) -> None:
        self.lock = asyncio.Lock()
        self.left = range(0)
        self.reserved_last = 0


class Installation(Connected):
    """Settings rows and running numbers."""

    _numbers: dict[str, Numbers]

    def version(self) -> int:
        """A number that is another one after every change of anything stored, whichever process made it."""
        return self._readers.version()

    async def flag(self, name: str) -> str:
        """The value of a settings row; empty when it was never set."""
        row = await self._row(_FLAG, name=name)
        return "" if row is None else str(row[0])

    async def set_flag(self, name: str, value: str) -> None:
        """Sets a settings row."""
        await self._change(_SET_FLAG, name=name, value=value)

    async def next_serial(self, key: str) -> int:
        """A number of this key, from 1 on, that was never given out and never will be again.

        Numbers are reserved on disk before they are given out, twice as many each time: under load a submission does not wait
        for two commits, and a quiet key leaves out few when the server stops.
        """
        numbers = self._numbers.setdefault(key, Numbers())
        async with numbers.lock:
            if not numbers.left:
                numbers.left = await self._reserve(key, min(max(1, 2 * numbers.reserved_last), _MOST_RESERVED))
                numbers.reserved_last = len(numbers.left)
            number, numbers.left = numbers.left[0], numbers.left[1:]
            return number

    async def _reserve(self, key: str, count: int) -> range:
        parameters = {"key": key, "count": count}
        (last,) = await self._write(lambda connection: connection.execute(_RESERVE, parameters).fetchone())
        return range(last - count + 1, last + 1)

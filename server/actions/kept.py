"""Values that take long to make: made once, however many ask at the same time, and kept while they are in use."""

from __future__ import annotations

import asyncio
from collections import OrderedDict
from collections.abc import Callable, Coroutine
from typing import Any, Generic, TypeVar

K = TypeVar("K")
V = TypeVar("V")


class Kept(Generic[K, V]):
    """At most `size` values by key; the one not asked for the longest goes first."""

    def __init__(self, size: int) -> None:
        """Starts empty."""
        self._size = size
        self._values: OrderedDict[K, V] = OrderedDict()
        self._making: dict[K, asyncio.Task[V]] = {}

    async def get(self, key: K, make: Callable[[], Coroutine[Any, Any, V]]) -> V:
        """The value; a failure is raised to all who wait for it and is not kept."""
        if key in self._values:
            self._values.move_to_end(key)
            return self._values[key]
        task = self._making.get(key)
        if task is None:
            task = self._making[key] = asyncio.create_task(make())
            task.add_done_callback(lambda done: self._made(key, done))
        # One who stops waiting must not stop the work of the others.
        return await asyncio.shield(task)

    def keep(self, key: K, value: V) -> None:
        """Keeps a value that was made elsewhere."""
        self._values[key] = value
        self._values.move_to_end(key)
        if len(self._values) > self._size:
            self._values.popitem(last=False)

    def drop(self, key: K) -> None:
        """Keeps a value no longer."""
        self._values.pop(key, None)

    def _made(self, key: K, task: asyncio.Task[V]) -> None:
        del self._making[key]
        if not task.cancelled() and task.exception() is None:
            self.keep(key, task.result())

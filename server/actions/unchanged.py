"""Values read from the store and kept for as long as nothing at all has been stored since, by whatever process."""

from __future__ import annotations

from collections.abc import Callable, Coroutine
from typing import Any, TypeVar

from server.store import Store

V = TypeVar("V")

#: Beyond it everything is forgotten: whoever asks with made-up keys fills no memory.
_MOST = 4096


class Unchanged:
    """What is looked up with every request; a change of anything forgets all of it, so nothing is ever out of date."""

    def __init__(self, store: Store) -> None:
        """Starts empty."""
        self._store = store
        self._version = -1
        self._values: dict[tuple[str, str], Any] = {}

    async def get(self, kind: str, key: str, read: Callable[[], Coroutine[Any, Any, V]]) -> V:
        """The value that `read` gives for a key of a kind; read again only after a change."""
        version = self._store.version()
        if version != self._version or len(self._values) >= _MOST:
            self._values.clear()
            self._version = version
        place = (kind, key)
        if place in self._values:
            found: V = self._values[place]
            return found
        value = await read()
        if version == self._version:
            self._values[place] = value
        return value

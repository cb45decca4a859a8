"""The requests a simulator has taken: on disk before they are acknowledged, so that stopping it loses none."""

from __future__ import annotations

import sqlite3
from datetime import UTC, datetime
from pathlib import Path
from typing import Literal

import msgspec

from server.connect.envelope import Envelope

Entered = Literal["new", "known", "differs"]

_TABLE = """
CREATE TABLE IF NOT EXISTS request (
    key TEXT PRIMARY KEY,
    body BLOB NOT NULL,
    taken_at REAL NOT NULL,
    answered INTEGER NOT NULL
)
"""


class Taken(msgspec.Struct, frozen=True, kw_only=True):
    """One request and when it came."""

    envelope: Envelope
    taken_at: datetime


class RequestBook:
    """A small SQLite file; every method ends with its change on disk."""

    def __init__(self, path: Path) -> None:
        """Opens the file, making it and its folder when missing; only the owner can read it."""
        path.parent.mkdir(parents=True, exist_ok=True)
        path.touch(mode=0o600)
        self._connection = sqlite3.connect(path, isolation_level=None, check_same_thread=False)
        self._connection.execute("PRAGMA synchronous = FULL")
        self._connection.execute(_TABLE)

    def enter(self, taken: Taken) -> Entered:
        """Whether the request is new, was here already, or came under the key of another one.

        A repeated request may name another call-back address: the asking system may have moved; the first one stays.
        """
        body = msgspec.json.encode(taken.envelope)
        added = self._connection.execute(
            "INSERT INTO request VALUES (?, ?, ?, 0) ON CONFLICT DO NOTHING",
            (taken.envelope.key, body, taken.taken_at.timestamp()),
        )
        if added.rowcount:
            return "new"
        (stored,) = self._connection.execute("SELECT body FROM request WHERE key = ?", (taken.envelope.key,)).fetchone()
        known = msgspec.json.decode(stored, type=Envelope)
        asked = msgspec.structs.replace(taken.envelope, callback=known.callback)
        return "known" if asked == known else "differs"

    def unanswered(self) -> tuple[Taken, ...]:
        """Requests whose reply was not acknowledged yet, oldest first."""
        rows = self._connection.execute("SELECT body, taken_at FROM request WHERE answered = 0 ORDER BY taken_at, key")
        return tuple(
            Taken(envelope=msgspec.json.decode(body, type=Envelope), taken_at=datetime.fromtimestamp(taken_at, UTC))
            for body, taken_at in rows
        )

    def count(self) -> int:
        """How many requests were taken so far."""
        (number,) = self._connection.execute("SELECT count(*) FROM request").fetchone()
        return int(number)

    def close_request(self, key: str) -> None:
        """Ensures that the request is not answered again."""
        self._connection.execute("UPDATE request SET answered = 1 WHERE key = ?", (key,))

    def close(self) -> None:
        """Lets go of the file."""
        self._connection.close()

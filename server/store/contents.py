"""Documents by what they hold: each is stored once, whatever releases and revisions it belongs to."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable, Mapping
from typing import Any, NamedTuple

import msgspec
from sqlalchemy.dialects.sqlite import insert as insert_or

from server.documents.canonical import content_id
from server.errors import DamagedData
from server.store.statements import sql
from server.store.tables import documents
from server.types import JsonValue

_ADD = sql(insert_or(documents).on_conflict_do_nothing())


class PreparedDocument(NamedTuple):
    """A document as bytes, ready to be stored."""

    path: str
    content_id: str
    content: bytes


def prepare_documents(by_path: Mapping[str, JsonValue]) -> tuple[PreparedDocument, ...]:
    """The documents as bytes; takes a while for a whole service."""
    # The content id ignores the order of members; the stored text keeps it, so that an export reads as its author wrote it.
    return tuple(PreparedDocument(path, content_id(value), msgspec.json.encode(value)) for path, value in by_path.items())


def add_documents(connection: sqlite3.Connection, prepared: Iterable[PreparedDocument]) -> None:
    """Ensures the documents are stored; runs inside the writer's transaction."""
    connection.executemany(_ADD, [{"content_id": one.content_id, "content": one.content} for one in prepared])


def decoded(content: bytes, name: str) -> Any:
    """The document in stored bytes."""
    try:
        return msgspec.json.decode(content)
    except msgspec.DecodeError:
        raise DamagedData(f"{name}: the stored document cannot be read") from None

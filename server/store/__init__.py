"""Everything on disk: tables, the one writer, readers, encryption and blobs.

May import `server.cases` and the floors below, SQLAlchemy Core and aiosqlite. Start with `Store`, `open_store` and `migrate`.
"""

from server.store.crypto import Keyring
from server.store.migrating import migrate
from server.store.revisions import Publication
from server.store.rows import (
    AuditRow,
    ChannelRow,
    CodeRow,
    Conflict,
    DraftRow,
    FileRow,
    IntakeRule,
    LayerRow,
    OutboxRow,
    QueueRow,
    ReleaseRow,
    RevisionRow,
    RevisionState,
    SessionRow,
    Tab,
    TextRow,
    WorkingRow,
)
from server.store.store import Store, open_store

__all__ = [
    "AuditRow",
    "ChannelRow",
    "CodeRow",
    "Conflict",
    "DraftRow",
    "FileRow",
    "IntakeRule",
    "Keyring",
    "LayerRow",
    "OutboxRow",
    "Publication",
    "QueueRow",
    "ReleaseRow",
    "RevisionRow",
    "RevisionState",
    "SessionRow",
    "Store",
    "Tab",
    "TextRow",
    "WorkingRow",
    "migrate",
    "open_store",
]

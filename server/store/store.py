"""The whole store, and how it is opened."""

from __future__ import annotations

import sqlite3
from pathlib import Path

from sqlalchemy import insert, select

from server.errors import UnusableStore
from server.store.accounts import Accounts
from server.store.audit import Audit
from server.store.blobs import Blobs
from server.store.casefiles import CaseFiles
from server.store.configuration import Configuration
from server.store.crypto import Cipher, Keyring, keyed_hash
from server.store.drafts import Drafts
from server.store.installation import Installation
from server.store.intake import IntakeRules
from server.store.migrating import BLOB_FOLDER, DATABASE, check_migrated
from server.store.noticeboard import Noticeboard
from server.store.outbox import Outbox
from server.store.queues import Queues
from server.store.readers import Readers, open_readers
from server.store.releases import Releases
from server.store.revisions import Revisions
from server.store.saving import Saving
from server.store.statements import sql
from server.store.tables import key_proofs
from server.store.writer import Writer

_PROOFS = sql(select(key_proofs.c.key_id, key_proofs.c.proof))
_ADD_PROOF = sql(insert(key_proofs))


class Store(
    Accounts,
    Drafts,
    CaseFiles,
    Saving,
    Queues,
    Noticeboard,
    Outbox,
    Releases,
    Revisions,
    Configuration,
    IntakeRules,
    Audit,
    Installation,
):
    """Everything on disk. What an awaited change has returned from is stored, whatever happens next."""

    def __init__(self, *, writer: Writer, readers: Readers, cipher: Cipher, blobs: Blobs) -> None:
        """Takes what is open already; `open_store` opens it."""
        self._writer = writer
        self._readers = readers
        self._cipher = cipher
        self._blobs = blobs
        self._numbers = {}

    async def close(self) -> None:
        """Finishes what was asked for and lets go of the files."""
        await self._writer.close()
        await self._readers.close()


async def open_store(folder: Path, keys: Keyring) -> Store:
    """The store in a data folder.

    Raises `UnusableStore` when the folder has not been migrated to what this program knows, or when the keys are not those it was
    written with.
    """
    path = folder / DATABASE
    check_migrated(path)
    writer = Writer(path)
    try:
        await writer.run(lambda connection: _prove(connection, keys))
        readers = await open_readers(path)
    except BaseException:
        await writer.close()
        raise
    cipher = Cipher(keys)
    return Store(writer=writer, readers=readers, cipher=cipher, blobs=Blobs(folder / BLOB_FOLDER, cipher=cipher))


def _prove(connection: sqlite3.Connection, keys: Keyring) -> None:
    """Compares the keys with the proofs of those used before, and leaves proofs of new ones."""
    held = {f"key {key_id}": key for key_id, key in keys.keys.items()} | {"person key": keys.person_key}
    proofs = {name: keyed_hash(key, "proof", name) for name, key in held.items()}
    stored = dict(connection.execute(_PROOFS).fetchall())
    for name, proof in stored.items():
        if name not in proofs:
            raise UnusableStore(f"the {name}, with which data is sealed, is not among the keys of this installation")
        if proofs[name] != proof:
            raise UnusableStore(f"the {name} is not the one with which the data of this folder was written")
    for name in proofs.keys() - stored.keys():
        connection.execute(_ADD_PROOF, {"key_id": name, "proof": proofs[name]})

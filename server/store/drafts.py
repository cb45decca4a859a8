"""Drafts and uploaded files."""

from __future__ import annotations

import asyncio
from collections import Counter
from typing import Any

import msgspec
from sqlalchemy import bindparam, delete, func, insert, select, update
from sqlalchemy.dialects.sqlite import insert as insert_or

from server.store.blobs import Blobs
from server.store.connected import Connected
from server.store.encoding import seal, to_stamp
from server.store.rows import DraftRow, FileRow
from server.store.statements import sql
from server.store.tables import drafts, files
from server.types import ReleaseId

_DRAFT = select(drafts.c.id, drafts.c.sealed)
_DRAFT_BY_ID = sql(_DRAFT.where(drafts.c.id == bindparam("id")))
_DRAFT_OF_CASE = sql(_DRAFT.where(drafts.c.case_id == bindparam("case_id")))
_DRAFTS_OF = sql(_DRAFT.where(drafts.c.account_id == bindparam("account_id")).order_by(drafts.c.saved_at.desc(), drafts.c.id))
_ADD_DRAFT = sql(insert_or(drafts).on_conflict_do_nothing())
_SAVE_DRAFT = sql(
    update(drafts)
    .where(drafts.c.id == bindparam("row_id"), drafts.c.version == bindparam("stored"))
    .values({name: bindparam(f"new_{name}") for name in ("version", "saved_at", "sealed", "release_id")})
)
_DELETE_DRAFT = sql(delete(drafts).where(drafts.c.id == bindparam("id")))
_COUNT_BY_RELEASE = sql(
    select(drafts.c.release_id, func.count())
    .where(drafts.c.case_id.is_(None), drafts.c.release_id.is_not(None))
    .group_by(drafts.c.release_id)
)
_DRAFTS_OF_BEFORE = sql(_DRAFT.where(drafts.c.case_id.is_(None), drafts.c.release_id.is_(None)))
_DELETE_FILES = sql(delete(files).where(files.c.owner_id == bindparam("id")))

_FILE = select(files.c.id, files.c.owner_id, files.c.sealed)
_FILE_BY_ID = sql(_FILE.where(files.c.id == bindparam("id")))
_COUNT_FILES = sql(select(func.count()).select_from(files).where(files.c.owner_id == bindparam("owner_id")))
_ADD_FILE = sql(insert(files))


class Drafts(Connected):
    """What people are still working on, and the files they uploaded."""

    _blobs: Blobs

    async def add_draft(self, draft: DraftRow) -> bool:
        """Whether the draft was added, as version 1; not when its case has a supplement draft already."""
        return (
            await self._change(
                _ADD_DRAFT,
                id=draft.id,
                account_id=draft.account_id,
                case_id=draft.case_id or None,
                **self._draft_values(draft),
            )
            == 1
        )

    async def save_draft(self, draft: DraftRow) -> bool:
        """Whether the draft was saved, as the next version; not when the stored version is another."""
        values = {f"new_{name}": value for name, value in self._draft_values(draft).items()}
        return await self._change(_SAVE_DRAFT, row_id=draft.id, stored=draft.version, **values) == 1

    async def delete_draft(self, draft_id: str) -> None:
        """Removes a draft and its files."""

        def delete_both(connection: Any) -> None:
            connection.execute(_DELETE_DRAFT, {"id": draft_id})
            connection.execute(_DELETE_FILES, {"id": draft_id})

        await self._write(delete_both)

    async def draft(self, draft_id: str) -> DraftRow | None:
        """The draft with this id."""
        return await self._sealed(DraftRow, "drafts", _DRAFT_BY_ID, id=draft_id)

    async def drafts_of(self, account_id: str) -> tuple[DraftRow, ...]:
        """Every draft of an account, supplements included, the last saved first."""
        return await self._all_sealed(DraftRow, "drafts", _DRAFTS_OF, account_id=account_id)

    async def supplement_draft(self, case_id: str) -> DraftRow | None:
        """The draft of the supplement a case asked for."""
        return await self._sealed(DraftRow, "drafts", _DRAFT_OF_CASE, case_id=case_id)

    async def drafts_per_release(self) -> dict[ReleaseId, int]:
        """Number of drafts of applications under each release that has any."""
        counted = Counter({ReleaseId(release_id): count for release_id, count in await self._rows(_COUNT_BY_RELEASE)})
        counted.update(draft.release_id for draft in await self._all_sealed(DraftRow, "drafts", _DRAFTS_OF_BEFORE))
        return dict(counted)

    async def add_file(self, file: FileRow, content: bytes) -> None:
        """Stores a file: its bytes first, so that no row ever points to nothing."""
        address = await asyncio.to_thread(self._blobs.put, content)
        if address != self._blobs.address(file.sha256):
            raise ValueError("the SHA-256 of the row is not that of the content")
        sealed = seal(self._cipher, file, f"files:{file.id}")
        await self._change(_ADD_FILE, id=file.id, owner_id=file.owner_id, address=address, sealed=sealed)

    async def file(self, file_id: str) -> FileRow | None:
        """The file with this id, with the owner it has now."""
        row = await self._row(_FILE_BY_ID, id=file_id)
        if row is None:
            return None
        (found,) = self._unsealed(FileRow, "files", [(row[0], row[2])])
        return msgspec.structs.replace(found, owner_id=row[1])

    async def file_content(self, file: FileRow) -> bytes:
        """The bytes of a file; raises `DamagedData` when they are missing or were changed."""
        return await asyncio.to_thread(self._blobs.get, file.sha256)

    async def count_files(self, owner_id: str) -> int:
        """Number of files uploaded to a draft or submitted with an application."""
        row = await self._row(_COUNT_FILES, owner_id=owner_id)
        return int(row[0]) if row else 0

    def _draft_values(self, draft: DraftRow) -> dict[str, Any]:
        following = msgspec.structs.replace(draft, version=draft.version + 1)
        return {
            "version": following.version,
            "saved_at": to_stamp(following.saved_at),
            "sealed": seal(self._cipher, following, f"drafts:{draft.id}"),
            "release_id": following.release_id,
        }

"""Drafts and uploaded files."""

from __future__ import annotations

import asyncio
import hashlib
from pathlib import Path
from typing import Any

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st
from stored_values import KEYS, NOW, draft, run

from server.errors import DamagedData
from server.forms.data import FormData
from server.store import FileRow, Store
from server.store.blobs import Blobs
from server.store.crypto import Cipher

replace = msgspec.structs.replace

CONTENT = b"\x89PNG" + bytes(range(256)) * 40


def file(number: int = 1, /, content: bytes = CONTENT, **changes: Any) -> FileRow:
    values: dict[str, Any] = {
        "id": f"file-{number}",
        "owner_id": "draft-1",
        "account_id": "account-1",
        "name": f"page {number}.png",
        "media_type": "image/png",
        "size": len(content),
        "sha256": hashlib.sha256(content).hexdigest(),
        "created_at": NOW,
    }
    return FileRow(**(values | changes))


def blobs_of(folder: Path) -> list[Path]:
    return [path for path in (folder / "blobs").rglob("*") if path.is_file()]


def test_a_draft_comes_back_as_it_was_saved_last(folder: Path) -> None:
    async def act(store: Store) -> None:
        assert await store.add_draft(draft())
        first = await store.draft("draft-1")
        assert first == draft(version=1)
        changed = replace(first, data=FormData(values={"/a": [1, {"b": None}]}, raw={"/c": "x"}), visited=frozenset({"p"}))
        assert await store.save_draft(changed)
        assert await store.draft("draft-1") == replace(changed, version=2)
        assert not await store.save_draft(changed)
        assert not await store.save_draft(draft(9, version=1))

    run(folder, act)


def test_the_drafts_of_an_account_come_the_last_saved_first(folder: Path) -> None:
    async def act(store: Store) -> None:
        for number in (1, 3, 2):
            await store.add_draft(draft(number))
        await store.add_draft(draft(4, account_id="account-2"))
        assert [row.id for row in await store.drafts_of("account-1")] == ["draft-3", "draft-2", "draft-1"]

    run(folder, act)


def test_a_deleted_draft_takes_its_files_with_it_and_frees_its_case(folder: Path) -> None:
    async def act(store: Store) -> None:
        await store.add_draft(draft(case_id="case-1"))
        await store.add_file(file(), CONTENT)
        await store.delete_draft("draft-1")
        assert await store.draft("draft-1") is None and await store.file("file-1") is None
        assert await store.supplement_draft("case-1") is None
        assert await store.add_draft(draft(2, case_id="case-1"))

    run(folder, act)


def test_a_file_comes_back_byte_for_byte(folder: Path) -> None:
    async def act(store: Store) -> None:
        await store.add_file(file(), CONTENT)
        stored = await store.file("file-1")
        assert stored == file()
        assert await store.file_content(stored) == CONTENT
        assert await store.count_files("draft-1") == 1 and await store.count_files("draft-2") == 0

    run(folder, act)


def test_equal_files_share_one_blob_and_both_can_be_read(folder: Path) -> None:
    async def act(store: Store) -> None:
        await asyncio.gather(*(store.add_file(file(number), CONTENT) for number in range(8)))
        assert await store.count_files("draft-1") == 8
        for number in range(8):
            assert await store.file_content(file(number)) == CONTENT

    run(folder, act)
    assert len(blobs_of(folder)) == 1


def test_a_row_whose_hash_is_not_that_of_the_content_is_not_stored(folder: Path) -> None:
    async def act(store: Store) -> None:
        with pytest.raises(ValueError, match="SHA-256"):
            await store.add_file(file(sha256="0" * 64), CONTENT)
        assert await store.file("file-1") is None

    run(folder, act)


def test_a_changed_moved_or_missing_blob_is_damage(folder: Path) -> None:
    other = b"another page"

    async def fill(store: Store) -> None:
        await store.add_file(file(1), CONTENT)
        await store.add_file(file(2, other), other)

    async def read(store: Store) -> None:
        with pytest.raises(DamagedData):
            await store.file_content(file(1))

    run(folder, fill)
    large, small = sorted(blobs_of(folder), key=lambda path: -path.stat().st_size)
    sealed = large.read_bytes()
    for damaged in (sealed[:-1], sealed[:100] + b"?" + sealed[101:], small.read_bytes(), b""):
        large.write_bytes(damaged)
        run(folder, read)
    large.unlink()
    run(folder, read)


@given(content=st.binary(max_size=300))
def test_any_content_is_found_by_its_hash(tmp_path_factory: pytest.TempPathFactory, content: bytes) -> None:
    blobs = Blobs(tmp_path_factory.mktemp("blobs"), cipher=Cipher(KEYS))
    blobs.put(content)
    blobs.put(content)
    assert blobs.get(hashlib.sha256(content).hexdigest()) == content


def test_a_blob_that_could_not_be_written_whole_leaves_nothing_behind(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(_handle: int) -> None:
        raise OSError(28, "No space left on device")

    async def act(store: Store) -> None:
        monkeypatch.setattr("server.store.blobs.os.fsync", full)
        with pytest.raises(OSError, match="space"):
            await store.add_file(file(), CONTENT)
        monkeypatch.undo()
        assert await store.file("file-1") is None and blobs_of(folder) == []
        await store.add_file(file(), CONTENT)
        assert await store.file_content(file()) == CONTENT

    run(folder, act)

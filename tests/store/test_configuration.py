"""Releases, channels, working copies and settings rows."""

from __future__ import annotations

import asyncio
import sqlite3
from datetime import timedelta
from pathlib import Path

import msgspec
import pytest
from stored_values import COUNTY, NOW, SERVICE, run

from server.store import ChannelRow, ReleaseRow, RevisionRow, Store, WorkingRow
from server.types import JsonValue, RegionCode, ReleaseId, ServiceId

replace = msgspec.structs.replace

PROVINCE = RegionCode("990000")
FIRST, SECOND = ReleaseId("sha256:1"), ReleaseId("sha256:2")
DOCUMENTS: dict[str, JsonValue] = {
    "form_schemas/province/service/bundle.json": {"title": "Benefit", "steps": [1, 2.5, None, True]},
    "form_schemas/province/service/faq/a.md": "# Question\n\nAnswer",
    "process_defs/province/service/empty.json": {},
}


async def put(store: Store, release_id: ReleaseId, documents: dict[str, JsonValue], minutes: int = 0) -> None:
    at = NOW + timedelta(minutes=minutes)
    await store.put_release(release_id, SERVICE, PROVINCE, documents, at, f"note {minutes}", "account-1")


def revision(revision_id: str) -> RevisionRow:
    return RevisionRow(
        id=revision_id,
        service_id=SERVICE,
        region=PROVINCE,
        release_id=FIRST,
        parent_id="",
        state="published",
        author_id="system",
        proposed_at=NOW,
        note="",
    )


def test_the_documents_of_a_release_come_back_equal(folder: Path) -> None:
    async def act(store: Store) -> None:
        await put(store, FIRST, DOCUMENTS)
        assert await store.release_documents(FIRST) == DOCUMENTS
        assert await store.release_documents(SECOND) is None

    run(folder, act)


def test_a_document_of_many_releases_is_stored_once(folder: Path) -> None:
    async def act(store: Store) -> None:
        await put(store, FIRST, DOCUMENTS)
        await put(store, SECOND, {**DOCUMENTS, "process_defs/province/service/empty.json": {"new": 1}}, minutes=1)
        with sqlite3.connect(folder / "onething.sqlite3") as connection:
            assert connection.execute("SELECT count(*) FROM documents").fetchone() == (4,)

    run(folder, act)


def test_a_release_never_changes(folder: Path) -> None:
    async def act(store: Store) -> None:
        await put(store, FIRST, DOCUMENTS)
        await put(store, FIRST, {"another.json": 1}, minutes=5)
        assert await store.release_documents(FIRST) == DOCUMENTS
        assert await store.release_rows(SERVICE) == (
            ReleaseRow(
                release_id=FIRST, service_id=SERVICE, region=PROVINCE, created_at=NOW, note="note 0", account_id="account-1"
            ),
        )

    run(folder, act)


def test_releases_come_the_latest_first(folder: Path) -> None:
    async def act(store: Store) -> None:
        await put(store, SECOND, DOCUMENTS, minutes=1)
        await put(store, FIRST, DOCUMENTS)
        assert [row.release_id for row in await store.release_rows(SERVICE)] == [SECOND, FIRST]
        assert await store.release_rows(ServiceId("province/other")) == ()

    run(folder, act)


def test_a_channel_points_at_the_release_set_last(folder: Path) -> None:
    async def act(store: Store) -> None:
        await put(store, FIRST, DOCUMENTS)
        await put(store, SECOND, DOCUMENTS, minutes=1)
        for revision_id in ("one", "two"):
            await store.add_revision(revision(revision_id), {})
        await store.set_channel(SERVICE, PROVINCE, FIRST, "one", NOW, "account-1")
        await store.set_channel(SERVICE, PROVINCE, SECOND, "two", NOW, "account-2")
        await store.set_channel(SERVICE, COUNTY, FIRST, "one", NOW, "account-3")
        assert await store.channel(SERVICE, PROVINCE) == SECOND and await store.channel(SERVICE, COUNTY) == FIRST
        assert await store.channel(SERVICE, RegionCode("990100")) is None
        assert await store.channels() == (
            ChannelRow(service_id=SERVICE, region=PROVINCE, release_id=SECOND, revision_id="two", at=NOW, account_id="account-2"),
            ChannelRow(service_id=SERVICE, region=COUNTY, release_id=FIRST, revision_id="one", at=NOW, account_id="account-3"),
        )
        with pytest.raises(sqlite3.IntegrityError):
            await store.set_channel(SERVICE, PROVINCE, ReleaseId("sha256:9"), "one", NOW, "account-1")

    run(folder, act)


def test_two_administrators_never_overwrite_each_other(folder: Path) -> None:
    async def act(store: Store) -> None:
        row = WorkingRow(service_id=SERVICE, region=PROVINCE, documents=DOCUMENTS, saved_at=NOW, base_release_id=FIRST)
        assert await store.working(SERVICE, PROVINCE) is None
        assert sorted(await asyncio.gather(store.save_working(row), store.save_working(row))) == [False, True]
        stored = await store.working(SERVICE, PROVINCE)
        assert stored == replace(row, version=1)
        changes = [replace(stored, documents={"by.json": name}) for name in ("one", "other")]
        answers = await asyncio.gather(*map(store.save_working, changes))
        assert sorted(answers) == [False, True]
        assert await store.working(SERVICE, PROVINCE) == replace(changes[answers.index(True)], version=2)
        await store.delete_working(SERVICE, PROVINCE)
        assert await store.working(SERVICE, PROVINCE) is None
        assert not await store.save_working(stored)

    run(folder, act)


def test_a_settings_row_keeps_its_last_value_over_a_restart(folder: Path) -> None:
    async def act(store: Store) -> None:
        assert await store.flag("clock") == ""
        await store.set_flag("clock", "1")
        await store.set_flag("clock", "2")

    run(folder, act)
    assert run(folder, lambda store: store.flag("clock")) == "2"

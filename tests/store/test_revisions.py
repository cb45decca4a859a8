"""Revisions: proposed and decided upon once, in force with their release in one step, carried over from older data folders."""

from __future__ import annotations

import asyncio
import sqlite3
from datetime import timedelta
from pathlib import Path
from typing import Any

import msgspec
import pytest
from stored_values import NOW, SERVICE, run
from test_opening import migrate_to

from server.cases.model import AuditEvent
from server.store import ChannelRow, LayerRow, Publication, ReleaseRow, RevisionRow, Store, WorkingRow, migrate
from server.types import JsonValue, RegionCode, ReleaseId, ServiceId

replace = msgspec.structs.replace

PROVINCE, CITY, OTHER_CITY = RegionCode("990000"), RegionCode("990100"), RegionCode("990200")
RELEASE, OTHER = ReleaseId("sha256:1"), ReleaseId("sha256:2")
BASE: dict[str, JsonValue] = {"form_schemas/province/service/bundle.json": {"title": "Benefit"}}
LAYER: dict[str, JsonValue] = {"form_schemas/province/service/overlays/990100/bundle.json": {"title": "Own"}}


def row(name: str = "one", *, region: RegionCode = PROVINCE, minutes: int = 0, **members: Any) -> RevisionRow:
    known: dict[str, Any] = {
        "id": name,
        "service_id": SERVICE,
        "region": region,
        "release_id": RELEASE,
        "parent_id": "",
        "state": "proposed",
        "author_id": "author",
        "proposed_at": NOW + timedelta(minutes=minutes),
        "note": f"note of {name}",
    }
    return RevisionRow(**{**known, **members})


def event(action: str) -> AuditEvent:
    return AuditEvent(chain="system", at=NOW, actor="somebody", action=action, details={})


def publication(revision: RevisionRow, layer: dict[str, JsonValue] | None = BASE, **members: Any) -> Publication:
    known: dict[str, Any] = {
        "revision": replace(revision, state="published"),
        "layer": layer,
        "documents": BASE,
        "at": NOW,
        "account_id": "somebody",
        "events": (event("publish"),),
    }
    return Publication(**{**known, **members})


async def actions(store: Store) -> list[str]:
    return [one.event.action for one in await store.audit("system")]


def test_a_revision_comes_back_with_its_documents(folder: Path) -> None:
    async def act(store: Store) -> None:
        whole = row(
            state="rejected",
            parent_id="parent",
            replaces_id="before",
            approver_id="approver",
            decided_at=NOW,
            effective_at=NOW + timedelta(days=1),
            answer="too late",
        )
        assert await store.add_revision(whole, LAYER)
        assert await store.revision("one") == whole
        assert await store.revision_layer("one") == LAYER
        assert await store.revision("no such") is None
        assert await store.revision_layer("no such") == {}

    run(folder, act)


def test_one_proposal_of_a_region_waits_at_a_time(folder: Path) -> None:
    async def act(store: Store) -> None:
        both = await asyncio.gather(*(store.add_revision(row(name), BASE, (event("propose"),)) for name in ("one", "two")))
        assert sorted(both) == [False, True]
        assert await actions(store) == ["propose"]
        assert await store.add_revision(row("city", region=CITY), LAYER)
        assert await store.add_revision(row("past", state="withdrawn"), BASE)
        assert {one.id for one in await store.open_revisions(SERVICE)} == {("one", "two")[both.index(True)], "city"}

    run(folder, act)


def test_a_proposal_is_decided_upon_once(folder: Path) -> None:
    async def act(store: Store) -> None:
        await store.add_revision(row(), BASE)
        decisions = [row(state="rejected", answer="no"), row(state="scheduled", effective_at=NOW)]
        done = await asyncio.gather(
            *(store.decide_revision(one, was="proposed", events=(event(one.state),)) for one in decisions)
        )
        assert sorted(done) == [False, True]
        decided = decisions[done.index(True)]
        assert await store.revision("one") == decided
        assert await actions(store) == [decided.state]

    run(folder, act)


def test_what_is_due_comes_the_earliest_first(folder: Path) -> None:
    async def act(store: Store) -> None:
        days = {"second": 2, "first": 1, "far": 9}
        for name, day in days.items():
            await store.add_revision(row(name, state="scheduled", effective_at=NOW + timedelta(days=day)), BASE)
        await store.add_revision(row("waiting", effective_at=NOW), BASE)
        due = await store.due_revisions(NOW + timedelta(days=3))
        assert [one.id for one in due] == ["first", "second"]
        assert [one.id for one in await store.due_revisions(NOW + timedelta(days=3), limit=1)] == ["first"]

    run(folder, act)


def test_revisions_come_page_by_page_the_newest_first(folder: Path) -> None:
    async def act(store: Store) -> None:
        for number in range(5):
            region = CITY if number % 2 else PROVINCE
            # The last two at the same moment.
            await store.add_revision(row(f"r{number}", region=region, minutes=min(number, 3), state="rejected"), {})
        everything = [one.id for one in await store.revisions_of(SERVICE)]
        assert everything == ["r4", "r3", "r2", "r1", "r0"]
        paged: list[str] = []
        while page := await store.revisions_of(SERVICE, after=paged[-1] if paged else "", limit=2):
            paged += [one.id for one in page]
        assert paged == everything
        assert [one.id for one in await store.revisions_of(SERVICE, region=CITY)] == ["r3", "r1"]
        assert await store.revisions_of(ServiceId("province/other")) == ()

    run(folder, act)


def test_a_revision_its_release_and_the_channel_are_there_together(folder: Path) -> None:
    async def act(store: Store) -> None:
        first = row(state="published")
        assert await store.put_in_force(publication(first)) == PROVINCE
        assert await store.channels() == (
            ChannelRow(service_id=SERVICE, region=PROVINCE, release_id=RELEASE, revision_id="one", at=NOW, account_id="somebody"),
        )
        assert await store.release_documents(RELEASE) == BASE
        assert await store.layers_in_force(SERVICE) == (LayerRow(revision=first, documents=1),)
        assert await actions(store) == ["publish"]

    run(folder, act)


def test_a_revision_made_for_another_state_of_its_region_leaves_no_trace(folder: Path) -> None:
    async def act(store: Store) -> None:
        await store.put_in_force(publication(row()))
        rivals = [row(name, replaces_id="one", release_id=OTHER) for name in ("two", "three")]
        done = await asyncio.gather(*(store.put_in_force(publication(one)) for one in rivals))
        assert sorted(map(str, done)) == [PROVINCE, "None"]
        lost = rivals[done.index(None)]
        assert await store.revision(lost.id) is None and await store.revision_layer(lost.id) == {}
        assert await store.put_in_force(publication(row("late"))) is None
        assert await actions(store) == ["publish", "publish"]

    run(folder, act)


def test_a_proposal_that_was_decided_meanwhile_does_not_come_into_force(folder: Path) -> None:
    async def act(store: Store) -> None:
        await store.add_revision(row(), BASE)
        await store.decide_revision(row(state="withdrawn"), was="proposed")
        assert await store.put_in_force(publication(row(), None, was="proposed")) is None
        assert await store.channels() == () and await store.release_rows(SERVICE) == ()
        assert (await store.revision("one")) == row(state="withdrawn")

    run(folder, act)


def test_a_release_that_two_regions_share_belongs_to_both(folder: Path) -> None:
    async def act(store: Store) -> None:
        assert await store.put_in_force(publication(row("city", region=CITY), LAYER)) == CITY
        assert await store.put_in_force(publication(row("other", region=OTHER_CITY), {})) == PROVINCE
        (release,) = await store.release_rows(SERVICE)
        assert release == ReleaseRow(
            release_id=RELEASE,
            service_id=SERVICE,
            region=PROVINCE,
            created_at=NOW,
            note="note of city",
            account_id="author",
        )
        assert await store.release_row(RELEASE) == release
        assert [one.documents for one in await store.layers_in_force(SERVICE)] == [1, 0]

    run(folder, act)


def test_a_channel_is_pointed_back_unless_it_was_moved_meanwhile(folder: Path) -> None:
    async def act(store: Store) -> None:
        first, second = row(state="published"), row("two", replaces_id="one", state="published")
        await store.put_in_force(publication(first))
        await store.put_in_force(publication(second))
        left = replace(second, answer="unclear")
        back = {"at": NOW, "account_id": "somebody", "events": (event("roll_back"),)}
        assert await store.point_back(first, leaving=left, **back)
        assert await store.revision("two") == left
        (channel,) = await store.channels()
        assert (channel.revision_id, channel.account_id) == ("one", "somebody")
        assert not await store.point_back(first, leaving=left, **back)
        assert await actions(store) == ["publish", "publish", "roll_back"]

    run(folder, act)


def test_a_working_copy_is_forgotten_only_at_the_version_that_was_seen(folder: Path) -> None:
    async def act(store: Store) -> None:
        await store.save_working(
            WorkingRow(service_id=SERVICE, region=CITY, documents=LAYER, saved_at=NOW, base_release_id=RELEASE, parent_id="p")
        )
        assert await store.worked_on(SERVICE) == {CITY}
        await store.delete_working(SERVICE, CITY, version=2)
        assert await store.working(SERVICE, CITY) is not None
        await store.delete_working(SERVICE, CITY, version=1)
        assert await store.working(SERVICE, CITY) is None

    run(folder, act)


@pytest.fixture
def older(tmp_path: Path) -> Path:
    """A data folder from before there were revisions: two releases, the second in force, and a working copy."""
    folder = tmp_path / "older"
    folder.mkdir()
    migrate_to(folder, "0002")
    with sqlite3.connect(folder / "onething.sqlite3") as connection:
        content = msgspec.json.encode({"title": "Benefit"})
        path = next(iter(BASE))
        connection.execute("INSERT INTO documents VALUES ('sha256:d', ?)", (content,))
        for number, release in enumerate((RELEASE, OTHER)):
            at = (1000 + number) * 1_000_000
            connection.execute("INSERT INTO releases VALUES (?, ?, ?, ?, 'note', 'a')", (release, SERVICE, PROVINCE, at))
            connection.execute("INSERT INTO release_documents VALUES (?, ?, 'sha256:d')", (release, path))
        connection.execute("INSERT INTO channels VALUES (?, ?, ?, 5, 'a')", (SERVICE, PROVINCE, OTHER))
        copied = msgspec.json.encode({path: {"title": "Edited"}})
        connection.execute("INSERT INTO working_copies VALUES (?, 3, 5, ?, ?)", (SERVICE, OTHER, copied))
    return folder


def test_what_was_published_before_there_were_revisions_is_still_in_force(older: Path) -> None:
    migrate(older)

    async def act(store: Store) -> None:
        newest, oldest = await store.revisions_of(SERVICE)
        assert [(one.release_id, one.state, one.parent_id, one.author_id) for one in (newest, oldest)] == [
            (OTHER, "published", "", "a"),
            (RELEASE, "published", "", "a"),
        ]
        assert await store.revision_layer(newest.id) == BASE
        (channel,) = await store.channels()
        assert (channel.release_id, channel.revision_id) == (OTHER, newest.id)
        working = await store.working(SERVICE, PROVINCE)
        assert working is not None
        assert (working.version, working.base_release_id, working.parent_id) == (3, OTHER, "")
        assert working.documents == {next(iter(BASE)): {"title": "Edited"}}

    run(older, act)

"""A data folder is opened by the program and with the keys it was written with, or not at all."""

from __future__ import annotations

import sqlite3
from pathlib import Path

import msgspec
import pytest
import sqlalchemy as sa
from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from stored_values import KEYS, run, submission

from server.errors import DamagedData, UnusableStore
from server.store import Keyring, Store, migrate
from server.store import migrating as module
from server.store.tables import METADATA
from server.types import ServiceId

replace = msgspec.structs.replace

OTHER = b"2" * 32


async def nothing(_store: Store) -> None:
    pass


def revise(folder: Path, revision: str) -> None:
    with sqlite3.connect(folder / module.DATABASE) as connection:
        connection.execute("UPDATE alembic_version SET version_num = ?", (revision,))


def test_an_empty_place_becomes_a_data_folder_only_its_owner_can_read(tmp_path: Path) -> None:
    folder = tmp_path / "some" / "data"
    migrate(folder)
    run(folder, nothing)
    assert folder.stat().st_mode & 0o077 == 0
    assert (folder / module.DATABASE).stat().st_mode & 0o077 == 0
    assert (folder / module.BLOB_FOLDER).stat().st_mode & 0o077 == 0


def migrate_to(folder: Path, revision: str) -> None:
    """The folder as an earlier program left it."""
    (folder / module.BLOB_FOLDER).mkdir()
    config = Config()
    config.set_main_option("script_location", str(Path(module.__file__).with_name("migrations")))
    engine = sa.create_engine(f"sqlite:///{folder / module.DATABASE}")
    with engine.begin() as connection:
        config.attributes["connection"] = connection
        command.upgrade(config, revision)
    engine.dispose()


def shape(connection: sa.Connection) -> dict[str, list[str]]:
    """Name of each table and index to the lines of its statement, in any order."""
    rows = connection.execute(sa.text("SELECT name, sql FROM sqlite_master WHERE sql IS NOT NULL AND name != 'alembic_version'"))
    # A table that was rebuilt has its name in quotation marks.
    plain = {name: text.replace('"', "") for name, text in rows}
    return {name: sorted(line.strip().rstrip(",") for line in text.splitlines()) for name, text in plain.items()}


def test_the_migrations_lead_to_the_tables_of_the_program(folder: Path) -> None:
    migrated, described = sa.create_engine(f"sqlite:///{folder / module.DATABASE}"), sa.create_engine("sqlite://")
    with migrated.connect() as one, described.connect() as other:
        assert compare_metadata(MigrationContext.configure(one), METADATA) == []
        METADATA.create_all(other)
        # Conditions of indices and tables without row ids are nothing that Alembic compares.
        assert shape(one) == shape(other)
    migrated.dispose()
    described.dispose()


def test_the_names_of_the_migrations_say_their_order() -> None:
    config = Config()
    config.set_main_option("script_location", str(Path(module.__file__).with_name("migrations")))
    known = [script.revision for script in ScriptDirectory.from_config(config).walk_revisions()]
    assert module.revisions() == tuple(reversed(known))


def test_migrating_again_keeps_what_is_stored(folder: Path) -> None:
    assert run(folder, lambda store: store.save(submission(1))) is None
    migrate(folder)
    assert run(folder, lambda store: store.application("application-1")) is not None


def test_services_closed_by_the_first_program_stay_closed_in_the_same_places(tmp_path: Path) -> None:
    migrate_to(tmp_path, "0001")
    with sqlite3.connect(tmp_path / module.DATABASE) as connection:
        connection.executemany(
            "INSERT INTO flags VALUES (?, ?)", [("intake tree/one", "440100 440203"), ("intake tree/two", ""), ("other", "kept")]
        )
        connection.execute("INSERT INTO drafts VALUES ('d1', 'a1', NULL, 1, 5, x'00')")
    migrate(tmp_path)

    async def act(store: Store) -> None:
        rules = await store.intake_rules(ServiceId("tree/one"))
        assert [(rule.region, rule.item, rule.open, rule.until) for rule in rules] == [
            ("440100", "", False, None),
            ("440203", "", False, None),
        ]
        assert await store.intake_rules(ServiceId("tree/two")) == ()
        assert [await store.flag(name) for name in ("intake tree/one", "intake tree/two", "other")] == ["", "", "kept"]

    run(tmp_path, act)
    with sqlite3.connect(tmp_path / module.DATABASE) as connection:
        assert connection.execute("SELECT id, account_id, version, saved_at, release_id FROM drafts").fetchall() == [
            ("d1", "a1", 1, 5, None)
        ]


def test_a_folder_that_was_never_migrated_is_refused(tmp_path: Path) -> None:
    with pytest.raises(UnusableStore, match="onething migrate"):
        run(tmp_path, nothing)
    assert list(tmp_path.iterdir()) == []
    (tmp_path / module.DATABASE).touch()
    with pytest.raises(UnusableStore, match="onething migrate"):
        run(tmp_path, nothing)


def test_a_folder_of_a_newer_program_is_refused_and_left_alone(folder: Path) -> None:
    revise(folder, "9999")
    with pytest.raises(UnusableStore, match="newer"):
        run(folder, nothing)
    with pytest.raises(UnusableStore, match="newer"):
        migrate(folder)


def test_a_file_that_is_no_database_is_refused(tmp_path: Path) -> None:
    (tmp_path / module.DATABASE).write_bytes(b"something else entirely" * 100)
    with pytest.raises(UnusableStore, match="not a database"):
        run(tmp_path, nothing)


def test_a_database_that_cannot_be_opened_is_not_taken_for_an_empty_one(tmp_path: Path) -> None:
    (tmp_path / module.DATABASE).mkdir()
    with pytest.raises(UnusableStore, match="cannot be read"):
        run(tmp_path, nothing)


def test_the_same_keys_open_the_folder_again(folder: Path) -> None:
    run(folder, nothing)
    run(folder, nothing)


@pytest.mark.parametrize(
    "keys",
    [
        replace(KEYS, keys={"k1": OTHER}),
        replace(KEYS, person_key=OTHER),
        Keyring(current="k2", keys={"k2": OTHER}, person_key=KEYS.person_key),
    ],
    ids=["another key of the same name", "another key for people", "the key is missing"],
)
def test_other_keys_are_refused(folder: Path, keys: Keyring) -> None:
    run(folder, nothing)
    with pytest.raises(UnusableStore, match="key"):
        run(folder, nothing, keys)
    run(folder, nothing)


def test_a_new_key_seals_and_the_old_one_still_opens(folder: Path) -> None:
    run(folder, lambda store: store.save(submission(1)))
    both = Keyring(current="k2", keys={**KEYS.keys, "k2": OTHER}, person_key=KEYS.person_key)

    async def act(store: Store) -> None:
        await store.save(submission(2))
        assert await store.application("application-1") is not None
        assert await store.application("application-2") is not None

    run(folder, act, both)
    with sqlite3.connect(folder / module.DATABASE) as connection:
        heads = {row[0][2:4] for row in connection.execute("SELECT sealed FROM applications")}
    assert heads == {b"k1", b"k2"}
    with pytest.raises(UnusableStore, match="k2"):
        run(folder, nothing)


def test_a_value_that_was_moved_to_another_row_is_damaged(folder: Path) -> None:
    async def act(store: Store) -> None:
        await store.save(submission(1))
        await store.save(submission(2))
        with sqlite3.connect(folder / module.DATABASE) as connection:
            connection.execute(
                "UPDATE applications SET sealed = (SELECT sealed FROM applications WHERE id = 'application-2')"
                " WHERE id = 'application-1'"
            )
        with pytest.raises(DamagedData, match="applications:application-1"):
            await store.application("application-1")
        assert await store.application("application-2") is not None

    run(folder, act)

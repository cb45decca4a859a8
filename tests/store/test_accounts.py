"""Accounts, sessions and one-time codes."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import msgspec
from stored_values import COUNTY, NOW, UNIT, account, run

from server.store import CodeRow, SessionRow, Store

replace = msgspec.structs.replace

SESSION = SessionRow(token_hash="t1", account_id="account-1", created_at=NOW, seen_at=NOW, expires_at=NOW + timedelta(minutes=30))


def test_an_account_is_found_by_id_and_by_its_login_among_those_of_its_kind(folder: Path) -> None:
    async def act(store: Store) -> None:
        applicant = account(1, login="13900000001")
        official = account(
            2, kind="official", login="13900000001", units=(UNIT,), password_hash="$argon2id$", roles=("lead",), region=COUNTY
        )
        assert await store.add_account(applicant) and await store.add_account(official)
        assert await store.account("account-1") == applicant and await store.account("account-2") == official
        assert await store.account_by_login("applicant", "13900000001") == applicant
        assert await store.account_by_login("official", "13900000001") == official
        assert await store.account_by_login("administrator", "13900000001") is None
        assert await store.account_by_login("applicant", "13900000009") is None
        assert await store.accounts("official") == (official,) and await store.accounts("administrator") == ()

    run(folder, act)


def test_a_login_and_an_id_belong_to_one_account(folder: Path) -> None:
    async def act(store: Store) -> None:
        assert await store.add_account(account(1, login="x"))
        assert not await store.add_account(account(2, login="x"))
        assert not await store.add_account(account(1, login="y"))
        assert await store.accounts("applicant") == (account(1, login="x"),)

    run(folder, act)


def test_a_saved_account_replaces_the_stored_one_and_may_change_its_login(folder: Path) -> None:
    async def act(store: Store) -> None:
        await store.add_account(account(1, login="old"))
        changed = account(1, login="new", name="another", disabled=True)
        assert await store.save_account(changed)
        assert await store.account_by_login("applicant", "new") == changed
        assert await store.account_by_login("applicant", "old") is None
        assert not await store.save_account(account(2))

    run(folder, act)


def test_a_session_lives_until_it_is_deleted(folder: Path) -> None:
    async def act(store: Store) -> None:
        await store.add_account(account(1))
        await store.add_session(SESSION)
        assert await store.session("t1") == SESSION and await store.session("t2") is None
        later = NOW + timedelta(minutes=10)
        await store.touch_session("t1", later, later + timedelta(minutes=30))
        assert await store.session("t1") == replace(SESSION, seen_at=later, expires_at=later + timedelta(minutes=30))
        await store.delete_session("t1")
        assert await store.session("t1") is None

    run(folder, act)


def test_all_sessions_of_an_account_end_together_and_no_others(folder: Path) -> None:
    async def act(store: Store) -> None:
        await store.add_account(account(1))
        await store.add_account(account(2))
        for token, owner in (("t1", "account-1"), ("t2", "account-1"), ("t3", "account-2")):
            await store.add_session(replace(SESSION, token_hash=token, account_id=owner))
        await store.delete_sessions_of("account-1")
        assert [await store.session(token) is None for token in ("t1", "t2", "t3")] == [True, True, False]

    run(folder, act)


def test_a_code_replaces_the_one_before_it_and_can_be_removed(folder: Path) -> None:
    async def act(store: Store) -> None:
        first = CodeRow(phone="13900000001", code_hash="h1", expires_at=NOW, attempts=4)
        second = replace(first, code_hash="h2", attempts=0, blocked_until=NOW + timedelta(minutes=1))
        assert await store.code(first.phone) is None
        await store.put_code(first)
        assert await store.code(first.phone) == first
        await store.put_code(second)
        assert await store.code(first.phone) == second
        assert await store.count_attempt(first.phone) == replace(second, attempts=1)
        await store.delete_code(first.phone)
        assert await store.code(first.phone) is None

    run(folder, act)

"""What is kept of the store is never out of date, whoever changes it."""

from __future__ import annotations

from itertools import count

from busy_office import PHONE, Installation, act, code_for, opened

from server.actions import signing_in
from server.actions.office import Office
from server.actions.sessions import SignedIn
from server.actions.unchanged import Unchanged


def test_a_value_is_read_again_after_any_change_only(installation: Installation) -> None:
    async def story(office: Office) -> None:
        reads, kept = count(1), Unchanged(office.store)

        async def read() -> int:
            return next(reads)

        assert [await kept.get("kind", "a", read) for _ in range(3)] == [1, 1, 1]
        assert await kept.get("kind", "b", read) == 2
        assert await kept.get("other", "a", read) == 3
        await office.store.set_flag("anything", "1")
        assert [await kept.get("kind", "a", read) for _ in range(3)] == [4, 4, 4]
        async with opened(installation.folder, release=installation.release) as elsewhere:
            await elsewhere.store.set_flag("anything", "2")
        assert await kept.get("kind", "a", read) == 5

    act(installation, story)


def test_what_changes_while_a_value_is_read_is_seen_the_next_time(installation: Installation) -> None:
    async def story(office: Office) -> None:
        kept = Unchanged(office.store)

        async def read() -> str:
            found = await office.store.flag("name")
            await office.store.set_flag("name", "new")
            return found

        assert await kept.get("flag", "name", read) == ""
        assert await kept.get("flag", "name", lambda: office.store.flag("name")) == "new"

    act(installation, story)


def test_made_up_keys_fill_no_memory(installation: Installation) -> None:
    async def story(office: Office) -> None:
        kept = Unchanged(office.store)

        async def read() -> None:
            return None

        for number in range(10_000):
            await kept.get("session", str(number), read)
        assert len(kept._values) < 5_000

    act(installation, story)


def test_a_session_ended_elsewhere_has_ended_at_once(installation: Installation) -> None:
    async def story(office: Office) -> None:
        await signing_in.request_code(office, phone=PHONE, client="test")
        signed_in = await signing_in.verify_code(office, phone=PHONE, code=await code_for(office, PHONE), client="test")
        assert isinstance(signed_in, SignedIn)
        token = signed_in.token
        for _ in range(3):
            assert await signing_in.session_of(office, token=token) is not None
        async with opened(installation.folder, release=installation.release) as elsewhere:
            await signing_in.sign_out(elsewhere, token=token)
        assert await signing_in.session_of(office, token=token) is None

    act(installation, story)

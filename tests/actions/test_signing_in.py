"""Codes and passwords: what opens a session, what does not, and how often it can be tried."""

from __future__ import annotations

import asyncio
import re
from datetime import timedelta

import msgspec
import pytest
import time_machine
from busy_office import OTHER_PHONE, PHONE, Installation, act, applicant, code_for, official
from hypothesis import given
from hypothesis import strategies as st

from server.actions import accounts, sessions, signing_in
from server.actions.demo_offices import DEMO_PASSWORD
from server.actions.office import Applicant, Office, Official
from server.actions.passwords import hash_password, password_matches
from server.actions.sessions import SignedIn
from server.findings import Refused


async def sign_in(office: Office, login: str, password: str = DEMO_PASSWORD) -> SignedIn | Refused:
    return await signing_in.sign_in_with_password(office, kind="official", login=login, password=password, client="desk")


async def wrong_code(office: Office, phone: str) -> str:
    return f"{(int(await code_for(office, phone)) + 1) % 10**6:06d}"


def strict(office: Office) -> Office:
    """The same office outside a demonstration."""
    return Office(msgspec.structs.replace(office.settings, demo=False), office.store, office.http)


def test_a_telephone_keeps_its_account(installation: Installation) -> None:
    async def story(office: Office) -> None:
        first, again = await applicant(office), await applicant(office)
        assert first == again == Applicant(account_id=first.account_id, phone=PHONE)
        assert (await applicant(office, OTHER_PHONE)).account_id != first.account_id

    act(installation, story)


def test_a_code_serves_once(installation: Installation) -> None:
    async def story(office: Office) -> None:
        await signing_in.request_code(office, phone=PHONE, client="c")
        code = await code_for(office, PHONE)
        assert isinstance(await signing_in.verify_code(office, phone=PHONE, code=code, client="c"), SignedIn)
        assert await signing_in.verify_code(office, phone=PHONE, code=code, client="c") == Refused("code-expired")

    act(installation, story)


def test_a_code_is_good_for_its_telephone_and_five_minutes_only(installation: Installation) -> None:
    async def story(office: Office) -> None:
        for phone in (PHONE, OTHER_PHONE):
            await signing_in.request_code(office, phone=phone, client="c")
        mine, theirs = await code_for(office, PHONE), await code_for(office, OTHER_PHONE)
        if mine != theirs:
            result = await signing_in.verify_code(office, phone=OTHER_PHONE, code=mine, client="c")
            assert isinstance(result, Refused) and result.reason == "code-wrong"
        with time_machine.travel(office.now() + timedelta(minutes=5, seconds=1)):
            result = await signing_in.verify_code(office, phone=PHONE, code=mine, client="c")
        assert result == Refused("code-expired")

    act(installation, story)


def test_after_five_wrong_codes_the_right_one_is_refused_for_ten_minutes(installation: Installation) -> None:
    async def story(office: Office) -> None:
        await signing_in.request_code(office, phone=PHONE, client="c")
        right, wrong = await code_for(office, PHONE), await wrong_code(office, PHONE)
        seen = [await signing_in.verify_code(office, phone=PHONE, code=wrong, client="c") for _ in range(5)]
        assert [one.params.get("left") for one in seen if isinstance(one, Refused)] == [4, 3, 2, 1, None]
        blocked = Refused("too-many-attempts", {"minutes": 10})
        assert await signing_in.verify_code(office, phone=PHONE, code=right, client="c") == blocked
        assert await signing_in.request_code(office, phone=PHONE, client="c") == blocked
        with time_machine.travel(office.now() + timedelta(minutes=11)):
            assert isinstance(await signing_in.request_code(office, phone=PHONE, client="c"), signing_in.CodeSent)

    act(installation, story)


def test_guessing_many_codes_at_once_gains_no_attempt(installation: Installation) -> None:
    async def story(office: Office) -> None:
        await signing_in.request_code(office, phone=PHONE, client="c")
        wrong = await wrong_code(office, PHONE)
        results = await asyncio.gather(*(signing_in.verify_code(office, phone=PHONE, code=wrong, client="c") for _ in range(40)))
        assert sum(isinstance(one, Refused) and one.reason == "code-wrong" for one in results) == 4

    act(installation, story)


def test_codes_are_sent_once_a_minute_and_six_times_an_hour(installation: Installation) -> None:
    async def story(office: Office) -> None:
        real, sent = strict(office), 0
        start = real.now()
        for minute in range(30):
            with time_machine.travel(start + timedelta(minutes=minute, seconds=minute)):
                result = await signing_in.request_code(real, phone=PHONE, client="c")
                sent += isinstance(result, signing_in.CodeSent)
                refused = await signing_in.request_code(real, phone=PHONE, client="c")
                assert isinstance(refused, Refused) and refused.reason == "too-many-codes"
                assert 0 < int(refused.params["seconds"]) <= 3601
        assert sent == 6

    act(installation, story)


def test_one_client_cannot_send_codes_to_the_whole_country(installation: Installation) -> None:
    async def story(office: Office) -> None:
        real = strict(office)
        results = [await signing_in.request_code(real, phone=f"139{number:08d}", client="c") for number in range(80)]
        assert sum(isinstance(one, signing_in.CodeSent) for one in results) == 60

    act(installation, story)


@pytest.mark.parametrize("phone", ["", "1380000000", "138000000011", "23800000001", "1380000000a", "１３８００００００００１"])
def test_only_mobile_telephones_get_a_code(installation: Installation, phone: str) -> None:
    async def story(office: Office) -> None:
        assert await signing_in.request_code(office, phone=phone, client="c") == Refused("phone-form")

    act(installation, story)


def test_neither_codes_nor_tokens_nor_telephones_stand_in_the_database(installation: Installation) -> None:
    phone = "13712345678"

    async def story(office: Office) -> tuple[str, str]:
        await signing_in.request_code(office, phone=phone, client="c")
        code = await code_for(office, phone)
        signed = await signing_in.verify_code(office, phone=phone, code=code, client="c")
        assert isinstance(signed, SignedIn)
        await signing_in.request_code(office, phone=phone, client="c")
        return signed.token, await code_for(office, phone)

    secrets = act(installation, story)
    stored = b"".join(path.read_bytes() for path in installation.folder.glob("onething.sqlite3*"))
    for secret in (*secrets, phone):
        assert re.search(rb"(?<![0-9a-f])" + re.escape(secret.encode()) + rb"(?![0-9a-f])", stored) is None


def test_an_idle_session_ends_but_still_says_whose_it_was(installation: Installation) -> None:
    async def story(office: Office) -> None:
        signed = await sign_in(office, "civil_affairs-county")
        assert isinstance(signed, SignedIn)
        start = office.now()
        session = await signing_in.session_of(office, token=signed.token)
        assert session is not None and not session.expired and isinstance(session.actor, Official)
        with time_machine.travel(start + timedelta(minutes=31)):
            ended = await signing_in.session_of(office, token=signed.token)
            assert ended is not None and ended.expired and ended.actor == session.actor
        with time_machine.travel(start + timedelta(hours=25)):
            assert await signing_in.session_of(office, token=signed.token) is None

    act(installation, story)


def test_a_session_in_use_goes_on_but_not_for_ever(installation: Installation) -> None:
    async def story(office: Office) -> None:
        signed = await sign_in(office, "civil_affairs-county")
        assert isinstance(signed, SignedIn)
        start, alive = office.now(), 0
        for quarter in range(1, 60):
            with time_machine.travel(start + timedelta(minutes=15 * quarter)):
                session = await signing_in.session_of(office, token=signed.token)
                alive += session is not None and not session.expired
        assert alive == sessions.LONGEST // timedelta(minutes=15) - 1

    act(installation, story)


def test_moving_the_clock_of_a_demonstration_ends_no_session(installation: Installation) -> None:
    async def story(office: Office) -> None:
        signed = await sign_in(office, "civil_affairs-county")
        assert isinstance(signed, SignedIn)
        await office.set_clock(ahead=timedelta(days=8))
        session = await signing_in.session_of(office, token=signed.token)
        assert session is not None and not session.expired
        assert timedelta(minutes=25) < session.expires_at - office.clock() <= timedelta(minutes=30)

    act(installation, story)


def test_signing_out_ends_the_session_at_once(installation: Installation) -> None:
    async def story(office: Office) -> None:
        signed = await sign_in(office, "civil_affairs-county")
        assert isinstance(signed, SignedIn)
        await signing_in.sign_out(office, token=signed.token)
        assert await signing_in.session_of(office, token=signed.token) is None
        actions = [row.event.action for row in await office.store.audit("system")]
        assert actions[-2:] == ["sign_in", "sign_out"]

    act(installation, story)


def test_a_made_up_token_is_nobody(installation: Installation) -> None:
    async def story(office: Office) -> None:
        assert await signing_in.session_of(office, token="made up") is None
        await signing_in.sign_out(office, token="made up")

    act(installation, story)


def test_passwords_open_the_accounts_of_their_own_kind_only(installation: Installation) -> None:
    async def story(office: Office) -> None:
        assert isinstance(await sign_in(office, "civil_affairs-county"), SignedIn)
        assert await sign_in(office, "civil_affairs-county", "wrong") == Refused("sign-in-wrong")
        assert await sign_in(office, "admin-province") == Refused("sign-in-wrong")
        assert await sign_in(office, PHONE, "") == Refused("sign-in-wrong")
        administrator = await signing_in.sign_in_with_password(
            office, kind="administrator", login="admin-province", password=DEMO_PASSWORD, client="desk"
        )
        assert isinstance(administrator, SignedIn)

    act(installation, story)


def test_after_five_wrong_passwords_the_right_one_has_to_wait(installation: Installation) -> None:
    async def story(office: Office) -> None:
        for login in ("civil_affairs-county", "nobody"):
            wrong = [await sign_in(office, login, "wrong") for _ in range(5)]
            assert wrong == [Refused("sign-in-wrong")] * 5
            blocked = await sign_in(office, login)
            assert isinstance(blocked, Refused) and blocked.reason == "too-many-sign-ins"
            assert 1 <= int(blocked.params["minutes"]) <= 11
        assert isinstance(await sign_in(office, "civil_affairs-township"), SignedIn)
        with time_machine.travel(office.now() + timedelta(minutes=11)):
            assert isinstance(await sign_in(office, "civil_affairs-county"), SignedIn)

    act(installation, story)


def test_a_disabled_account_is_out_at_once(installation: Installation) -> None:
    async def story(office: Office) -> None:
        signed = await sign_in(office, "civil_affairs-county")
        assert isinstance(signed, SignedIn)
        await accounts.disable_account(office, kind="official", login="civil_affairs-county")
        assert await signing_in.session_of(office, token=signed.token) is None
        assert await sign_in(office, "civil_affairs-county") == Refused("sign-in-wrong")

    act(installation, story)


def test_a_login_is_given_once_and_a_password_has_its_length(installation: Installation) -> None:
    async def story(office: Office) -> None:
        async def add(login: str, password: str) -> object:
            return await accounts.add_account(office, kind="official", login=login, name="n", password=password)

        assert await add("civil_affairs-county", "long enough") == Refused("login-taken", {"login": "civil_affairs-county"})
        short = await add("new", "short")
        assert isinstance(short, Refused) and short.reason == "password-length"
        assert not isinstance(await add("new", "long enough"), Refused)
        assert (await official(office, "new")).units == ()

    act(installation, story)


@given(st.text(max_size=30))
def test_no_password_matches_where_there_is_no_hash(password: str) -> None:
    assert not asyncio.run(password_matches("no hash at all", password))


def test_a_password_matches_its_own_hash_only() -> None:
    async def story() -> None:
        hashed = await hash_password("one password")
        assert await password_matches(hashed, "one password")
        assert not await password_matches(hashed, "another password")
        assert not await password_matches("", "one password")

    asyncio.run(story())

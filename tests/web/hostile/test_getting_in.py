"""Signing in, staying in and leaving, tried by who should not get in; and messages that pretend to come from a system."""

from __future__ import annotations

import asyncio
import re
from datetime import timedelta
from typing import Any

import httpx
import msgspec
import pytest
from hostile_town import FAMILY_OF_EIGHT, INCOMING, OTHER_INCOMING, OTHER_SLOT, SLOT, Run, Town, Visitor
from litestar import Litestar

from server.actions import casework, signing_in
from server.actions.accounts import add_account
from server.actions.office import Office, Official
from server.cases.people import Unit
from server.connect.envelope import Reply, Signed, seal
from server.connect.signing import sign
from server.messages.pages import refusal_text
from server.messages.staff import refusal_text as staff_refusal
from server.store import OutboxRow
from server.web.app import create_app

PASSWORD = "a long password"
REPORT = {"monthly_income_fen": 50000, "deposits_fen": 100000, "securities_fen": 0, "vehicles": 0, "properties": 0}


async def code_for(town: Town, phone: str) -> str:
    due = await town.office.store.due_texts(town.office.clock())
    texts = [row.text for row in due if row.phone == phone and row.message_id.startswith(signing_in.CODE_KEY)]
    return re.findall(r"\d{6}", texts[-1])[0]


async def at_code(town: Town, phone: str, target: str = "/applications") -> Visitor:
    """Somebody who is asked for the code sent to a telephone."""
    visitor = town.visitor()
    await visitor.open(f"/sign-in?next={target}")
    await visitor.press("/sign-in", phone=phone)
    assert visitor.status == 200
    return visitor


def phone_of(town: Town) -> str:
    return f"136{next(town.numbers):08}"


def test_a_code_cannot_be_guessed_and_is_not_told(town: Town, run: Run) -> None:
    async def guess() -> None:
        phone = phone_of(town)
        visitor = await at_code(town, phone)
        right = await code_for(town, phone)
        assert right not in visitor.html
        wrong = [f"{number:06}" for number in range(7) if f"{number:06}" != right]
        for code in wrong[:5]:
            await visitor.press("/sign-in/code", code=code)
            assert visitor.status == 422
        for code in (right, wrong[5], "1", "", "١٢٣٤٥٦", "x" * 3_000):
            await visitor.press("/sign-in/code", code=code)
            assert visitor.status == 422
        assert "onething_session" not in visitor.client.cookies
        again = town.visitor()
        await again.open("/sign-in")
        await again.press("/sign-in", phone=phone)
        assert again.status == 422
        assert refusal_text(await blocked(town, phone)) in again.text

    run(guess())


async def blocked(town: Town, phone: str) -> Any:
    return await signing_in.request_code(town.office, phone=phone, client="elsewhere")


def test_a_code_serves_its_own_telephone_only(town: Town, run: Run) -> None:
    async def swap() -> None:
        phone, other = phone_of(town), phone_of(town)
        mine, theirs = await at_code(town, phone), await at_code(town, other)
        form = theirs.form("/sign-in/code")
        await theirs.send(form, "", {"code": await code_for(town, phone)})
        assert theirs.status == 422
        await theirs.send(form, "", {"code": await code_for(town, phone), "phone": other})
        assert theirs.status == 422
        await mine.press("/sign-in/code", code=await code_for(town, phone))
        assert mine.path == "/applications"

    run(swap())


def test_who_asks_for_code_after_code_has_to_wait(town: Town, run: Run) -> None:
    async def ask() -> None:
        visitor = browser_of(served(town))
        phone = phone_of(town)
        await visitor.open("/sign-in")
        form = visitor.form("/sign-in")
        await visitor.send(form, "", {"phone": phone})
        assert visitor.status == 200
        await visitor.send(form, "", {"phone": phone})
        assert visitor.status == 429
        assert phone in visitor.html

    run(ask())


def served(town: Town) -> Litestar:
    """The same installation as if it were no demonstration."""
    settings = msgspec.structs.replace(town.office.settings, demo=False, secure_cookies=True)
    return create_app(Office(settings, town.office.store, town.office.http))


def browser_of(app: Litestar) -> Visitor:
    visitor = Visitor("https://town")
    visitor.client = httpx.AsyncClient(transport=httpx.ASGITransport(app=app), base_url="https://town", follow_redirects=True)
    return visitor


def test_an_installation_behind_https_sends_its_cookies_there_only(town: Town, run: Run) -> None:
    async def look() -> None:
        visitor = browser_of(served(town))
        phone = phone_of(town)
        await visitor.open("/sign-in")
        await visitor.press("/sign-in", phone=phone)
        visitor.client.follow_redirects = False
        form = visitor.form("/sign-in/code")
        fields = dict(form.filled({"code": await code_for(town, phone)}))
        answer = await visitor.client.post("/sign-in/code", data=fields)
        (cookie,) = [line for line in answer.headers.get_list("set-cookie") if line.startswith("onething_session=")]
        assert {part.strip().lower().partition("=")[0] for part in cookie.split(";")[1:]} >= {"secure", "httponly", "path"}
        assert "samesite=lax" in cookie.lower()
        assert "domain" not in cookie.lower()
        for path in ("/demo", "/patterns", "/patterns/schema"):
            assert (await visitor.client.get(path)).status_code == 404

    run(look())


def test_a_session_that_was_slipped_in_does_not_become_the_victims(town: Town, run: Run) -> None:
    async def fixate() -> None:
        thief, _ = await town.applicant()
        for planted in (thief.token, "made-up-by-somebody"):
            phone = phone_of(town)
            victim = town.visitor(planted)
            victim.client.cookies.set("onething_visitor", "planted")
            if planted == thief.token:
                await victim.open("/applications")
                assert victim.status == 200
            page = await at_code(town, phone)
            victim.client.cookies.set("onething_visitor", page.client.cookies["onething_visitor"])
            await victim.open("/sign-in" if planted != thief.token else "/")
            fields = {
                "csrf": town.form_token(planted if planted == thief.token else "", page.client.cookies["onething_visitor"]),
                "phone": phone,
                "code": await code_for(town, phone),
                "next": "/applications",
            }
            answer = await victim.client.post("/sign-in/code", data=fields, follow_redirects=False)
            assert answer.status_code == 303
            assert answer.cookies["onething_session"] not in (planted, "")
        # The session that the browser came with has ended with that.
        await thief.open("/applications")
        assert thief.path.startswith("/sign-in?")

    run(fixate())


def test_leaving_ends_the_session_on_every_copy_of_it(town: Town, run: Run) -> None:
    async def leave() -> None:
        visitor, actor = await town.applicant()
        draft = await town.draft(actor, FAMILY_OF_EIGHT)
        copy = town.visitor(visitor.token)
        await copy.open(f"/apply/{draft.id}/remarks")
        kept = copy.form()
        await visitor.open("/applications")
        visitor.client.follow_redirects = False
        await visitor.press("/sign-out")
        assert visitor.status == 303
        await copy.open(f"/apply/{draft.id}/remarks")
        assert copy.path.startswith("/sign-in?")
        await copy.send(kept, "save", {"/remarks": "After leaving"})
        assert copy.status in (401, 403)
        stored = await town.office.store.draft(draft.id)
        assert stored is not None and stored.data.values.get("/remarks") != "After leaving"

    run(leave())


def test_a_form_of_an_earlier_session_is_not_taken(town: Town, run: Run) -> None:
    async def post() -> None:
        visitor, actor = await town.applicant()
        draft = await town.draft(actor)
        old = town.form_token(visitor.token)
        account = await town.office.store.account(actor.account_id)
        assert account is not None
        again = town.visitor(await town.token(account))
        for path in (f"/apply/{draft.id}/delete", f"/apply/{draft.id}/check", f"/apply/{draft.id}/materials"):
            assert (await again.client.post(path, data={"csrf": old})).status_code == 403, path
        cross = {"sec-fetch-site": "cross-site"}
        fresh = {"csrf": town.form_token(again.token)}
        assert (await again.client.post(f"/apply/{draft.id}/delete", data=fresh, headers=cross)).status_code == 403
        assert await town.office.store.draft(draft.id) is not None

    run(post())


@pytest.mark.parametrize(
    "target", ["//elsewhere.example", "https://elsewhere.example", "/\\elsewhere.example", "/\t/elsewhere.example"]
)
def test_signing_in_leads_to_this_site_whatever_the_page_was_asked_for(town: Town, run: Run, target: str) -> None:
    async def go_in() -> None:
        phone = phone_of(town)
        visitor = await at_code(town, phone)
        await visitor.press("/sign-in/code", code=await code_for(town, phone), next=target)
        assert visitor.path == "/applications"
        await add_account(town.office, kind="official", login=f"li{phone}", name="Li", password=PASSWORD)
        official = town.visitor()
        await official.open("/staff/sign-in")
        await official.press("/staff/sign-in", login=f"li{phone}", password=PASSWORD, next=target)
        assert official.path == "/staff"

    run(go_in())


def test_passwords_are_guessed_five_times_at_most_also_all_at_once(town: Town, run: Run) -> None:
    async def guess() -> None:
        login = f"wang{phone_of(town)}"
        await add_account(town.office, kind="official", login=login, name="Wang", password=PASSWORD)
        visitors = [town.visitor() for _ in range(12)]
        await asyncio.gather(*(visitor.open("/staff/sign-in") for visitor in visitors))
        for spelling in ("", " "):
            await asyncio.gather(
                *(
                    one.press("/staff/sign-in", login=spelling + login + spelling, password=f"guess{n}")
                    for n, one in enumerate(visitors)
                )
            )
        refused = [one for one in visitors if one.status == 429]
        assert len(refused) == 12
        assert staff_refusal(await too_many(town, login)) in refused[0].text
        await visitors[0].open("/staff/sign-in")
        await visitors[0].press("/staff/sign-in", login=login, password=PASSWORD)
        assert visitors[0].status == 429

    run(guess())


async def too_many(town: Town, login: str) -> Any:
    return await signing_in.sign_in_with_password(town.office, kind="official", login=login, password="x", client="elsewhere")


async def waiting(town: Town) -> OutboxRow:
    """A request to another system of a case just accepted."""
    _, actor = await town.applicant()
    number = await town.submitted(actor, FAMILY_OF_EIGHT)
    application = await town.office.store.application_by_number(number)
    assert application is not None
    for case in await town.office.store.cases_of(application.id):
        for task in await town.office.store.tasks_of(case.id):
            unit = Unit(agency=task.agency, level=task.level, region=task.region)
            official = Official(account_id="o", name="Li", units=(unit,))
            found = await casework.open_task(town.office, actor=official, task_id=task.id)
            if isinstance(found, casework.OpenTask) and any(one.code == "accept" for one in found.outcomes):
                await casework.complete_task(
                    town.office, actor=official, task_id=task.id, version=task.version, outcome="accept", data=found.data
                )
        due = await town.office.store.due_requests(town.office.clock(), 100)
        mine = [row for row in due if row.request.case_id == case.id and row.request.connector == SLOT]
        if mine:
            return mine[0]
    raise AssertionError("no case asks the other system")


async def called(town: Town, sealed: Signed, slot: str = SLOT) -> httpx.Response:
    async with httpx.AsyncClient(base_url=town.address, trust_env=False) as client:
        return await client.post(f"/connectors/{slot}/replies", content=sealed.body, headers=sealed.headers)


def test_a_reply_is_taken_once_and_only_from_the_system_that_was_asked(town: Town, run: Run) -> None:
    async def call() -> None:
        row = await waiting(town)
        key, now = row.request.key, town.office.now()
        reply = Reply(key=key, data=REPORT)
        right = seal(INCOMING, reply, at=now)
        before = await town.office.store.case(row.request.case_id)
        changed = {**right.headers, "webhook-signature": right.headers["webhook-signature"][:-4] + "AAA="}
        other_key = seal(INCOMING, Reply(key="made-up", data=REPORT), at=now)
        refused: list[tuple[Signed, str, int]] = [
            (Signed(changed, right.body), SLOT, 401),
            (Signed({}, right.body), SLOT, 401),
            (Signed(right.headers, right.body + b" "), SLOT, 401),
            (seal(OTHER_INCOMING, reply, at=now), SLOT, 401),
            (seal(OTHER_INCOMING, reply, at=now), OTHER_SLOT, 404),
            (right, OTHER_SLOT, 401),
            (right, "nobody", 404),
            (right, "..%2f..", 404),
            (seal(INCOMING, reply, at=now - timedelta(minutes=10)), SLOT, 401),
            (seal(INCOMING, reply, at=now + timedelta(minutes=10)), SLOT, 401),
            (other_key, SLOT, 404),
            (Signed({**other_key.headers, "webhook-id": key}, other_key.body), SLOT, 401),
        ]
        for sealed, slot, status in refused:
            assert (await called(town, sealed, slot)).status_code == status
        assert await town.office.store.case(row.request.case_id) == before
        assert (await called(town, right)).json() == {"key": key, "applied": True}
        after = await town.office.store.case(row.request.case_id)
        assert after is not None and before is not None and after.version > before.version
        for _ in range(3):
            assert (await called(town, right)).json() == {"key": key, "applied": False}
        assert await town.office.store.case(row.request.case_id) == after

    run(call())


def test_fifty_copies_of_a_reply_at_once_count_once(town: Town, run: Run) -> None:
    async def call() -> None:
        row = await waiting(town)
        right = seal(INCOMING, Reply(key=row.request.key, data=REPORT), at=town.office.now())
        async with httpx.AsyncClient(base_url=town.address, trust_env=False, timeout=60) as client:
            path = f"/connectors/{SLOT}/replies"
            posts = [client.post(path, content=right.body, headers=right.headers) for _ in range(50)]
            answers = await asyncio.gather(*posts)
        assert [answer.status_code for answer in answers] == [200] * 50
        assert sum(answer.json()["applied"] for answer in answers) == 1

    run(call())


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"null",
        b"[]",
        b'{"key": 7}',
        b'{"key": "k", "data": []}',
        b"[" * 20_000,
        b"\xff\xfe",
        b'{"key": "k", "data": {"a": 1e999}}',
    ],
    ids=lambda body: repr(body[:30]),
)
def test_a_signed_body_of_another_shape_is_unreadable(town: Town, run: Run, body: bytes) -> None:
    async def call() -> int:
        headers = sign(INCOMING, body, at=town.office.now(), key="k")
        return (await called(town, Signed(headers, body))).status_code

    assert run(call()) in (400, 404)


def test_a_huge_body_is_refused_before_it_is_checked(town: Town, run: Run) -> None:
    async def call() -> int:
        sealed = seal(INCOMING, Reply(key="k", data={"text": "x" * 2_000_000}), at=town.office.now())
        return (await called(town, sealed)).status_code

    assert run(call()) == 413


def test_nobody_signs_in_as_somebody_of_another_kind(town: Town, run: Run) -> None:
    async def go_in() -> None:
        login = f"zhao{phone_of(town)}"
        await add_account(town.office, kind="official", login=login, name="Zhao", password=PASSWORD)
        for kind in ("administrator", "applicant", "\x00", "official' or 1=1"):
            visitor = town.visitor()
            await visitor.open("/staff/sign-in")
            await visitor.press("/staff/sign-in", login=login, password=PASSWORD, kind=kind)
            await visitor.open("/admin")
            assert visitor.status == 403 or visitor.path.startswith("/staff/sign-in")

    run(go_in())

"""Officials and administrators sign in with a password; too many wrong ones are stopped."""

from __future__ import annotations

import pytest
from plain_browser import Browser
from staff_office import Installation, Run

from server.actions.accounts import add_account
from server.messages.staff import EMPTY_LOGIN, NOTES, REFUSALS

PASSWORD = "correct horse battery"


async def person(town: Installation, kind: str = "official") -> str:
    """The user name of a new person who has a password."""
    login = f"login{next(town.office.ids())[:8]}"
    await add_account(town.office, kind=kind, login=login, name="Li", password=PASSWORD)  # type: ignore[arg-type]
    return login


def visitor(town: Installation, client: str) -> Browser:
    return Browser(town.app, client=client)


def test_a_wrong_password_and_an_unknown_name_are_told_apart_by_nobody(town: Installation, run: Run) -> None:
    async def wrong() -> None:
        login, browser, texts = await person(town), visitor(town, "10.0.0.1"), list[str]()
        for name in (login, "nobody"):
            await browser.open("/staff/sign-in")
            await browser.press("/staff/sign-in", login=name, password="wrong")
            assert browser.status == 422
            assert REFUSALS["sign-in-wrong"] in browser.text
            texts.append(browser.text.replace(name, ""))
        assert texts[0] == texts[1]
        assert "wrong" not in browser.html

    run(wrong())


def test_the_name_stays_when_something_is_missing(town: Installation, run: Run) -> None:
    async def missing() -> None:
        browser = visitor(town, "10.0.0.2")
        await browser.open("/staff/sign-in")
        await browser.press("/staff/sign-in", login="li", password="")
        assert (browser.status, EMPTY_LOGIN in browser.text) == (422, True)
        assert dict(browser.form("/staff/sign-in").values)["login"] == "li"

    run(missing())


def test_after_too_many_wrong_passwords_even_the_right_one_has_to_wait(town: Installation, run: Run) -> None:
    async def guess() -> None:
        login, browser = await person(town), visitor(town, "10.0.0.3")
        for _ in range(40):
            await browser.open("/staff/sign-in")
            await browser.press("/staff/sign-in", login=login, password="guess")
            if browser.status == 429:
                break
        assert browser.status == 429
        await browser.press("/staff/sign-in", login=login, password=PASSWORD)
        assert browser.status == 429

    run(guess())


def test_one_goes_on_where_one_was_but_never_to_another_site(town: Installation, run: Run) -> None:
    async def go_on() -> None:
        login = await person(town)
        for wanted, reached in (
            ("/staff?tab=mine", "/staff?tab=mine"),
            ("//example.org/staff", "/staff"),
            ("/applications", "/staff"),
        ):
            browser = visitor(town, "10.0.0.4")
            await browser.open("/staff/sign-in")
            await browser.press("/staff/sign-in", login=login, password=PASSWORD, next=wanted)
            assert browser.path == reached

    run(go_on())


@pytest.mark.parametrize("path", ["/staff/sign-in?kind=administrator", "/staff/sign-in?next=/admin/services"])
def test_administrators_have_their_own_door(town: Installation, run: Run, path: str) -> None:
    async def enter() -> None:
        login, browser = await person(town, "administrator"), visitor(town, "10.0.0.5")
        browser.client.follow_redirects = False
        await browser.open("/staff/sign-in")
        await browser.press("/staff/sign-in", login=login, password=PASSWORD)
        assert browser.status == 422
        await browser.open(path)
        form = browser.form("/staff/sign-in")
        response = await browser.client.post("/staff/sign-in", data=dict(form.filled({"login": login, "password": PASSWORD})))
        assert response.headers["location"].startswith("/admin")

    run(enter())


def test_signing_out_ends_the_session(town: Installation, run: Run) -> None:
    async def leave() -> None:
        token = await town.token_of("official")
        browser = Browser(town.app, token)
        await browser.open("/staff/sign-in")
        assert browser.path == "/staff"
        await browser.press("/staff/sign-out")
        assert NOTES["signed-out"] in browser.text
        again = Browser(town.app, token)
        await again.open("/staff")
        assert again.path.startswith("/staff/sign-in?next=/staff")

    run(leave())

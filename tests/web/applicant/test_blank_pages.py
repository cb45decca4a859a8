"""The first page of a form is kept for everybody, and nobody sees anything of anybody else in it."""

from __future__ import annotations

import asyncio
import re
from collections.abc import Awaitable, Callable
from datetime import timedelta

import pytest
from plain_browser import Browser

from server.actions.office import Office
from server.actions.opening import open_office
from server.bench.installation import Installation, make_installation
from server.bench.subject import Subject
from server.web.app import create_app

TOKEN = re.compile(r'name="csrf" value="([^"]+)"')
SECONDS = re.compile(r'data-expires-in="(\d+)"')


@pytest.fixture(scope="module")
def subject() -> Subject:
    return Subject()


@pytest.fixture(scope="module")
def installation(subject: Subject, tmp_path_factory: pytest.TempPathFactory) -> Installation:
    return asyncio.run(make_installation(tmp_path_factory.mktemp("blank") / "data", subject, visitors=2))


Story = Callable[[Office, tuple[Browser, ...], str], Awaitable[None]]


def told(installation: Installation, subject: Subject, story: Story) -> None:
    """Tells a story of two applicants and the address of the form's first page."""

    async def tell() -> None:
        async with open_office(installation.settings) as office:
            office.keep(subject.release)
            app = create_app(office)
            browsers = tuple(Browser(app, visitor.token) for visitor in installation.visitors)
            await story(office, browsers, f"/services/{subject.release.service_id}/apply")

    asyncio.run(tell())


def plain(html: str) -> str:
    """The page without what differs from visit to visit."""
    return SECONDS.sub("", TOKEN.sub("", html))


def test_every_visit_gets_its_own_token_and_time_in_the_same_page(installation: Installation, subject: Subject) -> None:
    async def story(office: Office, browsers: tuple[Browser, ...], path: str) -> None:
        pages = [await browser.open(path) for browser in (*browsers, *browsers)]
        assert len({plain(page) for page in pages}) == 1
        tokens = [token for page in pages for token in set(TOKEN.findall(page))]
        assert len(tokens) == len(set(tokens)) >= len(pages)
        assert all(0 < int(SECONDS.findall(page)[0]) <= 3600 for page in pages)

    told(installation, subject, story)


def test_a_form_from_a_kept_page_is_taken_from_its_own_visitor_only(installation: Installation, subject: Subject) -> None:
    async def story(office: Office, browsers: tuple[Browser, ...], path: str) -> None:
        one, other = browsers
        await one.open(path)
        await other.open(path)
        foreign = other.form("apply")
        await one.send(one.form("apply"), "save")
        assert one.status == 200
        assert re.fullmatch(r"/apply/[0-9a-f]{32}\?saved=1", one.path)
        await one.send(foreign, "save")
        assert one.status == 403

    told(installation, subject, story)


def test_another_text_size_and_another_day_have_pages_of_their_own(installation: Installation, subject: Subject) -> None:
    async def story(office: Office, browsers: tuple[Browser, ...], path: str) -> None:
        browser, _ = browsers
        usual = await browser.open(path)
        await browser.open("/display/large?next=/")
        assert 'data-size="large"' in await browser.open(path)
        await browser.open("/display/normal?next=/")
        assert plain(await browser.open(path)) == plain(usual)
        await office.set_clock(ahead=timedelta(days=400))
        assert browser.status == 200 and await browser.open(path)

    told(installation, subject, story)

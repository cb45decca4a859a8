"""A demonstration behind a real port, in the process of the tests: its office can be looked into, its log is at hand."""

from __future__ import annotations

import asyncio
import contextlib
import hashlib
import re
import socket
from collections.abc import AsyncIterator, Coroutine
from html import escape, unescape
from itertools import count
from pathlib import Path
from typing import Any, Protocol, TypeVar
from urllib.parse import urljoin, urlsplit

import httpx
import msgspec
from granian.constants import Interfaces
from granian.server.embed import Server
from litestar import Litestar
from litestar.handlers import HTTPRouteHandler
from plain_browser import Browser, Form, forms_of

import admin_ui
from server.actions import applying, demonstration
from server.actions.office import Applicant, Office, make_office
from server.actions.sessions import open_session
from server.cases.people import Account, Unit
from server.connect.binding import Binding
from server.forms.data import FormData
from server.releases import Release
from server.settings import Settings, make_keys, read_settings
from server.store import migrate, open_store
from server.types import RegionCode
from server.web import csrf
from server.web.app import create_app

SERVICE = "shanxi/social_assistance"
#: Example whose only case is decided in two steps without other systems.
SHORT = "employment_of_single_mother"
FAMILY_OF_EIGHT = "family_of_eight"
SLOT, OTHER_SLOT = "means_check", "other_system"
INCOMING, OTHER_INCOMING = b"incoming" * 4, b"another secret of their own" * 2
OUTGOING = b"outgoing" * 4

T = TypeVar("T")


class Run(Protocol):
    """Waits for something asynchronous on the loop the town lives on."""

    def __call__(self, awaited: Coroutine[Any, Any, T], /) -> T: ...


class Visitor(Browser):
    """A browser without scripts that speaks HTTP over a socket."""

    def __init__(self, address: str, token: str = "") -> None:
        self.client = httpx.AsyncClient(base_url=address, follow_redirects=True, timeout=60, trust_env=False)
        if token:
            self.client.cookies.set("onething_session", token)
        self.token = token
        self.status, self.path, self.html = 0, "", ""

    def forms(self) -> list[Form]:
        """The forms of the page that post."""
        found = forms_of(self.html)
        for form in found:
            form.action = urljoin(self.path, form.action)
        return found

    def form(self, action: str = "") -> Form:
        """The form that leads to a path, or the one in the middle of the page."""
        wanted = action or urlsplit(self.path).path
        found = [form for form in self.forms() if urlsplit(form.action).path == wanted]
        assert found, f"no form leads to {wanted}, only {[form.action for form in self.forms()]}"
        return found[0]

    def typed(self, name: str) -> str:
        """The text that stands in a field of the page."""
        found = [value for form in self.forms() for key, value in form.values if key == name]
        assert found, f"{name} does not stand in the page"
        return found[0]

    @property
    def summary(self) -> dict[str, str]:
        """Link and words of every entry of the summary of problems."""
        box = self.html.partition('class="error-summary"')[2].partition("</section>")[0].partition("</div>")[0]
        links = re.findall(r'<a href="([^"]*)"[^>]*>(.*?)</a>', box)
        return {unescape(href): unescape(re.sub(r"<[^>]+>", "", words)).strip() for href, words in links}

    def beside(self, pointer: str) -> str:
        """The words of the problem that stands beside a field, or beside the field it is a part of."""
        for place in (pointer, pointer.rpartition("/")[0]):
            box = self.html.partition(f'id="{place}-error"')[2].partition("</div>")[0]
            if box:
                return unescape(re.sub(r"<[^>]+>", "", box.partition(">")[2])).removeprefix("错误：")
        return ""

    def faults(self) -> dict[str, str]:
        """Link and words of the summary; each link leads to a place of the page, and the words stand beside the field."""
        found = self.summary
        ids = set(re.findall(r'\sid="([^"]*)"', self.html))
        for href, words in found.items():
            assert href.startswith("#") and href[1:] in ids, href
            # The summary names the row as well, which the place beside the field need not.
            told = max(self.html.count(escape(part)) for part in (words, words.partition("：")[2] or words))
            assert told > 1, f"{words} stands in the summary only"
        return found


class Town:
    """The running demonstration."""

    def __init__(self, office: Office, app: Litestar, address: str) -> None:
        self.office, self.app, self.address = office, app, address
        self.numbers = count(1)

    def visitor(self, token: str = "") -> Visitor:
        """Somebody in front of a browser."""
        return Visitor(self.address, token)

    async def release(self) -> Release:
        """The release of the service in force."""
        release = await self.office.current(SERVICE)
        assert release is not None
        return release

    async def account(self, kind: str, **members: Any) -> Account:
        """A new account."""
        login = members.pop("login", f"{'137' if kind == 'applicant' else kind}{next(self.numbers):08}")
        account = Account(id=next(self.office.ids()), kind=kind, login=login, created_at=self.office.now(), **members)  # type: ignore[arg-type]
        assert await self.office.store.add_account(account)
        return account

    async def token(self, account: Account) -> str:
        """The token of a new session."""
        return (await open_session(self.office, account)).token

    async def applicant(self) -> tuple[Visitor, Applicant]:
        """A new applicant who has signed in."""
        account = await self.account("applicant")
        return self.visitor(await self.token(account)), Applicant(account_id=account.id, phone=account.login)

    async def official(self, *units: Unit, name: str = "Li") -> Visitor:
        """A new official of some offices who has signed in."""
        return self.visitor(await self.token(await self.account("official", name=name, units=units)))

    async def administrator(self, region: str = "140000") -> Visitor:
        """A new administrator who has signed in."""
        account = await self.account("administrator", name="Zhao", region=RegionCode(region), roles=("designer", "publisher"))
        return self.visitor(await self.token(account))

    async def draft(self, actor: Applicant, example: str = SHORT) -> applying.Draft:
        """A draft filled from an example with its files."""
        draft = await demonstration.load_family(self.office, actor=actor, service_id=SERVICE, example_id=example)
        assert isinstance(draft, applying.Draft)
        return draft

    async def saved(self, draft: applying.Draft, actor: Applicant, data: FormData) -> applying.Draft:
        """The draft with other answers."""
        saved = await applying.save_draft(
            self.office, actor=actor, draft_id=draft.id, version=draft.version, data=data, visited=draft.visited
        )
        assert isinstance(saved, applying.Draft)
        return saved

    async def submitted(self, actor: Applicant, example: str = SHORT) -> str:
        """The number of an application just submitted."""
        draft = await self.draft(actor, example)
        result = await applying.submit(self.office, actor=actor, draft_id=draft.id, version=draft.version)
        assert isinstance(result, applying.Submitted), result
        return result.number

    def form_token(self, session: str = "", visitor: str = "") -> str:
        """A form token of a browser."""
        binding = hashlib.sha256(session.encode()).hexdigest() if session else visitor
        return csrf.make_token(self.office.settings.session_secret, binding)

    def handlers(self) -> list[tuple[str, str, HTTPRouteHandler]]:
        """Method, path and handler of everything that answers."""
        return [
            (method, route.path, handler)
            for route in self.app.routes
            for handler in getattr(route, "route_handlers", ())
            for method in sorted(handler.http_methods)
            if method != "OPTIONS"
        ]


@contextlib.asynccontextmanager
async def opened(folder: Path) -> AsyncIterator[Town]:
    """The town of a folder behind a port; nothing outside of it can be reached."""
    port = free_port()
    async with closed(folder, port) as town, _serving(town.app, port):
        yield town


@contextlib.asynccontextmanager
async def closed(folder: Path, port: int) -> AsyncIterator[Town]:
    """The same town while nobody can come in."""
    make_keys(folder, demo=True)
    await asyncio.to_thread(migrate, folder)
    settings = settings_of(folder, port)
    store = await open_store(folder, settings.keys)
    try:
        async with httpx.AsyncClient(transport=httpx.MockTransport(lambda request: httpx.Response(503))) as http:
            office = await make_office(settings, store, http)
            await demonstration.seed(office)
            yield Town(office, create_app(office, admin_ui.ROUTES), f"http://127.0.0.1:{port}")
    finally:
        await store.close()


def free_port() -> int:
    """A port nobody listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def settings_of(folder: Path, port: int) -> Settings:
    """The settings of the town, with two other systems."""
    settings = read_settings({"PORT": str(port)}, folder, demo=True)
    assert isinstance(settings, Settings), settings
    bindings = {
        slot: Binding(address=f"http://{slot.replace('_', '-')}.test", outgoing_secret=OUTGOING, incoming_secret=secret)
        for slot, secret in ((SLOT, INCOMING), (OTHER_SLOT, OTHER_INCOMING))
    }
    return msgspec.structs.replace(settings, bindings=bindings)


@contextlib.asynccontextmanager
async def _serving(app: Litestar, port: int) -> AsyncIterator[None]:
    server = Server(app, address="127.0.0.1", port=port, interface=Interfaces.ASGINL, websockets=False, log_enabled=False)
    serving = asyncio.create_task(server.serve())
    while True:
        with contextlib.suppress(OSError):
            _, writer = await asyncio.open_connection("127.0.0.1", port)
            writer.close()
            break
        await asyncio.sleep(0.02)
    try:
        yield
    finally:
        server.stop()
        await serving


async def spoken(address: str, request: bytes, *, leave: bool = False) -> bytes:
    """The whole answer to bytes on a socket; nothing for whoever leaves before it comes."""
    reader, writer = await asyncio.open_connection("127.0.0.1", int(address.rpartition(":")[2]))
    writer.write(request)
    await writer.drain()
    answer = b"" if leave else await reader.read()
    writer.close()
    return answer


def head(method: str, path: str, **headers: str) -> bytes:
    """The head of a request after whose answer the connection ends; underscores in names stand for dashes."""
    lines = [f"{method} {path} HTTP/1.1", "host: town", "connection: close"]
    lines += [f"{name.replace('_', '-')}: {value}" for name, value in headers.items()]
    return "\r\n".join((*lines, "", "")).encode("latin-1")


def status_of(answer: bytes) -> int:
    """The status of an answer."""
    return int(answer.split(b" ", 2)[1])

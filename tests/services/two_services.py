"""One installation in which the second service is in force beside the shipped one, with the systems it talks to."""

from __future__ import annotations

import contextlib
from collections.abc import AsyncIterator, Coroutine
from dataclasses import dataclass, field
from datetime import UTC, datetime
from itertools import count
from pathlib import Path
from typing import Any, Protocol, TypeVar

import httpx
import msgspec
from litestar import Litestar
from newborn_service import documents
from plain_browser import Browser

import admin_ui
from server.actions import demonstration, operating
from server.actions.office import Office, make_office
from server.actions.sessions import open_session
from server.cases.model import Case, Task
from server.cases.people import Account
from server.connect.binding import Binding
from server.connect.envelope import Envelope, Reply, seal
from server.exports.folder import write_trees
from server.settings import Settings, make_keys, read_settings
from server.store import migrate, open_store
from server.types import JsonValue
from server.web.app import create_app

OUTGOING, INCOMING = b"outgoing secret of thirty two b.", b"incoming secret of thirty two b."
#: Slot to whether the system answers at once.
SLOTS = {"hospital_records": False, "insurance_registry": True, "card_maker": False}
PASSWORD = demonstration.DEMO_PASSWORD

T = TypeVar("T")


class Run(Protocol):
    """Waits for something asynchronous on the loop the installation lives on."""

    def __call__(self, awaited: Coroutine[Any, Any, T], /) -> T: ...


@dataclass
class Systems:
    """The systems of other departments, as the installation's HTTP client reaches them."""

    #: Slots whose system does not answer now.
    down: set[str] = field(default_factory=set)
    taken: dict[str, list[Envelope]] = field(default_factory=lambda: {slot: [] for slot in SLOTS})

    def answer(self, request: httpx.Request) -> httpx.Response:
        slot = request.url.host.partition(".")[0].replace("-", "_")
        if slot in self.down:
            return httpx.Response(400)
        envelope = msgspec.json.decode(request.content, type=Envelope)
        self.taken[slot].append(envelope)
        if not SLOTS[slot]:
            return httpx.Response(202)
        reply = seal(INCOMING, Reply(key=envelope.key, data={"kept": True}), at=datetime.now(UTC))
        return httpx.Response(200, content=reply.body, headers=reply.headers)


class Town:
    """A running installation of a demonstration with both services."""

    def __init__(self, office: Office, systems: Systems) -> None:
        self.office, self.systems = office, systems
        self.app: Litestar = create_app(office, admin_ui.ROUTES)
        self._accounts = count(1)

    async def applicant(self) -> Browser:
        """The browser of a new applicant, signed in."""
        number = next(self._accounts)
        account = Account(id=f"a{number}", kind="applicant", login=f"139{number:08}", created_at=self.office.now())
        await self.office.store.add_account(account)
        return Browser(self.app, (await open_session(self.office, account)).token)

    async def member_of_staff(self, login: str, kind: str = "official") -> Browser:
        """The browser of an account that the demonstration made, signed in with its password."""
        browser = Browser(self.app)
        await browser.open("/staff/sign-in")
        await browser.press("/staff/sign-in", kind=kind, login=login, password=PASSWORD)
        assert browser.path in ("/staff", "/admin"), browser.text
        return browser

    async def cases(self, application: str) -> dict[str, Case]:
        """The cases of an application by item."""
        found = await self.office.store.application_by_number(application)
        assert found is not None
        return {str(case.item): case for case in await self.office.store.cases_of(found.id)}

    async def open_tasks(self, case: Case) -> list[Task]:
        """The tasks of a case that are not closed."""
        return [task for task in await self.office.store.tasks_of(case.id) if task.closed_at is None]

    async def run_due(self) -> None:
        """Ensures that timers, requests and texts due now are dealt with."""
        done = await operating.run_due(self.office)
        assert done.failures == 0

    async def call_back(self, slot: str, data: dict[str, JsonValue]) -> None:
        """The system behind a slot answers everything it was asked."""
        for envelope in self.systems.taken[slot]:
            sealed = seal(INCOMING, Reply(key=envelope.key, data=data), at=datetime.now(UTC))
            response = await Browser(self.app).client.post(
                f"/connectors/{slot}/replies", content=sealed.body, headers=sealed.headers
            )
            assert response.status_code == 200, response.text
        self.systems.taken[slot].clear()


def prepare(folder: Path) -> None:
    """A new data folder, and beside it the documents of both services as an installation would ship them."""
    make_keys(folder / "data", demo=True)
    migrate(folder / "data")
    write_trees(documents(), folder / "trees")


@contextlib.asynccontextmanager
async def town(folder: Path) -> AsyncIterator[Town]:
    """The demonstration of a prepared folder."""
    found = read_settings({}, folder / "data", demo=True)
    assert isinstance(found, Settings), found
    bound = {
        slot: Binding(address=f"http://{slot.replace('_', '-')}.test", outgoing_secret=OUTGOING, incoming_secret=INCOMING)
        for slot in SLOTS
    }
    settings = msgspec.structs.replace(found, bindings=bound, trees=folder / "trees")
    store, systems = await open_store(settings.folder, settings.keys), Systems()
    try:
        async with httpx.AsyncClient(transport=httpx.MockTransport(systems.answer)) as http:
            office = await make_office(settings, store, http)
            await demonstration.seed(office)
            yield Town(office, systems)
    finally:
        await store.close()

"""A whole installation in a folder with the shipped service, applicants who have applied, and officials of every office."""

from __future__ import annotations

import contextlib
from collections.abc import AsyncIterator, Coroutine
from itertools import count
from pathlib import Path
from typing import Any, Protocol, TypeVar

import httpx
import msgspec
from litestar import Litestar

from server.actions import applying, publishing
from server.actions.office import Applicant, Office, Official, make_office
from server.actions.sessions import open_session
from server.cases.model import Case, Task
from server.cases.people import Account, Unit
from server.connect.binding import Binding
from server.exports.folder import read_trees
from server.forms.data import FormData, from_instance
from server.settings import BINDINGS_FILE, Settings, make_keys, read_settings
from server.store import migrate, open_store
from server.types import JsonValue
from server.web.app import create_app

ROOT = Path(__file__).parents[3]
SERVICE = "shanxi/social_assistance"
REGION = "140000"
SLOT = "means_check"
#: Example whose only case is decided in two steps without other systems.
EMPLOYMENT = "employment_of_single_mother"


T = TypeVar("T")
#: What the other system signs its replies with.
INCOMING = b"incoming" * 4


def prepare(folder: Path) -> None:
    """Ensures the folder can be opened, with one other system bound to its slot."""
    make_keys(folder, demo=True)
    bound = Binding(address="http://127.0.0.1:9", outgoing_secret=b"outgoing" * 4, incoming_secret=INCOMING)
    bindings = folder / BINDINGS_FILE
    bindings.write_bytes(msgspec.json.encode({SLOT: bound}))
    bindings.chmod(0o600)
    migrate(folder)


class Run(Protocol):
    """Waits for something asynchronous on the loop the installation lives on."""

    def __call__(self, awaited: Coroutine[Any, Any, T], /) -> T: ...


class Installation:
    """One running installation and its web application."""

    def __init__(self, office: Office, app: Litestar | None = None) -> None:
        self.office = office
        self.app = app or create_app(office)
        self._accounts = count(1)

    async def applied(self, example: str) -> str:
        """The number of an application submitted from an example."""
        release = await self.office.current(SERVICE)
        assert release is not None
        return await self.applied_with(release.service.examples[example].answers)

    async def applied_with(self, answers: dict[str, JsonValue]) -> str:
        """The number of an application submitted with some answers."""
        release = await self.office.current(SERVICE)
        assert release is not None
        account = await self._account("applicant", login=f"138{next(self._accounts):08}")
        actor = Applicant(account_id=account.id, phone=account.login)
        keys = (f"r{number}" for number in count(1))
        data = from_instance(answers, ((field.group, field.path) for field in release.form.fields.values()), keys)
        values = {**data.values, **_materials(answers)}
        draft = await applying.start_draft(
            self.office,
            actor=actor,
            service_id=SERVICE,
            data=FormData(values=values, rows=data.rows, touched=frozenset(values)),
            visited=frozenset(),
        )
        assert isinstance(draft, applying.Draft)
        submitted = await applying.submit(self.office, actor=actor, draft_id=draft.id, version=draft.version)
        assert isinstance(submitted, applying.Submitted), submitted
        return submitted.number

    async def begun(self, example: str = EMPLOYMENT) -> tuple[Case, Task]:
        """A case just submitted and its first task."""
        case = next(iter((await self.cases(await self.applied(example))).values()))
        return case, (await self.open_tasks(case))[0]

    async def cases(self, application: str) -> dict[str, Case]:
        """The cases of an application by item."""
        found = await self.office.store.application_by_number(application)
        assert found is not None
        return {str(case.item): case for case in await self.office.store.cases_of(found.id)}

    async def open_tasks(self, case: Case) -> list[Task]:
        """The tasks of a case that are not closed."""
        return [task for task in await self.office.store.tasks_of(case.id) if task.closed_at is None]

    async def official(self, *units: Unit, name: str = "Li") -> tuple[Official, str]:
        """A new official of some offices, and the token of a session."""
        account = await self._account("official", login=f"official{next(self._accounts)}", name=name, units=units)
        signed_in = await open_session(self.office, account)
        assert isinstance(signed_in.actor, Official)
        return signed_in.actor, signed_in.token

    async def token_for(self, account_id: str) -> str:
        """The token of a further session of an account."""
        account = await self.office.store.account(account_id)
        assert account is not None
        return (await open_session(self.office, account)).token

    async def token_of(self, kind: str, account_id: str = "") -> str:
        """The token of a session of a new person of some kind."""
        account = await self._account(kind, account_id, login=f"139{next(self._accounts):08}")
        return (await open_session(self.office, account)).token

    async def _account(self, kind: str, account_id: str = "", **members: object) -> Account:
        account = Account(
            id=account_id or next(self.office.ids()),
            kind=kind,  # type: ignore[arg-type]
            created_at=self.office.now(),
            **members,  # type: ignore[arg-type]
        )
        await self.office.store.add_account(account)
        return account


def unit_of(task: Task) -> Unit:
    return Unit(agency=task.agency, level=task.level, region=task.region)


@contextlib.asynccontextmanager
async def installation(folder: Path) -> AsyncIterator[Installation]:
    """The installation of a prepared folder with the shipped service in force."""
    settings = read_settings({}, folder, demo=True)
    assert isinstance(settings, Settings), settings
    store = await open_store(folder, settings.keys)
    try:
        async with httpx.AsyncClient() as http:
            office = await make_office(settings, store, http)
            published = await publishing.publish(
                office,
                documents=read_trees(ROOT).documents,
                service_id=SERVICE,
                region=REGION,
                note="test",
            )
            assert isinstance(published, publishing.Published), published
            yield Installation(office)
    finally:
        await store.close()


def _materials(answers: dict[str, JsonValue]) -> dict[str, JsonValue]:
    return {f"/materials/{name}": files for name, files in answers.get("materials", {}).items()}

"""An office at work: an installation on disk, people signed in, an application with its way through the offices."""

from __future__ import annotations

import asyncio
import contextlib
import json
import re
from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import dataclass, field
from itertools import count
from pathlib import Path
from typing import Any, NamedTuple, TypeVar

import httpx
import msgspec

from server.actions import applying, casework, demonstration, operating, queue, replying, revising, signing_in
from server.actions.casework import Done
from server.actions.office import Administrator, Applicant, Office, Official, make_office
from server.actions.publishing import Published
from server.actions.sessions import SignedIn, actor_of
from server.cases.model import Case, Task
from server.cases.people import Unit
from server.connect.binding import Binding
from server.connect.envelope import Envelope, Reply, TextMessage, seal
from server.findings import Refused
from server.forms.data import FormData, from_instance, group_pointer
from server.releases import Release
from server.settings import Settings, make_keys, read_settings
from server.store import RevisionRow, migrate, open_store
from server.types import RegionCode

ROOT = Path(__file__).resolve().parents[2]
SERVICE = "shanxi/social_assistance"
LOW_INCOME = "low_income_identification"
MEANS_CHECK = "means_check"
PHONE, OTHER_PHONE = "13800000001", "13800000002"
#: Where the single person of the walks lives.
TOWNSHIP, COUNTY = RegionCode("140105001"), RegionCode("140105")
OUTGOING, INCOMING = b"outgoing secret of thirty two b.", b"incoming secret of thirty two b."

T = TypeVar("T")


class Installation(NamedTuple):
    """A data folder with the release that is published in it."""

    folder: Path
    release: Release


@dataclass
class Outside:
    """Everything beyond the installation, as seen by its HTTP client: records what arrives, answers what the test wants."""

    status: int = 202
    requests: list[Envelope] = field(default_factory=list)
    texts: list[TextMessage] = field(default_factory=list)

    def answer(self, request: httpx.Request) -> httpx.Response:
        if self.status == 202:
            if request.url.path.endswith("/messages"):
                self.texts.append(msgspec.json.decode(request.content, type=TextMessage))
            else:
                self.requests.append(msgspec.json.decode(request.content, type=Envelope))
        return httpx.Response(self.status)


async def made_installation(folder: Path) -> Installation:
    """A demonstration's installation with the shipped service."""
    make_keys(folder, demo=True)
    await asyncio.to_thread(migrate, folder)
    async with opened(folder) as office:
        await demonstration.seed(office)
        release = await office.current(SERVICE)
    assert release is not None
    return Installation(folder, release)


def settings_of(folder: Path) -> Settings:
    settings = read_settings({"ONETHING_ADDRESS": "http://onething.test"}, folder, demo=True)
    assert isinstance(settings, Settings), settings
    bound = {
        slot: Binding(address=f"http://{slot.replace('_', '-')}.test/api", outgoing_secret=OUTGOING, incoming_secret=INCOMING)
        for slot in (MEANS_CHECK, operating.SMS)
    }
    return msgspec.structs.replace(settings, bindings=bound)


@contextlib.asynccontextmanager
async def opened(folder: Path, *, release: Release | None = None, outside: Outside | None = None) -> AsyncIterator[Office]:
    """The office of a folder; its HTTP client reaches `outside` only."""
    settings = settings_of(folder)
    store = await open_store(folder, settings.keys)
    transport = httpx.MockTransport((outside or Outside()).answer)
    try:
        async with httpx.AsyncClient(transport=transport) as http:
            office = await make_office(settings, store, http)
            if release is not None:
                office.keep(release)
            yield office
    finally:
        await store.close()


def act(installation: Installation, story: Callable[[Office], Awaitable[T]], outside: Outside | None = None) -> T:
    """What a story in an office of the installation results in."""

    async def told() -> T:
        async with opened(installation.folder, release=installation.release, outside=outside) as office:
            return await story(office)

    return asyncio.run(told())


async def code_for(office: Office, phone: str) -> str:
    """The one-time code that is on its way to a telephone."""
    due = await office.store.due_texts(office.clock())
    texts = [row.text for row in due if row.phone == phone and row.message_id.startswith(signing_in.CODE_KEY)]
    return re.findall(r"\d{6}", texts[-1])[0]


async def applicant(office: Office, phone: str = PHONE) -> Applicant:
    """Somebody signed in with a telephone."""
    assert isinstance(await signing_in.request_code(office, phone=phone, client="test"), signing_in.CodeSent)
    result = await signing_in.verify_code(office, phone=phone, code=await code_for(office, phone), client="test")
    assert isinstance(result, SignedIn) and isinstance(result.actor, Applicant), result
    return result.actor


async def official(office: Office, login: str) -> Official:
    """The official of the demonstration with this login."""
    account = await office.store.account_by_login("official", login)
    assert account is not None
    actor = actor_of(account)
    assert isinstance(actor, Official)
    return actor


def official_of(*units: Unit, account_id: str = "somebody") -> Official:
    """An official made up for a test."""
    return Official(account_id=account_id, name="somebody", units=units)


async def administrator(office: Office, login: str = "admin-province") -> Administrator:
    """The administrator of the demonstration with this login."""
    account = await office.store.account_by_login("administrator", login)
    assert account is not None
    actor = actor_of(account)
    assert isinstance(actor, Administrator)
    return actor


async def proposed(office: Office, actor: Administrator, *, region: str = "", note: str = "changed") -> RevisionRow:
    """The working copy of the shipped service, waiting for approval."""
    row = await revising.propose(office, actor=actor, service_id=SERVICE, region=region, note=note)
    assert isinstance(row, RevisionRow), row
    return row


async def approved(
    office: Office, actor: Administrator, *, region: str = "", note: str = "changed", by: str = "approver-province"
) -> Published:
    """The working copy of the shipped service, proposed and approved by somebody else."""
    row = await proposed(office, actor, region=region, note=note)
    result = await revising.approve(office, actor=await administrator(office, by), revision_id=row.id)
    assert isinstance(result, Published), result
    return result


def walk_answers(walk: str = "low_income_subsistence_allowance") -> dict[str, Any]:
    """The answers a walk of the shipped service begins with."""
    path = ROOT / "process_defs" / SERVICE / "walks" / f"{walk}.json"
    return dict(json.loads(path.read_text(encoding="utf-8"))["answers"])


def data_of(release: Release, answers: dict[str, Any]) -> FormData:
    """Answers as a draft."""
    keys = (f"r{number}" for number in count(1))
    data = from_instance(answers, ((one.group, one.path) for one in release.form.fields.values()), keys)
    files = {f"/materials/{name}": files for name, files in answers.get("materials", {}).items()}
    return msgspec.structs.replace(data, values={**data.values, **files})


async def drafted(office: Office, actor: Applicant, answers: dict[str, Any] | None = None) -> applying.Draft:
    """A draft ready to be submitted."""
    release = await office.current(SERVICE)
    assert release is not None
    draft = await applying.start_draft(
        office, actor=actor, service_id=SERVICE, data=data_of(release, answers or walk_answers()), visited=frozenset()
    )
    assert isinstance(draft, applying.Draft)
    return draft


async def submitted(office: Office, actor: Applicant, answers: dict[str, Any] | None = None) -> str:
    """The number of an application just submitted."""
    draft = await drafted(office, actor, answers)
    result = await applying.submit(office, actor=actor, draft_id=draft.id, version=draft.version)
    assert isinstance(result, applying.Submitted), result
    return result.number


async def case_of(office: Office, number: str, item: str = LOW_INCOME) -> Case:
    """The case of one item of an application, as stored now."""
    application = await office.store.application_by_number(number)
    assert application is not None
    return next(case for case in await office.store.cases_of(application.id) if case.item == item)


async def open_task_at(office: Office, case: Case, node: str) -> Task:
    """The open task of a case at a node."""
    tasks = await office.store.tasks_of(case.id)
    return next(task for task in tasks if task.node == node and task.closed_at is None)


async def complete(
    office: Office, number: str, node: str, outcome: str, answers: dict[str, Any] | None = None, item: str = LOW_INCOME
) -> Done | Refused | casework.Invalid:
    """What completing the task at a node results in; the official of the right office does it."""
    task = await open_task_at(office, await case_of(office, number, item), node)
    actor = await official(office, f"{task.agency}-{task.level}")
    found = await casework.open_task(office, actor=actor, task_id=task.id)
    assert isinstance(found, casework.OpenTask), found
    values = {**found.data.values, **{group_pointer(path): value for path, value in (answers or {}).items()}}
    return await casework.complete_task(
        office,
        actor=actor,
        task_id=task.id,
        version=found.task.version,
        outcome=outcome,
        data=msgspec.structs.replace(found.data, values=values),
    )


REPORT = {"monthly_income_fen": 50000, "deposits_fen": 100000, "securities_fen": 0, "vehicles": 0, "properties": 0}


async def call_back(
    office: Office, key: str, data: dict[str, Any] | None = None, *, secret: bytes = INCOMING
) -> replying.Accepted | Refused:
    """What a signed report that is called back results in."""
    sealed = seal(secret, Reply(key=key, data=REPORT if data is None else data), at=office.now())
    return await replying.take_reply(office, connector=MEANS_CHECK, headers=sealed.headers, body=sealed.body)


async def to_public_notice(office: Office, outside: Outside, number: str) -> None:
    """Brings the case of a single person to its public notice."""
    assert isinstance(await complete(office, number, "accept", "accept"), Done)
    await operating.run_due(office)
    accepted = await call_back(office, outside.requests[-1].key)
    assert accepted == replying.Accepted(key=outside.requests[-1].key, applied=True)
    assert isinstance(await complete(office, number, "home_visit", "done"), Done)
    assert isinstance(await complete(office, number, "initial_review", "agree"), Done)


async def queued(office: Office, actor: Official, tab: queue.Tab = "open") -> tuple[str, ...]:
    """Titles of the tasks in an official's list."""
    return tuple(line.task_title for line in (await queue.queue(office, actor=actor, tab=tab)).lines)

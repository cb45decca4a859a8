"""A demonstration in processes of its own: killed under load, and in the middle of a public notice."""

from __future__ import annotations

import asyncio
import contextlib
import os
import random
import re
import signal
import subprocess
import sys
from collections.abc import AsyncIterator, Iterator
from datetime import timedelta
from pathlib import Path

import httpx
import pytest
from hostile_town import FAMILY_OF_EIGHT, INCOMING, SHORT, SLOT, Town, closed, free_port

from server.actions import casework, replying
from server.actions.office import Official
from server.cases.model import Case
from server.cases.people import Unit
from server.connect.envelope import Reply, seal

ROOT = Path(__file__).resolve().parents[3]
REPORT = {"monthly_income_fen": 50000, "deposits_fen": 100000, "securities_fen": 0, "vehicles": 0, "properties": 0}
#: People who submit at the same time, and drafts of each.
CLIENTS, DRAFTS = 8, 6


class Demo:
    """`onething demo` on a folder."""

    def __init__(self, folder: Path, port: int) -> None:
        self.folder, self.port, self.address = folder, port, f"http://127.0.0.1:{port}"
        self.process: subprocess.Popen[str] | None = None

    def start(self) -> None:
        """Returns once it has printed its address."""
        environment = {**os.environ, "ONETHING_DATA": str(self.folder), "PORT": str(self.port)}
        command = [sys.executable, "-c", "from server.cli import main; main()", "demo"]
        with (self.folder / "log").open("ab") as log:
            self.process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=log, env=environment, cwd=ROOT, text=True)
        assert self.process.stdout is not None
        assert self.address in self.process.stdout.readline(), self.log

    def end(self, how: signal.Signals) -> int:
        """The exit status after a signal."""
        assert self.process is not None and self.process.stdout is not None
        self.process.send_signal(how)
        status = self.process.wait(timeout=60)
        self.process.stdout.close()
        self.process = None
        return status

    @property
    def log(self) -> str:
        """Everything it and its simulators have written to standard error."""
        return (self.folder / "log").read_text(encoding="utf-8")


@pytest.fixture
def demo(tmp_path: Path) -> Iterator[Demo]:
    held = Demo(tmp_path, free_port())
    yield held
    if held.process is not None:
        held.end(signal.SIGKILL)
    assert "Traceback" not in held.log
    assert '"level": "error"' not in held.log


@contextlib.asynccontextmanager
async def inside(demo: Demo) -> AsyncIterator[Town]:
    """The office of a demonstration that does not run."""
    async with closed(demo.folder, demo.port) as town:
        yield town


async def drafts_to_submit(town: Town) -> list[tuple[str, str, str, str]]:
    """Session, form token, draft and version of everything that is going to be submitted."""
    found = []
    for _ in range(CLIENTS):
        visitor, actor = await town.applicant()
        for _ in range(DRAFTS):
            draft = await town.draft(actor, SHORT)
            found.append((visitor.token, town.form_token(visitor.token), draft.id, str(draft.version)))
        await visitor.client.aclose()
    return found


async def submit_until_killed(demo: Demo, waiting: list[tuple[str, str, str, str]], enough: int) -> dict[str, str]:
    """Draft to number of everything acknowledged; the process is killed after about `enough` of them, in the middle of others."""
    acknowledged: dict[str, str] = {}
    queue = iter(waiting)

    async def client() -> None:
        async with httpx.AsyncClient(base_url=demo.address, trust_env=False, timeout=60) as http:
            for session, token, draft, version in queue:
                fields = {"csrf": token, "version": version}
                try:
                    answer = await http.post(f"/apply/{draft}/check", data=fields, cookies={"onething_session": session})
                except httpx.HTTPError:
                    return
                # Whoever sends again what was stored in the moment of the kill is led to the application itself.
                found = re.fullmatch(r"/applications/([^/]+)(?:/receipt)?", answer.headers.get("location", ""))
                assert found, answer.status_code
                acknowledged[draft] = found[1]
                if len(acknowledged) == enough:
                    assert demo.process is not None
                    demo.process.send_signal(signal.SIGKILL)

    await asyncio.gather(*(client() for _ in range(CLIENTS)))
    return acknowledged


def test_a_kill_under_load_loses_nothing_that_was_acknowledged(demo: Demo) -> None:
    async def story() -> None:
        async with inside(demo) as town:
            waiting = await drafts_to_submit(town)
        acknowledged: dict[str, str] = {}
        for _ in range(2):
            demo.start()
            left = [one for one in waiting if one[2] not in acknowledged]
            acknowledged |= await submit_until_killed(demo, left, random.Random().randint(4, 16))
            assert demo.process is not None and demo.end(signal.SIGKILL) == -signal.SIGKILL
        demo.start()
        for session, _, draft, _ in waiting:
            async with httpx.AsyncClient(base_url=demo.address, trust_env=False, timeout=60) as http:
                answer = await http.get(f"/apply/{draft}", cookies={"onething_session": session})
                if draft in acknowledged:
                    assert answer.headers["location"] == f"/applications/{acknowledged[draft]}"
                    receipt = f"/applications/{acknowledged[draft]}/receipt"
                    assert (await http.get(receipt, cookies={"onething_session": session})).status_code == 200
                else:
                    # On its way when the process died: whole or not at all.
                    assert answer.status_code in (200, 303)
        acknowledged |= await submit_until_killed(demo, [one for one in waiting if one[2] not in acknowledged], 10_000)
        assert demo.end(signal.SIGTERM) == 0
        async with inside(demo) as town:
            await check_all(town, waiting, acknowledged)

    asyncio.run(story())


async def check_all(town: Town, waiting: list[tuple[str, str, str, str]], acknowledged: dict[str, str]) -> None:
    """Every draft became one application with its case and task, and every chain of events is whole."""
    assert sorted(acknowledged) == sorted(draft for _, _, draft, _ in waiting)
    assert len(set(acknowledged.values())) == len(acknowledged)
    store = town.office.store
    for draft, number in acknowledged.items():
        application = await store.application_by_number(number)
        assert application is not None
        assert application.id == draft
        assert await store.draft(draft) is None
        (case,) = await store.cases_of(draft)
        assert len(await store.tasks_of(case.id)) == 1
        assert await store.verify_chain(draft)
        assert await store.verify_chain(case.id)
        assert len(await store.audit(draft)) >= 1
    assert await store.verify_chain("system")


async def completed(town: Town, case: Case, outcome: str) -> None:
    """Completes the open task of a case as the official of its office."""
    (task,) = [task for task in await town.office.store.tasks_of(case.id) if task.closed_at is None]
    unit = Unit(agency=task.agency, level=task.level, region=task.region)
    official = Official(account_id="o", name="Li", units=(unit,))
    found = await casework.open_task(town.office, actor=official, task_id=task.id)
    assert isinstance(found, casework.OpenTask)
    done = await casework.complete_task(
        town.office, actor=official, task_id=task.id, version=task.version, outcome=outcome, data=found.data
    )
    assert isinstance(done, casework.Done), done


async def at_public_notice(town: Town) -> Case:
    """A case whose public notice runs."""
    _, actor = await town.applicant()
    application = await town.office.store.application_by_number(await town.submitted(actor, FAMILY_OF_EIGHT))
    assert application is not None
    cases = await town.office.store.cases_of(application.id)
    case = next(case for case in cases if case.item == "low_income_identification")
    await completed(town, case, "accept")
    (row,) = [one for one in await town.office.store.due_requests(town.office.clock(), 100) if one.request.case_id == case.id]
    sealed = seal(INCOMING, Reply(key=row.request.key, data=REPORT), at=town.office.now())
    taken = await replying.take_reply(town.office, connector=SLOT, headers=sealed.headers, body=sealed.body)
    assert taken == replying.Accepted(key=row.request.key, applied=True)
    for outcome in ("done", "agree"):
        await completed(town, case, outcome)
    return case


def test_a_public_notice_that_ended_while_nothing_ran_is_ended_once(demo: Demo) -> None:
    async def story() -> None:
        async with inside(demo) as town:
            case = await at_public_notice(town)
            notice = await town.office.store.notice_of(case.id)
            assert notice is not None and not notice.ended
        demo.start()
        assert demo.end(signal.SIGKILL) == -signal.SIGKILL
        async with inside(demo) as town:
            # The days pass while nobody is there.
            await town.office.set_clock(ahead=notice.until - town.office.now() + timedelta(hours=1))
        for _ in range(3):
            demo.start()
            assert demo.end(random.Random().choice((signal.SIGKILL, signal.SIGTERM))) in (0, -signal.SIGKILL)
        demo.start()
        async with httpx.AsyncClient(base_url=demo.address, trust_env=False, timeout=60) as http:
            while notice.subject in (await http.get("/notices")).text:
                await asyncio.sleep(0.05)
        assert demo.end(signal.SIGTERM) == 0
        async with inside(demo) as town:
            after = await town.office.store.case(case.id)
            assert after is not None
            assert [line.kind for line in after.history].count("notice_ended") == 1
            confirming = [task for task in await town.office.store.tasks_of(case.id) if task.closed_at is None]
            assert [task.round for task in confirming] == [1]
            assert await town.office.store.due_timers(town.office.clock(), 10) == ()
            assert await town.office.store.verify_chain(case.id)

    asyncio.run(story())

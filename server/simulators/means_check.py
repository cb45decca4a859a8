"""The system that checks a household's means: takes signed requests and calls back later with a signed report.

It can be slow, down or broken on demand (`POST /control`), as the real one at times is.
"""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncIterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated, Literal

import httpx
import msgspec
from litestar import Litestar, Request, Response, get, post
from litestar.datastructures import State
from litestar.di import NamedDependency, Provide
from litestar.params import JSONBody, RawBody

from server.connect.binding import Binding, is_web_address
from server.connect.delivery import Delivered, deliver_reply
from server.connect.envelope import Envelope, Reply, read_signed
from server.connect.retry import next_attempt
from server.definitions.process import Retry
from server.findings import Refused
from server.simulators.answers import BODY_BYTES, accepted, health, refused
from server.simulators.report import broken_report, read_declared, report_of
from server.simulators.request_book import RequestBook, Taken
from server.types import JsonValue

#: A household waits for its report, so this system asks again at least this often.
_LONGEST_PAUSE_SECONDS = 30.0
_RETRY = Retry(attempts=1_000_000, first_delay_seconds=1)

AnyRequest = Request[None, None, State]


class Control(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """How the system behaves."""

    #: normal: answers at once, the report follows after the delay. slow: the answer itself takes the delay, too.
    #: down: takes nothing and reports nothing. broken: its reports do not follow the agreed form.
    mode: Literal["normal", "slow", "down", "broken"] = "normal"
    delay_seconds: Annotated[float, msgspec.Meta(ge=0, le=86_400)] = 3.0


class Bureau:
    """The system's memory: its behaviour, the requests taken, and one waiting task for each report still owed."""

    def __init__(self, binding: Binding, book: RequestBook, client: httpx.AsyncClient) -> None:
        """Starts normal and idle."""
        self.binding = binding
        self.book = book
        self.control = Control()
        self._client = client
        self._changed = asyncio.Event()
        self._tasks: set[asyncio.Task[None]] = set()

    def behave(self, control: Control) -> None:
        """Ensures that everything that waits looks at its delay again."""
        self.control = control
        self._changed.set()
        self._changed = asyncio.Event()

    def resume(self) -> None:
        """Ensures that what was owed when the system last stopped is reported."""
        for taken in self.book.unanswered():
            self.owe(taken)

    def owe(self, taken: Taken) -> None:
        """Ensures that the report is called back until it is acknowledged."""
        task = asyncio.create_task(self._report(taken))
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def pause(self, seconds: float) -> None:
        """Waits, at most until the behaviour changes."""
        changed = self._changed
        with contextlib.suppress(TimeoutError):
            await asyncio.wait_for(changed.wait(), seconds)

    async def stop(self) -> None:
        """Ends all waiting; what is owed stays in the book."""
        tasks = tuple(self._tasks)
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        await self._client.aclose()
        self.book.close()

    async def _report(self, taken: Taken) -> None:
        attempts = 0
        while True:
            waited = (datetime.now(UTC) - taken.taken_at).total_seconds()
            if self.control.mode == "down":
                await self.pause(_LONGEST_PAUSE_SECONDS)
            elif waited < self.control.delay_seconds:
                await self.pause(self.control.delay_seconds - waited)
            elif await self._call_back(taken.envelope):
                self.book.close_request(taken.envelope.key)
                return
            else:
                attempts += 1
                await self.pause(min(next_attempt(attempts, _RETRY) or _LONGEST_PAUSE_SECONDS, _LONGEST_PAUSE_SECONDS))

    async def _call_back(self, envelope: Envelope) -> bool:
        declared = read_declared(envelope.data)
        broken = self.control.mode == "broken"
        data = broken_report() if broken or declared is None else report_of(declared, key=envelope.key)
        reply = Reply(key=envelope.key, data=data)
        answer = await deliver_reply(self._client, self.binding.incoming_secret, envelope.callback, reply)
        return isinstance(answer, Delivered)


def create_app(binding: Binding, folder: Path) -> Litestar:
    """The service, keeping its requests in the folder; whatever it owed when it stopped is reported after it starts."""
    # Proxies of the environment are not asked: the call-back goes to the address in the signed request.
    bureau = Bureau(binding, RequestBook(folder / "means_check.sqlite3"), httpx.AsyncClient(trust_env=False))

    @contextlib.asynccontextmanager
    async def at_work(_: Litestar) -> AsyncIterator[None]:
        bureau.resume()
        yield
        await bureau.stop()

    return Litestar(
        [take_request, show_control, set_control, health],
        lifespan=[at_work],
        dependencies={"bureau": Provide(lambda: bureau, sync_to_thread=False)},
        openapi_config=None,
        logging_config=None,
        request_max_body_size=BODY_BYTES,
    )


@post("/reports")
async def take_request(request: AnyRequest, body: RawBody, bureau: NamedDependency[Bureau]) -> Response[JsonValue]:
    """202 once the signed request is on disk; the report follows at the call-back address."""
    if bureau.control.mode == "down":
        return Response({"code": "down"}, status_code=503)
    now = datetime.now(UTC)
    envelope = read_signed(bureau.binding.outgoing_secret, request.headers, body, Envelope, now=now)
    if isinstance(envelope, Refused):
        return refused(envelope)
    if not is_web_address(envelope.callback) or read_declared(envelope.data) is None:
        return Response({"code": "request-unusable"}, status_code=422)
    taken = Taken(envelope=envelope, taken_at=now)
    entered = bureau.book.enter(taken)
    if entered == "differs":
        return Response({"code": "key-used"}, status_code=409)
    if entered == "new":
        bureau.owe(taken)
    if bureau.control.mode == "slow":
        await bureau.pause(bureau.control.delay_seconds)
    return accepted(envelope.key)


@get("/control", sync_to_thread=False)
def show_control(bureau: NamedDependency[Bureau]) -> dict[str, JsonValue]:
    """How the system behaves and how much it took and still owes; nothing of any household."""
    return {**msgspec.to_builtins(bureau.control), "taken": bureau.book.count(), "owed": len(bureau.book.unanswered())}


@post("/control", status_code=200, sync_to_thread=False)
def set_control(data: JSONBody[Control], bureau: NamedDependency[Bureau]) -> Control:
    """The new behaviour, in force at once for the reports already owed."""
    bureau.behave(data)
    return data

"""What happens without anybody asking: timers, requests to other systems, text messages, approved revisions on their day."""

from __future__ import annotations

import asyncio
from datetime import datetime, timedelta
from functools import partial

import msgspec
import structlog

from server.actions.lanes import Done, Due, Lane
from server.actions.office import Office
from server.actions.replying import apply_reply, give_up
from server.actions.rights import dossier_of
from server.actions.saving import BUSY, settle_outcome
from server.actions.scheduling import finish_adopting, publish_scheduled
from server.actions.signing_in import CODE_KEY
from server.cases.model import Timer
from server.cases.outcome import Outcome
from server.cases.timing import fire
from server.connect.delivery import Delivered, Failed, deliver, deliver_text
from server.connect.envelope import Envelope, TextMessage
from server.connect.retry import next_attempt
from server.definitions.process import Operation, Retry
from server.findings import Refused
from server.store import OutboxRow, TextRow

_LOG = structlog.get_logger("onething.operating")

#: Slot of the gateway for text messages.
SMS = "sms"
#: Messages on their way to other systems at the same time.
_AT_ONCE = 8
#: A gateway that is down for a day loses no message.
_TEXT_RETRY = Retry(attempts=34, first_delay_seconds=2)
#: A one-time code is worth nothing after some minutes.
_CODE_RETRY = Retry(attempts=7, first_delay_seconds=1)
_UNBOUND = "unbound"


class Round(msgspec.Struct, frozen=True, kw_only=True):
    """What one round did."""

    timers: int
    requests: int
    texts: int
    revisions: int
    #: How many of them failed by a fault of ours.
    failures: int


async def run_due(office: Office) -> Round:
    """Does everything that is due, lane by lane; one failure never stops the others."""
    timers, requests, texts, revisions = [await lane.run() for lane in lanes(office)]
    failures = timers.failed + requests.failed + texts.failed + revisions.failed
    return Round(timers=timers.done, requests=requests.done, texts=texts.done, revisions=revisions.done, failures=failures)


async def run_timers(office: Office) -> Done:
    """Fires the timers due, in their order."""
    return await lanes(office)[0].run()


async def keep_running(office: Office) -> None:
    """Runs the lanes until cancelled, side by side, so that a slow system keeps no timer and no one-time code waiting."""
    await office.restore_clock()
    await finish_adopting(office)
    async with asyncio.TaskGroup() as group:
        for lane in lanes(office):
            group.create_task(lane.keep_running())


def lanes(office: Office) -> tuple[Lane, Lane, Lane, Lane]:
    """Timers, requests, texts and revisions."""

    async def timers(now: datetime, limit: int) -> list[Due]:
        found = await office.store.due_timers(now, limit)
        return [Due(timer.id, timer.due_at, partial(fire_timer, office, timer)) for timer in found]

    async def requests(now: datetime, limit: int) -> list[Due]:
        found = await office.store.due_requests(now, limit)
        return [Due(row.request.key, row.next_at or now, partial(send_request, office, row)) for row in found]

    async def texts(now: datetime, limit: int) -> list[Due]:
        found = await office.store.due_texts(now, limit)
        return [Due(row.message_id, row.next_at, partial(send_text, office, row)) for row in found]

    async def revisions(now: datetime, limit: int) -> list[Due]:
        found = await office.store.due_revisions(now, limit)
        return [Due(row.id, row.effective_at or now, partial(publish_scheduled, office, row)) for row in found]

    return (
        Lane(office, "timers", timers),
        Lane(office, "requests", requests, at_once=_AT_ONCE),
        Lane(office, "texts", texts, at_once=_AT_ONCE),
        Lane(office, "revisions", revisions),
    )


async def fire_timer(office: Office, timer: Timer) -> bool:
    """Fires a timer once; the time it was due is the time it fires at, so that what follows counts from there."""

    async def decide() -> Outcome | Refused:
        dossier = await dossier_of(office, await office.store.case(timer.case_id))
        if dossier is None:
            return Refused("unknown-case")
        release = await office.release(dossier.case.release_id)
        fired = fire(release, dossier, timer, now=timer.due_at, ids=office.ids())
        if isinstance(fired, Refused):
            return fired
        return msgspec.structs.replace(fired, cancelled_timers=(*fired.cancelled_timers, timer.id))

    decided = await settle_outcome(office, decide)
    if isinstance(decided, Refused):
        if decided.reason == BUSY:
            return False
        await office.store.delete_timer(timer)
    _LOG.info("timer", case=timer.case_id, timer=timer.timer, applied=isinstance(decided, Outcome))
    return True


async def send_request(office: Office, row: OutboxRow) -> bool:
    """Hands a request to the other system, notes when to try again, or gives it up."""
    request = row.request
    case = await office.store.case(request.case_id)
    if case is None:
        return False
    release = await office.release(case.release_id)
    operation = release.service.connectors[request.connector].operations[request.operation]
    binding = office.settings.bindings.get(request.connector)
    if binding is None:
        return await _not_sent(office, row, operation, cause=_UNBOUND, retryable=False)
    envelope = Envelope(
        key=request.key,
        case=request.case_number,
        operation=request.operation,
        data=request.data,
        callback=f"{office.settings.public_address}/connectors/{request.connector}/replies",
    )
    answer = await deliver(office.http, binding, operation.path, envelope, asynchronous=operation.asynchronous)
    match answer:
        case Failed():
            return await _not_sent(office, row, operation, cause=answer.cause, retryable=answer.retryable)
        case Delivered(data=None):
            await office.store.accept_request(request.key, office.clock())
        case Delivered(data=dict(data)):
            await apply_reply(office, row, data=data)
            await office.store.close_request(request.key)
    _LOG.info("request", case=request.case_id, connector=request.connector, attempts=row.attempts + 1)
    return True


async def send_text(office: Office, row: TextRow) -> bool:
    """Hands a text message to the gateway, notes when to try again, or gives it up."""
    binding = office.settings.bindings.get(SMS)
    if binding is None:
        await office.store.postpone_text(row.message_id, row.attempts, None, _UNBOUND)
        return True
    answer = await deliver_text(office.http, binding, TextMessage(key=row.message_id, to=row.phone, text=row.text))
    if isinstance(answer, Delivered):
        await office.store.close_text(row.message_id)
        return True
    retry = _CODE_RETRY if row.message_id.startswith(CODE_KEY) else _TEXT_RETRY
    next_at = _next_at(office, row.attempts + 1, retry) if answer.retryable else None
    await office.store.postpone_text(row.message_id, row.attempts + 1, next_at, answer.cause)
    _LOG.warning("text", message=row.message_id, cause=answer.cause, given_up=next_at is None)
    return True


async def _not_sent(office: Office, row: OutboxRow, operation: Operation, *, cause: str, retryable: bool) -> bool:
    request, attempts = row.request, row.attempts + 1
    next_at = _next_at(office, attempts, operation.retry) if retryable else None
    if next_at is None:
        await give_up(office, request, cause=cause)
    await office.store.postpone_request(request.key, attempts, next_at, cause)
    given_up = next_at is None
    _LOG.warning("request", case=request.case_id, connector=request.connector, cause=cause, given_up=given_up)
    return True


def _next_at(office: Office, attempts: int, retry: Retry) -> datetime | None:
    delay = next_attempt(attempts, retry)
    return office.clock() + timedelta(seconds=delay) if delay is not None else None

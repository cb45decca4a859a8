"""Replies of other systems: called back and signed, or given at once."""

from __future__ import annotations

from collections.abc import Mapping

import msgspec

from server.actions.office import Office
from server.actions.rights import dossier_of
from server.actions.saving import settle_outcome
from server.cases.acts import SYSTEM
from server.cases.model import AuditEvent, Request
from server.cases.outcome import Outcome
from server.cases.replies import answer_call, fail_call
from server.connect.envelope import Reply, read_signed
from server.documents.canonical import content_id
from server.findings import Refused
from server.store import OutboxRow
from server.types import JsonValue

_UNKNOWN = Refused("unknown-request")
_MALFORMED = "reply-malformed"
#: More than any case has.
_MOST_EVENTS = 10_000


class Accepted(msgspec.Struct, frozen=True, kw_only=True):
    """The reply is stored; `applied` says whether the case was still waiting for it."""

    key: str
    applied: bool


async def take_reply(office: Office, *, connector: str, headers: Mapping[str, str], body: bytes) -> Accepted | Refused:
    """Stores a signed reply once: a repeated one is accepted again, a late one is recorded and changes nothing.

    Refused are an unknown slot or key (`unknown-request`) and whatever `connect.envelope.read_signed` refuses.
    """
    binding = office.settings.bindings.get(connector)
    if binding is None:
        return _UNKNOWN
    reply = read_signed(binding.incoming_secret, headers, body, Reply, now=office.now())
    if isinstance(reply, Refused):
        return reply
    row = await office.store.request(reply.key)
    if row is None or row.request.connector != connector:
        return _UNKNOWN
    async with office.lock(f"request {reply.key}"):
        return Accepted(key=reply.key, applied=await apply_reply(office, row, data=reply.data))


async def apply_reply(office: Office, row: OutboxRow, *, data: dict[str, JsonValue]) -> bool:
    """Whether the case went on with the reply; one that breaks the contract lets it go on without."""
    request = row.request

    async def decide() -> Outcome | Refused:
        dossier = await dossier_of(office, await office.store.case(request.case_id))
        if dossier is None:
            return _UNKNOWN
        release = await office.release(dossier.case.release_id)
        return answer_call(release, dossier, request, data=data, now=office.clock(), ids=office.ids())

    digest = _digest(data)
    decided = await settle_outcome(office, decide) if digest is not None else Refused(_MALFORMED)
    if isinstance(decided, Outcome):
        return True
    if digest is None or decided.reason == _MALFORMED:
        await give_up(office, request, cause=_MALFORMED)
    else:
        await _record_late(office, request, digest)
    return False


async def give_up(office: Office, request: Request, *, cause: str) -> None:
    """Ensures the case goes on without a reply, if it still waits for one."""

    async def decide() -> Outcome | Refused:
        dossier = await dossier_of(office, await office.store.case(request.case_id))
        if dossier is None:
            return _UNKNOWN
        release = await office.release(dossier.case.release_id)
        return fail_call(release, dossier, request, cause=cause, now=office.clock(), ids=office.ids())

    if isinstance(await settle_outcome(office, decide), Refused):
        await office.store.close_request(request.key)


async def _record_late(office: Office, request: Request, digest: str) -> None:
    """Ensures one event for each different reply that came too late; its content only by hash."""
    for row in await office.store.audit(request.case_id, limit=_MOST_EVENTS):
        if row.event.details.get("request") == request.key and row.event.details.get("reply") == digest:
            return
    details = {"request": request.key, "reply": digest}
    event = AuditEvent(chain=request.case_id, at=office.clock(), actor=SYSTEM, action="late_reply", details=details)
    await office.store.add_events((event,))


def _digest(data: dict[str, JsonValue]) -> str | None:
    """The content id of a reply; nothing for numbers that JSON cannot carry exactly, which no contract allows."""
    try:
        return content_id(data)
    except ValueError:
        return None

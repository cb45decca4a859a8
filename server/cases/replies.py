"""Replies of other systems to what a case asked them."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime

import jsonschema_rs

from server.cases.acts import Act, fingerprint
from server.cases.changes import request_key
from server.cases.model import Case, Dossier, Request
from server.cases.moving import move
from server.cases.outcome import Outcome
from server.findings import Refused
from server.processes.events import CallAnswered, CallFailed
from server.releases import Release
from server.types import JsonValue


def answer_call(
    release: Release,
    dossier: Dossier,
    request: Request,
    *,
    data: dict[str, JsonValue],
    now: datetime,
    ids: Iterator[str],
) -> Outcome | Refused:
    """The case going on with the reply; `not-expected` for a late one, `reply-malformed` for one that breaks the contract."""
    if not is_awaited(dossier.case, request):
        return Refused("not-expected")
    reply = release.service.connectors[request.connector].operations[request.operation].reply
    if not jsonschema_rs.validator_for(reply, validate_formats=True).is_valid(data):
        return Refused("reply-malformed")
    act = Act(action="answer_call", now=now, ids=ids, details={"request": request.key, "reply": fingerprint(data)})
    return move(release, dossier, CallAnswered(token=request.token, data=data), act=act)


def fail_call(
    release: Release, dossier: Dossier, request: Request, *, cause: str, now: datetime, ids: Iterator[str]
) -> Outcome | Refused:
    """The case going on without a reply: the other system refused for good, or can finally not be reached."""
    if not is_awaited(dossier.case, request):
        return Refused("not-expected")
    act = Act(action="fail_call", now=now, ids=ids, details={"request": request.key, "cause": cause})
    return move(release, dossier, CallFailed(token=request.token, cause=cause), act=act)


def is_awaited(case: Case, request: Request) -> bool:
    """Whether the case still waits for the reply to this very request, not to a later one of the same token."""
    token = case.state.token(request.token)
    return token is not None and request.key == request_key(case.id, node=token.node, token=token.id, round=token.round)

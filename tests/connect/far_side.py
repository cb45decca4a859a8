"""The far side of connections in tests: secrets, requests, and a system that records what reaches it."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime

import httpx
from litestar import Litestar, Request, Response, post
from litestar.datastructures import State
from litestar.params import RawBody

from server.connect.binding import Binding
from server.connect.envelope import Envelope, Message, Reply, read_signed, seal
from server.findings import Refused

#: Starts an application and returns its address.
Serve = Callable[[Litestar], str]

OUTGOING = b"outgoing secret of thirty two b."
INCOMING = b"incoming secret of thirty two b."

DECLARED = {
    "applicant_name": "张三",
    "applicant_id_number": "110101199003070003",
    "member_names": [],
    "member_id_numbers": [],
    "monthly_income_fen": 120_000,
    "deposits_fen": 5_000_000,
    "securities_fen": 0,
    "vehicles": 0,
    "properties": 1,
}


def bound(address: str) -> Binding:
    return Binding(address=address, outgoing_secret=OUTGOING, incoming_secret=INCOMING)


def asking(*, key: str = "k1", callback: str = "http://127.0.0.1:1/", **changed: object) -> Envelope:
    return Envelope(key=key, case="CASE-1", operation="request_report", data={**DECLARED, **changed}, callback=callback)


def post_signed(url: str, message: Message, *, secret: bytes = OUTGOING, timeout: float = 10) -> httpx.Response:
    sealed = seal(secret, message, at=datetime.now(UTC))
    return httpx.post(url, content=sealed.body, headers=sealed.headers, trust_env=False, timeout=timeout)


def ask(address: str, envelope: Envelope, *, secret: bytes = OUTGOING, timeout: float = 10) -> httpx.Response:
    return post_signed(f"{address}/reports", envelope, secret=secret, timeout=timeout)


@dataclass
class Desk:
    """Takes call-backs as the asking system does: only signed ones, and as often refused first as the test wants."""

    refusals: int = 0
    wanted: Callable[[Reply], bool] = lambda reply: True
    seen: list[Reply | Refused] = field(default_factory=list)
    replies: list[Reply] = field(default_factory=list)

    def app(self) -> Litestar:
        @post("/api/callbacks/means_check")
        async def take(request: Request[None, None, State], body: RawBody) -> Response[None]:
            reply = read_signed(INCOMING, request.headers, body, Reply, now=datetime.now(UTC))
            self.seen.append(reply)
            if isinstance(reply, Refused):
                return Response(None, status_code=401)
            if len(self.seen) <= self.refusals or not self.wanted(reply):
                return Response(None, status_code=503)
            self.replies.append(reply)
            return Response(None, status_code=204)

        return Litestar([take], openapi_config=None, logging_config=None)


def until(holds: Callable[[], object], *, seconds: float = 10) -> None:
    deadline = time.monotonic() + seconds
    while not holds():
        assert time.monotonic() < deadline, "it did not happen in time"
        time.sleep(0.02)

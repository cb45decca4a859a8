"""Delivery against a real HTTP service: what counts as delivered, what may be tried again, what is final."""

from __future__ import annotations

import asyncio
import socket
from collections.abc import Callable
from datetime import UTC, datetime

import httpx
import pytest
from far_side import INCOMING, OUTGOING, Serve, asking, bound
from litestar import Litestar, Request, Response, post
from litestar.datastructures import State
from litestar.params import RawBody
from litestar.response import Redirect, Stream

from server.connect import delivery
from server.connect.binding import Binding
from server.connect.delivery import Delivered, Failed, deliver, deliver_reply, deliver_text
from server.connect.envelope import Envelope, Reply, TextMessage, read_signed, seal

Answer = Callable[[Envelope], Response[bytes]]


def attempt(binding: Binding, path: str = "/reports", *, asynchronous: bool = True) -> Delivered | Failed:
    async def send() -> Delivered | Failed:
        async with httpx.AsyncClient(trust_env=False) as client:
            return await deliver(client, binding, path, asking(), asynchronous=asynchronous)

    return asyncio.run(send())


def answering(answer: Answer) -> Litestar:
    @post("/reports")
    async def take(request: Request[None, None, State], body: RawBody) -> Response[bytes]:
        envelope = read_signed(OUTGOING, request.headers, body, Envelope, now=datetime.now(UTC))
        assert isinstance(envelope, Envelope)
        return answer(envelope)

    return Litestar([take], openapi_config=None, logging_config=None)


def status(code: int) -> Answer:
    return lambda envelope: Response(b"", status_code=code)


def replying(key: str, *, secret: bytes = INCOMING) -> Answer:
    def answer(envelope: Envelope) -> Response[bytes]:
        signed = seal(secret, Reply(key=key, data={"found": 3}), at=datetime.now(UTC))
        return Response(signed.body, status_code=200, headers=signed.headers)

    return answer


@pytest.mark.parametrize("code", [200, 201, 202, 204])
def test_any_success_means_that_the_other_system_has_the_request(serve: Serve, code: int) -> None:
    assert attempt(bound(serve(answering(status(code))))) == Delivered()


@pytest.mark.parametrize("code", [400, 409, 410, 413, 415, 422])
def test_a_request_called_wrong_is_not_sent_again(serve: Serve, code: int) -> None:
    assert attempt(bound(serve(answering(status(code))))) == Failed(retryable=False, cause="refused", status=code)


@pytest.mark.parametrize("code", [401, 403, 404, 408, 429, 500, 502, 503, 504])
def test_whatever_can_be_mended_without_changing_the_request_is_tried_again(serve: Serve, code: int) -> None:
    assert attempt(bound(serve(answering(status(code))))) == Failed(retryable=True, cause="unavailable", status=code)


def test_a_redirect_takes_no_personal_data_to_another_host(serve: Serve) -> None:
    reached: list[Envelope] = []

    def take(envelope: Envelope) -> Response[bytes]:
        reached.append(envelope)
        return Response(b"", status_code=202)

    elsewhere = serve(answering(take))

    @post("/reports")
    async def move() -> Redirect:
        return Redirect(f"{elsewhere}/reports", status_code=307)

    address = serve(Litestar([move], openapi_config=None, logging_config=None))
    assert attempt(bound(address)) == Failed(retryable=True, cause="unavailable", status=307)
    assert reached == []


def test_a_system_that_is_off_is_tried_again() -> None:
    with socket.create_server(("127.0.0.1", 0)) as closed:
        port = closed.getsockname()[1]
    assert attempt(bound(f"http://127.0.0.1:{port}")) == Failed(retryable=True, cause="unreachable")


def test_an_answer_that_never_ends_is_given_up_in_time(serve: Serve, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(delivery, "_WHOLE_ATTEMPT_SECONDS", 0.5)

    @post("/reports")
    async def drip() -> Stream:
        async def bytes_now_and_then():  # type: ignore[no-untyped-def]
            for _ in range(60):
                yield b"."
                await asyncio.sleep(0.05)

        return Stream(bytes_now_and_then())

    address = serve(Litestar([drip], openapi_config=None, logging_config=None))
    assert attempt(bound(address)) == Failed(retryable=True, cause="timed-out")


def test_a_flood_is_not_read_to_its_end(serve: Serve) -> None:
    flood = answering(lambda envelope: Response(b"." * 3_000_000, status_code=200))
    assert attempt(bound(serve(flood))) == Failed(retryable=False, cause="reply-too-large", status=200)


def test_a_path_of_a_hostile_document_is_never_requested() -> None:
    assert attempt(bound("http://127.0.0.1:1"), "//evil.example/") == Failed(retryable=False, cause="bad-address")


def test_an_operation_that_answers_at_once_yields_its_signed_reply(serve: Serve) -> None:
    assert attempt(bound(serve(answering(replying("k1")))), asynchronous=False) == Delivered(data={"found": 3})


@pytest.mark.parametrize(
    ("answer", "cause"),
    [
        (status(200), "reply-missing"),
        (replying("k2"), "reply-untrusted"),
        (replying("k1", secret=OUTGOING), "reply-untrusted"),
        (lambda envelope: Response(b'{"key":"k1","data":{}}', status_code=200), "reply-untrusted"),
    ],
)
def test_a_reply_that_is_missing_unsigned_or_to_another_request_is_not_used(serve: Serve, answer: Answer, cause: str) -> None:
    failed = attempt(bound(serve(answering(answer))), asynchronous=False)
    assert isinstance(failed, Failed) and (failed.retryable, failed.cause) == (False, cause)


@pytest.mark.parametrize(
    "callback", ["", "not an address", "ftp://127.0.0.1/x", "http://[::1", "http://127.0.0.1:99999/", "http://\x00/"]
)
def test_no_address_raises(callback: str) -> None:
    async def send() -> Delivered | Failed:
        async with httpx.AsyncClient(trust_env=False) as client:
            return await deliver_reply(client, INCOMING, callback, Reply(key="k", data={}))

    assert isinstance(asyncio.run(send()), Failed)


def test_a_text_reaches_the_gateway_signed(serve: Serve) -> None:
    taken: list[object] = []

    @post("/messages", status_code=202)
    async def take(request: Request[None, None, State], body: RawBody) -> None:
        taken.append(read_signed(OUTGOING, request.headers, body, TextMessage, now=datetime.now(UTC)))

    message = TextMessage(key="m1", to="13800000000", text="验证码 123456")
    binding = bound(serve(Litestar([take], openapi_config=None, logging_config=None)))

    async def send() -> Delivered | Failed:
        async with httpx.AsyncClient(trust_env=False) as client:
            return await deliver_text(client, binding, message)

    assert asyncio.run(send()) == Delivered()
    assert taken == [message]

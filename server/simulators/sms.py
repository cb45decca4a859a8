"""The gateway for text messages: takes signed messages and shows them on a page instead of sending them."""

from __future__ import annotations

import re
from collections import deque
from datetime import UTC, datetime, timedelta, timezone
from pathlib import Path
from typing import Annotated

import jinja2
import msgspec
from litestar import Litestar, MediaType, Request, Response, get, post
from litestar.datastructures import State
from litestar.di import NamedDependency, Provide
from litestar.params import QueryParameter, RawBody

from server.connect.binding import Binding
from server.connect.envelope import TextMessage, read_signed
from server.findings import Refused
from server.simulators.answers import BODY_BYTES, accepted, health, refused
from server.types import JsonValue

#: Messages kept, of all telephones together; older ones are forgotten.
KEPT_MESSAGES = 500

_TELEPHONE = re.compile(r"\+?[0-9]{5,20}")
_LONGEST_TEXT = 500
#: Beijing time, which the readers' telephones show.
_ZONE = timezone(timedelta(hours=8))

_HEADERS = {
    "cache-control": "no-store",
    "content-security-policy": "default-src 'none'; style-src 'self'; form-action 'self'; frame-ancestors 'none'",
    "referrer-policy": "no-referrer",
    "x-content-type-options": "nosniff",
}

AnyRequest = Request[None, None, State]


class Arrived(msgspec.Struct, frozen=True, kw_only=True):
    """A message and when it came."""

    message: TextMessage
    arrived_at: datetime


class Gateway:
    """The messages in memory: stopping the gateway forgets them."""

    def __init__(self, binding: Binding) -> None:
        """Starts empty."""
        self.binding = binding
        self._arrived: deque[Arrived] = deque(maxlen=KEPT_MESSAGES)

    def take(self, arrived: Arrived) -> None:
        """Ensures that the message is shown once, however often it is sent."""
        if all(known.message.key != arrived.message.key for known in self._arrived):
            self._arrived.appendleft(arrived)

    def inbox(self, phone: str) -> tuple[Arrived, ...]:
        """What came for the telephone, newest first."""
        return tuple(arrived for arrived in self._arrived if arrived.message.to == phone)


def create_app(binding: Binding, folder: Path) -> Litestar:
    """The service; it writes nothing into the folder."""
    del folder
    gateway = Gateway(binding)
    return Litestar(
        [take_message, show_inbox, show_style, health],
        dependencies={"gateway": Provide(lambda: gateway, sync_to_thread=False)},
        openapi_config=None,
        logging_config=None,
        request_max_body_size=BODY_BYTES,
    )


@post("/messages")
async def take_message(request: AnyRequest, body: RawBody, gateway: NamedDependency[Gateway]) -> Response[JsonValue]:
    """202 once the signed message can be seen in the inbox."""
    now = datetime.now(UTC)
    message = read_signed(gateway.binding.outgoing_secret, request.headers, body, TextMessage, now=now)
    if isinstance(message, Refused):
        return refused(message)
    if _TELEPHONE.fullmatch(message.to) is None or not 0 < len(message.text) <= _LONGEST_TEXT:
        return Response({"code": "message-unusable"}, status_code=422)
    gateway.take(Arrived(message=message, arrived_at=now))
    return accepted(message.key)


@get(["/", "/inbox"], media_type=MediaType.HTML, sync_to_thread=False)
def show_inbox(gateway: NamedDependency[Gateway], phone: Annotated[str, QueryParameter(max_length=40)] = "") -> Response[str]:
    """The page of one telephone, which loads itself again every few seconds; without a number, the question for it."""
    wanted = re.sub(r"[\s-]", "", phone)
    messages = [
        {"text": arrived.message.text, "at": arrived.arrived_at.astimezone(_ZONE).strftime("%Y-%m-%d %H:%M:%S")}
        for arrived in gateway.inbox(wanted)
    ]
    page = _PAGES.get_template("inbox.html").render(phone=wanted, messages=messages)
    return Response(page, media_type=MediaType.HTML, headers=_HEADERS)


@get("/inbox.css", sync_to_thread=False)
def show_style() -> Response[str]:
    """The page's only style sheet."""
    return Response(_PAGES.get_template("inbox.css").render(), media_type=MediaType.CSS, headers=_HEADERS)


_PAGES = jinja2.Environment(
    loader=jinja2.FileSystemLoader(Path(__file__).parent / "templates"),
    autoescape=True,
    undefined=jinja2.StrictUndefined,
    trim_blocks=True,
    lstrip_blocks=True,
)

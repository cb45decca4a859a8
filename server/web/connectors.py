"""Where other systems call back with their replies; signed, so that no session and no form token is needed."""

from __future__ import annotations

from litestar import Response, post
from litestar.params import FromPath

from server.actions import replying
from server.findings import Refused
from server.forms.body import BodyFault
from server.types import JsonValue
from server.web.access import office_of
from server.web.posted import TOO_LARGE, read_bytes
from server.web.requests import AnyRequest

_MOST_BYTES = 1_000_000
#: Refusals that the same message can never overcome; for every other one the sender may try again.
_STATUS = {
    "signature-missing": 401,
    "signature-wrong": 401,
    "signature-expired": 401,
    "message-unreadable": 400,
    "message-key-differs": 400,
    "unknown-request": 404,
}


@post("/connectors/{slot:str}/replies", opt={"access": "public", "csrf": "signed"}, status_code=200)
async def take_reply(request: AnyRequest, slot: FromPath[str]) -> Response[JsonValue]:
    """200 once the reply is on disk, the first time and every time after."""
    body = await read_bytes(request, cap=_MOST_BYTES)
    if isinstance(body, BodyFault):
        return Response({"code": body.code}, status_code=413 if body == TOO_LARGE else 400)
    result = await replying.take_reply(office_of(request), connector=slot, headers=dict(request.headers), body=body)
    if isinstance(result, Refused):
        return Response({"code": result.reason}, status_code=_STATUS.get(result.reason, 422))
    return Response({"key": result.key, "applied": result.applied})


CONNECTOR_ROUTES = (take_reply,)

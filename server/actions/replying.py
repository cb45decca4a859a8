"""Replies of other systems, called back and signed."""

from __future__ import annotations

from collections.abc import Mapping

import msgspec

from server.actions.office import Office
from server.findings import Refused


class Accepted(msgspec.Struct, frozen=True, kw_only=True):
    """The reply is stored; `applied` says whether the case was still waiting for it."""

    key: str
    applied: bool


async def take_reply(office: Office, *, connector: str, headers: Mapping[str, str], body: bytes) -> Accepted | Refused:
    """Stores a signed reply once: a repeated one is accepted again, a late one is recorded and changes nothing.

    Refused are an unknown slot or key (`unknown-request`) and whatever `connect.envelope.read_signed` refuses.
    """
    raise NotImplementedError

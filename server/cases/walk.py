"""Walks as written: what people, systems and the calendar do to the cases of a trial, one entry each."""

from __future__ import annotations

import re
from datetime import timedelta
from typing import Any

import msgspec

from server.findings import Problem
from server.messages.cases import untaken_text
from server.types import JsonValue

#: Days and hours of an ISO 8601 duration; at least one of them.
_DURATION = re.compile(r"P(?=\d|T\d)(?:(\d{1,4})D)?(?:T(\d{1,5})H)?", re.ASCII)


class Work(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """An official completes a task; the answers are merged over what the form proposes."""

    #: Item id or case number; may be left out where there is one case.
    case: str = ""
    node: str
    outcome: str
    answers: dict[str, JsonValue] = {}


class Send(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Somebody sends `supplement`, `withdraw` or `objection`, a system replies to the call node named, or another message."""

    case: str = ""
    message: str
    payload: dict[str, JsonValue] = {}


class Advance(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Time passes: days and hours as ISO 8601, `P7D`, `PT12H`, `P1DT6H`."""

    advance: str


Entry = Work | Send | Advance


class Blocked(msgspec.Struct, frozen=True, kw_only=True):
    """Why an entry cannot be taken now."""

    #: Key of `messages.cases.UNTAKEN`.
    reason: str
    params: dict[str, str] = {}
    problems: tuple[Problem, ...] = ()
    #: Whether waiting does not help: the entry is wrong, or its turn came and it could not be taken.
    final: bool = False

    @property
    def text(self) -> str:
        """Why, in words."""
        return untaken_text(self.reason, **self.params)


def read_entry(value: JsonValue) -> Entry | Blocked:
    """The entry that a member of a walk stands for, told by the keys it has."""
    if not is_plain(value):
        return Blocked(reason="malformed-entry", params={"detail": "not JSON"}, final=True)
    kinds: tuple[tuple[str, Any], ...] = (("advance", Advance), ("message", Send), ("node", Work))
    shape = next((kind for key, kind in kinds if isinstance(value, dict) and key in value), Work)
    try:
        entry: Entry = msgspec.convert(value, shape)
    except msgspec.ValidationError as error:
        return Blocked(reason="malformed-entry", params={"detail": str(error)}, final=True)
    return entry


def read_duration(text: str) -> timedelta | None:
    """The time that an entry lets pass; nothing for a text that is no duration."""
    found = _DURATION.fullmatch(text)
    if found is None:
        return None
    days, hours = (int(part or 0) for part in found.groups())
    return timedelta(days=days, hours=hours)


def is_plain(value: JsonValue) -> bool:
    """Whether a value can be written as JSON: some readers let halves of characters and bottomless nesting through."""
    try:
        msgspec.json.encode(value)
    except (ValueError, RecursionError):
        return False
    return True

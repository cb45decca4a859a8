"""Results of checks: findings for administrators, problems for people who fill forms, refusals of actions."""

from __future__ import annotations

from typing import Literal

import msgspec

Severity = Literal["error", "warning", "note"]
Param = str | int


class Finding(msgspec.Struct, frozen=True, kw_only=True):
    """Something wrong or noteworthy at one place of a document; its text is in `server.messages.findings`."""

    code: str
    severity: Severity
    #: Path of the document.
    path: str
    #: JSON Pointer inside it; empty for the whole document.
    pointer: str = ""
    line: int | None = None
    params: dict[str, Param] = msgspec.field(default_factory=dict)


class Problem(msgspec.Struct, frozen=True, kw_only=True):
    """Something to correct in an answer; its text is in `server.messages.problems`."""

    #: JSON Pointer of the answer; with stable row keys on pages, with indices in instances.
    pointer: str
    code: str
    params: dict[str, Param] = msgspec.field(default_factory=dict)


class Refused(msgspec.Struct, frozen=True):
    """An action that is not allowed now; its text is in `server.messages.pages`."""

    reason: str
    params: dict[str, Param] = msgspec.field(default_factory=dict)

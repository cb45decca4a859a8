"""An act: who does what when; every change of a case comes from one, and each leaves one audit event a chain."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from datetime import datetime

import msgspec

from server.cases.model import AuditEvent
from server.types import JsonValue

SYSTEM = "system"


class Act(msgspec.Struct, frozen=True, kw_only=True):
    """What everything that an action changes has in common."""

    #: Name of the action: `submit`, `complete_task`, `fire_timer`, …
    action: str
    #: Account that acts; empty for the system.
    actor: str = ""
    now: datetime
    #: Fresh ids for what is new.
    ids: Iterator[str]
    #: Office it acts for, in words; and what a person said or gave, for the history.
    unit: str = ""
    words: str = ""
    #: For the audit event; no personal data, payloads by their fingerprint.
    details: dict[str, JsonValue] = {}

    def new_id(self) -> str:
        """An id never used before."""
        return next(self.ids)

    def event(self, chain: str, details: dict[str, JsonValue] | None = None) -> AuditEvent:
        """The audit event of this act in a chain."""
        return AuditEvent(
            chain=chain,
            at=self.now,
            actor=self.actor or SYSTEM,
            action=self.action,
            details=self.details if details is None else details,
        )


def fingerprint(value: JsonValue) -> str:
    """`sha256:` and the SHA-256 of a payload's JSON with sorted members, by which the audit trail refers to it."""
    return "sha256:" + hashlib.sha256(msgspec.json.encode(value, order="deterministic")).hexdigest()

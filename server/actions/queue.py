"""The tasks of an official's offices, page by page."""

from __future__ import annotations

from datetime import datetime
from typing import Literal

import msgspec

from server.actions.lights import Light
from server.actions.office import Office, Official

Tab = Literal["open", "mine", "done"]


class QueueLine(msgspec.Struct, frozen=True, kw_only=True):
    """One task in the queue."""

    task_id: str
    case_number: str
    item_title: str
    task_title: str
    #: Name of the person who applies.
    applicant: str
    #: Office and region in words.
    unit: str
    place: str
    opened_at: datetime
    due_at: datetime | None
    light: Light
    #: Name of the official who works on it; empty while nobody does.
    holder: str
    mine: bool
    #: How it was completed; empty while it is open.
    outcome_title: str


class Queue(msgspec.Struct, frozen=True, kw_only=True):
    """One page of the queue."""

    lines: tuple[QueueLine, ...]
    #: Where the next page begins; empty on the last.
    next: str


async def queue(office: Office, *, actor: Official, tab: Tab, after: str = "") -> Queue:
    """The open tasks of the official's offices, those the official works on, or those done."""
    raise NotImplementedError

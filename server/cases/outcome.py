"""The result of an action: new values to store in one transaction; nothing has happened before they are stored."""

from __future__ import annotations

import msgspec

from server.cases.model import Application, AuditEvent, Case, Message, PublicNotice, Request, Task, Timer


class Outcome(msgspec.Struct, frozen=True, kw_only=True):
    """Values to insert (version 0) or to update where the stored version still is `version`; all of them or none."""

    application: Application | None = None
    cases: tuple[Case, ...] = ()
    tasks: tuple[Task, ...] = ()
    #: Timers to set; a timer of the same id is replaced.
    timers: tuple[Timer, ...] = ()
    #: Ids of timers to remove.
    cancelled_timers: tuple[str, ...] = ()
    requests: tuple[Request, ...] = ()
    #: Keys of requests whose reply is not wanted any more.
    cancelled_requests: tuple[str, ...] = ()
    messages: tuple[Message, ...] = ()
    #: Public notices to insert, or to end.
    notices: tuple[PublicNotice, ...] = ()
    events: tuple[AuditEvent, ...] = ()

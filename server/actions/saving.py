"""The end of every action that changes something: load and decide, store, and begin again where another was faster."""

from __future__ import annotations

from collections.abc import Callable, Coroutine
from typing import Any, TypeVar

import msgspec

from server.actions.office import Office
from server.cases.outcome import Outcome
from server.cases.restating import as_submitted
from server.findings import Refused
from server.types import ReleaseId

T = TypeVar("T")

#: Conflicts in a row that are nobody's fault; more would mean that the action never fits what is stored.
_TRIES = 8

#: Reason of the refusal when they went on nevertheless.
BUSY = "busy"


async def settle_outcome(
    office: Office, decide: Callable[[], Coroutine[Any, Any, Outcome | T]], *, draft_id: str = ""
) -> Outcome | T | Refused:
    """What was decided, once it is stored; whatever is no outcome is returned as it is, with nothing stored.

    `decide` loads what it needs and runs again when something of that was changed meanwhile, so it sees by itself whether
    the change concerns it: a task that a colleague completed is refused, an application that another of its cases moved is not.
    """
    for _ in range(_TRIES):
        decided = await decide()
        if not isinstance(decided, Outcome):
            return decided
        decided = await _with_application_as_submitted(office, decided)
        if await office.store.save(decided, draft_id=draft_id) is None:
            office.wake()
            return decided
    return Refused(BUSY)


async def _with_application_as_submitted(office: Office, outcome: Outcome) -> Outcome:
    """The outcome with its application as the release reads it that it was submitted under, when its case has left that."""
    changed = outcome.application
    release_id = next((case.release_id for case in outcome.cases), None)
    if changed is None or not changed.version or release_id in (None, changed.release_id):
        return outcome
    original = await office.store.application(changed.id)
    if original is None or original.version != changed.version:
        # Storing it will find the conflict.
        return outcome
    before, after = await office.release(changed.release_id), await office.release(ReleaseId(str(release_id)))
    own = as_submitted(changed, original, before=before, after=after)
    return msgspec.structs.replace(outcome, application=own)

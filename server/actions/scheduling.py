"""Approved revisions whose day has come: in force, carried over first where something changed, or blocked with the reason."""

from __future__ import annotations

from typing import Literal

import msgspec

from server.actions.adopting import adopt, follow
from server.actions.enacting import compiled_over, compiled_revision, enact, revision_event
from server.actions.layers import Place, in_force, place_in, resolved_of
from server.actions.office import Compiled, Office
from server.actions.rebasing import edits_step
from server.actions.reviewing import is_stale
from server.cases.acts import SYSTEM
from server.documents.merge_patch import same
from server.messages.revisions import BLOCKED_BY_CONFLICTS, BLOCKED_BY_FINDINGS, CARRIED_OVER
from server.store import RevisionRow


async def publish_due(office: Office) -> int:
    """Puts every scheduled revision in force whose day has come, the earliest first; the number of those decided upon."""
    done = 0
    while rows := await office.store.due_revisions(office.clock()):
        decided = [await publish_scheduled(office, row) for row in rows]
        if not any(decided):
            break
        done += sum(decided)
    return done


async def finish_adopting(office: Office) -> None:
    """Ensures that every region follows what was published above it before the program was stopped."""
    for service_id in sorted({row.service_id for row in await office.store.channels()}):
        await adopt(office, service_id=service_id)


async def publish_scheduled(office: Office, row: RevisionRow) -> bool:
    """Whether a scheduled revision is off the list: in force, or blocked and its answer says why."""
    async with office.lock(f"configuration {row.service_id}"):
        fresh, found = await office.store.revision(row.id), await in_force(office, row.service_id)
        if fresh is None or fresh.state != "scheduled":
            return True
        if found is None:
            return False
        place = await place_in(office, found, row.region)
        stale = place is None or await is_stale(office, place, row)
        done = await (_carried_over(office, place, row) if place is not None and stale else _as_it_is(office, row))
        if done:
            await follow(office, service_id=row.service_id)
        return done


async def _as_it_is(office: Office, row: RevisionRow) -> bool:
    compiled = await compiled_revision(office, row)
    if compiled.release is None:
        return await _blocked(office, row, _errors(compiled))
    published = msgspec.structs.replace(row, state="published", release_id=compiled.release.id)
    event = revision_event(office, published, "publish_scheduled", actor=SYSTEM)
    return await enact(office, row=published, release=compiled.release, layer=None, was="scheduled", event=event)


async def _carried_over(office: Office, place: Place, row: RevisionRow) -> bool:
    """Whether what the revision changes of the one it was made to replace is in force over what did replace it."""
    own = await office.store.revision(place.own.revision_id) if place.own is not None else None
    before, edited = await resolved_of(office, row.replaces_id or row.parent_id), await resolved_of(office, row.id)
    step = await edits_step(
        office,
        place,
        before=before.documents if before is not None else {},
        edited=edited.documents if edited is not None else {},
        parent_from=row.parent_id,
    )
    if step.rebased.conflicts:
        return await _blocked(office, row, BLOCKED_BY_CONFLICTS.format(count=len(step.rebased.conflicts)))
    layer, parent_id = step.layer(), step.parent_to
    if own is None or not same(await office.layer(own.id), layer):
        compiled = await compiled_over(office, service_id=row.service_id, region=row.region, layer=layer, parent_id=parent_id)
        if compiled.release is None:
            return await _blocked(office, row, _errors(compiled))
        following = msgspec.structs.replace(
            row,
            id=next(office.ids()),
            release_id=compiled.release.id,
            parent_id=parent_id,
            replaces_id=own.id if own is not None else "",
            state="published",
            proposed_at=office.clock(),
        )
        event = revision_event(office, following, "publish_scheduled", actor=SYSTEM)
        if not await enact(office, row=following, release=compiled.release, layer=layer, event=event):
            return False
    return await _decide(office, row, "withdrawn", CARRIED_OVER)


async def _blocked(office: Office, row: RevisionRow, answer: str) -> bool:
    return await _decide(office, row, "blocked", answer)


async def _decide(office: Office, row: RevisionRow, state: Literal["blocked", "withdrawn"], answer: str) -> bool:
    decided = msgspec.structs.replace(row, state=state, answer=answer)
    action = "block" if state == "blocked" else "carry_over"
    event = revision_event(office, decided, action, actor=SYSTEM)
    return await office.store.decide_revision(decided, was="scheduled", events=(event,))


def _errors(compiled: Compiled) -> str:
    errors = [finding for finding in compiled.findings if finding.severity == "error"]
    return BLOCKED_BY_FINDINGS.format(count=len(errors), path=errors[0].path if errors else "")

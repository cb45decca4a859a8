"""Proposing a layer and deciding upon it: nothing an administrator edits comes into force without a second person."""

from __future__ import annotations

from datetime import datetime
from typing import Literal

import msgspec

from server.actions.adopting import follow
from server.actions.configuring import is_in_force, opened
from server.actions.enacting import compiled_over, compiled_revision, enact, revision_event
from server.actions.layers import Place, place_for
from server.actions.office import Administrator, Office
from server.actions.publishing import Published
from server.actions.reviewing import (
    Proposal,
    ProposalLine,
    RevisionLine,
    history,
    is_lost,
    is_stale,
    may_not_decide,
    place_of_revision,
    proposal,
    proposals,
)
from server.actions.scheduling import publish_due
from server.cases.model import AuditEvent
from server.cases.people import APPROVER
from server.findings import Finding, Refused
from server.messages.revisions import ROLLED_BACK
from server.store import RevisionRow, RevisionState
from server.types import JsonValue

__all__ = [
    "Proposal",
    "ProposalLine",
    "RevisionLine",
    "approve",
    "history",
    "proposal",
    "proposals",
    "propose",
    "publish_due",
    "reject",
    "roll_back",
    "withdraw",
]

_NOTE_MISSING = Refused("note-missing")
_DECIDED = Refused("already-decided")
_STALE = Refused("stale-revision")
_UNKNOWN = Refused("unknown-revision")


async def propose(
    office: Office,
    *,
    actor: Administrator,
    service_id: str,
    region: str = "",
    note: str,
    effective_at: datetime | None = None,
) -> RevisionRow | tuple[Finding, ...] | Refused:
    """The working copy as it is now, waiting for a second person; editing may go on meanwhile.

    Errors that the checks find are returned and nothing is proposed. Refused as `note-missing`, `nothing-changed`,
    `working-outdated` where something else came into force since, or `already-proposed` while another one waits.
    """
    place = await place_for(office, actor=actor, service_id=service_id, region=region)
    if isinstance(place, Refused):
        return place
    if not note.strip():
        return _NOTE_MISSING
    found = await opened(office, place)
    own = await office.store.revision(place.own.revision_id) if place.own is not None else None
    if not found.version or await is_in_force(office, place, found):
        return Refused("nothing-changed")
    if found.base_release_id != place.around.release_id or is_lost(place, own, found.parent_id):
        return Refused("working-outdated")
    compiled = await compiled_over(
        office, service_id=service_id, region=place.region, layer=found.layer, parent_id=found.parent_id
    )
    if compiled.release is None:
        return compiled.findings
    if place.is_base and compiled.release.service.bundle.region != place.region:
        return Refused("base-elsewhere", {"region": place.region})
    now = office.clock()
    row = RevisionRow(
        id=next(office.ids()),
        service_id=place.found.service_id,
        region=place.region,
        release_id=compiled.release.id,
        parent_id=found.parent_id,
        replaces_id=own.id if own is not None else "",
        state="proposed",
        author_id=actor.account_id,
        proposed_at=now,
        effective_at=effective_at if effective_at is not None and effective_at > now else None,
        note=note.strip(),
    )
    event = revision_event(office, row, "propose", actor=actor.account_id)
    return row if await office.store.add_revision(row, found.layer, (event,)) else Refused("already-proposed")


async def approve(
    office: Office, *, actor: Administrator, revision_id: str
) -> Published | RevisionRow | tuple[Finding, ...] | Refused:
    """Puts a proposal in force, or on the list for its day; only by an approver of its region who is not its author.

    Refused as `unknown-revision`, `not-approver`, `same-person`, `already-decided`, or as `stale-revision` where something
    else came into force in the region since it was proposed; errors that the checks find by now are returned.
    """
    row = await _deciding(office, actor, revision_id, ("proposed",))
    if isinstance(row, Refused):
        return row
    async with office.lock(f"configuration {row.service_id}"):
        place = await place_of_revision(office, actor=actor, row=row)
        if isinstance(place, Refused):
            return place
        if await is_stale(office, place, row):
            return _STALE
        compiled = await compiled_revision(office, row)
        if compiled.release is None:
            return compiled.findings
        now = office.clock()
        decided = msgspec.structs.replace(row, release_id=compiled.release.id, approver_id=actor.account_id, decided_at=now)
        if row.effective_at is not None and row.effective_at > now:
            return await _scheduled(office, decided, actor)
        decided = msgspec.structs.replace(decided, state="published")
        event = revision_event(office, decided, "approve", actor=actor.account_id)
        if not await enact(office, row=decided, release=compiled.release, layer=None, was="proposed", event=event):
            return _STALE
        return await published(office, decided)


async def reject(office: Office, *, actor: Administrator, revision_id: str, reason: str) -> RevisionRow | Refused:
    """Sends a proposal back to its author, or takes one off the list before its day; with a reason."""
    row = await _deciding(office, actor, revision_id, ("proposed", "scheduled"))
    if isinstance(row, Refused):
        return row
    if not reason.strip():
        return _NOTE_MISSING
    return await _decide(office, row, "rejected", actor=actor, answer=reason.strip())


async def withdraw(office: Office, *, actor: Administrator, revision_id: str) -> RevisionRow | Refused:
    """Takes a proposal back that did not come into force yet; only by its author."""
    row = await office.store.revision(revision_id)
    if row is None or row.author_id != actor.account_id:
        return _UNKNOWN
    if row.state not in ("proposed", "scheduled"):
        return _DECIDED
    return await _decide(office, row, "withdrawn", actor=actor, answer="")


async def roll_back(
    office: Office, *, actor: Administrator, service_id: str, region: str = "", revision_id: str, note: str
) -> Published | Refused:
    """Puts an older revision of a region in force again; the regions below follow as ever.

    One act of an approver, with a reason. Refused as `unknown-revision` where it never was in force there, or `nothing-changed`
    where it is now.
    """
    place = await place_for(office, actor=actor, service_id=service_id, region=region)
    if isinstance(place, Refused):
        return place
    if APPROVER not in actor.roles:
        return Refused("not-approver")
    if not note.strip():
        return _NOTE_MISSING
    async with office.lock(f"configuration {service_id}"):
        return await _rolled_back(office, actor, place, revision_id, note.strip())


async def published(office: Office, row: RevisionRow) -> Published:
    """A revision that came into force just now, with what became of the regions below, for whoever is alone with the service."""
    followed = await follow(office, service_id=row.service_id)
    return Published(release_id=row.release_id, revision_id=row.id, new=True, adopted=followed.adopted, behind=followed.behind)


async def _rolled_back(office: Office, actor: Administrator, place: Place, revision_id: str, note: str) -> Published | Refused:
    own = await place_for(office, actor=actor, service_id=place.found.service_id, region=place.region)
    if isinstance(own, Refused):
        return own
    row = await office.store.revision(revision_id)
    if row is None or own.own is None or (row.service_id, row.region) != (own.found.service_id, own.region):
        return _UNKNOWN
    leaving = await office.store.revision(own.own.revision_id)
    if leaving is None or row.state != "published":
        return _UNKNOWN
    if leaving.id == row.id:
        return Refused("nothing-changed")
    compiled = await compiled_revision(office, row)
    if compiled.release is None:
        return Refused("findings-block", {"count": sum(one.severity == "error" for one in compiled.findings)})
    left = msgspec.structs.replace(leaving, answer=ROLLED_BACK.format(note=note))
    event = revision_event(office, row, "roll_back", actor=actor.account_id)
    details: dict[str, JsonValue] = {**event.details, "left": leaving.id, "note": note}
    event = AuditEvent(chain=event.chain, at=event.at, actor=event.actor, action=event.action, details=details)
    moved = await office.store.point_back(row, leaving=left, at=event.at, account_id=actor.account_id, events=(event,))
    if not moved:
        return _STALE
    office.wake()
    return await published(office, row)


async def _deciding(
    office: Office, actor: Administrator, revision_id: str, states: tuple[RevisionState, ...]
) -> RevisionRow | Refused:
    """The revision, if the administrator may decide upon it now."""
    row = await office.store.revision(revision_id)
    if row is None:
        return _UNKNOWN
    place = await place_of_revision(office, actor=actor, row=row)
    if isinstance(place, Refused):
        return place
    if row.state not in states:
        return _DECIDED
    return may_not_decide(actor, row) or row


async def _decide(
    office: Office, row: RevisionRow, state: Literal["rejected", "withdrawn"], *, actor: Administrator, answer: str
) -> RevisionRow | Refused:
    approver = actor.account_id if state == "rejected" else row.approver_id
    decided = msgspec.structs.replace(row, state=state, approver_id=approver, decided_at=office.clock(), answer=answer)
    event = revision_event(office, decided, "reject" if state == "rejected" else "withdraw", actor=actor.account_id)
    return decided if await office.store.decide_revision(decided, was=row.state, events=(event,)) else _DECIDED


async def _scheduled(office: Office, row: RevisionRow, actor: Administrator) -> RevisionRow | Refused:
    scheduled = msgspec.structs.replace(row, state="scheduled")
    event = revision_event(office, scheduled, "schedule", actor=actor.account_id)
    if not await office.store.decide_revision(scheduled, was="proposed", events=(event,)):
        return _DECIDED
    office.wake()
    return scheduled

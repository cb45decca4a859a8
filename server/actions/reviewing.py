"""What an administrator sees of proposals and of earlier versions before deciding."""

from __future__ import annotations

import msgspec

from server.actions.configuring import is_outgrown
from server.actions.enacting import compiled_revision
from server.actions.layers import Place, place_for, resolved_of
from server.actions.names import Names
from server.actions.office import Administrator, Office
from server.actions.rights import may_configure
from server.cases.people import APPROVER
from server.findings import Finding, Refused
from server.messages.revisions import REVISION_STATES
from server.store import RevisionRow, RevisionState
from server.types import JsonValue, ReleaseId

_UNKNOWN = Refused("unknown-revision")
_MOST = 200


class ProposalLine(msgspec.Struct, frozen=True, kw_only=True):
    """A revision that waits for a decision or for its day."""

    row: RevisionRow
    title: str
    #: Name of the region.
    place: str
    author: str
    approver: str
    may_decide: bool


class Proposal(msgspec.Struct, frozen=True, kw_only=True):
    """A revision with what it would change."""

    row: RevisionRow
    title: str
    place: str
    author: str
    approver: str
    #: As they hold in the region now, and as they would.
    before: dict[str, JsonValue]
    after: dict[str, JsonValue]
    findings: tuple[Finding, ...]
    may_decide: bool
    #: Why not.
    refused: Refused | None


class RevisionLine(msgspec.Struct, frozen=True, kw_only=True):
    """One revision in the history of a region."""

    row: RevisionRow
    #: Names; empty for the installation itself.
    author: str
    approver: str
    state: RevisionState
    #: The same in words.
    state_title: str
    #: Whether it is in force.
    current: bool
    release_id: ReleaseId
    #: Cases that run and applications that are being written under its release.
    running: int
    drafts: int


async def proposals(office: Office, *, actor: Administrator) -> tuple[ProposalLine, ...]:
    """Every revision of the administrator's region and those below that waits for a decision or its day, the newest first."""
    lines: list[ProposalLine] = []
    names = Names(office)
    for service_id in sorted({row.service_id for row in await office.store.channels()}):
        for row in await office.store.open_revisions(service_id):
            place = await place_of_revision(office, actor=actor, row=row)
            if isinstance(place, Place):
                lines.append(
                    ProposalLine(
                        row=row,
                        title=place.title,
                        place=place.name,
                        author=await names.of(row.author_id),
                        approver=await names.of(row.approver_id),
                        may_decide=may_not_decide(actor, row) is None,
                    )
                )
    return tuple(sorted(lines, key=lambda line: line.row.proposed_at, reverse=True))


async def proposal(office: Office, *, actor: Administrator, revision_id: str) -> Proposal | Refused:
    """A revision with what it changes or once changed, what the checks find, and whether the administrator may decide.

    `unknown-revision` for regions that are not the administrator's.
    """
    row = await office.store.revision(revision_id)
    place = await place_of_revision(office, actor=actor, row=row) if row is not None else _UNKNOWN
    if row is None or isinstance(place, Refused):
        return _UNKNOWN
    names = Names(office)
    # What was decided is shown against what it was made to replace, and what waits against what it would replace now.
    waits = row.state in ("proposed", "scheduled")
    against = place.around.revision_id if waits else row.replaces_id or row.parent_id
    before, after = await resolved_of(office, against), await resolved_of(office, row.id)
    compiled = await compiled_revision(office, row)
    refused = await _why_not(office, actor, place, row)
    return Proposal(
        row=row,
        title=place.title,
        place=place.name,
        author=await names.of(row.author_id),
        approver=await names.of(row.approver_id),
        before=before.documents if before is not None else {},
        after=after.documents if after is not None else {},
        findings=compiled.findings,
        may_decide=refused is None,
        refused=refused,
    )


async def history(
    office: Office, *, actor: Administrator, service_id: str, region: str = ""
) -> tuple[RevisionLine, ...] | Refused:
    """Revisions of a region, the newest first, with what still runs under each release."""
    place = await place_for(office, actor=actor, service_id=service_id, region=region)
    if isinstance(place, Refused):
        return place
    service = place.found.service_id
    running, drafts = await office.store.cases_per_release(service), await office.store.drafts_per_release()
    names = Names(office)
    return tuple(
        [
            RevisionLine(
                row=row,
                author=await names.of(row.author_id),
                approver=await names.of(row.approver_id),
                state=row.state,
                state_title=REVISION_STATES[row.state],
                current=place.own is not None and place.own.revision_id == row.id,
                release_id=row.release_id,
                running=running.get(row.release_id, 0),
                drafts=drafts.get(row.release_id, 0),
            )
            for row in await office.store.revisions_of(service, region=place.region, limit=_MOST)
        ]
    )


async def place_of_revision(office: Office, *, actor: Administrator, row: RevisionRow) -> Place | Refused:
    """The place of a revision; `unknown-revision` where it is not the administrator's."""
    if not may_configure(actor, row.region):
        return _UNKNOWN
    place = await place_for(office, actor=actor, service_id=row.service_id, region=row.region)
    return place if isinstance(place, Place) else _UNKNOWN


def may_not_decide(actor: Administrator, row: RevisionRow) -> Refused | None:
    """Why an administrator of the region may not decide upon a revision; nothing where that is allowed."""
    if APPROVER not in actor.roles:
        return Refused("not-approver")
    return Refused("same-person") if row.author_id == actor.account_id else None


async def is_stale(office: Office, place: Place, row: RevisionRow) -> bool:
    """Whether something else came into force in the region, or above it, since a revision was made."""
    if row.replaces_id != (place.own.revision_id if place.own is not None else ""):
        return True
    own = await office.store.revision(row.replaces_id) if row.replaces_id else None
    return is_lost(place, own, row.parent_id)


def is_lost(place: Place, own: RevisionRow | None, parent_id: str) -> bool:
    """Whether a parent is neither in force nor the one that the region's own revision still stands on."""
    return is_outgrown(place, parent_id) and (own is None or own.parent_id != parent_id)


async def _why_not(office: Office, actor: Administrator, place: Place, row: RevisionRow) -> Refused | None:
    if row.state != "proposed":
        return Refused("already-decided")
    refused = may_not_decide(actor, row)
    if refused is not None:
        return refused
    return Refused("stale-revision") if await is_stale(office, place, row) else None

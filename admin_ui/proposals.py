"""Proposals: what waits for a second person, what it would change, and the decision."""

from __future__ import annotations

from typing import Any

import msgspec
from litestar import Response, get, post
from litestar.params import FromPath

from admin_ui.changes import Differences, differences
from admin_ui.finding_places import shown_at
from admin_ui.impacts import impact_lines
from admin_ui.publishing import FindingLine, finding_lines
from admin_ui.rendering import show
from admin_ui.revisions import STATE_TONES
from admin_ui.workspace import HOME, administrator_of, service_path
from server.actions import publishing, revising
from server.actions.publishing import Published
from server.actions.revising import Proposal, ProposalLine
from server.findings import Refused
from server.messages.admin import NOTES, refusal_text
from server.messages.revisions import REVISION_STATES
from server.web.access import office_of, visit_of
from server.web.failures import Missing, SignInFirst
from server.web.requests import AnyRequest, posted, query, see_other

_LIST = f"{HOME}/proposals"
_LONGEST_REASON = 500
#: States in which something can still be decided.
_OPEN = ("proposed", "scheduled")


class ProposalsPage(msgspec.Struct, frozen=True, kw_only=True):
    """Context of `admin/proposals.html`."""

    waiting: tuple[ProposalLine, ...]
    scheduled: tuple[ProposalLine, ...]
    note: str = ""


class ProposalPage(msgspec.Struct, frozen=True, kw_only=True):
    """Context of `admin/proposal.html`."""

    proposal: Proposal
    #: Address of the service's designer in the region.
    service_href: str
    #: State in words and the tone it is shown in.
    state: tuple[str, str]
    differences: Differences
    errors: tuple[FindingLine, ...]
    warnings: tuple[FindingLine, ...]
    #: Whether it still waits for somebody.
    open: bool
    #: Why the reader may not decide; empty when they may.
    undecidable: str = ""
    #: What else it touches, in words.
    impact: tuple[str, ...] = ()
    may_withdraw: bool = False
    reason: str = ""
    faults: tuple[tuple[str, str], ...] = ()
    note: str = ""


@get(_LIST, opt={"access": "administrator"})
async def proposals(request: AnyRequest) -> Response[bytes]:
    """Everything that waits in the administrator's regions, and what is approved for a later day."""
    lines = await revising.proposals(office_of(request), actor=administrator_of(request))
    page = ProposalsPage(
        waiting=tuple(line for line in lines if line.row.state == "proposed"),
        scheduled=tuple(line for line in lines if line.row.state == "scheduled"),
        note=NOTES.get(query(request, "note"), ""),
    )
    return show(request, "proposals.html", page)


@get(f"{_LIST}/{{revision_id:str}}", opt={"access": "administrator"})
async def proposal(request: AnyRequest, revision_id: FromPath[str]) -> Response[bytes]:
    """What a proposal would change."""
    page = await _page(request, revision_id)
    return show(request, "proposal.html", msgspec.structs.replace(page, note=NOTES.get(query(request, "note"), "")))


@post(f"{_LIST}/{{revision_id:str}}", opt={"access": "administrator", "represent": True})
async def decide(request: AnyRequest, revision_id: FromPath[str]) -> Response[Any]:
    """Approves a proposal, sends it back, or takes it back, as its reader may."""
    visit, body = visit_of(request), posted(request)
    if visit.signed_in is None:
        raise SignInFirst(rule="administrator", ended=True)
    reason, intent = body.first("reason").strip()[:_LONGEST_REASON], body.first("intent")
    if not visit.genuine:
        page = msgspec.structs.replace(await _page(request, revision_id), reason=reason, note=NOTES["page-stale"])
        return show(request, "proposal.html", page, status=403)
    result = await _decided(request, revision_id, intent=intent, reason=reason)
    if isinstance(result, str):
        return see_other(f"{_LIST}/{revision_id}?note={result}")
    page = msgspec.structs.replace(await _page(request, revision_id), reason=reason)
    anchor = "#reason" if result.reason == "reason-missing" else "#decision"
    return show(request, "proposal.html", msgspec.structs.replace(page, faults=((anchor, refusal_text(result)),)), status=422)


async def _decided(request: AnyRequest, revision_id: str, *, intent: str, reason: str) -> str | Refused:
    """The note about what was done, or why it was not."""
    office, actor = office_of(request), administrator_of(request)
    if intent == "withdraw":
        taken_back = await revising.withdraw(office, actor=actor, revision_id=revision_id)
        return taken_back if isinstance(taken_back, Refused) else "withdrawn"
    if intent == "reject":
        if not reason:
            return Refused("reason-missing")
        sent_back = await revising.reject(office, actor=actor, revision_id=revision_id, reason=reason)
        return sent_back if isinstance(sent_back, Refused) else "rejected"
    approved = await revising.approve(office, actor=actor, revision_id=revision_id)
    if isinstance(approved, Refused):
        return approved
    if isinstance(approved, tuple):
        return Refused("findings-block", {"count": len(approved)})
    return "published" if isinstance(approved, Published) else "scheduled"


async def _page(request: AnyRequest, revision_id: str) -> ProposalPage:
    found = await revising.proposal(office_of(request), actor=administrator_of(request), revision_id=revision_id)
    if isinstance(found, Refused):
        raise Missing
    service_id = found.row.service_id
    base = service_path(service_id, "" if found.row.parent_id == "" else found.row.region)
    errors, warnings = finding_lines(shown_at(found.findings, found.after, service_id), found.after, base=base)
    changed = differences(found.before, found.after, service_id)
    layers = await publishing.export(office_of(request), service_id=service_id) or {}
    region = found.row.region
    return ProposalPage(
        proposal=found,
        service_href=base,
        state=(REVISION_STATES[found.row.state], STATE_TONES[found.row.state]),
        errors=errors,
        warnings=warnings,
        open=found.row.state in _OPEN,
        undecidable=refusal_text(found.refused) if found.refused is not None else "",
        may_withdraw=found.row.author_id == administrator_of(request).account_id,
        differences=changed,
        impact=impact_lines(changed, found.before, found.after, layers=layers, service_id=service_id, region=region),
    )


ROUTES = (proposals, proposal, decide)

"""Pages about proposals, revisions, regions and conflicts in which every text is hostile."""

from __future__ import annotations

from typing import Any

import msgspec
from hostile import DIFFERENCES, ERRORS, FINDING, HEAD, HOSTILE, NOW, PAIRS, RELEASE, WARNING

from admin_ui.affected import AffectedPage, GroupView
from admin_ui.changes import Differences
from admin_ui.conflicts import ConflictsPage, ConflictView
from admin_ui.imports import ChangeLine, ImportPage
from admin_ui.proposals import ProposalPage, ProposalsPage
from admin_ui.publishing import DiscardPage, FindingLine, PublishPage
from admin_ui.regions import LayerReport, RegionChoice, RegionGroup, RegionsPage
from admin_ui.revisions import ComparePage, HistoryLine, HistoryPage, ReturnPage
from server.actions.migrating import CaseFault
from server.actions.revising import Proposal, ProposalLine, RevisionLine
from server.store import RevisionRow
from server.types import RegionCode, ServiceId

ROW = RevisionRow(
    id="r",
    service_id=ServiceId("a/b"),
    region=RegionCode("000000"),
    release_id=RELEASE,
    parent_id="",
    state="proposed",
    author_id="a",
    proposed_at=NOW,
    decided_at=NOW,
    effective_at=NOW,
    note=HOSTILE,
    answer=HOSTILE,
)
PROPOSED = ProposalLine(row=ROW, title=HOSTILE, place=HOSTILE, author=HOSTILE, approver=HOSTILE, may_decide=True)
PROPOSAL = Proposal(
    row=ROW,
    title=HOSTILE,
    place=HOSTILE,
    author=HOSTILE,
    approver=HOSTILE,
    before={},
    after={},
    findings=(),
    may_decide=True,
    refused=None,
)


def revision_line(current: bool) -> RevisionLine:
    row = ROW if current else msgspec.structs.replace(ROW, decided_at=None, effective_at=None, answer="")
    by = HOSTILE if current else ""
    return RevisionLine(
        row=row,
        author=by,
        approver=by,
        state=row.state,
        state_title=HOSTILE,
        current=current,
        release_id=RELEASE,
        running=1,
        drafts=1,
    )


def proposal_page(**changed: Any) -> ProposalPage:
    known: dict[str, Any] = {
        "proposal": PROPOSAL,
        "service_href": "/s",
        "state": (HOSTILE, "warn"),
        "differences": DIFFERENCES,
        "errors": (FindingLine(finding=FINDING, href="/d"),),
        "warnings": (FindingLine(finding=WARNING, href="/d"),),
        "open": True,
        "undecidable": HOSTILE,
        "impact": (HOSTILE,),
        "may_withdraw": True,
        "reason": HOSTILE,
        "faults": (("#decision", HOSTILE),),
        "note": HOSTILE,
    }
    return ProposalPage(**{**known, **changed})


def conflicts_page(**changed: Any) -> ConflictsPage:
    view = ConflictView(
        number=1,
        place=HOSTILE,
        path=f"a/{HOSTILE}",
        pointer=HOSTILE,
        kind=HOSTILE,
        base=HOSTILE,
        theirs=HOSTILE,
        ours=HOSTILE,
        take="value",
        value=f"</textarea>{HOSTILE}",
    )
    known: dict[str, Any] = {
        "head": HEAD,
        "behind": True,
        "conflicts": (view,),
        "following": DIFFERENCES,
        "findings": (FINDING,),
        "choices": (("value", HOSTILE), ("b", "B")),
        "base": "0",
        "changed": 1,
        "faults": (("#conflict-1", HOSTILE),),
        "note": HOSTILE,
    }
    return ConflictsPage(**{**known, **changed})


REGION = RegionChoice(code="000100", name=HOSTILE, href="/r", layered=True)
LAYER = LayerReport(
    place=HOSTILE,
    region="000100",
    href="/r",
    is_base=False,
    own=2,
    documents=1,
    behind=True,
    conflicts=3,
    changed=1,
    proposed=1,
)
REGIONS = RegionsPage(
    head=HEAD,
    layers=(LAYER, msgspec.structs.replace(LAYER, is_base=True, behind=False, conflicts=0, changed=0, proposed=0)),
    groups=(RegionGroup(upper=REGION, lower=(REGION,)),),
    sharing=4,
)


def publish_page(**changed: Any) -> PublishPage:
    known: dict[str, Any] = {
        "head": HEAD,
        "differences": DIFFERENCES,
        "errors": (FindingLine(finding=FINDING, href="/d"),),
        "warnings": (FindingLine(finding=WARNING, href="/d"),),
        "base": "0",
        "text": HOSTILE,
        "faults": ERRORS,
        "note": HOSTILE,
    }
    return PublishPage(**{**known, **changed})


#: Template to a context of it.
EXAMPLES: list[tuple[str, msgspec.Struct]] = [
    ("publish.html", publish_page()),
    (
        "publish.html",
        publish_page(
            differences=Differences(), errors=(), warnings=(), head=msgspec.structs.replace(HEAD, edited=False, behind=False)
        ),
    ),
    ("proposals.html", ProposalsPage(waiting=(PROPOSED,), scheduled=(PROPOSED,), note=HOSTILE)),
    ("proposals.html", ProposalsPage(waiting=(), scheduled=())),
    ("proposal.html", proposal_page()),
    ("proposal.html", proposal_page(open=False)),
    ("affected.html", AffectedPage(proposal=PROPOSAL, total=None)),
    (
        "affected.html",
        AffectedPage(
            proposal=PROPOSAL,
            total=HOSTILE,
            groups=(GroupView(sentence=HOSTILE, causes=(HOSTILE,), count=2, examples=(HOSTILE, "b")),),
            staying=(CaseFault(case_number=HOSTILE, item_title=HOSTILE, release_id=RELEASE, faults=(HOSTILE,)),),
        ),
    ),
    (
        "history.html",
        HistoryPage(
            head=HEAD,
            revisions=tuple(
                HistoryLine(line=revision_line(one), words=HOSTILE, tone="good", can_return=one) for one in (True, False)
            ),
            sides=PAIRS,
            older=HOSTILE,
            newer="b",
            note=HOSTILE,
        ),
    ),
    ("history.html", HistoryPage(head=HEAD, revisions=(), sides=(), older="", newer="")),
    ("compare.html", ComparePage(head=HEAD, sides=PAIRS, older=HOSTILE, newer="b", differences=DIFFERENCES)),
    ("compare.html", ComparePage(head=HEAD, sides=PAIRS, older="b", newer="b", differences=Differences())),
    (
        "return.html",
        ReturnPage(
            head=HEAD,
            action="/a",
            line=revision_line(True),
            differences=DIFFERENCES,
            text=HOSTILE,
            faults=(("#note", HOSTILE),),
            note=HOSTILE,
        ),
    ),
    ("conflicts.html", conflicts_page()),
    ("conflicts.html", conflicts_page(conflicts=(), following=Differences())),
    ("conflicts.html", conflicts_page(behind=False, conflicts=())),
    ("regions.html", REGIONS),
    ("regions.html", msgspec.structs.replace(REGIONS, searched=HOSTILE, found=(REGION,))),
    ("regions.html", msgspec.structs.replace(REGIONS, searched=HOSTILE)),
    ("discard.html", DiscardPage(head=HEAD, differences=DIFFERENCES)),
    (
        "import.html",
        ImportPage(
            head=HEAD,
            action="/a",
            errors=ERRORS,
            note=HOSTILE,
            findings=(FINDING,),
            content=(HOSTILE,),
            base="0",
            signer=HOSTILE,
            changes=(ChangeLine(path="p", title=HOSTILE, state="changed", edited=True),),
            notes=((HOSTILE, HOSTILE, HOSTILE, HOSTILE),),
            left_off=2,
            carried=1,
        ),
    ),
    ("import.html", ImportPage(head=HEAD, action="/a")),
]

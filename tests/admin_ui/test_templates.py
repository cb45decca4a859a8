"""Every template of these pages uses only what its context holds, and shows hostile text as text."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta
from typing import Any

import msgspec
import pytest
from intake_example import intake_page

from admin_ui.affected import AffectedPage, GroupView
from admin_ui.catalogue import Entry, Group
from admin_ui.changes import Differences, DocumentChange
from admin_ui.colleagues import GonePage
from admin_ui.conditions import Row
from admin_ui.conflicts import ConflictsPage, ConflictView
from admin_ui.documents import DocumentPage
from admin_ui.field_drafts import FieldDraft
from admin_ui.field_levels import FieldLevels
from admin_ui.field_views import FieldPage, Head, PreviewView, RowView
from admin_ui.levels import Badge, Hold
from admin_ui.new_documents import NewDocumentPage
from admin_ui.new_fields import NewFieldDraft, NewFieldPage, RemoveFieldPage
from admin_ui.outlines import FieldLine, FormPage, PageOutline, Section
from admin_ui.preview_pages import PreviewPage
from admin_ui.processes import EdgeLine, InsertPage, ProcessPage, StepDraft, StepLine
from admin_ui.proposals import ProposalPage, ProposalsPage
from admin_ui.publishing import DiscardPage, FindingLine, PublishPage
from admin_ui.regions import LayerReport, RegionChoice, RegionGroup, RegionsPage
from admin_ui.rendering import TEMPLATES
from admin_ui.revisions import ComparePage, HistoryLine, HistoryPage, ReturnPage
from admin_ui.services import ServicePage, ServicesPage, service_cards
from server.actions.configuring import ServiceLine
from server.actions.migrating import CaseFault
from server.actions.office import Administrator, Session
from server.actions.revising import Proposal, ProposalLine, RevisionLine
from server.differences.change import SemanticChange
from server.findings import Finding, Refused
from server.messages.admin import REFUSALS, REQUIREMENTS, refusal_text
from server.store import RevisionRow
from server.types import RegionCode, ReleaseId, ServiceId
from server.web.templating import Site, environment

HOSTILE = "<script>alert('x')</script>\"'&"
NOW = datetime(2026, 3, 2, 9, tzinfo=UTC)
RELEASE = ReleaseId("sha256:" + "0" * 64)
HEAD = Head(title=HOSTILE, path="/admin/services/a/b", changed=3, edited=True, place=HOSTILE, behind=True)
BADGE = Badge(words=HOSTILE, tone="info")
HOLD = Hold(words=HOSTILE, fixed=True, pointer=HOSTILE)
HELD = ("label", "hint", "required", "listed", "relevant", "computed", "suggested", "options", "place", "scope", "remove")
FINDING = Finding(
    code="unknown-field",
    severity="error",
    path=f"form_schemas/a/b/{HOSTILE}.json",
    pointer=f"/{HOSTILE}",
    line=7,
    params={"field": HOSTILE, "suggestion": HOSTILE, "line": 1, "column": 1},
)
WARNING = msgspec.structs.replace(FINDING, severity="warning", line=None)
PAIRS = ((HOSTILE, HOSTILE), ("b", "B"))
ERRORS = (("#label", HOSTILE),)
PREVIEW = PreviewView(html=b"<form></form>", note=HOSTILE, page_label=HOSTILE, href="/p", examples=PAIRS, example="b")
CHANGE = DocumentChange(
    path=HOSTILE, title=HOSTILE, state="changed", summary=(HOSTILE,), lines=(f"+{HOSTILE}", "-x", "@@"), omitted=4
)
SAID = SemanticChange(path="p", pointer="", kind="changed", topic="label", zh=HOSTILE, en="x", importance="major")
DIFFERENCES = Differences(changes=(SAID, msgspec.structs.replace(SAID, importance="minor")), documents=(CHANGE,))
LINE = FieldLine(
    id=HOSTILE,
    label=HOSTILE,
    kind="k",
    href="/f",
    required=True,
    conditional=True,
    changed=True,
    inner=True,
    origin=BADGE,
    hold=HOSTILE,
    rows="rows:x",
)
ENTRY = Entry(title=HOSTILE, name=HOSTILE, href="/x", paths=("p",), state="added", origin=BADGE, errors=2, warnings=1)


def draft(required: str, mode: str, relevance: str) -> FieldDraft:
    return FieldDraft(
        label=HOSTILE,
        hint=HOSTILE,
        required=required,
        option_mode=mode,
        codelist="nobody",
        listed=HOSTILE,
        relevance=relevance,
        rows=(Row(variable=HOSTILE, operator="equals", value=HOSTILE),),
        relevant=HOSTILE,
        rules={"required": HOSTILE, "computed": HOSTILE},
        items=("b",),
    )


def field_page(required: str, mode: str, relevance: str) -> FieldPage:
    known = Row(variable="b", operator="is", value="b")
    return FieldPage(
        head=HEAD,
        form_title=HOSTILE,
        form_href="/f",
        action="/a",
        field_id=HOSTILE,
        kind=HOSTILE,
        draft=draft(required, mode, relevance),
        base="0",
        preview=PREVIEW,
        rows=(
            RowView(row=Row(variable=HOSTILE, operator="one_of", value=HOSTILE), operators=PAIRS, values=(), known=False),
            RowView(row=known, operators=PAIRS, values=PAIRS, known=True),
            RowView(row=Row(variable="b", operator="answered"), operators=PAIRS, values=(), known=True),
        ),
        variables=((HOSTILE, PAIRS),),
        read_back=HOSTILE,
        faults=dict.fromkeys(("relevant", "required", "computed", "suggested", "options"), (HOSTILE,)),
        codelists=PAIRS,
        codelist_href="/c",
        items=PAIRS,
        containers=PAIRS,
        container="b",
        levels=FieldLevels(badge=BADGE, holds=dict.fromkeys(HELD, HOLD), can_restore=True, kept=HOLD),
        before="/1",
        after="/2",
        findings=(FINDING, WARNING),
        errors=ERRORS,
        note=HOSTILE,
        theirs=PAIRS,
    )


def document_page(**changed: Any) -> DocumentPage:
    known: dict[str, Any] = {
        "head": HEAD,
        "title": HOSTILE,
        "kind": HOSTILE,
        "path": f"a/{HOSTILE}.json",
        "action": "/a",
        "text": f"</textarea>{HOSTILE}",
        "base": "0",
        "rows": 12,
        "findings": (FINDING,),
        "errors": ERRORS,
        "note": HOSTILE,
        "difference": (f"+{HOSTILE}",),
    }
    return DocumentPage(**{**known, **changed})


def service_line() -> ServiceLine:
    return ServiceLine(
        service_id="a/b",
        title=HOSTILE,
        region="000000",
        place=HOSTILE,
        release_id=RELEASE,
        published_at=NOW,
        changed=2,
        is_base=True,
        own_layer=True,
        behind=False,
        proposed=1,
    )


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


def new_field_page(**changed: Any) -> NewFieldPage:
    known: dict[str, Any] = {
        "head": HEAD,
        "form_title": HOSTILE,
        "form_href": "/f",
        "action": "/a",
        "place": HOSTILE,
        "draft": NewFieldDraft(container=HOSTILE, label=HOSTILE, hint=HOSTILE, listed=HOSTILE, holder="b", items=("b",)),
        "kinds": PAIRS,
        "holders": PAIRS,
        "codelists": PAIRS,
        "items": PAIRS,
        "errors": ERRORS,
        "note": HOSTILE,
    }
    return NewFieldPage(**{**known, **changed})


PAGE = PageOutline(id="p", label=HOSTILE, preview="/p", sections=(Section(label=HOSTILE, container="group:x", lines=(LINE,)),))
STEP = StepLine(
    id="s",
    title=HOSTILE,
    kind=HOSTILE,
    unit=HOSTILE,
    origin=BADGE,
    hold=HOSTILE,
    edges=(EdgeLine(pointer="/n", when=HOSTILE, target="s", target_title=HOSTILE),),
)
CONTEXTS: list[tuple[str, msgspec.Struct]] = [
    ("services.html", ServicesPage(services=())),
    ("services.html", ServicesPage(services=service_cards((service_line(),)), waiting=2)),
    (
        "service.html",
        ServicePage(
            head=HEAD,
            groups=(Group(id="g", title=HOSTILE, entries=(msgspec.structs.replace(ENTRY, parts=(ENTRY,)),)),),
            errors=2,
            warnings=1,
            release_id=RELEASE,
            links=PAIRS,
            note=HOSTILE,
        ),
    ),
    (
        "service.html",
        ServicePage(
            head=msgspec.structs.replace(HEAD, changed=0, edited=False), groups=(), errors=0, warnings=0, release_id=RELEASE
        ),
    ),
    (
        "form.html",
        FormPage(head=HEAD, title=HOSTILE, path="/f", pages=(PAGE,) * 4, texts=PAIRS, findings=(FINDING,), note=HOSTILE),
    ),
    (
        "form.html",
        FormPage(head=HEAD, title=HOSTILE, path="/f", pages=(msgspec.structs.replace(PAGE, sections=()),), texts=()),
    ),
    ("form.html", FormPage(head=HEAD, title=HOSTILE, path="/f", pages=None, texts=PAIRS)),
    *(("field.html", field_page(required, "listed", "rows")) for required in REQUIREMENTS),
    ("field.html", field_page("never", "codelist", "text")),
    (
        "field.html",
        msgspec.structs.replace(
            field_page("never", "", "always"), variables=(), rows=(), items=(), containers=(), preview=PreviewView(note=HOSTILE)
        ),
    ),
    ("gone.html", GonePage(head=HEAD, note=HOSTILE, texts=PAIRS)),
    ("new_field.html", new_field_page()),
    ("new_field.html", new_field_page(holders=PAIRS[1:], items=())),
    (
        "remove_field.html",
        RemoveFieldPage(head=HEAD, form_title=HOSTILE, field_id=HOSTILE, label=HOSTILE, action="/a", back="/b"),
    ),
    (
        "preview.html",
        PreviewPage(
            head=HEAD,
            form_title=HOSTILE,
            form_href="/f",
            title=HOSTILE,
            html=b"",
            note=HOSTILE,
            examples=PAIRS,
            example=HOSTILE,
            pages=PAIRS,
            current="b",
        ),
    ),
    ("document.html", document_page()),
    ("document.html", document_page(shared=True, can_copy=True)),
    ("document.html", document_page(removed=True, can_remove=True)),
    ("document.html", document_page(origin=BADGE, holds=(HOLD,), restore="/r")),
    (
        "process.html",
        ProcessPage(head=HEAD, title=HOSTILE, path="/p", text_href="/t", steps=(STEP,), findings=(FINDING,), note=HOSTILE),
    ),
    ("process.html", ProcessPage(head=HEAD, title=HOSTILE, path="/p", text_href="/t", steps=None)),
    (
        "insert_step.html",
        InsertPage(
            head=HEAD,
            process_title=HOSTILE,
            back="/b",
            action="/a",
            draft=StepDraft(at=HOSTILE, step_id=HOSTILE, title=HOSTILE, limit=HOSTILE),
            places=PAIRS,
            agencies=PAIRS,
            levels=PAIRS,
            forms=PAIRS,
            errors=ERRORS,
            note=HOSTILE,
        ),
    ),
    (
        "new_document.html",
        NewDocumentPage(head=HEAD, action="/a", kinds=PAIRS, kind="b", document_id=HOSTILE, title=HOSTILE, errors=ERRORS),
    ),
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
    ("intake.html", intake_page(head=HEAD, hostile=HOSTILE, now=NOW)),
]


def site() -> Site:
    actor = Administrator(account_id="a", name=HOSTILE, region=RegionCode("000000"), roles=())
    session = Session(kind="administrator", actor=actor, expires_at=NOW + timedelta(hours=1), expired=False)
    return Site(session=session, path="/admin", demo=False, large=False, expires_in=600, token=lambda: "token")


def rendered(template: str, context: msgspec.Struct) -> str:
    members = {name: getattr(context, name) for name in context.__struct_fields__}
    return environment(TEMPLATES).get_template(f"admin/{template}").render(**members, site=site())


@pytest.mark.parametrize(("template", "context"), CONTEXTS, ids=[f"{name}-{number}" for number, (name, _) in enumerate(CONTEXTS)])
def test_a_template_uses_only_its_context_and_escapes_everything(template: str, context: msgspec.Struct) -> None:
    html = rendered(template, context)
    assert "<script>alert" not in html
    assert "alert('x')</script>" not in html
    ids = re.findall(r'\sid="([^"]*)"', html)
    assert sorted(name for name in set(ids) if ids.count(name) > 1 and not name.startswith(("page-p", "preview-"))) == []
    labelled = set(re.findall(r'<label[^>]* for="([^"]*)"', html))
    assert labelled <= set(ids), labelled - set(ids)


def test_every_template_has_an_example() -> None:
    shown = {path.name for path in (TEMPLATES / "admin").glob("*.html")} - {"frame.html", "macros.html"}
    assert {template for template, _ in CONTEXTS} == shown


def test_every_post_form_carries_the_token() -> None:
    for template, context in CONTEXTS:
        html = rendered(template, context).replace("<form></form>", "")
        assert html.count('method="post"') == html.count('name="csrf"'), template


def test_every_refusal_is_worded_with_what_it_is_given() -> None:
    given = dict.fromkeys(
        ("code", "field", "holder", "node", "name", "path", "region", "upper", "reason", "before", "after"), "x"
    ) | dict.fromkeys(("minutes", "line", "count"), 3)
    for reason in REFUSALS:
        assert "{" not in refusal_text(Refused(reason, given)), reason
        assert refusal_text(Refused(reason, given)) != refusal_text(Refused("unheard-of")), reason

"""Every template of these pages uses only what its context holds, and shows hostile text as text."""

from __future__ import annotations

import re
from datetime import timedelta
from typing import Any

import msgspec
import pytest
from hostile import BADGE, ERRORS, FINDING, HEAD, HOLD, HOSTILE, NOW, PAIRS, RELEASE, WARNING
from intake_example import intake_page
from markupsafe import Markup
from revision_examples import EXAMPLES

from admin_ui.catalogue import Entry, Group
from admin_ui.colleagues import GonePage
from admin_ui.conditions import Row
from admin_ui.documents import DocumentPage
from admin_ui.field_drafts import FieldDraft
from admin_ui.field_levels import FieldLevels
from admin_ui.field_views import FieldPage, PreviewView, RowView
from admin_ui.new_documents import NewDocumentPage
from admin_ui.new_fields import NewFieldDraft, NewFieldPage, RemoveFieldPage
from admin_ui.outlines import FieldLine, FormPage, PageOutline, Section
from admin_ui.preview_pages import PreviewPage
from admin_ui.processes import EdgeLine, InsertPage, ProcessPage, StepDraft, StepLine
from admin_ui.rendering import TEMPLATES
from admin_ui.services import ServicePage, ServicesPage, service_cards
from server.actions.configuring import ServiceLine
from server.actions.office import Administrator, Session
from server.findings import Refused
from server.messages.admin import REFUSALS, REQUIREMENTS, refusal_text
from server.types import RegionCode
from server.web.templating import Site, environment

HELD = ("label", "hint", "required", "listed", "relevant", "computed", "suggested", "options", "place", "scope", "remove")
PREVIEW = PreviewView(html=b"<form></form>", note=HOSTILE, page_label=HOSTILE, href="/p", examples=PAIRS, example="b")
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
        ProcessPage(
            head=HEAD,
            title=HOSTILE,
            path="/p",
            text_href="/t",
            steps=(STEP,),
            findings=(FINDING,),
            note=HOSTILE,
            chart=Markup("<svg></svg>"),
        ),
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
    *EXAMPLES,
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

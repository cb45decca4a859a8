"""A case file, a queue and tasks as officials may meet them, made up without any service."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from functools import cache
from pathlib import Path
from typing import Any

from server.actions import casework
from server.actions.queue import QueueLine
from server.cases.model import Case, Happening, Objection, PublicNotice, Supplement, Task
from server.definitions.bundle import Calendar
from server.definitions.service import read_service
from server.definitions.workdays import Workdays
from server.exports.folder import read_trees
from server.forms.compile import CompiledForm, compile_form, labels_of
from server.forms.data import EMPTY
from server.forms.render import Renderer
from server.forms.settle import Context
from server.forms.summary import SummaryGroup, SummaryRow
from server.forms.surroundings import surroundings_of
from server.processes.state import State
from server.rules.types import STRING
from server.types import ApplicationId, CaseId, ItemId, RegionCode, ReleaseId, ServiceId, TaskId

NOW = datetime(2026, 3, 2, 1, 30, tzinfo=UTC)
NUMBER = "000000-TEST-20260302-000001-7"
#: Text of an applicant that tries to be more than text.
HOSTILE = "<script>alert(1)</script>\"'&"


@cache
def acceptance_form() -> CompiledForm:
    """The task form of accepting an application, from the shipped documents."""
    service, findings = read_service(read_trees(Path(__file__).parents[3]).documents, "shanxi/social_assistance")
    assert service is not None, findings
    application = compile_form(service.form, surroundings_of(service))
    assert isinstance(application, CompiledForm)
    form = compile_form(service.task_forms["acceptance"], surroundings_of(service, labels_of(application)), {"outcome": STRING})
    assert isinstance(form, CompiledForm)
    return form


def case(**changed: Any) -> Case:
    known = {
        "id": CaseId("c1"),
        "number": NUMBER,
        "application_id": ApplicationId("a1"),
        "service_id": ServiceId("tree/service"),
        "release_id": ReleaseId("sha256:0"),
        "item": ItemId("first"),
        "region": RegionCode("000000"),
        "opened_at": NOW,
        "state": State(process="first"),
        "history": (
            Happening(at=NOW, kind="submitted", text="submitted"),
            Happening(at=NOW, kind="task_done", title="Acceptance", text="accepted", unit="Office"),
        ),
        "due_at": NOW + timedelta(days=30),
    }
    return Case(**{**known, **changed})


def task(**changed: Any) -> Task:
    known = {
        "id": TaskId("t1"),
        "case_id": CaseId("c1"),
        "case_number": NUMBER,
        "service_id": ServiceId("tree/service"),
        "item": ItemId("first"),
        "node": "accept",
        "token": "k1",
        "round": 1,
        "title": "Acceptance",
        "agency": "agency",
        "level": "township",
        "region": RegionCode("000000000"),
        "form": "acceptance",
        "opened_at": NOW,
        "due_at": NOW + timedelta(days=1),
        "version": 3,
    }
    return Task(**{**known, **changed})


def open_task(**changed: Any) -> casework.OpenTask:
    """A task of three outcomes, of which only the second asks for more than a reason."""
    form = acceptance_form()
    known = {
        "task": task(),
        "case_number": NUMBER,
        "item_title": "First item",
        "applicant": HOSTILE,
        "form": form,
        "renderer": Renderer(form),
        "data": EMPTY,
        "outcomes": (
            casework.OfferedOutcome(code="accept", title="Accept", tone="good"),
            casework.OfferedOutcome(code="request_supplement", title="Ask", tone="neutral"),
            casework.OfferedOutcome(code="decline", title="Decline", tone="bad"),
        ),
        "context": Context(today=date(2026, 3, 2), calendar=Workdays(Calendar(title="days", years=(), holidays=(), workdays=()))),
        "chosen": "",
    }
    return casework.OpenTask(**{**known, **changed})


def line(**changed: Any) -> casework.TaskLine:
    known = {
        "id": "t1",
        "title": "Acceptance",
        "unit": "Office of the town",
        "opened_at": NOW,
        "due_at": NOW + timedelta(days=1),
        "light": "yellow",
        "holder": "",
        "state": "open",
        "outcome_title": "",
        "answers": (),
        "can_claim": True,
        "can_work": True,
        "completed_by": "",
    }
    return casework.TaskLine(**{**known, **changed})


def groups() -> tuple[SummaryGroup, ...]:
    rows = (SummaryRow("applicant.name", "/applicant/name", "Name", HOSTILE),)
    inner = SummaryGroup("Member 1", "members", (SummaryRow("members[].name", "/members/@a/name", "Name", "B"),))
    return (SummaryGroup("Applicant", "applicant", rows), SummaryGroup("Household", "members", (), (inner,)))


def case_file(**changed: Any) -> casework.CaseFile:
    known = {
        "case": case(),
        "application_number": "000000-TEST-20260302-000001",
        "service_title": "Service",
        "item_title": "First item",
        "applicant": HOSTILE,
        "place": "Town",
        "state": "running",
        "result_title": "",
        "groups": groups(),
        "materials": (
            casework.MaterialFiles(
                id="proof",
                title="Proof of identity",
                files=(
                    casework.FileView(id="f1", name=HOSTILE, media_type="image/jpeg", size=120_000),
                    casework.FileView(id="f2", name="scan.pdf", media_type="application/pdf", size=90_000),
                ),
            ),
        ),
        "tasks": (
            line(id="t0", state="done", outcome_title="Accept", answers=groups(), completed_by="Li", can_claim=False),
            line(),
        ),
        "decisions": (),
        "notice": None,
        "requests": (),
        "history": (),
        "release_id": "sha256:0",
        "related": (),
        "can_object": False,
        "can_migrate": True,
        "incidents": (),
        "chart": "<svg></svg>",
    }
    return casework.CaseFile(**{**known, **changed})


def busy_file() -> casework.CaseFile:
    """A case in which everything happens at once."""
    return case_file(
        case=case(
            supplement=Supplement(node="ask", fields=(), materials=(), note=HOSTILE, until=NOW),
            objections=(Objection(node="notice", at=NOW, note=HOSTILE, actor="o1"),),
        ),
        state="asked",
        tasks=(
            line(id="t1", state="mine", holder="Wang", can_claim=False),
            line(id="t2", state="claimed", holder="Li", can_claim=False, can_work=False, due_at=None, light="none"),
            line(id="t3", state="dropped", can_claim=False, can_work=False),
        ),
        decisions=(
            casework.DecisionView(
                title="Category",
                row="row 3",
                reason=HOSTILE,
                inputs=(("Income", "100"),),
                outputs=(("Category", "A"),),
                source="Paragraph 2",
                at=NOW,
            ),
        ),
        notice=PublicNotice(
            id="n1",
            case_id=CaseId("c1"),
            service_id=ServiceId("tree/service"),
            item=ItemId("first"),
            token="k2",
            region=RegionCode("000000"),
            subject="Notice",
            text=HOSTILE,
            published_at=NOW,
            until=NOW + timedelta(days=7),
        ),
        requests=("Bureau of checks",),
        related=(
            casework.RelatedCase(item_title="Second item", number="000000-TEST-2", state="ended"),
            casework.RelatedCase(item_title="Third item", number="", state="running"),
        ),
        can_object=True,
        incidents=(("k9", "a value is missing"),),
    )


def ended_file() -> casework.CaseFile:
    ended = case(ended_at=NOW, result="approved", reason=HOSTILE)
    return case_file(case=ended, state="ended", result_title="Approved", tasks=())


def queue_line(**changed: Any) -> QueueLine:
    known = {
        "task_id": "t1",
        "case_number": NUMBER,
        "item_title": "First item",
        "task_title": "Acceptance",
        "applicant": HOSTILE,
        "unit": "Office of the town",
        "place": "Town",
        "opened_at": NOW,
        "due_at": NOW + timedelta(days=1),
        "light": "green",
        "holder": "",
        "mine": False,
        "outcome_title": "",
    }
    return QueueLine(**{**known, **changed})

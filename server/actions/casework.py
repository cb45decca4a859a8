"""The work of officials: taking a task, filling its form, choosing its outcome, recording objections."""

from __future__ import annotations

import msgspec

from server.actions.casefiles import (
    CaseFile,
    DecisionView,
    FileView,
    MaterialFiles,
    RelatedCase,
    TaskLine,
    open_case,
)
from server.actions.office import Office, Official
from server.cases.model import Task
from server.cases.submitting import Invalid
from server.findings import Refused
from server.forms.compile import CompiledForm
from server.forms.data import FormData
from server.forms.render import Renderer
from server.forms.settle import Context

__all__ = [
    "CaseFile",
    "DecisionView",
    "Done",
    "FileView",
    "Invalid",
    "MaterialFiles",
    "OfferedOutcome",
    "OpenTask",
    "RelatedCase",
    "TaskLine",
    "claim",
    "complete_task",
    "object_to_notice",
    "open_case",
    "open_task",
    "retry_incident",
    "unclaim",
]


class OfferedOutcome(msgspec.Struct, frozen=True, kw_only=True):
    """One way to complete the task."""

    code: str
    title: str
    tone: str


class OpenTask(msgspec.Struct, frozen=True, kw_only=True):
    """A task with its form, ready to be filled."""

    task: Task
    case_number: str
    item_title: str
    applicant: str
    #: Nothing where the task asks for an outcome only.
    form: CompiledForm | None
    renderer: Renderer | None
    #: Proposed answers.
    data: FormData
    outcomes: tuple[OfferedOutcome, ...]
    #: What the form's rules may know; `outcome` in `extra` is what is chosen.
    context: Context
    #: The outcome the context was made for; empty before one is chosen.
    chosen: str


class Done(msgspec.Struct, frozen=True, kw_only=True):
    """It is done and on disk."""

    case_number: str


async def claim(office: Office, *, actor: Official, task_id: str) -> Task | Refused:
    """Takes the task: `held-by-other` with `name` while a colleague's lease runs, `stale-task` once it is closed."""
    raise NotImplementedError


async def unclaim(office: Office, *, actor: Official, task_id: str) -> Task | Refused:
    """Gives a task back to its office."""
    raise NotImplementedError


async def open_task(office: Office, *, actor: Official, task_id: str, chosen: str = "") -> OpenTask | Refused:
    """The task with its form; `chosen` is the outcome the form's rules shall assume."""
    raise NotImplementedError


async def complete_task(
    office: Office, *, actor: Official, task_id: str, version: int, outcome: str, data: FormData
) -> Done | Refused | Invalid:
    """Completes the task of one of the official's own offices: `stale-task` when it changed since that version."""
    raise NotImplementedError


async def object_to_notice(office: Office, *, actor: Official, number: str, note: str) -> Done | Refused:
    """Records an objection to the public notice of a case."""
    raise NotImplementedError


async def retry_incident(office: Office, *, actor: Official, number: str, token: str) -> Done | Refused:
    """Lets a stuck token of a case try again."""
    raise NotImplementedError

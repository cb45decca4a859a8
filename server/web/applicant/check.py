"""Checking the answers and submitting them, exactly once."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import msgspec
from litestar import Response, get, post
from litestar.params import FromPath

from server.actions import applying
from server.findings import Problem, Refused
from server.forms.problem_places import input_id, row_words
from server.forms.settle import field_id_of
from server.forms.summary import SummaryGroup, summary
from server.messages.pages import NOTES, PROBLEM_OF_PAGE, UNFINISHED_PAGE, refusal_text
from server.messages.problems import problem_text
from server.web.access import actor_of, office_of
from server.web.applicant.drafts import (
    CHECK,
    MATERIALS,
    OpenDraft,
    chosen_items,
    closed_problems,
    entries,
    load,
    missing_materials,
    opened,
    page_of,
)
from server.web.applicant.materials import MaterialCard, cards_of
from server.web.intake import intake_notices
from server.web.requests import AnyRequest, posted, see_other
from server.web.templating import render_page


class Correction(msgspec.Struct, frozen=True, kw_only=True):
    """One problem with the place to correct it."""

    path: str
    text: str


class CheckPage(msgspec.Struct, frozen=True, kw_only=True):
    """Context of `applicant/check.html`."""

    draft_id: str
    service_title: str
    version: int
    groups: tuple[SummaryGroup, ...]
    materials: tuple[MaterialCard, ...]
    corrections: tuple[Correction, ...]
    #: How many problems there are, those of unfinished pages included.
    count: int
    warnings: tuple[Correction, ...]
    step: int
    steps: int
    #: What has become different for the applicant.
    moved: tuple[str, ...] = ()
    intake: tuple[str, ...] = ()
    note: str = ""


@get("/apply/{draft_id:str}/check", opt={"access": "applicant"})
async def check(request: AnyRequest, draft_id: FromPath[str]) -> Response[bytes]:
    """All answers for a last look, with what still has to be corrected."""
    return _show(request, opened(request, await load(request, draft_id, telling=True)))


@post("/apply/{draft_id:str}/check", opt={"access": "applicant"})
async def submit(request: AnyRequest, draft_id: FromPath[str]) -> Response[Any]:
    """Submits what was shown; pressing twice, or in two windows, yields the same application."""
    view = opened(request, await load(request, draft_id))
    if posted(request).first("version") != str(view.draft.version):
        return _show(request, view, note=NOTES["changed-since-check"], status=409)
    if view.checked.problems or missing_materials(view):
        return _show(request, view, status=422)
    result = await applying.submit(office_of(request), actor=actor_of(request), draft_id=draft_id, version=view.draft.version)
    if isinstance(result, applying.Submitted):
        return see_other(f"/applications/{result.number}/receipt")
    view = opened(request, await load(request, draft_id))
    if isinstance(result, Refused):
        return _show(request, view, note=refusal_text(result), status=409)
    return _show(request, view, result.problems, status=422)


def _show(
    request: AnyRequest, view: OpenDraft, found: tuple[Problem, ...] = (), *, note: str = "", status: int = 200
) -> Response[bytes]:
    service, listed = view.draft.release.service, entries(view)
    problems = found or (*view.checked.problems, *closed_problems(view), *missing_materials(view))
    context = CheckPage(
        draft_id=view.draft.id,
        service_title=service.bundle.title,
        version=view.draft.version,
        groups=summary(view.form, view.settled),
        materials=cards_of(view),
        corrections=_corrections(view, problems),
        count=len(problems),
        warnings=tuple(_correction(view, warning) for warning in view.checked.warnings),
        step=len(listed),
        steps=len(listed),
        moved=view.draft.moved,
        intake=intake_notices(
            view.draft.intake, release=view.draft.release, chosen=chosen_items(service.bundle.items_field, view.draft.data)
        ),
        note=note,
    )
    return render_page(request, "applicant/check.html", context, status=status)


def _corrections(view: OpenDraft, problems: Sequence[Problem]) -> tuple[Correction, ...]:
    """One entry for each problem of a page once completed, and one for each page that still has to be filled."""
    found: dict[str, Correction] = {}
    for problem in problems:
        page = view.form.page(page_of(view.form, problem.pointer))
        if page is None or page.id in view.draft.visited:
            one = _correction(view, problem)
            found[f"{one.path} {one.text}"] = one
        else:
            path = f"/apply/{view.draft.id}/{page.id}?from={CHECK}"
            found.setdefault(path, Correction(path=path, text=UNFINISHED_PAGE.format(page=page.label)))
    return tuple(found.values())


def _correction(view: OpenDraft, problem: Problem) -> Correction:
    base = f"/apply/{view.draft.id}"
    if problem.pointer.startswith("/materials/"):
        return Correction(
            path=f"{base}/{MATERIALS}?from={CHECK}&errors=1#material-{problem.pointer.split('/')[2]}", text=problem_text(problem)
        )
    page_id = page_of(view.form, problem.pointer)
    page = view.form.page(page_id)
    words = row_words(view.form, view.settled, problem.pointer) + problem_text(problem)
    field = view.form.fields.get(field_id_of(problem.pointer))
    anchor = input_id(field, problem.pointer) if field is not None else problem.pointer
    return Correction(
        path=f"{base}/{page_id}?from={CHECK}&errors=1#{anchor}",
        text=PROBLEM_OF_PAGE.format(page=page.label, problem=words) if page is not None else words,
    )


ROUTES = (check, submit)

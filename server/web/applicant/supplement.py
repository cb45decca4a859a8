"""Answering a request for supplements (补正): only the fields and materials asked for."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import msgspec
from litestar import Response, get, post
from litestar.params import FromPath

from server.actions import applying
from server.definitions.form import AnyElement, Category, Control, Group
from server.findings import Problem, Refused
from server.forms.body import Body
from server.forms.compile import CompiledForm, Page
from server.forms.render import PageRequest, Renderer
from server.forms.validate import validate
from server.messages.pages import NOTES, SUPPLEMENT_LABEL, refusal_text
from server.messages.problems import problem_text
from server.web.access import actor_of, office_of, visit_of
from server.web.applicant.drafts import OpenDraft, files_of, opened
from server.web.applicant.editing import Edited, file_again, hidden_inputs, save, store_uploads, take, without_file
from server.web.applicant.materials import MaterialCard, cards_of, with_files
from server.web.failures import Elsewhere, Missing, SignInFirst
from server.web.requests import AnyRequest, posted, see_other
from server.web.templating import environment, render_page, site_of

PAGE = "supplement"


class SupplementPage(msgspec.Struct, frozen=True, kw_only=True):
    """Context of `applicant/supplement.html`."""

    number: str
    item_title: str
    asked_note: str
    until: datetime | None
    form: bytes
    note: str = ""
    #: Link target and words of problems with materials.
    problems: tuple[tuple[str, str], ...] = ()


@get("/applications/{number:str}/supplement/{case_id:str}", opt={"access": "applicant"})
async def supplement(request: AnyRequest, number: FromPath[str], case_id: FromPath[str]) -> Response[bytes]:
    """The page that asks for the supplement."""
    draft = await _draft(request, number, case_id)
    form = part_of(draft.release.form, _asked(draft).fields)
    return _show(request, opened(request, draft, form=form), draft)


@post("/applications/{number:str}/supplement/{case_id:str}", opt={"access": "applicant", "body": "upload", "represent": True})
async def answer(request: AnyRequest, number: FromPath[str], case_id: FromPath[str]) -> Response[Any]:
    """Takes the answers, and hands them in when nothing is wrong with them."""
    visit, body = visit_of(request), posted(request)
    if not visit.genuine and visit.signed_in is None:
        raise SignInFirst(rule="applicant", ended=True)
    draft = await _draft(request, number, case_id)
    form = part_of(draft.release.form, _asked(draft).fields)
    edited = await take(request, draft, form, form.pages[0], body)
    if not visit.genuine or (edited.conflict and visit.signed_in is not None):
        note = NOTES["page-conflict" if visit.genuine else "page-stale"]
        papers = tuple(file_again(upload) for upload in body.files if upload.name in _papers(draft))
        again = (*edited.upload_problems, *papers)
        return _show(request, edited.draft, draft, again, note=note, status=409 if visit.genuine else 403)
    edited, faults = await _with_materials(request, edited, body)
    saved = await save(request, edited, form.pages[0], visited=False)
    view = opened(request, saved, form=form)
    if visit.signed_in is None:
        return see_other(f"/sign-in?kept=1&next=/applications/{number}/supplement/{case_id}")
    if edited.decoded.intent.kind == "save" and not faults:
        return see_other(f"/applications/{number}/supplement/{case_id}")
    if edited.decoded.intent.kind != "next" or faults:
        return _show(request, view, saved, faults, status=422 if faults else 200)
    problems = (*validate(form, view.settled, context=view.context, page=PAGE).problems, *_missing(view))
    if problems:
        return _show(request, view, saved, problems, status=422)
    result = await applying.answer_supplement(
        office_of(request), actor=actor_of(request), draft_id=saved.id, version=saved.version
    )
    if isinstance(result, Refused):
        return _show(request, view, saved, note=refusal_text(result), status=409)
    if isinstance(result, applying.Invalid):
        return _show(request, view, saved, result.problems, status=422)
    return see_other(f"/applications/{number}?note=supplement-sent")


def part_of(form: CompiledForm, fields: tuple[str, ...]) -> CompiledForm:
    """The form with one page that holds only some fields; a field of a row brings its whole group."""
    wanted = {name.partition("[]")[0] if name.partition("[]")[0] in form.groups else name for name in fields}
    elements: list[AnyElement] = []
    for page in form.pages:
        elements += _kept(form, page.category.elements, wanted)
    names = tuple(name for name in form.fields if name in wanted or form.fields[name].group in wanted)
    category = Category(id=PAGE, label=PAGE, elements=tuple(elements))
    page = Page(id=PAGE, label="", hint="", category=category, fields=names)
    changed = {name: msgspec.structs.replace(field, page=PAGE if name in names else "") for name, field in form.fields.items()}
    return msgspec.structs.replace(form, pages=(page,), fields=changed)


def _kept(form: CompiledForm, elements: tuple[AnyElement, ...], wanted: set[str]) -> list[AnyElement]:
    kept: list[AnyElement] = []
    for element in elements:
        if isinstance(element, Group):
            inner = _kept(form, element.elements, wanted)
            if inner:
                kept.append(msgspec.structs.replace(element, elements=tuple(inner)))
        elif isinstance(element, Control) and any(
            form.fields[name].element == element.id for name in wanted if name in form.fields
        ):
            kept.append(element)
    return kept


async def _draft(request: AnyRequest, number: str, case_id: str) -> applying.Draft:
    draft = await applying.open_supplement(office_of(request), actor=actor_of(request), case_id=case_id)
    if isinstance(draft, Refused):
        if draft.reason == "nothing-asked":
            raise Elsewhere(f"/applications/{number}")
        raise Missing
    return draft


def _papers(draft: applying.Draft) -> tuple[str, ...]:
    """Pointers of the materials asked for."""
    return tuple(f"/materials/{material}" for material in _asked(draft).materials)


def _asked(draft: applying.Draft) -> applying.Asked:
    if draft.asked is None:
        raise Missing
    return draft.asked


async def _with_materials(request: AnyRequest, edited: Edited, body: Body) -> tuple[Edited, tuple[Problem, ...]]:
    """The answers with the files posted for the materials asked for."""
    data, problems = edited.decoded.data, list(edited.upload_problems)
    draft = edited.draft.draft
    for material in _asked(draft).materials:
        pointer = f"/materials/{material}"
        files: list[Any] = list(files_of(data, material))
        target, _, place = edited.decoded.intent.target.rpartition("/")
        if edited.decoded.intent.kind == "remove_file" and target == pointer:
            files = without_file(files, place)
        uploads = [upload for upload in body.files if upload.name == pointer]
        stored, faults = await store_uploads(request, draft.id, uploads, pointer, len(files))
        data = with_files(data, material, [*files, *stored])
        problems += faults
    return msgspec.structs.replace(edited, decoded=msgspec.structs.replace(edited.decoded, data=data)), tuple(problems)


def _missing(view: OpenDraft) -> tuple[Problem, ...]:
    materials = view.draft.release.service.materials.materials
    return tuple(
        Problem(
            pointer=f"/materials/{name}",
            code="material-missing",
            params={"label": materials[name].title, "reason": materials[name].reason},
        )
        for name in _asked(view.draft).materials
        if name in materials and not files_of(view.draft.data, name)
    )


def _show(
    request: AnyRequest,
    view: OpenDraft,
    stored: applying.Draft,
    problems: tuple[Problem, ...] = (),
    *,
    note: str = "",
    status: int = 200,
) -> Response[bytes]:
    asked, page = _asked(stored), view.form.pages[0]
    cards = cards_of(view, problems, asked.materials)
    hidden = hidden_inputs(site_of(request).csrf, view.form, page, stored.data, errors=bool(problems))
    request_of_page = PageRequest(
        action=asked.case_id, extra=hidden, before_buttons=_material_inputs(cards), uploads=True, next_label=SUPPLEMENT_LABEL
    )
    context = SupplementPage(
        number=stored.application_number,
        item_title=asked.item_title,
        asked_note=asked.note,
        until=asked.until,
        form=Renderer(view.form).page(page, view.settled, problems, request_of_page),
        note=note,
        problems=tuple(
            (f"material-{problem.pointer.rpartition('/')[2]}", problem_text(problem))
            for problem in problems
            if problem.pointer.startswith("/materials/")
        ),
    )
    return render_page(request, "applicant/supplement.html", context, status=status)


def _material_inputs(cards: tuple[MaterialCard, ...]) -> bytes:
    template = environment().get_template("applicant/material_inputs.html")
    return template.render(cards=cards).encode()


ROUTES = (supplement, answer)

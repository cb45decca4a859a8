"""The pages of the application form: shown, refreshed, saved; the first one starts a draft."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import msgspec
from litestar import Response, get, post
from litestar.params import FromPath
from litestar.response import Redirect

from server.actions import applying
from server.definitions.workdays import day_of
from server.findings import Problem, Refused
from server.forms.body import Body
from server.forms.compile import Page
from server.forms.data import EMPTY
from server.forms.decode import Intent
from server.forms.render import PageRequest
from server.forms.validate import validate
from server.messages.pages import BACK_TO_CHECK, CONTINUE_LABEL, NOTES
from server.messages.problems import problem_text
from server.web.access import actor_of, office_of, visit_of
from server.web.applicant.drafts import (
    CHECK,
    Entry,
    OpenDraft,
    as_shown,
    closed_problems,
    entries,
    load,
    next_path,
    opened,
    page_of,
)
from server.web.applicant.editing import Edited, files_again, hidden_inputs, save, take
from server.web.blank import BlankPages
from server.web.failures import Missing, SignInFirst
from server.web.intake import remarks_of
from server.web.public import release_of
from server.web.requests import AnyRequest, posted, query, see_other
from server.web.templating import fragment, render_page, site_of


class SectionPage(msgspec.Struct, frozen=True, kw_only=True):
    """Context of `applicant/section.html`."""

    title: str
    hint: str
    service_title: str
    form: bytes
    entries: tuple[Entry, ...]
    current: str
    #: Place of the page among the entries, from 1.
    step: int
    #: Page to go back to.
    back: str
    note: str = ""
    moved: tuple[str, ...] = ()
    warnings: tuple[str, ...] = ()


@get("/services/{tree:str}/{name:str}/apply", opt={"access": "applicant"})
async def first_page(request: AnyRequest, tree: FromPath[str], name: FromPath[str]) -> Response[bytes]:
    """The first page of the form; nothing is stored before it is saved."""
    draft = await _unsaved(request, f"{tree}/{name}")

    def rendered() -> Response[bytes]:
        return _show(request, opened(request, draft), draft.release.form.pages[0], draft)

    # Nothing but the release, the day and what is taken in decides what the rules make of a form without answers.
    today = day_of(office_of(request).clock())
    pages: BlankPages = request.app.state.blank_pages
    return pages.show(request, (draft.release.id, today, remarks_of(draft.intake, release=draft.release)), rendered)


@post("/services/{tree:str}/{name:str}/apply", opt={"access": "applicant", "body": "upload", "represent": True})
async def start(request: AnyRequest, tree: FromPath[str], name: FromPath[str]) -> Response[Any]:
    """Starts a draft with the answers of the first page; whatever happens, what was typed is stored or shown again."""
    visit, body = visit_of(request), posted(request)
    if not visit.genuine and visit.signed_in is None:
        raise SignInFirst(rule="applicant", ended=True)
    draft = await _unsaved(request, f"{tree}/{name}")
    page = draft.release.form.pages[0]
    if query(request, "refresh") and visit.trusted:
        return await _refreshed(request, draft, page)
    edited = await take(request, draft, draft.release.form, page, body)
    intent = edited.decoded.intent
    if not visit.genuine:
        return _show(request, edited.draft, page, draft, edited.upload_problems, note=NOTES["page-stale"], status=403)
    if intent.kind == "refresh" and visit.signed_in is not None:
        return _show(request, edited.draft, page, draft)
    # The files are stored once there is a draft they can belong to.
    again = files_again(edited.draft.form, page, edited.decoded.data, body)
    waiting = {problem.pointer for problem in again}
    problems = (*edited.upload_problems, *(problem for problem in _problems(edited, page) if problem.pointer not in waiting))
    if problems and intent.kind == "next" and visit.signed_in is not None:
        return _show(request, edited.draft, page, draft, (*again, *problems), status=422)
    return await _started(request, edited, page, body)


async def _started(request: AnyRequest, edited: Edited, page: Page, body: Body) -> Response[Any]:
    """Stores the first answers, then the files that came with them, which need a draft to belong to."""
    signed_in, intent = visit_of(request).signed_in is not None, edited.decoded.intent
    visited = frozenset({page.id}) if intent.kind == "next" and signed_in else frozenset[str]()
    service_id = edited.draft.draft.service_id
    started = await applying.start_draft(
        office_of(request), actor=actor_of(request), service_id=service_id, data=edited.decoded.data, visited=visited
    )
    if isinstance(started, Refused):
        raise Missing
    if body.files:
        held = await take(request, started, started.release.form, page, Body(files=body.files))
        started = await save(request, held, page, visited=bool(visited))
        if held.upload_problems and signed_in:
            return _show(request, opened(request, started), page, started, held.upload_problems, status=422)
    if not signed_in:
        return see_other(f"/sign-in?kept=1&next=/apply/{started.id}/{page.id}")
    if visited:
        return see_other(next_path(opened(request, started), page.id))
    return see_other(f"/apply/{started.id}" + ("?saved=1" if intent.kind == "save" else f"/{page.id}"))


@get("/apply/{draft_id:str}/{page_id:str}", opt={"access": "applicant"})
async def section(request: AnyRequest, draft_id: FromPath[str], page_id: FromPath[str]) -> Response[bytes]:
    """One page of the form with what is stored; its problems only when asked for or once it was completed."""
    draft = await load(request, draft_id, telling=True)
    page = draft.release.form.page(page_id)
    if page is None and draft.moved:
        return see_other(f"/apply/{draft.id}")
    page = _page(draft, page_id)
    view = opened(request, draft)
    problems: tuple[Problem, ...] = ()
    if query(request, "errors"):
        here = (problem for problem in closed_problems(view) if page_of(view.form, problem.pointer) == page.id)
        problems = (*validate(view.form, view.settled, context=view.context, page=page.id).problems, *here)
    return _show(request, view, page, draft, problems, origin=query(request, "from"))


@post("/apply/{draft_id:str}/{page_id:str}", opt={"access": "applicant", "body": "upload", "represent": True})
async def save_section(request: AnyRequest, draft_id: FromPath[str], page_id: FromPath[str]) -> Response[Any]:
    """Takes the answers of one page; whatever happens, what was typed is stored or shown again."""
    visit, body = visit_of(request), posted(request)
    if not visit.genuine and visit.signed_in is None:
        raise SignInFirst(rule="applicant", ended=True)
    draft = await as_shown(request, await load(request, draft_id), body)
    page = _page(draft, page_id)
    if query(request, "refresh") and visit.trusted:
        return await _refreshed(request, draft, page)
    edited = await take(request, draft, draft.release.form, page, body)
    origin, intent = body.first("from"), edited.decoded.intent
    if not visit.genuine:
        again, note = edited.upload_problems, NOTES["page-stale"]
        return _show(request, edited.draft, page, draft, again, note=note, origin=origin, status=403)
    if visit.signed_in is None:
        await save(request, edited, page, visited=False)
        return see_other(f"/sign-in?kept=1&next=/apply/{draft.id}/{page.id}")
    if edited.conflict:
        again, note = edited.upload_problems, NOTES["page-conflict"]
        return _show(request, edited.draft, page, draft, again, note=note, origin=origin, status=409)
    problems = (*edited.upload_problems, *_problems(edited, page))
    saved = await save(request, edited, page, visited=intent.kind == "next")
    if problems and saved.release.id != draft.release.id:
        return see_other(f"/apply/{draft.id}/{page.id}?errors=1" if saved.release.form.page(page.id) else f"/apply/{draft.id}")
    if edited.upload_problems or (intent.kind == "next" and problems):
        shown = problems if intent.kind == "next" else edited.upload_problems
        return _show(request, opened(request, saved), page, saved, shown, origin=origin, status=422)
    return _onward(request, saved, page, intent, origin)


def _onward(request: AnyRequest, draft: applying.Draft, page: Page, intent: Intent, origin: str) -> Redirect:
    here = f"/apply/{draft.id}/{page.id}" + ("?from=check" if origin == CHECK else "")
    match intent.kind:
        case "next":
            return see_other(f"/apply/{draft.id}/{CHECK}" if origin == CHECK else next_path(opened(request, draft), page.id))
        case "save":
            return see_other(f"/apply/{draft.id}?saved=1")
        case "add":
            keys = draft.data.rows.get(intent.target, ())
            return see_other(f"{here}#{intent.target}" + (f"/@{keys[-1]}" if keys else ""))
        case "remove" | "move_up" | "move_down":
            return see_other(f"{here}#{intent.target if intent.kind != 'remove' else intent.target.rpartition('/@')[0]}")
    return see_other(f"{here}#{intent.target.rpartition('/')[0]}" if intent.target else here)


def _problems(edited: Edited, page: Page) -> tuple[Problem, ...]:
    faulty = {problem.pointer for problem in edited.upload_problems}
    found = validate(edited.draft.form, edited.draft.settled, context=edited.draft.context, page=page.id).problems
    closed = (problem for problem in closed_problems(edited.draft) if page_of(edited.draft.form, problem.pointer) == page.id)
    return tuple(problem for problem in (*found, *closed) if problem.pointer not in faulty)


async def _unsaved(request: AnyRequest, service_id: str) -> applying.Draft:
    release = await release_of(request, service_id)
    intake = await applying.intake_at(office_of(request), release=release, region=release.region)
    return applying.Draft(
        id="",
        service_id=service_id,
        release=release,
        data=EMPTY,
        visited=frozenset(),
        version=0,
        saved_at=None,
        asked=None,
        application_number="",
        intake=intake,
    )


def _page(draft: applying.Draft, page_id: str) -> Page:
    page = draft.release.form.page(page_id)
    if page is None:
        raise Missing
    return page


async def _refreshed(request: AnyRequest, draft: applying.Draft, page: Page) -> Response[bytes]:
    """The form as the rules make it of what is typed now; nothing is saved, so the mark of the page stays."""
    body = posted(request)
    edited = await take(request, draft, draft.release.form, page, Body(body.fields))
    origin, errors = body.first("from"), bool(body.first("errors"))
    hidden = hidden_inputs(
        site_of(request).csrf,
        edited.draft.form,
        page,
        draft.data,
        release_id=draft.release.id if draft.id else "",
        origin=origin,
        errors=errors,
        mark=body.first("mark"),
    )
    return fragment(_form(edited.draft, page, hidden, _problems(edited, page) if errors else (), origin=origin))


def _show(
    request: AnyRequest,
    view: OpenDraft,
    page: Page,
    stored: applying.Draft,
    problems: Sequence[Problem] = (),
    *,
    note: str = "",
    origin: str = "",
    status: int = 200,
) -> Response[bytes]:
    """The page with the answers of `view`; `stored` is what the draft holds, of which the page takes its mark."""
    release_id = stored.release.id if stored.id else ""
    hidden = hidden_inputs(
        site_of(request).csrf, view.form, page, stored.data, release_id=release_id, origin=origin, errors=bool(problems)
    )
    listed = entries(view) if view.draft.id else ()
    step = next((index for index, entry in enumerate(listed, 1) if entry.id == page.id), 1)
    bundle = view.draft.release.service.bundle
    seen = page.id in view.draft.visited
    warnings = validate(view.form, view.settled, context=view.context, page=page.id).warnings if seen else ()
    context = SectionPage(
        title=page.label,
        hint=page.hint,
        service_title=bundle.title,
        form=_form(view, page, hidden, problems, origin=origin),
        entries=listed,
        current=page.id,
        step=step,
        back=f"/apply/{view.draft.id}" if view.draft.id else f"/services/{view.draft.service_id}",
        note=note,
        moved=view.draft.moved,
        warnings=tuple(problem_text(warning) for warning in warnings),
    )
    return render_page(request, "applicant/section.html", context, status=status)


def _form(view: OpenDraft, page: Page, hidden: bytes, problems: Sequence[Problem], *, origin: str) -> bytes:
    label = BACK_TO_CHECK if origin == CHECK else CONTINUE_LABEL
    action = f"/apply/{view.draft.id}/{page.id}" if view.draft.id else "apply"
    return view.draft.release.renderer.page(
        page,
        view.settled,
        tuple(problems),
        PageRequest(
            action=action,
            extra=hidden,
            next_label=label,
            remarks=remarks_of(view.draft.intake, release=view.draft.release),
        ),
    )


ROUTES = (first_page, start, section, save_section)

"""The materials of a draft: what is asked and why, uploads one material at a time."""

from __future__ import annotations

from typing import Any

import msgspec
from litestar import Response, get, post
from litestar.params import FromPath

from server.actions import applying
from server.findings import Problem, Refused
from server.forms.body import Upload
from server.forms.data import FormData
from server.messages.pages import upload_text
from server.messages.problems import problem_text
from server.web.access import actor_of, office_of, visit_of
from server.web.applicant.drafts import (
    CHECK,
    MATERIALS,
    Entry,
    OpenDraft,
    entries,
    files_of,
    load,
    missing_materials,
    next_path,
    opened,
)
from server.web.applicant.editing import store_uploads, upload_problem, without_file
from server.web.failures import Missing
from server.web.public import code_title
from server.web.requests import AnyRequest, posted, query, see_other
from server.web.templating import render_page
from server.web.uploads import PICTURES

_TRIES = 5


class FileLine(msgspec.Struct, frozen=True, kw_only=True):
    """One uploaded file."""

    place: int
    id: str
    name: str
    size: int
    #: Whether a small picture of it can be shown.
    picture: bool


class MaterialCard(msgspec.Struct, frozen=True, kw_only=True):
    """One material asked for."""

    id: str
    title: str
    #: Why it is asked, or why it is not.
    reason: str
    waived: bool
    hint: str
    kind: str
    form: str
    #: Text that can be printed and signed; empty when there is none.
    template: str
    several: bool
    files: tuple[FileLine, ...]
    errors: tuple[str, ...] = ()


class MaterialsPage(msgspec.Struct, frozen=True, kw_only=True):
    """Context of `applicant/materials.html`."""

    draft_id: str
    service_id: str
    service_title: str
    cards: tuple[MaterialCard, ...]
    entries: tuple[Entry, ...]
    step: int
    chosen: bool
    #: What has become different for the applicant.
    moved: tuple[str, ...] = ()
    origin: str = ""
    #: Link target and words of each problem.
    problems: tuple[tuple[str, str], ...] = ()


@get("/apply/{draft_id:str}/materials", opt={"access": "applicant"})
async def materials(request: AnyRequest, draft_id: FromPath[str]) -> Response[bytes]:
    """The materials due for the chosen items."""
    view = opened(request, await load(request, draft_id, telling=True))
    problems = missing_materials(view) if query(request, "errors") else ()
    return _show(request, view, problems)


@post("/apply/{draft_id:str}/materials", opt={"access": "applicant"})
async def finish(request: AnyRequest, draft_id: FromPath[str]) -> Response[Any]:
    """Goes on; what is missing is shown once, and can still be brought later."""
    draft = await load(request, draft_id)
    saved = await applying.save_draft(
        office_of(request),
        actor=actor_of(request),
        draft_id=draft.id,
        version=draft.version,
        data=draft.data,
        visited=draft.visited | {MATERIALS},
    )
    view = opened(request, draft if isinstance(saved, Refused) else saved)
    missing = missing_materials(view)
    if missing and posted(request).first("intent") == "next":
        return _show(request, view, missing, status=422)
    if posted(request).first("intent") == "save":
        return see_other(f"/apply/{draft.id}?saved=1")
    return see_other(f"/apply/{draft.id}/{CHECK}" if posted(request).first("from") == CHECK else next_path(view, MATERIALS))


@post("/apply/{draft_id:str}/materials/{material_id:str}", opt={"access": "applicant", "body": "upload"})
async def upload(request: AnyRequest, draft_id: FromPath[str], material_id: FromPath[str]) -> Response[Any]:
    """Stores files of one material, or removes one."""
    draft, body = await load(request, draft_id), posted(request)
    if material_id not in draft.release.service.materials.materials:
        if draft.moved:
            return see_other(f"/apply/{draft_id}/{MATERIALS}")
        raise Missing
    intent, _, place = body.first("intent").partition(":")
    problems: tuple[Problem, ...] = ()
    if intent == "remove_file":
        draft = await _changed(request, draft, material_id, place, [])
    else:
        stored, problems = await uploaded(request, draft, material_id, body.files)
        draft = await _changed(request, draft, material_id, "", stored)
    if problems:
        return _show(request, opened(request, draft), problems, status=422)
    return see_other(
        f"/apply/{draft.id}/{MATERIALS}{'?from=check' if body.first('from') == CHECK else ''}#material-{material_id}"
    )


async def uploaded(
    request: AnyRequest, draft: applying.Draft, material_id: str, files: tuple[Upload, ...]
) -> tuple[list[dict[str, object]], tuple[Problem, ...]]:
    """The stored files of one material and what is wrong with the others."""
    pointer = f"/materials/{material_id}"
    if not files:
        return [], (upload_problem(pointer, upload_text("no-file")),)
    stored, problems = await store_uploads(request, draft.id, files, pointer, len(files_of(draft.data, material_id)))
    return stored, tuple(problems)


def cards_of(
    view: OpenDraft, problems: tuple[Problem, ...] = (), only: tuple[str, ...] | None = None
) -> tuple[MaterialCard, ...]:
    """The materials to show; `only` names those asked for in a supplement, due or not."""
    service = view.draft.release.service
    due = {material.id: material for material in view.materials}
    wanted = only if only is not None else tuple(material.id for material in view.materials if material.due or material.waived)
    cards = []
    for material_id in wanted:
        material = service.materials.materials.get(material_id)
        if material is None:
            continue
        state = due.get(material_id)
        waived = only is None and state is not None and state.waived
        cards.append(
            MaterialCard(
                id=material_id,
                title=material.title,
                reason=state.reason if state is not None else material.reason,
                waived=waived,
                hint=material.hint or "",
                kind=code_title(service, "material_kind", material.kind),
                form=code_title(service, "material_form", material.form),
                template=material.template or "",
                several=material.pages == "several",
                files=tuple(_line(place, file) for place, file in enumerate(files_of(view.draft.data, material_id))),
                errors=tuple(problem_text(p) for p in problems if p.pointer == f"/materials/{material_id}"),
            )
        )
    return tuple(cards)


def _line(place: int, file: dict[str, Any]) -> FileLine:
    return FileLine(
        place=place,
        id=str(file.get("id", "")),
        name=str(file.get("name", "")),
        size=int(file.get("size", 0)),
        picture=file.get("media_type") in PICTURES,
    )


def _show(request: AnyRequest, view: OpenDraft, problems: tuple[Problem, ...], *, status: int = 200) -> Response[bytes]:
    listed = entries(view)
    step = next((index for index, entry in enumerate(listed, 1) if entry.id == MATERIALS), 0)
    if not step:
        raise Missing
    body = visit_of(request).posted
    context = MaterialsPage(
        draft_id=view.draft.id,
        service_id=view.draft.service_id,
        service_title=view.draft.release.service.bundle.title,
        cards=cards_of(view, problems),
        moved=view.draft.moved,
        entries=listed,
        step=step,
        chosen=listed[-2].state != "blocked",
        origin=(body.first("from") if body is not None else query(request, "from")),
        problems=tuple((f"material-{problem.pointer.rpartition('/')[2]}", problem_text(problem)) for problem in problems),
    )
    return render_page(request, "applicant/materials.html", context, status=status)


async def _changed(
    request: AnyRequest, draft: applying.Draft, material_id: str, removed: str, added: list[dict[str, object]]
) -> applying.Draft:
    """The saved draft with files added to a material and one removed; repeated when another tab saved meanwhile."""
    for _ in range(_TRIES):
        files = [
            *(without_file(files_of(draft.data, material_id), removed) if removed else files_of(draft.data, material_id)),
            *added,
        ]
        saved = await applying.save_draft(
            office_of(request),
            actor=actor_of(request),
            draft_id=draft.id,
            version=draft.version,
            data=with_files(draft.data, material_id, files),
            visited=draft.visited,
        )
        if not isinstance(saved, Refused):
            return saved
        draft = await load(request, draft.id)
    raise Missing


def with_files(data: FormData, material_id: str, files: list[Any]) -> FormData:
    """The answers with other files for a material."""
    values = {pointer: value for pointer, value in data.values.items() if pointer != f"/materials/{material_id}"}
    if files:
        values[f"/materials/{material_id}"] = files
    return msgspec.structs.replace(data, values=values)


ROUTES = (materials, finish, upload)

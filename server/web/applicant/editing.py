"""One post to a page of a form: answers taken in, files stored, conflicts seen, the draft saved."""

from __future__ import annotations

import hashlib
import secrets
from collections.abc import Iterator, Sequence
from typing import TypeVar

import msgspec
from markupsafe import Markup

from server.actions import applying
from server.findings import Problem, Refused
from server.forms.body import Body, Upload
from server.forms.compile import CompiledForm, Page
from server.forms.data import FormData, group_pointer, row_pointers
from server.forms.decode import Decoded, decode
from server.forms.settle import settle
from server.messages.pages import upload_text
from server.web.access import actor_of, office_of, visit_of
from server.web.applicant.drafts import OpenDraft, opened
from server.web.failures import Missing
from server.web.requests import AnyRequest
from server.web.uploads import BadFile, clean_name, examine

MOST_FILES = 20
_TRIES = 5
T = TypeVar("T")

_LETTERS = "abcdefghijkmnpqrstuvwxyz23456789"


class Edited(msgspec.Struct, frozen=True, kw_only=True):
    """A draft after a post."""

    draft: OpenDraft
    decoded: Decoded
    #: Whether the page was changed elsewhere since it was shown; then nothing has been saved.
    conflict: bool
    #: What is wrong with uploaded files, and why a button did nothing.
    upload_problems: tuple[Problem, ...] = ()


def mark_of(form: CompiledForm, page: Page, data: FormData) -> str:
    """A short digest of a page's answers, to notice that they changed while somebody was typing."""
    names = {group_pointer(name) for name in page.fields if not form.fields[name].group}
    mine = {
        "values": {pointer: value for pointer, value in data.values.items() if _is_on(pointer, names)},
        "raw": {pointer: text for pointer, text in data.raw.items() if _is_on(pointer, names)},
        "rows": {pointer: keys for pointer, keys in data.rows.items() if _is_on(pointer, names)},
    }
    return hashlib.sha256(msgspec.json.encode(mine, order="deterministic")).hexdigest()[:20]


def hidden_inputs(
    token: Markup,
    form: CompiledForm,
    page: Page,
    stored: FormData,
    *,
    release_id: str = "",
    origin: str = "",
    errors: bool = False,
    mark: str = "",
) -> bytes:
    """What a form page carries besides its fields: token, mark of the stored answers unless given, release, way back."""
    parts = [token, Markup('<input type="hidden" name="mark" value="{}">').format(mark or mark_of(form, page, stored))]
    if release_id:
        parts.append(Markup('<input type="hidden" name="release" value="{}">').format(release_id))
    if origin:
        parts.append(Markup('<input type="hidden" name="from" value="{}">').format(origin))
    if errors:
        parts.append(Markup('<input type="hidden" name="errors" value="1">'))
    return "".join(parts).encode()


def new_keys() -> Iterator[str]:
    """Keys for new rows."""
    while True:
        yield "".join(secrets.choice(_LETTERS) for _ in range(6))


async def take(request: AnyRequest, draft: applying.Draft, form: CompiledForm, page: Page, body: Body) -> Edited:
    """The draft with the posted answers, not saved yet; files are stored already, unless the page has to be posted again."""
    visit = visit_of(request)
    before = settle(form, draft.data, applying.context(office_of(request), release=draft.release, data=draft.data))
    decoded = decode(form, draft.data, body.fields, page=page.id, new_keys=new_keys(), suggested=before.suggested)
    data = _without_removed(form, page, decoded)
    shown, stored = body.first("mark"), mark_of(form, page, draft.data)
    conflict = shown not in (stored, "") and (bool(body.files) or mark_of(form, page, data) != stored)
    if not visit.genuine or (conflict and visit.signed_in is not None):
        problems = files_again(form, page, data, body)
    elif draft.id:
        data, problems = await _with_files(request, draft.id, form, page, data, body)
    else:
        problems = ()
    return Edited(
        draft=opened(request, draft, data, form),
        decoded=msgspec.structs.replace(decoded, data=data),
        conflict=conflict,
        upload_problems=(*decoded.problems, *problems),
    )


async def save(request: AnyRequest, edited: Edited, page: Page, *, visited: bool) -> applying.Draft:
    """The saved draft; what another tab saved on other pages meanwhile is kept, and so is what another release made of it."""
    draft, data = edited.draft.draft, edited.decoded.data
    form, release_id = edited.draft.form, draft.release.id
    marks = draft.visited | {page.id} if visited else draft.visited
    for _ in range(_TRIES):
        saved = await applying.save_draft(
            office_of(request),
            actor=actor_of(request),
            draft_id=draft.id,
            version=draft.version,
            data=data,
            visited=marks,
            release_id=release_id,
        )
        if not isinstance(saved, Refused):
            return saved
        if saved.reason != "stale":
            break
        fresh = await applying.load_draft(office_of(request), actor=actor_of(request), draft_id=draft.id)
        if isinstance(fresh, Refused):
            break
        if fresh.release.id != release_id:
            return await _save_earlier(request, edited, page, marks)
        data = _transplanted(form, page, data, fresh.data)
        draft, marks = fresh, fresh.visited | marks
    raise Missing


async def _save_earlier(request: AnyRequest, edited: Edited, page: Page, marks: frozenset[str]) -> applying.Draft:
    """The draft saved with a page that was shown before the draft moved to another release."""
    draft, mine = edited.draft.draft, edited.decoded.data
    saved = await applying.save_earlier(
        office_of(request),
        actor=actor_of(request),
        draft_id=draft.id,
        release_id=draft.release.id,
        merged=lambda theirs: _transplanted(edited.draft.form, page, mine, theirs),
        visited=marks,
    )
    if isinstance(saved, Refused):
        raise Missing
    return saved


async def store_uploads(
    request: AnyRequest, draft_id: str, uploads: Sequence[Upload], pointer: str, held: int, *, photo: bool = False
) -> tuple[list[dict[str, object]], list[Problem]]:
    """The stored files and the problems of the others; `held` files are there already."""
    stored: list[dict[str, object]] = []
    problems: list[Problem] = []
    for upload in uploads:
        if held + len(stored) >= MOST_FILES and not photo:
            problems.append(upload_problem(pointer, upload_text("too-many-files", limit=MOST_FILES)))
            break
        good = examine(upload, photo=photo)
        if isinstance(good, BadFile):
            problems.append(upload_problem(pointer, good.message))
            continue
        file = await applying.store_file(
            office_of(request),
            actor=actor_of(request),
            draft_id=draft_id,
            name=good.name,
            media_type=good.media_type,
            content=good.content,
        )
        if isinstance(file, Refused):
            problems.append(upload_problem(pointer, upload_text("too-many-files", limit=MOST_FILES)))
            break
        stored.append({"id": file.id, "name": file.name, "media_type": file.media_type, "size": file.size, "sha256": file.sha256})
    return stored, problems


def upload_problem(pointer: str, message: str) -> Problem:
    """A problem that brings its own words."""
    return Problem(pointer=pointer, code="assertion:upload", params={"message": message})


def files_again(form: CompiledForm, page: Page, data: FormData, body: Body) -> tuple[Problem, ...]:
    """A problem for every posted file that was not stored and has to be chosen again."""
    pointers = {pointer for _, pointer in _file_places(form, page, data)}
    return tuple(file_again(upload) for upload in body.files if upload.name in pointers)


def file_again(upload: Upload) -> Problem:
    """The problem of a file that has to be chosen again."""
    return upload_problem(upload.name, upload_text("file-again", name=clean_name(upload.filename)))


def _file_places(form: CompiledForm, page: Page, data: FormData) -> Iterator[tuple[str, str]]:
    """Kind and draft pointer of everything on a page that takes files."""
    for name in page.fields:
        field = form.fields[name]
        if field.kind in ("photo", "attachment"):
            rows = row_pointers(data, group_pointer(field.group)) if field.group else ("",)
            yield from ((field.kind, row + field.rest) for row in rows)


def _held(data: FormData, pointer: str) -> list[object]:
    held = data.values.get(pointer)
    return list(held) if isinstance(held, list) else [held] if isinstance(held, dict) else []


def _holding(data: FormData, kind: str, pointer: str, files: Sequence[object]) -> FormData:
    values = {other: value for other, value in data.values.items() if other != pointer}
    if files:
        values[pointer] = files[-1] if kind == "photo" else list(files)
    return msgspec.structs.replace(data, values=values)


def _without_removed(form: CompiledForm, page: Page, decoded: Decoded) -> FormData:
    """The answers without the file whose button was pressed."""
    target, _, place = decoded.intent.target.rpartition("/")
    for kind, pointer in _file_places(form, page, decoded.data):
        if decoded.intent.kind == "remove_file" and pointer == target:
            return _holding(decoded.data, kind, pointer, without_file(_held(decoded.data, pointer), place))
    return decoded.data


async def _with_files(
    request: AnyRequest, draft_id: str, form: CompiledForm, page: Page, data: FormData, body: Body
) -> tuple[FormData, tuple[Problem, ...]]:
    problems: list[Problem] = []
    for kind, pointer in tuple(_file_places(form, page, data)):
        mine = [upload for upload in body.files if upload.name == pointer]
        if mine:
            held = _held(data, pointer)
            stored, faults = await store_uploads(request, draft_id, mine, pointer, len(held), photo=kind == "photo")
            data = _holding(data, kind, pointer, [*held, *stored])
            problems += faults
    return data, tuple(problems)


def without_file(files: Sequence[object], place: str) -> list[object]:
    """The files without the one at a posted place."""
    return [file for index, file in enumerate(files) if str(index) != place]


def _transplanted(form: CompiledForm, page: Page, mine: FormData, theirs: FormData) -> FormData:
    """Their answers with those of one page replaced by mine."""
    names = {group_pointer(name) for name in page.fields if not form.fields[name].group}

    def joined(own: dict[str, T], other: dict[str, T]) -> dict[str, T]:
        return {**{p: v for p, v in other.items() if not _is_on(p, names)}, **{p: v for p, v in own.items() if _is_on(p, names)}}

    touched = {p for p in theirs.touched if not _is_on(p, names)} | {p for p in mine.touched if _is_on(p, names)}
    return FormData(
        values=joined(mine.values, theirs.values),
        rows=joined(mine.rows, theirs.rows),
        raw=joined(mine.raw, theirs.raw),
        touched=frozenset(touched),
    )


def _is_on(pointer: str, names: set[str]) -> bool:
    parts = pointer.split("/")
    return any("/".join(parts[:length]) in names for length in range(2, len(parts) + 1))

"""An open draft: its answers settled and checked, and what is left to do, page by page."""

from __future__ import annotations

import msgspec

from server.actions import applying
from server.findings import Problem, Refused
from server.forms.body import Body
from server.forms.compile import CompiledForm, Page
from server.forms.data import FormData, group_pointer
from server.forms.settle import Context, Settled, field_id_of, settle
from server.forms.validate import Checked, validate
from server.messages.pages import CHECK_TITLE, MATERIALS_TITLE, STATES
from server.releases import DueMaterial, due_materials
from server.web.access import actor_of, office_of
from server.web.failures import Elsewhere, Missing
from server.web.intake import closed_text
from server.web.requests import AnyRequest

MATERIALS, CHECK = "materials", "check"


class OpenDraft(msgspec.Struct, frozen=True, kw_only=True):
    """A draft with everything the rules say about it now."""

    draft: applying.Draft
    #: The form of the draft's release, or the part of it a supplement asks for.
    form: CompiledForm
    context: Context
    settled: Settled
    checked: Checked
    materials: tuple[DueMaterial, ...]


class Entry(msgspec.Struct, frozen=True, kw_only=True):
    """One entry of the task list."""

    id: str
    title: str
    path: str
    #: Key of `STATES`.
    state: str

    @property
    def words(self) -> str:
        """The state in words."""
        return STATES[self.state][0]

    @property
    def tone(self) -> str:
        """The tone of the state's tag."""
        return STATES[self.state][1]


async def load(request: AnyRequest, draft_id: str, *, telling: bool = False) -> applying.Draft:
    """The applicant's draft; one that has been submitted leads to its application.

    A page that is `telling` shows what has become different, which is then told.
    """
    draft = await applying.load_draft(office_of(request), actor=actor_of(request), draft_id=draft_id)
    if isinstance(draft, Refused):
        raise Missing
    if draft.asked is not None:
        raise Elsewhere(f"/applications/{draft.application_number}/supplement/{draft.asked.case_id}")
    if draft.application_number:
        raise Elsewhere(f"/applications/{draft.application_number}")
    if telling:
        return await applying.tell_moved(office_of(request), actor=actor_of(request), draft=draft)
    return draft


async def as_shown(request: AnyRequest, draft: applying.Draft, body: Body) -> applying.Draft:
    """The draft under the release that a posted page was shown under."""
    shown = body.first("release")
    if shown in ("", draft.release.id):
        return draft
    return await applying.earlier_draft(office_of(request), actor=actor_of(request), draft=draft, release_id=shown)


def opened(
    request: AnyRequest, draft: applying.Draft, data: FormData | None = None, form: CompiledForm | None = None
) -> OpenDraft:
    """The draft settled and checked, with other answers or a part of its form when given."""
    if data is not None:
        draft = msgspec.structs.replace(draft, data=data)
    release = draft.release
    form = form if form is not None else release.form
    context = applying.context(office_of(request), release=release, data=draft.data)
    settled = settle(form, draft.data, context)
    items = chosen_items(release.service.bundle.items_field, draft.data)
    return OpenDraft(
        draft=draft,
        form=form,
        context=context,
        settled=settled,
        checked=validate(form, settled, context=context),
        materials=due_materials(release, settled, items),
    )


def chosen_items(items_field: str, data: FormData) -> tuple[str, ...]:
    """Ids of the items chosen so far."""
    value = data.values.get(group_pointer(items_field))
    return tuple(str(item) for item in value) if isinstance(value, list) else ()


def entries(draft: OpenDraft) -> tuple[Entry, ...]:
    """The task list: relevant pages, materials where the service asks for any, checking."""
    base = f"/apply/{draft.draft.id}"
    problems = (*draft.checked.problems, *closed_problems(draft))
    faulty = {page_of(draft.form, problem.pointer) for problem in problems}
    begun = {
        page_of(draft.form, pointer) for pointer in (*draft.draft.data.values, *draft.draft.data.raw, *draft.draft.data.touched)
    }
    begun |= {page_of(draft.form, pointer) for pointer, rows in draft.draft.data.rows.items() if rows}
    found = []
    for page in relevant_pages(draft):
        visited = page.id in draft.draft.visited
        state = ("faulty" if page.id in faulty else "done") if visited else "begun" if page.id in begun else "empty"
        found.append(Entry(id=page.id, title=page.label, path=f"{base}/{page.id}", state=state))
    if draft.draft.release.materials:
        found.append(Entry(id=MATERIALS, title=MATERIALS_TITLE, path=f"{base}/{MATERIALS}", state=_materials_state(draft)))
    ready = all(entry.state == "done" for entry in found)
    found.append(Entry(id=CHECK, title=CHECK_TITLE, path=f"{base}/{CHECK}", state="empty" if ready else "blocked"))
    return tuple(found)


def relevant_pages(draft: OpenDraft) -> tuple[Page, ...]:
    """The pages on which something is asked now."""
    form, hidden = draft.form, draft.settled.hidden
    return tuple(
        page
        for page in form.pages
        if any(group_pointer(name) not in hidden for name in page.fields if not form.fields[name].group)
    )


def next_path(draft: OpenDraft, page_id: str) -> str:
    """Where the applicant goes after a page."""
    listed = entries(draft)
    place = next((index for index, entry in enumerate(listed) if entry.id == page_id), -1)
    return listed[place + 1].path if 0 <= place < len(listed) - 1 else f"/apply/{draft.draft.id}"


def page_of(form: CompiledForm, pointer: str) -> str:
    """The id of the page that asks for a pointer; empty for materials and the unknown."""
    field_id = field_id_of(pointer)
    while field_id:
        if field_id in form.fields:
            return form.fields[field_id].page
        field_id = field_id.removesuffix("[]") if field_id.endswith("[]") else field_id.rpartition(".")[0]
    return ""


def files_of(data: FormData, material: str) -> tuple[dict[str, object], ...]:
    """The files uploaded for a material."""
    value = data.values.get(f"/materials/{material}")
    return tuple(value) if isinstance(value, list) else ()


def closed_problems(draft: OpenDraft) -> tuple[Problem, ...]:
    """A problem for every chosen item that is not taken in."""
    release, closed = draft.draft.release, draft.draft.intake.closed
    field = release.service.bundle.items_field
    known = release.service.items.items
    return tuple(
        Problem(
            pointer=group_pointer(field),
            code="item-closed",
            params={"label": known[item].title, "reason": closed_text(closed[item], release=release)},
        )
        for item in chosen_items(field, draft.draft.data)
        if item in closed
    )


def missing_materials(draft: OpenDraft) -> tuple[Problem, ...]:
    """A problem for every due material without a file."""
    return tuple(
        Problem(
            pointer=f"/materials/{material.id}",
            code="material-missing",
            params={"label": material.title, "reason": material.reason},
        )
        for material in draft.materials
        if material.due and not material.waived and not files_of(draft.draft.data, material.id)
    )


def _materials_state(draft: OpenDraft) -> str:
    wanted = [material for material in draft.materials if material.due and not material.waived]
    given = [material for material in wanted if files_of(draft.draft.data, material.id)]
    if not chosen_items(draft.draft.release.service.bundle.items_field, draft.draft.data):
        return "blocked"
    if len(given) == len(wanted):
        return "done"
    return "faulty" if MATERIALS in draft.draft.visited else "begun" if given else "empty"

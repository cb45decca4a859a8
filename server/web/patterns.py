"""The pattern page: every macro and every field kind in all its states, from a published form; demonstrations only."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import msgspec
from litestar import Response, get

from server.actions import applying
from server.findings import Problem
from server.forms.compile import CompiledForm
from server.forms.data import FormData, group_pointer
from server.forms.kinds import KINDS
from server.forms.render import PageRequest, Renderer
from server.forms.settle import Settled, settle
from server.messages.pages import STATES
from server.web.access import office_of
from server.web.applicant.drafts import Entry
from server.web.applicant.materials import FileLine
from server.web.applicant.supplement import part_of
from server.web.failures import Missing
from server.web.requests import AnyRequest
from server.web.templating import render_page

_ROW = "row1"


class PatternsPage(msgspec.Struct, frozen=True, kw_only=True):
    """Context of `public/patterns.html`."""

    states: dict[str, tuple[str, str]]
    entries: tuple[Entry, ...]
    files: tuple[FileLine, ...]
    now: datetime
    #: One field of each kind: unanswered, answered, with problems.
    forms: tuple[bytes, ...]


@get("/patterns", opt={"access": "public"})
async def patterns(request: AnyRequest) -> Response[bytes]:
    """Every macro and field kind in all states."""
    office = office_of(request)
    releases = await applying.services(office)
    if not office.settings.demo or not releases:
        raise Missing
    form = part_of(releases[0].form, _one_of_each(releases[0].form))
    open_form = msgspec.structs.replace(form, logic={}, surroundings=msgspec.structs.replace(form.surroundings, scopes={}))
    context = applying.context(office, release=releases[0], data=FormData())
    filled = _filled(open_form)
    empty, full = settle(open_form, FormData(rows=filled.rows), context), settle(open_form, filled, context)
    page = PatternsPage(
        states=STATES,
        entries=tuple(Entry(id=state, title=state, path="#", state=state) for state in STATES),
        files=(FileLine(place=0, id="", name="example.pdf", size=123456, picture=False),),
        now=office.clock(),
        forms=tuple(_render(open_form, *state) for state in ((empty, ()), (full, ()), (full, _problems(open_form, full)))),
    )
    return render_page(request, "public/patterns.html", page)


def _one_of_each(form: CompiledForm) -> tuple[str, ...]:
    chosen: dict[str, str] = {}
    for name, field in form.fields.items():
        chosen.setdefault("computed" if field.computed else f"{field.kind} in rows" if field.group else field.kind, name)
    return tuple(name for name in chosen.values() if not form.fields[name].group)


def _filled(form: CompiledForm) -> FormData:
    names = form.pages[0].fields
    rows: dict[str, tuple[str, ...]] = {group_pointer(name): (_ROW,) for name in names if form.fields[name].kind == "rows"}
    values: dict[str, Any] = {}
    for name in names:
        field = form.fields[name]
        if field.kind != "rows" and not field.computed:
            prefix = f"{group_pointer(field.group)}/@{_ROW}" if field.group else ""
            values[prefix + field.rest] = KINDS[field.kind].example(field)
    return FormData(values=values, rows=rows)


def _problems(form: CompiledForm, settled: Settled) -> tuple[Problem, ...]:
    return tuple(
        Problem(pointer=pointer, code="schema-not", params={"label": form.fields[name].label})
        for name in form.pages[0].fields
        for pointer in (group_pointer(name),)
        if not form.fields[name].group
    )


def _render(form: CompiledForm, settled: Settled, problems: tuple[Problem, ...]) -> bytes:
    return Renderer(form).page(form.pages[0], settled, problems, PageRequest(action="patterns"))

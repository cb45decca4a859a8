"""The real pages of documents that are not published yet: compiled and rendered as applicants will see them."""

from __future__ import annotations

import asyncio
import re
from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from functools import lru_cache
from itertools import count

import msgspec

from admin_ui.form_keys import FormKey
from server.checks.subject import Subject, compile_subject
from server.definitions.field_places import Located
from server.definitions.parameters import parameter_values
from server.definitions.service import Service
from server.definitions.workdays import Workdays
from server.documents.pointer import format_pointer, parse_pointer, remove
from server.findings import Finding, Problem
from server.forms.compile import CompiledForm, Page
from server.forms.data import EMPTY, FormData, from_instance, group_pointer, row_pointers
from server.forms.decode import ROWS, decode
from server.forms.render import PageRequest, Renderer
from server.forms.settle import Context, Settled, settle
from server.forms.validate import validate
from server.messages.admin import PREVIEW_NEXT
from server.releases import Release
from server.types import JsonValue

_ROW_KEY = re.compile(r"[a-z0-9]{1,12}")
_MOST_ROWS = 100
#: Forms kept compiled: an administrator looks at the same one again and again.
_KEPT = 8


class Built(msgspec.Struct, frozen=True, kw_only=True):
    """One form of documents, compiled as far as they let themselves be."""

    key: FormKey
    region: str
    #: None when the service cannot be read.
    service: Service | None
    #: None when the form does not compile; `findings` say why.
    form: CompiledForm | None
    renderer: Renderer | None
    #: What is wrong with the form's own documents.
    findings: tuple[Finding, ...] = ()
    #: Whether rules that do not compile were left out to show the rest.
    partial: bool = False


def form_of_release(release: Release, key: FormKey) -> Built:
    """A form of documents in which no check found an error."""
    form = release.task_forms.get(key.task) if key.task else release.form
    renderer = release.task_renderers.get(key.task) if key.task else release.renderer
    return Built(key=key, region=release.region, service=release.service, form=form, renderer=renderer)


async def build(documents: Mapping[str, JsonValue], key: FormKey, *, region: str) -> Built:
    """The compiled form of the documents, made beside the event loop."""
    encoded = await asyncio.to_thread(msgspec.json.encode, documents)
    return await asyncio.to_thread(_built, encoded, key, region)


def context_of(built: Built, *, today: date) -> Context | None:
    """What the rules of a previewed form may know; nothing when the service, its calendar or its parameters make no sense."""
    service, region = built.service, built.region
    if service is None or built.form is None:
        return None
    try:
        parameters = parameter_values(service.parameters, built.form.surroundings.regions, region=region, day=today)
        return Context(today=today, calendar=Workdays(service.calendar), parameters=parameters)
    except ValueError:
        # Days that are none; the checks name them.
        return None


def example_ids(service: Service | None, key: FormKey) -> tuple[tuple[str, str], ...]:
    """Id and title of the filled applications a preview can show; task forms have none."""
    if service is None or key.task:
        return ()
    return tuple((name, example.title) for name, example in sorted(service.examples.items()))


def example_data(built: Built, example_id: str) -> FormData:
    """The answers of a filled application; none for an unknown one."""
    service, form = built.service, built.form
    example = service.examples.get(example_id) if service is not None and not built.key.task else None
    if example is None or form is None:
        return EMPTY
    return from_instance(example.answers, ((field.group, field.path) for field in form.fields.values()), _keys())


def with_row(data: FormData, group: str) -> FormData:
    """The answers with at least one row in a repeating group, so that its fields can be seen."""
    pointer = group_pointer(group)
    if not group or data.rows.get(pointer):
        return data
    return msgspec.structs.replace(data, rows={**data.rows, pointer: (next(_keys()),)})


def is_hidden(settled: Settled, field: Located) -> bool:
    """Whether the answers keep the field from being shown anywhere."""
    if not field.group:
        return group_pointer(field.field_id) in settled.hidden
    group = group_pointer(field.group)
    rest = group_pointer(field.field_id.removeprefix(f"{field.group}[]."))
    return group in settled.hidden or all(row + rest in settled.hidden for row in row_pointers(settled.data, group))


class Preview(msgspec.Struct, frozen=True, kw_only=True):
    """One page as it will be."""

    html: bytes
    page: Page
    settled: Settled
    problems: tuple[Problem, ...] = ()


def preview_page(
    built: Built,
    page_id: str,
    *,
    data: FormData,
    today: date,
    action: str,
    extra: bytes,
    check: bool = False,
) -> Preview | None:
    """The page with these answers; with `check` also what an applicant would be told to correct."""
    form, renderer, context = built.form, built.renderer, context_of(built, today=today)
    page = form.page(page_id) if form is not None else None
    if form is None or renderer is None or context is None or page is None:
        return None
    settled = settle(form, data, context)
    problems = validate(form, settled, context=context, page=page.id).problems if check else ()
    request = PageRequest(action=action, extra=extra, next_label=PREVIEW_NEXT, save_label="")
    return Preview(html=renderer.page(page, settled, problems, request), page=page, settled=settled, problems=problems)


def posted_data(built: Built, page_id: str, fields: Sequence[tuple[str, str]], *, data: FormData, today: date) -> FormData:
    """The answers typed into a preview, on top of `data`; files are not taken."""
    form, context = built.form, context_of(built, today=today)
    if form is None or context is None:
        return data
    before = settle(form, data, context)
    held = msgspec.structs.replace(data, rows=_rows(form, data, fields))
    return decode(form, held, fields, page=page_id, new_keys=_keys("n"), suggested=before.suggested).data


@lru_cache(maxsize=_KEPT)
def _built(encoded: bytes, key: FormKey, region: str) -> Built:
    documents = msgspec.json.decode(encoded)
    subject = compile_subject(documents, key.service_id, region)
    form = whole = _form(subject, key)
    if form is None:
        form = _form(compile_subject(_without_faulty_rules(documents, subject, key), key.service_id, region), key)
    return Built(
        key=key,
        region=region,
        service=subject.service,
        form=form,
        renderer=Renderer(form) if form is not None else None,
        findings=tuple(finding for finding in subject.findings if finding.path in key.paths),
        partial=form is not whole,
    )


def _form(subject: Subject, key: FormKey) -> CompiledForm | None:
    return subject.task_forms.get(key.task) if key.task else subject.form


def _without_faulty_rules(documents: dict[str, JsonValue], subject: Subject, key: FormKey) -> dict[str, JsonValue]:
    """The documents without the rules and assertions of the form that do not compile."""
    logic = key.paths[2]
    value = documents.get(logic)
    for finding in subject.findings:
        if finding.path == logic and finding.pointer.startswith(("/fields/", "/assertions/")):
            value = remove(value, format_pointer(parse_pointer(finding.pointer)[: 3 if "/fields/" in finding.pointer else 2]))
    return {**documents, logic: value}


def _rows(form: CompiledForm, data: FormData, fields: Sequence[tuple[str, str]]) -> dict[str, tuple[str, ...]]:
    """The rows a preview holds: it keeps nothing between two posts, so the page carries them."""
    rows = dict(data.rows)
    for name in form.groups:
        pointer = group_pointer(name)
        keys = [value for key, value in fields if key == pointer + ROWS and _ROW_KEY.fullmatch(value)]
        if keys:
            rows[pointer] = tuple(dict.fromkeys(keys))[:_MOST_ROWS]
    return rows


def _keys(prefix: str = "r") -> Iterator[str]:
    return (f"{prefix}{number}" for number in count(1))

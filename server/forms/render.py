"""Pages joined from their programs: static bytes of the release, values of the request."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from functools import lru_cache
from typing import Any

import msgspec
from markupsafe import escape

from server.definitions.regions import code_at
from server.findings import Problem
from server.forms.compile import CompiledForm, Page
from server.forms.data import group_pointer, row_pointers
from server.forms.kinds import KINDS
from server.forms.kinds.address import LEVELS
from server.forms.kinds.kind import FormField
from server.forms.program import PREFIX, BoxProgram, FieldProgram, GroupProgram, Hole, Part, Step, page_program
from server.forms.settle import Settled
from server.messages.forms import CHOOSE, FORM_TEXTS, LEVEL_CHOOSE
from server.messages.problems import problem_text

#: Stands for the request's own inputs (CSRF token, version …) in cached pages.
_EXTRA = b"\xee\x80\x84"
_BLANK_PAGES = 64


class PageRequest(msgspec.Struct, frozen=True, kw_only=True):
    """What one request adds to a page; `extra` is trusted HTML placed first inside the form."""

    action: str
    extra: bytes = b""
    #: Trusted HTML placed between the summary of problems and the fields, such as an official's outcomes.
    before_fields: bytes = b""
    #: Trusted HTML placed before the buttons, such as the materials of a supplement.
    before_buttons: bytes = b""
    #: Whether `before_fields` holds inputs on which the rules depend, so that a change refreshes the page.
    live: bool = False
    #: Whether `before_buttons` holds file inputs.
    uploads: bool = False
    next_label: str = FORM_TEXTS["next"]
    save_label: str = FORM_TEXTS["save"]


class Renderer:
    """Renders the pages of one compiled form; made once per release."""

    def __init__(self, form: CompiledForm) -> None:
        self.form = form
        self._programs: dict[str, tuple[Part, ...]] = {page.id: page_program(form, page) for page in form.pages}
        self._blank: dict[Any, bytes] = {}

    def page(self, page: Page, settled: Settled, problems: Sequence[Problem], request: PageRequest) -> bytes:
        """The `<form>` of one page; problems of other pages are left out."""
        pristine = not problems and not settled.data.values and not settled.data.raw and not settled.data.rows
        key = (
            (
                page.id,
                settled.hidden,
                settled.required,
                request.action,
                request.before_fields,
                request.before_buttons,
                request.live,
                request.next_label,
                request.save_label,
            )
            if pristine
            else None
        )
        cached = self._blank.get(key) if key is not None else None
        if cached is None:
            cached = self._join(page, settled, problems, request)
            if key is not None:
                if len(self._blank) >= _BLANK_PAGES:
                    self._blank.clear()
                self._blank[key] = cached
        return cached.replace(_EXTRA, request.extra, 1)

    def _join(self, page: Page, settled: Settled, problems: Sequence[Problem], request: PageRequest) -> bytes:
        run = _Run(self.form, settled, problems)
        out: list[bytes] = [_opening(self.form, page, request), _EXTRA]
        out.append(error_summary(self.form, settled, [p for p in problems if run.on_page(p, page)]))
        out.append(request.before_fields)
        for part in self._programs[page.id]:
            run.part(part, out)
        out.append(request.before_buttons)
        out.append(_closing(request))
        return b"".join(out)


class _Run:
    """The state of joining one page."""

    def __init__(self, form: CompiledForm, settled: Settled, problems: Sequence[Problem]) -> None:
        self.form = form
        self.settled = settled
        self.values = settled.data.values
        self.raw = settled.data.raw
        self.problems: dict[str, list[Problem]] = {}
        for problem in problems:
            self.problems.setdefault(self.field_pointer(problem.pointer), []).append(problem)

    def field_pointer(self, pointer: str) -> str:
        """The pointer of the field that a problem belongs to."""
        parts = pointer.split("/")
        for length in range(len(parts), 1, -1):
            prefix = "/".join(parts[:length])
            if _plain_id(prefix) in self.form.fields:
                return prefix
        return pointer

    def on_page(self, problem: Problem, page: Page) -> bool:
        field = self.form.fields.get(_plain_id(self.field_pointer(problem.pointer)))
        return field is not None and field.page == page.id

    def part(self, part: Part, out: list[bytes]) -> None:
        if isinstance(part, bytes):
            out.append(part)
        elif isinstance(part, FieldProgram):
            self.field(part, part.field.rest, out)
        elif isinstance(part, GroupProgram):
            self.group(part, out)
        else:
            self.box(part, out)

    def box(self, box: BoxProgram, out: list[bytes]) -> None:
        inner: list[bytes] = []
        for part in box.parts:
            self.part(part, inner)
        if inner:
            out += [box.opening, *inner, b"</section>"]

    def field(self, program: FieldProgram, pointer: str, out: list[bytes]) -> None:
        if pointer in self.settled.hidden:
            return
        steps = program.faulty if pointer in self.problems else program.clean
        field = program.field
        for step in steps:
            out.append(step if isinstance(step, bytes) else self.fill(step, field, pointer))

    def group(self, program: GroupProgram, out: list[bytes]) -> None:
        pointer = group_pointer(program.field.id)
        if pointer in self.settled.hidden:
            return
        rows = row_pointers(self.settled.data, pointer)
        self.steps(program.head, program.field, pointer, out)
        for number, row in enumerate(rows, 1):
            inner: list[bytes] = []
            self.row_steps(program.row_open, program.field, row, number, inner)
            for member in program.row:
                self.field(member, row + member.field.rest, inner)
            self.row_steps(program.row_close, program.field, row, number, inner)
            out.append(b"".join(inner).replace(PREFIX, row.encode()))
        self.steps(program.foot, program.field, pointer, out)

    def steps(self, steps: Iterable[Step], field: FormField, pointer: str, out: list[bytes]) -> None:
        for step in steps:
            out.append(step if isinstance(step, bytes) else self.fill(step, field, pointer))

    def row_steps(self, steps: Iterable[Step], field: FormField, row: str, number: int, out: list[bytes]) -> None:
        for step in steps:
            if isinstance(step, bytes):
                out.append(step)
            elif step.operation == "number":
                out.append(str(number).encode())
            elif step.operation == "key":
                out.append(row.rsplit("/@", 1)[1].encode())
            else:
                out.append(_escaped(self.values.get(f"{row}/{step.argument}", "")))

    def fill(self, hole: Hole, field: FormField, pointer: str) -> bytes:
        match hole.operation:
            case "value":
                return _escaped(self.text(field, pointer, hole.argument))
            case "select":
                return self.select(field, pointer, hole.argument)
            case "checked":
                return b" checked" if self.is_checked(field, pointer, hole.argument) else b""
            case "shown":
                value = self.values.get(pointer)
                return _escaped(FORM_TEXTS["unanswered"] if value is None else KINDS[field.kind].show(field, value))
            case "optional":
                return b"" if pointer in self.settled.required else FORM_TEXTS["optional"].encode()
            case "error":
                return b"".join(_error(pointer, problem) for problem in self.problems.get(pointer, ()))
            case "files":
                return _files(pointer, self.values.get(pointer))
            case "count":
                return str(len(self.settled.data.rows.get(pointer, ()))).encode()
        return b""

    def text(self, field: FormField, pointer: str, leaf: str) -> str:
        typed = self.raw.get(pointer + leaf)
        if typed is not None:
            return typed
        value = self.values.get(pointer)
        return "" if value is None else KINDS[field.kind].inputs(field, value).get(leaf, "")

    def is_checked(self, field: FormField, pointer: str, code: str) -> bool:
        value = self.values.get(pointer)
        if isinstance(value, list):
            return code in value
        return (
            value is not None and KINDS[field.kind].inputs(field, value).get("/period" if field.kind == "income" else "") == code
        )

    def select(self, field: FormField, pointer: str, leaf: str) -> bytes:
        chosen = self.text(field, pointer, leaf)
        if field.kind == "address":
            return self.region_options(field, pointer, leaf.removeprefix("/"), chosen)
        offered = self.settled.options.get(pointer)
        options = tuple((option.code, option.title) for option in field.offered if offered is None or option.code in offered)
        return _options(options, chosen, CHOOSE)

    def region_options(self, field: FormField, pointer: str, level: str, chosen: str) -> bytes:
        tree = field.regions
        if tree is None:
            return b""
        if level == LEVELS[0]:
            return _county_options(tree, chosen)
        upper = self.text(field, pointer, f"/{LEVELS[LEVELS.index(level) - 1]}")
        options = tuple((code, tree.name(code) or code) for code in tree.children(upper)) if upper else ()
        return _options(options, chosen, LEVEL_CHOOSE[level] if options else LEVEL_CHOOSE[f"no-{level}"])


def error_summary(form: CompiledForm, settled: Settled, problems: Sequence[Problem]) -> bytes:
    """The list of problems with links to their inputs; nothing when there are none."""
    if not problems:
        return b""
    run = _Run(form, settled, ())
    entries = []
    for problem in problems:
        pointer = run.field_pointer(problem.pointer)
        field = form.fields.get(_plain_id(pointer))
        target = input_id(field, pointer) if field is not None else pointer
        words = row_words(form, settled, pointer) + problem_text(problem)
        entries.append(f'<li><a href="#{escape(target)}">{escape(words)}</a></li>')
    title = escape(FORM_TEXTS["summary"].format(count=len(problems)))
    return (
        f'<div class="error-summary" role="alert" tabindex="-1" aria-labelledby="error-summary-title" data-error-summary>'
        f'<h2 id="error-summary-title">{title}</h2><ul>{"".join(entries)}</ul></div>'
    ).encode()


def row_words(form: CompiledForm, settled: Settled, pointer: str) -> str:
    """Which row of its group a pointer lies in, as words before a message; empty outside rows."""
    group, mark, rest = pointer.partition("/@")
    field = form.fields.get(_plain_id(group))
    keys = settled.data.rows.get(group, ())
    key = rest.partition("/")[0]
    if not mark or field is None or key not in keys:
        return ""
    return FORM_TEXTS["in-row"].format(row=field.options.row_title or field.label, number=keys.index(key) + 1)


def input_id(field: FormField, pointer: str) -> str:
    """The id of the first input of a field."""
    kind = KINDS[field.kind]
    if kind.leaves and "" not in kind.leaves:
        return pointer + kind.leaves[0]
    return pointer


def _opening(form: CompiledForm, page: Page, request: PageRequest) -> bytes:
    fields = [form.fields[name] for name in page.fields]
    uploads = request.uploads or any(field.kind in ("photo", "attachment") for field in fields)
    live = request.live or any(field.live for field in fields)
    encoding = ' enctype="multipart/form-data"' if uploads else ""
    action = escape(request.action)
    refresh = (
        f' hx-post="{action}?refresh=1" hx-trigger="live delay:150ms" hx-target="this"'
        ' hx-swap="morph:outerHTML" hx-sync="this:replace"'
        if live
        else ""
    )
    if live and uploads:
        refresh += ' hx-encoding="multipart/form-data"'
    return f'<form id="page-form" class="page-form" method="post" action="{action}" novalidate{encoding}{refresh}>'.encode()


def _closing(request: PageRequest) -> bytes:
    buttons = f'<button class="button" name="intent" value="next" type="submit">{escape(request.next_label)}</button>'
    if request.save_label:
        buttons += (
            f'<button class="button-secondary" name="intent" value="save" type="submit">{escape(request.save_label)}</button>'
        )
    return f'<div class="actions">{buttons}</div></form>'.encode()


def _error(pointer: str, problem: Problem) -> bytes:
    prefix = escape(FORM_TEXTS["error-prefix"])
    text = escape(problem_text(problem))
    return f'<p class="field-error" id="{escape(pointer)}-error"><span class="visually-hidden">{prefix}</span>{text}</p>'.encode()


def _files(pointer: str, value: Any) -> bytes:
    files = value if isinstance(value, list) else [value] if isinstance(value, dict) else []
    entries = []
    for index, file in enumerate(files):
        name = escape(str(file.get("name", "")))
        intent = f"remove_file:{escape(pointer)}/{index}"
        remove = f'<button class="button-link" name="intent" value="{intent}" type="submit">{FORM_TEXTS["remove"]}</button>'
        link = f'<a href="/files/{escape(str(file["id"]))}" target="_blank" rel="noopener">{name}</a>' if file.get("id") else name
        entries.append(f'<li class="file">{link} {remove}</li>')
    return f'<ul class="files">{"".join(entries)}</ul>'.encode() if entries else b""


def _escaped(value: Any) -> bytes:
    return str(escape(value)).encode("utf-8", "replace")


@lru_cache(maxsize=4096)
def _options(options: tuple[tuple[str, str], ...], chosen: str, empty: str) -> bytes:
    """The options of a drop-down; a chosen code that is not offered stays visible, so that nothing changes silently."""
    known = any(code == chosen for code, _ in options)
    entries = [f'<option value="">{escape(empty)}</option>']
    entries += [
        f'<option value="{escape(code)}"{" selected" if code == chosen else ""}>{escape(title)}</option>'
        for code, title in options
    ]
    if chosen and not known:
        entries.append(f'<option value="{escape(chosen)}" selected>{escape(chosen)}</option>')
    return "".join(entries).encode()


@lru_cache(maxsize=1024)
def _county_options(tree: Any, chosen: str) -> bytes:
    """Counties grouped by city, then the other provinces."""
    entries = [f'<option value="">{escape(CHOOSE)}</option>']
    elsewhere: list[tuple[str, str]] = []

    def option(code: str, title: str) -> str:
        return f'<option value="{code}"{" selected" if code == chosen else ""}>{escape(title)}</option>'

    for province in tree.children(""):
        cities = tree.children(province)
        if not cities:
            elsewhere.append((province, tree.name(province) or province))
        for city in cities:
            counties = "".join(option(code, tree.name(code) or code) for code in tree.children(city))
            entries.append(f'<optgroup label="{escape(tree.name(city) or city)}">{counties}</optgroup>')
    if elsewhere:
        others = "".join(option(code, title) for code, title in elsewhere)
        entries.append(f'<optgroup label="{escape(FORM_TEXTS["elsewhere"])}">{others}</optgroup>')
    if chosen and f'value="{chosen}"' not in "".join(entries):
        entries.append(option(chosen, tree.name(code_at(chosen, "county")) or chosen))
    return "".join(entries).encode()


def _plain_id(pointer: str) -> str:
    parts: list[str] = []
    for part in pointer.split("/")[1:]:
        if part.startswith("@") and parts:
            parts[-1] += "[]"
        else:
            parts.append(part)
    return ".".join(parts)


class SummaryRow(msgspec.Struct, frozen=True):
    """One answered field as plain text."""

    id: str
    pointer: str
    label: str
    text: str
    #: Files to show, for kinds that have them.
    files: tuple[Mapping[str, Any], ...] = ()


class SummaryGroup(msgspec.Struct, frozen=True):
    """The answers of one page or row."""

    title: str
    #: Page to change them on.
    page: str
    rows: tuple[SummaryRow, ...] = ()
    groups: tuple[SummaryGroup, ...] = ()


def summary(form: CompiledForm, settled: Settled, scope: frozenset[str] | None = None) -> tuple[SummaryGroup, ...]:
    """The relevant answers page by page, for checking, for officials and for print; `scope` limits the fields shown."""
    pages = []
    for page in form.pages:
        rows, groups = [], []
        for name in page.fields:
            field = form.fields[name]
            if field.group or (scope is not None and field.kind != "rows" and name not in scope):
                continue
            pointer = group_pointer(name)
            if pointer in settled.hidden:
                continue
            if field.kind == "rows":
                groups += _row_groups(form, settled, field, page.id, scope)
            else:
                rows += _summary_row(field, pointer, settled)
        if rows or groups:
            pages.append(SummaryGroup(page.label, page.id, tuple(rows), tuple(groups)))
    return tuple(pages)


def _row_groups(
    form: CompiledForm, settled: Settled, field: FormField, page: str, scope: frozenset[str] | None
) -> list[SummaryGroup]:
    groups = []
    members = [form.fields[name] for name in form.groups[field.id] if scope is None or name in scope]
    for number, row in enumerate(row_pointers(settled.data, group_pointer(field.id)), 1):
        rows = [
            entry
            for member in members
            if (row + member.rest) not in settled.hidden
            for entry in _summary_row(member, row + member.rest, settled)
        ]
        if rows:
            groups.append(SummaryGroup(f"{field.options.row_title or field.label} {number}", page, tuple(rows)))
    return groups


def _summary_row(field: FormField, pointer: str, settled: Settled) -> list[SummaryRow]:
    value = settled.data.values.get(pointer)
    if value is None:
        return [SummaryRow(field.id, pointer, field.label, FORM_TEXTS["unanswered"])] if pointer in settled.required else []
    files = tuple(value if isinstance(value, list) else [value]) if field.kind in ("photo", "attachment") else ()
    return [SummaryRow(field.id, pointer, field.label, KINDS[field.kind].show(field, value), files)]

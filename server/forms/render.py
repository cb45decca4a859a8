"""Pages joined from their programs: static bytes of the release, values of the request."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from typing import Any, NamedTuple

import msgspec
from markupsafe import escape

from server.findings import Problem
from server.forms.compile import CompiledForm, Page
from server.forms.data import group_pointer, row_pointers
from server.forms.holes import UNANSWERED, Options, county_options, escaped, field_options, files, lower_options, messages, plain
from server.forms.kinds import KINDS
from server.forms.kinds.address import LEVELS
from server.forms.kinds.kind import FormField
from server.forms.problem_places import entered_at, field_place, row_words
from server.forms.program import PREFIX, BoxProgram, FieldProgram, GroupProgram, Part, Step, page_program
from server.forms.settle import Settled
from server.messages.forms import FORM_TEXTS
from server.messages.problems import problem_text

#: Stands for the request's own inputs (CSRF token, version …) in cached pages; a mark like those of the programs.
_EXTRA = "\ufdd4".encode()
_BLANK_PAGES = 64


class Remark(msgspec.Struct, frozen=True, kw_only=True):
    """What stands beside one of the items to choose; a closed one cannot be chosen any more, only left."""

    code: str
    text: str
    closed: bool


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
    #: About the items of a field of that kind.
    remarks: tuple[Remark, ...] = ()
    next_label: str = FORM_TEXTS["next"]
    save_label: str = FORM_TEXTS["save"]


class Renderer:
    """Renders the pages of one compiled form; made once per release."""

    def __init__(self, form: CompiledForm) -> None:
        self.form = form
        self._programs = {page.id: _PageProgram.of(form, page) for page in form.pages}
        self._blank: dict[Any, bytes] = {}
        self._options: dict[str, Options] = {}

    def page(self, page: Page, settled: Settled, problems: Sequence[Problem], request: PageRequest) -> bytes:
        """The `<form>` of one page; problems of other pages are left out."""
        pristine = not problems and not settled.data.values and not settled.data.raw and not settled.data.rows
        key = (
            (
                page.id,
                settled.hidden,
                settled.required,
                tuple(settled.options.items()),
                request.action,
                request.before_fields,
                request.before_buttons,
                request.live,
                request.remarks,
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
        program = self._programs[page.id]
        shown = []
        for problem in problems:
            field, place = field_place(self.form, problem.pointer)
            if field is not None and field.page == page.id:
                shown.append(_Placed(problem, field, place, problem_text(problem)))
        run = _Run(settled, shown, self._options, request.remarks)
        out = [_opening(program, request), _EXTRA, _error_summary(self.form, settled, shown), request.before_fields]
        for part in program.parts:
            run.part(part, "", out)
        out += [request.before_buttons, _closing(program, request)]
        return b"".join(out)


class _PageProgram(NamedTuple):
    """The program of a page, and what its form element depends on."""

    parts: tuple[Part, ...]
    #: Whether files can be sent.
    uploads: bool
    #: Whether a change may show or hide something.
    live: bool

    @classmethod
    def of(cls, form: CompiledForm, page: Page) -> _PageProgram:
        fields = [form.fields[name] for name in page.fields]
        uploads = any(field.kind in ("photo", "attachment") for field in fields)
        return cls(page_program(form, page), uploads, any(field.live for field in fields))


class _Placed(NamedTuple):
    """A problem with the field it belongs to, the draft pointer of its place, and its words."""

    problem: Problem
    field: FormField
    place: str
    text: str


class _Run:
    """The state of joining one page."""

    def __init__(
        self, settled: Settled, problems: Sequence[_Placed], options: dict[str, Options], remarks: Iterable[Remark] = ()
    ) -> None:
        #: Field id to its options, kept from page to page.
        self.options = options
        self.settled = settled
        self.values = settled.data.values
        self.raw = settled.data.raw
        self.remarks = {remark.code: remark for remark in remarks}
        self.problems: dict[str, list[_Placed]] = {}
        for placed in problems:
            self.problems.setdefault(placed.place, []).append(placed)

    def part(self, part: Part, row: str, out: list[bytes]) -> None:
        """Joins one part; `row` is the draft pointer of the row it stands in, empty outside groups."""
        if isinstance(part, bytes):
            out.append(part)
        elif isinstance(part, FieldProgram):
            self.field(part, row + part.rest, out)
        elif isinstance(part, GroupProgram):
            self.group(part, out)
        else:
            self.box(part, row, out)

    def box(self, box: BoxProgram, row: str, out: list[bytes]) -> None:
        inner: list[bytes] = []
        for part in box.parts:
            self.part(part, row, inner)
        if inner:
            out += [box.opening, *inner, b"</section>"]

    def field(self, program: FieldProgram, pointer: str, out: list[bytes]) -> None:
        if pointer in self.settled.hidden:
            return
        field, raw = program.field, self.raw
        answered = pointer in self.values or (bool(raw) and any(pointer + leaf in raw for leaf in KINDS[field.kind].leaves))
        steps = program.states[pointer in self.problems][pointer in self.settled.required][answered]
        self.steps(steps, field, pointer, out)

    def group(self, program: GroupProgram, out: list[bytes]) -> None:
        pointer = group_pointer(program.field.id)
        if pointer in self.settled.hidden:
            return
        rows = row_pointers(self.settled.data, pointer)
        self.steps(program.head, program.field, pointer, out)
        for number, row in enumerate(rows, 1):
            inner: list[bytes] = []
            self.row_steps(program.row_open, program.field, row, number, inner)
            for part in program.row:
                self.part(part, row, inner)
            self.row_steps(program.row_close, program.field, row, number, inner)
            out.append(b"".join(inner).replace(PREFIX, row.encode()))
        self.steps(program.foot, program.field, pointer, out)

    def steps(self, steps: Iterable[Step], field: FormField, pointer: str, out: list[bytes]) -> None:
        for step in steps:
            out.append(step if isinstance(step, bytes) else _FILLS[step.operation](self, field, pointer, step.argument))

    def row_steps(self, steps: Iterable[Step], field: FormField, row: str, number: int, out: list[bytes]) -> None:
        for step in steps:
            if isinstance(step, bytes):
                out.append(step)
            elif step.operation == "number":
                out.append(str(number).encode())
            elif step.operation == "key":
                out.append(row.rsplit("/@", 1)[1].encode())
            else:
                out.append(escaped(self.values.get(f"{row}/{step.argument.replace('.', '/')}", "")))

    def value(self, field: FormField, pointer: str, leaf: str) -> bytes:
        return escaped(self.text(field, pointer, leaf))

    def text(self, field: FormField, pointer: str, leaf: str) -> str:
        typed = self.raw.get(pointer + leaf)
        if typed is not None:
            return typed
        value = self.values.get(pointer)
        return "" if value is None else KINDS[field.kind].inputs(field, value).get(leaf, "")

    def checked(self, field: FormField, pointer: str, code: str) -> bytes:
        value = self.values.get(pointer)
        if value is None:
            return b""
        chosen = code in value if isinstance(value, list) else KINDS[field.kind].inputs(field, value).get("") == code
        return b" checked" if chosen else b""

    def shown(self, field: FormField, pointer: str, argument: str) -> bytes:
        value = self.values.get(pointer)
        return UNANSWERED if value is None else escaped(KINDS[field.kind].show(field, value))

    def error(self, field: FormField, pointer: str, argument: str) -> bytes:
        return messages(pointer, [placed.text for placed in self.problems.get(pointer, ())])

    def invalid(self, field: FormField, pointer: str, leaf: str) -> bytes:
        entered = (entered_at(field, pointer, placed.problem.pointer) for placed in self.problems.get(pointer, ()))
        return b' aria-invalid="true"' if pointer + leaf in entered else b""

    def shut(self, field: FormField, pointer: str, code: str) -> bytes:
        """What keeps a closed item from being chosen; one that is chosen can still be left."""
        remark = self.remarks.get(code)
        return b" disabled" if remark is not None and remark.closed and not self.checked(field, pointer, code) else b""

    def remark(self, field: FormField, pointer: str, code: str) -> bytes:
        remark = self.remarks.get(code)
        return f'<small class="option-remark">{plain(remark.text)}</small>'.encode() if remark is not None else b""

    def files(self, field: FormField, pointer: str, argument: str) -> bytes:
        return files(pointer, self.values.get(pointer))

    def select(self, field: FormField, pointer: str, leaf: str) -> bytes:
        chosen = self.text(field, pointer, leaf)
        if field.kind == "address":
            return self.regions(field, pointer, leaf.removeprefix("/"), chosen)
        offered = self.settled.options.get(pointer)
        options = self.options.get(field.id) if offered is None else field_options(field, offered)
        if options is None:
            options = self.options[field.id] = field_options(field)
        return options.with_chosen(chosen, field.codes.get(chosen, chosen))

    def regions(self, field: FormField, pointer: str, level: str, chosen: str) -> bytes:
        tree = field.regions
        if tree is None:
            return b""
        if level == LEVELS[0]:
            return county_options(tree).with_chosen(chosen, tree.name(chosen) or chosen)
        upper = self.text(field, pointer, f"/{LEVELS[LEVELS.index(level) - 1]}")
        return lower_options(tree, level, upper if upper in tree else "").with_chosen(chosen, chosen)


#: The operations of holes in fields; those of groups are their own.
_FILLS: dict[str, Callable[[_Run, FormField, str, str], bytes]] = {
    "value": _Run.value,
    "checked": _Run.checked,
    "shut": _Run.shut,
    "remark": _Run.remark,
    "shown": _Run.shown,
    "error": _Run.error,
    "invalid": _Run.invalid,
    "files": _Run.files,
    "select": _Run.select,
}


def _error_summary(form: CompiledForm, settled: Settled, problems: Sequence[_Placed]) -> bytes:
    """The list of problems with links to their inputs; nothing when there are none."""
    if not problems:
        return b""
    entries = []
    for problem, field, place, text in problems:
        target = entered_at(field, place, problem.pointer)
        words = row_words(form, settled, problem.pointer) + text
        entries.append(f'<li><a href="#{plain(target)}">{plain(words)}</a></li>')
    title = escape(FORM_TEXTS["summary"].format(count=len(problems)))
    return (
        f'<div class="error-summary" role="alert" tabindex="-1" aria-labelledby="error-summary-title" data-error-summary>'
        f'<h2 id="error-summary-title">{title}</h2><ul>{"".join(entries)}</ul></div>'
    ).encode()


def _opening(program: _PageProgram, request: PageRequest) -> bytes:
    uploads = request.uploads or program.uploads
    live = request.live or program.live
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
    # The Enter key presses the first button of a form: this one, which stands for "next", not one that moves a row.
    enter = (
        f'<button class="visually-hidden" type="submit" tabindex="-1" aria-hidden="true">{escape(request.next_label)}</button>'
    )
    opening = f'<form id="page-form" class="page-form" method="post" action="{action}" novalidate{encoding}{refresh}>'
    return (opening + enter).encode()


def _closing(program: _PageProgram, request: PageRequest) -> bytes:
    buttons = f'<button class="button" name="intent" value="next" type="submit">{escape(request.next_label)}</button>'
    if request.save_label:
        buttons += (
            f'<button class="button-secondary" name="intent" value="save" type="submit">{escape(request.save_label)}</button>'
        )
    refresh = f'<button class="button-link" name="intent" value="refresh" type="submit">{FORM_TEXTS["refresh"]}</button>'
    without_scripts = f'<p class="no-script">{refresh}</p>' if program.live else ""
    return f'{without_scripts}<div class="actions">{buttons}</div></form>'.encode()

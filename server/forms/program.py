"""Pages as programs: macros rendered once at publish with hole marks, split into static bytes and holes.

A hole mark is `HOLE` + operation + `SEPARATOR` + argument + `END`. The characters are noncharacters, which stand for nothing
in any text; those of authors and applicants are taken out. Private-use characters would not do: rare names are written with them.
Inside a row program every pointer begins with `PREFIX`, replaced by the row's draft pointer when the row is joined.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import msgspec
from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup

from server.definitions.form import AnyElement, Control, Group
from server.forms.compile import CompiledForm, Page, is_radio
from server.forms.holes import MARKS, OPTIONAL, unanswered
from server.forms.kinds.kind import FormField, Option
from server.forms.markdown import render_markdown

HOLE, SEPARATOR, END = "\ufdd0", "\ufdd1", "\ufdd2"
_PREFIX_TEXT = "\ufdd3"
PREFIX = _PREFIX_TEXT.encode()
_MARK = re.compile(f"{HOLE}([^{SEPARATOR}]*){SEPARATOR}([^{END}]*){END}")
#: Line ends and indentation of the macro files between tags.
_BETWEEN_TAGS = re.compile(r"(>|\A)[ \t]*\n\s*(?=<|\Z)")


class FieldProgram(msgspec.Struct, frozen=True):
    """One field in each of its states, with what a state decides filled in."""

    field: FormField
    #: The field's pointer below its row, or the whole pointer.
    rest: str
    #: Steps by whether the field has problems, is required, and is answered.
    states: tuple[tuple[tuple[tuple[Step, ...], ...], ...], ...]


class GroupProgram(msgspec.Struct, frozen=True):
    """A repeating group: what stands before, in and after its rows."""

    field: FormField
    head: tuple[Step, ...]
    row_open: tuple[Step, ...]
    row: tuple[Part, ...]
    row_close: tuple[Step, ...]
    foot: tuple[Step, ...]


class BoxProgram(msgspec.Struct, frozen=True):
    """A titled layout group; left out when nothing in it is relevant."""

    opening: bytes
    parts: tuple[Part, ...]


class Hole(msgspec.Struct, frozen=True):
    """A place filled at request time."""

    operation: str
    argument: str


Step = bytes | Hole
Part = bytes | FieldProgram | GroupProgram | BoxProgram


def _without_marks(value: Any) -> Any:
    """What an author wrote without the characters that mark holes; markup is our own."""
    return MARKS.sub("", value) if isinstance(value, str) and not isinstance(value, Markup) else value


_TEMPLATES = Environment(
    loader=FileSystemLoader(Path(__file__).parent / "kinds"),
    autoescape=True,
    undefined=StrictUndefined,
    finalize=_without_marks,
    trim_blocks=True,
    lstrip_blocks=True,
)
_TEMPLATES.filters["markdown"] = lambda text: Markup(_prose(text))


class FieldView:
    """What a macro sees of a field: its texts, and holes for everything that depends on the answers."""

    def __init__(self, field: FormField, *, faulty: bool, titled: bool = False) -> None:
        self.field = field
        self.label = field.label
        self.hint = field.hint
        self.options = field.options
        self.settings = field.settings
        self.schema = field.schema
        self.radio = is_radio(field)
        self.faulty = faulty
        #: Whether the heading of the page says the same as the label.
        self.titled = titled
        self._base = Markup(_PREFIX_TEXT if field.group else "") + field.rest

    def name(self, leaf: str = "") -> Markup:
        """Name and id of an input."""
        return self._base + leaf

    def offered(self) -> tuple[Option, ...]:
        """The options in order."""
        return self.field.offered

    def value(self, leaf: str = "") -> Markup:
        """Hole: the text of an input."""
        return _hole("value", leaf)

    def select(self, leaf: str = "") -> Markup:
        """Hole: the options of a drop-down."""
        return _hole("select", leaf)

    def checked(self, code: str) -> Markup:
        """Hole: the `checked` attribute of an option."""
        return _hole("checked", code)

    def shown(self) -> Markup:
        """Hole: the value as plain text."""
        return _hole("shown", "")

    def optional(self) -> Markup:
        """Hole: the mark of a field that may stay empty."""
        return _hole("optional", "")

    def error(self) -> Markup:
        """Hole: the error messages, nothing in the clean state."""
        return _hole("error", "") if self.faulty else Markup("")

    def live(self) -> Markup:
        """The attribute that makes a change refresh the page."""
        return Markup(" data-live") if self.field.live else Markup("")

    def hole(self, operation: str, argument: str = "") -> Markup:
        """Hole: what only some kinds need: row number, key and a member's text of a group; remarks about items."""
        return _hole(operation, argument)

    def files(self) -> Markup:
        """Hole: the uploaded files."""
        return _hole("files", "")

    def described(self) -> Markup:
        """The attribute that ties an input or its fieldset to hint and errors."""
        ids = [self.name("-hint")] if self.hint else []
        ids += [self.name("-error")] if self.faulty else []
        return Markup(' aria-describedby="{}"').format(Markup(" ").join(ids)) if ids else Markup("")

    def invalid(self, leaf: str = "") -> Markup:
        """The attribute of an input that has to be corrected, a hole where it is one of several."""
        if not self.faulty:
            return Markup("")
        return _hole("invalid", leaf) if leaf else Markup(' aria-invalid="true"')


def page_program(form: CompiledForm, page: Page) -> tuple[Part, ...]:
    """The program of one page's elements."""
    return tuple(_parts(form, page.category.elements, None))


def _parts(form: CompiledForm, elements: tuple[AnyElement, ...], group: FormField | None) -> list[Part]:
    parts: list[Part] = []
    for element in elements:
        if isinstance(element, Control):
            parts.append(_control(form, element, group))
        elif isinstance(element, Group):
            opening = _module("parts").box_open(_element_id(element, group), element.label or "", element.hint or "")
            parts.append(BoxProgram(_compact(opening).encode(), tuple(_parts(form, element.elements, group))))
        else:
            prose = f'<div class="prose" id="{_element_id(element, group)}">{_prose(element.text)}</div>'
            parts.append(_compact(prose).encode())
    return parts


def _element_id(element: AnyElement, group: FormField | None) -> Markup:
    """The id of a layout element, different in every row."""
    return Markup(f"{_PREFIX_TEXT}-" if group is not None else "") + element.id


def _prose(text: str) -> str:
    return render_markdown(MARKS.sub("", text), top=2)


def _control(form: CompiledForm, control: Control, group: FormField | None) -> Part:
    field = next(
        f for f in form.fields.values() if f.element == control.id and f.group == (group.id if group is not None else "")
    )
    if field.kind != "rows":
        return _field_program(form, field)
    view = FieldView(field, faulty=False, titled=_titled(form, field))
    macros = _module("rows")
    prefix = Markup(_PREFIX_TEXT)
    return GroupProgram(
        field=field,
        head=_steps(macros.head(view)),
        row_open=_steps(macros.row_open(view, prefix)),
        row=tuple(_parts(form, control.options.detail or (), field)),
        row_close=_steps(macros.row_close(view, prefix)),
        foot=_steps(macros.foot(view)),
    )


def _field_program(form: CompiledForm, field: FormField) -> FieldProgram:
    rules = form.logic.get(field.id)
    ruled = rules is not None and rules.options is not None
    either = (False, True)

    def in_state(steps: tuple[Step, ...], required: bool, answered: bool) -> tuple[Step, ...]:
        return _joined(_known(step, field, required, answered, ruled) for step in steps)

    titled = _titled(form, field)
    sources = [_field_steps(FieldView(field, faulty=faulty, titled=titled)) for faulty in either]
    states = ((tuple(in_state(steps, required, answered) for answered in either) for required in either) for steps in sources)
    return FieldProgram(field, field.rest, tuple(map(tuple, states)))


def _known(step: Step, field: FormField, required: bool, answered: bool, ruled: bool) -> Step:
    """The step with what the state decides: a hole stays one where the request has to fill it."""
    if isinstance(step, bytes):
        return step
    if step.operation == "optional":
        return b"" if required else OPTIONAL
    if answered or (ruled and step.operation == "select"):
        return step
    filled = unanswered(step.operation, step.argument, field)
    return step if filled is None else filled


def _joined(steps: Iterable[Step]) -> tuple[Step, ...]:
    """The steps with neighbouring bytes as one."""
    joined: list[Step] = []
    for step in steps:
        if isinstance(step, bytes) and joined and isinstance(joined[-1], bytes):
            joined[-1] += step
        elif step:
            joined.append(step)
    return tuple(joined)


def _field_steps(view: FieldView) -> tuple[Step, ...]:
    field = view.field
    macros = _module("parts") if field.computed else _module(field.kind)
    return _steps(macros.computed(view) if field.computed else macros.field(view))


def _titled(form: CompiledForm, field: FormField) -> bool:
    page = form.page(field.page)
    return page is not None and page.label == field.label


def _module(name: str) -> Any:
    """The macros of a file as attributes."""
    return _TEMPLATES.get_template(f"{name}.html").module


def _hole(operation: str, argument: str) -> Markup:
    return Markup(f"{HOLE}{operation}{SEPARATOR}{Markup.escape(MARKS.sub('', argument))}{END}")


def _compact(html: str) -> str:
    return _BETWEEN_TAGS.sub(r"\1", str(html))


def _steps(html: str) -> tuple[Step, ...]:
    pieces = _MARK.split(_compact(html))
    steps: list[Step] = []
    for index in range(0, len(pieces), 3):
        if pieces[index]:
            steps.append(pieces[index].encode())
        if index + 2 < len(pieces):
            steps.append(Hole(pieces[index + 1], Markup(pieces[index + 2]).unescape()))
    return tuple(steps)

"""The form of a task: read from a post, checked for the chosen outcome, shown again with everything that was typed.

Nothing of it is stored before the task is completed, so the page carries it all: rows, answers that the chosen outcome does
not ask for, and the outcome the fields were shown for.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterator, Mapping, Sequence
from itertools import count

import msgspec
from markupsafe import Markup

from server.actions.casework import OpenTask
from server.definitions.form import Category, Group
from server.findings import Problem
from server.forms.body import Body
from server.forms.compile import CompiledForm, Page
from server.forms.data import FormData, group_pointer
from server.forms.decode import ROWS, Decoded, decode
from server.forms.render import PageRequest, Renderer
from server.forms.settle import Settled, settle
from server.forms.validate import Checked, validate
from server.messages.staff import SUBMIT_OUTCOME
from server.web.templating import environment

#: Variable of a task form's rules that holds the chosen outcome.
OUTCOME = "outcome"
_ROW_KEY = re.compile(r"[a-z0-9]{1,12}")
_MOST_ROWS = 100
#: Kinds of fields whose typed text is worth keeping when the task has gone meanwhile.
_TYPED = ("text", "long_text")
_LABEL = "label:"


class Filled(msgspec.Struct, frozen=True, kw_only=True):
    """A task with the answers typed so far."""

    task: OpenTask
    form: CompiledForm
    decoded: Decoded
    settled: Settled
    #: The posted pairs; empty when the page is opened.
    posted: tuple[tuple[str, str], ...] = ()

    @property
    def page(self) -> Page:
        """The one page of the form."""
        return self.form.pages[0]

    def checked(self) -> Checked:
        """What is wrong with the answers for the chosen outcome."""
        return validate(self.form, self.settled, context=self.task.context)


def opened(task: OpenTask, body: Body | None = None) -> Filled | None:
    """The task with its proposed answers and whatever was posted; nothing where the task asks for an outcome only."""
    if task.form is None:
        return None
    form = one_page(task.form)
    fields = body.fields if body is not None else ()
    proposed = _with_rows(form, task.data, fields)
    before = settle(form, proposed, task.context)
    decoded = decode(form, proposed, fields, page=form.pages[0].id, new_keys=_new_keys(), suggested=before.suggested)
    return Filled(task=task, form=form, decoded=decoded, settled=settle(form, decoded.data, task.context), posted=fields)


def choose(task: OpenTask, code: str) -> OpenTask:
    """The task as its rules see it under an outcome; under none when it is not offered."""
    chosen = code if any(outcome.code == code for outcome in task.outcomes) else ""
    extra = {name: value for name, value in task.context.extra.items() if name != OUTCOME}
    context = msgspec.structs.replace(task.context, extra={**extra, OUTCOME: chosen} if chosen else extra)
    return msgspec.structs.replace(task, context=context, chosen=chosen)


def asks_more(filled: Filled, shown: OpenTask) -> bool:
    """Whether the chosen outcome asks for fields that were not on the page as it was shown."""
    before = settle(filled.form, filled.decoded.data, shown.context)
    return bool(before.hidden - filled.settled.hidden)


def mark_of(warnings: Sequence[Problem]) -> str:
    """A short digest of warnings, to know that they have been read."""
    return hashlib.sha256(msgspec.json.encode(warnings)).hexdigest()[:16] if warnings else ""


def render(
    filled: Filled, token: Markup, *, action: str, fault: str = "", problems: Sequence[Problem] = (), seen: str = ""
) -> bytes:
    """The form with its outcomes, the answers typed so far, and hidden inputs for what is not shown."""
    task = filled.task
    extra = [token, *hidden_inputs(task, seen=seen), *_kept(filled), *_labels(filled)]
    single = len(task.outcomes) == 1
    renderer = task.renderer if task.renderer is not None and filled.form is task.form else Renderer(filled.form)
    request = PageRequest(
        action=action,
        extra="".join(extra).encode(),
        before_fields=b"" if single else outcome_inputs(task, fault),
        live=not single,
        next_label=task.outcomes[0].title if single else SUBMIT_OUTCOME,
        save_label="",
    )
    return renderer.page(filled.page, filled.settled, problems, request)


def hidden_inputs(task: OpenTask, *, seen: str = "") -> Iterator[Markup]:
    """What every form of a task carries: the version it was shown in, its case, the outcome it was shown for."""
    yield _hidden("version", str(task.task.version))
    yield _hidden("number", task.case_number)
    yield _hidden("shown", task.chosen)
    if seen:
        yield _hidden("seen", seen)
    if len(task.outcomes) == 1:
        yield _hidden("outcome", task.outcomes[0].code)


def outcome_inputs(task: OpenTask, fault: str) -> bytes:
    """The outcomes as a choice; a change shows what the outcome asks for."""
    template = environment().get_template("staff/outcomes.html")
    return template.render(outcomes=task.outcomes, chosen=task.chosen, fault=fault).encode()


def outcome_title(task: OpenTask, code: str) -> str:
    """The title of an offered outcome; empty for another code."""
    titles: Mapping[str, str] = {outcome.code: outcome.title for outcome in task.outcomes}
    return titles.get(code, "")


def typed_texts(body: Body) -> tuple[tuple[str, str], ...]:
    """Label and text of what was typed, for a task that has gone meanwhile."""
    labels = {name.removeprefix(_LABEL): label for name, label in body.fields if name.startswith(_LABEL)}
    return tuple((labels[name], text) for name, text in body.fields if name in labels and text.strip())


def one_page(form: CompiledForm) -> CompiledForm:
    """The form with its pages under one another, because a task is completed with one post."""
    if len(form.pages) == 1:
        return form
    first = form.pages[0]
    boxes = tuple(Group(id=page.id, label=page.label, hint=page.hint, elements=page.category.elements) for page in form.pages)
    page = Page(
        id=first.id,
        label=first.label,
        hint="",
        category=Category(id=first.id, label=first.label, elements=boxes),
        fields=tuple(name for page in form.pages for name in page.fields),
    )
    fields = {name: msgspec.structs.replace(field, page=first.id) for name, field in form.fields.items()}
    return msgspec.structs.replace(form, pages=(page,), fields=fields)


def _with_rows(form: CompiledForm, data: FormData, fields: Sequence[tuple[str, str]]) -> FormData:
    """The data with the rows the page carries, in its order."""
    rows = dict(data.rows)
    for name in form.groups:
        pointer = group_pointer(name)
        keys = [value for key, value in fields if key == pointer + ROWS and _ROW_KEY.fullmatch(value)]
        if keys:
            rows[pointer] = tuple(dict.fromkeys(keys))[:_MOST_ROWS]
    return msgspec.structs.replace(data, rows=rows)


def _new_keys() -> Iterator[str]:
    return (f"r{number}" for number in count(1))


def _kept(filled: Filled) -> Iterator[Markup]:
    """Posted answers of fields that are hidden now, so that another outcome chosen by mistake loses nothing."""
    for name, value in filled.posted:
        if name.startswith("/") and any(name == hidden or name.startswith(f"{hidden}/") for hidden in filled.settled.hidden):
            yield _hidden(name, value)


def _labels(filled: Filled) -> Iterator[Markup]:
    for field in filled.form.fields.values():
        if field.kind in _TYPED and not field.group and not field.computed:
            yield _hidden(_LABEL + group_pointer(field.id), field.label)


def _hidden(name: str, value: str) -> Markup:
    return Markup('<input type="hidden" name="{}" value="{}">').format(name, value)

"""The same page with WTForms: one field object a control, options included, rendered with label, hint and errors."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from wtforms import Field, Form, RadioField, SelectField, SelectMultipleField, StringField, TextAreaField
from wtforms.fields.choices import SelectChoice
from wtforms.widgets import CheckboxInput, ListWidget

from server.definitions.regions import RegionTree
from server.findings import Problem
from server.forms.compile import CompiledForm, is_radio
from server.forms.kinds import KINDS
from server.forms.kinds.kind import FormField
from server.forms.settle import Settled, places
from server.messages.problems import problem_text


class _CheckBoxes(SelectMultipleField):  # type: ignore[misc]
    """Several of a list, each with a box to tick; the recipe of the manual."""

    widget = ListWidget(prefix_label=False)
    option_widget = CheckboxInput()


#: Kinds shown as a choice, and what WTForms has for them.
_CHOICES: dict[str, type[Field]] = {
    "choice": SelectField,
    "search_choice": SelectField,
    "choices": _CheckBoxes,
    "items": _CheckBoxes,
    "yes_no": RadioField,
}
_YES_NO = [SelectChoice("true", "yes"), SelectChoice("false", "no")]
#: Neither has an input of a value: rows are the fields in them, the others are files and boxes to tick.
_LEFT_OUT = ("rows", "photo", "consent")


class WtformsPage:
    """A form class made once, as an application would; it has the rows of the answers it is made for."""

    def __init__(self, form: CompiledForm, settled: Settled) -> None:
        self._shown = [
            (field, pointer)
            for field, pointer, _ in places(form, settled.data)
            if field.kind not in _LEFT_OUT and settled.hidden.isdisjoint((pointer, pointer.partition("/@")[0]))
        ]
        names = (pointer + leaf for field, pointer in self._shown for leaf in _leaves(field))
        self._names = {pointer: f"f{number}" for number, pointer in enumerate(names)}
        members = {
            self._names[pointer + leaf]: _field(field, leaf, settled.data.values.get(pointer))
            for field, pointer in self._shown
            for leaf in _leaves(field)
        }
        self._made: Any = type("Page", (Form,), members)

    def html(self, settled: Settled, problems: Sequence[Problem]) -> str:
        """The page with these answers and problems."""
        found = settled.data.values
        values = {
            self._names[pointer + leaf]: text
            for field, pointer in self._shown
            for leaf, text in _texts(field, found.get(pointer)).items()
        }
        page = self._made(data=values)
        summary = [problem_text(problem) for problem in problems]
        for problem, text in zip(problems, summary, strict=True):
            owner = _owner(self._names, problem.pointer)
            if owner:
                page[owner].errors = [text]
        listed = "".join(f'<li class="field-error">{text}</li>' for text in summary)
        return f'<form method="post"><ul>{listed}</ul>{"".join(_control(field) for field in page)}</form>'


def _leaves(field: FormField) -> tuple[str, ...]:
    return KINDS[field.kind].leaves


def _field(field: FormField, leaf: str, value: Any) -> Any:
    if field.regions is not None and leaf != "/line":
        texts = KINDS[field.kind].inputs(field, value) if value is not None else {}
        return SelectField(field.label, description=field.hint, choices=_regions(field.regions, leaf, texts))
    kind = _CHOICES.get(field.kind)
    if kind is None:
        plain = TextAreaField if field.kind == "long_text" else StringField
        return plain(field.label, description=field.hint)
    choices = _YES_NO if field.kind == "yes_no" else [SelectChoice(option.code, option.title) for option in field.offered]
    if is_radio(field):
        kind = RadioField
    return kind(field.label, description=field.hint, choices=choices)


def _regions(tree: RegionTree, leaf: str, texts: Mapping[str, str]) -> list[SelectChoice]:
    """The options of one level: all counties by city, or what lies in the region chosen above."""
    if leaf == "/county":
        cities = [city for province in tree.children("") for city in tree.children(province)]
        return [SelectChoice(code, tree.name(code), optgroup=tree.name(city)) for city in cities for code in tree.children(city)]
    upper = texts.get("/county" if leaf == "/township" else "/township", "")
    return [SelectChoice(code, tree.name(code)) for code in tree.children(upper)] if upper else []


def _texts(field: FormField, value: Any) -> dict[str, Any]:
    if value is None or field.kind in ("choices", "items"):
        return {"": value}
    return KINDS[field.kind].inputs(field, value)


def _owner(names: Mapping[str, str], pointer: str) -> str:
    """The name of the field that a problem stands at; of its first input for one of several."""
    while pointer:
        if pointer in names:
            return names[pointer]
        below = next((name for place, name in names.items() if place.startswith(f"{pointer}/")), None)
        if below is not None:
            return below
        pointer = pointer.rpartition("/")[0]
    return ""


def _control(field: Any) -> str:
    errors = "".join(f'<p class="field-error">{error}</p>' for error in field.errors)
    hint = f'<p class="field-hint">{field.description}</p>' if field.description else ""
    return f'<div class="field">{field.label()}{hint}{errors}{field()}</div>'

"""Answers as a sheet asks for them: by field and row, as text or as ticked boxes, empty where there is none."""

from __future__ import annotations

from collections.abc import Iterator

from server.forms.compile import CompiledForm
from server.forms.data import group_pointer, row_pointers
from server.forms.kinds import KINDS
from server.forms.kinds.kind import FormField, clean_text
from server.forms.settle import Settled
from server.messages import paper as words
from server.messages.kinds import NO, YES
from server.types import JsonValue

#: Kinds whose codes can be printed as boxes.
_CHOICES = ("choice", "choices", "search_choice", "items", "yes_no")


def box(title: str, *, ticked: bool) -> str:
    """A box to tick with its title, held together by a space that is no place to break the line."""
    return f"{words.TICKED if ticked else words.UNTICKED}\u00a0{title}"


class Answers:
    """The answers to a form, or none at all; `scope` limits the fields that are shown."""

    def __init__(self, form: CompiledForm, settled: Settled | None = None, scope: frozenset[str] | None = None) -> None:
        """Reads nothing yet."""
        self._form = form
        self._settled = settled
        self._scope = scope

    def label(self, field_id: str) -> str:
        """The label of a field; its path where the form does not know it."""
        field = self._form.fields.get(field_id)
        return field.label if field is not None else field_id

    def rows(self, group: str) -> tuple[str, ...]:
        """Pointers of the rows of a group."""
        pointer = group_pointer(group)
        if self._settled is None or pointer in self._settled.hidden or not self._shows(group):
            return ()
        return row_pointers(self._settled.data, pointer)

    def text(self, field_id: str, row: str = "") -> str:
        """The answer as text."""
        field, value = self._form.fields.get(field_id), self._value(field_id, row)
        return clean_text(KINDS[field.kind].show(field, value)) if field is not None and value is not None else ""

    def is_given(self, field_id: str) -> bool:
        """Whether a consent is given."""
        value = self._value(field_id, "")
        return value is True or (isinstance(value, dict) and value.get("agreed") is True)

    def boxes(self, field_id: str, row: str = "") -> str:
        """Every option with a box, those that are chosen ticked; the answer alone where there is nothing to choose from."""
        field, value = self._form.fields.get(field_id), self._value(field_id, row)
        if field is None or field.kind not in _CHOICES:
            return self.text(field_id, row)
        chosen = value if isinstance(value, list) else [value]
        options: list[tuple[JsonValue, str]] = [(one.code, one.title) for one in field.offered]
        if field.kind == "yes_no":
            options = [(True, YES), (False, NO)]
        offered = [code for code, _ in options]
        options += [(code, field.codes.get(str(code), str(code))) for code in chosen if code is not None and code not in offered]
        return words.BETWEEN_BOXES.join(box(title, ticked=code in chosen) for code, title in options)

    def all(self) -> Iterator[tuple[str, str, str]]:
        """Field, label and text of every answer, in the order of the form."""
        for field in self._form.fields.values():
            if field.kind == "rows":
                continue
            for number, row in enumerate(self.rows(field.group) if field.group else ("",), 1):
                text = self.text(field.id, row)
                if text:
                    yield field.id, self._full_label(field, number), text

    def _full_label(self, field: FormField, number: int) -> str:
        if not field.group:
            return field.label
        group = self._form.fields[field.group]
        return words.ROW.format(title=group.options.row_title or group.label, number=number) + words.BETWEEN_BOXES + field.label

    def _shows(self, field_id: str) -> bool:
        return self._scope is None or field_id in self._scope

    def _value(self, field_id: str, row: str) -> JsonValue:
        field = self._form.fields.get(field_id)
        if self._settled is None or field is None or not self._shows(field_id):
            return None
        pointer = row + field.rest if field.group else group_pointer(field_id)
        return None if pointer in self._settled.hidden else self._settled.data.values.get(pointer)

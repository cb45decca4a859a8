"""Where problems stand: the field, the input that corrects it, and the row in words."""

from __future__ import annotations

from server.forms.compile import CompiledForm
from server.forms.data import group_pointer
from server.forms.kinds import KINDS
from server.forms.kinds.kind import FormField
from server.forms.settle import Settled, field_id_of
from server.messages.forms import FORM_TEXTS


def row_words(form: CompiledForm, settled: Settled, pointer: str) -> str:
    """Which row of its group a pointer lies in, as words before a message; empty outside rows."""
    group, mark, rest = pointer.partition("/@")
    field = form.fields.get(field_id_of(group))
    keys = settled.data.rows.get(group, ())
    key = rest.partition("/")[0]
    if not mark or field is None or key not in keys:
        return ""
    return FORM_TEXTS["in-row"].format(row=field.options.row_title or field.label, number=keys.index(key) + 1)


def field_place(form: CompiledForm, pointer: str) -> tuple[FormField | None, str]:
    """The field a problem belongs to and the draft pointer of its place; no field and the pointer itself where none is."""
    place = pointer
    while place:
        field = form.fields.get(field_id_of(place))
        if field is not None:
            return field, place
        place = place.rpartition("/")[0]
    return None, pointer


def input_id(field: FormField, pointer: str) -> str:
    """The id of the input to correct for a problem at `pointer`, at the field or below: of its part, or else of the first."""
    base = group_pointer(field.group)
    key = pointer.removeprefix(base).split("/")[1] if field.group else ""
    return entered_at(field, f"{base}/{key}{field.rest}" if field.group else field.rest, pointer)


def entered_at(field: FormField, place: str, pointer: str) -> str:
    """The id of the input for a problem at `pointer` of the field that stands at `place`."""
    kind = KINDS[field.kind]
    if not kind.leaves or "" in kind.leaves:
        return place
    below = pointer.removeprefix(place)
    leaf = kind.entered.get(below, below)
    return place + (leaf if leaf in kind.leaves else kind.leaves[0])

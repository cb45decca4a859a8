"""One of a list, as radio buttons or a drop-down."""

from __future__ import annotations

from server.forms.kinds.kind import ABSENT, FieldKind, FormField, Parsed, Posted, first, one_input, show_code
from server.types import JsonValue

#: Lists up to this length are radio buttons unless the layout says otherwise.
MOST_RADIOS = 5


def parse_code(field: FormField, posted: Posted) -> Parsed:
    """The chosen code; whatever was posted is kept and validated later."""
    code = first(posted)
    return Parsed(code if code else ABSENT)


def example_code(field: FormField) -> JsonValue:
    """The first code offered."""
    return field.offered[0].code if field.offered else ""


KIND = FieldKind(id="choice", parse=parse_code, show=show_code, example=example_code, inputs=one_input)

"""One line of text."""

from __future__ import annotations

from server.forms.kinds.kind import FieldKind, bounded_example, one_input, parse_text, show_plain

KIND = FieldKind(
    id="text", parse=parse_text, show=show_plain, example=lambda field: bounded_example(field, "Aa"), inputs=one_input
)

"""Several lines of text."""

from __future__ import annotations

from server.forms.kinds.kind import ABSENT, FieldKind, FormField, Parsed, Posted, bounded_example, first, one_input, show_plain


def _parse(field: FormField, posted: Posted) -> Parsed:
    text = first(posted)
    return Parsed(text if text else ABSENT)


KIND = FieldKind(
    id="long_text", parse=_parse, show=show_plain, example=lambda field: bounded_example(field, "Aa"), inputs=one_input
)

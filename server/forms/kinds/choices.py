"""Any number of a list, as check boxes."""

from __future__ import annotations

from typing import Any

from server.forms.kinds.kind import ABSENT, FieldKind, FormField, Parsed, Posted, clean_text, show_code
from server.messages.kinds import LIST_COMMA


def _parse(field: FormField, posted: Posted) -> Parsed:
    codes = list(dict.fromkeys(code for code in map(clean_text, posted.get("", ())) if code))
    return Parsed(codes if codes else ABSENT)


def _show(field: FormField, value: Any) -> str:
    return LIST_COMMA.join(show_code(field, code) for code in value) if isinstance(value, list) else str(value)


KIND = FieldKind(
    id="choices",
    parse=_parse,
    show=_show,
    example=lambda field: [option.code for option in field.offered[:1]],
    inputs=lambda field, value: {"": ""},
    grouped=True,
)

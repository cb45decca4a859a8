"""Yes or no."""

from __future__ import annotations

from typing import Any

from server.forms.kinds.kind import ABSENT, FieldKind, FormField, Parsed, Posted, first
from server.messages.kinds import NO, YES

_TRUTH = {"true": True, "false": False}


def _parse(field: FormField, posted: Posted) -> Parsed:
    text = first(posted)
    if not text:
        return Parsed(ABSENT)
    return Parsed(_TRUTH[text]) if text in _TRUTH else Parsed(ABSENT, {"": text})


def _inputs(field: FormField, value: Any) -> dict[str, str]:
    return {"": "true" if value is True else "false"}


KIND = FieldKind(
    id="yes_no",
    parse=_parse,
    show=lambda field, value: YES if value is True else NO,
    example=lambda field: False,
    inputs=_inputs,
    grouped=True,
)

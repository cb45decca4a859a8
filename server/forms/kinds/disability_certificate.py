"""A disability certificate number: the ID number, class and grade, and for replacements `B` and a serial."""

from __future__ import annotations

import re
from datetime import date
from typing import Any

from server.forms.kinds import resident_id
from server.forms.kinds.kind import FieldKind, FormField, KindProblem, one_input, parse_compact, show_plain

_FORM = re.compile(r"[0-9]{17}[0-9X][1-7][1-4](B[0-9]{1,2})?")


def _check(field: FormField, value: Any, today: date) -> tuple[KindProblem, ...]:
    text = str(value)
    if not _FORM.fullmatch(text):
        return (KindProblem("", "disability-certificate-form"),)
    return resident_id.KIND.check(field, text[:18], today)


KIND = FieldKind(
    id="disability_certificate",
    parse=parse_compact,
    show=show_plain,
    example=lambda field: f"{resident_id.EXAMPLE}42",
    inputs=one_input,
    check=_check,
)

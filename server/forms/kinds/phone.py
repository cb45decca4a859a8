"""A telephone number: mobile, or land line with area code."""

from __future__ import annotations

import re
from datetime import date
from typing import Any

from server.forms.kinds.kind import FieldKind, FormField, KindProblem, one_input, parse_compact, show_plain

_FORM = re.compile(r"1[3-9]\d{9}|0\d{9,11}|400\d{7}")


def _check(field: FormField, value: Any, today: date) -> tuple[KindProblem, ...]:
    return () if _FORM.fullmatch(str(value)) else (KindProblem("", "phone-form"),)


KIND = FieldKind(
    id="phone", parse=parse_compact, show=show_plain, example=lambda field: "13900000000", inputs=one_input, check=_check
)

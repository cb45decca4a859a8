"""A telephone number: mobile, or land line with area code."""

from __future__ import annotations

import re
from datetime import date
from typing import Any

from server.forms.kinds.kind import (
    ABSENT,
    FieldKind,
    FormField,
    KindProblem,
    Parsed,
    Posted,
    compact,
    first,
    one_input,
    show_plain,
)

_FORM = re.compile("1[3-9][0-9]{9}|0[0-9]{9,11}|400[0-9]{7}")
_COUNTRY = re.compile(r"(\+|00)86|86(?=1[3-9][0-9]{9}$)")


def _parse(field: FormField, posted: Posted) -> Parsed:
    text = compact(first(posted)).replace("(", "").replace(")", "")
    country = _COUNTRY.match(text)
    number = text[country.end() :] if country else text
    return Parsed(number if number else ABSENT)


def _check(field: FormField, value: Any, today: date) -> tuple[KindProblem, ...]:
    return () if _FORM.fullmatch(str(value)) else (KindProblem("", "phone-form"),)


KIND = FieldKind(id="phone", parse=_parse, show=show_plain, example=lambda field: "13900000000", inputs=one_input, check=_check)

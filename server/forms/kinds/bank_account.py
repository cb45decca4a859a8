"""A bank account: 8 to 30 digits; a card that fails Luhn is warned about, since passbooks need not pass it."""

from __future__ import annotations

import re
from datetime import date
from typing import Any

from stdnum import luhn

from server.forms.kinds.kind import FieldKind, FormField, KindProblem, one_input, parse_compact


def _check(field: FormField, value: Any, today: date) -> tuple[KindProblem, ...]:
    text = str(value)
    if not re.fullmatch("[0-9]{8,30}", text):
        return (KindProblem("", "bank-account-form"),)
    return () if luhn.is_valid(text) else (KindProblem("", "bank-account-luhn", warning=True),)


def _show(field: FormField, value: Any) -> str:
    return " ".join(re.findall(r".{1,4}", str(value)))


KIND = FieldKind(
    id="bank_account",
    parse=parse_compact,
    show=_show,
    example=lambda field: "6222020000000000000",
    inputs=one_input,
    check=_check,
)

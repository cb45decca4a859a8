"""A resident identity number (GB 11643): 17 digits and a check character."""

from __future__ import annotations

from datetime import date
from typing import Any

from stdnum.cn import ric

from server.forms.kinds.kind import FieldKind, FormField, KindProblem, one_input, parse_compact, show_plain

#: A number of a region that was never used, with a valid check character.
EXAMPLE = "110101199003070011"


def _check(field: FormField, value: Any, today: date) -> tuple[KindProblem, ...]:
    text = str(value)
    if len(text) == 15 and text.isascii() and text.isdigit():
        return (KindProblem("", "id-number-old"),)
    if len(text) != 18:
        return (KindProblem("", "id-number-length", {"length": len(text)}),)
    if not (text.isascii() and text[:17].isdigit() and text[17] in "0123456789X"):
        return (KindProblem("", "id-number-characters"),)
    if ric.calc_check_digit(text) != text[17]:
        return (KindProblem("", "id-number-check"),)
    try:
        born = date(int(text[6:10]), int(text[10:12]), int(text[12:14]))
    except ValueError:
        return (KindProblem("", "id-number-birth"),)
    if born > today or born.year < 1870:
        return (KindProblem("", "id-number-birth"),)
    return ()


KIND = FieldKind(
    id="resident_id", parse=parse_compact, show=show_plain, example=lambda field: EXAMPLE, inputs=one_input, check=_check
)

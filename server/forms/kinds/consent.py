"""Agreement to a text that is shown with it; the server records version and hash of the wording beside the answer."""

from __future__ import annotations

from datetime import date
from typing import Any

from server.forms.kinds.kind import ABSENT, FieldKind, FormField, KindProblem, Parsed, Posted, first
from server.messages.kinds import AGREED, NOT_AGREED


def _parse(field: FormField, posted: Posted) -> Parsed:
    return Parsed({"agreed": True} if first(posted) == "true" else ABSENT)


def _agreed(value: Any) -> bool:
    return isinstance(value, dict) and value.get("agreed") is True


def _show(field: FormField, value: Any) -> str:
    return AGREED if _agreed(value) else NOT_AGREED


def _check(field: FormField, value: Any, today: date) -> tuple[KindProblem, ...]:
    return () if _agreed(value) else (KindProblem("", "required-agree"),)


KIND = FieldKind(
    id="consent",
    parse=_parse,
    show=_show,
    example=lambda field: {"agreed": True},
    inputs=lambda field, value: {"": "true" if _agreed(value) else ""},
    check=_check,
)

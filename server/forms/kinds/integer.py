"""A whole number, with a unit if `x-element` names one."""

from __future__ import annotations

from typing import Any

from server.forms.kinds.kind import FieldKind, FormField, one_input, parse_scaled


def _show(field: FormField, value: Any) -> str:
    unit = field.settings.get("unit", "")
    return f"{value} {unit}".strip()


KIND = FieldKind(
    id="integer",
    parse=lambda field, posted: parse_scaled(field, posted, scale=0, units=(field.settings.get("unit", ""),)),
    show=_show,
    example=lambda field: int(field.schema.get("minimum", 1)),
    inputs=one_input,
)

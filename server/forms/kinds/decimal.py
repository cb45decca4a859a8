"""A decimal number, stored as an integer of its last place; `x-element` names `scale` and `unit`."""

from __future__ import annotations

from typing import Any

from server.forms.kinds.kind import FieldKind, FormField, Parsed, Posted, parse_scaled, show_scaled


def _scale(field: FormField) -> int:
    return int(field.settings.get("scale", 2))


def _parse(field: FormField, posted: Posted) -> Parsed:
    return parse_scaled(field, posted, scale=_scale(field), units=(field.settings.get("unit", ""),))


def _show(field: FormField, value: Any) -> str:
    return f"{show_scaled(value, _scale(field), grouping=True)} {field.settings.get('unit', '')}".strip()


KIND = FieldKind(
    id="decimal",
    parse=_parse,
    show=_show,
    example=lambda field: int(field.schema.get("minimum", 100)),
    inputs=lambda field, value: {"": show_scaled(value, _scale(field), grouping=False)},
    scale=_scale,
)

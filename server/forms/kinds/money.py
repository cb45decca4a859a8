"""An amount of money: yuan with two decimals for people, integer fen inside."""

from __future__ import annotations

from server.forms.kinds.kind import FieldKind, parse_scaled, show_scaled
from server.messages.kinds import YUAN, YUAN_MARKS

KIND = FieldKind(
    id="money",
    parse=lambda field, posted: parse_scaled(field, posted, scale=2, units=YUAN_MARKS),
    show=lambda field, value: f"{show_scaled(value, 2, grouping=True)} {YUAN}",
    example=lambda field: int(field.schema.get("minimum", 0)),
    inputs=lambda field, value: {"": show_scaled(value, 2, grouping=False)},
    scale=lambda field: 2,
)

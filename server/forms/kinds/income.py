"""An income with its period; people think in months or years, rules in months."""

from __future__ import annotations

from typing import Any

from server.forms.kinds.kind import ABSENT, FieldKind, FormField, Parsed, Posted, first, parse_scaled, show_scaled
from server.messages.kinds import PERIODS, YUAN, YUAN_MARKS


def _parse(field: FormField, posted: Posted) -> Parsed:
    period = first(posted, "/period")
    amount = parse_scaled(field, {"": posted.get("/amount", ())}, scale=2, units=YUAN_MARKS)
    raw = {"/amount": amount.raw[""]} if amount.raw else {}
    members = ({"period": period} if period else {}) | ({"amount": amount.value} if amount.value is not ABSENT else {})
    return Parsed(members if members and not (set(members) == {"period"} and not raw) else ABSENT, raw)


def _show(field: FormField, value: Any) -> str:
    if not isinstance(value, dict) or "amount" not in value:
        return ""
    amount = f"{show_scaled(value['amount'], 2, grouping=True)} {YUAN}"
    period = PERIODS.get(value.get("period", ""))
    return f"{amount}/{period}" if period else amount


def _inputs(field: FormField, value: Any) -> dict[str, str]:
    members = value if isinstance(value, dict) else {}
    texts = {"/period": members.get("period", "")}
    if "amount" in members:
        texts["/amount"] = show_scaled(members["amount"], 2, grouping=False)
    return texts


KIND = FieldKind(
    id="income",
    leaves=("/period", "/amount"),
    parse=_parse,
    show=_show,
    example=lambda field: {"period": "month", "amount": 0},
    inputs=_inputs,
    grouped=True,
    scale=lambda field: 2,
)

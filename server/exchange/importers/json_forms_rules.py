"""Rules of a JSON Forms UI schema → CEL."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from server.exchange.fidelity import Ledger
from server.exchange.importers.draft import FieldDraft
from server.exchange.importers.schema_conditions import value_rule

#: Tells the variable and the field that a scope points at.
FieldOf = Callable[[str], tuple[str, FieldDraft] | None]

_MAX_DEPTH = 10


def rule_of(rule: Any, place: str, field_of: FieldOf, ledger: Ledger) -> str:
    """The rule that decides whether an element is there; empty for always. What no rule can say is reported."""
    effect = rule.get("effect") if isinstance(rule, dict) else None
    condition = _condition(rule.get("condition"), field_of, 0) if isinstance(rule, dict) else None
    if condition is None or effect not in ("SHOW", "HIDE", "ENABLE", "DISABLE"):
        ledger.drop(place, "condition-not-expressible", str(effect))
        return ""
    if effect in ("ENABLE", "DISABLE"):
        ledger.approximate(place, "shown-instead-of-enabled", effect)
    else:
        ledger.approximate(place, "condition-needs-answer", effect)
    return condition if effect in ("SHOW", "ENABLE") else f"!({condition})"


def _condition(condition: Any, field_of: FieldOf, depth: int) -> str | None:
    if not isinstance(condition, dict) or depth > _MAX_DEPTH:
        return None
    kind = condition.get("type")
    if kind in ("AND", "OR") and isinstance(condition.get("conditions"), list):
        parts = [_condition(one, field_of, depth + 1) for one in condition["conditions"]]
        sign = " && " if kind == "AND" else " || "
        return None if None in parts or not parts else sign.join(f"({part})" for part in parts)
    scope = condition.get("scope")
    if not isinstance(scope, str):
        return None
    found = field_of(scope)
    if found is None:
        return None
    path, field = found
    if "expectedValue" in condition:
        return value_rule(path, {"const": condition["expectedValue"]}, field, _nothing)
    return value_rule(path, condition.get("schema"), field, _nothing)


def _nothing(keyword: str) -> None:
    """The rule as a whole is reported, not its keywords."""

"""Conditions of others as rules of ours: kept as they are, without the marks of their engine, with a note."""

from __future__ import annotations

from server.exchange.bpmn.elements import Arrow
from server.exchange.bpmn.settings import told
from server.exchange.fidelity import Ledger

_LONGEST = 120


def rule_of(arrow: Arrow, ledger: Ledger) -> str | None:
    """The rule of an arrow; nothing where it has none."""
    if arrow.condition is None:
        return None
    if "code" in arrow.settings:
        always = arrow.settings.get("always") is True and arrow.condition == "true"
        return None if always else told(arrow.settings, "when", arrow.condition)
    ledger.approximate(f"{arrow.place}/condition", "condition-kept-as-text", arrow.condition[:_LONGEST])
    return rule_text(arrow.condition)


def rule_text(text: str) -> str:
    """The expression of another engine without the marks around it."""
    stripped = text.strip()
    if stripped[:2] in ("${", "#{") and stripped.endswith("}"):
        return stripped[2:-1].strip()
    return stripped.removeprefix("=").strip()

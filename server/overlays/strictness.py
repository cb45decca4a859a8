"""Which way a change goes: whether it asks more of people or less, as far as that can be decided."""

from __future__ import annotations

import re
from typing import Any, Literal

from server.overlays.changes import Change

#: `changed` where it cannot be decided, or goes neither way.
Direction = Literal["stricter", "looser", "same", "changed"]

_OPPOSITE: dict[Direction, Direction] = {"stricter": "looser", "looser": "stricter", "same": "same", "changed": "changed"}

#: A rule that cannot become the operand of something weaker than `&&`, or of something other than `||`.
_IN_AND = r"[^|?:]+"
_IN_OR = r"[^&?:]+"


def direction_of(change: Change) -> Direction:
    """The direction of one change, by what its place means."""
    if change.kind == "moved" or "unknown" in (change.shape.stricter, change.holder and change.holder.stricter):
        return "changed"
    if change.holder is not None and change.kind != "changed":
        # One more or one fewer of the members that authors name.
        added: Direction = "looser" if change.holder.stricter == "less" else "stricter"
        return added if change.kind == "added" else _OPPOSITE[added]
    shape = change.shape
    if shape.stricter == "never":
        return "same"
    if change.kind != "changed":
        stricter = (change.kind == "added") == (shape.absent == "loosest")
        return "stricter" if stricter else "looser"
    match shape.stricter:
        case "asking":
            return _rule_direction(change.before, change.after)
        case "freeing":
            return _OPPOSITE[_rule_direction(change.before, change.after)]
        case "more":
            return _number_direction(change.before, change.after)
        case "less":
            return _OPPOSITE[_number_direction(change.before, change.after)]
    return "changed"


def is_number(value: Any) -> bool:
    """Whether a value is a number."""
    return isinstance(value, int | float) and not isinstance(value, bool)


def _number_direction(before: Any, after: Any) -> Direction:
    """`stricter` where a number grew."""
    if not is_number(before) or not is_number(after) or before == after:
        return "changed"
    return "stricter" if after > before else "looser"


def _rule_direction(before: Any, after: Any) -> Direction:
    """`stricter` where the rule now holds in every case in which it held before, and perhaps in others.

    Only what the text shows is decided: `true` and `false`, and one more operand of `&&` or `||`.
    """
    if not isinstance(before, str) or not isinstance(after, str):
        return "changed"
    if before.strip() == "false" or after.strip() == "true" or _widens(before, after, "||", _IN_OR):
        return "stricter"
    if before.strip() == "true" or after.strip() == "false" or _widens(before, after, "&&", _IN_AND):
        return "looser"
    return "changed"


def _widens(before: str, after: str, operator: str, operand: str) -> bool:
    """Whether `after` is `before` with one more operand of an operator."""
    rule, mark = before.strip(), re.escape(operator)
    spelled = [rf"\(\s*{re.escape(rule)}\s*\)"]
    if re.fullmatch(operand, rule):
        spelled.append(re.escape(rule))
    whole = "|".join(spelled)
    return re.fullmatch(rf"\s*(?:(?:{whole})\s*{mark}{operand}|{operand}{mark}\s*(?:{whole}))\s*", after) is not None

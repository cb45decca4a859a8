"""Texts with rules in braces: end reasons, messages, letters and public notices."""

from __future__ import annotations

import re

from server.processes.compiled import Text
from server.rules.expressions import Environment, Rule, RuleFault, compile_rule

_PLACEHOLDER = re.compile(r"\{([^{}]*)\}")
#: Longer than any letter.
MAX_LENGTH = 20_000
#: Types whose values can stand in a sentence.
_WORDS = frozenset({"string", "int", "dyn"})


def compile_text(environment: Environment, text: str) -> Text | tuple[RuleFault, ...]:
    """The text with its rules compiled, or every fault of its rules; a rule must yield a text or a whole number."""
    if len(text) > MAX_LENGTH:
        return (RuleFault("text-too-long", {"limit": MAX_LENGTH, "length": len(text)}),)
    parts: list[str | Rule] = []
    faults: list[RuleFault] = []
    for index, piece in enumerate(_PLACEHOLDER.split(text)):
        if index % 2 == 0:
            parts += [piece] if piece else []
            continue
        rule = compile_rule(environment, piece)
        if isinstance(rule, tuple):
            faults += (RuleFault(fault.code, {**fault.params, "rule": piece}) for fault in rule)
        elif rule.type not in _WORDS:
            faults.append(RuleFault("rule-type", {"expected": "string", "found": rule.type, "rule": piece}))
        else:
            parts.append(rule)
    return tuple(faults) or Text(parts=tuple(parts))

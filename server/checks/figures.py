"""Amounts and thresholds stand in parameters, not in rules."""

from __future__ import annotations

from collections.abc import Iterator

from server.checks.rules import placed_facts, rules_of
from server.checks.subject import Subject
from server.definitions.service import Service
from server.findings import Finding
from server.rules.expressions import figures

_ARITHMETIC = frozenset({"sum", "subtract", "multiply", "floor_divide", "minimum", "maximum"})
#: Figures that say nothing about a service: counting, months of a year, hundredths.
_UNITS = (0, 1, -1, 12, 100)


def check_figures(subject: Subject, service: Service) -> Iterator[Finding]:
    """No rule holds a bare figure: who reads it cannot know what it means, and no region can change it."""
    for one in rules_of(subject, service):
        for figure in dict.fromkeys(figures(one.rule)):
            yield one.place.warning("bare-figure", figure=figure)
    for place, fact, _, _ in placed_facts(subject, service):
        for operand in fact.operands if fact.operator in _ARITHMETIC else ():
            if isinstance(operand, int) and operand not in _UNITS:
                yield place.warning("bare-figure", figure=operand)

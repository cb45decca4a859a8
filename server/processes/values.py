"""What the rules of a process may know at one moment, with facts computed once and only when a rule needs them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any

import msgspec

from server.definitions.workdays import day_of
from server.processes.compiled import CompiledProcess, Text, conforms
from server.rules.expressions import UNDEFINED, Rule
from server.rules.facts import row_bindings
from server.rules.tables import CompiledTable, Decision, Undecided
from server.rules.types import RuleType
from server.rules.variables import bind
from server.types import JsonValue, RegionCode


class CaseFacts(msgspec.Struct, frozen=True, kw_only=True):
    """What a step needs of the case and the world around it."""

    #: Application variables with form facts, `parameters.<id>`, `case.<part>` and `provided.<material>`.
    bindings: dict[str, Any]
    now: datetime
    #: Region whose offices work on the case, unless a task names another.
    place: RegionCode
    #: Processes that sub-processes and rows run.
    others: Mapping[str, CompiledProcess] = msgspec.field(default_factory=dict)

    def values(self, process: CompiledProcess, variables: Mapping[str, JsonValue], row: JsonValue = None) -> Values:
        """What the rules of a process, or of a scope with a process of its own, may know in this step."""
        return Values(process, self, variables, row)


class Values:
    """The variables of one process or of one scope with a process of its own."""

    def __init__(
        self, process: CompiledProcess, moment: CaseFacts, variables: Mapping[str, JsonValue], row: JsonValue = None
    ) -> None:
        self._process = process
        self._moment = moment
        self._known: dict[str, Any] = {**moment.bindings, **variables, **_row(row)}
        self._with_facts: dict[str, Any] | None = None

    def of(self, rule: Rule) -> Any:
        """The value of a rule, or `UNDEFINED`."""
        value = rule.evaluate(self._known if self._process.fact_names.isdisjoint(rule.names) else self._all())
        return _ordered(value) if isinstance(value, list | dict) else value

    def holds(self, rule: Rule | None) -> bool:
        """Whether a rule is true, or there is none."""
        return rule is None or self.of(rule) is True

    def text(self, text: Text) -> str | Rule:
        """The text with its rules' values in it, or the first rule that has none."""
        parts: list[str] = []
        for part in text.parts:
            if isinstance(part, str):
                parts.append(part)
                continue
            value = self.of(part)
            if value is UNDEFINED:
                return part
            parts.append(str(value))
        return "".join(parts)

    def decide(self, table: CompiledTable) -> Decision | Undecided:
        """What a table decides."""
        return table.decide(self._known if self._process.fact_names.isdisjoint(table.references) else self._all())

    def answer(self, node: str, name: str) -> JsonValue:
        """One variable of a node; none when it has no value."""
        return self._known.get(f"{node}.{name}")

    def replace(self, node: str, gone: Iterable[str], variables: Mapping[str, JsonValue]) -> None:
        """Gives a node new variables in place of those that are gone."""
        if node in self._process.fact_nodes:
            self._with_facts = None
        for known in (self._known, self._with_facts):
            if known is not None:
                for name in gone:
                    del known[name]
                known.update(variables)

    def _all(self) -> dict[str, Any]:
        if self._with_facts is None:
            today = day_of(self._moment.now)
            self._with_facts = self._process.facts.evaluate(self._known, today=today, calendar=self._process.calendar)
        return self._with_facts


def typed_variables(instance: Mapping[str, JsonValue], types: Mapping[str, RuleType]) -> dict[str, JsonValue]:
    """The answered variables of an instance; a value of another type than rules expect counts as unanswered."""
    return {name: value for name, value in bind(instance, types).items() if conforms(value, types[name])}


def _ordered(value: JsonValue) -> JsonValue:
    """The value with the members of rows in one order: the evaluator yields them in a different one each time."""
    if isinstance(value, dict):
        return {name: _ordered(value[name]) for name in sorted(value)}
    return [_ordered(member) for member in value] if isinstance(value, list) else value


def _row(row: JsonValue) -> dict[str, Any]:
    if isinstance(row, dict):
        return row_bindings(row)
    return {} if row is None else {"row.code": row}

"""Derived facts: what CEL lacks, as named structural computations over the variables.

A fact is one entry `{"<operator>": operands}` with optional `where`, `title` and `skip_unanswered`. Facts are typed
variables for every rule; a fact whose inputs are unanswered is itself unanswered.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

import msgspec

from server.findings import Param
from server.rules.expressions import UNDEFINED, Environment, Rule, RuleFault, compile_rule
from server.rules.operators import OPERATORS, Moment, Operator, WorkdayCalendar
from server.rules.types import BOOL, INT, STRING, RuleType, list_of, row_members, row_of
from server.rules.variables import member_at, path_of
from server.types import JsonValue

#: More facts than any form or process has a use for.
MAX_FACTS = 500
_SETTINGS = frozenset({"where", "title", "skip_unanswered"})


class FactFault(msgspec.Struct, frozen=True):
    """Why a fact does not compile."""

    fact: str
    code: str
    params: dict[str, Param] = {}


class Fact(msgspec.Struct, frozen=True):
    """One compiled fact."""

    name: str
    #: Name of the group for a fact of its rows, empty otherwise.
    group: str
    operator: str
    operands: tuple[Any, ...]
    #: What the operator takes at the place of each operand.
    kinds: tuple[str, ...]
    type: RuleType
    where: Rule | None
    skip_unanswered: bool
    title: str

    def compute(self, bindings: Mapping[str, Any], moment: Moment, row: JsonValue = None) -> Any:
        """The fact's value for these bindings, or `UNDEFINED`; values of a type the schema refuses count as unanswered.

        A fact of rows is computed for one row, whose members are `row.<field>`.
        """
        try:
            return self._compute(bindings, moment, row)
        except (TypeError, AttributeError, ValueError, OverflowError):
            return UNDEFINED

    def _compute(self, bindings: Mapping[str, Any], moment: Moment, row: JsonValue) -> Any:
        operator = OPERATORS[self.operator]
        values = [self._value(operand, kind, bindings, row) for operand, kind in zip(self.operands, self.kinds, strict=True)]
        if self.operator == "all":
            return UNDEFINED if values[0] is UNDEFINED else len(values[0]) == len(bindings.get(self.operands[0], ()))
        if not operator.total and any(value is UNDEFINED for value in values):
            return UNDEFINED
        return operator.body(values, moment)

    def _value(self, operand: Any, kind: str, bindings: Mapping[str, Any], row: JsonValue) -> Any:
        if not isinstance(operand, str) or kind == "literal":
            return operand
        if kind == "income":
            amount, period = (_variable(f"{operand}.{part}", bindings, row) for part in ("amount", "period"))
            return UNDEFINED if amount is UNDEFINED or period is UNDEFINED else {"amount": amount, "period": period}
        group, column, path = operand.partition("[].")
        if kind != "rows" and not column:
            return _variable(operand, bindings, row)
        rows = self._rows(bindings.get(group, []), bindings)
        if rows is UNDEFINED or kind == "rows":
            return rows
        cells = [_cell(member, path) for member in rows]
        if self.skip_unanswered or self.operator == "duplicates":
            return [cell for cell in cells if cell is not UNDEFINED]
        return UNDEFINED if any(cell is UNDEFINED for cell in cells) else cells

    def _rows(self, rows: Any, bindings: Mapping[str, Any]) -> Any:
        if self.where is None:
            return rows
        kept = []
        for row in rows:
            verdict = self.where.evaluate(bindings, row)
            if verdict is UNDEFINED and not self.skip_unanswered:
                return UNDEFINED
            if verdict is True:
                kept.append(row)
        return kept


class Facts:
    """Compiled facts in the order of their dependencies."""

    def __init__(self, facts: Sequence[Fact], types: Mapping[str, RuleType]) -> None:
        self.facts = tuple(facts)
        #: Variables the facts add; groups with row facts appear with their new members.
        self.types = dict(types)

    def evaluate(self, bindings: Mapping[str, Any], *, today: date, calendar: WorkdayCalendar) -> dict[str, Any]:
        """The bindings with every defined fact added; rows with facts of their own are copies."""
        moment = Moment(today, calendar)
        known = dict(bindings)
        for fact in self.facts:
            if fact.group:
                rows = known.get(fact.group)
                if isinstance(rows, list):
                    known[fact.group] = [_with_row_fact(fact, row, known, moment) for row in rows]
                continue
            value = fact.compute(known, moment)
            if value is not UNDEFINED:
                known[fact.name] = value
        return known


def row_bindings(row: Mapping[str, Any]) -> dict[str, Any]:
    """The answered leaves of one row as `row.<field>` variables."""
    bindings: dict[str, Any] = {}
    for name, value in row.items():
        if isinstance(value, dict):
            bindings |= {f"row.{name}.{leaf}": inner for leaf, inner in value.items() if inner is not None}
        elif value is not None:
            bindings[f"row.{name}"] = value
    return bindings


def compile_facts(document: Mapping[str, Mapping[str, Any]], variables: Mapping[str, RuleType]) -> Facts | tuple[FactFault, ...]:
    """The facts in order of dependency, or every fault; facts may use each other, never in a circle."""
    if len(document) > MAX_FACTS:
        return (FactFault(next(iter(document)), "too-many-facts", {"limit": MAX_FACTS, "found": len(document)}),)
    faults: list[FactFault] = []
    compiled: list[Fact] = []
    types: dict[str, RuleType] = {}
    known = dict(variables)
    needs = {name: _others(name, entry, document) for name, entry in document.items()}
    while needs:
        ready = sorted(name for name, others in needs.items() if not others & needs.keys())
        if not ready:
            faults += [FactFault(name, "fact-cycle", {"fact": name}) for name in sorted(needs)]
            break
        for name in ready:
            del needs[name]
            fact = _compile_fact(name, document[name], known)
            if isinstance(fact, Fact):
                compiled.append(fact)
                types |= _fact_variables(fact, known)
                known |= types
            else:
                faults += fact
    return tuple(faults) if faults else Facts(compiled, types)


def _others(name: str, entry: Mapping[str, Any], document: Mapping[str, Mapping[str, Any]]) -> set[str]:
    """The other facts that must be known before a fact."""
    mentioned = {other for other in document if _mentions(entry, other)} if "where" in entry else set()
    return ((_needs(entry) & document.keys()) | mentioned) - {name}


def _needs(entry: Mapping[str, Any]) -> set[str]:
    operands: Any = next((value for key, value in entry.items() if key not in _SETTINGS), [])
    listed = operands if isinstance(operands, list) else [operands]
    return {operand for operand in listed if isinstance(operand, str)}


def _mentions(entry: Mapping[str, Any], name: str) -> bool:
    """Whether a fact's condition may use another fact; a mere likeness only delays it."""
    member = name.partition("[].")[2]
    return (f"row.{member}" if member else name) in str(entry.get("where", ""))


def _compile_fact(name: str, entry: Mapping[str, Any], variables: dict[str, RuleType]) -> Fact | list[FactFault]:
    keys = [key for key in entry if key not in _SETTINGS]
    if len(keys) != 1 or keys[0] not in OPERATORS:
        return [FactFault(name, "unknown-operator", {"fact": name, "operator": ", ".join(keys)})]
    if name in variables:
        return [FactFault(name, "fact-hides-field", {"fact": name})]
    operator, raw = OPERATORS[keys[0]], entry[keys[0]]
    operands: tuple[Any, ...] = tuple(raw) if isinstance(raw, list) else (raw,) if operator.operands else ()
    group = name.partition("[].")[0] if "[]." in name else ""
    scope = variables | _row_scope(variables.get(group))
    kinds = _operand_kinds(operator, len(operands))
    if (not kinds and operands) or len(kinds) != len(operands):
        return [FactFault(name, "operand-count", {"fact": name, "expected": len(operator.operands), "found": len(operands)})]
    first, faults = _operands_type(name, operands, kinds, scope)
    where = _compile_where(name, entry, operands, scope, faults)
    if faults:
        return faults
    return Fact(
        name=name,
        group=group,
        operator=keys[0],
        operands=operands,
        kinds=kinds,
        type=operator.result or first or INT,
        where=where,
        skip_unanswered=bool(entry.get("skip_unanswered", False)),
        title=str(entry.get("title", name)),
    )


def _operands_type(
    name: str, operands: tuple[Any, ...], kinds: tuple[str, ...], scope: dict[str, RuleType]
) -> tuple[RuleType | None, list[FactFault]]:
    """The type of the first operand, and the operands that do not fit; those of kind `any` are of one type."""
    faults: list[FactFault] = []
    first: RuleType | None = None
    for operand, kind in zip(operands, kinds, strict=True):
        found = _operand_type(operand, kind, scope)
        if isinstance(found, str):
            faults.append(FactFault(name, found, {"fact": name, "field": str(operand), "expected": kind}))
        elif kind == "any" and first is not None and found.kind != first.kind:
            faults.append(FactFault(name, "operand-type", {"fact": name, "field": str(operand), "expected": first.kind}))
        else:
            first = first or found
    return first, faults


def _compile_where(
    name: str, entry: Mapping[str, Any], operands: tuple[Any, ...], scope: dict[str, RuleType], faults: list[FactFault]
) -> Rule | None:
    text = entry.get("where")
    if text is None:
        return None
    group = str(operands[0]).partition("[].")[0] if operands else ""
    listed = scope.get(group)
    if listed is None or listed.kind != "list":
        faults.append(FactFault(name, "operand-type", {"fact": name, "field": group, "expected": "rows"}))
        return None
    rule = compile_rule(Environment(scope | _row_scope(scope.get(group))), str(text), BOOL)
    if isinstance(rule, Rule):
        return rule
    faults += [_rule_fault(name, fault) for fault in rule]
    return None


def _rule_fault(name: str, fault: RuleFault) -> FactFault:
    return FactFault(name, fault.code, {"fact": name, **fault.params})


def _operand_kinds(operator: Operator, count: int) -> tuple[str, ...]:
    if operator.variadic and count >= 1:
        return (operator.operands[0],) * count
    return operator.operands


def _operand_type(operand: Any, kind: str, scope: Mapping[str, RuleType]) -> RuleType | str:
    """The operand's type, or the code of the fault."""
    if kind == "literal":
        return STRING if isinstance(operand, str) else "operand-type"
    if not isinstance(operand, str):
        figure = isinstance(operand, int) and not isinstance(operand, bool)
        return INT if figure and kind in ("int", "amount", "any") else "operand-type"
    if kind == "income":
        return INT if f"{operand}.amount" in scope and f"{operand}.period" in scope else "unknown-field"
    found = _lookup(operand, scope)
    if found is None:
        return "unknown-field"
    column = "[]." in operand
    fits = {
        "int": not column and found.kind == "int",
        "string": not column and found.kind == "string",
        "amount": found.kind == "int",
        "text": found.kind == "string",
        "any": not column,
        "texts": column and found.kind == "string",
        "incomes": column and {"amount", "period"} <= found.members.keys(),
        "rows": found.kind == "list" and found.element is not None and found.element.kind == "row",
    }
    return found if fits[kind] else "operand-type"


def _lookup(name: str, scope: Mapping[str, RuleType]) -> RuleType | None:
    group, mark, path = name.partition("[].")
    if not mark:
        return scope.get(name)
    listed = scope.get(group)
    found = listed.element if listed is not None else None
    for part in path.split("."):
        found = found.members.get(part) if found is not None and found.kind == "row" else None
    return found


def _row_scope(group: RuleType | None) -> dict[str, RuleType]:
    return row_members(group.element, "row") if group is not None and group.element is not None else {}


def _fact_variables(fact: Fact, variables: Mapping[str, RuleType]) -> dict[str, RuleType]:
    if not fact.group:
        return {fact.name: fact.type}
    group = variables.get(fact.group)
    if group is None or group.element is None:
        return {}
    member = fact.name.partition("[].")[2]
    return {fact.group: list_of(row_of({**group.element.members, member: fact.type}))}


def _with_row_fact(fact: Fact, row: JsonValue, known: Mapping[str, Any], moment: Moment) -> JsonValue:
    value = fact.compute(known, moment, row) if isinstance(row, dict) else UNDEFINED
    return {**row, fact.name.partition("[].")[2]: value} if value is not UNDEFINED else row


def _variable(name: str, bindings: Mapping[str, Any], row: JsonValue) -> Any:
    if row is None or not name.startswith("row."):
        return bindings.get(name, UNDEFINED)
    return _cell(row, name.removeprefix("row."))


def _cell(row: JsonValue, path: str) -> Any:
    value = member_at(row, path_of(path))
    return UNDEFINED if value is None else value

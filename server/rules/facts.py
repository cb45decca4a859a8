"""Derived facts: what CEL lacks, as named structural computations over the variables.

A fact is one entry `{"<operator>": operands}` with optional `where`, `title` and `skip_unanswered`. Facts are typed
variables for every rule; a fact whose inputs are unanswered is itself unanswered.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import date, timedelta
from typing import Any, Protocol

import msgspec
from stdnum.cn import ric

from server.findings import Param
from server.rules.expressions import UNDEFINED, Environment, Rule, RuleFault, compile_rule
from server.rules.types import BOOL, INT, STRING, RuleType, list_of, row_members, row_of

MAX_INT = 2**63 - 1


class WorkdayCalendar(Protocol):
    """What facts need of a calendar."""

    def workdays_between(self, start: date, end: date) -> int:
        """Working days after `start` up to and including `end`."""


class FactFault(msgspec.Struct, frozen=True):
    """Why a fact does not compile."""

    fact: str
    code: str
    params: dict[str, Param] = {}


class Moment(msgspec.Struct, frozen=True):
    """What a computation may know besides its inputs."""

    today: date
    calendar: WorkdayCalendar


#: Computes a fact from its operands' values; `UNDEFINED` when it has none.
Body = Callable[[Sequence[Any], Moment], Any]


class Operator(msgspec.Struct, frozen=True):
    """One row of the operator table."""

    #: Types of the operands: `int`, `string`, `bool`, `any`, `column` (values of a row field), `rows`, `income`, `literal`.
    operands: tuple[str, ...]
    result: RuleType | None
    body: Body
    #: Whether the last operand type may repeat.
    variadic: bool = False
    #: Whether undefined operands are passed on instead of making the fact undefined.
    total: bool = False


def _int(value: int) -> Any:
    return value if -MAX_INT - 1 <= value <= MAX_INT else UNDEFINED


def _flat(values: Sequence[Any]) -> list[int]:
    return [number for value in values for number in (value if isinstance(value, list) else [value])]


def _sum(values: Sequence[Any], _: Moment) -> Any:
    return _int(sum(_flat(values)))


def _subtract(values: Sequence[Any], _: Moment) -> Any:
    return _int(values[0] - values[1])


def _multiply(values: Sequence[Any], _: Moment) -> Any:
    product = 1
    for value in values:
        product *= value
    return _int(product)


def _floor_divide(values: Sequence[Any], _: Moment) -> Any:
    return values[0] // values[1] if values[1] else UNDEFINED


def _minimum(values: Sequence[Any], _: Moment) -> Any:
    return min(_flat(values), default=UNDEFINED)


def _maximum(values: Sequence[Any], _: Moment) -> Any:
    return max(_flat(values), default=UNDEFINED)


def _count(values: Sequence[Any], _: Moment) -> Any:
    return len(values[0])


def _any(values: Sequence[Any], _: Moment) -> Any:
    return bool(values[0])


def _monthly(values: Sequence[Any], _: Moment) -> Any:
    return _month_amount(values[0])


def _monthly_sum(values: Sequence[Any], _: Moment) -> Any:
    amounts = [_month_amount(income) for income in values[0]]
    return UNDEFINED if UNDEFINED in amounts else _int(sum(amounts))


def _month_amount(income: Any) -> Any:
    amount, period = income.get("amount"), income.get("period")
    if not isinstance(amount, int) or period not in ("month", "year"):
        return UNDEFINED
    return amount if period == "month" else amount // 12


def _birth_date(values: Sequence[Any], _: Moment) -> Any:
    born = _born(values[0])
    return UNDEFINED if born is None else born.isoformat()


def _age(values: Sequence[Any], moment: Moment) -> Any:
    return _years(_born(values[0]), moment.today)


def _gender(values: Sequence[Any], _: Moment) -> Any:
    if _born(values[0]) is None:
        return UNDEFINED
    return "1" if int(values[0][16]) % 2 else "2"


def _born(number: str) -> date | None:
    if len(number) != 18 or not number[:17].isdigit() or ric.calc_check_digit(number) != number[17]:
        return None
    return _date(f"{number[6:10]}-{number[10:12]}-{number[12:14]}")


def _age_of_date(values: Sequence[Any], moment: Moment) -> Any:
    return _years(_date(values[0]), moment.today)


def _years(born: date | None, today: date) -> Any:
    if born is None or born > today:
        return UNDEFINED
    return today.year - born.year - ((today.month, today.day) < (born.month, born.day))


def _date(text: str) -> date | None:
    try:
        return date.fromisoformat(text)
    except ValueError:
        return None


def _days_between(values: Sequence[Any], _: Moment) -> Any:
    start, end = _date(values[0]), _date(values[1])
    return UNDEFINED if start is None or end is None else (end - start).days


def _workdays_between(values: Sequence[Any], moment: Moment) -> Any:
    start, end = _date(values[0]), _date(values[1])
    if start is None or end is None or abs(end - start) > timedelta(days=20_000):
        return UNDEFINED
    return moment.calendar.workdays_between(start, end)


def _not_in_future(values: Sequence[Any], moment: Moment) -> Any:
    day = _date(values[0])
    return UNDEFINED if day is None else day <= moment.today


def _today(_: Sequence[Any], moment: Moment) -> Any:
    return moment.today.isoformat()


def _region_prefix(values: Sequence[Any], _: Moment) -> Any:
    return values[0][: values[1]]


def _region_within(values: Sequence[Any], _: Moment) -> Any:
    code, upper = values
    digits = len(upper) if len(upper) > 6 else len(upper.rstrip("0")) + len(upper.rstrip("0")) % 2
    return code[:digits] == upper[:digits]


def _text_length(values: Sequence[Any], _: Moment) -> Any:
    return len(values[0])


def _masked(values: Sequence[Any], _: Moment) -> Any:
    return values[0][:1] + "*" * max(len(values[0]) - 1, 1)


def _first_of(values: Sequence[Any], _: Moment) -> Any:
    return next((value for value in values if value is not UNDEFINED), UNDEFINED)


def _is_answered(values: Sequence[Any], _: Moment) -> Any:
    return values[0] is not UNDEFINED and values[0] not in ("", [])


def _starts_with(values: Sequence[Any], _: Moment) -> Any:
    return values[0].startswith(values[1])


def _equal(values: Sequence[Any], _: Moment) -> Any:
    return values[0] == values[1]


def _collect(values: Sequence[Any], _: Moment) -> Any:
    return sorted(dict.fromkeys(values[0]))


def _duplicates(values: Sequence[Any], _: Moment) -> Any:
    seen: dict[str, int] = {}
    for value in values:
        for entry in value if isinstance(value, list) else [value]:
            if entry is not UNDEFINED:
                seen[entry] = seen.get(entry, 0) + 1
    return sorted(entry for entry, times in seen.items() if times > 1)


#: Every operator: its operands, its result (`None`: that of the first operand) and its body.
OPERATORS: dict[str, Operator] = {
    "sum": Operator(("amount",), INT, _sum, variadic=True),
    "subtract": Operator(("int", "int"), INT, _subtract),
    "multiply": Operator(("int",), INT, _multiply, variadic=True),
    "floor_divide": Operator(("int", "int"), INT, _floor_divide),
    "minimum": Operator(("amount",), INT, _minimum, variadic=True),
    "maximum": Operator(("amount",), INT, _maximum, variadic=True),
    "count": Operator(("rows",), INT, _count),
    "any": Operator(("rows",), BOOL, _any),
    "all": Operator(("rows",), BOOL, _any),
    "monthly": Operator(("income",), INT, _monthly),
    "monthly_sum": Operator(("column",), INT, _monthly_sum),
    "birth_date_from": Operator(("string",), STRING, _birth_date),
    "age_from": Operator(("string",), INT, _age),
    "gender_from": Operator(("string",), STRING, _gender),
    "age_of_date": Operator(("string",), INT, _age_of_date),
    "days_between": Operator(("string", "string"), INT, _days_between),
    "workdays_between": Operator(("string", "string"), INT, _workdays_between),
    "not_in_future": Operator(("string",), BOOL, _not_in_future),
    "today": Operator((), STRING, _today),
    "region_prefix": Operator(("string", "int"), STRING, _region_prefix),
    "region_within": Operator(("string", "literal"), BOOL, _region_within),
    "text_length": Operator(("string",), INT, _text_length),
    "masked": Operator(("string",), STRING, _masked),
    "first_of": Operator(("any",), None, _first_of, variadic=True, total=True),
    "is_answered": Operator(("any",), BOOL, _is_answered, total=True),
    "starts_with": Operator(("string", "string"), BOOL, _starts_with),
    "equal": Operator(("any", "any"), BOOL, _equal),
    "collect": Operator(("column",), list_of(STRING), _collect),
    "duplicates": Operator(("text",), list_of(STRING), _duplicates, variadic=True, total=True),
}

_SETTINGS = frozenset({"where", "title", "skip_unanswered"})


class Fact(msgspec.Struct, frozen=True):
    """One compiled fact."""

    name: str
    #: Name of the group for a fact of its rows, empty otherwise.
    group: str
    operator: str
    operands: tuple[Any, ...]
    type: RuleType
    where: Rule | None
    skip_unanswered: bool
    title: str

    def compute(self, bindings: Mapping[str, Any], moment: Moment) -> Any:
        """The fact's value for these bindings, or `UNDEFINED`; values of a type the schema refuses count as unanswered."""
        try:
            return self._compute(bindings, moment)
        except (TypeError, AttributeError, ValueError, OverflowError):
            return UNDEFINED

    def _compute(self, bindings: Mapping[str, Any], moment: Moment) -> Any:
        operator = OPERATORS[self.operator]
        kinds = _operand_kinds(operator, len(self.operands))
        values = [self._value(operand, kind, bindings) for operand, kind in zip(self.operands, kinds, strict=True)]
        if self.operator == "all":
            group = bindings.get(self.operands[0])
            return UNDEFINED if not isinstance(group, list) or values[0] is UNDEFINED else len(values[0]) == len(group)
        if not operator.total and any(value is UNDEFINED for value in values):
            return UNDEFINED
        return operator.body(values, moment)

    def _value(self, operand: Any, kind: str, bindings: Mapping[str, Any]) -> Any:
        if not isinstance(operand, str) or kind == "literal":
            return operand
        if kind == "income":
            amount, period = bindings.get(f"{operand}.amount"), bindings.get(f"{operand}.period")
            return UNDEFINED if amount is None or period is None else {"amount": amount, "period": period}
        if kind != "rows" and "[]" not in operand:
            return bindings.get(operand, UNDEFINED)
        group, _, path = operand.partition("[].")
        rows = self._rows(bindings.get(group, []), bindings)
        if rows is UNDEFINED or kind == "rows":
            return rows
        cells = [_cell(row, path) for row in rows]
        if self.skip_unanswered or self.operator == "duplicates":
            return [cell for cell in cells if cell is not UNDEFINED]
        return UNDEFINED if any(cell is UNDEFINED for cell in cells) else cells

    def _rows(self, rows: Any, bindings: Mapping[str, Any]) -> Any:
        if self.where is None:
            return rows
        kept = []
        for row in rows:
            verdict = self.where.evaluate({**bindings, **row_bindings(row)})
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
        """The bindings with every defined fact added; rows with row facts are copies."""
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
    faults: list[FactFault] = []
    compiled: list[Fact] = []
    types: dict[str, RuleType] = {}
    pending = dict(document)
    while pending:
        ready = {
            name: entry
            for name, entry in pending.items()
            if not _needs(entry) & (pending.keys() - {name})
            and not any(_mentions(entry, other) for other in pending if other != name)
        }
        if not ready:
            faults += [FactFault(name, "fact-cycle", {"fact": name}) for name in sorted(pending)]
            break
        for name in sorted(ready):
            del pending[name]
            fact = _compile_fact(name, ready[name], {**variables, **types})
            if isinstance(fact, Fact):
                compiled.append(fact)
                types |= _fact_variables(fact, {**variables, **types})
            else:
                faults += fact
    return tuple(faults) if faults else Facts(compiled, types)


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
    faults: list[FactFault] = []
    first: RuleType | None = None
    for operand, kind in zip(operands, kinds, strict=True):
        found = _operand_type(operand, kind, scope)
        if isinstance(found, str):
            faults.append(FactFault(name, found, {"fact": name, "field": str(operand), "expected": kind}))
        else:
            first = first or found
    where = _compile_where(name, entry, operands, scope, faults)
    if faults:
        return faults
    return Fact(
        name=name,
        group=group,
        operator=keys[0],
        operands=operands,
        type=operator.result or first or INT,
        where=where,
        skip_unanswered=bool(entry.get("skip_unanswered", False)),
        title=str(entry.get("title", name)),
    )


def _compile_where(
    name: str, entry: Mapping[str, Any], operands: tuple[Any, ...], scope: dict[str, RuleType], faults: list[FactFault]
) -> Rule | None:
    text = entry.get("where")
    if text is None:
        return None
    group = str(operands[0]).partition("[].")[0] if operands else ""
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
    if isinstance(operand, bool) or not isinstance(operand, str):
        return INT if isinstance(operand, int) and kind in ("int", "amount", "any") else "operand-type"
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
        "column": column,
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


def _with_row_fact(fact: Fact, row: Mapping[str, Any], known: Mapping[str, Any], moment: Moment) -> dict[str, Any]:
    value = fact.compute({**known, **row_bindings(row)}, moment)
    member = fact.name.partition("[].")[2]
    return {**row, member: value} if value is not UNDEFINED else dict(row)


def _cell(row: Mapping[str, Any], path: str) -> Any:
    value: Any = row
    for part in path.split("."):
        value = value.get(part) if isinstance(value, dict) else None
        if value is None:
            return UNDEFINED
    return value

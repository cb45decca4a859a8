"""Decision tables as boxes: every row is a product of sets and intervals, so gaps and overlaps are decided exactly."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from itertools import combinations, product
from typing import Any, Literal

import msgspec

from server.findings import Param
from server.messages.kinds import NO, YES
from server.rules.expressions import UNDEFINED, Environment, Rule, RuleFault, compile_rule
from server.rules.types import SCALARS

#: Where a reason shows the value of an input.
_PLACE = re.compile(r"\{([^{}]*)\}")
#: Products of cut points beyond which a table is reported as not decided.
MAX_BOXES = 200_000


class Cell(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True, rename={"is_": "is"}):
    """The values of one input for which a row applies: a truth value, a set of codes, or an interval."""

    is_: bool | None = None
    codes: tuple[str, ...] | None = None
    at_least: int | None = None
    more_than: int | None = None
    at_most: int | None = None
    below: int | None = None

    def contains(self, value: Any) -> bool:
        """Whether the value lies in the cell."""
        if self.is_ is not None:
            return value is self.is_
        if self.codes is not None:
            return value in self.codes
        return (
            (self.at_least is None or value >= self.at_least)
            and (self.more_than is None or value > self.more_than)
            and (self.at_most is None or value <= self.at_most)
            and (self.below is None or value < self.below)
        )


class Input(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A column of conditions."""

    title: str
    expression: str
    type: Literal["bool", "int", "string"]
    codelist: str | None = None
    order: int = 0


class Output(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A column of results."""

    title: str
    type: Literal["bool", "int", "string"] = "string"
    codelist: str | None = None
    order: int = 0


class Row(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """One rule of the table; an input missing from `when` may have any value."""

    id: str
    when: dict[str, Cell] = {}
    then: dict[str, bool | int | str]
    #: Shown to officials and applicants; `{input}` stands for the input's value.
    reason: str
    source: str | None = None


class DecisionTable(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """`tables/<id>.table.json`."""

    title: str
    hit: Literal["unique", "first", "collect"]
    inputs: dict[str, Input]
    outputs: dict[str, Output]
    rows: tuple[Row, ...]
    source: str | None = None


class Decision(msgspec.Struct, frozen=True, kw_only=True):
    """What a table decided and why."""

    table: str
    row: str
    inputs: dict[str, Any]
    outputs: dict[str, Any]
    reason: str
    source: str | None = None


class Undecided(msgspec.Struct, frozen=True, kw_only=True):
    """Why a table could not decide: an input without a value, or no row."""

    table: str
    cause: Literal["undefined-input", "no-row"]
    inputs: dict[str, Any]
    detail: str = ""


class CompiledTable:
    """A table with its input expressions compiled."""

    def __init__(self, table_id: str, table: DecisionTable, rules: Mapping[str, Rule]) -> None:
        self.id = table_id
        self.table = table
        self.rules = dict(rules)
        self._rows = tuple((row, tuple(row.when.items())) for row in table.rows)

    @property
    def references(self) -> tuple[str, ...]:
        """Variables the inputs use."""
        return tuple(dict.fromkeys(name for rule in self.rules.values() for name in rule.references))

    def decide(self, bindings: Mapping[str, Any]) -> Decision | Undecided:
        """The decision for these bindings; an input without a value is refused, never guessed.

        With hit policy `collect`, outputs of all rows that apply are gathered as lists.
        """
        inputs: dict[str, Any] = {}
        for name, rule in self.rules.items():
            value = rule.evaluate(bindings)
            if value is UNDEFINED:
                return Undecided(table=self.id, cause="undefined-input", inputs=inputs, detail=name)
            inputs[name] = value
        return self.judge(inputs)

    def judge(self, inputs: dict[str, Any]) -> Decision | Undecided:
        """The decision for the values of all inputs."""
        matching = (row for row, when in self._rows if all(cell.contains(inputs[name]) for name, cell in when))
        if self.table.hit == "collect":
            return self._collect(tuple(matching), inputs)
        row = next(matching, None)
        if row is None:
            return Undecided(table=self.id, cause="no-row", inputs=inputs)
        return Decision(
            table=self.id,
            row=row.id,
            inputs=inputs,
            outputs=dict(row.then),
            reason=_reason(row, inputs),
            source=row.source or self.table.source,
        )

    def _collect(self, rows: tuple[Row, ...], inputs: dict[str, Any]) -> Decision | Undecided:
        if not rows:
            return Undecided(table=self.id, cause="no-row", inputs=inputs)
        outputs = {name: [row.then[name] for row in rows if name in row.then] for name in self.table.outputs}
        return Decision(
            table=self.id,
            row=",".join(row.id for row in rows),
            inputs=inputs,
            outputs=outputs,
            reason="\n".join(_reason(row, inputs) for row in rows),
            source=self.table.source,
        )


class TableFault(msgspec.Struct, frozen=True):
    """What is wrong with a table, at a pointer inside its document."""

    pointer: str
    code: str
    params: dict[str, Param] = {}


def compile_table(table_id: str, table: DecisionTable, environment: Environment) -> CompiledTable | tuple[TableFault, ...]:
    """The table ready to decide, or every fault of its expressions, cells and outputs."""
    faults: list[TableFault] = []
    rules: dict[str, Rule] = {}
    for name, column in sorted(table.inputs.items(), key=lambda entry: (entry[1].order, entry[0])):
        rule = compile_rule(environment, column.expression, SCALARS[column.type])
        if isinstance(rule, Rule):
            rules[name] = rule
        else:
            faults += [_fault(f"/inputs/{name}/expression", fault) for fault in rule]
    seen: set[str] = set()
    for index, row in enumerate(table.rows):
        faults += _row_faults(table, row, f"/rows/{index}")
        if row.id in seen:
            faults.append(TableFault(f"/rows/{index}/id", "duplicate-row", {"row": row.id}))
        seen.add(row.id)
    return tuple(faults) if faults else CompiledTable(table_id, table, rules)


def gaps(table: DecisionTable, codes: Mapping[str, Sequence[str]]) -> tuple[dict[str, Any], ...] | None:
    """Examples of inputs no row covers, at most ten; `None` when there are too many boxes to decide.

    `codes` are the possible values of each text input; `null` in an example stands for a code outside every list.
    """
    boxes = _boxes(table, codes)
    if boxes is None:
        return None
    found = []
    for example in boxes:
        if not any(_applies(row, example) for row in table.rows):
            found.append(example)
            if len(found) == 10:
                break
    return tuple(found)


def overlaps(table: DecisionTable, codes: Mapping[str, Sequence[str]]) -> tuple[tuple[str, str, dict[str, Any]], ...] | None:
    """Pairs of rows that both cover an example, one example a pair; `None` when there are too many boxes."""
    boxes = _boxes(table, codes)
    if boxes is None:
        return None
    found: dict[tuple[str, str], dict[str, Any]] = {}
    for example in boxes:
        rows = [row.id for row in table.rows if _applies(row, example)]
        for first, second in combinations(rows, 2):
            found.setdefault((first, second), example)
    return tuple((first, second, example) for (first, second), example in found.items())


def unreachable_rows(table: DecisionTable, codes: Mapping[str, Sequence[str]]) -> tuple[str, ...] | None:
    """Rows that earlier ones leave nothing to, in order; `None` when there are too many boxes."""
    boxes = _boxes(table, codes)
    if boxes is None:
        return None
    reached = {next((row.id for row in table.rows if _applies(row, example)), "") for example in boxes}
    return tuple(row.id for row in table.rows if row.id not in reached)


def _boxes(table: DecisionTable, codes: Mapping[str, Sequence[str]]) -> Iterator[dict[str, Any]] | None:
    """One example of every box that the cells cut the input space into."""
    names = list(table.inputs)
    axes = [_axis(table, name, codes.get(name, ())) for name in names]
    count = 1
    for axis in axes:
        count *= len(axis)
        if count > MAX_BOXES:
            return None
    return (dict(zip(names, values, strict=True)) for values in product(*axes))


def _axis(table: DecisionTable, name: str, codes: Sequence[str]) -> list[Any]:
    cells = [row.when[name] for row in table.rows if name in row.when]
    match table.inputs[name].type:
        case "bool":
            return [True, False]
        case "string":
            return (
                list(dict.fromkeys([*codes, *(code for cell in cells for code in cell.codes or ())]))
                if codes
                else _open_codes(cells)
            )
        case "int":
            cuts = {0}
            for cell in cells:
                for bound in (cell.at_least, cell.more_than, cell.at_most, cell.below):
                    if bound is not None:
                        cuts |= {bound - 1, bound, bound + 1}
            return sorted(cuts)


def _open_codes(cells: Sequence[Cell]) -> list[Any]:
    return [*dict.fromkeys(code for cell in cells for code in cell.codes or ()), None]


def _applies(row: Row, example: Mapping[str, Any]) -> bool:
    return all(cell.contains(example[name]) for name, cell in row.when.items() if name in example)


def _row_faults(table: DecisionTable, row: Row, pointer: str) -> list[TableFault]:
    faults = []
    for name, cell in row.when.items():
        column = table.inputs.get(name)
        if column is None:
            faults.append(TableFault(f"{pointer}/when/{name}", "unknown-table-input", {"input": name}))
        elif not _fits(cell, column.type):
            faults.append(TableFault(f"{pointer}/when/{name}", "cell-type", {"input": name, "expected": column.type}))
    for name, value in row.then.items():
        output = table.outputs.get(name)
        if output is None:
            faults.append(TableFault(f"{pointer}/then/{name}", "unknown-table-output", {"output": name}))
        elif type(value) is not {"bool": bool, "int": int, "string": str}[output.type]:
            faults.append(TableFault(f"{pointer}/then/{name}", "output-type", {"output": name, "expected": output.type}))
    faults += [
        TableFault(f"{pointer}/then", "missing-output", {"output": name}) for name in table.outputs if name not in row.then
    ]
    faults += [
        TableFault(f"{pointer}/reason", "unknown-table-input", {"input": name})
        for name in _PLACE.findall(row.reason)
        if name not in table.inputs
    ]
    return faults


def _fits(cell: Cell, kind: str) -> bool:
    bounds = any(bound is not None for bound in (cell.at_least, cell.more_than, cell.at_most, cell.below))
    used = {"bool": cell.is_ is not None, "string": cell.codes is not None, "int": bounds}
    return used[kind] and sum(used.values()) == 1


def _fault(pointer: str, fault: RuleFault) -> TableFault:
    return TableFault(pointer, fault.code, fault.params)


def _reason(row: Row, inputs: Mapping[str, Any]) -> str:
    def words(place: re.Match[str]) -> str:
        value = inputs.get(place.group(1), place.group())
        return (YES if value else NO) if isinstance(value, bool) else str(value)

    return _PLACE.sub(words, row.reason)

"""Decision tables: cells of the right type, codes that exist, no gap, no overlap, no row without a use."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import msgspec

from server.checks.place import Place, nearest
from server.checks.subject import Subject
from server.definitions.service import Service
from server.documents.pointer import parse_pointer
from server.findings import Finding
from server.rules.expressions import Environment
from server.rules.tables import MAX_BOXES, DecisionTable, TableFault, compile_table, gaps, overlaps, unreachable_rows

#: Codes of the faults of expressions; those are found where a table is used, with the variables of that process.
_OF_EXPRESSIONS = frozenset({"unknown-field", "unknown-row-field", "rule-operands", "rule-syntax", "rule-type", "rule-too-large"})
_NO_VARIABLES = Environment({})
#: Stands in an example for a code outside every list.
_ANY_OTHER = "*"


def check_tables(subject: Subject, service: Service) -> Iterator[Finding]:
    """Every table is well formed and decided exactly: complete, without contradictions, without idle rows."""
    for table_id, table in service.tables.items():
        document = subject.document("table", table_id)
        faults = _faults(table_id, table)
        for fault in faults:
            yield document.under(*parse_pointer(fault.pointer)).error(fault.code, **fault.params)
        yield from _code_findings(service, table, document)
        if not faults:
            codes = {name: _codes(service, column.codelist) for name, column in table.inputs.items()}
            yield from _coverage(table, codes, document)


def _faults(table_id: str, table: DecisionTable) -> tuple[TableFault, ...]:
    compiled = compile_table(table_id, table, _NO_VARIABLES)
    return tuple(fault for fault in compiled if fault.code not in _OF_EXPRESSIONS) if isinstance(compiled, tuple) else ()


def _coverage(table: DecisionTable, codes: Mapping[str, Sequence[str]], document: Place) -> Iterator[Finding]:
    places = {row.id: document.under("rows", index) for index, row in enumerate(table.rows)}
    missing = gaps(table, codes)
    if missing is None:
        yield document.warning("table-not-decided", limit=MAX_BOXES)
        return
    for example in missing:
        yield document.under("rows").error("table-gap", example=_words(example))
    for row in _idle(table, codes):
        yield places[row].error("idle-row", row=row)
    if table.hit == "unique":
        for first, second, example in overlaps(table, codes) or ():
            yield places[second].error("table-overlap", row=second, other=first, example=_words(example))


def _idle(table: DecisionTable, codes: Mapping[str, Sequence[str]]) -> tuple[str, ...]:
    """Rows that can never apply; where the first row wins, those that earlier rows leave nothing to as well."""
    if table.hit == "first":
        return unreachable_rows(table, codes) or ()
    alone = (msgspec.structs.replace(table, rows=(row,)) for row in table.rows)
    return tuple(row for single in alone for row in unreachable_rows(single, codes) or ())


def _code_findings(service: Service, table: DecisionTable, document: Place) -> Iterator[Finding]:
    """Code lists that do not exist, and codes that no list has."""
    for member, columns in (("inputs", table.inputs), ("outputs", table.outputs)):
        for name, column in columns.items():
            if column.codelist is not None and column.codelist not in service.codelists:
                near = nearest(column.codelist, service.codelists)
                yield document.under(member, name, "codelist").error(
                    "unknown-codelist", codelist=column.codelist, suggestion=near
                )
    for index, row in enumerate(table.rows):
        here = document.under("rows", index)
        for name, cell in row.when.items():
            known = _codes(service, table.inputs[name].codelist) if name in table.inputs else ()
            for number, code in enumerate(cell.codes or ()):
                yield from _unknown(code, known, here.under("when", name, "codes", number))
        for name, value in row.then.items():
            known = _codes(service, table.outputs[name].codelist) if name in table.outputs else ()
            yield from _unknown(str(value), known, here.under("then", name))


def _unknown(code: str, known: Sequence[str], here: Place) -> Iterator[Finding]:
    if known and code not in known:
        yield here.error("unknown-code", code=code, suggestion=nearest(code, known))


def _codes(service: Service, list_id: str | None) -> tuple[str, ...]:
    return tuple(service.codelists[list_id].codes) if list_id is not None and list_id in service.codelists else ()


def _words(example: Mapping[str, Any]) -> str:
    """An example as `input = value` pairs."""
    texts = {True: "true", False: "false", None: _ANY_OTHER}
    pairs = ((name, texts[value] if value is None or isinstance(value, bool) else value) for name, value in example.items())
    return ", ".join(f"{name} = {value}" for name, value in pairs)

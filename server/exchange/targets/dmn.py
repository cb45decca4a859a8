"""Decision tables as DMN 1.3, one file a table; `server.exchange.importers.dmn` reads them back."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import TypeVar
from xml.etree import ElementTree as Xml

from server.exchange.fidelity import Ledger
from server.exchange.targets.derived import Derived
from server.releases import Release
from server.rules.tables import Cell, DecisionTable, Input, Output, Row

DMN = "https://www.omg.org/spec/DMN/20191111/MODEL/"
#: Our own attributes and the name of our expression language; others leave them alone.
OWN = "urn:onething:dmn"
CEL = "urn:cel"

Column = TypeVar("Column", Input, Output)

HITS = {"unique": "UNIQUE", "first": "FIRST", "collect": "COLLECT"}
TYPES = {"bool": "boolean", "int": "number", "string": "string"}
#: Names of the two annotation columns every table has.
ANNOTATIONS = ("reason", "source")

#: An expression that FEEL and CEL read alike: one name.
SIMPLE = re.compile(r"[A-Za-z_][A-Za-z0-9_]*(?:\.[A-Za-z_][A-Za-z0-9_]*)*")
_XML_ID = re.compile(r"[A-Za-z_][A-Za-z0-9_.-]*")
#: Characters that no XML document can hold.
_NOT_IN_XML = re.compile("[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


def dmn(release: Release) -> Derived:
    """Every decision table of the release."""
    ledger = Ledger()
    files = {
        f"{name}.dmn": table_xml(table, table_id=name, ledger=ledger, place=f"tables/{name}.table.json#")
        for name, table in sorted(release.service.tables.items())
    }
    return Derived(files=files, notes=ledger.notes())


def table_xml(table: DecisionTable, *, table_id: str, ledger: Ledger, place: str = "") -> str:
    """A decision table as a DMN document."""
    Xml.register_namespace("", DMN)
    Xml.register_namespace("onething", OWN)
    root = _element("definitions", id=f"definitions_{table_id}", name=table.title, namespace=OWN)
    decision = _element("decision", root, id=_xml_id(table_id), name=table.title)
    _element("variable", decision, name=table_id)
    found = _element("decisionTable", decision, id=f"table_{table_id}", hitPolicy=HITS[table.hit])
    if table.source:
        found.set(f"{{{OWN}}}source", _text(table.source))
        ledger.approximate(f"{place}/source", "own-attribute")
    ledger.carry(f"{place}/title")
    ledger.carry(f"{place}/hit")
    inputs, outputs = _ordered(table.inputs), _ordered(table.outputs)
    for name, column in inputs:
        _input(found, name, column, ledger, f"{place}/inputs/{name}")
    for name, output in outputs:
        _output(found, name, output, ledger, f"{place}/outputs/{name}")
    for name in ANNOTATIONS:
        _element("annotation", found, name=name)
    for index, row in enumerate(table.rows):
        _row(found, row, [name for name, _ in inputs], outputs)
        ledger.carry(f"{place}/rows/{index}", row.id)
    Xml.indent(root)
    return '<?xml version="1.0" encoding="UTF-8"?>\n' + Xml.tostring(root, encoding="unicode") + "\n"


def cell_text(cell: Cell | None) -> str:
    """A cell as FEEL unary tests."""
    if cell is None:
        return "-"
    if cell.is_ is not None:
        return "true" if cell.is_ else "false"
    if cell.codes is not None:
        return ",".join(_literal(code) for code in cell.codes)
    low = cell.at_least if cell.at_least is not None else cell.more_than
    high = cell.at_most if cell.at_most is not None else cell.below
    if low is not None and high is not None:
        return f"{'[' if cell.at_least is not None else '('}{low}..{high}{']' if cell.at_most is not None else ')'}"
    if low is not None:
        return f">{'=' if cell.at_least is not None else ''}{low}"
    return f"<{'=' if cell.at_most is not None else ''}{high}" if high is not None else "-"


def _input(table: Xml.Element, name: str, column: Input, ledger: Ledger, place: str) -> None:
    element = _element("input", table, id=f"input_{name}", label=column.title)
    expression = _element("inputExpression", element, typeRef=TYPES[column.type])
    if SIMPLE.fullmatch(column.expression):
        ledger.carry(f"{place}/expression", column.expression)
    else:
        expression.set("expressionLanguage", CEL)
        ledger.approximate(f"{place}/expression", "kept-as-cel", column.expression[:80])
    _element("text", expression).text = _text(column.expression)
    _codelist(element, column.codelist, ledger, place)
    ledger.carry(place, name)


def _output(table: Xml.Element, name: str, output: Output, ledger: Ledger, place: str) -> None:
    element = _element("output", table, id=f"output_{name}", label=output.title, name=name, typeRef=TYPES[output.type])
    _codelist(element, output.codelist, ledger, place)
    ledger.carry(place, name)


def _codelist(element: Xml.Element, codelist: str | None, ledger: Ledger, place: str) -> None:
    if codelist is not None:
        element.set(f"{{{OWN}}}codelist", codelist)
        ledger.approximate(f"{place}/codelist", "own-attribute")


def _row(table: Xml.Element, row: Row, inputs: Iterable[str], outputs: Iterable[tuple[str, Output]]) -> None:
    element = _element("rule", table, id=_xml_id(row.id))
    if element.get("id") != row.id:
        element.set(f"{{{OWN}}}id", _text(row.id))
    for name in inputs:
        _element("text", _element("inputEntry", element)).text = _text(cell_text(row.when.get(name)))
    for name, _ in outputs:
        value = row.then.get(name)
        _element("text", _element("outputEntry", element)).text = _text("" if value is None else _literal(value))
    for text in (row.reason, row.source or ""):
        _element("text", _element("annotationEntry", element)).text = _text(text)


def _literal(value: bool | int | str) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, int):
        return str(value)
    return '"' + value.replace("\\", "\\\\").replace('"', '\\"') + '"'


def _ordered(columns: dict[str, Column]) -> list[tuple[str, Column]]:
    return sorted(columns.items(), key=lambda pair: pair[1].order)


def _element(tag: str, parent: Xml.Element | None = None, **attributes: str) -> Xml.Element:
    found = {name: _text(value) for name, value in attributes.items()}
    name = f"{{{DMN}}}{tag}"
    return Xml.Element(name, found) if parent is None else Xml.SubElement(parent, name, found)


def _xml_id(name: str) -> str:
    return name if _XML_ID.fullmatch(name) else "_" + re.sub(r"[^A-Za-z0-9_.-]", "_", name)


def _text(text: str) -> str:
    return _NOT_IN_XML.sub("\ufffd", text)

"""DMN 1.1–1.5 decision tables → ours, with a note for everything that ours cannot say."""

from __future__ import annotations

import itertools
import re
from collections.abc import Iterator
from typing import Any
from xml.etree import ElementTree as Xml

import msgspec

from server.exchange.fidelity import Ledger, Note
from server.exchange.importers.names import Names
from server.exchange.importers.unary_tests import NotExpressible, literal_of, tests_of
from server.exchange.targets.dmn import ANNOTATIONS, CEL, HITS, OWN, SIMPLE
from server.rules.tables import Cell, DecisionTable, Input, Output, Row

MAX_BYTES = 5_000_000
#: Rows that one rule may become because a cell allows several intervals.
MAX_SPLIT = 100

_TYPES = {
    "boolean": "bool",
    "string": "string",
    "number": "int",
    "integer": "int",
    "int": "int",
    "long": "int",
    "double": "int",
    "decimal": "int",
}
#: Hit policies of others that come close to one of ours.
_CLOSE = {"ANY": "first", "RULE ORDER": "collect", "OUTPUT ORDER": "collect"}


class Tables(msgspec.Struct, frozen=True, kw_only=True):
    """What a DMN document holds for us."""

    tables: dict[str, DecisionTable]
    notes: tuple[Note, ...]


def read_dmn(content: bytes) -> Tables:
    """The decision tables of a DMN document; what is no such document has none, and a note that says why."""
    ledger = Ledger()
    root = _root(content)
    if isinstance(root, str):
        ledger.drop("/", root, "definitions")
        return Tables(tables={}, notes=ledger.notes())
    names = Names()
    tables: dict[str, DecisionTable] = {}
    for element in root:
        tag = _tag(element)
        place = f"/{tag}[{element.get('id') or element.get('name') or ''}]"
        table = _child(element, "decisionTable") if tag == "decision" else None
        if table is None:
            if tag not in ("DMNDI", "description"):
                ledger.drop(place, "no-decision-table", element.get("name", tag))
            continue
        variable = _child(element, "variable")
        wanted = (variable.get("name") if variable is not None else None) or element.get("id") or "table"
        found = _Table(table, element, ledger, place).read()
        if found is not None:
            tables[names.take(wanted)] = found
    return Tables(tables=tables, notes=ledger.notes())


class _Table:
    """One decision table on its way."""

    def __init__(self, table: Xml.Element, decision: Xml.Element, ledger: Ledger, place: str) -> None:
        self._table, self._decision, self._ledger, self._place = table, decision, ledger, place

    def read(self) -> DecisionTable | None:
        """The table in our form; nothing where its hit policy has no counterpart."""
        hit = self._hit()
        for element in self._decision:
            if _tag(element) in ("informationRequirement", "knowledgeRequirement", "authorityRequirement"):
                self._ledger.drop(f"{self._place}/{_tag(element)}", "requirement-not-kept")
        if hit is None:
            return None
        inputs, outputs = self._inputs(), self._outputs()
        rows = tuple(self._rows(list(inputs.items()), list(outputs.items())))
        return DecisionTable(
            title=self._decision.get("name") or self._decision.get("id") or "",
            hit=hit,
            inputs=inputs,
            outputs=outputs,
            rows=rows,
            source=self._table.get(f"{{{OWN}}}source"),
        )

    def _hit(self) -> Any:
        told = self._table.get("hitPolicy", "UNIQUE")
        place = f"{self._place}/@hitPolicy"
        if self._table.get("aggregation"):
            self._ledger.drop(f"{self._place}/@aggregation", "no-aggregation", str(self._table.get("aggregation")))
        ours = next((ours for ours, theirs in HITS.items() if theirs == told), None)
        if ours is not None:
            self._ledger.carry(place, told)
        elif told in _CLOSE:
            ours = _CLOSE[told]
            self._ledger.approximate(place, "hit-policy-close", told, policy=ours)
        else:
            self._ledger.drop(place, "hit-policy", told)
        return ours

    def _inputs(self) -> dict[str, Input]:
        names, found = Names(), {}
        for index, element in enumerate(_children(self._table, "input")):
            expression = _child(element, "inputExpression")
            text = _text(expression) if expression is not None else ""
            place = f"{self._place}/input[{index + 1}]"
            kind = self._type(expression.get("typeRef") if expression is not None else None, place)
            own_id = element.get("id", "")
            name = names.take(own_id.removeprefix("input_") or SIMPLE.sub(r"\g<0>", text) or "input")
            is_cel = expression is not None and expression.get("expressionLanguage") == CEL
            if is_cel or SIMPLE.fullmatch(text):
                self._ledger.carry(place, text)
            else:
                self._ledger.approximate(place, "feel-kept-as-text", text[:80])
            label = element.get("label") or text
            codelist = element.get(f"{{{OWN}}}codelist")
            found[name] = Input(title=label, expression=text, type=kind, codelist=codelist, order=index + 1)
        return found

    def _outputs(self) -> dict[str, Output]:
        names, found = Names(), {}
        for index, element in enumerate(_children(self._table, "output")):
            place = f"{self._place}/output[{index + 1}]"
            kind = self._type(element.get("typeRef"), place)
            name = names.take(element.get("name") or element.get("label") or "result")
            title = element.get("label") or element.get("name") or name
            found[name] = Output(title=title, type=kind, codelist=element.get(f"{{{OWN}}}codelist"), order=index + 1)
            self._ledger.carry(place, title)
            if _child(element, "defaultOutputEntry") is not None:
                self._ledger.drop(f"{place}/defaultOutputEntry", "no-default-output")
        return found

    def _type(self, told: str | None, place: str) -> Any:
        name = (told or "string").rpartition(":")[2].lower()
        if name not in _TYPES:
            self._ledger.approximate(f"{place}/@typeRef", "type-as-text", told or "")
        elif name in ("double", "decimal", "number"):
            self._ledger.approximate(f"{place}/@typeRef", "whole-numbers-only", told or "")
        return _TYPES.get(name, "string")

    def _rows(self, inputs: list[tuple[str, Input]], outputs: list[tuple[str, Output]]) -> Iterator[Row]:
        names = Names(any_text=True)
        notes = [element.get("name", "") for element in _children(self._table, "annotation")]
        for index, rule in enumerate(_children(self._table, "rule")):
            place = f"{self._place}/rule[{index + 1}]"
            row_id = rule.get(f"{{{OWN}}}id") or rule.get("id") or f"row_{index + 1}"
            try:
                whens = self._whens(rule, inputs)
                then = self._then(rule, outputs)
            except NotExpressible as error:
                self._ledger.drop(place, "row-not-expressible", row_id, cell=str(error)[:80])
                continue
            said = dict(zip(notes, (_text(one) for one in _children(rule, "annotationEntry")), strict=False))
            description = _child(rule, "description")
            reason = said.get(ANNOTATIONS[0]) or (description.text if description is not None else "") or ""
            for name in said.keys() - set(ANNOTATIONS):
                self._ledger.drop(f"{place}/annotation[{name}]", "annotation-column", name)
            if len(whens) > 1:
                self._ledger.approximate(place, "row-split", row_id, count=len(whens))
            else:
                self._ledger.carry(place, row_id)
            for when in whens:
                yield Row(id=names.take(row_id), when=when, then=then, reason=reason, source=said.get(ANNOTATIONS[1]) or None)

    def _whens(self, rule: Xml.Element, inputs: list[tuple[str, Input]]) -> list[dict[str, Cell]]:
        entries = _children(rule, "inputEntry")
        choices = [
            tests_of(_text(entries[place]) if place < len(entries) else "-", column.type)
            for place, (_, column) in enumerate(inputs)
        ]
        count = 1
        for cells in choices:
            count *= max(1, len(cells))
        if count > MAX_SPLIT:
            raise NotExpressible(str(count))
        names = [name for name, _ in inputs]
        products = itertools.product(*choices)
        return [{n: cell for n, cell in zip(names, cells, strict=True) if cell is not None} for cells in products]

    def _then(self, rule: Xml.Element, outputs: list[tuple[str, Output]]) -> dict[str, bool | int | str]:
        entries = _children(rule, "outputEntry")
        found: dict[str, bool | int | str] = {}
        for place, (name, output) in enumerate(outputs):
            text = _text(entries[place]) if place < len(entries) else ""
            if text:
                found[name] = literal_of(text, output.type)
        return found


def _root(content: bytes) -> Xml.Element | str:
    """The root of a DMN document, or the code that says why there is none; no document type, so no entities, is read."""
    if len(content) > MAX_BYTES:
        return "too-large"
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError:
        return "not-utf-8"
    if "<!DOCTYPE" in text or "<!ENTITY" in text:
        return "document-type"
    try:
        root = Xml.fromstring(re.sub(r"^\s*<\?xml[^>]*\?>", "", text))
    except (Xml.ParseError, ValueError, RecursionError):
        return "not-xml"
    return root if _tag(root) == "definitions" else "not-dmn"


def _tag(element: Xml.Element) -> str:
    return str(element.tag).rpartition("}")[2]


def _children(element: Xml.Element, tag: str) -> list[Xml.Element]:
    return [one for one in element if _tag(one) == tag]


def _child(element: Xml.Element, tag: str) -> Xml.Element | None:
    return next(iter(_children(element, tag)), None)


def _text(element: Xml.Element) -> str:
    child = _child(element, "text")
    return ((child.text if child is not None else "") or "").strip()

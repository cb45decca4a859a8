"""A table with one row for each field → a form."""

from __future__ import annotations

import re
from typing import Any

import msgspec

from server.definitions.field_shapes import LISTED, SHAPES
from server.exchange.fidelity import Ledger
from server.exchange.importers.draft import MAX_FIELDS, FieldDraft, FormDraft, GroupDraft, MemberDraft, PageDraft, TextDraft
from server.exchange.importers.field_lines import Line, Paths, cell_text, folded, header_of, known_word, options_of
from server.exchange.importers.names import ROOT_TAKEN
from server.exchange.importers.schema_fields import entries
from server.exchange.importers.sources import Sheet, cell_name
from server.exchange.importers.titles import readable
from server.messages import field_table as words
from server.messages.importing import GENERAL_PAGE, UNTITLED_FORM

_LENGTH = re.compile(r"\d{1,6}")
_ROWS = re.compile(r"(?P<group>[^\[\]]+)\[\]\.(?P<path>[^\[\]]+)")
_LISTED_KINDS = frozenset(LISTED)


def read_field_table(sheets: tuple[Sheet, ...], ledger: Ledger) -> FormDraft | None:
    """The form that the tables of a workbook list; nothing where none of its sheets is such a table."""
    reading = _Table(ledger)
    for sheet in sheets:
        reading.sheet(sheet)
    return reading.draft()


class _Table:
    """Fields gathered from the sheets, by page and group."""

    def __init__(self, ledger: Ledger) -> None:
        self._ledger = ledger
        self._paths = Paths(taken=ROOT_TAKEN)
        #: Page to group to members, as they first came.
        self._pages: dict[str, dict[str, list[MemberDraft]]] = {}
        #: Name of a repeating group as written, to its place and the names and members of its rows.
        self._rows: dict[str, tuple[FieldDraft, str, str, Paths, list[MemberDraft]]] = {}
        self._places: dict[str, str] = {}
        self._count = 0

    def sheet(self, sheet: Sheet) -> None:
        """Takes in every row of a sheet below its header."""
        found = header_of(sheet)
        if found is None:
            if sheet.rows:
                self._ledger.drop(sheet.name, "no-header", sheet.name)
            return
        header, columns = found
        for row in range(header):
            for column, value in enumerate(sheet.rows[row]):
                if value is not None:
                    self._ledger.drop(
                        f"{sheet.name}!{cell_name(row, column)}", "above-header", readable(cell_text(value), "", longest=40)
                    )
        for column, value in enumerate(sheet.rows[header]):
            if value is not None and column not in columns.values():
                self._ledger.drop(f"{sheet.name}!{cell_name(header, column)}", "unknown-column", readable(cell_text(value), ""))
        section, group = sheet.name if len(sheet.rows) and "section" not in columns else "", ""
        for row in range(header + 1, len(sheet.rows)):
            line = Line(sheet=sheet, row=row, columns=columns)
            if not any(line.text(column) for column in columns):
                continue
            # Merged cells hold their text in the first row only.
            new = readable(line.text("section"), section)
            group = readable(line.text("group"), group if new == section else "")
            group = "" if group == words.NO_GROUP else group
            section = new
            self._field(line, section or GENERAL_PAGE, group)

    def draft(self) -> FormDraft | None:
        """The form; nothing without fields."""
        for rows, section, group, _, members in self._rows.values():
            if members:
                self._put(msgspec.structs.replace(rows, rows=tuple(members)), section, group)
            else:
                self._ledger.drop(self._places[rows.name], "rows-without-fields", rows.label)
        pages = []
        for section, groups in self._pages.items():
            found: list[MemberDraft] = []
            for group, inner in groups.items():
                found += [GroupDraft(label=group, members=tuple(inner))] if group else inner
            pages.append(PageDraft(label=section, members=tuple(found)))
        return FormDraft(title=UNTITLED_FORM, pages=tuple(pages), places=self._places) if pages else None

    def _put(self, member: MemberDraft, section: str, group: str) -> None:
        self._pages.setdefault(section, {}).setdefault(group, []).append(member)

    def _field(self, line: Line, section: str, group: str) -> None:
        label = readable(line.text("label"), readable(line.text("name"), ""))
        if not label:
            self._ledger.drop(f"{line.sheet.name}!{cell_name(line.row, 0)}", "row-without-title", "")
            return
        self._count += 1
        if self._count > MAX_FIELDS:
            self._ledger.drop(f"{line.sheet.name}!{cell_name(line.row, 0)}", "too-many-fields", label, limit=MAX_FIELDS)
            return
        for column in ("section", "group", "label"):
            if line.text(column):
                self._ledger.carry(line.place(column), label)
        kind = self._kind(line)
        if kind == "note":
            self._put(TextDraft(text=readable(line.text("hint"), label, longest=4_000)), section, group)
            return
        written = line.text("name") or label
        inside = _ROWS.fullmatch(written)
        paths = self._paths if inside is None else self._rows_named(inside["group"], section, group)
        path = paths.take(inside["path"] if inside is not None else written)
        if line.text("name") and path != line.text("name").rpartition("[].")[2]:
            self._ledger.approximate(line.place("name"), "renamed", line.text("name"), name=path)
        elif line.text("name"):
            self._ledger.carry(line.place("name"))
        field = self._made(line, kind, path, label)
        if kind == "rows":
            self._rows[written] = (field, section, group, Paths(), [])
            self._places[path] = f"{line.sheet.name}!{cell_name(line.row, 0)}"
        elif inside is not None:
            self._rows[inside["group"]][4].append(field)
            self._places[f"{self._rows[inside['group']][0].name}[].{path}"] = f"{line.sheet.name}!{cell_name(line.row, 0)}"
        else:
            self._put(field, section, group)
            self._places[path] = f"{line.sheet.name}!{cell_name(line.row, 0)}"

    def _rows_named(self, written: str, section: str, group: str) -> Paths:
        """The names inside a repeating group, which its first field may bring along."""
        if written not in self._rows:
            name = self._paths.take(written)
            schema = {"type": "array", "maxItems": 20}
            rows = FieldDraft(name=name, label=readable(written, name), schema=schema)
            self._rows[written] = (rows, section, group, Paths(), [])
            self._places[name] = written
        return self._rows[written][3]

    def _kind(self, line: Line) -> str:
        told, has_options = line.text("kind"), bool(line.text("options"))
        kind = known_word(told, words.KINDS)
        if kind is None and told:
            kind = next((one for one, names in words.KINDS.items() if any(name in folded(told) for name in names[:4])), None)
            kind = kind or ("choice" if has_options else "text")
            self._ledger.approximate(line.place("kind"), "unknown-field-type", told, kind=words.KINDS[kind][0])
        elif told:
            self._ledger.carry(line.place("kind"), told)
        kind = kind or ("choice" if has_options else "text")
        if kind in _LISTED_KINDS and not has_options:
            self._ledger.approximate(line.place("kind" if told else "label"), "choice-without-options", told)
            return "text"
        return kind

    def _made(self, line: Line, kind: str, name: str, label: str) -> FieldDraft:
        shape = SHAPES[kind]
        schema: dict[str, Any] = {**shape.schema}
        options: dict[str, Any] = dict(shape.control.get("options", {}))
        if kind == "rows":
            options.pop("detail", None)
            schema.pop("items", None)
        if kind in _LISTED_KINDS:
            listed = entries([(code, title) for code, title in options_of(line.text("options"))])
            schema = (
                {**schema, "items": {"type": "string", "oneOf": listed}} if kind == "choices" else {**schema, "oneOf": listed}
            )
            self._ledger.carry(line.place("options"))
            schema.pop("minItems", None)
        elif line.text("options"):
            self._ledger.drop(line.place("options"), "options-without-choice", line.text("options")[:40])
        self._limits(line, kind, schema)
        hint = readable(line.text("hint"), "", longest=1_000)
        for column in ("hint", "source"):
            if line.text(column):
                self._ledger.carry(line.place(column))
        if line.text("source"):
            schema["x-source"] = readable(line.text("source"), "")
        return FieldDraft(
            name=name,
            label=label,
            hint="" if hint == label else hint,
            schema=schema,
            options=options,
            required=self._required(line),
            rules=self._rules(line),
        )

    def _limits(self, line: Line, kind: str, schema: dict[str, Any]) -> None:
        text = line.text("length")
        if text:
            numbers = [int(found) for found in _LENGTH.findall(text)]
            if kind in ("text", "long_text") and numbers and 0 < numbers[-1] <= 100_000:
                schema["maxLength"] = numbers[-1]
                if len(numbers) > 1 and 0 < numbers[0] <= numbers[-1]:
                    schema["minLength"] = numbers[0]
                self._ledger.carry(line.place("length"))
            else:
                self._ledger.drop(line.place("length"), "limit-without-text", text[:40])
        scale = 100 if kind in ("money", "decimal") else 1
        for column, keyword in (("least", "minimum"), ("most", "maximum")):
            text = line.text(column)
            if not text:
                continue
            try:
                value = float(text) * scale
            except ValueError:
                value = float("nan")
            if schema.get("type") == "integer" and value == int(value if abs(value) < 2**53 else 0):
                schema[keyword] = int(value)
                self._ledger.carry(line.place(column))
            else:
                self._ledger.drop(line.place(column), "limit-beyond-numbers", text[:40])
        for column, code in (("unit", ""), ("pattern", "")):
            text = line.text(column)
            if not text:
                continue
            if column == "unit" and kind == "integer":
                schema["x-element"] = {"kind": "integer", "unit": readable(text, "", longest=20)}
                self._ledger.carry(line.place(column))
            elif column == "pattern" and kind == "text":
                schema["pattern"] = text
                self._ledger.carry(line.place(column))
            else:
                self._ledger.drop(line.place(column), code or "cell-not-used", text[:40])

    def _required(self, line: Line) -> bool:
        told = folded(line.text("required"))
        if told in words.YES:
            self._ledger.carry(line.place("required"))
            return True
        if told and told not in words.NO:
            self._ledger.approximate(line.place("required"), "required-unclear", told[:40])
        elif told:
            self._ledger.carry(line.place("required"))
        return False

    def _rules(self, line: Line) -> dict[str, str]:
        aspects = {"relevant": "relevant", "needed": "required", "computed": "computed", "suggested": "suggested"}
        found = {aspect: line.text(column) for column, aspect in aspects.items() if line.text(column)}
        for column in aspects:
            if line.text(column):
                self._ledger.carry(line.place(column))
        return found

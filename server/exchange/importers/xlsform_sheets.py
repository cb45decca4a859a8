"""The three sheets of an XLSForm as rows of named cells."""

from __future__ import annotations

import re
from collections.abc import Iterator

import msgspec

from server.exchange.fidelity import Ledger
from server.exchange.importers.field_lines import cell_text
from server.exchange.importers.sources import Sheet, cell_name
from server.exchange.importers.titles import readable

_CHINESE = re.compile(r"zh|chinese|\u4e2d\u6587|\u6c49\u8bed", re.IGNORECASE)
#: Old and new spellings of columns.
_ALIASES = {
    "list name": "list_name",
    "constraint message": "constraint_message",
    "required message": "required_message",
    "calculate": "calculation",
    "caption": "label",
    "repeat count": "repeat_count",
    "read only": "readonly",
    "relevance": "relevant",
    "value": "name",
}
_TRANSLATED = ("label", "hint", "guidance_hint", "constraint_message", "required_message")


class Cells(msgspec.Struct, frozen=True, kw_only=True):
    """One row by column name."""

    place: str
    values: dict[str, str]
    places: dict[str, str]

    def get(self, column: str) -> str:
        """The text of a column; empty where there is none."""
        return self.values.get(column, "")


class Form(msgspec.Struct, frozen=True, kw_only=True):
    """An XLSForm."""

    survey: tuple[Cells, ...]
    #: List name to its rows.
    choices: dict[str, tuple[Cells, ...]]
    settings: dict[str, str]


def read_form(sheets: tuple[Sheet, ...], ledger: Ledger) -> Form | None:
    """The form in a workbook; every cell that holds something is expected to be spoken for."""
    by_name = {sheet.name.strip().lower(): sheet for sheet in sheets}
    if "survey" not in by_name:
        return None
    for sheet in sheets:
        if sheet.name.strip().lower() not in ("survey", "choices", "settings") and sheet.rows:
            ledger.drop(sheet.name, "settings-only", sheet.name)
    settings: dict[str, str] = {}
    language = _default_language(by_name.get("settings"))
    for row in _rows(by_name.get("settings"), "", ledger):
        for column, text in row.values.items():
            settings.setdefault(column, text)
            if column in ("form_title", "title"):
                ledger.carry(row.places[column])
            else:
                ledger.drop(row.places[column], "settings-only", column)
    choices: dict[str, list[Cells]] = {}
    for row in _rows(by_name.get("choices"), language, ledger):
        choices.setdefault(row.get("list_name"), []).append(row)
    survey = tuple(_rows(by_name["survey"], language, ledger))
    return Form(survey=survey, choices={name: tuple(rows) for name, rows in choices.items()}, settings=settings)


def _rows(sheet: Sheet | None, language: str, ledger: Ledger) -> Iterator[Cells]:
    if sheet is None or not sheet.rows:
        return
    header = [_column(cell_text(value)) for value in sheet.rows[0]]
    chosen = _chosen(header, language)
    for number, cells in enumerate(sheet.rows[1:], start=1):
        values: dict[str, str] = {}
        places: dict[str, str] = {}
        for index, value in enumerate(cells[: len(header)]):
            text, name = cell_text(value).strip(), header[index]
            if not text or not name:
                continue
            place = f"{sheet.name}!{cell_name(number, index)}"
            plain = chosen.get(index)
            if plain is None:
                ledger.drop(place, "other-language", name)
                continue
            ledger.expect(place, name)
            if plain not in values:
                values[plain], places[plain] = text, place
        if values:
            yield Cells(place=f"{sheet.name}!{cell_name(number, 0)}", values=values, places=places)


def _column(text: str) -> str:
    name = re.sub(r"\s*::?\s*", "::", text.strip(), count=1) if re.match(r"[A-Za-z_ ]+\s*::?", text.strip()) else text.strip()
    head, mark, tail = name.partition("::")
    head = head.strip().lower()
    return _ALIASES.get(head, head.replace(" ", "_")) + (mark + tail.strip() if mark else "")


def _chosen(header: list[str], language: str) -> dict[int, str]:
    """Index of each column that is taken to its plain name; of translations, only those of one language."""
    found: dict[int, str] = {}
    for name in _TRANSLATED:
        ours = [index for index, column in enumerate(header) if column == name or column.startswith(f"{name}::")]
        if ours:
            found[min(ours, key=lambda index: _rank(header[index].partition("::")[2], language, index))] = name
    for index, column in enumerate(header):
        if column.partition("::")[0] not in _TRANSLATED:
            found[index] = column
    return found


def _rank(told: str, language: str, index: int) -> tuple[int, int]:
    if language and told == language:
        return 0, index
    if _CHINESE.search(told):
        return 1, index
    return (2 if not told else 3), index


def _default_language(sheet: Sheet | None) -> str:
    if sheet is None or len(sheet.rows) < 2:
        return ""
    header = [_column(cell_text(value)) for value in sheet.rows[0]]
    found = [cell_text(sheet.cell(1, index)) for index, name in enumerate(header) if name == "default_language"]
    return readable(found[0], "") if found else ""

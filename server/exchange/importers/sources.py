"""What importers read: JSON values and sheets of cells, however they were stored."""

from __future__ import annotations

import msgspec

from server.types import JsonValue

Cell = str | int | float | bool | None


class Sheet(msgspec.Struct, frozen=True, kw_only=True):
    """One sheet of a workbook; rows may be of different length."""

    name: str
    rows: tuple[tuple[Cell, ...], ...]

    def cell(self, row: int, column: int) -> Cell:
        """The value of a cell, counted from 0; nothing beyond the end of a row."""
        cells = self.rows[row]
        return cells[column] if column < len(cells) else None


class Sources(msgspec.Struct, frozen=True, kw_only=True):
    """The files somebody brings along."""

    #: Name of each JSON file and its value.
    documents: tuple[tuple[str, JsonValue], ...] = ()
    sheets: tuple[Sheet, ...] = ()
    #: XML files as they are: their readers look out for what is dangerous.
    markup: tuple[bytes, ...] = ()


def cell_name(row: int, column: int) -> str:
    """A cell as spreadsheets call it, `B7`; counted from 0."""
    letters = ""
    column += 1
    while column:
        column, rest = divmod(column - 1, 26)
        letters = chr(ord("A") + rest) + letters
    return f"{letters}{row + 1}"

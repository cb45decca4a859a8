"""The rows of a table of fields: which column is which, and what its cells say."""

from __future__ import annotations

import re
import unicodedata

import msgspec

from server.exchange.importers.names import Names
from server.exchange.importers.sources import Cell, Sheet, cell_name
from server.exchange.importers.titles import readable
from server.messages import field_table as words

_HEADER_WITHIN = 30


class Line(msgspec.Struct, frozen=True, kw_only=True):
    """One row of a table, its cells by column."""

    sheet: Sheet
    row: int
    columns: dict[str, int]

    def place(self, column: str) -> str:
        """The cell as the report names it."""
        return f"{self.sheet.name}!{cell_name(self.row, self.columns[column])}"

    def text(self, column: str) -> str:
        """The text of a cell; empty where the table has no such column."""
        if column not in self.columns:
            return ""
        return cell_text(self.sheet.cell(self.row, self.columns[column])).strip()


def cell_text(value: Cell) -> str:
    """What a cell says, without characters that nobody sees."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return "true" if value else "false"
    return "".join(character for character in str(value) if character.isprintable() or character in "\n\t")


def options_of(text: str) -> list[tuple[str, str]]:
    """The options in a cell as pairs of code and title."""
    separator = next((one for one in words.SEPARATORS if one in text.strip()), "\n")
    found = []
    for part in text.split(separator):
        option = readable(part, "")
        mark = next((one for one in words.CODE_MARKS if one in option), None)
        code, title = (piece.strip() for piece in option.split(mark, 1)) if mark else (option, option)
        if code:
            found.append((code, title or code))
    return found


def header_of(sheet: Sheet) -> tuple[int, dict[str, int]] | None:
    """The row that names the columns, and which column is which."""
    best: tuple[int, dict[str, int]] | None = None
    for row, cells in enumerate(sheet.rows[:_HEADER_WITHIN]):
        columns: dict[str, int] = {}
        for index, value in enumerate(cells):
            column = known_word(cell_text(value), words.HEADERS)
            if column is not None:
                columns.setdefault(column, index)
        named = {"name", "label"} & columns.keys()
        if named and len(columns) >= 2 and (best is None or len(columns) > len(best[1])):
            best = row, columns
    return best


def known_word(text: str, table: dict[str, tuple[str, ...]]) -> str | None:
    wanted = folded(text)
    return next((key for key, names in table.items() if wanted and wanted in names), None)


def folded(text: str) -> str:
    """A word of a header or cell as the tables above spell it."""
    plain = unicodedata.normalize("NFKC", text).strip().lower()
    word = re.sub(r"[\s_]+", " ", re.sub(r"\(.*?\)", "", plain.strip("*: "))).strip()
    return word or ("*" if plain == "*" else "")


class Paths:
    """Property paths given out so far; none is inside another one."""

    def __init__(self, taken: tuple[str, ...] = ()) -> None:
        """`taken` are names that no path begins with."""
        self._names = Names(taken=taken)
        self._first_steps = frozenset(taken)
        self._used: set[str] = set()

    def take(self, written: str) -> str:
        """A path like the one written, `a.b` included, that nobody has yet."""
        steps = written.split(".") if re.fullmatch(r"[A-Za-z][\w.]*", written, re.ASCII) else [written]
        path = ".".join(Names().take(step) for step in steps)
        if len(steps) == 1 or path != written or steps[0] in self._first_steps or self._clashes(path):
            path = self._names.take("_".join(steps))
            while self._clashes(path):
                path = self._names.take("_".join(steps))
        self._used.add(path)
        return path

    def _clashes(self, path: str) -> bool:
        return any(f"{one}.".startswith(f"{path}.") or f"{path}.".startswith(f"{one}.") for one in self._used)

"""Where the cells of a printed grid come to stand: each in the first free place, reading from left to right."""

from __future__ import annotations

from collections.abc import Iterator

import msgspec

from server.definitions.sheet import Cell, Grid

#: Columns and lines of one cell beyond which no paper is wide and long enough.
MOST_COLUMNS, MOST_ROWS = 60, 40


class Placed(msgspec.Struct, frozen=True, kw_only=True):
    """A cell with the column and line at which its label begins."""

    index: int
    cell: Cell
    column: int
    line: int


class Unfit(msgspec.Struct, frozen=True, kw_only=True):
    """A cell for which the line has no room left, or a line that is not filled behind a cell."""

    index: int
    #: Columns that are free there.
    free: int
    #: Columns that the cell takes.
    needed: int


def placed_cells(grid: Grid) -> tuple[Placed, ...] | Unfit:
    """Every cell with its place, or the first that does not fit; no column is left empty."""
    if not 0 < grid.columns <= MOST_COLUMNS:
        return Unfit(index=0, free=MOST_COLUMNS, needed=grid.columns)
    taken: set[tuple[int, int]] = set()
    found: list[Placed] = []
    for index, cell in enumerate(grid.cells):
        width, height = cell.label_span + cell.span, cell.rows
        line, column = _first_free(taken, grid.columns)
        free = _free(taken, line, column, grid.columns)
        if not 0 < width <= free or not 0 < height <= MOST_ROWS or min(cell.label_span, cell.span) < 0:
            return Unfit(index=index, free=free, needed=width)
        taken |= {(line + down, column + right) for down in range(height) for right in range(width)}
        found.append(Placed(index=index, cell=cell, column=column, line=line))
    line, column = _first_free(taken, grid.columns)
    lines = max((line for line, _ in taken), default=-1) + 1
    if line < lines or column:
        return Unfit(index=len(grid.cells) - 1, free=_free(taken, line, column, grid.columns), needed=0)
    return tuple(found)


def _first_free(taken: set[tuple[int, int]], columns: int) -> tuple[int, int]:
    places = ((line, column) for line in range(len(taken) + 1) for column in range(columns))
    return next(place for place in places if place not in taken)


def _free(taken: set[tuple[int, int]], line: int, column: int, columns: int) -> int:
    run: Iterator[bool] = ((line, right) in taken for right in range(column, columns))
    return next((length for length, is_taken in enumerate(run) if is_taken), columns - column)

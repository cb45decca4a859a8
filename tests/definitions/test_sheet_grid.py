"""Cells fill the lines of a grid: none lies on another, none sticks out, and no hole is left."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from server.definitions.sheet import Cell, Grid
from server.definitions.sheet_grid import MOST_COLUMNS, Unfit, placed_cells


def grid(columns: int, *sizes: tuple[int, int]) -> Grid:
    cells = tuple(Cell(field="f", label_span=0, span=width, rows=height) for width, height in sizes)
    return Grid(id="grid", columns=columns, cells=cells)


@given(st.integers(1, 6), st.lists(st.tuples(st.integers(1, 6), st.integers(1, 3)), min_size=1, max_size=12))
def test_cells_that_fit_cover_every_place_once(columns: int, sizes: list[tuple[int, int]]) -> None:
    placed = placed_cells(grid(columns, *sizes))
    if isinstance(placed, Unfit):
        return
    covered = [
        (one.line + down, one.column + right)
        for one in placed
        for down in range(one.cell.rows)
        for right in range(one.cell.label_span + one.cell.span)
    ]
    lines = max(line for line, _ in covered) + 1
    assert sorted(covered) == [(line, column) for line in range(lines) for column in range(columns)]
    assert [one.index for one in placed] == list(range(len(sizes)))
    assert sorted(placed, key=lambda one: (one.line, one.column)) == list(placed)


@given(st.lists(st.lists(st.integers(1, 5), min_size=1, max_size=5), min_size=1, max_size=5))
def test_lines_that_add_up_always_fit(lines: list[list[int]]) -> None:
    widest = max(map(sum, lines))
    filled = [[*line, widest - sum(line)] if sum(line) < widest else line for line in lines]
    assert not isinstance(placed_cells(grid(widest, *((width, 1) for line in filled for width in line))), Unfit)


def test_a_cell_beside_a_tall_one_takes_what_is_left() -> None:
    placed = placed_cells(grid(3, (1, 1), (2, 2), (1, 1)))
    assert isinstance(placed, tuple)
    assert [(one.line, one.column) for one in placed] == [(0, 0), (0, 1), (1, 0)]


def test_what_does_not_fit_is_named() -> None:
    assert placed_cells(grid(4, (3, 1), (2, 1))) == Unfit(index=1, free=1, needed=2)
    assert placed_cells(grid(4, (4, 1), (3, 1))) == Unfit(index=1, free=1, needed=0)
    assert placed_cells(grid(4, (3, 2), (1, 1))) == Unfit(index=1, free=1, needed=0)
    assert isinstance(placed_cells(grid(4, (0, 1))), Unfit)
    assert isinstance(placed_cells(grid(4, (4, 0))), Unfit)


def test_no_grid_is_worked_out_that_no_paper_holds() -> None:
    assert placed_cells(grid(10**9, (10**9, 1))) == Unfit(index=0, free=MOST_COLUMNS, needed=10**9)
    assert isinstance(placed_cells(grid(4, (4, 10**9))), Unfit)


def test_a_grid_without_cells_has_nothing_to_place() -> None:
    assert placed_cells(grid(4)) == ()

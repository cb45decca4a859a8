"""Every row runs, and what it measures is the same work on both sides; how fast is no matter here."""

from __future__ import annotations

import json
import math
from io import StringIO
from pathlib import Path

import msgspec
import pytest
from rich.console import Console

from server.bench.__main__ import ROWS, Row
from server.bench.figures import GOALS, figure_of, is_reached, table_of, write_figures
from server.bench.rounds import Compared, Pace, compare
from server.bench.stage import Stage


@pytest.mark.parametrize(("key", "row"), ROWS, ids=[key for key, _ in ROWS])
def test_a_row_measures_both_sides(stage: Stage, key: str, row: Row) -> None:
    compared = row(stage)
    assert all(math.isfinite(rate) and rate > 0 for rate in (compared.ours, compared.theirs, compared.ratio))
    assert figure_of(key, compared).row == GOALS[key].row


def test_every_goal_has_its_row() -> None:
    assert [key for key, _ in ROWS] == list(GOALS)


def test_the_ratio_is_the_median_of_the_rounds() -> None:
    ours, theirs = iter([10.0, 30.0, 20.0]), iter([10.0, 10.0, 10.0])
    compared = compare(lambda: next(ours), lambda: next(theirs), Pace(rounds=3))
    assert compared == Compared(ratio=2.0, spread=1.0, ours=20.0, theirs=10.0)


def test_figures_are_written_as_json_and_shown_with_their_goals(tmp_path: Path) -> None:
    figures = [figure_of("valid", Compared(ratio=123.456, spread=0.0321, ours=1.0, theirs=1.0))]
    write_figures(figures, tmp_path / "build" / "bench.json")
    assert json.loads((tmp_path / "build" / "bench.json").read_bytes()) == [
        {
            "row": 4,
            "name": GOALS["valid"].name,
            "ratio": 123.0,
            "goal": 100.0,
            "stretch": 170.0,
            "spread": 0.0321,
            "better": "higher",
        }
    ]
    shown = StringIO()
    Console(file=shown, width=160).print(table_of(figures))
    assert "reached" in shown.getvalue() and ">= 100" in shown.getvalue()


@pytest.mark.parametrize(("better", "ratio", "reached"), [("higher", 9.0, False), ("higher", 10.0, True), ("lower", 9.0, True)])
def test_a_goal_is_reached_on_its_own_side_only(better: str, ratio: float, reached: bool) -> None:
    figure = figure_of("steps_single", Compared(ratio=ratio, spread=0.0, ours=1.0, theirs=1.0))
    assert is_reached(msgspec.structs.replace(figure, better=better)) is reached

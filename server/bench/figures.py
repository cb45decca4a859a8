"""The table of goals and the figures measured for it."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Literal

import msgspec
from rich.table import Table

from server.bench.rounds import Compared


class Goal(msgspec.Struct, frozen=True, kw_only=True):
    """What one ratio has to reach."""

    row: int
    name: str
    goal: float
    stretch: float
    better: Literal["higher", "lower"] = "higher"


class Figure(msgspec.Struct, frozen=True, kw_only=True):
    """One ratio as measured beside its goal."""

    row: int
    name: str
    #: Median of the rounds.
    ratio: float
    goal: float
    stretch: float
    #: Largest less smallest ratio of the rounds, as a share of the median.
    spread: float
    better: Literal["higher", "lower"]


GOALS: dict[str, Goal] = {
    "blank": Goal(row=1, name="blank form page / static bytes of the same size, same server", goal=0.85, stretch=0.95),
    "filled": Goal(row=2, name="filled form with errors / static text of the same size, same server", goal=0.4, stretch=0.6),
    "wtforms": Goal(row=3, name="page of the whole form / WTForms", goal=50, stretch=200),
    "valid": Goal(row=4, name="schema check of valid applications / python jsonschema", goal=100, stretch=170),
    "invalid": Goal(row=5, name="all errors with Chinese messages / python jsonschema", goal=30, stretch=70),
    "accept_raw": Goal(row=6, name="accept over HTTP as JSON / raw sqlite3, one commit each", goal=0.7, stretch=1.0),
    "accept_grouped": Goal(row=7, name="accept in process, 64 at once / raw sqlite3, 50 per commit", goal=0.4, stretch=0.6),
    "accept_json": Goal(row=8, name="accept over HTTP as JSON / the obvious stack", goal=20, stretch=30),
    "accept_form": Goal(row=8, name="accept over HTTP as a form / the obvious stack", goal=10, stretch=15),
    "steps_single": Goal(row=10, name="persisted process steps, one commit each / SpiffWorkflow", goal=10, stretch=20),
    "steps_grouped": Goal(row=10, name="persisted process steps, 50 per commit / SpiffWorkflow", goal=40, stretch=80),
    "counties": Goal(
        row=13, name="full check and compile of a base and all its counties, ms each", goal=150, stretch=50, better="lower"
    ),
    "replay": Goal(row=14, name="rules evaluated in replaying decided cases / the CEL library alone", goal=0.5, stretch=0.8),
}


def figure_of(key: str, compared: Compared) -> Figure:
    """The figure of one goal."""
    goal = GOALS[key]
    return Figure(
        row=goal.row,
        name=goal.name,
        ratio=_significant(compared.ratio),
        goal=goal.goal,
        stretch=goal.stretch,
        spread=_significant(compared.spread),
        better=goal.better,
    )


def is_reached(figure: Figure) -> bool:
    """Whether the ratio is on the right side of its goal."""
    return figure.ratio >= figure.goal if figure.better == "higher" else figure.ratio <= figure.goal


def table_of(figures: Sequence[Figure]) -> Table:
    """The figures as a table for people."""
    table = Table(title="onething bench: ratios, median of 3 rounds")
    for heading in ("row", "ours / theirs"):
        table.add_column(heading)
    for heading in ("ratio", "spread", "goal", "stretch"):
        table.add_column(heading, justify="right")
    table.add_column("")
    sign = {"higher": ">=", "lower": "<="}
    for figure in figures:
        table.add_row(
            str(figure.row),
            figure.name,
            f"{figure.ratio:g}",
            f"{figure.spread:.0%}",
            f"{sign[figure.better]} {figure.goal:g}",
            f"{figure.stretch:g}",
            "reached" if is_reached(figure) else "missed",
        )
    return table


def write_figures(figures: Sequence[Figure], out: Path) -> None:
    """Writes the figures as JSON, in place of an earlier run."""
    out.parent.mkdir(parents=True, exist_ok=True)
    out.write_bytes(msgspec.json.format(msgspec.json.encode(figures), indent=2) + b"\n")


def _significant(value: float) -> float:
    return float(f"{value:.3g}")

"""`python -m server.bench OUT`: every row, the table on standard output, the figures in OUT, progress on standard error."""

from __future__ import annotations

import sys
import tempfile
from collections.abc import Callable
from pathlib import Path

from rich.console import Console

from server.bench import acceptance, counties, forms, pages, processes, replaying
from server.bench.figures import GOALS, Figure, figure_of, table_of, write_figures
from server.bench.rounds import Compared, Pace
from server.bench.stage import Stage
from server.bench.subject import Subject

Row = Callable[[Stage], Compared]

#: Every ratio in the order of the table; keys are those of `GOALS`.
ROWS: tuple[tuple[str, Row], ...] = (
    ("blank", pages.blank_against_static),
    ("filled", pages.filled_against_static),
    ("wtforms", forms.page_against_wtforms),
    ("valid", forms.valid_against_jsonschema),
    ("invalid", forms.invalid_against_jsonschema),
    ("accept_raw", acceptance.json_against_raw),
    ("accept_grouped", acceptance.in_process_against_raw),
    ("accept_json", acceptance.json_against_obvious),
    ("accept_form", acceptance.form_against_obvious),
    ("steps_single", processes.single_against_spiff),
    ("steps_grouped", processes.grouped_against_spiff),
    ("counties", counties.full_check_and_compile),
    ("replay", replaying.rules_against_cel),
)


def main(out: Path) -> None:
    """Measures every row."""
    progress = Console(stderr=True)
    out.parent.mkdir(parents=True, exist_ok=True)
    figures: list[Figure] = []
    # Beside the figures, so that what is written is synced to a real disk and not to memory.
    with tempfile.TemporaryDirectory(dir=out.parent) as folder, Stage(Path(folder), Pace(), Subject()) as stage:
        for key, row in ROWS:
            with progress.status(f"{GOALS[key].row}: {GOALS[key].name}"):
                figures.append(figure_of(key, row(stage)))
            progress.print(f"{GOALS[key].row}: {GOALS[key].name}: {figures[-1].ratio:g}")
    Console().print(table_of(figures))
    write_figures(figures, out)


if __name__ == "__main__":
    main(Path(sys.argv[1]))

"""The command bench."""

from __future__ import annotations

from pathlib import Path

from server import bench as benchmark


def bench(*, out: Path = Path("build/bench.json")) -> None:
    """Measure against the opponents in the same run, print the table and write the figures to OUT."""
    benchmark.run(out)

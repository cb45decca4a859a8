"""Ratios against opponents, measured side by side in one run on one machine.

Stands at the top beside `cli` and may import everything below. Start with `run`, `figures.GOALS` and `rounds.compare`; each
row of the table has one function in the modules listed by `__main__`, each opponent one module in `opponents`.
"""

from __future__ import annotations

import importlib.util
import subprocess
import sys
from pathlib import Path

#: Packages that only the opponents need; an installation that serves people has none of them.
_OPPONENTS = ("SpiffWorkflow", "wtforms")


def run(out: Path) -> None:
    """Measures every row, prints the table and writes the figures to `out`; ends the program when an opponent is missing.

    A process of its own: what the command line has loaded weighs on neither side, and the command line loads no opponent.
    """
    missing = [name for name in _OPPONENTS if importlib.util.find_spec(name) is None]
    if missing:
        raise SystemExit(f"bench: the opponents {', '.join(missing)} are not installed; install the dependency group `bench`")
    raise SystemExit(subprocess.run([sys.executable, "-m", "server.bench", str(out)], check=False).returncode)

"""`python -m server.simulators NAME PORT FOLDER`: one simulator as a process; its binding comes as JSON on standard input."""

from __future__ import annotations

import sys
from pathlib import Path

import msgspec

from server.connect.binding import Binding
from server.simulators.run import run_simulator

if __name__ == "__main__":
    name, port, folder = sys.argv[1:]
    # Secrets stay out of the list of processes.
    binding = msgspec.json.decode(sys.stdin.buffer.read(), type=Binding)
    run_simulator(name, binding, folder=Path(folder), port=int(port))

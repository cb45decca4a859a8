"""`python -m server.simulators NAME PORT FOLDER`: one simulator as a process.

Its binding comes as one line of JSON on standard input; when that is closed the process ends, however its parent ended.
"""

from __future__ import annotations

import os
import signal
import sys
import threading
from pathlib import Path

import msgspec

from server.connect.binding import Binding
from server.simulators.run import run_simulator


def _end_with_the_parent() -> None:
    sys.stdin.buffer.read()
    os.kill(os.getpid(), signal.SIGTERM)


if __name__ == "__main__":
    name, port, folder = sys.argv[1:]
    # Secrets stay out of the list of processes.
    binding = msgspec.json.decode(sys.stdin.buffer.readline(), type=Binding)
    threading.Thread(target=_end_with_the_parent, daemon=True).start()
    run_simulator(name, binding, folder=Path(folder), port=int(port))

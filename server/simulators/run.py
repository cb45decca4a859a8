"""Starting one simulator as a process of its own."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import uvicorn
from litestar import Litestar

from server.connect.binding import Binding
from server.simulators import means_check, sms

#: Slot of an installation's bindings to the simulator that can fill it: app from its binding and its data folder.
SIMULATORS: dict[str, Callable[[Binding, Path], Litestar]] = {
    "means_check": means_check.create_app,
    "sms": sms.create_app,
}


def run_simulator(name: str, binding: Binding, *, folder: Path, port: int, host: str = "127.0.0.1") -> None:
    """Serves the simulator until it is told to stop; its access log is off because addresses hold telephone numbers."""
    uvicorn.run(SIMULATORS[name](binding, folder), host=host, port=port, access_log=False, log_level="warning")

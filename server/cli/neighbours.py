"""The simulators of a demonstration: other systems as processes of their own, ended with it."""

from __future__ import annotations

import contextlib
import secrets
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import httpx
import msgspec

from server.cli.output import fail
from server.connect.binding import SECRET_BYTES, Binding
from server.simulators.run import SIMULATORS

_START_SECONDS = 30.0
_LOOK_SECONDS = 0.05


@contextlib.contextmanager
def simulators(folder: Path) -> Iterator[dict[str, Binding]]:
    """One process for each simulator, answering; their secrets stay the same, so that replies still owed are believed."""
    bindings = {name: _binding(folder / name) for name in SIMULATORS}
    processes = [_start(name, binding, folder / name) for name, binding in bindings.items()]
    try:
        for name, binding in bindings.items():
            _wait(name, binding)
        yield bindings
    finally:
        for process in processes:
            process.terminate()
            if process.stdin is not None:
                process.stdin.close()
        for process in processes:
            with contextlib.suppress(subprocess.TimeoutExpired):
                process.wait(timeout=10)
            process.kill()


def _binding(folder: Path) -> Binding:
    """The simulator's binding with a port that is free now; secrets are made once."""
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    kept = folder / "secrets"
    if not kept.is_file() or kept.stat().st_size != 2 * SECRET_BYTES:
        kept.touch(mode=0o600)
        kept.write_bytes(secrets.token_bytes(2 * SECRET_BYTES))
    both = kept.read_bytes()
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    return Binding(address=f"http://127.0.0.1:{port}", outgoing_secret=both[:SECRET_BYTES], incoming_secret=both[SECRET_BYTES:])


def _start(name: str, binding: Binding, folder: Path) -> subprocess.Popen[bytes]:
    port = binding.address.rpartition(":")[2]
    command = [sys.executable, "-m", "server.simulators", name, port, str(folder)]
    # A group of its own: Ctrl-C reaches the demonstration alone, which then ends its simulators.
    process = subprocess.Popen(command, stdin=subprocess.PIPE, start_new_session=True)
    assert process.stdin is not None
    process.stdin.write(msgspec.json.encode(binding) + b"\n")
    process.stdin.flush()
    return process


def _wait(name: str, binding: Binding) -> None:
    deadline = time.monotonic() + _START_SECONDS
    with httpx.Client(trust_env=False) as client:
        while time.monotonic() < deadline:
            with contextlib.suppress(httpx.HTTPError):
                if client.get(f"{binding.address}/health", timeout=1).is_success:
                    return
            time.sleep(_LOOK_SECONDS)
    fail(f"the simulator {name} does not answer")

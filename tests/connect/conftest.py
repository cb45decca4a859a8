"""Real HTTP services on free ports of the loopback address."""

from __future__ import annotations

import contextlib
import socket
import threading
import time
from collections.abc import Iterator

import pytest
import uvicorn
from far_side import Serve
from litestar import Litestar


@contextlib.contextmanager
def served(app: Litestar) -> Iterator[str]:
    listening = socket.create_server(("127.0.0.1", 0))
    server = uvicorn.Server(uvicorn.Config(app, log_level="critical", access_log=False))
    thread = threading.Thread(target=server.run, kwargs={"sockets": [listening]})
    thread.start()
    try:
        deadline = time.monotonic() + 10
        while not server.started:
            assert thread.is_alive() and time.monotonic() < deadline, "the service did not start"
            time.sleep(0.01)
        yield f"http://127.0.0.1:{listening.getsockname()[1]}"
    finally:
        server.should_exit = True
        thread.join(10)
        listening.close()


@pytest.fixture
def serve() -> Iterator[Serve]:
    """Starts an application and returns its address; all are stopped after the test."""
    with contextlib.ExitStack() as running:
        yield lambda app: running.enter_context(served(app))

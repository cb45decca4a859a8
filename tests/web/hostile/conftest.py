"""One town for all tests of this folder; every test brings people of its own."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from typing import Any

import pytest
import structlog
from hostile_town import Run, Town, opened


@pytest.fixture(scope="session")
def run() -> Iterator[Run]:
    with asyncio.Runner() as runner:
        yield runner.run


@pytest.fixture(scope="session")
def town(run: Run, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Town]:
    context = opened(tmp_path_factory.mktemp("town"))
    yield run(context.__aenter__())
    run(context.__aexit__(None, None, None))


@pytest.fixture(autouse=True)
def log() -> Iterator[list[dict[str, Any]]]:
    """The lines logged during a test; whatever people do, none of them tells of an unexpected failure."""
    with structlog.testing.capture_logs() as lines:
        yield lines
    assert [line for line in lines if line["log_level"] in ("error", "critical")] == []

"""One installation for all tests of this folder; every test makes its own applications."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator

import pytest
from two_services import Run, Town, prepare, town


@pytest.fixture(scope="session")
def run() -> Iterator[Run]:
    with asyncio.Runner() as runner:
        yield runner.run


@pytest.fixture(scope="session")
def place(run: Run, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Town]:
    folder = tmp_path_factory.mktemp("installation")
    prepare(folder)
    opened = town(folder)
    yield run(opened.__aenter__())
    run(opened.__aexit__(None, None, None))

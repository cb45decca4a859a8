"""One running installation for all tests of this folder; every test makes its own applications and officials."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator

import pytest
from staff_office import Installation, Run, installation, prepare


@pytest.fixture(scope="session")
def run() -> Iterator[Run]:
    with asyncio.Runner() as runner:
        yield runner.run


@pytest.fixture(scope="session")
def town(run: Run, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Installation]:
    folder = tmp_path_factory.mktemp("installation")
    prepare(folder)
    opened = installation(folder)
    yield run(opened.__aenter__())
    run(opened.__aexit__(None, None, None))

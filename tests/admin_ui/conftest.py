"""One installation for all tests of this folder; every test begins with the service as shipped and nothing edited."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator

import pytest
from designers_office import Run, Town, town


@pytest.fixture(scope="session")
def run() -> Iterator[Run]:
    with asyncio.Runner() as runner:
        yield runner.run


@pytest.fixture(scope="session")
def whole_place(run: Run, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Town]:
    opened = town(tmp_path_factory.mktemp("designers"))
    yield run(opened.__aenter__())
    run(opened.__aexit__(None, None, None))


@pytest.fixture
def place(whole_place: Town, run: Run) -> Town:
    run(whole_place.start_again())
    return whole_place

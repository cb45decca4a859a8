"""One installation for each test, copied from one that was published once."""

from __future__ import annotations

import asyncio
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from designers_office import Run, Town, prepare, town

from server.releases import Release


@pytest.fixture(scope="session")
def made(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Release]:
    folder = tmp_path_factory.mktemp("designers") / "data"
    folder.mkdir()
    return folder, asyncio.run(prepare(folder))


@pytest.fixture(scope="session")
def run() -> Iterator[Run]:
    with asyncio.Runner() as runner:
        yield runner.run


@pytest.fixture
def place(made: tuple[Path, Release], run: Run, tmp_path: Path) -> Iterator[Town]:
    folder, release = made
    opened = town(Path(shutil.copytree(folder, tmp_path / "data")), release)
    yield run(opened.__aenter__())
    run(opened.__aexit__(None, None, None))

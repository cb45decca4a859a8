"""A migrated data folder for each test, copied from one that is migrated once."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from server.store import migrate


@pytest.fixture(scope="session")
def migrated(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("store") / "data"
    migrate(folder)
    return folder


@pytest.fixture
def folder(migrated: Path, tmp_path: Path) -> Path:
    return Path(shutil.copytree(migrated, tmp_path / "data"))

"""An installation with the shipped service published, made once and copied for each test; the day is always the same."""

from __future__ import annotations

import asyncio
import shutil
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path

import pytest
import time_machine
from argon2 import PasswordHasher
from busy_office import Installation, made_installation

from server.actions import passwords
from server.definitions.workdays import CHINA


@pytest.fixture(scope="session", autouse=True)
def _cheap_hashes() -> Iterator[None]:
    """What a hash costs is no matter of these tests."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(passwords, "_HASHER", PasswordHasher(time_cost=1, memory_cost=64, parallelism=1))
        yield


@pytest.fixture(scope="session")
def made(tmp_path_factory: pytest.TempPathFactory) -> Installation:
    with time_machine.travel(datetime(2026, 3, 2, 8, tzinfo=CHINA)):
        return asyncio.run(made_installation(tmp_path_factory.mktemp("actions") / "data"))


@pytest.fixture
def installation(made: Installation, tmp_path: Path) -> Installation:
    return Installation(Path(shutil.copytree(made.folder, tmp_path / "data")), made.release)


@pytest.fixture(autouse=True)
def fixed_day() -> Iterator[None]:
    """A Monday morning; the clock ticks."""
    with time_machine.travel(datetime(2026, 3, 2, 9, tzinfo=CHINA)):
        yield

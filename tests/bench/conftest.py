"""A stage on which every row is measured for an instant."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from server.bench.rounds import Pace
from server.bench.stage import Stage
from server.bench.subject import Subject


@pytest.fixture(scope="session")
def subject() -> Subject:
    return Subject()


@pytest.fixture(scope="session")
def stage(subject: Subject, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stage]:
    pace = Pace(rounds=1, seconds=0.05, most=8)
    with Stage(tmp_path_factory.mktemp("bench"), pace, subject) as made:
        yield made

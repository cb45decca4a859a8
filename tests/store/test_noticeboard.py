"""Public notices: shown while they last, in their region and above."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import msgspec
import pytest
from stored_values import NOW, application, case, notice, run

from server.cases.outcome import Outcome
from server.store import Store
from server.types import RegionCode

replace = msgspec.structs.replace

LATER = NOW + timedelta(hours=1)
REGIONS = {1: "990102", 2: "990102001", 3: "990102001002", 4: "990203", 5: "990100", 6: "980102"}


async def fill(store: Store) -> None:
    notices = tuple(notice(number, region=RegionCode(region)) for number, region in REGIONS.items())
    await store.save(Outcome(application=application(), cases=(case(),), notices=notices))


@pytest.mark.parametrize(
    ("region", "numbers"),
    [
        ("", [6, 5, 4, 3, 2, 1]),
        ("990000", [5, 4, 3, 2, 1]),
        ("990100", [5, 3, 2, 1]),
        ("990102", [3, 2, 1]),
        ("990102001", [3, 2]),
        ("990102001002", [3]),
        ("990102002", []),
        ("970000", []),
    ],
)
def test_a_region_shows_its_notices_and_those_below_the_newest_first(folder: Path, region: str, numbers: list[int]) -> None:
    async def act(store: Store) -> None:
        await fill(store)
        assert [shown.id for shown in await store.notices(LATER, region=region)] == [f"notice-{number}" for number in numbers]

    run(folder, act)


def test_paging_walks_every_notice_once_even_those_of_one_instant(folder: Path) -> None:
    async def act(store: Store) -> None:
        notices = tuple(notice(number, published_at=NOW + timedelta(minutes=number // 4)) for number in range(10, 30))
        await store.save(Outcome(application=application(), cases=(case(),), notices=notices))
        seen: list[str] = []
        while page := await store.notices(LATER, after=seen[-1] if seen else "", limit=3):
            seen += [shown.id for shown in page]
        assert seen == [shown.id for shown in sorted(notices, key=lambda one: (one.published_at, one.id), reverse=True)]
        assert await store.notices(LATER, after="no such notice") == ()

    run(folder, act)


def test_a_notice_that_ended_or_ran_out_is_shown_no_more_and_still_known(folder: Path) -> None:
    async def act(store: Store) -> None:
        await fill(store)
        await store.save(Outcome(notices=(notice(6, region=RegionCode(REGIONS[6]), ended="objection"),)))
        assert [shown.id for shown in await store.notices(LATER, limit=2)] == ["notice-5", "notice-4"]
        assert await store.notices(notice().until) == ()
        assert (await store.notice_of("case-1")) == notice(6, region=RegionCode(REGIONS[6]), ended="objection")

    run(folder, act)

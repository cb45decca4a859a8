"""Whatever the levels publish and take back, in whatever order, what people apply under is what the layers say."""

from __future__ import annotations

import tempfile
from pathlib import Path
from typing import Any

from any_service import SERVICE
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from regional_office import (
    CITY,
    COUNTY,
    OTHER_CITY,
    PROVINCE,
    approve,
    approver,
    author,
    patch,
    publish_base,
    retitle,
    told,
)

from server.actions import configuring, publishing, revising
from server.actions.layers import sources_of
from server.actions.office import Office
from server.overlays.compose import compose
from server.store import RevisionRow

REGIONS = (PROVINCE, CITY, OTHER_CITY, COUNTY)
ABOVE = {CITY: PROVINCE, OTHER_CITY: PROVINCE, COUNTY: CITY}

ACTS = st.one_of(
    st.tuples(st.just("change"), st.sampled_from(REGIONS), st.sampled_from(("wish", "reason")), st.sampled_from("abc")),
    st.tuples(st.just("back"), st.sampled_from(REGIONS), st.integers(0, 5)),
    st.tuples(st.just("publish"), st.sampled_from("abc")),
)


async def perform(office: Office, act: tuple[Any, ...]) -> None:
    match act:
        case ("change", region, field, title):
            await retitle(office, author(), title, region=region, field=field)
            row = await revising.propose(office, actor=author(), service_id=SERVICE, region=region, note="changed")
            if isinstance(row, RevisionRow):
                await approve(office, row)
        case ("back", region, number):
            lines = await revising.history(office, actor=approver(), service_id=SERVICE, region=region)
            assert isinstance(lines, tuple)
            if number < len(lines):
                await revising.roll_back(
                    office,
                    actor=approver(),
                    service_id=SERVICE,
                    region=region,
                    revision_id=lines[number].row.id,
                    note="back",
                )
        case ("publish", title):
            await publish_base(office, wish=title)


async def holds(office: Office) -> None:
    """Every level stands on what is in force above it or is known to be behind, and its release is what its layers make."""
    rows = {row.region: row for row in await office.channels(SERVICE)}
    lines = {line.region: line for line in await configuring.services(office, actor=author())}
    for region, row in rows.items():
        revision = await office.store.revision(row.revision_id)
        assert revision is not None and revision.state == "published" and revision.release_id == row.release_id
        made = compose(await sources_of(office, revision.id), service_id=SERVICE, region=region)
        assert made.findings == ()
        assert made.documents == await publishing.export_release(office, release_id=row.release_id)
        if region != PROVINCE:
            upper = ABOVE[region] if ABOVE[region] in rows else PROVINCE
            assert lines[region].behind == (revision.parent_id != rows[upper].revision_id)
    exported = await publishing.export(office, service_id=SERVICE)
    assert exported is not None
    for region, row in rows.items():
        if not any(line.behind for line in lines.values()):
            composed = compose(exported, service_id=SERVICE, region=region).documents
            assert composed == await publishing.export_release(office, release_id=row.release_id)
    assert await office.store.verify_chain("system")


@settings(max_examples=12, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(acts=st.lists(ACTS, min_size=1, max_size=7))
def test_levels_stay_together_whatever_is_published_and_taken_back(acts: list[tuple[Any, ...]]) -> None:
    async def story(office: Office) -> None:
        for act in acts:
            await perform(office, act)
            await holds(office)

    with tempfile.TemporaryDirectory() as folder:
        told(Path(folder) / "data", story, layers=patch(CITY, "Wish of the city"))

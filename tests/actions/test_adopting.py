"""What a level publishes reaches everyone below it without losing what they changed, or waits there with named conflicts."""

from __future__ import annotations

import asyncio
from pathlib import Path
from typing import Any

import pytest
from any_service import SERVICE
from regional_office import (
    CITY,
    COUNTY,
    NAMES,
    OTHER_CITY,
    PROVINCE,
    SCHEMA,
    WISH,
    approve,
    approver,
    author,
    channel,
    documents,
    parent_of,
    patch,
    propose,
    publish,
    publish_base,
    retitle,
    title_in,
    titled,
    told,
    working,
)

from server.actions import adopting, configuring, operating, publishing, revising, scheduling
from server.actions.adopting import Behind
from server.actions.configuring import WorkingSet
from server.actions.office import Office
from server.actions.publishing import Published
from server.findings import Refused
from server.messages.revisions import ADOPTED, ADOPTED_WITH
from server.overlays.conflicts import Choice
from server.overlays.overlay import overlay_path

LAYERS = patch(CITY, "Wish of the city")
BOTH = {**LAYERS, **patch(COUNTY, "Reason of the county", field="reason")}


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return tmp_path / "data"


async def behind(office: Office, region: str = CITY) -> Behind:
    found = await adopting.conflicts(office, actor=author(region), service_id=SERVICE, region=region)
    assert isinstance(found, Behind), found
    return found


async def lines_behind(office: Office) -> list[str]:
    return [line.region for line in await configuring.services(office, actor=author()) if line.behind]


def test_a_newer_base_reaches_every_level_and_no_local_change_is_lost(folder: Path) -> None:
    async def story(office: Office) -> None:
        done = await publish_base(office, reason="Why")
        assert (done.adopted, done.behind) == ((CITY,), ())
        assert (await title_in(office, CITY), await title_in(office, CITY, "reason")) == ("Wish of the city", "Why")
        assert await parent_of(office, CITY) == done.revision_id
        row = await office.store.revision((await channel(office, CITY)).revision_id)
        assert row is not None and (row.author_id, row.state) == ("system", "published")
        assert row.note == ADOPTED_WITH.format(upper=NAMES[PROVINCE], note="new titles")
        assert await lines_behind(office) == []

    told(folder, story, layers=LAYERS)


def test_a_county_follows_its_city_which_followed_the_province(folder: Path) -> None:
    async def story(office: Office) -> None:
        found = documents()
        found[SCHEMA]["properties"]["wish"]["maxLength"] = 70
        done = await publishing.publish(office, documents=found, service_id=SERVICE)
        assert isinstance(done, Published) and done.adopted == (CITY, COUNTY)
        assert await parent_of(office, COUNTY) == (await channel(office, CITY)).revision_id
        release = await office.current(SERVICE, COUNTY)
        assert release is not None
        wish, reason = (release.documents[SCHEMA]["properties"][name] for name in ("wish", "reason"))
        assert (wish["title"], wish["maxLength"], reason["title"]) == ("Wish of the city", 70, "Reason of the county")
        row = await office.store.revision((await channel(office, COUNTY)).revision_id)
        assert row is not None and row.note == ADOPTED.format(upper=NAMES[CITY])

    told(folder, story, layers=BOTH)


def test_what_both_changed_waits_for_a_choice_and_people_keep_what_they_had(folder: Path) -> None:
    async def story(office: Office) -> None:
        old = await parent_of(office, CITY)
        done = await publish_base(office, wish="What you want")
        assert (done.adopted, done.behind) == ((), (CITY,))
        assert await title_in(office, CITY) == "Wish of the city"
        assert await lines_behind(office) == [CITY]
        assert (await working(office, author(CITY), CITY)).behind
        found = await behind(office)
        assert (found.parent_from, found.parent_to, found.clean) == (old, done.revision_id, False)
        (conflict,) = found.conflicts
        assert (conflict.kind, conflict.path, conflict.pointer) == ("both-changed", SCHEMA, WISH)
        assert (conflict.base, conflict.theirs, conflict.ours) == ("Wish", "What you want", "Wish of the city")
        assert await adopting.resolve(office, actor=author(CITY), service_id=SERVICE, region=CITY, choices={}) == Refused(
            "conflicts-open", {"count": 1}
        )

    told(folder, story, layers=LAYERS)


@pytest.mark.parametrize(
    ("choice", "title"),
    [
        (Choice(take="keep-ours"), "Wish of the city"),
        (Choice(take="take-theirs"), "What you want"),
        (Choice(take="value", value="What the city wants"), "What the city wants"),
    ],
)
def test_a_region_is_back_once_its_conflicts_are_resolved_and_approved(folder: Path, choice: Choice, title: str) -> None:
    async def story(office: Office) -> None:
        newer = await publish_base(office, wish="What you want", reason="Why")
        resolved = await adopting.resolve(
            office, actor=author(CITY), service_id=SERVICE, region=CITY, choices={(SCHEMA, WISH): choice}
        )
        assert isinstance(resolved, WorkingSet)
        assert (resolved.parent_id, resolved.behind) == (newer.revision_id, False)
        assert await title_in(office, CITY) == "Wish of the city"
        assert await lines_behind(office) == [CITY]
        await approve(office, await propose(office, author(CITY), region=CITY), approver(CITY))
        assert (await title_in(office, CITY), await title_in(office, CITY, "reason")) == (title, "Why")
        assert await parent_of(office, CITY) == newer.revision_id
        assert await lines_behind(office) == []

    told(folder, story, layers=LAYERS)


def test_a_region_that_is_behind_can_still_change_something_urgent(folder: Path) -> None:
    async def story(office: Office) -> None:
        old = await parent_of(office, CITY)
        await publish_base(office, wish="What you want")
        await retitle(office, author(CITY), "Reason of the city", region=CITY, field="reason")
        await approve(office, await propose(office, author(CITY), region=CITY))
        assert await title_in(office, CITY, "reason") == "Reason of the city"
        assert await parent_of(office, CITY) == old
        assert await lines_behind(office) == [CITY]

    told(folder, story, layers=LAYERS)


def test_a_region_is_back_by_itself_once_nothing_is_in_conflict_any_more(folder: Path) -> None:
    async def story(office: Office) -> None:
        await publish_base(office, wish="What you want")
        again = await publish_base(office, wish="Wish", reason="Why")
        assert again.adopted == (CITY,)
        assert (await title_in(office, CITY), await title_in(office, CITY, "reason")) == ("Wish of the city", "Why")

    told(folder, story, layers=LAYERS)


def test_what_passes_no_check_over_the_newer_base_stays_on_the_older_one(folder: Path) -> None:
    async def story(office: Office) -> None:
        newer = documents()
        del newer[SCHEMA]["properties"]["reason"]
        layout = f"form_schemas/{SERVICE}/form/ui.json"
        newer[layout]["elements"] = [one for one in newer[layout]["elements"] if "reason" not in str(one)]
        done = await publishing.publish(office, documents=newer, service_id=SERVICE)
        assert isinstance(done, Published) and done.behind == (CITY,), done
        found = await behind(office)
        assert found.clean and any(finding.severity == "error" for finding in found.findings)
        assert await title_in(office, CITY, "reason") == "Reason"

    logic = overlay_path(f"form_schemas/{SERVICE}/form/logic.json", service_id=SERVICE, region=CITY)
    told(folder, story, layers={logic: {"fields": {"wish": {"relevant": "reason == 'x'"}}}})


def test_a_first_layer_between_two_levels_takes_its_place_there(folder: Path) -> None:
    async def story(office: Office) -> None:
        assert await parent_of(office, COUNTY) == (await channel(office, PROVINCE)).revision_id
        await retitle(office, author(CITY), "Wish of the city", region=CITY)
        done = await approve(office, await propose(office, author(CITY), region=CITY), approver(CITY))
        assert done.adopted == (COUNTY,)
        assert await parent_of(office, COUNTY) == done.revision_id
        assert (await title_in(office, COUNTY), await title_in(office, COUNTY, "reason")) == (
            "Wish of the city",
            "Reason of the county",
        )

    told(folder, story, layers=patch(COUNTY, "Reason of the county", field="reason"))


def test_a_first_layer_that_a_county_contradicts_is_a_conflict_of_the_county(folder: Path) -> None:
    async def story(office: Office) -> None:
        await retitle(office, author(CITY), "Wish of the city", region=CITY)
        done = await approve(office, await propose(office, author(CITY), region=CITY), approver(CITY))
        assert done.behind == (COUNTY,)
        (conflict,) = (await behind(office, COUNTY)).conflicts
        assert (conflict.base, conflict.theirs, conflict.ours) == ("Wish", "Wish of the city", "Wish of the county")

    told(folder, story, layers=patch(COUNTY, "Wish of the county"))


def test_a_region_that_takes_back_all_it_changed_follows_the_level_above(folder: Path) -> None:
    async def story(office: Office) -> None:
        await retitle(office, author(CITY), "Wish", region=CITY)
        await approve(office, await propose(office, author(CITY), region=CITY), approver(CITY))
        assert (await channel(office, CITY)).release_id == (await channel(office, PROVINCE)).release_id
        (line,) = await configuring.services(office, actor=author(CITY))
        assert not line.own_layer
        done = await publish_base(office, wish="What you want")
        assert done.adopted == (CITY,)
        assert await title_in(office, CITY) == "What you want"
        release = await office.current(SERVICE, CITY)
        assert release is not None and release.region == PROVINCE
        exported = await publishing.export(office, service_id=SERVICE)
        assert exported is not None and not any("/overlays/" in path for path in exported)

    told(folder, story, layers=LAYERS)


def test_regions_that_change_the_same_share_a_release_that_is_one_of_both(folder: Path) -> None:
    async def story(office: Office) -> None:
        city, other = await office.current(SERVICE, CITY), await office.current(SERVICE, OTHER_CITY)
        assert city is not None and other is not None
        assert city.id == other.id and other.region == PROVINCE

    async def after_a_restart(office: Office) -> None:
        release = await office.current(SERVICE, CITY)
        assert release is not None and release.region == PROVINCE

    told(folder, story, layers={**patch(CITY, "Same"), **patch(OTHER_CITY, "Same")})
    told(folder, after_a_restart)


def test_a_working_copy_follows_what_came_into_force_above(folder: Path) -> None:
    async def story(office: Office) -> None:
        await retitle(office, author(CITY), "Your wish", region=CITY)
        newer = await publish_base(office, reason="Why")
        found = await working(office, author(CITY), CITY)
        assert (found.parent_id, found.behind, found.version) == (newer.revision_id, False, 2)
        assert found.documents[SCHEMA] == titled({SCHEMA: titled(documents(), "Why", field="reason")}, "Your wish")
        await approve(office, await propose(office, author(CITY), region=CITY))
        assert await title_in(office, CITY) == "Your wish"

    told(folder, story, layers=LAYERS)


def test_a_working_copy_in_conflict_stays_as_it_is_until_somebody_chooses(folder: Path) -> None:
    async def story(office: Office) -> None:
        await retitle(office, author(), "Your wish")
        await publish_base(office, wish="What you want", reason="Why")
        found = await working(office, author())
        assert (found.version, found.behind) == (1, True)
        refused = await revising.propose(office, actor=author(), service_id=SERVICE, note="mine")
        assert refused == Refused("working-outdated")
        (conflict,) = (await behind(office, PROVINCE)).conflicts
        assert (conflict.base, conflict.theirs, conflict.ours) == ("Wish", "What you want", "Your wish")
        choices = {(SCHEMA, WISH): Choice(take="keep-ours")}
        resolved = await adopting.resolve(office, actor=author(), service_id=SERVICE, choices=choices)
        assert isinstance(resolved, WorkingSet) and not resolved.behind
        await approve(office, await propose(office, author()))
        assert (await title_in(office), await title_in(office, field="reason")) == ("Your wish", "Why")

    told(folder, story)


def test_a_first_layer_being_edited_follows_the_level_above(folder: Path) -> None:
    async def story(office: Office) -> None:
        await retitle(office, author(COUNTY), "Wish of the county", region=COUNTY)
        await publish_base(office, reason="Why")
        found = await working(office, author(COUNTY), COUNTY)
        assert not found.behind and found.layer == patch(COUNTY, "Wish of the county")
        await publish_base(office, wish="What you want", reason="Why")
        found = await working(office, author(COUNTY), COUNTY)
        assert found.behind and found.documents[SCHEMA]["properties"]["wish"]["title"] == "Wish of the county"

    told(folder, story)


def test_adopting_that_a_stop_interrupted_is_finished_at_the_next_start(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    class Stopped(Exception):
        pass

    async def stop(office: Office, **_: Any) -> None:
        raise Stopped

    async def interrupted(office: Office) -> None:
        with monkeypatch.context() as patched, pytest.raises(Stopped):
            patched.setattr(publishing, "follow", stop)
            await publish_base(office, reason="Why")
        assert await title_in(office, field="reason") == "Why"
        assert await title_in(office, CITY, "reason") == "Reason"

    async def started(office: Office) -> None:
        running = asyncio.create_task(operating.keep_running(office))
        while await title_in(office, CITY, "reason") != "Why":
            await asyncio.sleep(0)
        running.cancel()
        assert await title_in(office, CITY) == "Wish of the city"

    told(folder, interrupted, layers=LAYERS)
    told(folder, started)


def test_two_offices_that_publish_at_once_leave_every_level_on_the_newest(folder: Path) -> None:
    async def story(office: Office) -> None:
        await asyncio.gather(
            publish_base(office, reason="Why"),
            publish_base(office, reason="What for"),
            scheduling.finish_adopting(office),
            adopting.adopt(office, service_id=SERVICE),
        )
        newest = await channel(office, PROVINCE)
        assert await parent_of(office, CITY) == newest.revision_id
        assert await title_in(office, CITY, "reason") == await title_in(office, field="reason")

    told(folder, story, layers=LAYERS)


def test_publishing_reaches_a_hundred_regions_and_compiles_each_kind_of_them_once(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    regions = [f"11{number:02}00" for number in range(1, 61)]
    monkeypatch.setitem(NAMES, PROVINCE, "Province")
    for region in regions:
        monkeypatch.setitem(NAMES, region, f"City {region}")
    layers = {path: one for region in regions for path, one in patch(region, f"Wish {int(region[2:4]) % 3}").items()}

    async def story(office: Office) -> None:
        done = await publish_base(office, reason="Why")
        assert done.adopted == tuple(regions) and done.behind == ()
        rows = await office.channels(SERVICE)
        assert len(rows) == 61 and len({row.release_id for row in rows}) == 4
        assert await title_in(office, "111500", "reason") == "Why"
        assert await title_in(office, "111500") == "Wish 0"

    told(folder, story, layers=layers)


def test_a_layer_published_from_outside_brings_a_region_back(folder: Path) -> None:
    async def story(office: Office) -> None:
        newer = {**documents(), SCHEMA: titled(documents(), "What you want")}
        done = await publish(office, {**newer, **patch(CITY, "Wish of the city")})
        assert done[PROVINCE].behind == (CITY,) and done[CITY].new
        assert await parent_of(office, CITY) == done[PROVINCE].revision_id
        assert await lines_behind(office) == []

    told(folder, story, layers=LAYERS)

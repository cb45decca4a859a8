"""A region that its upper level has left behind is shown what follows and what does not, and decides place by place."""

from __future__ import annotations

from typing import Any

from designers_office import BASE, SERVICE, Run, Town, at, field_path
from plain_browser import Browser

from server.definitions.service import path_of
from server.documents.pointer import replace
from server.findings import Refused
from server.messages.admin import NOTES, refusal_text
from server.messages.overlays import CONFLICTS
from server.overlays.overlay import overlay_path

CITY = "140600"
SCHEMA = path_of(SERVICE, "data_schema")
CONFLICTS_PAGE = f"{at(CITY)}/conflicts"


async def fallen_behind(place: Town) -> Browser:
    """The browser of a city's approver after both levels renamed a field, and the province a second one."""
    patch = {"properties": {"remarks": {"title": "The city asks"}}}
    await place.publish({overlay_path(SCHEMA, service_id=SERVICE, region=CITY): patch}, CITY)
    await place.publish({SCHEMA: renamed(place, remarks="The province asks", household_members="Everybody at home")})
    return await place.approver(CITY)


def renamed(place: Town, **titles: str) -> Any:
    schema = place.shipped[SCHEMA]
    for name, title in titles.items():
        schema = replace(schema, f"/properties/{name}/title", title)
    return schema


async def labels(place: Town) -> tuple[str, str]:
    release = await place.office.current(SERVICE, CITY)
    assert release is not None
    fields = release.form.fields
    return fields["remarks"].label, fields["household_members"].label


def test_what_follows_and_what_does_not_is_told_in_words(place: Town, run: Run) -> None:
    async def journey() -> None:
        browser = await fallen_behind(place)
        assert f'href="{CONFLICTS_PAGE}"' in await browser.open(at(CITY))
        assert f'href="{CONFLICTS_PAGE}"' in await browser.open(f"{at(CITY)}/regions")
        await browser.open(CONFLICTS_PAGE)
        for part in (CONFLICTS["both-changed"], "The city asks", "The province asks", "Everybody at home"):
            assert part in browser.text, part
        assert browser.html.count('class="field conflict"') == 1
        assert (await labels(place))[0] == "The city asks"

    run(journey())


def test_nothing_is_resolved_while_a_choice_is_missing_or_the_page_is_old(place: Town, run: Run) -> None:
    async def journey() -> None:
        browser = await fallen_behind(place)
        await browser.open(CONFLICTS_PAGE)
        seen = browser.form(CONFLICTS_PAGE)
        await browser.send(seen)
        assert browser.status == 422
        assert refusal_text(Refused("conflicts-open", {"count": 1})) in browser.text
        assert 'href="#conflict-1"' in browser.html
        await place.publish({SCHEMA: renamed(place, remarks="The province asks again")})
        await browser.send(seen, "", {"take-1": "keep-ours"})
        assert browser.status == 422
        assert refusal_text(Refused("shown-otherwise")) in browser.text
        assert "The province asks again" in browser.text

    run(journey())


def test_what_was_chosen_is_proposed_and_the_city_follows_again(place: Town, run: Run) -> None:
    async def journey() -> None:
        for take, typed, expected in (
            ("keep-ours", "", "The city asks"),
            ("take-theirs", "", "The province asks"),
            ("value", "Both ask", "Both ask"),
        ):
            await place.start_again()
            browser, approver = await fallen_behind(place), await place.approver()
            await browser.open(CONFLICTS_PAGE)
            answers = {"take-1": take} | ({"value-1": typed} if typed else {})
            await browser.send(browser.form(CONFLICTS_PAGE), "", answers)
            assert browser.path == f"{at(CITY)}/publish?note=resolved", browser.text
            assert NOTES["resolved"] in browser.text
            await browser.press(f"{at(CITY)}/publish", note="Follow the province")
            address = browser.path.partition("?")[0]
            await approver.open(address)
            await approver.press(address, "approve")
            assert NOTES["published"] in approver.text, approver.text
            assert await labels(place) == (expected, "Everybody at home")
            assert CONFLICTS_PAGE not in await browser.open(at(CITY))

    run(journey())


def test_who_is_not_behind_is_told_so(place: Town, run: Run) -> None:
    async def journey() -> None:
        browser = await place.administrator("140700")
        await browser.open(f"{at('140700')}/conflicts")
        assert browser.status == 200
        assert "<form" not in browser.html.partition("<main")[2].partition("</main>")[0]
        assert "/conflicts" not in await browser.open(f"{BASE}@140700")

    run(journey())


def test_edits_of_the_base_follow_what_was_published_meanwhile(place: Town, run: Run) -> None:
    async def journey() -> None:
        browser, approver = await place.administrator(), await place.approver()
        for name in ("remarks", "household_members"):
            path = field_path(name)
            await browser.open(path)
            await browser.press(path, "save", label=f"Mine: {name}")
        await place.publish({SCHEMA: renamed(place, remarks="Published meanwhile")})
        await browser.open(f"{BASE}/publish")
        await browser.press(f"{BASE}/publish", note="Too late")
        assert browser.status == 422
        assert refusal_text(Refused("working-outdated")) in browser.text
        await browser.open(f"{BASE}/conflicts")
        for part in ("Mine: remarks", "Published meanwhile"):
            assert part in browser.text, part
        await browser.press(f"{BASE}/conflicts", **{"take-1": "take-theirs"})
        assert browser.path == f"{BASE}/publish?note=resolved", browser.text
        await browser.press(f"{BASE}/publish", note="On top of it")
        address = browser.path.partition("?")[0]
        await approver.open(address)
        await approver.press(address, "approve")
        release = await place.office.current(SERVICE)
        assert release is not None
        labels = [release.form.fields[name].label for name in ("remarks", "household_members")]
        assert labels == ["Published meanwhile", "Mine: household_members"]

    run(journey())

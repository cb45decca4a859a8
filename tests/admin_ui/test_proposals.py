"""Nothing comes into force without a second person, who sees what would change; what was in force can be put back."""

from __future__ import annotations

from datetime import timedelta

import pytest
from designers_office import BASE, SERVICE, Run, Town, at, field_path
from plain_browser import Browser

from server.findings import Refused
from server.messages.admin import NOTES, refusal_text
from server.messages.layers import NOW
from server.web.templating import today_of

REMARKS = field_path("remarks")
CITY = "140400"


async def proposed(
    browser: Browser, region: str = "", *, label: str = "Anything else", note: str = "New words", **more: str
) -> str:
    """Changes a label, proposes it, and gives the address of the proposal."""
    path, publish = (at(region, REMARKS), f"{at(region)}/publish") if region else (REMARKS, f"{BASE}/publish")
    await browser.open(path)
    await browser.press(path, "save", label=label)
    await browser.open(publish)
    await browser.press(publish, note=note)
    address, _, told = browser.path.partition("?")
    assert told == "note=proposed", browser.text
    return address


async def label_in_force(place: Town, region: str = "") -> str:
    release = await place.office.current(SERVICE, region)
    assert release is not None
    return release.form.fields["remarks"].label


def test_a_proposal_waits_for_somebody_else_who_approves_it(place: Town, run: Run) -> None:
    async def journey() -> None:
        author, approver = await place.administrator(name="Zhao"), await place.approver(name="Qian")
        before = await label_in_force(place)
        address = await proposed(author, note="Better words")
        assert await label_in_force(place) == before
        assert "Better words" in await approver.open("/admin/proposals")
        assert f'href="{address}"' in approver.html
        await approver.open(address)
        for part in ("Zhao", "Better words", before, "Anything else"):
            assert part in approver.text, part
        await approver.open(f"{address}/cases")
        assert approver.status == 200
        assert "Better words" in approver.text
        await approver.open(address)
        await approver.press(address, "approve")
        assert NOTES["published"] in approver.text
        assert await label_in_force(place) == "Anything else"
        assert f'href="{address}"' not in await author.open("/admin/proposals")
        await author.open(f"{BASE}/history")
        (row,) = [row for row in author.html.split("<tr>") if "Better words" in row and "<td" in row]
        for part in ("Zhao", "Qian", NOW):
            assert part in row, part

    run(journey())


@pytest.mark.parametrize(("approver", "reason"), [(True, "same-person"), (False, "not-approver")])
def test_nobody_approves_what_they_may_not_and_is_told_why(place: Town, run: Run, approver: bool, reason: str) -> None:
    async def journey() -> None:
        author = await (place.approver() if approver else place.administrator())
        before = await label_in_force(place)
        address = await proposed(author)
        await author.open(address)
        assert refusal_text(Refused(reason)) in author.text
        assert 'value="approve"' not in author.html
        token = dict(author.form(address).values)["csrf"]
        answer = await author.client.post(address, data={"csrf": token, "intent": "approve"})
        assert answer.status_code == 422
        assert await label_in_force(place) == before

    run(journey())


def test_a_proposal_is_sent_back_with_a_reason_its_author_reads(place: Town, run: Run) -> None:
    async def journey() -> None:
        author, approver = await place.administrator(), await place.approver()
        address = await proposed(author)
        await approver.open(address)
        await approver.press(address, "reject")
        assert approver.status == 422
        assert refusal_text(Refused("reason-missing")) in approver.text
        await approver.press(address, "reject", reason="The form says otherwise")
        assert NOTES["rejected"] in approver.text
        assert "The form says otherwise" in await author.open(address)
        assert 'name="intent"' not in author.html
        assert "Anything else" in await author.open(REMARKS)
        again = await proposed(author, label="Even better")
        assert again != address

    run(journey())


def test_an_author_takes_a_proposal_back(place: Town, run: Run) -> None:
    async def journey() -> None:
        author, colleague = await place.administrator(), await place.administrator()
        address = await proposed(author)
        assert 'value="withdraw"' not in await colleague.open(address)
        await author.open(address)
        await author.press(address, "withdraw")
        assert NOTES["withdrawn"] in author.text
        assert "Anything else" in await author.open(REMARKS)

    run(journey())


def test_a_day_is_set_on_which_it_comes_into_force(place: Town, run: Run) -> None:
    async def journey() -> None:
        author, approver = await place.administrator(), await place.approver()
        await author.open(REMARKS)
        await author.press(REMARKS, "save", label="From then on")
        publish = f"{BASE}/publish"
        await author.open(publish)
        today = today_of(place.office.clock())
        for typed, reason in (("soon", "effective-form"), (today.isoformat(), "effective-past")):
            await author.press(publish, note="Later", effective=typed)
            assert author.status == 422
            assert refusal_text(Refused(reason)) in author.text
            assert f'value="{typed}"' in author.html
        await author.press(publish, note="Later", effective=(today + timedelta(days=40)).isoformat())
        address = author.path.partition("?")[0]
        await approver.open(address)
        await approver.press(address, "approve")
        assert NOTES["scheduled"] in approver.text
        assert await label_in_force(place) != "From then on"
        assert f'href="{address}"' in (await approver.open("/admin/proposals")).partition("scheduled-title")[2]

    run(journey())


def test_a_city_decides_for_itself_and_the_province_for_the_city(place: Town, run: Run) -> None:
    async def journey() -> None:
        author, elsewhere = await place.administrator(CITY), await place.approver("140500")
        address = await proposed(author, CITY, label="The city asks")
        assert (await elsewhere.client.get(address)).status_code == 404
        assert address not in await elsewhere.open("/admin/proposals")
        province = await place.approver()
        await province.open(address)
        await province.press(address, "approve")
        assert NOTES["published"] in province.text
        assert await label_in_force(place, CITY) == "The city asks"
        assert await label_in_force(place, "140200") != "The city asks"

    run(journey())


def test_any_two_versions_are_compared_and_an_older_one_is_put_back_with_a_reason(place: Town, run: Run) -> None:
    async def journey() -> None:
        author, approver = await place.administrator(), await place.approver()
        before = await label_in_force(place)
        address = await proposed(author)
        await approver.open(address)
        await approver.press(address, "approve")
        history = f"{BASE}/history"
        await author.open(history)
        assert "/back" not in author.html
        await approver.open(history)
        back = approver.links("/back$")[0]
        older = back.split("/")[-2]
        html = await approver.open(f"{history}/compare?from={older}&to={address.rpartition('/')[2]}")
        assert before in html
        assert "Anything else" in html
        await approver.open(back)
        await approver.press(back)
        assert approver.status == 422
        await approver.press(back, note="It was better before")
        assert NOTES["rolled-back"] in approver.text
        assert "It was better before" in approver.text
        assert await label_in_force(place) == before
        assert (await author.client.get(f"{history}/compare?from=nobody&to={older}")).status_code == 404

    run(journey())

"""Whether items are taken in is said by places, apart from releases; it holds at once and undoes nothing."""

from __future__ import annotations

import asyncio
from datetime import datetime, timedelta

import msgspec
import time_machine
from busy_office import LOW_INCOME, SERVICE, Installation, act, administrator, applicant, drafted, opened
from hypothesis import given
from hypothesis import strategies as st

from server.actions import applying, intake
from server.actions.intake import Closed
from server.actions.office import Administrator, Office
from server.definitions.regions import contains
from server.definitions.workdays import CHINA
from server.findings import Refused
from server.messages.pages import refusal_text
from server.store import IntakeRule
from server.types import RegionCode, ServiceId

PROVINCE, CITY, COUNTY, ELSEWHERE = (RegionCode(code) for code in ("140000", "140100", "140105", "140200"))
TOWNSHIP = "140105001"
OTHER_ITEM = "temporary_assistance"


async def administrator_of(office: Office, region: str) -> Administrator:
    return msgspec.structs.replace(await administrator(office), region=RegionCode(region))


async def put(office: Office, region: str, item: str = "", *, open: bool = False, until: datetime | None = None) -> None:
    actor = await administrator_of(office, region)
    rule = await intake.set_intake(office, actor=actor, service_id=SERVICE, region=region, item=item, open=open, until=until)
    assert isinstance(rule, IntakeRule), rule


async def closed(office: Office, region: str = TOWNSHIP) -> dict[str, Closed]:
    return await intake.closed_items(
        office, service_id=SERVICE, region=region, items=(LOW_INCOME, OTHER_ITEM), now=office.clock()
    )


def test_a_closed_item_takes_no_application_and_loses_no_draft(installation: Installation) -> None:
    async def story(office: Office) -> None:
        me = await applicant(office)
        await put(office, CITY, LOW_INCOME)
        draft = await drafted(office, me)
        refused = await applying.submit(office, actor=me, draft_id=draft.id, version=draft.version)
        assert isinstance(refused, Refused) and refused.reason == "intake-closed"
        title = installation.release.service.items.items[LOW_INCOME].title
        assert title in refusal_text(refused)
        kept = await applying.load_draft(office, actor=me, draft_id=draft.id)
        assert isinstance(kept, applying.Draft) and kept.data == draft.data
        await put(office, CITY, LOW_INCOME, open=True)
        result = await applying.submit(office, actor=me, draft_id=draft.id, version=draft.version)
        assert isinstance(result, applying.Submitted)

    act(installation, story)


def test_another_item_or_another_place_is_not_closed_with_it(installation: Installation) -> None:
    async def story(office: Office) -> None:
        await put(office, ELSEWHERE)
        await put(office, CITY, OTHER_ITEM)
        assert await closed(office) == {OTHER_ITEM: Closed(code="closed", region=CITY)}
        assert set(await closed(office, ELSEWHERE)) == {LOW_INCOME, OTHER_ITEM}
        assert await closed(office, PROVINCE) == {}
        me = await applicant(office)
        draft = await drafted(office, me)
        assert isinstance(await applying.submit(office, actor=me, draft_id=draft.id, version=draft.version), applying.Submitted)

    act(installation, story)


def test_a_deadline_ends_by_the_clock_and_a_case_submitted_before_goes_on(installation: Installation) -> None:
    async def story(office: Office) -> None:
        me = await applicant(office)
        until = datetime(2026, 3, 3, 17, tzinfo=CHINA)
        await put(office, COUNTY, LOW_INCOME, open=True, until=until)
        early = await drafted(office, me)
        late = await drafted(office, me)
        assert isinstance(await applying.submit(office, actor=me, draft_id=early.id, version=early.version), applying.Submitted)
        with time_machine.travel(until - timedelta(seconds=1), tick=False):
            assert await closed(office) == {}
        with time_machine.travel(until, tick=False):
            assert await closed(office) == {LOW_INCOME: Closed(code="ended", region=COUNTY, until=until)}
            refused = await applying.submit(office, actor=me, draft_id=late.id, version=late.version)
            assert isinstance(refused, Refused) and refused.reason == "intake-closed"
            again = await applying.submit(office, actor=me, draft_id=early.id, version=early.version)
            assert isinstance(again, applying.Submitted)

    act(installation, story)


def test_another_process_closes_and_the_very_next_submission_is_refused(installation: Installation) -> None:
    async def told() -> None:
        async with (
            opened(installation.folder, release=installation.release) as ours,
            opened(installation.folder, release=installation.release) as theirs,
        ):
            assert await closed(ours) == {}
            await put(theirs, PROVINCE)
            assert set(await closed(ours)) == {LOW_INCOME, OTHER_ITEM}

    asyncio.run(told())


def test_only_whoever_configures_the_region_decides_there(installation: Installation) -> None:
    async def story(office: Office) -> None:
        city = await administrator_of(office, CITY)

        async def refused(region: str, item: str = "", *, until: datetime | None = None, service: str = SERVICE) -> str:
            found = await intake.set_intake(
                office, actor=city, service_id=service, region=region, item=item, open=until is not None, until=until
            )
            assert isinstance(found, Refused)
            return found.reason

        assert await refused(PROVINCE) == await refused(ELSEWHERE) == "unknown-service"
        assert await refused("140199") == await refused("999999") == await refused(CITY, service="no/such") == "unknown-service"
        assert await refused(CITY, "no_such_item") == "unknown-item"
        assert await refused(CITY, until=office.clock()) == "until-passed"
        assert await intake.rules(office, service_id=SERVICE) == ()

    act(installation, story)


def test_whoever_set_it_is_in_the_audit_chain(installation: Installation) -> None:
    async def story(office: Office) -> None:
        await put(office, CITY, LOW_INCOME)
        rows = await office.store.audit("system", 0, 1000)
        event = rows[-1].event
        assert event.action == "set_intake" and event.details["item"] == LOW_INCOME and event.details["open"] is False
        assert event.actor == (await administrator(office)).account_id

    act(installation, story)


instants = st.integers(0, 8 * 24).map(lambda hours: datetime(2026, 1, 1, tzinfo=CHINA) + timedelta(hours=hours))
rules = st.builds(
    IntakeRule,
    service_id=st.just(ServiceId(SERVICE)),
    region=st.sampled_from((PROVINCE, CITY, COUNTY, ELSEWHERE)),
    item=st.sampled_from(("", "a", "b")),
    open=st.booleans(),
    until=st.none() | instants,
    at=instants,
    account_id=st.just("x"),
)


class Said:
    """An office that only knows what places say."""

    def __init__(self, said: list[IntakeRule]) -> None:
        self.said = tuple(said)
        self.unchanged = self

    async def get(self, *_: object) -> tuple[IntakeRule, ...]:
        return self.said


@given(st.lists(rules, max_size=6, unique_by=lambda rule: (rule.region, rule.item)), instants)
def test_nothing_below_opens_what_is_closed_above_and_the_earliest_end_counts(said: list[IntakeRule], now: datetime) -> None:
    office = Said(said)
    for place in (PROVINCE, CITY, COUNTY, TOWNSHIP, ELSEWHERE):
        around = [rule for rule in said if contains(rule.region, place)]
        found = asyncio.run(intake.closed_items(office, service_id=SERVICE, region=place, items=("a", "b"), now=now))  # type: ignore[arg-type]
        for item in ("a", "b"):
            mine = [rule for rule in around if rule.item in ("", item)]
            shut = any(not rule.open for rule in mine)
            ends = [rule.until for rule in mine if rule.open and rule.until is not None]
            assert (item in found) == (shut or any(end <= now for end in ends))
            if item in found:
                assert found[item].code == ("closed" if shut else "ended")
                assert found[item].until == (None if shut else min(ends))

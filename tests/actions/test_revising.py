"""Nothing an administrator edits comes into force without a second person, and everything can be taken back."""

from __future__ import annotations

import asyncio
from datetime import timedelta
from pathlib import Path

import pytest
from any_service import SERVICE
from regional_office import (
    CITY,
    COUNTY,
    ITEMS,
    OTHER_CITY,
    PROVINCE,
    SCHEMA,
    approve,
    approver,
    author,
    channel,
    documents,
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

from server.actions import configuring, publishing, revising
from server.actions.office import Office
from server.actions.publishing import Published
from server.actions.revising import Proposal
from server.findings import Finding, Refused
from server.store import RevisionRow

LAYERS = patch(CITY, "Wish of the city")


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return tmp_path / "data"


async def state_of(office: Office, row: RevisionRow) -> str:
    found = await office.store.revision(row.id)
    assert found is not None
    return found.state


def test_what_is_edited_comes_into_force_once_somebody_else_approves_it(folder: Path) -> None:
    async def story(office: Office) -> None:
        await retitle(office, author(), "Your wish")
        row = await propose(office, author())
        assert await title_in(office) == "Wish"
        (line,) = await revising.proposals(office, actor=approver())
        assert (line.row, line.title, line.place, line.may_decide) == (row, "Anything", "Province", True)
        done = await approve(office, row)
        assert done.new and done.revision_id == row.id and done.release_id == row.release_id
        assert await title_in(office) == "Your wish"
        assert await revising.proposals(office, actor=approver()) == ()
        left = await working(office, author())
        assert (left.version, left.changed) == (0, ())
        events = [(one.event.action, one.event.actor) for one in await office.store.audit("system")]
        assert events[-2:] == [("propose", "author-110000"), ("approve", "approver-110000")]

    told(folder, story)


def test_a_proposal_shows_what_it_would_change(folder: Path) -> None:
    async def story(office: Office) -> None:
        await retitle(office, author(CITY), "Your wish", region=CITY)
        row = await propose(office, author(CITY), region=CITY)
        shown = await revising.proposal(office, actor=approver(CITY), revision_id=row.id)
        assert isinstance(shown, Proposal)
        before, after = (found[SCHEMA]["properties"]["wish"]["title"] for found in (shown.before, shown.after))
        assert (before, after, shown.place, shown.may_decide) == ("Wish of the city", "Your wish", "City", True)
        assert not any(finding.severity == "error" for finding in shown.findings)

    told(folder, story, layers=LAYERS)


def test_what_was_approved_still_shows_what_it_changed(folder: Path) -> None:
    async def story(office: Office) -> None:
        for title in ("Your wish", "My wish"):
            await retitle(office, author(CITY), title, region=CITY)
            row = await propose(office, author(CITY), region=CITY)
            await approve(office, row, approver(CITY))
        shown = await revising.proposal(office, actor=approver(CITY), revision_id=row.id)
        assert isinstance(shown, Proposal)
        before, after = (found[SCHEMA]["properties"]["wish"]["title"] for found in (shown.before, shown.after))
        assert (before, after, shown.row.state) == ("Your wish", "My wish", "published")

    told(folder, story, layers=LAYERS)


def test_only_an_approver_of_the_region_or_above_decides_and_never_the_author(folder: Path) -> None:
    async def story(office: Office) -> None:
        both = approver(CITY, "both")
        await retitle(office, both, "Your wish", region=CITY)
        row = await propose(office, both, region=CITY)
        expected = {
            both: "same-person",
            author(CITY): "not-approver",
            approver(OTHER_CITY): "unknown-revision",
            approver(COUNTY): "unknown-revision",
        }
        for actor, reason in expected.items():
            assert await revising.approve(office, actor=actor, revision_id=row.id) == Refused(reason), actor
            assert await revising.reject(office, actor=actor, revision_id=row.id, reason="no") == Refused(reason), actor
        shown = await revising.proposal(office, actor=both, revision_id=row.id)
        assert isinstance(shown, Proposal) and shown.refused == Refused("same-person")
        assert await title_in(office, CITY) == "Wish of the city"
        await approve(office, row, approver(PROVINCE))
        assert await title_in(office, CITY) == "Your wish"

    told(folder, story, layers=LAYERS)


def test_a_city_can_change_nothing_above_it_or_beside_it(folder: Path) -> None:
    async def story(office: Office) -> None:
        unknown = Refused("unknown-service")
        for region in ("", PROVINCE, OTHER_CITY):
            assert await configuring.working(office, actor=author(CITY), service_id=SERVICE, region=region) == unknown
            assert await revising.history(office, actor=author(CITY), service_id=SERVICE, region=region) == unknown
        strange = await configuring.working(office, actor=author(CITY), service_id=SERVICE, region="110199")
        assert strange == Refused("unknown-region", {"region": "110199"})
        lines = await configuring.services(office, actor=author(CITY))
        assert [(line.region, line.place, line.is_base, line.own_layer) for line in lines] == [(CITY, "City", False, True)]
        lines = await configuring.services(office, actor=author())
        assert [(line.region, line.is_base) for line in lines] == [(PROVINCE, True), (CITY, False)]

    told(folder, story, layers=LAYERS)


def test_of_two_approvals_at_once_one_counts(folder: Path) -> None:
    async def story(office: Office) -> None:
        await retitle(office, author(), "Your wish")
        row = await propose(office, author())
        both = (approver(), approver(PROVINCE, "other"))
        done = await asyncio.gather(*(revising.approve(office, actor=one, revision_id=row.id) for one in both))
        assert sum(isinstance(one, Published) for one in done) == 1
        (refused,) = (one for one in done if isinstance(one, Refused))
        assert refused.reason in ("already-decided", "stale-revision")
        assert await revising.approve(office, actor=approver(), revision_id=row.id) == Refused("already-decided")
        assert len(await office.store.revisions_of(row.service_id)) == 2

    told(folder, story)


def test_of_two_proposals_at_once_one_waits(folder: Path) -> None:
    async def story(office: Office) -> None:
        await retitle(office, author(), "Your wish")
        authors = (author(), author(PROVINCE, "other"))
        done = await asyncio.gather(*(revising.propose(office, actor=one, service_id=SERVICE, note="mine") for one in authors))
        assert sum(isinstance(one, RevisionRow) for one in done) == 1
        assert Refused("already-proposed") in done

    told(folder, story)


def test_what_has_errors_no_change_or_no_note_is_not_proposed(folder: Path) -> None:
    async def story(office: Office) -> None:
        me = author()
        assert await revising.propose(office, actor=me, service_id=SERVICE, note="n") == Refused("nothing-changed")
        before = await retitle(office, me, "Your wish")
        assert await revising.propose(office, actor=me, service_id=SERVICE, note="  ") == Refused("note-missing")
        items = {**before.documents[ITEMS], "common_scope": ["no.such.field"]}
        await configuring.save_document(office, actor=me, service_id=SERVICE, path=ITEMS, value=items, version=before.version)
        found = await revising.propose(office, actor=me, service_id=SERVICE, note="n")
        assert isinstance(found, tuple) and any(isinstance(one, Finding) and one.severity == "error" for one in found)
        assert await revising.proposals(office, actor=approver()) == ()

    told(folder, story)


def test_a_proposal_sent_back_says_why_and_can_be_made_again(folder: Path) -> None:
    async def story(office: Office) -> None:
        await retitle(office, author(), "Your wish")
        row = await propose(office, author())
        assert await revising.reject(office, actor=approver(), revision_id=row.id, reason=" ") == Refused("note-missing")
        back = await revising.reject(office, actor=approver(), revision_id=row.id, reason="too short")
        assert isinstance(back, RevisionRow) and (back.state, back.answer) == ("rejected", "too short")
        assert (await working(office, author())).version == 1
        again = await propose(office, author())
        lines = await revising.history(office, actor=author(), service_id=SERVICE)
        assert isinstance(lines, tuple)
        assert [(line.row.id, line.state, line.current) for line in lines[:2]] == [
            (again.id, "proposed", False),
            (row.id, "rejected", False),
        ]

    told(folder, story)


def test_only_its_author_withdraws_a_proposal(folder: Path) -> None:
    async def story(office: Office) -> None:
        await retitle(office, author(), "Your wish")
        row = await propose(office, author())
        stranger = await revising.withdraw(office, actor=author(PROVINCE, "other"), revision_id=row.id)
        assert stranger == Refused("unknown-revision")
        done = await revising.withdraw(office, actor=author(), revision_id=row.id)
        assert isinstance(done, RevisionRow) and done.state == "withdrawn"
        assert await revising.withdraw(office, actor=author(), revision_id=row.id) == Refused("already-decided")
        assert await revising.approve(office, actor=approver(), revision_id=row.id) == Refused("already-decided")

    told(folder, story)


def test_editing_goes_on_while_a_proposal_waits_and_is_not_lost_when_it_is_approved(folder: Path) -> None:
    async def story(office: Office) -> None:
        await retitle(office, author(), "Your wish")
        row = await propose(office, author())
        await retitle(office, author(), "Your reason", field="reason")
        await approve(office, row)
        assert (await title_in(office), await title_in(office, field="reason")) == ("Your wish", "Reason")
        left = await working(office, author())
        assert left.changed == (SCHEMA,) and not left.behind
        await approve(office, await propose(office, author()))
        assert (await title_in(office), await title_in(office, field="reason")) == ("Your wish", "Your reason")

    told(folder, story)


def test_what_was_proposed_over_something_older_has_to_be_proposed_again(folder: Path) -> None:
    async def story(office: Office) -> None:
        await retitle(office, author(), "Your wish")
        row = await propose(office, author())
        await publish_base(office, reason="Why")
        assert await revising.approve(office, actor=approver(), revision_id=row.id) == Refused("stale-revision")
        shown = await revising.proposal(office, actor=approver(), revision_id=row.id)
        assert isinstance(shown, Proposal) and shown.refused == Refused("stale-revision")
        await revising.withdraw(office, actor=author(), revision_id=row.id)
        # The working copy has followed meanwhile.
        await approve(office, await propose(office, author()))
        assert (await title_in(office), await title_in(office, field="reason")) == ("Your wish", "Why")

    told(folder, story)


def test_a_proposal_of_a_city_is_outdated_once_the_province_has_published(folder: Path) -> None:
    async def story(office: Office) -> None:
        await retitle(office, author(CITY), "Your wish", region=CITY)
        row = await propose(office, author(CITY), region=CITY)
        done = await publish_base(office, reason="Why")
        assert done.adopted == (CITY,)
        assert await revising.approve(office, actor=approver(CITY), revision_id=row.id) == Refused("stale-revision")

    told(folder, story, layers=LAYERS)


def test_a_revision_with_a_day_comes_into_force_on_that_day_even_after_a_restart(folder: Path) -> None:
    async def story(office: Office) -> str:
        await retitle(office, author(), "Your wish")
        row = await propose(office, author(), effective_at=office.clock() + timedelta(days=3))
        done = await revising.approve(office, actor=approver(), revision_id=row.id)
        assert isinstance(done, RevisionRow) and done.state == "scheduled"
        assert await revising.publish_due(office) == 0
        assert await title_in(office) == "Wish"
        return row.id

    async def later(office: Office) -> None:
        await office.set_clock(ahead=timedelta(days=4))
        assert await revising.publish_due(office) == 1
        assert await title_in(office) == "Your wish"
        assert (await channel(office, PROVINCE)).revision_id == revision_id
        assert await revising.publish_due(office) == 0

    revision_id = told(folder, story)
    told(folder, later)


def test_an_approver_takes_a_revision_off_the_list_before_its_day(folder: Path) -> None:
    async def story(office: Office) -> None:
        await retitle(office, author(), "Your wish")
        row = await propose(office, author(), effective_at=office.clock() + timedelta(days=3))
        await revising.approve(office, actor=approver(), revision_id=row.id)
        back = await revising.reject(office, actor=approver(), revision_id=row.id, reason="not yet")
        assert isinstance(back, RevisionRow) and back.state == "rejected"
        await office.set_clock(ahead=timedelta(days=4))
        assert await revising.publish_due(office) == 0
        assert await title_in(office) == "Wish"

    told(folder, story)


def test_a_revision_whose_day_has_come_is_carried_over_to_what_changed_meanwhile(folder: Path) -> None:
    async def story(office: Office) -> None:
        await retitle(office, author(CITY), "Your wish", region=CITY)
        row = await propose(office, author(CITY), region=CITY, effective_at=office.clock() + timedelta(days=3))
        await revising.approve(office, actor=approver(CITY), revision_id=row.id)
        await publish_base(office, reason="Why")
        await office.set_clock(ahead=timedelta(days=4))
        assert await revising.publish_due(office) == 1
        assert (await title_in(office, CITY), await title_in(office, CITY, "reason")) == ("Your wish", "Why")
        assert await state_of(office, row) == "withdrawn"
        current = await office.store.revision((await channel(office, CITY)).revision_id)
        assert current is not None
        assert (current.author_id, current.approver_id) == (author(CITY).account_id, approver(CITY).account_id)

    told(folder, story, layers=LAYERS)


def test_a_revision_in_conflict_with_what_changed_meanwhile_is_blocked_and_says_why(folder: Path) -> None:
    async def story(office: Office) -> None:
        await retitle(office, author(), "Your wish")
        row = await propose(office, author(), effective_at=office.clock() + timedelta(days=3))
        await revising.approve(office, actor=approver(), revision_id=row.id)
        await publish_base(office, wish="What you want")
        await office.set_clock(ahead=timedelta(days=4))
        assert await revising.publish_due(office) == 1
        blocked = await office.store.revision(row.id)
        assert blocked is not None and blocked.state == "blocked" and "1" in blocked.answer
        assert await title_in(office) == "What you want"
        assert await revising.publish_due(office) == 0

    told(folder, story)


def test_going_back_is_one_act_with_a_reason_and_the_regions_below_go_back_too(folder: Path) -> None:
    async def story(office: Office) -> None:
        first = (await channel(office, PROVINCE)).revision_id
        await publish_base(office, reason="Why")
        assert await title_in(office, CITY, "reason") == "Why"
        left = (await channel(office, PROVINCE)).revision_id
        arguments = {"service_id": SERVICE, "revision_id": first}
        assert await revising.roll_back(office, actor=author(), note="bad", **arguments) == Refused("not-approver")
        assert await revising.roll_back(office, actor=approver(), note=" ", **arguments) == Refused("note-missing")
        done = await revising.roll_back(office, actor=approver(), note="unclear", **arguments)
        assert isinstance(done, Published)
        assert (done.revision_id, done.adopted, done.behind) == (first, (CITY,), ())
        assert await title_in(office, field="reason") == "Reason"
        assert (await title_in(office, CITY), await title_in(office, CITY, "reason")) == ("Wish of the city", "Reason")
        row = await office.store.revision(left)
        assert row is not None and "unclear" in row.answer
        again = await revising.roll_back(office, actor=approver(), note="again", **arguments)
        assert again == Refused("nothing-changed")
        event = next(one.event for one in await office.store.audit("system") if one.event.action == "roll_back")
        assert (event.details["left"], event.details["note"]) == (left, "unclear")

    told(folder, story, layers=LAYERS)


def test_nobody_goes_back_to_what_never_was_in_force_there(folder: Path) -> None:
    async def story(office: Office) -> None:
        await retitle(office, author(), "Your wish")
        row = await propose(office, author())
        base = (await channel(office, PROVINCE)).revision_id
        for region, revision_id in (("", row.id), (CITY, base), ("", "no such")):
            refused = await revising.roll_back(
                office, actor=approver(), service_id=SERVICE, region=region, revision_id=revision_id, note="back"
            )
            assert refused == Refused("unknown-revision"), (region, revision_id)

    told(folder, story, layers=LAYERS)


def test_a_city_that_goes_back_to_an_old_layer_still_follows_the_province(folder: Path) -> None:
    async def story(office: Office) -> None:
        old = (await channel(office, CITY)).revision_id
        await retitle(office, author(CITY), "Your wish", region=CITY)
        await approve(office, await propose(office, author(CITY), region=CITY))
        await publish_base(office, reason="Why")
        done = await revising.roll_back(
            office, actor=approver(CITY), service_id=SERVICE, region=CITY, revision_id=old, note="back"
        )
        assert isinstance(done, Published) and done.adopted == (CITY,)
        assert (await title_in(office, CITY), await title_in(office, CITY, "reason")) == ("Wish of the city", "Why")

    told(folder, story, layers=LAYERS)


def test_what_is_locked_above_is_refused_at_save_with_both_values(folder: Path) -> None:
    async def story(office: Office) -> None:
        me = author(CITY)
        before = await working(office, me, CITY)
        assert [lock.pointer for lock in before.locks if lock.document == "items.json"] == ["/items/*/title"]
        items = {**before.documents[ITEMS]}
        items["items"] = {"only": {**items["items"]["only"], "title": "Mine"}}
        refused = await configuring.save_document(
            office, actor=me, service_id=SERVICE, region=CITY, path=ITEMS, value=items, version=before.version
        )
        assert isinstance(refused, Refused) and refused.reason == "locked"
        assert refused.params == {
            "path": ITEMS,
            "pointer": "/items/only/title",
            "upper": "Province",
            "reason": "one name",
            "before": '"Only"',
            "after": '"Mine"',
        }
        assert await working(office, me, CITY) == before
        strange = f"form_schemas/{SERVICE}/content/faq/a.md"
        refused = await configuring.save_document(
            office, actor=me, service_id=SERVICE, region=CITY, path=strange, value="# A\n", version=before.version
        )
        assert refused == Refused("cannot-overlay", {"path": strange})

    told(folder, story)


def test_a_city_edits_the_documents_that_hold_there_and_keeps_only_what_differs(folder: Path) -> None:
    async def story(office: Office) -> None:
        me = author(CITY)
        saved = await retitle(office, me, "Your wish", region=CITY)
        assert saved.layer == patch(CITY, "Your wish")
        assert (saved.region, saved.base_region, saved.changed, saved.behind) == (CITY, PROVINCE, (SCHEMA,), False)
        assert saved.origins[SCHEMA] == {("properties", "wish", "title"): CITY}
        back = await retitle(office, me, "Wish", region=CITY)
        assert back.layer == {} and back.changed == ()

    told(folder, story)


def test_a_new_layer_makes_a_release_of_its_own_for_the_region_and_those_below(folder: Path) -> None:
    async def story(office: Office) -> None:
        base = await office.current(SERVICE)
        await retitle(office, author(CITY), "Your wish", region=CITY)
        done = await approve(office, await propose(office, author(CITY), region=CITY))
        city, county, other = [await office.current(SERVICE, code) for code in (CITY, COUNTY, OTHER_CITY)]
        assert city is not None and county is not None and other is not None and base is not None
        assert city.id == county.id == done.release_id != base.id == other.id
        assert city.region == CITY

    told(folder, story)


def test_a_layer_published_again_changes_nothing(folder: Path) -> None:
    async def story(office: Office) -> None:
        before = await office.channels(SERVICE)
        done = await publish(office, {**documents(), **LAYERS})
        assert {region: one.new for region, one in done.items()} == {PROVINCE: False, CITY: False}
        assert await office.channels(SERVICE) == before
        exported = await publishing.export(office, service_id=SERVICE)
        assert exported == {**documents(), **LAYERS}
        assert await publishing.export(office, service_id=SERVICE, region=OTHER_CITY) == documents()
        resolved = await publishing.export_resolved(office, service_id=SERVICE, region=COUNTY)
        assert resolved is not None and resolved[SCHEMA] == titled(documents(), "Wish of the city")

    told(folder, story, layers=LAYERS)


def test_a_base_is_not_moved_to_another_region(folder: Path) -> None:
    async def story(office: Office) -> None:
        moved = documents()
        moved[f"form_schemas/{SERVICE}/bundle.json"] = {**moved[f"form_schemas/{SERVICE}/bundle.json"], "region": CITY}
        moved[f"form_schemas/library/regions/{CITY}.json"] = {"title": "Regions", "regions": {CITY: "City", COUNTY: "County"}}
        done = await publishing.publish(office, documents=moved, service_id=SERVICE)
        assert not isinstance(done, Published)
        assert await title_in(office) == "Wish"

    told(folder, story)

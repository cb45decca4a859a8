"""However often and from however many windows a draft is submitted, it becomes one application."""

from __future__ import annotations

import asyncio

import msgspec
from busy_office import OTHER_PHONE, Installation, act, applicant, data_of, drafted, walk_answers

from server.actions import applying, following
from server.actions.office import Office
from server.findings import Refused


def test_submitting_again_yields_the_same_number(installation: Installation) -> None:
    async def story(office: Office) -> None:
        me = await applicant(office)
        draft = await drafted(office, me)
        first = await applying.submit(office, actor=me, draft_id=draft.id, version=draft.version)
        again = await applying.submit(office, actor=me, draft_id=draft.id, version=draft.version)
        assert isinstance(first, applying.Submitted) and again == first
        loaded = await applying.load_draft(office, actor=me, draft_id=draft.id)
        assert isinstance(loaded, applying.Draft) and loaded.application_number == first.number

    act(installation, story)


def test_fifty_windows_that_submit_at_once_make_one_application(installation: Installation) -> None:
    async def story(office: Office) -> None:
        me = await applicant(office)
        draft = await drafted(office, me)
        results = await asyncio.gather(
            *(applying.submit(office, actor=me, draft_id=draft.id, version=draft.version) for _ in range(50))
        )
        assert len({result.number for result in results if isinstance(result, applying.Submitted)}) == 1
        assert all(isinstance(result, applying.Submitted) for result in results)
        overview = await following.applications_of(office, actor=me)
        assert len(overview.applications) == 1 and overview.drafts == ()

    act(installation, story)


def test_the_store_alone_lets_one_of_two_offices_submit_a_draft(installation: Installation) -> None:
    async def story(office: Office) -> None:
        me = await applicant(office)
        draft = await drafted(office, me)
        other = type(office)(office.settings, office.store, office.http)
        other.keep(installation.release)
        results = await asyncio.gather(
            *(applying.submit(one, actor=me, draft_id=draft.id, version=draft.version) for one in (office, other))
        )
        assert results[0] == results[1] and isinstance(results[0], applying.Submitted)

    act(installation, story)


def test_a_draft_changed_since_it_was_shown_is_not_submitted(installation: Installation) -> None:
    async def story(office: Office) -> None:
        me = await applicant(office)
        draft = await drafted(office, me)
        await applying.save_draft(
            office, actor=me, draft_id=draft.id, version=draft.version, data=draft.data, visited=frozenset()
        )
        assert await applying.submit(office, actor=me, draft_id=draft.id, version=draft.version) == Refused("stale")

    act(installation, story)


def test_an_incomplete_draft_keeps_everything_and_names_what_is_missing(installation: Installation) -> None:
    async def story(office: Office) -> None:
        me = await applicant(office)
        answers = walk_answers()
        del answers["applicant"]["phone"]
        draft = await drafted(office, me, answers)
        result = await applying.submit(office, actor=me, draft_id=draft.id, version=draft.version)
        assert isinstance(result, applying.Invalid)
        assert [problem.pointer for problem in result.problems] == ["/applicant/phone"]
        kept = await applying.load_draft(office, actor=me, draft_id=draft.id)
        assert isinstance(kept, applying.Draft) and kept.data == draft.data

    act(installation, story)


def test_nobody_can_save_submit_or_delete_the_draft_of_another(installation: Installation) -> None:
    async def story(office: Office) -> None:
        mine = await drafted(office, await applicant(office))
        other = await applicant(office, OTHER_PHONE)
        unknown = Refused("unknown-draft")
        assert await applying.load_draft(office, actor=other, draft_id=mine.id) == unknown
        assert await applying.delete_draft(office, actor=other, draft_id=mine.id) == unknown
        assert await applying.submit(office, actor=other, draft_id=mine.id, version=mine.version) == unknown
        saved = await applying.save_draft(
            office, actor=other, draft_id=mine.id, version=mine.version, data=mine.data, visited=frozenset()
        )
        assert saved == unknown
        stored = await applying.store_file(
            office, actor=other, draft_id=mine.id, name="a.png", media_type="image/png", content=b"x"
        )
        assert stored == unknown

    act(installation, story)


def test_of_two_saves_of_the_same_version_the_later_is_told(installation: Installation) -> None:
    async def story(office: Office) -> None:
        me = await applicant(office)
        draft = await drafted(office, me)
        first = msgspec.structs.replace(draft.data, raw={"/applicant/household_size": "four"})
        saves = await asyncio.gather(
            *(
                applying.save_draft(office, actor=me, draft_id=draft.id, version=draft.version, data=data, visited=frozenset())
                for data in (first, draft.data)
            )
        )
        assert sum(save == Refused("stale") for save in saves) == 1

    act(installation, story)


def test_parameters_on_the_form_are_those_of_the_place_given_so_far(installation: Installation) -> None:
    async def story(office: Office) -> None:
        release = installation.release
        data = data_of(release, walk_answers())
        context = applying.context(office, release=release, data=data)
        assert context.parameters == release.parameters("140105", context.today)
        nowhere = applying.context(office, release=release, data=data_of(release, {}))
        assert nowhere.parameters == release.parameters(release.region, nowhere.today)

    act(installation, story)

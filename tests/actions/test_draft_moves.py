"""A draft stands under the release in force where its applicant lives; moving loses nothing and is told once."""

from __future__ import annotations

import copy
from typing import Any

import msgspec
from busy_office import SERVICE, Installation, act, applicant, data_of, drafted, walk_answers
from in_force import here, in_force, put_in_force

from server.actions import applying
from server.actions.applying import Draft
from server.actions.office import Applicant, Office
from server.findings import Refused
from server.messages.alterations import alteration_text
from server.releases import Release

SCHEMA = f"form_schemas/{SERVICE}/form/data.schema.json"
LAYOUT = f"form_schemas/{SERVICE}/form/ui.json"
MATERIALS = f"form_schemas/{SERVICE}/materials.json"
ELSEWHERE = "140902001"


def renamed(documents: dict[str, Any], title: str) -> None:
    documents[SCHEMA]["properties"]["applicant"]["properties"]["name"]["title"] = title


def changed(old: Release, title: str) -> dict[str, Any]:
    documents: dict[str, Any] = copy.deepcopy(old.documents)
    renamed(documents, title)
    return documents


async def loaded(office: Office, me: Applicant, draft_id: str) -> Draft:
    draft = await applying.load_draft(office, actor=me, draft_id=draft_id)
    assert isinstance(draft, Draft), draft
    return draft


def test_what_is_told_says_what_changed_and_is_told_until_it_was_seen_once(installation: Installation) -> None:
    async def story(office: Office) -> None:
        me, old = await applicant(office), await here(office)
        before = await drafted(office, me)
        assert before.moved == ()
        label = old.form.fields["applicant.name"].label
        release = await in_force(office, changed(old, "Full name"))
        moved = await loaded(office, me, before.id)
        assert moved.release.id == release.id and moved.data == before.data and moved.visited == before.visited
        assert moved.moved == (alteration_text("question-renamed", before=label, label="Full name"),)
        again = await loaded(office, me, before.id)
        assert again.moved == moved.moved
        told = await applying.tell_moved(office, actor=me, draft=again)
        assert told.moved == again.moved
        after = await loaded(office, me, before.id)
        assert after.moved == () and after.version == told.version

    act(installation, story)


def test_a_release_that_came_and_went_before_anybody_looked_is_not_told(installation: Installation) -> None:
    async def story(office: Office) -> None:
        me, old = await applicant(office), await here(office)
        draft = await drafted(office, me)
        await in_force(office, changed(old, "Full name"))
        assert (await loaded(office, me, draft.id)).moved
        await put_in_force(office, old)
        assert (await loaded(office, me, draft.id)).moved == ()

    act(installation, story)


def test_new_and_gone_questions_options_and_materials_are_told_as_far_as_they_concern_the_applicant(
    installation: Installation,
) -> None:
    async def story(office: Office) -> None:
        me, old = await applicant(office), await here(office)
        draft = await drafted(office, me)
        documents = copy.deepcopy(old.documents)
        schema: Any = documents[SCHEMA]
        layout: Any = documents[LAYOUT]
        first = layout["elements"][0]["elements"]
        schema["properties"]["extra"] = {"type": "string", "title": "Extra", "oneOf": [{"const": "1", "title": "One"}]}
        first.append({"type": "Control", "id": "extra_control", "scope": "#/properties/extra"})
        materials: Any = documents[MATERIALS]
        material = next(iter(materials["materials"]))
        materials["materials"][material]["title"] = "Another name"
        await in_force(office, documents)
        moved = await loaded(office, me, draft.id)
        page = layout["elements"][0]["label"]
        assert alteration_text("question-new", label="Extra", page=page) in moved.moved
        schema["properties"]["extra"]["oneOf"] = [{"const": "1", "title": "First"}, {"const": "2", "title": "Two"}]
        await applying.tell_moved(office, actor=me, draft=moved)
        await in_force(office, documents)
        again = await loaded(office, me, draft.id)
        assert set(again.moved) == {
            alteration_text("options-new", label="Extra", titles="Two"),
            alteration_text("options-renamed", label="Extra", titles="First"),
        }
        await applying.tell_moved(office, actor=me, draft=again)
        del schema["properties"]["extra"]
        first.pop()
        await in_force(office, documents)
        gone = await loaded(office, me, draft.id)
        assert gone.moved == (alteration_text("question-gone", label="Extra"),)

    act(installation, story)


def test_a_draft_follows_the_place_its_applicant_gives_and_comes_back_with_the_same_answers(installation: Installation) -> None:
    async def story(office: Office) -> None:
        me, old = await applicant(office), await here(office)
        documents = changed(old, "Name in the city")
        city = await in_force(office, documents)
        elsewhere = walk_answers()
        elsewhere["applicant"]["current_address"]["region"] = ELSEWHERE
        draft = await drafted(office, me, elsewhere)
        province = installation.release
        assert draft.release.id == province.id and draft.moved == ()
        inside = data_of(old, walk_answers())
        moved = await applying.save_draft(
            office, actor=me, draft_id=draft.id, version=draft.version, data=inside, visited=frozenset({"a"})
        )
        assert isinstance(moved, Draft)
        assert moved.release.id == city.id and moved.moved and moved.data == inside and moved.visited == {"a"}
        back = await applying.save_draft(
            office, actor=me, draft_id=draft.id, version=moved.version, data=draft.data, visited=moved.visited
        )
        assert isinstance(back, Draft)
        assert back.release.id == province.id and back.moved == () and back.data == draft.data
        nowhere = copy.deepcopy(elsewhere)
        del nowhere["applicant"]["current_address"]
        begun = await drafted(office, me, nowhere)
        assert begun.release.id == province.id

    act(installation, story)


def test_a_release_published_between_checking_and_submitting_leads_back_and_then_submits(installation: Installation) -> None:
    async def story(office: Office) -> None:
        me, old = await applicant(office), await here(office)
        draft = await drafted(office, me)
        release = await in_force(office, changed(old, "Full name"))
        refused = await applying.submit(office, actor=me, draft_id=draft.id, version=draft.version)
        assert refused == Refused("release-changed")
        moved = await loaded(office, me, draft.id)
        assert moved.release.id == release.id and moved.moved
        told = await applying.tell_moved(office, actor=me, draft=moved)
        result = await applying.submit(office, actor=me, draft_id=draft.id, version=told.version)
        assert isinstance(result, applying.Submitted)
        application = await office.store.application_by_number(result.number)
        assert application is not None and application.release_id == release.id

    act(installation, story)


def test_a_page_shown_under_the_release_before_is_saved_with_every_answer_typed_on_it(installation: Installation) -> None:
    async def story(office: Office) -> None:
        me, old = await applicant(office), await here(office)
        draft = await drafted(office, me)
        documents = changed(old, "Full name")
        documents[SCHEMA]["properties"]["applicant"]["properties"]["repeat_application"] = {"type": "string", "title": "Again"}
        release = await in_force(office, documents)
        earlier = await applying.earlier_draft(
            office, actor=me, draft=await loaded(office, me, draft.id), release_id=draft.release.id
        )
        assert earlier.release.id == draft.release.id and earlier.data == draft.data
        typed = "/applicant/repeat_application"
        saved = await applying.save_earlier(
            office,
            actor=me,
            draft_id=draft.id,
            release_id=draft.release.id,
            merged=lambda stored: msgspec.structs.replace(stored, values={**stored.values, typed: True}),
            visited=frozenset({"page"}),
        )
        assert isinstance(saved, Draft)
        assert saved.release.id == release.id and saved.data.values[typed] == "true" and saved.moved
        assert "page" in saved.visited
        assert {p: v for p, v in saved.data.values.items() if p != typed} == {
            p: v for p, v in draft.data.values.items() if p != typed
        }

    act(installation, story)


def test_the_release_of_another_service_is_no_page_of_this_draft(installation: Installation) -> None:
    async def story(office: Office) -> None:
        me = await applicant(office)
        draft = await drafted(office, me)
        assert await applying.earlier_draft(office, actor=me, draft=draft, release_id="sha256:nothing") == draft

    act(installation, story)


def test_drafts_are_counted_under_the_release_they_stand_under(installation: Installation) -> None:
    async def story(office: Office) -> None:
        me, old = await applicant(office), await here(office)
        draft = await drafted(office, me)
        await drafted(office, me)
        release = await in_force(office, changed(old, "Full name"))
        await loaded(office, me, draft.id)
        assert await office.store.drafts_per_release() == {release.id: 1, old.id: 1}
        result = await applying.submit(office, actor=me, draft_id=draft.id, version=(await loaded(office, me, draft.id)).version)
        assert isinstance(result, applying.Submitted)
        assert await office.store.drafts_per_release() == {old.id: 1}
        counted = await office.store.cases_per_release(release.service_id)
        assert counted == {release.id: 1}
        cases = await office.store.running_cases(release.service_id, release.id, limit=5)
        assert [case.release_id for case in cases] == [release.id]
        assert await office.store.running_cases(release.service_id, release.id, after=cases[0].id, limit=5) == ()

    act(installation, story)

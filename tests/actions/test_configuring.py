"""Changing the documents of a running service: checked, published, in force at once, and never for what was submitted."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Callable
from typing import Any

import msgspec
from busy_office import (
    COUNTY,
    SERVICE,
    Installation,
    act,
    administrator,
    applicant,
    approved,
    drafted,
    submitted,
    walk_answers,
)

from server.actions import applying, configuring, publishing, revising
from server.actions.configuring import WorkingSet
from server.actions.office import Administrator, Applicant, Office
from server.actions.publishing import Published
from server.findings import Finding, Refused
from server.overlays.overlay import base_documents
from server.releases import Release

SCHEMA = f"form_schemas/{SERVICE}/form/data.schema.json"
LAYOUT = f"form_schemas/{SERVICE}/form/ui.json"
ITEMS = f"process_defs/{SERVICE}/items.json"


def copy_of(document: Any) -> Any:
    return msgspec.json.decode(msgspec.json.encode(document))


def relabelled(opened: WorkingSet, title: str) -> Any:
    schema = copy_of(opened.documents[SCHEMA])
    schema["properties"]["applicant"]["properties"]["name"]["title"] = title
    return schema


async def edited(office: Office, actor: Administrator, change: Callable[[WorkingSet], Any], path: str = SCHEMA) -> WorkingSet:
    opened = await configuring.working(office, actor=actor, service_id=SERVICE)
    assert isinstance(opened, WorkingSet)
    saved = await configuring.save_document(
        office, actor=actor, service_id=SERVICE, path=path, value=change(opened), version=opened.version
    )
    assert isinstance(saved, WorkingSet), saved
    return saved


async def published(office: Office, actor: Administrator, title: str) -> Published:
    await edited(office, actor, lambda opened: relabelled(opened, title))
    return await approved(office, actor, note="label")


def label_of(release: Release) -> str:
    return release.form.fields["applicant.name"].label


def test_a_changed_label_is_in_force_at_once_and_what_was_submitted_keeps_the_old_one(
    installation: Installation,
) -> None:
    async def story(office: Office) -> None:
        me, province = await applicant(office), await administrator(office)
        number, before = await submitted(office, me), await office.current(SERVICE, COUNTY)
        assert before is not None
        result = await published(office, province, "Full name")
        assert result.new
        service = await applying.service(office, service_id=SERVICE)
        assert isinstance(service, Release) and label_of(service) == "Full name"
        application = await office.store.application_by_number(number)
        assert application is not None and application.release_id == before.id
        assert label_of(await office.release(application.release_id)) != "Full name"
        opened = await configuring.working(office, actor=province, service_id=SERVICE)
        assert isinstance(opened, WorkingSet) and (opened.version, opened.changed) == (0, ())

    act(installation, story)


def test_a_release_published_before_a_restart_is_in_force_after_it(installation: Installation) -> None:
    async def before(office: Office) -> str:
        return (await published(office, await administrator(office), "Full name")).release_id

    async def after(office: Office) -> str:
        release = await office.current(SERVICE)
        assert release is not None and label_of(release) == "Full name"
        return release.id

    assert act(installation, before) == act(installation, after)


def test_publishing_the_same_documents_again_changes_nothing(installation: Installation) -> None:
    async def story(office: Office) -> None:
        documents = await publishing.export(office, service_id=SERVICE)
        assert documents is not None
        before = await office.store.channels()
        result = await publishing.publish(office, documents=documents, service_id=SERVICE, region="140000", note="again")
        assert isinstance(result, Published) and not result.new and result.release_id == installation.release.id
        assert await office.store.channels() == before
        resolved = await publishing.export_resolved(office, service_id=SERVICE)
        assert await publishing.export_release(office, release_id=installation.release.id) == resolved
        assert resolved == base_documents(documents, SERVICE)

    act(installation, story)


def test_documents_with_an_error_are_not_published_and_stay_in_the_working_copy(installation: Installation) -> None:
    async def story(office: Office) -> None:
        province = await administrator(office)

        def broken(opened: WorkingSet) -> Any:
            items = copy_of(opened.documents[ITEMS])
            items["common_scope"].append("applicant.no_such_field")
            return items

        await edited(office, province, broken, ITEMS)
        result = await revising.propose(office, actor=province, service_id=SERVICE, note="broken")
        assert isinstance(result, tuple)
        assert any(isinstance(one, Finding) and one.path == ITEMS and one.severity == "error" for one in result)
        assert await configuring.findings(office, actor=province, service_id=SERVICE) == result
        assert await configuring.preview(office, actor=province, service_id=SERVICE) == result
        assert (await office.channel(SERVICE)).release_id == installation.release.id  # type: ignore[union-attr]
        kept = await configuring.working(office, actor=province, service_id=SERVICE)
        assert isinstance(kept, WorkingSet) and kept.changed == (ITEMS,)
        thrown = await configuring.discard(office, actor=province, service_id=SERVICE)
        assert isinstance(thrown, WorkingSet) and thrown.changed == ()

    act(installation, story)


def test_two_administrators_do_not_overwrite_each_other(installation: Installation) -> None:
    async def story(office: Office) -> None:
        province = await administrator(office)
        opened = await edited(office, province, lambda found: relabelled(found, "One"))
        stale = await configuring.save_document(
            office, actor=province, service_id=SERVICE, path=SCHEMA, value={}, version=opened.version - 1
        )
        assert stale == Refused("stale-working")
        again = await configuring.working(office, actor=province, service_id=SERVICE)
        assert again == opened

    act(installation, story)


def test_several_documents_are_saved_together_or_not_at_all(installation: Installation) -> None:
    async def story(office: Office) -> None:
        province = await administrator(office)
        opened = await configuring.working(office, actor=province, service_id=SERVICE)
        assert isinstance(opened, WorkingSet)
        refused = await configuring.save_documents(
            office,
            actor=province,
            service_id=SERVICE,
            changes={SCHEMA: {}, "form_schemas/library/codelists/gender.json": {}},
            version=0,
        )
        assert isinstance(refused, Refused) and refused.reason == "foreign-document"
        assert await configuring.working(office, actor=province, service_id=SERVICE) == opened
        guide = f"form_schemas/{SERVICE}/content/guides/index.md"
        saved = await configuring.save_documents(
            office, actor=province, service_id=SERVICE, changes={guide: "# Guide", LAYOUT: None}, version=0
        )
        assert isinstance(saved, WorkingSet) and saved.changed == tuple(sorted((guide, LAYOUT)))

    act(installation, story)


def test_a_working_copy_in_conflict_with_what_came_into_force_is_not_proposed(
    installation: Installation,
) -> None:
    async def story(office: Office) -> None:
        province = await administrator(office)
        opened = await edited(office, province, lambda found: relabelled(found, "Mine"))
        theirs = {**opened.documents, SCHEMA: relabelled(opened, "Theirs")}
        other = await publishing.publish(office, documents=theirs, service_id=SERVICE, region="140000", note="")
        assert isinstance(other, Published)
        mine = await revising.propose(office, actor=province, service_id=SERVICE, note="mine")
        assert mine == Refused("working-outdated")

    act(installation, story)


def test_the_history_names_every_release_and_who_published_it(installation: Installation) -> None:
    async def story(office: Office) -> None:
        province = await administrator(office)
        result = await published(office, province, "Full name")
        lines = await revising.history(office, actor=province, service_id=SERVICE)
        assert isinstance(lines, tuple)
        assert [(line.release_id, line.current) for line in lines] == [
            (result.release_id, True),
            (installation.release.id, False),
        ]
        approver = await administrator(office, "approver-province")
        assert (lines[0].author, lines[0].approver, lines[0].row.note) == (province.name, approver.name, "label")
        events = [row.event for row in await office.store.audit("system") if row.event.details.get("region") == "140000"]
        acts = [(event.action, event.actor) for event in events[-2:]]
        assert acts == [("propose", province.account_id), ("approve", approver.account_id)]

    act(installation, story)


def test_the_export_holds_the_working_copy(installation: Installation) -> None:
    async def story(office: Office) -> None:
        province = await administrator(office)
        await edited(office, province, lambda opened: relabelled(opened, "Full name"))
        exported = await configuring.export_zip(office, actor=province, service_id=SERVICE)
        assert isinstance(exported, bytes)
        with zipfile.ZipFile(io.BytesIO(exported)) as archive:
            assert b"Full name" in archive.read(SCHEMA)
            assert "manifest.json" in archive.namelist()

    act(installation, story)


def test_a_draft_moves_to_the_new_release_with_every_answer(installation: Installation) -> None:
    async def story(office: Office) -> None:
        me, province = await applicant(office), await administrator(office)
        draft = await drafted(office, me)
        await published(office, province, "Full name")
        stale = await applying.submit(office, actor=me, draft_id=draft.id, version=draft.version)
        assert stale == Refused("release-changed")
        moved = await applying.load_draft(office, actor=me, draft_id=draft.id)
        assert isinstance(moved, applying.Draft)
        assert label_of(moved.release) == "Full name"
        assert moved.data == draft.data and moved.version > draft.version
        done = await applying.submit(office, actor=me, draft_id=moved.id, version=moved.version)
        assert isinstance(done, applying.Submitted)
        application = await office.store.application_by_number(done.number)
        assert application is not None and application.release_id == moved.release.id

    act(installation, story)


async def republished(office: Office, actor: Administrator, changes: dict[str, Any]) -> None:
    """Publishes changed documents without the examples, which would have to change as well."""
    opened = await configuring.working(office, actor=actor, service_id=SERVICE)
    assert isinstance(opened, WorkingSet)
    examples = {path: None for path in opened.documents if "/examples/" in path}
    saved = await configuring.save_documents(
        office, actor=actor, service_id=SERVICE, changes={**changes, **examples}, version=opened.version
    )
    assert isinstance(saved, WorkingSet)
    result = await approved(office, actor)
    assert isinstance(result, Published), result


async def problems_of(office: Office, actor: Applicant, draft_id: str) -> list[tuple[str, str]]:
    """What is wrong with a draft when it is submitted now."""
    draft = await applying.load_draft(office, actor=actor, draft_id=draft_id)
    assert isinstance(draft, applying.Draft)
    invalid = await applying.submit(office, actor=actor, draft_id=draft.id, version=draft.version)
    assert isinstance(invalid, applying.Invalid)
    return [(problem.pointer, problem.code) for problem in invalid.problems]


def test_an_answer_that_the_changed_field_cannot_hold_stays_as_text_with_a_problem(installation: Installation) -> None:
    async def story(office: Office) -> None:
        me = await applicant(office)
        answers = walk_answers()
        answers["applicant"]["reason"], answers["remarks"] = "three", "3"
        draft = await drafted(office, me, answers)
        schema = copy_of(installation.release.documents[SCHEMA])
        whole = {"title": "Number", "type": "integer"}
        schema["properties"]["applicant"]["properties"]["reason"] = schema["properties"]["remarks"] = whole
        await republished(office, await administrator(office), {SCHEMA: schema})
        moved = await applying.load_draft(office, actor=me, draft_id=draft.id)
        assert isinstance(moved, applying.Draft)
        assert moved.data.raw == {"/applicant/reason": "three"}
        assert "/applicant/reason" not in moved.data.values and moved.data.values["/remarks"] == 3
        assert await problems_of(office, me, draft.id) == [("/applicant/reason", "unreadable-integer")]

    act(installation, story)


def test_a_new_required_field_is_asked_of_drafts_and_not_of_what_was_submitted(installation: Installation) -> None:
    async def story(office: Office) -> None:
        me = await applicant(office)
        number, draft = await submitted(office, me), await drafted(office, me)
        before = await office.current(SERVICE, COUNTY)
        schema = copy_of(installation.release.documents[SCHEMA])
        layout = copy_of(installation.release.documents[LAYOUT])
        person = schema["properties"]["applicant"]
        person["properties"]["nickname"] = {"title": "Nickname", "type": "string", "maxLength": 20}
        person["required"] = [*person.get("required", []), "nickname"]
        control = {"type": "Control", "id": "nickname_control", "scope": "#/properties/applicant/properties/nickname"}
        layout["elements"][-1]["elements"].append(control)
        await republished(office, await administrator(office), {SCHEMA: schema, LAYOUT: layout})
        assert await problems_of(office, me, draft.id) == [("/applicant/nickname", "required-enter")]
        application = await office.store.application_by_number(number)
        assert application is not None and before is not None and application.release_id == before.id

    act(installation, story)

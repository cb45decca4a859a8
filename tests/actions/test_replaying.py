"""Stored cases tried under a working copy or a folder: how many would differ and why, without a word about anybody."""

from __future__ import annotations

import json
from copy import deepcopy
from pathlib import Path
from typing import Any

import msgspec
from busy_office import ROOT, SERVICE, Installation, act, administrator, applicant, case_of, complete, submitted, walk_answers

from server.actions import configuring, differing, replaying
from server.actions.office import Office
from server.actions.replaying import Report, Tried
from server.cases.model import Case
from server.definitions.service import path_of
from server.exports.folder import read_trees, write_trees
from server.findings import Refused
from server.types import ServiceId

PARAMETERS = path_of(SERVICE, "parameters")
MATERIALS = path_of(SERVICE, "materials")


async def changed(office: Office, path: str, change: Any, region: str = "") -> configuring.WorkingSet:
    """The working copy of the shipped service with one document changed."""
    actor = await administrator(office)
    space = await configuring.working(office, actor=actor, service_id=SERVICE, region=region)
    assert not isinstance(space, Refused)
    value = deepcopy(space.documents[path])
    change(value)
    saved = await configuring.save_documents(
        office, actor=actor, service_id=SERVICE, region=region, changes={path: value}, version=space.version
    )
    assert not isinstance(saved, Refused), saved
    return saved


def fewer_materials(materials: Any) -> None:
    materials["materials"]["identity_proof"]["due"] = "applicant.age > 100"


async def tried(office: Office, **options: Any) -> Report:
    found = await replaying.tried(office, service_id=SERVICE, **options)
    assert isinstance(found, Tried), found
    return await replaying.replay_cases(office, tried=found)


def test_what_is_in_force_changes_nothing(installation: Installation) -> None:
    async def story(office: Office) -> None:
        await submitted(office, await applicant(office))
        report = await tried(office)
        assert (report.looked, report.differing, report.groups) == (1, 0, ())

    act(installation, story)


def test_a_working_copy_is_tried_on_every_case_and_stores_nothing(installation: Installation) -> None:
    async def story(office: Office) -> None:
        numbers = [await submitted(office, await applicant(office)) for _ in range(2)]
        before = [await case_of(office, number) for number in numbers]
        await changed(office, MATERIALS, fewer_materials)
        seen: list[tuple[int, int]] = []
        found = await replaying.tried(office, service_id=SERVICE, draft=True)
        assert isinstance(found, Tried)
        report = await replaying.replay_cases(office, tried=found, progress=lambda *counts: seen.append(counts))
        assert (report.looked, report.differing) == (2, 2)
        (group,) = [one for one in report.groups if one.name == "identity_proof"]
        assert (group.kind, group.before, group.after, group.count) == ("material", "due", "", 2)
        assert sorted(group.examples) == sorted(case.number for case in before)
        assert seen == [(2, 2)]
        assert [await case_of(office, number) for number in numbers] == before

    act(installation, story)


def test_a_report_names_nobody(installation: Installation) -> None:
    async def story(office: Office) -> None:
        number = await submitted(office, await applicant(office))
        await changed(office, PARAMETERS, grown)
        text = msgspec.json.encode(await tried(office, draft=True)).decode()
        answers = walk_answers()["applicant"]
        assert all(str(answers[name]) not in text for name in ("name", "id_number", "phone"))
        assert (await case_of(office, number)).number  # The case itself stays readable.

    act(installation, story)


def grown(parameters: Any) -> None:
    for parameter in parameters["parameters"].values():
        for value in parameter["values"]:
            value["value"] += 1


def test_a_folder_is_tried_too(installation: Installation, tmp_path: Path) -> None:
    documents = deepcopy(read_trees(ROOT).documents)
    fewer_materials(documents[MATERIALS])
    write_trees(documents, tmp_path / "trees")

    async def story(office: Office) -> None:
        await submitted(office, await applicant(office))
        report = await tried(office, folder=tmp_path / "trees")
        assert report.differing == 1

    act(installation, story)


def test_what_there_is_not_cannot_be_tried(installation: Installation, tmp_path: Path) -> None:
    async def story(office: Office) -> None:
        assert await replaying.tried(office, service_id="no/service") == Refused("unknown-service")
        assert await replaying.tried(office, service_id=SERVICE, draft=True) == Refused("nothing-changed")
        empty = await replaying.tried(office, service_id=SERVICE, folder=tmp_path)
        assert isinstance(empty, Refused) and empty.reason == "unknown-source"

    act(installation, story)


def test_a_working_copy_a_release_and_a_folder_differ_alike(installation: Installation) -> None:
    async def story(office: Office) -> None:
        await changed(office, MATERIALS, fewer_materials)
        current = await office.current(SERVICE)
        assert current is not None
        names = {"draft": f"{SERVICE}@140000:draft", "service": SERVICE, "release": current.id, "folder": str(ROOT)}
        sides = {}
        for name, text in names.items():
            source = differing.source_of(text)
            assert source.kind == name
            side = await differing.side_of(office, source)
            assert not isinstance(side, Refused), side
            sides[name] = side
        for name in ("service", "release", "folder"):
            found = await differing.compared(office, sides[name], sides["draft"], impact=True)
            assert [one.change.topic for one in found.told] == ["due"], name
            back = await differing.compared(office, sides["draft"], sides[name])
            assert [(one.change.before, one.change.after) for one in back.told] == [
                (one.change.after, one.change.before) for one in found.told
            ]
        assert (await differing.compared(office, sides["service"], sides["folder"])).told == ()

    act(installation, story)


def test_a_region_is_named_behind_an_at(installation: Installation) -> None:
    async def story(office: Office) -> None:
        city = await differing.side_of(office, differing.source_of(f"{SERVICE}@140100"))
        folder = await differing.side_of(office, differing.source_of(f"{ROOT}@140100"))
        assert not isinstance(city, Refused) and not isinstance(folder, Refused)
        assert (await differing.compared(office, city, folder)).told == ()
        missing = await differing.side_of(office, differing.source_of("no/service@140100"))
        assert isinstance(missing, Refused)

    act(installation, story)


def test_running_cases_and_drafts_are_counted_with_the_impact(installation: Installation) -> None:
    async def story(office: Office) -> None:
        number = await submitted(office, await applicant(office))
        await complete(office, number, "accept", "accept")
        await changed(office, MATERIALS, fewer_materials)
        sides = [await differing.side_of(office, differing.source_of(name)) for name in (SERVICE, f"{SERVICE}@140000:draft")]
        before, after = sides
        assert not isinstance(before, Refused) and not isinstance(after, Refused)
        found = await differing.compared(office, before, after, impact=True)
        assert sum(found.cases.values()) == 1
        assert json.loads(msgspec.json.encode(found))["told"][0]["impact"]["regions"] is not None

    act(installation, story)


def test_cases_come_page_by_page_those_of_one_application_together(installation: Installation) -> None:
    async def story(office: Office) -> None:
        for _ in range(3):
            await submitted(office, await applicant(office), walk_answers("low_income_supplement"))
        service_id, found = ServiceId(SERVICE), list[Case]()
        while page := await office.store.cases_of_service(service_id, after=found[-1] if found else None, limit=2):
            found += page
        assert len(found) == await office.store.count_cases(service_id) == len({case.id for case in found})
        applications = [case.application_id for case in found]
        assert applications == sorted(applications)
        assert await office.store.cases_of_service(ServiceId("no/service"), limit=2) == ()

    act(installation, story)

"""Every route with real things and every kind of person: who has no right to a thing learns as much as where there is none."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Any

import pytest
from hostile_town import SERVICE, SHORT, Run, Town, Visitor

from server.actions import applying
from server.actions.accounts import disable_account
from server.actions.office import Applicant
from server.cases.model import Task
from server.cases.people import Unit
from server.types import RegionCode

TREE, NAME = SERVICE.split("/")
PEOPLE = (
    "anonymous",
    "owner",
    "another applicant",
    "official of the office",
    "official of another county",
    "official of another agency",
    "official of no office",
    "administrator",
    "administrator of another city",
)
APPLICANTS = {"owner", "another applicant"}
ADMINISTRATORS = {"administrator", "administrator of another city"}
OFFICIALS = set(PEOPLE) - APPLICANTS - ADMINISTRATORS - {"anonymous"}
OF_RULE = {
    "applicant": APPLICANTS,
    "official": OFFICIALS,
    "administrator": ADMINISTRATORS,
    "signed_in": {*PEOPLE} - {"anonymous"},
}
#: Where a route of a rule speaks of one thing: the people who have a right to it.
ENTITLED = {
    "applicant": {"owner"},
    "official": {"official of the office"},
    "administrator": {"administrator"},
    "signed_in": {"owner", "official of the office"},
}
#: Routes that speak of no single thing.
OF_NOBODY = {
    "/services/{tree:str}/{name:str}/apply",
    "/applications",
    "/applications.zip",
    "/staff",
    "/admin",
    "/admin/proposals",
    "/demo/families",
}
#: Where there is nothing yet: no picture, nothing asked, nothing to add, no result.
NOT_YET = ("/thumbnail", "/supplement/{case_id:str}", "/preview/{page_id:str}", "/add", "/letters/{case_id:str}", "/letter.pdf")
#: Routes that would end what the others look at; their own tests try them.
ENDING = re.compile(r"/delete$|/withdraw/|/discard$|/remove/|/sign-out$")


@dataclass
class World:
    """People, and the things of one of them."""

    people: dict[str, Visitor]
    ids: dict[str, str]
    actor: Applicant
    task: Task


async def world(town: Town) -> World:
    owner, actor = await town.applicant()
    number = await town.submitted(actor)
    application = await town.office.store.application_by_number(number)
    assert application is not None
    (case,) = await town.office.store.cases_of(application.id)
    (task,) = await town.office.store.tasks_of(case.id)
    draft = await town.draft(actor)
    material, files = next((name, value) for name, value in application.data.values.items() if name.startswith("/materials/"))
    own = Unit(agency=task.agency, level=task.level, region=task.region)
    county = Unit(agency=own.agency, level=own.level, region=RegionCode("149999" + own.region[6:]))
    agency = next(one for one in (await town.release()).service.agencies.agencies if one != own.agency)
    people = {
        "anonymous": town.visitor(),
        "owner": owner,
        "another applicant": (await town.applicant())[0],
        "official of the office": await town.official(own),
        "official of another county": await town.official(county),
        "official of another agency": await town.official(Unit(agency=agency, level=own.level, region=own.region)),
        "official of no office": await town.official(),
        "administrator": await town.administrator("140000"),
        "administrator of another city": await town.administrator("149900"),
    }
    for visitor in people.values():
        visitor.client.follow_redirects = False
    in_force = await town.office.channel(SERVICE)
    assert in_force is not None
    ids = {
        "tree": TREE,
        "name": NAME,
        "draft_id": draft.id,
        "page_id": "applicant",
        "material_id": material.rpartition("/")[2],
        "number": number,
        "case_id": case.id,
        "task_id": task.id,
        "file_id": files[0]["id"],
        "key": "form",
        "field_id": "remarks",
        "path": f"form_schemas/{SERVICE}/materials.json",
        "codelist": "gender",
        "process_id": "intake",
        "revision_id": in_force.revision_id,
    }
    return World(people, ids, actor, task)


def filled(path: str, ids: dict[str, str], case_number: str) -> str:
    """The address of a route for the things of the world."""
    of_staff = {**ids, "number": case_number} if path.startswith("/staff/") else ids
    return re.sub(r"\{(\w+):\w+\}", lambda found: of_staff[found[1]], path)


def routes(town: Town) -> list[tuple[str, str, str]]:
    """Method, path and rule of every route that is not for everybody."""
    return [
        (method, path, handler.opt["access"])
        for method, path, handler in town.handlers()
        if handler.opt["access"] != "public" and not ENDING.search(path)
    ]


async def asked(town: Town, visitor: Visitor, method: str, path: str) -> Any:
    if method == "GET":
        return await visitor.client.get(path)
    return await visitor.client.post(path, data={"csrf": town.form_token(visitor.token)})


async def state(town: Town, world: World) -> list[object]:
    """Everything that must not change."""
    store = town.office.store
    draft = await applying.load_draft(town.office, actor=world.actor, draft_id=world.ids["draft_id"])
    assert isinstance(draft, applying.Draft)
    working = await store.working(SERVICE, "140000")  # type: ignore[arg-type]
    return [draft.data, draft.version, await store.case(world.ids["case_id"]), await store.task(world.task.id), working]


def test_nobody_gets_to_the_things_of_others(town: Town, run: Run) -> None:
    async def matrix() -> list[str]:
        there = await world(town)
        before, wrong = await state(town, there), []
        for method, path, rule in routes(town):
            address = filled(path, there.ids, there.task.case_number)
            entitled = OF_RULE[rule] if path in OF_NOBODY else ENTITLED[rule]
            for person in PEOPLE:
                if person in entitled:
                    continue
                answer = await asked(town, there.people[person], method, address)
                expected = {404} if person in OF_RULE[rule] else {401, 303} if person == "anonymous" else {403}
                if answer.status_code not in expected:
                    wrong.append(f"{method} {path} as {person}: {answer.status_code}")
                if answer.status_code == 303 and not answer.headers["location"].startswith(("/sign-in?", "/staff/sign-in?")):
                    wrong.append(f"{method} {path} as {person} leads to {answer.headers['location']}")
        assert await state(town, there) == before
        return wrong

    assert run(matrix()) == []


def test_those_entitled_get_there_and_no_address_speaks_of_them(town: Town, run: Run) -> None:
    async def matrix() -> list[str]:
        there = await world(town)
        release = await town.release()
        answers = release.service.examples[SHORT].answers["applicant"]
        secrets = {answers["name"], answers["id_number"], answers["phone"], there.actor.phone}
        wrong = []
        for method, path, rule in routes(town):
            if method != "GET" or path.endswith(NOT_YET):
                continue
            address = filled(path, there.ids, there.task.case_number)
            for person in OF_RULE[rule] if path in OF_NOBODY else ENTITLED[rule]:
                answer = await there.people[person].client.get(address)
                if answer.status_code != 200:
                    wrong.append(f"{path} as {person}: {answer.status_code}")
                kept = answer.headers["cache-control"]
                if kept != "no-store" and not (path.startswith("/files/") and kept.startswith("private")):
                    wrong.append(f"{path} may be kept: {kept}")
                links = (
                    re.findall(r'(?:href|src|action)="([^"]*)"', answer.text) if "html" in answer.headers["content-type"] else []
                )
                wrong += [f"{path} links to {link}" for link in links for secret in secrets if secret in link]
        return wrong

    assert run(matrix()) == []


@pytest.mark.parametrize("ending", ["/apply/{draft_id:str}/delete", "/applications/{number:str}/withdraw/{case_id:str}"])
def test_nobody_ends_what_others_began(town: Town, run: Run, ending: str) -> None:
    async def end() -> None:
        there = await world(town)
        before = await state(town, there)
        path = filled(ending, there.ids, there.task.case_number)
        for person in set(PEOPLE) - {"owner"}:
            for method in ("GET", "POST"):
                answer = await asked(town, there.people[person], method, path)
                assert answer.status_code in ({404} if person in APPLICANTS else {303, 401, 403}), person
        assert await state(town, there) == before

    run(end())


def test_an_id_of_another_kind_or_of_nothing_is_not_found(town: Town, run: Run) -> None:
    async def ask() -> None:
        there = await world(town)
        owner, official = there.people["owner"], there.people["official of the office"]
        for wrong in ("none", there.ids["case_id"], there.ids["file_id"], "0" * 32, "%00", "%ff", "x" * 3_000, "😀"):
            for path in (f"/apply/{wrong}", f"/apply/{wrong}/applicant", f"/applications/{wrong}", f"/files/{wrong}x"):
                assert (await owner.client.get(path)).status_code == 404, path
            for path in (f"/staff/cases/{wrong}", f"/staff/tasks/{wrong}"):
                assert (await official.client.get(path)).status_code == 404, path
        number = there.ids["number"]
        other = await town.submitted(there.actor)
        found = await town.office.store.application_by_number(other)
        assert found is not None
        (case,) = await town.office.store.cases_of(found.id)
        for path in (f"/applications/{number}/withdraw/{case.id}", f"/apply/{there.ids['draft_id']}/no-such-page"):
            assert (await owner.client.get(path)).status_code == 404, path

    run(ask())


def test_a_file_of_a_draft_is_its_applicants_alone(town: Town, run: Run) -> None:
    async def ask() -> None:
        there = await world(town)
        draft = await applying.load_draft(town.office, actor=there.actor, draft_id=there.ids["draft_id"])
        assert isinstance(draft, applying.Draft)
        file = draft.data.values[f"/materials/{there.ids['material_id']}"][0]["id"]
        for ending in ("", "/thumbnail"):
            for person in OF_RULE["signed_in"]:
                answer = await there.people[person].client.get(f"/files/{file}{ending}")
                assert answer.status_code == (200 if person == "owner" else 404), person

    run(ask())


def test_a_disabled_account_is_out_at_once(town: Town, run: Run) -> None:
    async def disable() -> None:
        account = await town.account("official", login="leaving", name="Li")
        visitor = town.visitor(await town.token(account))
        await visitor.open("/staff")
        assert visitor.status == 200
        await disable_account(town.office, kind="official", login="leaving")
        await visitor.open("/staff")
        assert visitor.path.startswith("/staff/sign-in?")

    run(disable())

"""Who gets where: every route and every kind of person, and nobody into cases of other offices."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterator
from typing import Any

import msgspec
from litestar import Litestar
from litestar.handlers import HTTPRouteHandler
from plain_browser import Browser
from staff_office import EMPLOYMENT, Installation, Run, unit_of

from server.actions import applying, demonstration
from server.actions.office import Applicant, Office
from server.cases.people import Unit
from server.types import RegionCode
from server.web import csrf
from server.web.access import RULES
from server.web.app import create_app
from server.web.staff.desk import case_path, task_path

#: Rule of a route to the kinds of people it turns away although they have signed in.
TURNED_AWAY = {
    "public": set[str](),
    "signed_in": set[str](),
    "applicant": {"official", "administrator"},
    "official": {"applicant", "administrator"},
    "administrator": {"applicant", "official"},
}


def handlers(app: Litestar) -> Iterator[tuple[str, str, HTTPRouteHandler]]:
    """Method, path and handler of everything that answers."""
    for route in app.routes:
        for handler in getattr(route, "route_handlers", ()):
            if isinstance(handler, HTTPRouteHandler):
                yield from ((method, route.path, handler) for method in handler.http_methods if method != "OPTIONS")


async def asked(town: Installation, token: str, method: str, path: str) -> Any:
    """The answer to a request that carries the right form token."""
    browser = Browser(town.app, token)
    browser.client.follow_redirects = False
    binding = hashlib.sha256(token.encode()).hexdigest() if token else "visitor"
    if not token:
        browser.client.cookies.set("onething_visitor", binding)
    fields = {"csrf": csrf.make_token(town.office.settings.session_secret, binding)}
    return await browser.client.request(method, path, data=fields if method == "POST" else None)


def test_every_route_names_its_rule(town: Installation) -> None:
    rules = {f"{method} {path}": handler.opt.get("access") for method, path, handler in handlers(town.app)}
    assert len(rules) > 30
    assert {route: rule for route, rule in rules.items() if rule not in RULES} == {}


def test_every_route_admits_exactly_the_people_its_rule_names(town: Installation, run: Run) -> None:
    async def matrix() -> list[str]:
        tokens = {kind: await town.token_of(kind) for kind in ("applicant", "official", "administrator")}
        wrong = []
        for method, path, handler in handlers(town.app):
            rule, address = handler.opt["access"], re.sub(r"\{[^}]*\}", "none", path)
            # Signing out would end the session used here; a call-back is let in by its signature.
            if address.endswith("/sign-out") or handler.opt.get("csrf") == "signed":
                continue
            for kind, token in {"anonymous": "", **tokens}.items():
                answer = await asked(town, token, method, address)
                turned_away = kind in TURNED_AWAY[rule] or (kind == "anonymous" and rule != "public")
                to_sign_in = answer.status_code == 303 and "/sign-in?" in answer.headers["location"]
                if answer.status_code >= 500 or turned_away != (answer.status_code in (401, 403) or to_sign_in):
                    wrong.append(f"{method} {path} as {kind}: {answer.status_code}")
        return wrong

    assert run(matrix()) == []


def test_no_post_works_without_the_token_of_its_browser(town: Installation, run: Run) -> None:
    async def without_token() -> dict[str, int]:
        tokens = {"official": await town.token_of("official"), "applicant": await town.token_of("applicant")}
        found = {}
        for method, path, handler in handlers(town.app):
            if method == "POST" and handler.opt.get("csrf") != "signed" and not handler.opt.get("represent"):
                browser = Browser(town.app, tokens.get(handler.opt["access"], ""))
                browser.client.follow_redirects = False
                address = re.sub(r"\{[^}]*\}", "none", path)
                found[path] = (await browser.client.post(address, data={"csrf": "made-up"})).status_code
        return found

    statuses = run(without_token())
    assert {path: status for path, status in statuses.items() if status not in (401, 403)} == {}


def test_officials_of_other_offices_find_neither_case_nor_task(town: Installation, run: Run) -> None:
    async def elsewhere() -> None:
        case, task = await town.begun()
        own = unit_of(task)
        others = (
            Unit(agency=own.agency, level=own.level, region=RegionCode("149999" + own.region[6:])),
            Unit(agency="made_up", level=own.level, region=own.region),
            Unit(agency=own.agency, level="village", region=RegionCode(own.region.ljust(9, "0") + "001")),
        )
        for unit in others:
            token = (await town.official(unit))[1]
            for method, path in (
                ("GET", case_path(case.number)),
                ("GET", task_path(task.id)),
                ("POST", task_path(task.id)),
                ("POST", f"{task_path(task.id)}/claim"),
                ("POST", f"{task_path(task.id)}/unclaim"),
                ("POST", f"{case_path(case.number)}/objection"),
                ("POST", f"{case_path(case.number)}/retry"),
            ):
                answer = await asked(town, token, method, path)
                assert answer.status_code == 404, f"{method} {path} of {unit}"
            queue = await asked(town, token, "GET", f"/staff?done={case.number}&task={task.id}")
            assert case.number not in queue.text
        assert await town.office.store.task(task.id) == task

    run(elsewhere())


def test_an_office_above_sees_the_case_but_does_not_work_on_it(town: Installation, run: Run) -> None:
    async def above() -> None:
        case, task = await town.begun()
        own = unit_of(task)
        upper = Unit(agency=own.agency, level="city", region=RegionCode(own.region[:4] + "00"))
        token = (await town.official(upper))[1]
        assert (await asked(town, token, "GET", case_path(case.number))).status_code == 200
        assert (await asked(town, token, "GET", task_path(task.id))).status_code == 404
        assert (await asked(town, token, "POST", f"{task_path(task.id)}/claim")).status_code == 404

    run(above())


def test_files_are_shown_to_the_offices_of_the_case_only(town: Installation, run: Run) -> None:
    async def files() -> None:
        account_id = next(town.office.ids())
        token = await town.token_of("applicant", account_id)
        actor = Applicant(account_id=account_id, phone="")
        service = (await applying.services(town.office))[0].service_id
        draft = await demonstration.load_family(town.office, actor=actor, service_id=service, example_id=EMPLOYMENT)
        assert isinstance(draft, applying.Draft)
        submitted = await applying.submit(town.office, actor=actor, draft_id=draft.id, version=draft.version)
        assert isinstance(submitted, applying.Submitted)
        (case,) = (await town.cases(submitted.number)).values()
        (task,) = await town.open_tasks(case)
        official = Browser(town.app, (await town.official(unit_of(task)))[1])
        await official.open(case_path(case.number))
        links = set(official.links("^/files/"))
        assert links
        stranger = (await town.official(Unit(agency="made_up", level="county", region=RegionCode("149999"))))[1]
        for link in links:
            assert (await official.client.get(link)).status_code == 200
            assert (await asked(town, token, "GET", link)).status_code == 200
            assert (await asked(town, stranger, "GET", link)).status_code == 404
            assert (await asked(town, await town.token_of("applicant"), "GET", link)).status_code == 404

    run(files())


def test_the_page_of_demonstrations_exists_in_demonstrations_only(town: Installation, run: Run) -> None:
    async def serious() -> list[int]:
        settings = msgspec.structs.replace(town.office.settings, demo=False)
        app = create_app(Office(settings, town.office.store, town.office.http))
        installed = Installation(town.office, app)
        token = await town.token_of("applicant")
        paths = (("GET", "/demo"), ("POST", "/demo/families"), ("POST", "/demo/clock"))
        return [(await asked(installed, token, method, path)).status_code for method, path in paths]

    assert run(serious()) == [404, 404, 404]


def test_an_applicant_loads_a_family_from_the_page_of_the_demonstration(town: Installation, run: Run) -> None:
    async def load() -> None:
        browser = Browser(town.app, await town.token_of("applicant"))
        await browser.open("/demo")
        await browser.press("/demo/families")
        assert browser.status == 200
        assert browser.path.startswith("/apply/")
        await browser.open("/demo")
        form = browser.form("/demo/clock")
        form.values.append(("days", "400"))
        await browser.send(form)
        assert browser.status == 404

    run(load())

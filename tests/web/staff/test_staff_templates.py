"""Every template of these pages uses only what its context holds, and shows hostile text as text."""

from __future__ import annotations

import gzip
import re
from datetime import timedelta
from pathlib import Path
from typing import Any

import msgspec
import pytest
import staff_examples as examples
from staff_examples import HOSTILE, NOW, NUMBER

from server.actions.demonstration import DemoAccount, Family
from server.actions.noticeboard import ShownNotice
from server.actions.office import Official, Session
from server.cases.people import Unit
from server.findings import Refused
from server.messages.staff import EMPTY_TABS, LIGHTS, REFUSALS, TABS, refusal_text
from server.types import RegionCode
from server.web.demo import DemoPage, System
from server.web.notices import NoticesPage
from server.web.staff import case as case_pages
from server.web.staff import task_form
from server.web.staff.migration import MigrationPage
from server.web.staff.queue import QueuePage, TabLink
from server.web.staff.sign_in import PasswordPage
from server.web.staff.task import GonePage, TaskPage
from server.web.templating import TEMPLATES, Site, environment

OFFICIAL = Official(
    account_id="o1",
    name=HOSTILE,
    units=(Unit(agency="agency", level="township", region=RegionCode("000000000")),),
)
SESSION = Session(kind="official", actor=OFFICIAL, expires_at=NOW + timedelta(hours=1), expired=False)


def queue_page(**changed: Any) -> QueuePage:
    known: dict[str, Any] = {
        "units": ("Office of the town",),
        "tab": "open",
        "tabs": tuple(TabLink(id=known, words=words, current=known == "open") for known, words in TABS.items()),
        "lines": tuple(
            examples.queue_line(task_id=light, light=light, due_at=None if light == "none" else NOW) for light in LIGHTS
        ),
        "empty": EMPTY_TABS["open"],
        "later": False,
        "next": "",
    }
    return QueuePage(**{**known, **changed})


def task_page(**changed: Any) -> TaskPage:
    task = examples.open_task()
    file = examples.case_file()
    filled = task_form.opened(task)
    assert filled is not None
    known: dict[str, Any] = {
        "task": task,
        "line": file.tasks[1],
        "title": task.task.title,
        "hint": "hint",
        "form": task_form.render(filled, site().csrf, action="/staff/tasks/t1"),
        "hidden": b"",
        "outcomes": task_form.outcome_inputs(task, ""),
        "submit_label": "Submit",
        "groups": file.groups,
        "materials": case_pages.materials_of(file),
    }
    return TaskPage(**{**known, **changed})


def site_token() -> bytes:
    return str(site().csrf).encode()


def site(session: Session | None = SESSION) -> Site:
    return Site(session=session, path="/staff", demo=True, large=False, expires_in=900, token=lambda: "token")


PAGES: dict[str, tuple[str, msgspec.Struct]] = {
    "password": ("staff/sign_in.html", PasswordPage(kind="official", next="/staff", login=HOSTILE, error="wrong", note="note")),
    "administrator's password": ("staff/sign_in.html", PasswordPage(kind="administrator", next="/admin")),
    "queue": ("staff/queue.html", queue_page(next="cursor", note="done", noted=NUMBER)),
    "empty queue": ("staff/queue.html", queue_page(lines=())),
    "done": (
        "staff/queue.html",
        queue_page(tab="done", lines=(examples.queue_line(outcome_title=HOSTILE, light="none", due_at=None),), later=True),
    ),
    "case": ("staff/case.html", case_pages.page_of(examples.case_file(), note="note")),
    "busy case": (
        "staff/case.html",
        case_pages.page_of(examples.busy_file(), refused="refused", objection=HOSTILE, objection_error="empty"),
    ),
    "ended case": ("staff/case.html", case_pages.page_of(examples.ended_file())),
    "task": ("staff/task.html", task_page()),
    "task without a form": (
        "staff/task.html",
        task_page(form=b"", hidden=site_token(), line=None, note="note", faults=(("#outcome", "choose"),), warnings=(HOSTILE,)),
    ),
    "own task": ("staff/task.html", task_page(line=examples.line(state="mine", holder="Wang", can_claim=False))),
    "gone": ("staff/gone.html", GonePage(title="", text="gone", number="", typed=(("Reason", HOSTILE),))),
    "gone of a known case": ("staff/gone.html", GonePage(title="Acceptance", text="done by Li", number=NUMBER)),
    "moving a case": (
        "staff/migration.html",
        MigrationPage(
            number=NUMBER, item_title=HOSTILE, old_release="sha256:0", new_release="sha256:1", faults=(), changes=(HOSTILE,)
        ),
    ),
    "a case that cannot move": (
        "staff/migration.html",
        MigrationPage(
            number=NUMBER,
            item_title="First",
            old_release="sha256:0",
            new_release="sha256:1",
            faults=(HOSTILE,),
            changes=(),
            refused=HOSTILE,
        ),
    ),
    "notices": (
        "public/notices.html",
        NoticesPage(
            notices=(ShownNotice(id="n1", subject="S", text=HOSTILE, place="Town", published_at=NOW, until=NOW),),
            later=True,
            next="n1",
        ),
    ),
    "no notices": ("public/notices.html", NoticesPage(notices=(), later=False, next="")),
    "demonstration": (
        "demo/demo.html",
        DemoPage(
            accounts=(
                DemoAccount(kind="applicant", login="13800000000", name="", unit="", place="Town"),
                DemoAccount(kind="official", login="town", name="Li", unit="Office", place="Town"),
            ),
            password="password",
            families=(
                Family(service_id="a/b", example_id="six", title=HOSTILE, region="140000", place="Town", item_titles=("First",)),
            ),
            applicant=True,
            now=NOW,
            steps=(1, 3, 7),
            sms_page="http://localhost:1/",
            systems=(System(title="核对系统", address="http://localhost:2"),),
            note="moved",
        ),
    ),
}


def rendered(name: str) -> str:
    template, context = PAGES[name]
    members = {member: getattr(context, member) for member in context.__struct_fields__}
    return environment().get_template(template).render(**members, site=site())


@pytest.mark.parametrize("name", PAGES)
def test_a_page_uses_only_what_its_context_holds_and_escapes_it(name: str) -> None:
    html = rendered(name)
    assert "<script>alert" not in html
    assert html.count("<h1") == 1


@pytest.mark.parametrize("name", PAGES)
def test_every_form_carries_the_token_of_the_browser(name: str) -> None:
    forms = re.findall(r"<form.*?</form>", rendered(name), re.DOTALL)
    assert forms
    assert [form[:80] for form in forms if 'name="csrf" value="token"' not in form] == []


@pytest.mark.parametrize("name", PAGES)
def test_ids_are_unique_and_what_refers_to_them_finds_them(name: str) -> None:
    html = rendered(name)
    ids = re.findall(r'\sid="([^"]+)"', html)
    assert sorted(ids) == sorted(set(ids))
    targets = [word for found in re.findall(r'aria-(?:labelledby|describedby)="([^"]+)"', html) for word in found.split()]
    targets += re.findall(r'<label[^>]* for="([^"]+)"', html)
    targets += re.findall(r'href="#([^"]+)"', html)
    assert set(targets) - set(ids) == set()


@pytest.mark.parametrize("name", PAGES)
def test_headings_skip_no_level(name: str) -> None:
    levels = [int(level) for level in re.findall(r"<h([1-6])", rendered(name))]
    assert all(after - before <= 1 for before, after in zip([0, *levels], levels, strict=False))


def test_every_template_of_these_pages_has_an_example() -> None:
    shown = {template for template, _ in PAGES.values()} | {"staff/staff.html", "staff/outcomes.html"}
    folders = ("staff", "demo")
    assert {path.relative_to(TEMPLATES).as_posix() for folder in folders for path in (TEMPLATES / folder).glob("*.html")} <= shown


def test_every_light_is_told_in_words_not_by_colour_alone() -> None:
    html = rendered("queue")
    assert all(words in html for words, _ in LIGHTS.values())


def test_a_file_opens_in_a_window_of_its_own() -> None:
    links = re.findall(r'<a href="/files/[^>]*>', rendered("case"))
    assert links
    assert all('target="_blank" rel="noopener"' in link for link in links)


@pytest.mark.parametrize("reason", [*REFUSALS, "never-heard-of"])
def test_every_refusal_has_words_with_or_without_its_parameters(reason: str) -> None:
    assert "{" not in refusal_text(Refused(reason))
    assert "{" not in refusal_text(Refused(reason, {"minutes": 5, "name": "Li"}))


def test_the_script_of_these_pages_is_short() -> None:
    lines = (Path(TEMPLATES).parent / "static" / "staff.js").read_text().splitlines()
    assert len(lines) <= 60
    assert "Without this script" in lines[0]


def test_the_style_sheet_of_these_pages_stays_small() -> None:
    sheet = (Path(TEMPLATES).parent / "static" / "staff.css").read_bytes()
    assert len(gzip.compress(sheet, 9)) <= 700
    assert b"!important" not in sheet

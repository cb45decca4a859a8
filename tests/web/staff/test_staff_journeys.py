"""Officials work on real cases through the pages, without scripts."""

from __future__ import annotations

import hashlib
from datetime import timedelta

from plain_browser import Browser
from staff_office import Installation, Run, unit_of

from server.actions import casework
from server.actions.accounts import add_account
from server.cases.model import Case, Task
from server.messages.staff import CHOOSE_OUTCOME, NOTES, REFUSALS
from server.web.staff.desk import case_path, task_path

TYPED = "typed with care"


async def browser_for(town: Installation, task: Task, name: str = "Li") -> Browser:
    """The browser of an official of the task's office."""
    return Browser(town.app, (await town.official(unit_of(task), name=name))[1])


async def next_task(town: Installation, case: Case) -> Task:
    (task,) = await town.open_tasks(case)
    return task


def test_a_case_goes_from_sign_in_to_its_result_through_the_pages(town: Installation, run: Run) -> None:
    async def journey() -> None:
        case, task = await town.begun()
        await add_account(
            town.office, kind="official", login="wang", name="Wang", password="a long password", units=[unit_of(task)]
        )
        browser = Browser(town.app)
        await browser.open("/staff")
        assert browser.path.startswith("/staff/sign-in?next=/staff")
        await browser.press("/staff/sign-in", login="wang", password="a long password")
        assert (browser.status, browser.path) == (200, "/staff")
        assert browser.links(f"^{task_path(task.id)}")
        await browser.open(browser.links(f"^{task_path(task.id)}")[0])
        await browser.press(f"{task_path(task.id)}/claim")
        assert NOTES["claimed"] in browser.text
        await browser.open("/staff?tab=mine")
        assert case.number in browser.text
        await browser.open(task_path(task.id))
        await browser.press(task_path(task.id), "next", outcome="accept")
        assert browser.path == f"/staff?done={case.number}&task={task.id}"
        assert task.title in browser.text
        await browser.open(case_path(case.number))
        following = await next_task(town, case)
        assert "Wang" in browser.text
        last = await browser_for(town, following)
        await last.open(task_path(following.id))
        await last.press(task_path(following.id), "next", outcome="refuse")
        assert last.status == 422
        form = last.form(task_path(following.id))
        reasons = {name: TYPED for name, value in form.values if name.startswith("/") and "~" not in name and not value}
        await last.press(task_path(following.id), "next", outcome="refuse", **reasons)
        assert "/staff?done=" in last.path, last.text
        await last.open(case_path(case.number))
        assert await town.open_tasks(case) == []
        assert TYPED in last.text
        await last.open("/staff?tab=done")
        assert case.number in last.text

    run(journey())


def test_an_outcome_that_asks_for_more_shows_its_fields_before_it_finds_fault(town: Installation, run: Run) -> None:
    async def journey() -> None:
        case, task = await town.begun()
        browser, path = await browser_for(town, task), task_path(task.id)
        await browser.open(path)
        assert "/supplement_note" not in browser.form(path).offered | dict(browser.form(path).values)
        await browser.press(path, "next", outcome="request_supplement")
        assert browser.status == 200
        assert "error-summary" not in browser.html
        await browser.press(path, "next")
        assert browser.status == 422
        assert 'href="#/supplement_note"' in browser.html
        await browser.press(path, "next", **{"/supplement_note": TYPED})
        assert NOTES["check-warnings"] in browser.text
        assert await town.open_tasks(case) == [task]
        await browser.press(path, "next", **{"/supplement_fields": ["applicant.phone"]})
        assert "/staff?done=" in browser.path
        await browser.open(case_path(case.number))
        assert TYPED in browser.text

    run(journey())


def test_the_button_that_shows_the_fields_of_an_outcome_keeps_what_was_typed(town: Installation, run: Run) -> None:
    async def journey() -> None:
        _, task = await town.begun()
        browser, path = await browser_for(town, task), task_path(task.id)
        await browser.open(path)
        await browser.press(path, "refresh", outcome="request_supplement")
        await browser.press(path, "refresh", outcome="accept", **{"/supplement_note": TYPED, "/reason": TYPED})
        assert f'type="hidden" name="/supplement_note" value="{TYPED}"' in browser.html
        await browser.press(path, "refresh", outcome="request_supplement")
        assert ("/supplement_note", TYPED) in browser.form(path).values
        assert ("/reason", TYPED) in browser.form(path).values

    run(journey())


def test_a_warning_is_shown_once_and_does_not_stop_an_official_who_means_it(town: Installation, run: Run) -> None:
    async def journey() -> None:
        case, task = await town.begun()
        browser, path = await browser_for(town, task), task_path(task.id)
        await browser.open(path)
        await browser.press(path, "refresh", outcome="request_supplement")
        await browser.press(path, "next", **{"/supplement_note": TYPED})
        await browser.press(path, "next")
        assert browser.path == f"/staff?done={case.number}&task={task.id}"

    run(journey())


def test_a_missing_or_invented_outcome_is_asked_for_beside_the_choice(town: Installation, run: Run) -> None:
    async def journey() -> None:
        _, task = await town.begun()
        browser, path = await browser_for(town, task), task_path(task.id)
        await browser.open(path)
        form = browser.form(path)
        await browser.press(path, "next", **{"/reason": TYPED})
        assert browser.status == 422
        assert CHOOSE_OUTCOME in browser.text
        assert ("/reason", TYPED) in browser.form(path).values
        await browser.send(form, "next", {"outcome": "made_up"})
        assert browser.status == 422

    run(journey())


def test_a_refreshed_form_comes_alone_and_stores_nothing(town: Installation, run: Run) -> None:
    async def journey() -> None:
        _, task = await town.begun()
        browser, path = await browser_for(town, task), task_path(task.id)
        await browser.open(path)
        form = browser.form(path)
        form.action += "?refresh=1"
        await browser.send(form, answers={"outcome": "request_supplement"})
        assert browser.html.startswith("<form")
        assert 'name="/supplement_note"' in browser.html
        assert await town.office.store.task(task.id) == task

    run(journey())


def test_pressing_twice_completes_once_and_leads_to_the_same_place(town: Installation, run: Run) -> None:
    async def journey() -> None:
        case, task = await town.begun()
        browser, path = await browser_for(town, task), task_path(task.id)
        await browser.open(path)
        form = browser.form(path)
        await browser.send(form, "next", {"outcome": "accept"})
        first = browser.path
        await browser.send(form, "next", {"outcome": "accept"})
        assert browser.path == first == f"/staff?done={case.number}&task={task.id}"
        assert len(await town.open_tasks(case)) == 1

    run(journey())


def test_going_back_to_a_completed_task_says_so(town: Installation, run: Run) -> None:
    async def journey() -> None:
        case, task = await town.begun()
        browser, path = await browser_for(town, task, name="Wang"), task_path(task.id)
        await browser.open(path)
        await browser.press(path, "next", outcome="accept")
        await browser.open(f"{path}?case={case.number}")
        assert browser.status == 409
        assert "Wang" in browser.text
        assert browser.links(f"^{case_path(case.number)}$")

    run(journey())


def test_who_comes_second_learns_who_was_first_and_keeps_what_was_typed(town: Installation, run: Run) -> None:
    async def journey() -> None:
        case, task = await town.begun()
        path = task_path(task.id)
        slow, quick = await browser_for(town, task, name="Slow"), await browser_for(town, task, name="Quick")
        await slow.open(path)
        form = slow.form(path)
        await quick.open(path)
        await quick.press(path, "next", outcome="accept")
        await slow.send(form, "next", {"outcome": "decline", "/reason": TYPED})
        assert slow.status == 409
        assert "Quick" in slow.text
        assert TYPED in slow.text
        closed = await town.office.store.task(task.id)
        assert closed is not None
        assert closed.outcome == "accept"
        assert slow.links(f"^{case_path(case.number)}$")

    run(journey())


def test_a_task_a_colleague_has_claimed_is_not_shown_nor_taken(town: Installation, run: Run) -> None:
    async def journey() -> None:
        _, task = await town.begun()
        path = task_path(task.id)
        mine, theirs = await browser_for(town, task, name="Mine"), await browser_for(town, task)
        await theirs.open(path)
        await mine.open(path)
        await mine.press(f"{path}/claim")
        await theirs.press(f"{path}/claim")
        assert (theirs.status, "Mine" in theirs.text) == (409, True)
        await theirs.open(path)
        assert theirs.status == 409
        await mine.press(f"{path}/unclaim")
        await theirs.open(path)
        assert theirs.status == 200

    run(journey())


def test_a_change_of_the_task_meanwhile_is_told_and_the_text_stays(town: Installation, run: Run) -> None:
    async def journey() -> None:
        case, task = await town.begun()
        actor, token = await town.official(unit_of(task))
        browser, path = Browser(town.app, token), task_path(task.id)
        await browser.open(path)
        form = browser.form(path)
        await casework.claim(town.office, actor=actor, task_id=task.id)
        await browser.send(form, "next", {"outcome": "decline", "/reason": TYPED})
        assert browser.status == 409
        assert NOTES["changed"] in browser.text
        assert ("/reason", TYPED) in browser.form(path).values
        await browser.press(path, "next")
        assert browser.path == f"/staff?done={case.number}&task={task.id}"

    run(journey())


def test_text_typed_before_the_session_ended_is_shown_again_and_handed_in_after_signing_in(town: Installation, run: Run) -> None:
    async def journey() -> None:
        _, task = await town.begun()
        actor, token = await town.official(unit_of(task))
        browser, path = Browser(town.app, token), task_path(task.id)
        await browser.open(path)
        now = town.office.now()
        await town.office.store.touch_session(hashlib.sha256(token.encode()).hexdigest(), now, now - timedelta(minutes=1))
        await browser.press(path, "next", outcome="decline", **{"/reason": TYPED})
        assert browser.status == 403
        assert NOTES["session-ended"] in browser.text
        form = browser.form(path)
        assert ("/reason", TYPED) in form.values
        browser.client.cookies.set("onething_session", await town.token_for(actor.account_id))
        await browser.send(form, "next")
        assert NOTES["page-stale"] in browser.text
        await browser.press(path, "next")
        assert "/staff?done=" in browser.path

    run(journey())


def test_a_step_that_is_not_stuck_cannot_be_tried_again(town: Installation, run: Run) -> None:
    async def journey() -> None:
        case, task = await town.begun()
        browser = await browser_for(town, task)
        await browser.open(case_path(case.number))
        form = browser.form(f"{task_path(task.id)}/claim")
        form.action = f"{case_path(case.number)}/retry"
        form.values.append(("token", task.token))
        await browser.send(form)
        assert browser.status == 409
        assert REFUSALS["nothing-stuck"] in browser.text
        assert await town.office.store.task(task.id) == task

    run(journey())


def test_the_queue_goes_on_page_by_page_and_misses_nothing(town: Installation, run: Run) -> None:
    async def journey() -> None:
        tasks = []
        for _ in range(30):
            for case in (await town.cases(await town.applied("expenditure_family"))).values():
                tasks += await town.open_tasks(case)
        units = {unit_of(task) for task in tasks}
        browser = Browser(town.app, (await town.official(*units))[1])
        await browser.open("/staff?tab=open")
        seen, pages = list[str](), 1
        while True:
            seen += browser.links("^/staff/tasks/")
            following = browser.links("after=")
            if not following:
                break
            await browser.open(following[0])
            pages += 1
        assert pages > 1
        assert len(seen) == len(set(seen))
        assert {link.split("?")[0] for link in seen} >= {task_path(task.id) for task in tasks}

    run(journey())

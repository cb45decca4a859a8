"""One case from its acceptance to its decision: call-back, investigation, public notice with an objection, conclusion."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from typing import Any

import pytest
from plain_browser import Browser
from staff_office import INCOMING, ROOT, SERVICE, SLOT, Installation, Run, unit_of

from server.cases.model import Case, Request
from server.connect.envelope import Reply, Signed, seal
from server.messages.staff import NOTES, REFUSALS
from server.web.staff.desk import case_path, task_path

WALK = json.loads((ROOT / "process_defs" / SERVICE / "walks" / "low_income_extreme_poverty_after_objection.json").read_text())
REPORT = next(step["payload"] for step in WALK["walk"] if step.get("message") == SLOT)
REPLIES = f"/connectors/{SLOT}/replies"
DOUBT = "A neighbour called and doubts it."


async def completed(town: Installation, case: Case, outcome: str, **answers: Any) -> Browser:
    """The browser of the official who completed the only open task of the case."""
    (task,) = await town.open_tasks(case)
    browser, path = Browser(town.app, (await town.official(unit_of(task)))[1]), task_path(task.id)
    await browser.open(path)
    chosen = {"outcome": outcome} if "outcome" in browser.form(path).offered else {}
    await browser.press(path, "next", **chosen, **answers)
    assert browser.path == f"/staff?done={case.number}&task={task.id}", browser.text
    return browser


async def waiting_request(town: Installation, case: Case) -> Request:
    rows = await town.office.store.due_requests(town.office.now(), 50)
    return next(row.request for row in rows if row.request.case_number == case.number)


async def called_back(town: Installation, message: Signed, path: str = REPLIES) -> tuple[int, dict[str, Any]]:
    response = await Browser(town.app).client.post(path, content=message.body, headers=message.headers)
    return response.status_code, response.json()


def reply(key: str, secret: bytes = INCOMING) -> Signed:
    return seal(secret, Reply(key=key, data=REPORT), at=datetime.now(UTC))


def test_a_case_is_decided_after_a_call_back_an_investigation_and_an_objection(town: Installation, run: Run) -> None:
    async def path() -> None:
        (case,) = (await town.cases(await town.applied_with(WALK["answers"]))).values()
        first = await completed(town, case, "accept")
        await first.open(case_path(case.number))
        request = await waiting_request(town, case)
        assert await town.open_tasks(case) == []
        assert (await called_back(town, reply(request.key, b"another secret of enough bytes")))[0] == 401
        assert (await called_back(town, reply("made-up")))[0] == 404
        assert (await called_back(town, reply(request.key), "/connectors/made_up/replies"))[0] == 404
        assert await called_back(town, reply(request.key)) == (200, {"key": request.key, "applied": True})
        assert await called_back(town, reply(request.key)) == (200, {"key": request.key, "applied": False})

        (visit,) = await town.open_tasks(case)
        visitor = Browser(town.app, (await town.official(unit_of(visit)))[1])
        await visitor.open(task_path(visit.id))
        proposed = dict(visitor.form(task_path(visit.id)).values)
        assert proposed["/monthly_income"] == "500.00"
        await completed(town, case, "done")
        reviewer = await completed(town, case, "agree")

        await objected(town, case, reviewer)
        await completed(town, case, "done", **{"/attendees": "12", "/agreed": "11"})
        await completed(town, case, "agree")
        await pass_days(town, 7)
        await pass_days(town, 1)
        last = await completed(town, case, "approve")
        await last.open(case_path(case.number))
        decided = (await town.office.store.case(case.id)) or case
        assert decided.ended_at is not None
        assert decided.reason in last.text
        assert 'id="decisions"' in last.html

    run(path())


async def objected(town: Installation, case: Case, browser: Browser) -> None:
    """Somebody objects to the public notice that runs now; an empty objection is refused first."""
    anybody = Browser(town.app)
    await anybody.open("/notices")
    notice = await town.office.store.notice_of(case.id)
    assert notice is not None
    assert f'id="notice-{notice.id}"' in anybody.html
    assert WALK["answers"]["applicant"]["id_number"] not in anybody.html
    action = f"{case_path(case.number)}/objection"
    await browser.open(case_path(case.number))
    await browser.press(action, note="  ")
    assert (browser.status, REFUSALS["nothing-said"] in browser.text) == (422, True)
    form = browser.form(action)
    await browser.press(action, note=DOUBT)
    assert NOTES["objection-recorded"] in browser.text
    assert DOUBT in browser.text
    await browser.send(form, answers={"note": DOUBT})
    assert browser.status == 409
    await anybody.open("/notices")
    assert f'id="notice-{notice.id}"' not in anybody.html


async def pass_days(town: Installation, days: int) -> None:
    browser = Browser(town.app)
    await browser.open("/demo")
    form = browser.form("/demo/clock")
    form.values.append(("days", str(days)))
    await browser.send(form)
    assert browser.path == "/demo?note=clock"


@pytest.mark.parametrize(
    ("body", "status"), [(b"", 401), (b"{}", 401), (b"x" * 1_000_001, 413)], ids=["empty", "unsigned", "too large"]
)
def test_a_call_back_that_nobody_signed_changes_nothing(town: Installation, run: Run, body: bytes, status: int) -> None:
    assert run(called_back(town, Signed({"content-type": "application/json"}, body)))[0] == status

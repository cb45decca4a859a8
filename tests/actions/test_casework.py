"""Two officials never overwrite each other; a task is completed once, by who may."""

from __future__ import annotations

import asyncio
from datetime import timedelta

from busy_office import (
    SERVICE,
    TOWNSHIP,
    Installation,
    Outside,
    act,
    applicant,
    call_back,
    case_of,
    complete,
    official,
    official_of,
    open_task_at,
    submitted,
    walk_answers,
)

from server.actions import applying, casework, demonstration, following, operating, queue
from server.actions.casework import Done
from server.actions.office import Office, Official
from server.cases.people import Unit
from server.cases.working import CLAIM_LEASE
from server.findings import Refused
from server.forms.data import FormData

COLLEAGUE = official_of(Unit(agency="civil_affairs", level="township", region=TOWNSHIP), account_id="colleague")


async def at_desk(office: Office) -> tuple[Official, casework.OpenTask]:
    """The official of a township with a task just opened."""
    number = await submitted(office, await applicant(office))
    actor = await official(office, "civil_affairs-township")
    task = await open_task_at(office, await case_of(office, number), "accept")
    opened = await casework.open_task(office, actor=actor, task_id=task.id)
    assert isinstance(opened, casework.OpenTask)
    return actor, opened


async def accept(
    office: Office, actor: Official, opened: casework.OpenTask, outcome: str = "accept"
) -> Done | Refused | casework.Invalid:
    task = opened.task
    return await casework.complete_task(
        office, actor=actor, task_id=task.id, version=task.version, outcome=outcome, data=opened.data
    )


def test_the_second_of_two_officials_is_told_that_the_task_is_gone(installation: Installation) -> None:
    async def story(office: Office) -> None:
        actor, opened = await at_desk(office)
        results = await asyncio.gather(*(accept(office, one, opened) for one in (actor, COLLEAGUE, actor)))
        assert sum(isinstance(result, Done) for result in results) == 1
        assert sum(result == Refused("stale-task") for result in results) == 2

    act(installation, story)


def test_a_task_changed_since_it_was_shown_is_not_completed(installation: Installation) -> None:
    async def story(office: Office) -> None:
        actor, opened = await at_desk(office)
        assert not isinstance(await casework.claim(office, actor=actor, task_id=opened.task.id), Refused)
        assert await accept(office, actor, opened) == Refused("stale-task")

    act(installation, story)


def test_a_claimed_task_is_kept_for_its_holder_until_the_lease_is_over(installation: Installation) -> None:
    async def story(office: Office) -> None:
        actor, opened = await at_desk(office)
        task_id = opened.task.id
        await casework.claim(office, actor=actor, task_id=task_id)
        held = Refused("held-by-other", {"name": actor.name})
        assert await casework.claim(office, actor=COLLEAGUE, task_id=task_id) == held
        assert await casework.open_task(office, actor=COLLEAGUE, task_id=task_id) == held
        assert await casework.unclaim(office, actor=COLLEAGUE, task_id=task_id) == held
        mine = await queue.queue(office, actor=actor, tab="mine")
        assert [(line.task_id, line.mine, line.holder) for line in mine.lines] == [(task_id, True, actor.name)]
        await office.set_clock(ahead=CLAIM_LEASE + timedelta(minutes=1))
        taken = await casework.claim(office, actor=COLLEAGUE, task_id=task_id)
        assert not isinstance(taken, Refused) and taken.holder == COLLEAGUE.account_id

    act(installation, story)


def test_a_task_given_back_can_be_taken_by_a_colleague(installation: Installation) -> None:
    async def story(office: Office) -> None:
        actor, opened = await at_desk(office)
        await casework.claim(office, actor=actor, task_id=opened.task.id)
        await casework.unclaim(office, actor=actor, task_id=opened.task.id)
        assert not isinstance(await casework.claim(office, actor=COLLEAGUE, task_id=opened.task.id), Refused)
        file = await casework.open_case(office, actor=actor, number=opened.case_number)
        assert isinstance(file, casework.CaseFile)
        (line,) = file.tasks
        assert (line.state, line.can_claim, line.can_work) == ("claimed", False, False)

    act(installation, story)


def test_the_outcomes_offered_are_those_the_rules_allow(installation: Installation) -> None:
    async def story(office: Office) -> None:
        actor, opened = await at_desk(office)
        assert [one.code for one in opened.outcomes] == ["accept", "request_supplement", "decline"]
        assert await accept(office, actor, opened, "made-up") == Refused("unknown-outcome")

    act(installation, story)


def test_what_an_outcome_needs_is_asked_for_and_nothing_moves_before(installation: Installation) -> None:
    async def story(office: Office) -> None:
        actor, opened = await at_desk(office)
        result = await accept(office, actor, opened, "decline")
        assert isinstance(result, casework.Invalid) and result.problems
        again = await casework.open_task(office, actor=actor, task_id=opened.task.id)
        assert isinstance(again, casework.OpenTask) and again.task == opened.task

    act(installation, story)


def test_two_cases_of_one_application_can_end_in_the_same_moment(installation: Installation) -> None:
    async def story(office: Office) -> None:
        me = await applicant(office)
        draft = await demonstration.load_family(office, actor=me, service_id=SERVICE, example_id="family_of_eight")
        assert isinstance(draft, applying.Draft)
        done = await applying.submit(office, actor=me, draft_id=draft.id, version=draft.version)
        assert isinstance(done, applying.Submitted)
        application = await office.store.application_by_number(done.number)
        assert application is not None
        cases = await office.store.cases_of(application.id)
        results = await asyncio.gather(
            *(following.withdraw(office, actor=me, number=done.number, case_id=case.id, reason="") for case in cases)
        )
        assert results == [None] * 3
        ended = await office.store.application(application.id)
        assert ended is not None and ended.intake.ended is not None
        assert ended.version == application.version + 3

    act(installation, story)


async def supplement_asked(office: Office) -> tuple[str, str]:
    number = await submitted(office, await applicant(office))
    done = await complete(
        office,
        number,
        "accept",
        "request_supplement",
        {"supplement_fields": ["applicant.reason"], "supplement_materials": ["identity_proof"], "supplement_note": "x"},
    )
    assert isinstance(done, Done), done
    return number, (await case_of(office, number)).id


def test_a_supplement_is_answered_once_and_the_case_goes_on(installation: Installation) -> None:
    async def story(office: Office) -> None:
        number, case_id = await supplement_asked(office)
        me = await applicant(office)
        drafts = await asyncio.gather(*(applying.open_supplement(office, actor=me, case_id=case_id) for _ in range(2)))
        draft = drafts[0]
        assert isinstance(draft, applying.Draft) and draft == drafts[1] and draft.asked is not None
        assert draft.application_number == number and draft.asked.note == "x"
        file = await applying.store_file(
            office, actor=me, draft_id=draft.id, name="new.png", media_type="image/png", content=b"new"
        )
        assert not isinstance(file, Refused)
        values = {
            **draft.data.values,
            "/applicant/reason": "changed",
            "/applicant/name": "somebody else",
            "/materials/identity_proof": [{"id": file.id, "name": file.name}],
        }
        saved = await applying.save_draft(
            office,
            actor=me,
            draft_id=draft.id,
            version=draft.version,
            data=FormData(values=values, rows=draft.data.rows),
            visited=frozenset(),
        )
        assert isinstance(saved, applying.Draft) and saved.asked is not None
        answers = await asyncio.gather(
            *(applying.answer_supplement(office, actor=me, draft_id=saved.id, version=saved.version) for _ in range(3))
        )
        assert [one for one in answers if isinstance(one, applying.Submitted)] == [applying.Submitted(number=number)]
        assert await applying.open_supplement(office, actor=me, case_id=case_id) == Refused("nothing-asked")
        application = await office.store.application_by_number(number)
        assert application is not None
        assert application.instance["applicant"]["reason"] == "changed"
        assert application.instance["applicant"]["name"] != "somebody else"
        assert (await open_task_at(office, await case_of(office, number), "accept")).round == 2
        township = await official(office, "civil_affairs-township")
        assert isinstance(await applying.load_file(office, actor=township, file_id=file.id), applying.LoadedFile)

    act(installation, story)


def test_the_draft_of_a_supplement_is_no_draft_of_an_application(installation: Installation) -> None:
    async def story(office: Office) -> None:
        _, case_id = await supplement_asked(office)
        me = await applicant(office)
        draft = await applying.open_supplement(office, actor=me, case_id=case_id)
        assert isinstance(draft, applying.Draft)
        submitted_twice = await applying.submit(office, actor=me, draft_id=draft.id, version=draft.version)
        assert submitted_twice == Refused("unknown-draft")

    act(installation, story)


def test_nothing_is_asked_before_an_official_asks(installation: Installation) -> None:
    async def story(office: Office) -> None:
        me = await applicant(office)
        number = await submitted(office, me)
        case = await case_of(office, number)
        assert await applying.open_supplement(office, actor=me, case_id=case.id) == Refused("nothing-asked")
        answer = await applying.answer_supplement(office, actor=me, draft_id="none", version=1)
        assert answer == Refused("nothing-asked")

    act(installation, story)


def test_a_task_done_before_proposes_what_was_answered_then(installation: Installation) -> None:
    outside = Outside()

    async def story(office: Office) -> None:
        number = await submitted(office, await applicant(office))
        await complete(office, number, "accept", "accept")
        await operating.run_due(office)
        await call_back(office, outside.requests[-1].key)
        await complete(office, number, "home_visit", "done", {"necessary_expenditure": 123})
        await complete(office, number, "initial_review", "return", {"reason": "again"})
        task = await open_task_at(office, await case_of(office, number), "home_visit")
        actor = await official(office, f"{task.agency}-{task.level}")
        opened = await casework.open_task(office, actor=actor, task_id=task.id)
        assert isinstance(opened, casework.OpenTask) and task.round == 2
        assert opened.data.values["/necessary_expenditure"] == 123

    act(installation, story, outside)


def test_in_a_demonstration_every_place_has_its_officials(installation: Installation) -> None:
    async def story(office: Office) -> None:
        answers = walk_answers()
        for address in ("current_address", "registered_address"):
            answers["applicant"][address]["region"] = "140702001"
        number = await submitted(office, await applicant(office), answers)
        actor = await official(office, "civil_affairs-township")
        lines = (await queue.queue(office, actor=actor, tab="open")).lines
        numbers = {line.case_number for line in lines}
        assert (await case_of(office, number)).number in numbers
        assert len(await queue.offices(office, actor=actor)) == len(set(actor.units))

    act(installation, story)

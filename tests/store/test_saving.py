"""An outcome is stored whole or not at all, and comes back as it was."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from datetime import datetime, timedelta, timezone
from pathlib import Path
from typing import Any

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st
from stored_values import (
    KEYS,
    NOW,
    account,
    application,
    case,
    draft,
    event,
    message,
    notice,
    request,
    run,
    submission,
    task,
    timer,
)

from server.cases.model import Application, Case, Task
from server.cases.outcome import Outcome
from server.forms.data import FormData
from server.store import Conflict, FileRow, Store
from server.store.crypto import Cipher
from server.store.encoding import seal, to_instant, to_stamp, unseal

replace = msgspec.structs.replace


def whole() -> Outcome:
    return Outcome(
        application=application(),
        cases=(case(1), case(2, number="C000002", supplement=None, due_at=None, accepted_on=None)),
        tasks=(task(1), task(2, "case-2", due_at=None, form=None, answers={})),
        timers=(timer(1), timer(2, "case-2")),
        requests=(request(1),),
        messages=(message(1), message(2, case_id=None)),
        notices=(notice(1),),
        events=(event("application-1"), event("case-1"), event("case-2")),
    )


def stored(value: Any) -> Any:
    return replace(value, version=value.version + 1)


def test_everything_of_an_outcome_comes_back_as_it_was(folder: Path) -> None:
    async def act(store: Store) -> None:
        outcome = whole()
        assert await store.save(outcome) is None
        assert outcome.application is not None
        assert await store.application("application-1") == stored(outcome.application)
        assert await store.application_by_number("N000001") == stored(outcome.application)
        assert await store.applications_of("account-1") == (stored(outcome.application),)
        assert await store.applications_of_person(KEYS.person_hash(" 99010219620415003x ")) == (stored(outcome.application),)
        assert await store.cases_of("application-1") == tuple(map(stored, outcome.cases))
        assert await store.case("case-1") == stored(outcome.cases[0])
        assert await store.case_by_number("C000002") == stored(outcome.cases[1])
        assert await store.task("task-1") == stored(outcome.tasks[0])
        assert await store.tasks_of("case-2") == (stored(outcome.tasks[1]),)
        assert await store.messages_of("application-1") == outcome.messages
        assert await store.notice_of("case-1") == outcome.notices[0]
        assert await store.timer("timer-2") == outcome.timers[1]
        row = await store.request("request-1")
        assert row is not None and row.request == outcome.requests[0]
        assert [entry.event for entry in await store.audit("case-2")] == [outcome.events[2]]

    run(folder, act)


def test_what_was_never_stored_is_not_there(folder: Path) -> None:
    async def act(store: Store) -> None:
        assert await store.application("x") is None and await store.application_by_number("x") is None
        assert await store.case("x") is None and await store.case_by_number("x") is None
        assert await store.task("x") is None and await store.timer("x") is None and await store.request("x") is None
        assert await store.notice_of("x") is None and await store.draft("x") is None and await store.file("x") is None
        assert await store.cases_of("x") == await store.tasks_of("x") == await store.messages_of("x") == ()

    run(folder, act)


def test_an_update_replaces_what_was_stored(folder: Path) -> None:
    async def act(store: Store) -> None:
        await store.save(whole())
        opened, waiting, applied = (
            await store.case("case-1"),
            await store.task("task-1"),
            await store.application("application-1"),
        )
        assert opened and waiting and applied
        ended = replace(opened, result="granted", reason="because", ended_at=NOW, supplement=None)
        closed = replace(waiting, closed_at=NOW, outcome="accept", completed_by="account-9", answers={"note": "done"})
        told = replace(applied, data=FormData(values={"/applicant/name": "another"}))
        outcome = Outcome(
            application=told,
            cases=(ended,),
            tasks=(closed,),
            timers=(timer(2, due_at=NOW),),
            cancelled_timers=("timer-1",),
            cancelled_requests=("request-1",),
            notices=(replace(notice(1), ended="objection"),),
        )
        assert await store.save(outcome) is None
        assert await store.case("case-1") == stored(ended)
        assert await store.task("task-1") == stored(closed)
        assert await store.application("application-1") == stored(told)
        assert await store.timer("timer-1") is None
        assert (await store.timer("timer-2")) == timer(2, due_at=NOW)
        row, shown = await store.request("request-1"), await store.notice_of("case-1")
        assert row and row.state == "closed"
        assert shown and shown.ended == "objection"

    run(folder, act)


Spoil = Callable[[Outcome], Outcome]
SPOILT: dict[str, tuple[Spoil, Conflict]] = {
    "application": (
        lambda outcome: replace(outcome, application=application(version=7)),
        Conflict(kind="application", id="application-1"),
    ),
    "case": (lambda outcome: replace(outcome, cases=(case(1), case(2, version=3))), Conflict(kind="case", id="case-2")),
    "task": (lambda outcome: replace(outcome, tasks=(task(1, version=1),)), Conflict(kind="task", id="task-1")),
    "task of no case": (lambda outcome: replace(outcome, tasks=(task(1, "case-9"),)), Conflict(kind="task", id="task-1")),
    "case number": (
        lambda outcome: replace(outcome, cases=(case(1), case(2, number="C000001"))),
        Conflict(kind="case", id="case-2"),
    ),
}


@pytest.mark.parametrize("part", SPOILT)
def test_one_conflict_leaves_no_trace_of_the_outcome(folder: Path, part: str) -> None:
    spoil, conflict = SPOILT[part]

    async def act(store: Store) -> None:
        await store.add_draft(draft())
        assert await store.save(spoil(whole()), draft_id="draft-1") == conflict
        assert await store.draft("draft-1") is not None
        assert await store.application("application-1") is None
        assert await store.cases_of("application-1") == () and await store.messages_of("application-1") == ()
        assert await store.timer("timer-1") is None and await store.request("request-1") is None
        for chain in ("application-1", "case-1", "case-2"):
            assert await store.audit(chain) == ()

    run(folder, act)


def test_a_new_value_with_a_taken_id_is_a_conflict(folder: Path) -> None:
    async def act(store: Store) -> None:
        assert await store.save(submission(1)) is None
        assert await store.save(submission(1)) == Conflict(kind="application", id="application-1")
        assert await store.save(Outcome(cases=(case(1),))) == Conflict(kind="case", id="case-1")
        assert await store.save(Outcome(tasks=(task(100),))) == Conflict(kind="task", id="task-100")

    run(folder, act)


def test_a_draft_is_submitted_once(folder: Path) -> None:
    async def act(store: Store) -> None:
        await store.add_draft(draft())
        assert await store.save(submission(1), draft_id="draft-1") is None
        assert await store.draft("draft-1") is None
        assert await store.save(submission(2), draft_id="draft-1") == Conflict(kind="draft", id="draft-1")
        assert await store.application("application-2") is None

    run(folder, act)


def test_files_go_with_the_draft_to_the_application(folder: Path) -> None:
    async def act(store: Store) -> None:
        content = b"a scanned page"
        file = FileRow(
            id="file-1",
            owner_id="draft-1",
            account_id="account-1",
            name="page.jpg",
            media_type="image/jpeg",
            size=len(content),
            sha256="0" * 64,
            created_at=NOW,
        )
        with pytest.raises(ValueError, match="SHA-256"):
            await store.add_file(file, content)
        file = replace(file, sha256=hashlib.sha256(content).hexdigest())
        await store.add_draft(draft())
        await store.add_file(file, content)
        assert await store.save(submission(1), draft_id="draft-1") is None
        assert await store.file("file-1") == replace(file, owner_id="application-1")
        assert await store.count_files("draft-1") == 0 and await store.count_files("application-1") == 1

    run(folder, act)


def test_a_request_with_a_known_key_is_not_sent_again(folder: Path) -> None:
    async def act(store: Store) -> None:
        await store.save(whole())
        await store.close_request("request-1")
        assert await store.save(Outcome(requests=(request(1, data={"other": 1}),))) is None
        row = await store.request("request-1")
        assert row and row.state == "closed" and row.request == request(1)

    run(folder, act)


def test_a_message_becomes_a_text_to_the_account_that_has_a_telephone(folder: Path) -> None:
    async def act(store: Store) -> None:
        await store.add_account(account(1))
        await store.save(whole())
        await store.save(Outcome(messages=(message(3, account_id="nobody"),)))
        texts = await store.due_texts(NOW + timedelta(hours=1))
        assert [(text.message_id, text.phone, text.text) for text in texts] == [
            (f"message-{number}", account(1).login, message(number).text) for number in (1, 2)
        ]
        assert await store.due_texts(NOW) == ()

    run(folder, act)


TEXT = st.text(st.characters(codec="utf-8"), max_size=8)
ANY_JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | TEXT,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(TEXT, inner, max_size=3),
    max_leaves=8,
)
INSTANTS = st.datetimes(
    min_value=datetime(1900, 1, 1),  # noqa: DTZ001
    max_value=datetime(2200, 1, 1),  # noqa: DTZ001
    timezones=st.integers(-12, 14).map(lambda hours: timezone(timedelta(hours=hours))),
)


@given(values=st.dictionaries(TEXT, ANY_JSON, max_size=4), instant=INSTANTS)
def test_any_answers_and_instants_survive_sealing(values: dict[str, Any], instant: datetime) -> None:
    cipher = Cipher(KEYS)
    for value, kind in (
        (application(instance=values, data=FormData(values=values), submitted_at=instant), Application),
        (case(opened_at=instant, due_at=instant), Case),
        (task(answers=values, opened_at=instant), Task),
    ):
        assert unseal(cipher, seal(cipher, value, "row"), "row", kind) == value


@given(instant=INSTANTS)
def test_an_instant_is_its_microseconds(instant: datetime) -> None:
    assert to_instant(to_stamp(instant)) == instant
    assert to_stamp(instant + timedelta(microseconds=1)) == to_stamp(instant) + 1

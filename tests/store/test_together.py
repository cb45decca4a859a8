"""Many at the same time: one wins each version, nothing is lost."""

from __future__ import annotations

import asyncio
from pathlib import Path

import msgspec
from stored_values import NOW, application, case, draft, event, run, submission, task

from server.cases.model import Happening
from server.cases.outcome import Outcome
from server.store import CodeRow, Conflict, Store

replace = msgspec.structs.replace

SAVERS = 64


def test_of_64_savers_exactly_one_wins_each_version_and_nothing_is_lost(folder: Path) -> None:
    async def save_once(store: Store, name: str) -> int:
        """Adds a line to the case's history however often it takes; returns the number of conflicts."""
        conflicts = 0
        while True:
            loaded = await store.case("case-1")
            assert loaded is not None
            line = Happening(at=NOW, kind="decided", actor=name)
            changed = replace(loaded, history=(*loaded.history, line))
            if await store.save(Outcome(cases=(changed,), events=(event("case-1", "add", by=name),))) is None:
                return conflicts
            conflicts += 1

    async def act(store: Store) -> None:
        await store.save(Outcome(application=application(), cases=(case(history=()),)))
        names = [f"account-{number}" for number in range(SAVERS)]
        conflicts = await asyncio.gather(*(save_once(store, name) for name in names))
        stored = await store.case("case-1")
        assert stored is not None and stored.version == SAVERS + 1
        assert sorted(line.actor for line in stored.history) == sorted(names)
        chain = await store.audit("case-1", limit=1000)
        assert [entry.event.details["by"] for entry in chain] == [line.actor for line in stored.history]
        assert await store.verify_chain("case-1")
        assert sum(conflicts) > 0

    run(folder, act)


def test_of_64_officials_exactly_one_claims_a_task(folder: Path) -> None:
    async def act(store: Store) -> None:
        await store.save(submission(1))
        waiting = await store.task("task-100")
        assert waiting is not None
        claims = [replace(waiting, holder=f"account-{number}", claimed_at=NOW) for number in range(SAVERS)]
        answers = await asyncio.gather(*(store.save(Outcome(tasks=(claim,))) for claim in claims))
        winners = [claim.holder for claim, answer in zip(claims, answers, strict=True) if answer is None]
        claimed = await store.task("task-100")
        assert claimed is not None and winners == [claimed.holder]
        assert set(answers) == {None, Conflict(kind="task", id="task-100")}

    run(folder, act)


def test_of_64_submissions_of_one_draft_exactly_one_is_stored(folder: Path) -> None:
    async def act(store: Store) -> None:
        await store.add_draft(draft())
        answers = await asyncio.gather(*(store.save(submission(number), draft_id="draft-1") for number in range(1, SAVERS + 1)))
        assert answers.count(None) == 1
        assert len(await store.applications_of("account-1")) == 1

    run(folder, act)


def test_two_tabs_cannot_both_save_the_same_version_of_a_draft(folder: Path) -> None:
    async def act(store: Store) -> None:
        assert await store.add_draft(draft())
        loaded = await store.draft("draft-1")
        assert loaded is not None
        answers = await asyncio.gather(*(store.save_draft(replace(loaded, visited=frozenset({name}))) for name in "abcd"))
        assert sorted(answers) == [False, False, False, True]
        stored = await store.draft("draft-1")
        assert stored is not None and stored.version == 2
        assert stored.visited == {"abcd"[answers.index(True)]}

    run(folder, act)


def test_only_one_supplement_draft_is_added_for_a_case(folder: Path) -> None:
    async def act(store: Store) -> None:
        drafts = [draft(number, case_id="case-1") for number in range(8)]
        answers = await asyncio.gather(*map(store.add_draft, drafts))
        assert answers.count(True) == 1
        stored = await store.supplement_draft("case-1")
        assert stored is not None and stored.id == drafts[answers.index(True)].id
        assert await store.add_draft(draft(9)) and await store.add_draft(draft(10))

    run(folder, act)


def test_serials_are_never_given_out_twice_not_even_after_a_restart(folder: Path) -> None:
    async def take(store: Store, count: int) -> list[int]:
        return await asyncio.gather(*(store.next_serial("990102/2026-03-02") for _ in range(count)))

    first = run(folder, lambda store: take(store, 500))
    second = run(folder, lambda store: take(store, 500))
    assert first == list(range(1, 501))
    assert len({*first, *second}) == 1000
    assert run(folder, lambda store: store.next_serial("another")) == 1


def test_a_quiet_key_leaves_out_no_serial_at_a_restart(folder: Path) -> None:
    assert [run(folder, lambda store: store.next_serial("quiet")) for _ in range(3)] == [1, 2, 3]


def test_each_of_many_guesses_of_a_code_is_counted(folder: Path) -> None:
    async def act(store: Store) -> None:
        await store.put_code(CodeRow(phone="13900000001", code_hash="h", expires_at=NOW))
        rows = await asyncio.gather(*(store.count_attempt("13900000001") for _ in range(SAVERS)))
        assert sorted(row.attempts for row in rows if row) == list(range(1, SAVERS + 1))
        assert await store.count_attempt("13900000002") is None

    run(folder, act)


def test_a_task_is_completed_once_with_everything_that_follows_from_it(folder: Path) -> None:
    async def act(store: Store) -> None:
        await store.save(submission(1))
        waiting, opened = await store.task("task-100"), await store.case("case-1")
        assert waiting is not None and opened is not None

        def completed(number: int) -> Outcome:
            return Outcome(
                cases=(replace(opened, result=f"r{number}"),),
                tasks=(replace(waiting, outcome="accept", closed_at=NOW), task(200 + number)),
                events=(event("case-1", "complete", number=number),),
            )

        answers = await asyncio.gather(*(store.save(completed(number)) for number in range(8)))
        (winner,) = [number for number, answer in enumerate(answers) if answer is None]
        assert [stored.id for stored in await store.tasks_of("case-1")] == ["task-100", f"task-{200 + winner}"]
        assert len(await store.audit("case-1")) == 2

    run(folder, act)

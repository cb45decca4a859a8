"""An outcome as statements: all of it in one transaction, or nothing.

Everything that costs time (encoding, encrypting) happens before the writer is asked, so that the writer only runs statements.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from typing import Any, NamedTuple, TypeVar

import msgspec
from sqlalchemy import Table, bindparam, delete, insert, literal, literal_column, select, update
from sqlalchemy.dialects.sqlite import insert as insert_or

from server.cases.model import Application, Case, Message, PublicNotice, Request, Task, Timer
from server.cases.outcome import Outcome
from server.store.audit import append_events, prepare_events
from server.store.connected import Connected
from server.store.crypto import Cipher
from server.store.encoding import seal, to_optional_stamp, to_stamp
from server.store.rows import Conflict
from server.store.statements import sql
from server.store.tables import (
    accounts,
    applications,
    cases,
    drafts,
    files,
    messages,
    notices,
    requests,
    task_contents,
    tasks,
    texts,
    timers,
)
from server.store.writer import Undone

#: Order of tasks that are never due: the largest integer SQLite holds.
NEVER_DUE = 2**63 - 1

_Versioned = TypeVar("_Versioned", Application, Case, Task)


def _updating(table: Table, *names: str) -> str:
    """Sets the named columns where the stored version is `stored`; only these, because every other costs its indices."""
    return sql(
        update(table)
        .where(table.c.id == bindparam("row_id"), table.c.version == bindparam("stored"))
        .values({name: bindparam(f"new_{name}") for name in ("version", *names)})
    )


_INSERT_APPLICATION = sql(insert_or(applications).on_conflict_do_nothing())
_UPDATE_APPLICATION = _updating(applications, "applicant_name", "sealed")
_INSERT_CASE = sql(insert_or(cases).on_conflict_do_nothing())
_UPDATE_CASE = _updating(cases, "ended_at", "result", "sealed")
#: What a task's row takes from its case and application.
_COPIED = {
    "application_id": cases.c.application_id,
    "release_id": cases.c.release_id,
    "applicant_name": applications.c.applicant_name,
}
_INSERT_TASK = sql(
    insert_or(tasks)
    .from_select(
        [column.name for column in tasks.c],
        select(*(_COPIED.get(column.name, bindparam(column.name)) for column in tasks.c))
        .join_from(cases, applications)
        .where(cases.c.id == bindparam("case_id")),
    )
    .on_conflict_do_nothing()
)
#: A supplement may correct the name, and every list shows it.
_RENAME_TASKS = sql(
    update(tasks)
    .where(tasks.c.case_id.in_(select(cases.c.id).where(cases.c.application_id == bindparam("row_id"))))
    .values(applicant_name=bindparam("new_name"))
)
_UPDATE_TASK = _updating(tasks, "holder", "due_order", "due_at", "claimed_at", "closed_at", "outcome", "completed_by")
_MIGRATE_CASE = sql(update(cases).where(cases.c.id == bindparam("row_id")).values(release_id=bindparam("new_release_id")))
#: What is done keeps the release it was done under.
_MIGRATE_TASKS = sql(
    update(tasks)
    .where(tasks.c.case_id == bindparam("row_id"), tasks.c.closed_at.is_(None))
    .values(release_id=bindparam("new_release_id"))
)
_INSERT_CONTENT = sql(insert(task_contents))
_UPDATE_CONTENT = sql(
    update(task_contents).where(task_contents.c.task_id == bindparam("row_id")).values(sealed=bindparam("new_sealed"))
)
_CANCEL_TIMER = sql(delete(timers).where(timers.c.id == bindparam("row_id")))
_SET_TIMER = sql(insert(timers).prefix_with("OR REPLACE"))
_ADD_REQUEST = sql(insert_or(requests).on_conflict_do_nothing())
_CLOSE_REQUEST = sql(update(requests).where(requests.c.key == bindparam("row_id")).values(state="closed", next_at=None))
_ADD_MESSAGE = sql(insert(messages))
#: Only to those who have an account and so a telephone.
_ADD_TEXT = sql(
    insert(texts).from_select(
        [column.name for column in texts.c],
        select(bindparam("id"), literal(0), bindparam("at"), literal(""), literal_column("NULL")).where(
            accounts.c.id == bindparam("account_id")
        ),
    )
)
_NEW_NOTICE = insert_or(notices)
_PUT_NOTICE = sql(_NEW_NOTICE.on_conflict_do_update(index_elements=["id"], set_={"ended": _NEW_NOTICE.excluded.ended}))
_MOVE_FILES = sql(update(files).where(files.c.owner_id == bindparam("draft")).values(owner_id=bindparam("application")))
_DELETE_DRAFT = sql(delete(drafts).where(drafts.c.id == bindparam("row_id")))


class Change(NamedTuple):
    """One statement, and what it means when it changes no row."""

    sql: str
    parameters: dict[str, Any]
    conflict: Conflict | None = None


class Saving(Connected):
    """The one way in which applications, cases and tasks change."""

    async def save(self, outcome: Outcome, *, draft_id: str = "") -> Conflict | None:
        """Stores every value of the outcome, or nothing and why.

        New values (version 0) are inserted, others replace the stored value where that still has the given version; the stored
        version is one more. A draft that is named is deleted, and its files go to the application; when it is gone already,
        somebody else has submitted it.
        """
        changes = tuple(changes_of(outcome, draft_id=draft_id, cipher=self._cipher))
        events = prepare_events(outcome.events)

        def perform(connection: sqlite3.Connection) -> Conflict | None:
            for statement, parameters, conflict in changes:
                if connection.execute(statement, parameters).rowcount == 0 and conflict is not None:
                    raise Undone(conflict)
            append_events(connection, events)
            return None

        return await self._write(perform)


def changes_of(outcome: Outcome, *, draft_id: str, cipher: Cipher) -> Iterator[Change]:
    """The statements that store an outcome, those first that can find a conflict."""
    if draft_id:
        yield Change(_DELETE_DRAFT, {"row_id": draft_id}, Conflict(kind="draft", id=draft_id))
        owner = outcome.application.id if outcome.application else outcome.cases[0].application_id if outcome.cases else ""
        if owner:
            yield Change(_MOVE_FILES, {"draft": draft_id, "application": owner})
    if outcome.application is not None:
        yield from _application(outcome.application, cipher)
    yield from (_case(case, cipher) for case in outcome.cases)
    for case in outcome.cases:
        if case.id in outcome.migrated:
            moved = {"row_id": case.id, "new_release_id": case.release_id}
            yield from (Change(statement, moved) for statement in (_MIGRATE_CASE, _MIGRATE_TASKS))
    for task in outcome.tasks:
        yield from _task(task, cipher)
    yield from (Change(_CANCEL_TIMER, {"row_id": timer_id}) for timer_id in outcome.cancelled_timers)
    yield from (_timer(timer) for timer in outcome.timers)
    yield from (Change(_CLOSE_REQUEST, {"row_id": key}) for key in outcome.cancelled_requests)
    yield from (_request(request, cipher) for request in outcome.requests)
    for message in outcome.messages:
        yield from _message(message, cipher)
    yield from (_notice(notice) for notice in outcome.notices)


def _application(application: Application, cipher: Cipher) -> Iterator[Change]:
    conflict = Conflict(kind="application", id=application.id)
    name = cipher.seal(application.applicant_name.encode(), name_identity(application.id))
    sealed = _sealed_next(application, cipher, "applications")
    if application.version:
        yield Change(_UPDATE_APPLICATION, _update(application, applicant_name=name, sealed=sealed), conflict)
        yield Change(_RENAME_TASKS, {"row_id": application.id, "new_name": name})
        return
    fixed = {
        column: getattr(application, column)
        for column in ("id", "number", "service_id", "release_id", "region", "person", "account_id")
    }
    submitted_at = to_stamp(application.submitted_at)
    yield Change(
        _INSERT_APPLICATION,
        {**fixed, "submitted_at": submitted_at, "version": 1, "applicant_name": name, "sealed": sealed},
        conflict,
    )


def name_identity(application_id: str) -> str:
    """What the sealed name of an applicant is bound to, in every list that shows it."""
    return f"applications.applicant_name:{application_id}"


def _case(case: Case, cipher: Cipher) -> Change:
    conflict = Conflict(kind="case", id=case.id)
    moving = {
        "ended_at": to_optional_stamp(case.ended_at),
        "result": case.result,
        "sealed": _sealed_next(case, cipher, "cases"),
    }
    if case.version:
        return Change(_UPDATE_CASE, _update(case, **moving), conflict)
    fixed = {
        column: getattr(case, column)
        for column in ("id", "number", "application_id", "service_id", "release_id", "item", "region")
    }
    return Change(_INSERT_CASE, {**fixed, **moving, "opened_at": to_stamp(case.opened_at), "version": 1}, conflict)


def _task(task: Task, cipher: Cipher) -> Iterator[Change]:
    conflict = Conflict(kind="task", id=task.id)
    sealed, due_at = _sealed_next(task, cipher, "task_contents"), to_optional_stamp(task.due_at)
    moving = {
        "holder": task.holder,
        "due_order": NEVER_DUE if due_at is None else due_at,
        "due_at": due_at,
        "claimed_at": to_optional_stamp(task.claimed_at),
        "closed_at": to_optional_stamp(task.closed_at),
        "outcome": task.outcome,
        "completed_by": task.completed_by,
    }
    if task.version:
        yield Change(_UPDATE_TASK, _update(task, **moving), conflict)
        yield Change(_UPDATE_CONTENT, {"row_id": task.id, "new_sealed": sealed}, conflict)
        return
    fixed = {
        name: getattr(task, name)
        for name in ("id", "case_id", "agency", "level", "region", "case_number", "service_id", "item", "node", "title")
    }
    yield Change(_INSERT_TASK, {**fixed, **moving, "opened_at": to_stamp(task.opened_at), "version": 1}, conflict)
    yield Change(_INSERT_CONTENT, {"task_id": task.id, "sealed": sealed})


def _timer(timer: Timer) -> Change:
    parameters = {"id": timer.id, "case_id": timer.case_id, "token": timer.token, "timer": timer.timer}
    return Change(_SET_TIMER, {**parameters, "due_at": to_stamp(timer.due_at)})


def _request(request: Request, cipher: Cipher) -> Change:
    return Change(
        _ADD_REQUEST,
        {
            "key": request.key,
            "case_id": request.case_id,
            "state": "waiting",
            "attempts": 0,
            "next_at": to_stamp(request.created_at),
            "accepted_at": None,
            "cause": "",
            "sealed": seal(cipher, request, f"requests:{request.key}"),
        },
    )


def _message(message: Message, cipher: Cipher) -> Iterator[Change]:
    named = {"id": message.id, "account_id": message.account_id, "at": to_stamp(message.at)}
    sealed = seal(cipher, message, f"messages:{message.id}")
    yield Change(_ADD_MESSAGE, {**named, "application_id": message.application_id, "sealed": sealed})
    yield Change(_ADD_TEXT, named)


def _notice(notice: PublicNotice) -> Change:
    stamps = {"published_at": to_stamp(notice.published_at), "until": to_stamp(notice.until)}
    return Change(_PUT_NOTICE, {**msgspec.structs.asdict(notice), **stamps})


def _sealed_next(value: _Versioned, cipher: Cipher, table: str) -> bytes:
    return seal(cipher, msgspec.structs.replace(value, version=value.version + 1), f"{table}:{value.id}")


def _update(value: Application | Case | Task, **columns: Any) -> dict[str, Any]:
    renamed = {f"new_{name}": column for name, column in columns.items()}
    return {"row_id": value.id, "stored": value.version, "new_version": value.version + 1, **renamed}

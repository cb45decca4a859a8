"""Applications with their cases, tasks and messages, as they were last saved."""

from __future__ import annotations

from sqlalchemy import bindparam, func, select, tuple_

from server.cases.model import Application, Case, Message, Task
from server.store.connected import Connected
from server.store.statements import sql
from server.store.tables import applications, cases, messages, task_contents, tasks
from server.types import PersonHash, ReleaseId, ServiceId

_APPLICATION = select(applications.c.id, applications.c.sealed)
_APPLICATION_BY_ID = sql(_APPLICATION.where(applications.c.id == bindparam("id")))
_APPLICATION_BY_NUMBER = sql(_APPLICATION.where(applications.c.number == bindparam("number")))
_LATEST_FIRST = (applications.c.submitted_at.desc(), applications.c.id)
_APPLICATIONS_OF = sql(_APPLICATION.where(applications.c.account_id == bindparam("account_id")).order_by(*_LATEST_FIRST))
_APPLICATIONS_OF_PERSON = sql(_APPLICATION.where(applications.c.person == bindparam("person")).order_by(*_LATEST_FIRST))

_CASE = select(cases.c.id, cases.c.sealed)
_CASE_BY_ID = sql(_CASE.where(cases.c.id == bindparam("id")))
_CASE_BY_NUMBER = sql(_CASE.where(cases.c.number == bindparam("number")))
_CASES_OF = sql(_CASE.where(cases.c.application_id == bindparam("application_id")).order_by(cases.c.opened_at, cases.c.number))

_RUNNING = cases.c.ended_at.is_(None)
_RUNNING_BY_RELEASE = sql(
    select(cases.c.release_id, func.count())
    .where(cases.c.service_id == bindparam("service_id"), _RUNNING)
    .group_by(cases.c.release_id)
)
_RUNNING_OF = sql(
    _CASE.where(
        cases.c.service_id == bindparam("service_id"),
        cases.c.release_id == bindparam("release_id"),
        _RUNNING,
        cases.c.id > bindparam("after"),
    )
    .order_by(cases.c.id)
    .limit(bindparam("number"))
)

_OF_SERVICE = sql(
    _CASE.add_columns(cases.c.application_id)
    .where(
        cases.c.service_id == bindparam("service_id"),
        tuple_(cases.c.application_id, cases.c.id) > tuple_(bindparam("application_id"), bindparam("id")),
    )
    .order_by(cases.c.application_id, cases.c.id)
    .limit(bindparam("number"))
)
_NUMBER_OF_SERVICE = sql(select(func.count()).select_from(cases).where(cases.c.service_id == bindparam("service_id")))

_TASK_BY_ID = sql(select(task_contents.c.task_id, task_contents.c.sealed).where(task_contents.c.task_id == bindparam("id")))
_TASKS_OF = sql(
    select(tasks.c.id, task_contents.c.sealed)
    .join_from(tasks, task_contents)
    .where(tasks.c.case_id == bindparam("case_id"))
    .order_by(tasks.c.opened_at, tasks.c.id)
)

_MESSAGES_OF = sql(
    select(messages.c.id, messages.c.sealed)
    .where(messages.c.application_id == bindparam("application_id"))
    .order_by(messages.c.at, messages.c.id)
)


class CaseFiles(Connected):
    """Everything that is known about an application."""

    async def application(self, application_id: str) -> Application | None:
        """The application with this id."""
        return await self._sealed(Application, "applications", _APPLICATION_BY_ID, id=application_id)

    async def application_by_number(self, number: str) -> Application | None:
        """The application with this number."""
        return await self._sealed(Application, "applications", _APPLICATION_BY_NUMBER, number=number)

    async def applications_of(self, account_id: str) -> tuple[Application, ...]:
        """Every application an account submitted, the latest first."""
        return await self._all_sealed(Application, "applications", _APPLICATIONS_OF, account_id=account_id)

    async def applications_of_person(self, person: PersonHash) -> tuple[Application, ...]:
        """Every application for a person, whoever submitted it, the latest first."""
        return await self._all_sealed(Application, "applications", _APPLICATIONS_OF_PERSON, person=person)

    async def cases_of(self, application_id: str) -> tuple[Case, ...]:
        """The cases of an application, in the order they were opened."""
        return await self._all_sealed(Case, "cases", _CASES_OF, application_id=application_id)

    async def case(self, case_id: str) -> Case | None:
        """The case with this id."""
        return await self._sealed(Case, "cases", _CASE_BY_ID, id=case_id)

    async def case_by_number(self, number: str) -> Case | None:
        """The case with this number."""
        return await self._sealed(Case, "cases", _CASE_BY_NUMBER, number=number)

    async def task(self, task_id: str) -> Task | None:
        """The task with this id."""
        return await self._sealed(Task, "task_contents", _TASK_BY_ID, id=task_id)

    async def tasks_of(self, case_id: str) -> tuple[Task, ...]:
        """Every task of a case, in the order they were opened."""
        return await self._all_sealed(Task, "task_contents", _TASKS_OF, case_id=case_id)

    async def messages_of(self, application_id: str) -> tuple[Message, ...]:
        """Every message to the applicant, the earliest first."""
        return await self._all_sealed(Message, "messages", _MESSAGES_OF, application_id=application_id)

    async def cases_per_release(self, service_id: ServiceId) -> dict[ReleaseId, int]:
        """Number of running cases of a service under each release that has any."""
        return {
            ReleaseId(release_id): count for release_id, count in await self._rows(_RUNNING_BY_RELEASE, service_id=service_id)
        }

    async def running_cases(
        self, service_id: ServiceId, release_id: ReleaseId, *, after: str = "", limit: int
    ) -> tuple[Case, ...]:
        """The running cases of a service under a release, by id, beginning after one."""
        return await self._all_sealed(
            Case, "cases", _RUNNING_OF, service_id=service_id, release_id=release_id, after=after, number=limit
        )

    async def cases_of_service(self, service_id: ServiceId, *, after: Case | None = None, limit: int) -> tuple[Case, ...]:
        """Every case of a service, running or ended, those of one application together, beginning after one."""
        start = (after.application_id, after.id) if after is not None else ("", "")
        rows = await self._rows(_OF_SERVICE, service_id=service_id, application_id=start[0], id=start[1], number=limit)
        return self._unsealed(Case, "cases", (row[:2] for row in rows))

    async def count_cases(self, service_id: ServiceId) -> int:
        """Number of cases of a service."""
        row = await self._row(_NUMBER_OF_SERVICE, service_id=service_id)
        return int(row[0]) if row is not None else 0

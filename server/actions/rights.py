"""Who may see and do what with single things; whoever may not is told the same as where there is nothing."""

from __future__ import annotations

from collections.abc import Iterable

from server.actions.office import Administrator, Applicant, Office, Official
from server.cases.model import Application, Case, Dossier, Task
from server.cases.people import Unit
from server.cases.restating import restated
from server.cases.views import lead_office
from server.cases.working import unit_of
from server.definitions.common import LEVEL_DIGITS
from server.definitions.regions import contains
from server.findings import Refused
from server.releases import Release
from server.types import TaskId

UNKNOWN_CASE = Refused("unknown-case")
UNKNOWN_TASK = Refused("unknown-task")
UNKNOWN_APPLICATION = Refused("unknown-application")
UNKNOWN_SERVICE = Refused("unknown-service")


def is_own_task(actor: Official, task: Task) -> bool:
    """Whether the task belongs to exactly one of the official's offices; only then it can be worked on."""
    return unit_of(task) in actor.units


def may_see(release: Release, case: Case, tasks: Iterable[Task], *, actor: Official) -> bool:
    """Whether the official's office, or one of the same agency below it, leads the item or has or had a task of the case."""
    offices = (lead_office(release, case), *map(unit_of, tasks))
    return any(_oversees(unit, office) for office in offices for unit in actor.units)


def may_migrate(release: Release, case: Case, *, actor: Official) -> bool:
    """Whether the official works in an office above the one that leads the case's item, and oversees it."""
    lead = lead_office(release, case)
    return any(unit != lead and _oversees(unit, lead) for unit in actor.units)


def may_configure(actor: Administrator, region: str) -> bool:
    """Whether a region is the administrator's, or lies in it."""
    return bool(actor.region) and contains(actor.region, region)


async def seen_case(office: Office, *, actor: Official, number: str) -> Dossier | Refused:
    """The case with this number, if the official may see it."""
    dossier = await dossier_of(office, await office.store.case_by_number(number))
    if dossier is None:
        return UNKNOWN_CASE
    release = await office.release(dossier.case.release_id)
    return dossier if may_see(release, dossier.case, dossier.tasks, actor=actor) else UNKNOWN_CASE


async def own_task(office: Office, *, actor: Official, task_id: str) -> tuple[Dossier, Task] | Refused:
    """The task with this id and its case, if it belongs to an office of the official."""
    task = await office.store.task(TaskId(task_id))
    if task is None or not is_own_task(actor, task):
        return UNKNOWN_TASK
    dossier = await dossier_of(office, await office.store.case(task.case_id))
    if dossier is None:
        return UNKNOWN_TASK
    return dossier, next(one for one in dossier.tasks if one.id == task.id)


async def own_application(office: Office, *, actor: Applicant, number: str) -> Application | Refused:
    """The application with this number, if the applicant submitted it."""
    application = await office.store.application_by_number(number)
    return application if application is not None and application.account_id == actor.account_id else UNKNOWN_APPLICATION


async def dossier_of(office: Office, case: Case | None) -> Dossier | None:
    """A case with its application, every task it ever had, and its public notice, all as of one moment.

    The application's answers are as the case's own release reads them.
    """
    while case is not None:
        application = await office.store.application(case.application_id)
        if application is not None and application.release_id != case.release_id:
            before, after = await office.release(application.release_id), await office.release(case.release_id)
            application = restated(application, before=before, after=after)
        tasks = await office.store.tasks_of(case.id)
        notice = await office.store.notice_of(case.id)
        again = await office.store.case(case.id)
        # Whatever opens or closes tasks and notices changes the case as well; when it did meanwhile, the parts do not fit.
        if application is not None and again is not None and again.version == case.version:
            notices = (notice,) if notice is not None else ()
            return Dossier(application=application, case=case, tasks=tasks, notices=notices)
        case = again if application is not None else None
    return None


def _oversees(upper: Unit, lower: Unit) -> bool:
    if upper == lower:
        return True
    above = LEVEL_DIGITS[upper.level] < LEVEL_DIGITS[lower.level]
    return above and upper.agency == lower.agency and contains(upper.region, lower.region)

"""What every page of an official begins with: who works, where a task or case leads, what was refused."""

from __future__ import annotations

from server.actions import casework
from server.actions.office import Official
from server.findings import Refused
from server.web.access import actor_of, office_of
from server.web.failures import Forbidden, Missing
from server.web.requests import AnyRequest

QUEUE = "/staff"


def official_of(request: AnyRequest) -> Official:
    """The official behind the session; an administrator has no business with cases."""
    actor = actor_of(request)
    if not isinstance(actor, Official):
        raise Forbidden("official")
    return actor


def case_path(number: str) -> str:
    """The page of a case."""
    return f"{QUEUE}/cases/{number}"


def task_path(task_id: str) -> str:
    """The page of a task."""
    return f"{QUEUE}/tasks/{task_id}"


async def open_case(request: AnyRequest, number: str) -> casework.CaseFile:
    """The file of a case within the official's offices."""
    found = await casework.open_case(office_of(request), actor=official_of(request), number=number)
    if isinstance(found, Refused):
        raise Missing
    return found


async def find_case(request: AnyRequest, number: str) -> casework.CaseFile | None:
    """The file of a case that a page may mention, if the official may see it."""
    if not number:
        return None
    found = await casework.open_case(office_of(request), actor=official_of(request), number=number)
    return None if isinstance(found, Refused) else found


def task_line(file: casework.CaseFile | None, task_id: str) -> casework.TaskLine | None:
    """The line of a task in the file of its case."""
    return next((line for line in file.tasks if line.id == task_id), None) if file is not None else None

"""Files: stored by applicants beside their drafts, shown to those who may see them."""

from __future__ import annotations

import hashlib

import msgspec

from server.actions.drafts import own_row
from server.actions.office import Actor, Applicant, Office, Official
from server.actions.rights import may_see
from server.cases.model import Application
from server.cases.views import scoped_data
from server.findings import Refused
from server.store import FileRow
from server.types import JsonValue

#: Files one application can hold, those removed again included: a bound against filling the disk, far above any need.
MOST_FILES = 300

_UNKNOWN = Refused("unknown-file")


class LoadedFile(msgspec.Struct, frozen=True, kw_only=True):
    """A file with its content."""

    id: str
    name: str
    media_type: str
    content: bytes


async def store_file(
    office: Office, *, actor: Applicant, draft_id: str, name: str, media_type: str, content: bytes
) -> FileRow | Refused:
    """The stored file, not referred to by any answer yet; `too-many-files` when the draft holds its share."""
    draft = await own_row(office, actor=actor, draft_id=draft_id)
    if draft is None:
        return Refused("unknown-draft")
    owner_id = draft.id
    if draft.application_number:
        # A supplement's draft goes when it is handed in; its files belong to the application from the start.
        application = await office.store.application_by_number(draft.application_number)
        owner_id = application.id if application is not None else draft.id
    if await office.store.count_files(owner_id) >= MOST_FILES:
        return Refused("too-many-files")
    row = FileRow(
        id=next(office.ids()),
        owner_id=owner_id,
        account_id=actor.account_id,
        name=name,
        media_type=media_type,
        size=len(content),
        sha256=hashlib.sha256(content).hexdigest(),
        created_at=office.clock(),
    )
    await office.store.add_file(row, content)
    return row


async def load_file(office: Office, *, actor: Actor, file_id: str) -> LoadedFile | Refused:
    """A file of an own draft or application, or of a case within the official's offices and the item's data scope."""
    row = await office.store.file(file_id)
    if row is None or not await _may_load(office, actor, row):
        return _UNKNOWN
    content = await office.store.file_content(row)
    return LoadedFile(id=row.id, name=row.name, media_type=row.media_type, content=content)


async def _may_load(office: Office, actor: Actor, row: FileRow) -> bool:
    match actor:
        case Applicant():
            return row.account_id == actor.account_id
        case Official():
            application = await office.store.application(row.owner_id)
            return application is not None and await _in_scope(office, actor, application, row.id)
    return False


async def _in_scope(office: Office, actor: Official, application: Application, file_id: str) -> bool:
    """Whether one of the cases the official may see shows the file among its answers or materials."""
    for case in await office.store.cases_of(application.id):
        release = await office.release(case.release_id)
        shown = scoped_data(release, case.item, application.data).values.values()
        if _names(shown, file_id) and may_see(release, case, await office.store.tasks_of(case.id), actor=actor):
            return True
    return False


def _names(value: JsonValue, file_id: str) -> bool:
    """Whether a file is referred to anywhere in an answer."""
    if isinstance(value, dict):
        return value.get("id") == file_id or _names(value.values(), file_id)
    if isinstance(value, str) or not hasattr(value, "__iter__"):
        return False
    return any(_names(one, file_id) for one in value)

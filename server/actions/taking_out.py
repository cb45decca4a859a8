"""Everything stored about an applicant, as one archive: answers, files, messages, results and papers."""

from __future__ import annotations

import asyncio
import tempfile
import zipfile
from collections.abc import Iterator
from datetime import datetime
from typing import IO

import msgspec

from server.actions import following, printing
from server.actions.office import Applicant, Office
from server.actions.printing import Printed
from server.findings import Refused
from server.forms.settle import settle
from server.forms.summary import SummaryGroup, summary
from server.messages.cases import STORED_ABOUT
from server.releases import Release
from server.types import JsonValue

#: Archives larger than this are written to disk, in a file without a name.
_IN_MEMORY = 16_000_000
_SUFFIXES = {"image/jpeg": "jpg", "image/png": "png", "image/webp": "webp", "image/heic": "heic", "application/pdf": "pdf"}


class StoredFile(msgspec.Struct, frozen=True, kw_only=True):
    """A file that was uploaded, and where it is in the archive."""

    path: str
    name: str
    media_type: str
    size: int
    uploaded_at: datetime


class StoredCase(msgspec.Struct, frozen=True, kw_only=True):
    """One item of an application, as its page shows it."""

    number: str
    item: str
    #: Key of `CASE_STATES`.
    state: str
    result: str
    reason: str
    advice: str
    office: str
    steps: tuple[following.Step, ...]


class StoredMessage(msgspec.Struct, frozen=True, kw_only=True):
    """A message or letter."""

    at: datetime
    subject: str
    text: str


class StoredAnswers(msgspec.Struct, frozen=True, kw_only=True):
    """Answers in words and as data, with their files."""

    service: str
    in_words: tuple[SummaryGroup, ...]
    data: JsonValue
    files: tuple[StoredFile, ...]


class StoredApplication(msgspec.Struct, frozen=True, kw_only=True):
    """An application with everything that came of it."""

    number: str
    submitted_at: datetime
    answers: StoredAnswers
    cases: tuple[StoredCase, ...]
    messages: tuple[StoredMessage, ...]


class StoredDraft(msgspec.Struct, frozen=True, kw_only=True):
    """An application that was not submitted."""

    saved_at: datetime | None
    answers: StoredAnswers


class StoredAccount(msgspec.Struct, frozen=True, kw_only=True):
    """What is stored about the person besides applications."""

    phone: str
    #: When the archive was made.
    as_of: datetime


async def everything_about(office: Office, *, actor: Applicant) -> IO[bytes]:
    """An archive of everything stored about the applicant, to be read from its beginning and closed; made one at a time."""
    async with office.lock(f"everything:{actor.account_id}"):
        archive = _Archive()
        account = StoredAccount(phone=actor.phone, as_of=office.clock())
        await archive.add("README.txt", STORED_ABOUT.encode())
        await archive.add("account.json", _json(account))
        overview = await following.applications_of(office, actor=actor)
        for line in overview.applications:
            await _add_application(office, actor, line.number, archive)
        for row in await office.store.drafts_of(actor.account_id):
            release = await office.release(row.release_id)
            answers = await _answers(office, actor, release, row.data.values, archive, folder=f"drafts/{row.id}")
            shown = summary(release.form, settle(release.form, row.data, release.context(release.region, office.clock())))
            draft = StoredDraft(saved_at=row.saved_at, answers=msgspec.structs.replace(answers, in_words=shown))
            await archive.add(f"drafts/{row.id}/draft.json", _json(draft))
        return await archive.finished()


async def _add_application(office: Office, actor: Applicant, number: str, archive: _Archive) -> None:
    view = await following.application(office, actor=actor, number=number)
    if isinstance(view, Refused):
        return
    folder = f"applications/{number}"
    answers = await _answers(office, actor, view.release, view.data.values, archive, folder=folder)
    settled = settle(view.release.form, view.data, view.release.context(view.release.region, view.submitted_at))
    stored = StoredApplication(
        number=number,
        submitted_at=view.submitted_at,
        answers=msgspec.structs.replace(answers, in_words=summary(view.release.form, settled)),
        cases=tuple(_case(case) for case in view.cases),
        messages=tuple(StoredMessage(at=one.at, subject=one.subject, text=one.text) for one in view.messages),
    )
    await archive.add(f"{folder}/application.json", _json(stored))
    papers = [
        await printing.own_sheet(office, actor=actor, number=number),
        await printing.own_receipt(office, actor=actor, number=number),
    ]
    for case in view.cases:
        if case.end_title:
            papers.append(await printing.own_letter(office, actor=actor, number=number, case_id=case.id))
    for paper in papers:
        # What cannot be printed now is in the data beside it.
        if isinstance(paper, Printed):
            await archive.add(f"{folder}/{paper.name}", paper.content)


async def _answers(
    office: Office, actor: Applicant, release: Release, values: dict[str, JsonValue], archive: _Archive, *, folder: str
) -> StoredAnswers:
    """The answers as data; their files go into the archive, under names that say nothing of anybody."""
    files = []
    for file_id in dict.fromkeys(_file_ids(list(values.values()))):
        row = await office.store.file(file_id)
        if row is None or row.account_id != actor.account_id:
            continue
        path = f"{folder}/files/{row.id}.{_SUFFIXES.get(row.media_type, 'bin')}"
        await archive.add(path, await office.store.file_content(row))
        files.append(StoredFile(path=path, name=row.name, media_type=row.media_type, size=row.size, uploaded_at=row.created_at))
    return StoredAnswers(service=release.service.bundle.title, in_words=(), data=values, files=tuple(files))


def _case(case: following.CaseView) -> StoredCase:
    return StoredCase(
        number=case.number,
        item=case.item_title,
        state=case.state,
        result=case.end_title,
        reason=case.reason,
        advice=case.advice,
        office=case.unit,
        steps=case.steps,
    )


def _file_ids(value: JsonValue) -> Iterator[str]:
    """Ids of the files that an answer refers to."""
    if isinstance(value, dict):
        if isinstance(value.get("id"), str) and "media_type" in value:
            yield value["id"]
        for member in value.values():
            yield from _file_ids(member)
    elif isinstance(value, list):
        for entry in value:
            yield from _file_ids(entry)


def _json(value: msgspec.Struct) -> bytes:
    return msgspec.json.format(msgspec.json.encode(value), indent=2) + b"\n"


class _Archive:
    """A zip archive that is written off the event loop, one entry at a time."""

    def __init__(self) -> None:
        self._file = tempfile.SpooledTemporaryFile(max_size=_IN_MEMORY)  # noqa: SIM115  # closed by whoever reads it
        self._zip = zipfile.ZipFile(self._file, "w", zipfile.ZIP_DEFLATED)

    async def add(self, path: str, content: bytes) -> None:
        await asyncio.to_thread(self._zip.writestr, path, content)

    async def finished(self) -> IO[bytes]:
        await asyncio.to_thread(self._zip.close)
        self._file.seek(0)
        return self._file

"""What people take away on paper: blank and filled application forms, receipts, letters about results."""

from __future__ import annotations

import asyncio
from functools import partial

import msgspec

from server.actions.office import Applicant, Office, Official
from server.actions.rights import UNKNOWN_CASE, dossier_of, own_application, seen_case
from server.actions.titles import place_title
from server.cases.model import Application, Case, Dossier
from server.cases.views import case_state, lead_office, scoped_data, scoped_fields, unit_title
from server.cases.working import unit_of
from server.findings import Refused
from server.forms.data import FormData, group_pointer
from server.forms.settle import settle
from server.messages import paper as words
from server.messages.cases import LIST_COMMA
from server.paper.answers import Answers
from server.paper.content import Paper
from server.paper.letters import letter_paper, receipt_paper
from server.paper.pictures import small_picture
from server.paper.sheets import sheet_paper
from server.releases import Release

#: Pixels of a picture on paper, at some 300 to the inch.
_PICTURE = (360, 460)
_NO_RESULT = Refused("no-result")


class Printed(msgspec.Struct, frozen=True, kw_only=True):
    """A PDF with a name that says nothing of anybody."""

    name: str
    content: bytes


async def blank_sheet(office: Office, *, release: Release) -> Printed | Refused:
    """The form of a service to fill in by hand, printed once while the release stays the same."""
    content = await office.blank_sheets.get(release.id, partial(_blank, office, release))
    if isinstance(content, Refused):
        office.blank_sheets.drop(release.id)
    return _named(content, "form")


async def own_sheet(office: Office, *, actor: Applicant, number: str) -> Printed | Refused:
    """The applicant's own application form, as submitted."""
    found = await own_application(office, actor=actor, number=number)
    if isinstance(found, Refused):
        return found
    release = await office.release(found.release_id)
    photos = await _photos(office, release, found, found.data)
    content = await office.press.print(partial(_sheet, release, found, found.data, photos, found.number))
    return _named(content, f"{found.number}-form")


async def own_receipt(office: Office, *, actor: Applicant, number: str) -> Printed | Refused:
    """The receipt of the applicant's own application."""
    found = await own_application(office, actor=actor, number=number)
    if isinstance(found, Refused):
        return found
    release = await office.release(found.release_id)
    cases = {case.number: await _item_and_office(office, case) for case in await office.store.cases_of(found.id)}
    place, address = place_title(release, found.region), progress_address(office, found.number)
    content = await office.press.print(partial(receipt_paper, release, found, cases=cases, place=place, address=address))
    return _named(content, f"{found.number}-receipt")


async def own_letter(office: Office, *, actor: Applicant, number: str, case_id: str) -> Printed | Refused:
    """The letter about the result of a case of the applicant's own application; `no-result` while it runs."""
    found = await own_application(office, actor=actor, number=number)
    if isinstance(found, Refused):
        return found
    case = next((one for one in await office.store.cases_of(found.id) if one.id == case_id), None)
    dossier = await dossier_of(office, case)
    return UNKNOWN_CASE if dossier is None else await _letter(office, dossier)


async def case_letter(office: Office, *, actor: Official, number: str) -> Printed | Refused:
    """The letter about the result of a case, for the office that hands it over."""
    dossier = await seen_case(office, actor=actor, number=number)
    return dossier if isinstance(dossier, Refused) else await _letter(office, dossier)


async def case_sheet(office: Office, *, actor: Official, number: str) -> Printed | Refused:
    """The application form with what the officials of a case's item may see, everything else left empty."""
    dossier = await seen_case(office, actor=actor, number=number)
    if isinstance(dossier, Refused):
        return dossier
    application, case = dossier.application, dossier.case
    release = await office.release(case.release_id)
    photos = await _photos(office, release, application, scoped_data(release, case.item, application.data))
    scope = scoped_fields(release, case.item)
    note = words.SCOPED.format(item=release.service.items.items[case.item].title)
    content = await office.press.print(
        partial(_sheet, release, application, application.data, photos, case.number, scope=scope, note=note)
    )
    return _named(content, f"{case.number}-form")


def progress_address(office: Office, number: str) -> str:
    """Where an applicant sees how far an application is."""
    return f"{office.settings.public_address}/applications/{number}"


async def _letter(office: Office, dossier: Dossier) -> Printed | Refused:
    case = dossier.case
    if case_state(case) not in ("ended", "withdrawn"):
        return _NO_RESULT
    release = await office.release(case.release_id)
    address = progress_address(office, dossier.application.number)
    content = await office.press.print(partial(letter_paper, release, dossier.application, case, address=address))
    return _named(content, f"{case.number}-result")


async def _blank(office: Office, release: Release) -> bytes | Refused:
    return await office.press.print(lambda: sheet_paper(release, Answers(release.form)))


async def _item_and_office(office: Office, case: Case) -> tuple[str, str]:
    """A case's item, and the offices that have it now, in words; the leading office where none has."""
    release = await office.release(case.release_id)
    units = [unit_of(task) for task in await office.store.tasks_of(case.id) if task.closed_at is None]
    offices = dict.fromkeys(unit_title(release, unit) for unit in units or [lead_office(release, case)])
    return release.service.items.items[case.item].title, LIST_COMMA.join(offices)


async def _photos(office: Office, release: Release, application: Application, data: FormData) -> dict[str, bytes]:
    """The pictures of an application by field, each small enough to print."""
    found: dict[str, bytes] = {}
    for field in release.form.fields.values():
        value = data.values.get(group_pointer(field.id)) if field.kind == "photo" and not field.group else None
        row = await office.store.file(str(value.get("id", ""))) if isinstance(value, dict) else None
        if row is not None and row.account_id == application.account_id:
            small = await asyncio.to_thread(small_picture, await office.store.file_content(row), _PICTURE)
            found |= {field.id: small} if small is not None else {}
    return found


def _sheet(
    release: Release,
    application: Application,
    data: FormData,
    photos: dict[str, bytes],
    number: str,
    *,
    scope: frozenset[str] | None = None,
    note: str = "",
) -> Paper:
    """The form as of the day of submission: what was relevant then stays shown."""
    settled = settle(release.form, data, release.context(application.region, application.submitted_at))
    return sheet_paper(release, Answers(release.form, settled, scope), number=number, note=note, pictures=photos)


def _named(content: bytes | Refused, name: str) -> Printed | Refused:
    return content if isinstance(content, Refused) else Printed(name=f"{name}.pdf", content=content)

"""What people take away as PDF or as an archive: only what is theirs, in files whose names say nothing of anybody."""

from __future__ import annotations

import io
import json
import re
import zipfile
from typing import Any

import pypdf
import pytest
from hostile_town import FAMILY_OF_EIGHT, SERVICE, SHORT, Run, Town, Visitor

from server.actions import following
from server.actions.office import Applicant
from server.cases.people import Unit
from server.forms.data import group_pointer


def read(content: bytes) -> str:
    """The words of a PDF without spaces."""
    pages = pypdf.PdfReader(io.BytesIO(content)).pages
    return re.sub(r"[\s\u200b]", "", "".join(page.extract_text() for page in pages))


async def got(visitor: Visitor, path: str, status: int = 200) -> Any:
    answer = await visitor.client.get(path)
    assert answer.status_code == status, (path, answer.status_code)
    return answer


async def withdrawn(town: Town, actor: Applicant, number: str) -> str:
    """The id of a case that has just ended."""
    view = await following.application(town.office, actor=actor, number=number)
    assert isinstance(view, following.ApplicationView)
    await following.withdraw(town.office, actor=actor, number=number, case_id=view.cases[0].id, reason="")
    return view.cases[0].id


def test_an_applicant_takes_away_form_receipt_and_letter(town: Town, run: Run) -> None:
    async def take() -> None:
        owner, actor = await town.applicant()
        number = await town.submitted(actor)
        answers = (await town.release()).service.examples[SHORT].answers["applicant"]
        form = await got(owner, f"/applications/{number}/sheet.pdf")
        assert form.headers["content-type"] == "application/pdf"
        assert form.headers["cache-control"] == "no-store"
        assert all(part in read(form.content) for part in (answers["id_number"], answers["name"], number))
        receipt = await got(owner, f"/applications/{number}/receipt.pdf")
        assert number in read(receipt.content)
        assert answers["id_number"] not in read(receipt.content)
        await got(owner, f"/applications/{number}/letters/{(await _cases(town, number))[0].id}", 404)
        letter = await got(owner, f"/applications/{number}/letters/{await withdrawn(town, actor, number)}")
        assert "已撤回" in read(letter.content)
        for answer in (form, receipt, letter):
            name = answer.headers["content-disposition"]
            assert re.fullmatch(r"inline; filename\*=UTF-8''[0-9A-Z-]+-(form|receipt|result)\.pdf", name), name

    run(take())


def test_the_page_of_the_receipt_shows_number_and_code(town: Town, run: Run) -> None:
    async def look() -> None:
        owner, actor = await town.applicant()
        number = await town.submitted(actor)
        await owner.open(f"/applications/{number}/receipt")
        assert "<svg" in owner.html and f"/applications/{number}/receipt.pdf" in owner.html

    run(look())


def test_everybody_gets_the_blank_form_and_it_is_printed_once(town: Town, run: Run) -> None:
    async def take() -> None:
        first = await got(town.visitor(), f"/services/{SERVICE}/sheet.pdf")
        again = await got(town.visitor(), f"/services/{SERVICE}/sheet.pdf")
        assert first.content == again.content
        assert "填写说明" in read(first.content)
        await got(town.visitor(), "/services/no/such/sheet.pdf", 404)

    run(take())


def test_an_official_prints_what_the_item_needs_and_no_more(town: Town, run: Run) -> None:
    async def take() -> None:
        _, actor = await town.applicant()
        number = await town.submitted(actor, FAMILY_OF_EIGHT)
        release = await town.release()
        application = await town.office.store.application_by_number(number)
        assert application is not None
        account = application.data.values[group_pointer("bank_account.account_number")]
        sees = 0
        for case in await _cases(town, number):
            for task in await town.office.store.tasks_of(case.id):
                visitor = await town.official(Unit(agency=task.agency, level=task.level, region=task.region))
                text = read((await got(visitor, f"/staff/cases/{case.number}/sheet.pdf")).content)
                scope = release.service.items.items[case.item].data_scope
                assert (str(account) in text) is ("bank_account.account_number" in scope)
                assert release.service.items.items[case.item].title in text
                sees += 1
                await got(visitor, f"/staff/cases/{case.number}/letter.pdf", 404)
        assert sees

    run(take())


def test_everything_stored_about_a_person_is_in_one_archive_and_nothing_of_others(town: Town, run: Run) -> None:
    async def take() -> None:
        owner, actor = await town.applicant()
        other, stranger = await town.applicant()
        number, theirs = await town.submitted(actor), await town.submitted(stranger, FAMILY_OF_EIGHT)
        draft = await town.draft(actor)
        await withdrawn(town, actor, number)
        answer = await got(owner, "/applications.zip")
        assert answer.headers["cache-control"] == "no-store"
        archive = zipfile.ZipFile(io.BytesIO(answer.content))
        assert archive.testzip() is None
        names = archive.namelist()
        assert len(names) == len(set(names))
        assert {f"applications/{number}/application.json", f"drafts/{draft.id}/draft.json", "account.json"} <= set(names)
        stored = json.loads(archive.read(f"applications/{number}/application.json"))
        assert stored["cases"][0]["result"] and stored["messages"]
        told = (await town.release()).service.examples[SHORT].answers["applicant"]
        assert told["id_number"] in json.dumps(stored)
        uploaded = {file["path"]: file["size"] for file in stored["answers"]["files"]}
        assert uploaded
        assert {path: archive.getinfo(path).file_size for path in uploaded} == uploaded
        assert {name.rpartition("-")[2] for name in names if name.endswith(".pdf")} >= {"form.pdf", "receipt.pdf", "result.pdf"}
        # Names of files tell nothing, and nothing of anybody else is there.
        assert not any(secret in name for name in names for secret in (told["name"], told["id_number"], actor.phone))
        everything = b"".join(archive.read(name) for name in names if name.endswith(".json"))
        assert theirs not in everything.decode() and stranger.phone not in everything.decode()
        assert theirs in "".join(zipfile.ZipFile(io.BytesIO((await got(other, "/applications.zip")).content)).namelist())

    run(take())


def test_somebody_of_whom_nothing_is_stored_gets_an_archive_that_says_so(town: Town, run: Run) -> None:
    async def take() -> None:
        newcomer, actor = await town.applicant()
        archive = zipfile.ZipFile(io.BytesIO((await got(newcomer, "/applications.zip")).content))
        assert sorted(archive.namelist()) == ["README.txt", "account.json"]
        assert json.loads(archive.read("account.json"))["phone"] == actor.phone

    run(take())


def test_without_a_font_the_page_says_so_and_nothing_is_printed(town: Town, run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    async def take() -> None:
        owner, actor = await town.applicant()
        number = await town.submitted(actor)
        monkeypatch.setattr("server.actions.press.has_font", lambda: False)
        answer = await got(owner, f"/applications/{number}/sheet.pdf", 503)
        assert "fonts-noto-cjk" in answer.text
        names = zipfile.ZipFile(io.BytesIO((await got(owner, "/applications.zip")).content)).namelist()
        assert f"applications/{number}/application.json" in names
        assert not any(name.endswith(".pdf") and "/files/" not in name for name in names)

    run(take())


async def _cases(town: Town, number: str) -> tuple[Any, ...]:
    application = await town.office.store.application_by_number(number)
    assert application is not None
    return await town.office.store.cases_of(application.id)

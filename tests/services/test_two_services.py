"""Both services in one installation: filed without scripts, decided by offices of their own province, published, exported."""

from __future__ import annotations

from datetime import date, timedelta
from pathlib import Path
from typing import Any

import any_service
import pytest
from filling import file_twins, fill, fill_parents_and_children, page_form
from newborn_service import CARD, CERTIFICATE, ENROLMENT, ENTRY, REGION, SERVICE, SHIPPED_REGION, SHIPPED_SERVICE, examples
from plain_browser import Browser, Form
from two_services import Run, Town

from server.actions import demonstration, publishing, revising
from server.actions.office import Administrator
from server.cases.model import Case
from server.cases.numbers import is_number
from server.definitions.workdays import day_of
from server.exports.folder import read_trees, write_trees
from server.messages.pages import CASE_STATES, NOTES
from server.types import RegionCode, ServiceId
from server.web.staff.desk import case_path, task_path

HOME, NEWBORN, SHIPPED = "/", f"/services/{SERVICE}", f"/services/{SHIPPED_SERVICE}"


async def done(place: Town, login: str, case: Case, outcome: str, **answers: Any) -> Browser:
    """The browser of the official with a user name, who completed the first open task of a case."""
    task = (await place.open_tasks(case))[0]
    browser = await place.member_of_staff(login)
    assert task.title in browser.text
    path = task_path(task.id)
    await browser.open(path)
    chosen = {"outcome": outcome} if "outcome" in browser.form(path).offered else {}
    if answers and not set(answers) <= {name for name, _ in browser.form(path).values}:
        await browser.press(path, "refresh", **chosen)
    await browser.press(path, "next", **chosen, **answers)
    assert browser.path == f"/staff?done={case.number}&task={task.id}", browser.text
    return browser


def some_days_ago(place: Town) -> date:
    return day_of(place.office.clock()) - timedelta(days=12)


async def stored(place: Town, number: str, item: str) -> Case:
    return (await place.cases(number))[item]


async def pass_days(place: Town, days: int) -> None:
    assert await demonstration.advance_clock(place.office, days=days) is None
    await place.run_due()


def test_the_start_page_offers_both_services(place: Town, run: Run) -> None:
    async def look() -> None:
        browser = Browser(place.app)
        await browser.open(HOME)
        assert {NEWBORN, SHIPPED} <= set(browser.links("^/services/"))
        for path in (NEWBORN, SHIPPED):
            await browser.open(path)
            assert browser.status == 200
        await browser.open(f"{NEWBORN}/texts/truthful")
        assert "真实性承诺" in browser.text

    run(look())


def test_an_application_is_filed_on_plain_pages_and_decided_by_every_office_it_needs(place: Town, run: Run) -> None:
    async def path() -> None:
        applicant = await place.applicant()
        number = await file_twins(applicant, born=some_days_ago(place))
        assert is_number(number) and number.startswith("520102-XSE2-")
        cases = await place.cases(number)
        assert list(cases) == [ENTRY, ENROLMENT, CERTIFICATE, CARD]
        await place.run_due()

        enrolled = await stored(place, number, ENROLMENT)
        assert (enrolled.result, await place.office.store.tasks_of(enrolled.id)) == ("from_birth", ())
        await certified(place, cases[CERTIFICATE])
        await entered(place, applicant, number, cases[ENTRY])
        await carded(place, cases[CARD])

        assert {item: case.result for item, case in (await place.cases(number)).items()} == {
            ENTRY: "entered",
            ENROLMENT: "from_birth",
            CERTIFICATE: "issued",
            CARD: "made",
        }
        await applicant.open(f"/applications/{number}")
        for words in ("证书编号 A520000007", "已在户口登记系统登记", "2 张卡已制好", "阮一鸣的卡已寄出"):
            assert words in applicant.text
        assert applicant.text.count(CASE_STATES["ended"][0]) == 4
        application = await place.office.store.application_by_number(number)
        assert application is not None and application.intake.ended is not None

    run(path())


async def certified(place: Town, case: Case) -> None:
    """The certificate: the hospital answers, the passport is checked by the city, the county signs."""
    await place.call_back("hospital_records", {"record": "F-1"})
    await done(place, "health-city", case, "genuine")
    signer = await done(place, "health-county", case, "sign", **{"/number": "A520000007"})
    await signer.open(case_path(case.number))
    assert "高危儿随访" in signer.text
    assert "C1234567" in signer.text
    assert "普陀路8号" not in signer.text, "the office sees what only another item needs"


async def entered(place: Town, applicant: Browser, number: str, case: Case) -> None:
    """The registration: something is missing, the applicant supplies it, the office of the corrected place goes on."""
    await done(
        place,
        "public_security-township",
        case,
        "incomplete",
        **{"/supplement_fields": ["entry.at"], "/supplement_note": "请改正落户地址。"},
    )
    await applicant.open(f"/applications/{number}")
    (link,) = applicant.links("/supplement/")
    await applicant.open(link)
    assert "请改正落户地址" in applicant.text
    await applicant.send(page_form(applicant), "refresh", {"/entry/at/county": "522601"})
    await applicant.send(page_form(applicant), "next", {"/entry/at/township": "522601001", "/entry/at/line": "韶山路1号"})
    assert NOTES["supplement-sent"] in applicant.text
    (task,) = await place.open_tasks(case)
    assert task.region == "522601001"
    release = await place.office.current(SERVICE)
    assert release is not None
    for outcome in ("complete", "enter"):
        await done(place, "public_security-township", case, outcome)


async def carded(place: Town, case: Case) -> None:
    """The cards: one for each child, sent by post and taken for received after some days."""
    await place.call_back("card_maker", {"number": "K1"})
    login = "human_resources-county"
    for _ in range(2):
        await done(place, login, case, "posted")
    await pass_days(place, 16)


def test_what_is_missing_or_wrong_stands_beside_its_field_and_what_was_typed_stays(place: Town, run: Run) -> None:
    async def path() -> None:
        browser = await place.applicant()
        await fill_parents_and_children(browser, born=some_days_ago(place))
        await browser.send(page_form(browser), "next", {"/residence/county": "430000", "/residence/line": "某路1号"})
        assert browser.status == 422
        assert "家庭住址须在本省" in browser.text
        assert "某路1号" in browser.html

    run(path())


def test_offices_of_one_province_see_nothing_of_the_other(place: Town, run: Run) -> None:
    async def path() -> None:
        applicant = await place.applicant()
        number = await filed_example(place, applicant, "at_home")
        case = (await place.cases(number))[CERTIFICATE]
        own = await place.member_of_staff("health-county")
        await own.open(case_path(case.number))
        assert own.status == 200
        other = await place.member_of_staff(f"human_resources-county-{SHIPPED_REGION}")
        assert case.number not in other.html
        await other.open(case_path(case.number))
        assert other.status == 404

    run(path())


async def filed_example(place: Town, applicant: Browser, example: str) -> str:
    """The number of an application loaded from an example of the demonstration."""
    await applicant.open("/demo")
    form = Form("/demo/families")
    form.values = [*applicant.form("/demo/families").values]
    wanted = {"service": SERVICE, "example": example}
    form.values = [(name, wanted.get(name, value)) for name, value in form.values]
    await applicant.send(form)
    await applicant.open(f"{applicant.path}/check")
    await applicant.send(page_form(applicant))
    assert applicant.path.endswith("/receipt"), applicant.text
    return applicant.path.split("/")[2]


@pytest.mark.parametrize("example", ["at_home", "late_enrolment"])
def test_a_filled_example_is_loaded_with_its_files_and_submitted(place: Town, run: Run, example: str) -> None:
    async def path() -> None:
        number = await filed_example(place, await place.applicant(), example)
        assert set(await place.cases(number)) == set(examples()[example]["answers"]["request"]["items"])
        application = await place.office.store.application_by_number(number)
        assert application is not None
        assert set(application.instance["materials"]) == set(examples()[example]["materials_due"])

    run(path())


def test_the_office_that_leads_an_item_without_tasks_sees_its_case(place: Town, run: Run) -> None:
    async def path() -> None:
        number = await filed_example(place, await place.applicant(), "late_enrolment")
        case = await stored(place, number, ENROLMENT)
        leading = await place.member_of_staff("healthcare_security-city")
        await leading.open(case_path(case.number))
        assert (leading.status, case.number in leading.text) == (200, True)
        other = await place.member_of_staff("health-city")
        await other.open(case_path(case.number))
        assert other.status == 404

    run(path())


def test_people_without_an_identity_number_are_not_taken_for_one_person(place: Town, run: Run) -> None:
    async def path() -> None:
        persons = []
        for _ in range(2):
            number = await filed_example(place, await place.applicant(), "foreign_mother")
            application = await place.office.store.application_by_number(number)
            assert application is not None
            persons.append(application.person)
        assert persons[0] != persons[1]

    run(path())


def test_an_item_that_cannot_be_withdrawn_does_not_offer_it(place: Town, run: Run) -> None:
    async def path() -> None:
        applicant = await place.applicant()
        number = await filed_example(place, applicant, "foreign_mother")
        await applicant.open(f"/applications/{number}")
        cases = await place.cases(number)
        assert applicant.links("/withdraw/") == [f"/applications/{number}/withdraw/{cases[CERTIFICATE].id}"]
        await applicant.open(applicant.links("/withdraw/")[0])
        await applicant.press(applicant.path)
        assert CASE_STATES["withdrawn"][0] in applicant.text
        assert (await place.cases(number))[CERTIFICATE].result == "dropped"

    run(path())


def test_a_demonstration_has_somebody_at_every_office_of_both_services(place: Town, run: Run) -> None:
    async def path() -> None:
        accounts = await demonstration.demo_accounts(place.office)
        logins = [account.login for account in accounts]
        assert len(logins) == len(set(logins))
        for login in ("health-county", "health-city", "public_security-township", "civil_affairs-township"):
            assert login in logins
        offices = {account.login: account for account in accounts if account.login.startswith("human_resources-county")}
        assert len({office.unit for office in offices.values()}) == 2
        assert not any(character.isdigit() for account in accounts for character in account.place.replace(" 处", "")[:-2])
        places = {account.place for account in accounts if account.kind == "administrator"}
        assert {"贵州省", "山西省"} <= places

    run(path())


def test_the_documents_in_force_come_back_from_an_export_as_the_same_release(place: Town, run: Run, tmp_path: Path) -> None:
    async def path() -> None:
        for service, region in ((SERVICE, REGION), (SHIPPED_SERVICE, SHIPPED_REGION)):
            exported = await publishing.export(place.office, service_id=service)
            assert exported is not None
            write_trees(exported, tmp_path / region)
            read = read_trees(tmp_path / region)
            assert read.findings == ()
            assert read.documents == exported
            again = await publishing.publish(place.office, documents=read.documents, service_id=service, region=region, note="")
            channel = await place.office.channel(service)
            assert channel is not None
            in_force = publishing.Published(release_id=channel.release_id, revision_id=channel.revision_id, new=False)
            assert again == in_force

    run(path())


def test_a_service_of_the_fewest_documents_asks_for_no_material_and_ends(place: Town, run: Run) -> None:
    async def path() -> None:
        published = await publishing.publish(
            place.office, documents=any_service.service({}), service_id=any_service.SERVICE, region="110000", note=""
        )
        assert isinstance(published, publishing.Published), published
        applicant = await place.applicant()
        await applicant.open(f"/services/{any_service.SERVICE}")
        assert 'id="materials"' not in applicant.html
        await applicant.open(f"/services/{any_service.SERVICE}/apply")
        own = {f"/own/{name}": value for name, value in any_service.ANSWERS.items()}
        await fill(applicant, own)
        draft = applicant.path.rpartition("/")[0]
        assert applicant.path == f"{draft}/check"
        await applicant.open(f"{draft}/materials")
        assert applicant.status == 404
        await applicant.open(draft)
        assert "/materials" not in applicant.html
        await applicant.open(f"{draft}/check")
        await applicant.send(page_form(applicant))
        number = applicant.path.split("/")[2]
        assert [case.result for case in (await place.cases(number)).values()] == ["over"]

    run(path())


ADMINISTRATOR = "admin-province"


def test_every_page_of_the_designer_opens_for_the_second_service(place: Town, run: Run) -> None:
    async def path() -> None:
        browser = await place.member_of_staff(ADMINISTRATOR, "administrator")
        await browser.open("/admin")
        assert SERVICE in browser.html
        assert SHIPPED_SERVICE not in browser.html
        await browser.open(f"/admin/services/{SHIPPED_SERVICE}")
        assert browser.status == 404
        seen, pending = set[str](), [f"/admin/services/{SERVICE}"]
        while pending:
            address = pending.pop()
            if address in seen:
                continue
            seen.add(address)
            await browser.open(address)
            assert browser.status == 200, address
            if not address.endswith(".zip"):
                pending += [link.partition("#")[0] for link in browser.links(f"^/admin/services/{SERVICE}")]
        assert len(seen) > 100

    run(path())


def test_a_rule_can_be_given_in_a_form_that_has_none_yet(place: Town, run: Run) -> None:
    async def path() -> None:
        base = f"/admin/services/{SERVICE}"
        browser = await place.member_of_staff(ADMINISTRATOR, "administrator")
        form = next(link for link in await links_of_form(browser, base) if "certificate" in link)
        await browser.open(form)
        field = next(link for link in browser.links("/fields/") if link.endswith("/signed_on"))
        await browser.open(field)
        await browser.press(field, "save", hint="当天")
        assert browser.status == 200, browser.text
        path = f"form_schemas/{SERVICE}/tasks/certificate"
        working = await place.office.store.working(ServiceId(SERVICE), RegionCode(REGION))
        assert working is not None
        assert working.documents[f"{path}/data.schema.json"]["properties"]["signed_on"]["description"] == "当天"
        await browser.open(f"{base}/discard")
        await browser.press(f"{base}/discard")

    run(path())


async def links_of_form(browser: Browser, base: str) -> list[str]:
    await browser.open(base)
    return browser.links(f"^{base}/forms/")


def test_a_label_changed_in_the_designer_is_seen_by_applicants(place: Town, run: Run) -> None:
    async def path() -> None:
        base = f"/admin/services/{SERVICE}"
        browser, applicant = await place.member_of_staff(ADMINISTRATOR, "administrator"), await place.applicant()
        field = f"{base}/forms/form/fields/request.items"
        await browser.open(field)
        await browser.press(field, "save", label="想办哪几件")
        await browser.open(f"{base}/publish")
        await browser.press(f"{base}/publish", note="test")
        assert browser.path.endswith("?note=proposed"), browser.text
        (row,) = await place.office.store.open_revisions(ServiceId(SERVICE))
        approver = Administrator(account_id="approver", name="", region=RegionCode(REGION), roles=("approver",))
        assert isinstance(await revising.approve(place.office, actor=approver, revision_id=row.id), publishing.Published)
        assert "想办哪几件" in await applicant.open(f"{NEWBORN}/apply")

    run(path())

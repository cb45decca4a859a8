"""What people type wrongly, in a hurry or on purpose: told in Chinese in the summary and beside the field, and still there."""

from __future__ import annotations

import asyncio
import hashlib
import re
from urllib.parse import urlencode

import httpx
import pytest
from hostile_town import FAMILY_OF_EIGHT, SERVICE, SHORT, Run, Town, Visitor
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from server.actions import applying
from server.actions.office import Applicant
from server.forms.data import group_pointer
from server.messages.pages import NOTES
from server.store import SessionRow

FIRST = f"/services/{SERVICE}/apply"
#: Page, field, what is typed, and what is told.
WRONG = (
    ("applicant", "/applicant/id_number", "110101199003070012", "校验码不符"),
    ("applicant", "/applicant/id_number", "110101199002300014", "出生日期不存在"),
    ("applicant", "/applicant/id_number", "110101900307001", "15 位旧号码"),
    ("applicant", "/applicant/id_number", "1101011990030700", "应为 18 位，现在是 16 位"),
    ("applicant", "/applicant/id_number", "一一零一零一一九九零零三零七零零一", "应为 18 位"),
    ("applicant", "/applicant/phone", "138一二三", "有效的电话号码"),
    ("applicant", "/applicant/phone", "+15550109999", "有效的电话号码"),
    ("applicant", "/applicant/name", "", "请填写姓名"),
    ("applicant", "/applicant/name", "长" * 51, "50"),
    ("applicant", "/applicant/name", "\u200b\ufeff\u202e", "请填写姓名"),
    ("applicant", "/applicant/gender", "7", "请从列表中重新选择"),
    ("applicant", "/applicant/ethnicity", "<script>alert(1)</script>", "请从列表中重新选择"),
    ("application_reason", "/applicant/household_size", "三口", "整数"),
    ("application_reason", "/applicant/household_size", "-1", "不能小于"),
    ("application_reason", "/applicant/household_size", "99999999999999999999", "整数"),
    ("application_reason", "/applicant/household_income/amount", "两千元左右", "金额"),
    ("application_reason", "/applicant/household_income/amount", "12.345", "金额"),
    ("application_reason", "/applicant/household_income/amount", "1e9", "金额"),
    ("application_reason", "/applicant/reason", "长" * 1001, "1000"),
    ("assets", "/assets/deposits", "十万", "金额"),
    ("assets", "/assets/deposits", "1,00", "金额"),
    ("bank_account", "/bank_account/account_number", "6222", "账号"),
)
#: What is typed, and what is understood.
FORGIVEN = (
    ("applicant", "/applicant/phone", "１３９－００００－０１０６", "13900000106"),
    ("applicant", "/applicant/id_number", "１４０２１４ １９７６０８２３ ０５３６", "140214197608230536"),
    ("applicant", "/applicant/name", "  白\u200b志\x00强\r\n", "白志强"),
    ("application_reason", "/applicant/household_size", "８", 8),
    ("assets", "/assets/deposits", "￥１，２３４．５０元", 123450),
)


async def opened(town: Town, page: str, example: str = FAMILY_OF_EIGHT) -> tuple[Visitor, Applicant, str]:
    """Somebody at a page of a filled draft, and the draft's id."""
    visitor, actor = await town.applicant()
    draft = await town.draft(actor, example)
    await visitor.open(f"/apply/{draft.id}/{page}")
    assert visitor.status == 200
    return visitor, actor, draft.id


async def stored(town: Town, actor: Applicant, draft_id: str) -> applying.Draft:
    draft = await applying.load_draft(town.office, actor=actor, draft_id=draft_id)
    assert isinstance(draft, applying.Draft)
    return draft


async def post(visitor: Visitor, pairs: list[tuple[str, str]], action: str = "") -> None:
    """Posts any pairs to the form of the page, or elsewhere."""
    headers = {"content-type": "application/x-www-form-urlencoded"}
    answer = await visitor.client.post(action or visitor.form().action, content=urlencode(pairs), headers=headers)
    visitor._shown(answer)


def put(visitor: Visitor, name: str, text: str, intent: str = "next") -> list[tuple[str, str]]:
    """The pairs of the page's form with another text in one field."""
    return [*((key, value) for key, value in visitor.form().values if key != name), (name, text), ("intent", intent)]


@pytest.mark.parametrize(("page", "name", "typed", "words"), WRONG, ids=[f"{name}={typed[:24]}" for _, name, typed, _ in WRONG])
def test_what_is_wrong_is_told_at_both_places_and_stays(
    town: Town, run: Run, page: str, name: str, typed: str, words: str
) -> None:
    async def type_it() -> None:
        visitor, actor, draft_id = await opened(town, page)
        await post(visitor, put(visitor, name, typed))
        assert visitor.status == 422
        (href,) = [href for href in visitor.faults() if href.startswith(f"#{name}")]
        assert words in visitor.faults()[href]
        assert words in visitor.beside(href[1:])
        assert "<script>alert" not in visitor.html
        shown = [value for key, value in visitor.form().values if key == name]
        if name.endswith(("gender", "ethnicity")):
            # A choice that is not offered has no place on the page; the draft keeps it nevertheless.
            assert (await stored(town, actor, draft_id)).data.values[name] == typed
        else:
            assert shown == [typed.strip("\u200b\ufeff\u202e")]

    run(type_it())


@pytest.mark.parametrize(("page", "name", "typed", "understood"), FORGIVEN, ids=[one[1] for one in FORGIVEN])
def test_what_can_be_understood_is(town: Town, run: Run, page: str, name: str, typed: str, understood: object) -> None:
    async def type_it() -> None:
        visitor, actor, draft_id = await opened(town, page)
        await post(visitor, put(visitor, name, typed))
        assert visitor.status == 200, visitor.summary
        assert (await stored(town, actor, draft_id)).data.values[name] == understood

    run(type_it())


def test_a_day_that_does_not_exist_is_told_in_its_row(town: Town, run: Run) -> None:
    async def type_it() -> None:
        visitor, _, _ = await opened(town, "assets")
        await visitor.press(visitor.form().action, "add:/assets/properties")
        key = next(value for name, value in visitor.form().values if name == "/assets/properties/~rows")
        name = f"/assets/properties/@{key}/acquired_on"
        for typed in ("2023-02-30", "２０２３年１３月４５日", "昨天", "0000-00-00"):
            await post(visitor, put(visitor, name, typed))
            assert visitor.status == 422
            assert f"#{name}" in visitor.faults(), typed
            assert visitor.beside(name)
            assert visitor.typed(name) == typed

    run(type_it())


def test_a_row_too_many_is_not_added_and_said(town: Town, run: Run) -> None:
    async def add() -> None:
        visitor, actor, draft_id = await opened(town, "household_members")
        group = "/household_members"
        for _ in range(13):
            await visitor.press(visitor.form().action, f"add:{group}")
        assert len((await stored(town, actor, draft_id)).data.rows[group]) == 20
        await post(visitor, put(visitor, "/nothing", "", f"add:{group}"))
        assert visitor.status == 422
        assert "最多 20 项" in visitor.faults()[f"#{group}"]
        assert len((await stored(town, actor, draft_id)).data.rows[group]) == 20

    run(add())


def test_two_hundred_members_of_a_made_up_page_are_none(town: Town, run: Run) -> None:
    async def send() -> None:
        visitor, actor, draft_id = await opened(town, "household_members")
        before = (await stored(town, actor, draft_id)).data
        rows = [("/household_members/~rows", f"k{number}") for number in range(200)]
        names = [(f"/household_members/@k{number}/name", "N") for number in range(200)]
        await post(visitor, [*visitor.form().values, *rows, *names, ("intent", "next")])
        assert visitor.status == 200
        assert (await stored(town, actor, draft_id)).data == before

    run(send())


def test_rows_and_answers_of_somebody_else_stay_out_of_reach(town: Town, run: Run) -> None:
    async def send() -> None:
        _, other, other_id = await opened(town, "household_members")
        theirs = await stored(town, other, other_id)
        visitor, actor, draft_id = await opened(town, "household_members", SHORT)
        before = (await stored(town, actor, draft_id)).data
        foreign = [(f"/household_members/@{key}/name", "Taken") for key in ("r99", "", "../r1", "r1/@r2", "\x00")]
        await post(visitor, [*visitor.form().values, *foreign, ("/remarks", "x"), ("draft_id", other_id), ("intent", "next")])
        assert (await stored(town, actor, draft_id)).data == before
        assert await stored(town, other, other_id) == theirs
        await post(
            visitor, [("csrf", town.form_token(visitor.token)), ("intent", "next")], f"/apply/{other_id}/household_members"
        )
        assert visitor.status == 404

    run(send())


def test_every_computed_value_that_is_posted_is_ignored(town: Town, run: Run) -> None:
    async def send() -> None:
        form = (await town.release()).form
        computed = [field for field in form.fields.values() if field.computed]
        assert computed
        for field in computed:
            visitor, actor, draft_id = await opened(town, field.page)
            pointer = group_pointer(field.id)
            before = (await stored(town, actor, draft_id)).data
            await post(visitor, [*visitor.form().values, (pointer, "1"), (f"{pointer}/~present", "1"), ("intent", "save")])
            after = (await stored(town, actor, draft_id)).data
            assert (after.values.get(pointer), after.raw, after.touched) == (
                before.values.get(pointer),
                before.raw,
                before.touched,
            )

    run(send())


@pytest.mark.parametrize(
    "tampered",
    [
        {"mark": "0" * 20},
        {"mark": "\x00<script>"},
        {"from": "https://elsewhere.example"},
        {"from": "//elsewhere.example"},
        {"errors": "'"},
        {"intent": "remove:/household_members/@zzz"},
        {"intent": "remove:/"},
        {"intent": "add:/applicant"},
        {"intent": "remove_file:/applicant/photo/-1"},
        {"intent": "move_up:" + "/" * 500},
        {"intent": "\x00"},
    ],
    ids=str,
)
def test_tampered_hidden_inputs_change_nothing(town: Town, run: Run, tampered: dict[str, str]) -> None:
    async def send() -> None:
        visitor, actor, draft_id = await opened(town, "household_members")
        before = (await stored(town, actor, draft_id)).data
        kept = [(name, value) for name, value in visitor.form().values if name not in tampered]
        await post(visitor, [*kept, *tampered.items()])
        assert visitor.status == 200
        assert "elsewhere.example" not in visitor.html and "<script>" not in visitor.html
        assert (await stored(town, actor, draft_id)).data == before

    run(send())


def test_a_page_changed_elsewhere_is_shown_with_what_was_typed_before_it_is_saved(town: Town, run: Run) -> None:
    async def type_it() -> None:
        first, actor, draft_id = await opened(town, "remarks")
        second = town.visitor(first.token)
        await second.open(first.path)
        await post(first, put(first, "/remarks", "First", "save"))
        await post(second, put(second, "/remarks", "Second", "save"))
        assert second.status == 409
        assert NOTES["page-conflict"] in second.text
        assert second.typed("/remarks") == "Second"
        assert (await stored(town, actor, draft_id)).data.values["/remarks"] == "First"
        await post(second, put(second, "/remarks", "Second", "save"))
        assert (await stored(town, actor, draft_id)).data.values["/remarks"] == "Second"

    run(type_it())


async def end(town: Town, visitor: Visitor) -> None:
    """Ensures the session of a visitor has ended a minute ago."""
    row = await session_row(town, visitor)
    await town.office.store.touch_session(row.token_hash, row.seen_at, town.office.now())


async def session_row(town: Town, visitor: Visitor) -> SessionRow:
    row = await town.office.store.session(hashlib.sha256(visitor.token.encode()).hexdigest())
    assert row is not None
    return row


def test_what_was_typed_before_the_session_ended_is_saved_and_not_shown(town: Town, run: Run) -> None:
    async def type_it() -> None:
        visitor, actor, draft_id = await opened(town, "remarks")
        pairs = put(visitor, "/remarks", "Typed too late")
        await end(town, visitor)
        for changed in ([], [("mark", "made up")]):
            await post(visitor, [*changed, *pairs], f"/apply/{draft_id}/remarks")
            assert visitor.path == f"/sign-in?kept=1&next=/apply/{draft_id}/remarks"
            assert NOTES["kept"] in visitor.text
            assert "白志强" not in visitor.html
        assert (await stored(town, actor, draft_id)).data.values["/remarks"] == "Typed too late"
        await visitor.open(f"/apply/{draft_id}/remarks")
        assert visitor.path.startswith("/sign-in?")

    run(type_it())


def test_a_first_page_posted_too_late_becomes_a_draft(town: Town, run: Run) -> None:
    async def type_it() -> None:
        visitor, actor = await town.applicant()
        await visitor.open(FIRST)
        pairs = [*visitor.form().values, ("/application/items", "temporary_assistance"), ("intent", "next")]
        await end(town, visitor)
        await post(visitor, pairs, FIRST)
        found = re.fullmatch(r"/sign-in\?kept=1&next=/apply/(\w+)/items", visitor.path)
        assert found
        assert (await stored(town, actor, found[1])).data.values["/application/items"] == ["temporary_assistance"]

    run(type_it())


@pytest.mark.parametrize("token", ["", "made up", "\x00", "x" * 5_000, "other"])
def test_a_form_without_the_token_of_the_browser_is_shown_again_and_saves_nothing(town: Town, run: Run, token: str) -> None:
    async def type_it() -> None:
        other, _ = await town.applicant()
        visitor, actor, draft_id = await opened(town, "remarks")
        forged = town.form_token(other.token) if token == "other" else token
        pairs = [pair for pair in put(visitor, "/remarks", "Typed with care") if pair[0] != "csrf"]
        await post(visitor, [("csrf", forged), *pairs])
        assert visitor.status == 403
        assert NOTES["page-stale"] in visitor.text
        assert visitor.typed("/remarks") == "Typed with care"
        assert "/remarks" not in (await stored(town, actor, draft_id)).data.touched
        await visitor.open(FIRST)
        await post(visitor, [("csrf", forged), ("/application/items", "temporary_assistance"), ("intent", "next")])
        assert visitor.status == 403
        assert NOTES["page-stale"] in visitor.text
        assert "/application/items" in {name for name, value in visitor.form().values if value == "temporary_assistance"}

    run(type_it())


def test_pressing_submit_many_times_at_once_makes_one_application(town: Town, run: Run) -> None:
    async def submit() -> None:
        visitor, actor, _ = await opened(town, "check", SHORT)
        form = visitor.form()
        windows = [town.visitor(visitor.token) for _ in range(20)]
        await asyncio.gather(*(post(one, form.values, form.action) for one in windows))
        assert {one.status for one in windows} == {200}
        assert len({one.path for one in windows if one.path.endswith("/receipt")}) == 1
        assert len(await town.office.store.applications_of(actor.account_id)) == 1
        await post(visitor, form.values, form.action)
        assert visitor.status == 200
        assert len(await town.office.store.applications_of(actor.account_id)) == 1

    run(submit())


@pytest.mark.parametrize("version", ["0", "-1", "999", "1.0", "", "１", "\x00", "9" * 400])
def test_nothing_is_submitted_that_was_not_shown(town: Town, run: Run, version: str) -> None:
    async def submit() -> None:
        visitor, actor, _ = await opened(town, "check", SHORT)
        await post(visitor, [pair for pair in visitor.form().values if pair[0] != "version"] + [("version", version)])
        assert visitor.status == 409
        assert NOTES["changed-since-check"] in visitor.text
        assert await town.office.store.applications_of(actor.account_id) == ()

    run(submit())


def test_a_draft_with_problems_is_not_submitted_and_each_problem_leads_to_its_place(town: Town, run: Run) -> None:
    async def submit() -> None:
        visitor, actor, draft_id = await opened(town, "applicant")
        await post(visitor, put(visitor, "/applicant/id_number", "110101199003070012", "save"))
        await visitor.open(f"/apply/{draft_id}/materials")
        await visitor.open(f"/apply/{draft_id}/check")
        await visitor.press(visitor.form().action)
        assert visitor.status == 422
        ((href, words),) = visitor.summary.items()
        assert "校验码不符" in words
        await visitor.open(href)
        assert "/applicant/id_number" in visitor.path or "校验码不符" in visitor.beside("/applicant/id_number")
        assert await town.office.store.applications_of(actor.account_id) == ()

    run(submit())


names = st.sampled_from(
    ("/applicant/name", "/applicant/phone", "/applicant/gender/~present", "/applicant/current_address/line", "/applicant/photo")
)
texts = st.text(max_size=60) | st.sampled_from(("\ud800", "%00", "\u202e", "👨‍👩‍👧", "]]>", "{{7*7}}", "${7}", "\x85\u2028"))


@settings(
    max_examples=40,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
    deadline=None,
    phases=[Phase.generate, Phase.shrink],
)
@given(typed=st.lists(st.tuples(names | st.text(max_size=20), texts), max_size=8))
def test_whatever_is_posted_is_answered(town: Town, run: Run, typed: list[tuple[str, str]]) -> None:
    async def send() -> httpx.Response:
        visitor, _, draft_id = await shared(town)
        pairs = [("csrf", town.form_token(visitor.token)), ("intent", "next"), *typed]
        body = urlencode(pairs, errors="surrogatepass")
        headers = {"content-type": "application/x-www-form-urlencoded"}
        return await visitor.client.post(f"/apply/{draft_id}/applicant", content=body, headers=headers, follow_redirects=False)

    assert run(send()).status_code in (303, 403, 422)


_SHARED: dict[int, tuple[Visitor, Applicant, str]] = {}


async def shared(town: Town) -> tuple[Visitor, Applicant, str]:
    """One draft for all generated posts."""
    if id(town) not in _SHARED:
        _SHARED[id(town)] = await opened(town, "applicant")
    return _SHARED[id(town)]

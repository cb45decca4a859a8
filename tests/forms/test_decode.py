"""Posted names and texts: only what the page asks is taken, rows keep their keys, nothing hidden is lost."""

from __future__ import annotations

from typing import Any

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from small_forms import CONTEXT, compiled, control, definition, new_keys

from server.forms.body import Body, BodyFault, parse_body
from server.forms.compile import CompiledForm
from server.forms.data import EMPTY, FormData
from server.forms.decode import Decoded, decode, forget_row
from server.forms.settle import settle

MEMBER = {
    "type": "object",
    "properties": {
        "name": {"type": "string", "title": "Name"},
        "age": {"type": "integer", "title": "Age"},
        "ill": {"type": "boolean", "title": "Ill"},
    },
}
GROUP = {"options": {"detail": [control("name"), control("age"), control("ill")]}}


def family(maximum: int = 5) -> CompiledForm:
    """Two pages: a name, a hidden remark and a total, then members; three facts count and read them."""
    properties = {
        "name": {"type": "string", "title": "Name"},
        "alone": {"type": "boolean", "title": "Alone"},
        "remark": {"type": "string", "title": "Remark"},
        "paid": {"type": "integer", "title": "Paid", "readOnly": True},
        "total": {"type": "integer", "title": "Total"},
        "members": {"type": "array", "title": "Members", "items": MEMBER, "maxItems": maximum},
    }
    logic = {
        "facts": {"count": {"count": "members"}, "ages": {"sum": "members[].age", "skip_unanswered": True}},
        "fields": {
            "remark": {"relevant": "alone"},
            "members": {"relevant": "!alone"},
            "total": {"computed": "count + ages"},
            "members[].age": {"relevant": "row.name != 'unborn'"},
        },
    }
    pages = {"first": [control(name) for name in properties if name != "members"], "second": [control("members", **GROUP)]}
    return compiled(definition(properties, pages=pages, logic=logic))


FORM = family()


def post(data: FormData, page: str, *fields: tuple[str, str]) -> Decoded:
    keys = (key for key in new_keys() if key not in data.rows.get("/members", ()))
    return decode(FORM, data, fields, page=page, new_keys=keys)


def members(*names: str) -> FormData:
    """Rows `a`, `b`, `c` … with these names."""
    keys = tuple("abcdefgh"[: len(names)])
    values = {f"/members/@{key}/name": name for key, name in zip(keys, names, strict=True)}
    return FormData(rows={"/members": keys}, values=values, touched=frozenset(values))


def instance(data: FormData) -> dict[str, Any]:
    return settle(FORM, data, CONTEXT).instance


def test_a_hidden_answer_is_kept_in_the_draft_and_absent_from_the_submission() -> None:
    spoken = post(EMPTY, "first", ("/alone", "true"), ("/remark", "nobody helps")).data
    assert instance(spoken)["remark"] == "nobody helps"
    changed = post(spoken, "first", ("/alone", "false")).data
    assert changed.values["/remark"] == "nobody helps"
    assert "remark" not in instance(changed)
    assert instance(post(changed, "first", ("/alone", "true")).data)["remark"] == "nobody helps"


def test_rows_of_a_hidden_group_come_back_with_their_answers() -> None:
    alone = post(members("Wang", "Li"), "first", ("/alone", "true")).data
    assert "members" not in instance(alone)
    assert instance(alone)["total"] == 0
    together = post(alone, "first", ("/alone", "false")).data
    assert instance(together)["members"] == [{"name": "Wang"}, {"name": "Li"}]


def test_a_computed_value_that_was_posted_is_ignored() -> None:
    decoded = post(members("Wang"), "first", ("/total", "999"), ("/paid", "1"), ("/name", "Li"))
    assert set(decoded.ignored) == {"/total", "/paid"}
    assert "/total" not in decoded.data.values
    assert instance(post(decoded.data, "first", ("/alone", "false")).data)["total"] == 1


def test_a_computed_value_in_stored_answers_is_computed_anew() -> None:
    forged = FormData(values={"/total": 999, "/paid": 999, "/alone": False}, rows={"/members": ("a",)})
    assert instance(forged) == {"alone": False, "total": 1, "members": [{}]}


@pytest.mark.parametrize(
    "name",
    [
        "/nothing",
        "/members/@a/name",
        "/members",
        "/members/0/name",
        "/name/",
        "/name/~present/x",
        "//name",
        "/na\x00me",
        "/NAME",
        "/~0name",
        "/paid",
        "/members/~rows",
        "/__proto__/x",
    ],
)
def test_names_the_page_does_not_ask_for_are_named_and_change_nothing(name: str) -> None:
    decoded = post(EMPTY, "first", (name, "x"))
    assert decoded.data == EMPTY
    assert decoded.ignored == (name,)


@pytest.mark.parametrize("name", ["csrf", "mark", "intent", ""])
def test_inputs_of_the_page_itself_are_not_reported(name: str) -> None:
    assert post(EMPTY, "first", (name, "x")).ignored == ()


def test_answers_of_another_page_are_not_taken() -> None:
    decoded = post(members("Wang"), "first", ("/members/@a/name", "Li"))
    assert decoded.data == members("Wang")
    assert decode(FORM, EMPTY, [("/name", "x")], page="third", new_keys=new_keys()).data == EMPTY


def test_the_first_of_several_texts_counts() -> None:
    assert post(EMPTY, "first", ("/name", "one"), ("/name", "two")).data.values == {"/name": "one"}


def test_an_emptied_input_removes_the_answer_and_stays_touched() -> None:
    emptied = post(post(EMPTY, "first", ("/name", "x")).data, "first", ("/name", "  ")).data
    assert emptied.values == {}
    assert emptied.touched == {"/name"}


def test_a_page_without_the_input_leaves_the_answer() -> None:
    data = post(EMPTY, "first", ("/name", "x"), ("/alone", "true")).data
    assert post(data, "first", ("/remark", "y")).data.values["/alone"] is True
    assert "/alone" not in post(data, "first", ("/alone/~present", "1")).data.values


def test_text_that_cannot_be_read_stays_until_it_is_corrected() -> None:
    wrong = post(members("Wang"), "second", ("/members/@a/age", "forty")).data
    assert wrong.raw == {"/members/@a/age": "forty"}
    assert "/members/@a/age" not in wrong.values
    right = post(wrong, "second", ("/members/@a/age", "40")).data
    assert (right.raw, right.values["/members/@a/age"]) == ({}, 40)
    empty = post(wrong, "second", ("/members/@a/age", "")).data
    assert empty.raw == {}


def test_rows_keep_their_keys_when_others_are_added_moved_and_removed() -> None:
    data = members("Wang", "Li", "Zhao")
    data = post(data, "second", ("intent", "remove:/members/@b")).data
    data = post(data, "second", ("intent", "add:/members"), ("/members/@c/name", "Zhou")).data
    data = post(data, "second", ("intent", "move_up:/members/@c")).data
    assert data.rows == {"/members": ("c", "a", "k1")}
    assert instance(msgspec.structs.replace(data, values={**data.values, "/alone": False}))["members"] == [
        {"name": "Zhou"},
        {"name": "Wang"},
        {},
    ]


def test_nothing_of_a_removed_row_is_left() -> None:
    data = post(members("Wang", "Li"), "second", ("/members/@b/age", "forty"), ("intent", "remove:/members/@b")).data
    assert data == members("Wang")
    assert forget_row(data, "/members/@b") == data


def test_a_full_group_takes_no_further_row() -> None:
    full = members("1", "2", "3", "4", "5")
    assert post(full, "second", ("intent", "add:/members")).data == full


@pytest.mark.parametrize(
    "intent",
    [
        "add:/name",
        "add:",
        "add:/members/@a",
        "remove:/members",
        "remove:/members/@z",
        "remove:/@a",
        "move_up:/members/@a",
        "drop:/members",
    ],
)
def test_an_intent_without_target_changes_nothing(intent: str) -> None:
    assert post(members("Wang", "Li"), "second", ("intent", intent)).data == members("Wang", "Li")


def test_an_intent_of_another_page_changes_nothing() -> None:
    assert post(members("Wang"), "first", ("intent", "remove:/members/@a")).data == members("Wang")


@pytest.mark.parametrize(
    ("text", "kind"), [("", "next"), ("save", "save"), ("back", "back"), ("unheard-of", "next"), ("add:/x", "add")]
)
def test_the_pressed_button_is_told(text: str, kind: str) -> None:
    assert post(EMPTY, "first", ("intent", text)).intent.kind == kind


def test_a_suggestion_sent_back_unchanged_stays_a_suggestion() -> None:
    suggested = {"/name": "Wang"}
    kept = decode(FORM, EMPTY, [("/name", "Wang")], page="first", new_keys=new_keys(), suggested=suggested).data
    assert kept == EMPTY
    changed = decode(FORM, EMPTY, [("/name", "Li")], page="first", new_keys=new_keys(), suggested=suggested).data
    assert (changed.values, changed.touched) == ({"/name": "Li"}, {"/name"})
    emptied = decode(FORM, EMPTY, [("/name", "")], page="first", new_keys=new_keys(), suggested=suggested).data
    assert (emptied.values, emptied.touched) == ({}, {"/name"})


ACTIONS = st.tuples(st.sampled_from(["add", "remove", "move_up", "move_down", "name", "order"]), st.integers(0, 6))


@given(st.lists(ACTIONS, max_size=12))
def test_a_row_is_the_same_row_whatever_happens_around_it(actions: list[tuple[str, int]]) -> None:
    """The draft against a plain list of names."""
    data, names, expected = EMPTY, iter(f"name {number}" for number in range(100)), dict[str, str]()
    order: list[str] = []
    for action, number in actions:
        key = order[number % len(order)] if order else "none"
        place = order.index(key) if order else 0
        match action:
            case "add":
                data = post(data, "second", ("intent", "add:/members")).data
                if len(order) < 5:
                    order.append(next(new for new in data.rows["/members"] if new not in order))
            case "name" if order:
                expected[key] = next(names)
                data = post(data, "second", (f"/members/@{key}/name", expected[key])).data
            case "order":
                data = post(data, "second", *(("/members/~rows", other) for other in reversed(order))).data
                order.reverse()
            case "remove" if order:
                data = post(data, "second", ("intent", f"remove:/members/@{key}")).data
                order.remove(key)
                expected.pop(key, None)
            case "move_up" | "move_down" if order:
                data = post(data, "second", ("intent", f"{action}:/members/@{key}")).data
                to = place + (-1 if action == "move_up" else 1)
                if 0 <= to < len(order):
                    order[place], order[to] = order[to], order[place]
    assert list(data.rows.get("/members", ())) == order
    assert data.values == {f"/members/@{key}/name": name for key, name in expected.items()}


NAMES = st.sampled_from(
    ["/name", "/alone", "/remark", "/total", "/paid", "/members/@a/age", "/members/@b/ill", "/members/~rows", "intent"]
)
TEXTS = st.text(max_size=12) | st.sampled_from(
    ["true", "４０", "a", "b", "add:/members", "remove:/members/@a", "\ud800", "\x00", "😀\r\n"]
)


@given(st.lists(st.tuples(NAMES | st.text(max_size=8), TEXTS), max_size=20), st.sampled_from(["first", "second", "none"]))
def test_any_post_leaves_answers_that_can_be_stored_settled_and_posted_again(fields: list[tuple[str, str]], page: str) -> None:
    before = members("Wang", "Li")
    data = post(before, page, *fields).data
    msgspec.json.encode(data)
    settled = settle(FORM, data, CONTEXT)
    assert settled.stable
    answered = [field for field in fields if field[0] != "intent"]
    assert post(data, page, *answered).data.values == data.values
    rows = {pointer.split("/")[2] for pointer in data.values if pointer.startswith("/members/")}
    assert rows <= {f"@{key}" for key in data.rows["/members"]}


def test_ten_thousand_names_are_refused_and_the_most_allowed_are_read() -> None:
    def body(count: int) -> bytes:
        return "&".join(f"/name{number}=x" for number in range(count)).encode()

    form_type = "application/x-www-form-urlencoded"
    assert parse_body(body(10_000), form_type) == BodyFault("too-many-fields")
    found = parse_body(body(5_000), form_type)
    assert isinstance(found, Body)
    assert len(decode(FORM, EMPTY, found.fields, page="first", new_keys=new_keys()).ignored) == 5_000


@settings(max_examples=30)
@given(st.text(max_size=40))
def test_cleaning_a_text_twice_is_cleaning_it_once(text: str) -> None:
    once = post(EMPTY, "first", ("/name", text)).data
    again = post(once, "first", ("/name", once.values.get("/name", ""))).data
    assert again.values == once.values

"""What keyboards, copies and programs send: read as it looks, or refused with words, never taken for something else."""

from __future__ import annotations

import copy
import unicodedata
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from real_form import context, example, form
from small_forms import CONTEXT, compiled, control, definition, new_keys
from stdnum.cn import ric

from server.forms.data import EMPTY, FormData
from server.forms.decode import decode
from server.forms.settle import settle
from server.forms.validate import check_instance, validate
from server.messages.problems import problem_text

FORM = compiled(
    definition(
        {
            "text": {"type": "string", "maxLength": 20},
            "long": {"type": "string", "x-element": "long_text"},
            "count": {"type": "integer"},
            "money": {"type": "integer", "x-money": "CNY"},
            "share": {"type": "integer", "x-element": {"kind": "decimal", "scale": 1}},
            "area": {"type": "integer", "x-element": {"kind": "decimal", "scale": 1, "unit": "m2"}},
            "day": {"type": "string", "format": "date"},
            "person": {"type": "string", "x-element": "resident_id"},
            "phone": {"type": "string", "x-element": "phone"},
            "sure": {"type": "boolean"},
            "some": {"type": "array", "items": {"type": "string", "enum": ["a", "b", "c"]}, "uniqueItems": True},
            "rows": {"type": "array", "items": {"type": "object", "properties": {"name": {"type": "string"}}}},
        },
        [
            *(
                control(name)
                for name in ("text", "long", "count", "money", "share", "area", "day", "person", "phone", "sure", "some")
            ),
            control("rows", options={"detail": [control("name")]}),
        ],
    )
)
ROW = FormData(rows={"/rows": ("k1",)})


def with_check(digits: str) -> str:
    """An identity number of 17 digits with its check character."""
    return digits + ric.calc_check_digit(f"{digits}0")


def read(*fields: tuple[str, str], start: FormData = EMPTY) -> tuple[dict[str, Any], list[tuple[str, str]]]:
    """The answers of a post and the code of each problem."""
    data = decode(FORM, start, fields, page="page", new_keys=new_keys()).data
    problems = validate(FORM, settle(FORM, data, CONTEXT), context=CONTEXT).problems
    assert all(problem_text(problem) for problem in problems)
    return data.values, [(problem.pointer, problem.code) for problem in problems]


UNDERSTOOD: tuple[tuple[str, str, Any], ...] = (
    ("/count", "１２", 12),
    ("/count", " 1\u200b2\u202e", 12),
    ("/count", "𝟏𝟐", 12),
    ("/count", "1，234", 1234),
    ("/money", "￥1,234.50元", 123450),
    ("/money", "1\u00a0000", 100000),
    ("/share", "８６．５", 865),
    ("/area", "82 m²", 820),
    ("/day", "2024-02-29", "2024-02-29"),
    ("/day", "２０２４年２月２９日", "2024-02-29"),
    ("/day", "20000229", "2000-02-29"),
    ("/person", "11010119900307002x", "11010119900307002X"),
    ("/person", "１１０１０１ １９９００３０７ ００１１", "110101199003070011"),
    ("/person", "110101\u200b199003070011\ufeff", "110101199003070011"),
    ("/person", with_check("11010120000229001").lower(), with_check("11010120000229001")),
    ("/phone", "139－0000－0106", "13900000106"),
    ("/text", "a\x00b\x1f", "ab"),
    ("/text", "a\r\nb\rc", "a b c"),
    ("/text", "\u202e\u200bLi\u2066", "Li"),
    ("/text", "😀𠮷", "😀𠮷"),
    ("/text", "e\u0301", "e\u0301"),
    ("/long", "a\r\nb\rc\n\n", "a\nb\nc"),
    ("/sure", "true", True),
)


@pytest.mark.parametrize(("name", "typed", "value"), UNDERSTOOD, ids=[ascii(one[1]) for one in UNDERSTOOD])
def test_what_looks_like_an_answer_is_read_as_it_looks(name: str, typed: str, value: Any) -> None:
    assert read((name, typed)) == ({name: value}, [])


#: Digits that are others than they seem, that stand higher or lower than their number, and numbers nobody writes so.
REFUSED: tuple[tuple[str, str, str], ...] = (
    *(
        ("/count", typed, "unreadable-integer")
        for typed in ("10²", "²", "8₂", "৪", "٣", "1٣", "१२", "1O", "l0", "½", "1½", "Ⅻ", "十")
    ),
    *(("/count", typed, "unreadable-integer") for typed in ("1e3", "0x10", "--5", "1_000", "NaN", "∞", "5.5", "9" * 17)),
    *(("/money", typed, "unreadable-money") for typed in ("10²", "৪00", "1.2.3", "1,00", "1.005", "-", "¥", "100 yuan")),
    *(("/share", typed, "unreadable-decimal") for typed in ("5²", "৪.5", "86.55", "86,5", "%")),
    *(("/day", typed, "unreadable-date") for typed in ("2023-02-29", "1900-02-29", "2100年2月29日", "2024-02-30", "2024-13-01")),
    *(("/day", typed, "unreadable-date") for typed in ("2024-02-²9", "٢٠٢٤-٠٢-٢٩", "24-02-29", "0000-01-01", "10000-01-01")),
    ("/person", "110101900307001", "id-number-old"),
    ("/person", "11010119900307001\u0425", "id-number-characters"),
    ("/person", "11010119900307001×", "id-number-characters"),
    ("/person", "1101011990030700১1", "id-number-characters"),
    ("/person", "11010119900307001²", "id-number-characters"),
    ("/person", "l10101199003070011", "id-number-characters"),
    ("/person", "11010119900307001O", "id-number-characters"),
    ("/person", "110101199003070012", "id-number-check"),
    ("/person", with_check("11010120230229001"), "id-number-birth"),
    ("/person", with_check("11010120991231001"), "id-number-birth"),
    ("/person", with_check("11010118000101001"), "id-number-birth"),
    ("/phone", "١٣٩٠٠٠٠٠١٠٦", "phone-form"),
    ("/phone", "1390000010²", "phone-form"),
    ("/text", "x" * 21, "schema-maxLength"),
    ("/sure", "maybe", "unreadable-yes_no"),
)


@pytest.mark.parametrize(("name", "typed", "code"), REFUSED, ids=[f"{one[0]} {ascii(one[1])[:30]}" for one in REFUSED])
def test_what_could_be_taken_for_something_else_is_refused_with_words(name: str, typed: str, code: str) -> None:
    _, problems = read((name, typed))
    assert problems == [(name, code)]


@pytest.mark.parametrize("typed", ["", " ", "\u3000", "\u200b\u200d\ufeff", "\x00", "\ud800", "\r\n", "\u202e"], ids=ascii)
def test_what_cannot_be_seen_is_no_answer(typed: str) -> None:
    for name in ("/text", "/long", "/count", "/money", "/day", "/person", "/some"):
        assert read((name, typed)) == ({}, [])


@settings(max_examples=200)
@given(st.text(st.characters(categories=["Nd", "No", "Nl"]), min_size=1, max_size=3))
def test_no_number_is_read_of_digits_that_are_not_ours(typed: str) -> None:
    values, _ = read(("/count", typed))
    if values:
        assert str(values["/count"]) == str(int(unicodedata.normalize("NFKC", typed).rstrip(".")))
        assert not any(unicodedata.decomposition(c).startswith(("<super>", "<sub>")) for c in typed)


def test_the_first_of_several_texts_counts_and_boxes_are_taken_together() -> None:
    values, problems = read(("/text", "first"), ("/text", "second"), ("/some", "b"), ("/some", "a"), ("/some", "b"))
    assert (values, problems) == ({"/text": "first", "/some": ["b", "a"]}, [])


UNKNOWN_ROWS = ("k2", "K1", "k1 ", "", "0", "-1", "@k1", "k1/@k1", "../k1", "\x00k1", "k\u20611", "ｋ1", "__proto__", "k" * 1_500)


@pytest.mark.parametrize("key", UNKNOWN_ROWS, ids=lambda key: ascii(key)[:20])
def test_a_row_that_nobody_added_is_none(key: str) -> None:
    fields = [("/rows/~rows", key), ("/rows/~rows", "k1"), ("/rows/~rows", "k1"), (f"/rows/@{key}/name", "made up")]
    decoded = decode(FORM, ROW, fields, page="page", new_keys=new_keys())
    assert decoded.data == ROW
    assert decoded.ignored == (f"/rows/@{key}/name",)
    for intent in ("remove", "move_up", "move_down"):
        assert decode(FORM, ROW, [("intent", f"{intent}:/rows/@{key}")], page="page", new_keys=new_keys()).data == ROW


DEEP = (
    "/text" * 200,
    "/rows/@k1" * 200,
    "/" * 200,
    "/text/" + "0/" * 200,
    "/text" + "~1" * 200,
    "/rows/@k1/name" + "/name" * 200,
)


@pytest.mark.parametrize("name", DEEP, ids=lambda name: name[:20])
def test_a_name_two_hundred_levels_deep_leads_nowhere(name: str) -> None:
    decoded = decode(
        FORM, ROW, [(name, "x"), (f"{name}/~present", "1"), (f"{name}/~rows", "x")], page="page", new_keys=new_keys()
    )
    assert decoded.data == ROW
    assert len(decoded.ignored) == 3


def test_ten_thousand_names_are_told_as_ignored_and_leave_nothing_behind() -> None:
    fields = [(f"/rows/@r{number}/name", "x") for number in range(10_000)]
    decoded = decode(FORM, ROW, [*fields, ("/text", "kept")], page="page", new_keys=new_keys())
    assert (decoded.data.values, decoded.data.rows) == ({"/text": "kept"}, ROW.rows)
    assert len(decoded.ignored) == 10_000


@pytest.mark.parametrize(
    "name",
    ["/te\x00xt", "/text\x00", "/\ud800", "/text\ud800", "/TEXT", "/ｔext", "/te\u200bxt", "/text\r\n", "/тext"],
    ids=ascii,
)
def test_a_name_that_only_looks_like_one_of_the_page_is_ignored(name: str) -> None:
    decoded = decode(FORM, EMPTY, [(name, "x")], page="page", new_keys=new_keys())
    assert (decoded.data, decoded.ignored) == (EMPTY, (name,))


def deep(levels: int) -> Any:
    value: Any = "x"
    for _ in range(levels):
        value = {"a": [value]}
    return value


@pytest.mark.parametrize(
    ("member", "value", "code"),
    [
        ("text", deep(200), "schema-type"),
        ("rows", [deep(200)], "unknown-field"),
        ("unknown", deep(200), "unknown-field"),
        ("text", "a" * 100_000, "schema-maxLength"),
        ("person", "11010119900307002x", "id-number-characters"),
        ("person", "110101900307001", "id-number-old"),
        ("day", "2023-02-29", "schema-format"),
        ("count", "1", "schema-type"),
        ("count", 2**70, "schema-maximum"),
        ("count", -(2**53), "schema-minimum"),
        ("count", True, "schema-type"),
        ("some", ["a", "a"], "schema-uniqueItems"),
        ("some", ["d"], "schema-enum"),
    ],
    ids=lambda part: ascii(part)[:20],
)
def test_an_instance_of_a_program_is_held_to_the_same(member: str, value: Any, code: str) -> None:
    _, checked = check_instance(FORM, {member: value}, CONTEXT)
    assert code in {problem.code for problem in checked.problems}


def family() -> dict[str, Any]:
    return copy.deepcopy(example("family_of_eight")["answers"])


def problems_of(instance: Any) -> set[tuple[str, str]]:
    _, checked = check_instance(form(), instance, context())
    return {(problem.pointer, problem.code) for problem in (*checked.problems, *checked.warnings)}


def test_the_same_member_twice_is_told_at_both() -> None:
    instance = family()
    before = problems_of(instance)
    members = instance["household_members"]
    members[2]["id_number"] = members[1]["id_number"]
    told = problems_of(instance) - before
    assert {(f"/household_members/{row}/id_number", "assertion:repeated_people") for row in (1, 2)} <= told


def test_a_member_that_is_the_applicant_is_told_by_number_and_by_relation() -> None:
    instance = family()
    instance["household_members"][0]["id_number"] = instance["applicant"]["id_number"]
    assert ("/household_members/0/id_number", "assertion:repeated_people") in problems_of(instance)
    instance = family()
    instance["household_members"][0]["relation"] = "01"
    assert ("/household_members/0/relation", "assertion:relation_not_self") in problems_of(instance)


def test_an_obligor_that_is_a_member_or_the_applicant_or_twice_is_told() -> None:
    for number in (family()["applicant"]["id_number"], family()["household_members"][1]["id_number"]):
        instance = family()
        instance["support_obligors"][0]["id_number"] = number
        codes = {code for pointer, code in problems_of(instance) if pointer == "/support_obligors/0/id_number"}
        assert codes & {"assertion:obligor_once", "assertion:obligor_not_member"}


@pytest.mark.parametrize("day", ["2999-01-01", "2026-11-25"])
def test_nothing_was_bought_in_the_future(day: str) -> None:
    instance = family()
    instance["assets"] |= {"properties": [{"acquired_on": day}], "vehicles": [{"purchased_on": day}]}
    told = problems_of(instance)
    assert ("/assets/properties/0/acquired_on", "assertion:property_in_past") in told
    assert ("/assets/vehicles/0/purchased_on", "assertion:vehicle_in_past") in told


def test_numbers_are_compared_as_they_are_kept_however_they_were_typed() -> None:
    lower = "11010119900307002x"
    fields = [("/applicant/id_number", lower)]
    data = decode(form(), EMPTY, fields, page="applicant", new_keys=new_keys()).data
    data = FormData(values=data.values, rows={"/household_members": ("k1", "k2")}, touched=data.touched)
    spaced = [
        ("/household_members/@k1/id_number", "110101 19900307 002X"),
        ("/household_members/@k2/id_number", "１１０１０１１９９００３０７００２Ｘ"),
    ]
    data = decode(form(), data, spaced, page="household_members", new_keys=new_keys()).data
    settled = settle(form(), data, context())
    told = {(problem.pointer, problem.code) for problem in validate(form(), settled, context=context()).problems}
    assert {(f"/household_members/@{key}/id_number", "assertion:repeated_people") for key in ("k1", "k2")} <= told

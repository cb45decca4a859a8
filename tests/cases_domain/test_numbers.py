"""Numbers people read aloud: their form, and what the check digit catches."""

from __future__ import annotations

from datetime import date

from hypothesis import given
from hypothesis import strategies as st

from server.cases.numbers import application_number, case_number, is_number, serial_key

REGIONS = st.integers(110000, 659999).map(str) | st.integers(110000000, 659999999).map(str)
PREFIXES = st.text("ABCDEFGHIJKLMNOPQRSTUVWXYZ", min_size=1, max_size=6)
DAYS = st.dates(date(2000, 1, 1), date(2099, 12, 31))
NUMBERS = st.builds(
    lambda region, prefix, day, serial: application_number(region=region, prefix=prefix, day=day, serial=serial),
    REGIONS,
    PREFIXES,
    DAYS,
    st.integers(1, 9_999_999),
)


def test_a_number_names_place_service_day_and_serial() -> None:
    number = application_number(region="140105001", prefix="SHJZ", day=date(2026, 3, 2), serial=12)
    assert number == "140105-SHJZ-20260302-000012-6"
    assert case_number(number, position=2) == "140105-SHJZ-20260302-000012-02-7"
    assert serial_key(region="140105001", prefix="SHJZ", day=date(2026, 3, 2)) == "140105-SHJZ-20260302"


@given(NUMBERS, st.integers(1, 99))
def test_numbers_of_applications_and_of_their_cases_are_numbers_and_differ(number: str, position: int) -> None:
    assert is_number(number)
    assert is_number(case_number(number, position=position))
    assert case_number(number, position=position) != number
    assert case_number(number, position=position) != case_number(number, position=position % 99 + 1)


@given(NUMBERS, st.data())
def test_one_wrong_digit_is_noticed(number: str, data: st.DataObject) -> None:
    places = [place for place, character in enumerate(number) if character.isdigit()]
    place = data.draw(st.sampled_from(places))
    digit = data.draw(st.sampled_from("0123456789").filter(lambda digit: digit != number[place]))
    assert not is_number(number[:place] + digit + number[place + 1 :])


@given(st.text(max_size=40))
def test_any_text_is_a_number_or_not(text: str) -> None:
    assert is_number(text) in (True, False)
    assert not is_number(f"{text} ")


def test_digits_of_other_scripts_make_no_number() -> None:
    assert not is_number("140105-SHJZ-20260302-00001２-6")

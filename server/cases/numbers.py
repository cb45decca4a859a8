"""Numbers that people read aloud (办件编号): of applications and of the cases in them, with a check digit."""

from __future__ import annotations

import re
from datetime import date

from stdnum.iso7064 import mod_11_10

#: Region, letters of the service, day, serial, and for a case the position of its item; then the check digit.
_NUMBER = re.compile(r"\d{6}-[A-Z0-9]{1,12}-\d{8}-\d{6,9}(?:-\d{2,3})?-\d", re.ASCII)


def application_number(*, region: str, prefix: str, day: date, serial: int) -> str:
    """The number of an application: `<region6>-<prefix>-<yyyymmdd>-<serial6>-<check>`."""
    return _checked(f"{serial_key(region=region, prefix=prefix, day=day)}-{serial:06d}")


def case_number(number: str, *, position: int) -> str:
    """The number of one item's case: the application's, with the item's two-digit position before an own check digit."""
    return _checked(f"{number.rpartition('-')[0]}-{position:02d}")


def serial_key(*, region: str, prefix: str, day: date) -> str:
    """What serial numbers are counted by: each county counts every service anew each day."""
    return f"{region[:6]}-{prefix}-{day:%Y%m%d}"


def is_number(text: str) -> bool:
    """Whether a text has the form of a number and its check digit is right."""
    stem, _, check = text.rpartition("-")
    return _NUMBER.fullmatch(text) is not None and check == _check_digit(stem)


def _checked(stem: str) -> str:
    return f"{stem}-{_check_digit(stem)}"


def _check_digit(stem: str) -> str:
    """ISO 7064 MOD 11,10 over the digits, each letter counting as two (A is 10), as account numbers do."""
    digits = "".join(str(int(character, 36)) for character in stem if character != "-")
    return str(mod_11_10.calc_check_digit(digits))

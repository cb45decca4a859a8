"""The operators of derived facts: for each its operands, its result and its body."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from datetime import date, timedelta
from typing import Any, Protocol

import msgspec
from stdnum.cn import ric

from server.rules.expressions import UNDEFINED
from server.rules.types import BOOL, INT, STRING, RuleType, list_of

MAX_INT = 2**63 - 1
_DAY = re.compile("[0-9]{4}-[0-9]{2}-[0-9]{2}")
_ID_NUMBER = re.compile("[0-9]{17}[0-9X]")


class WorkdayCalendar(Protocol):
    """What facts need of a calendar."""

    def workdays_between(self, start: date, end: date) -> int:
        """Working days after `start` up to and including `end`."""


class Moment(msgspec.Struct, frozen=True):
    """What a computation may know besides its inputs."""

    today: date
    calendar: WorkdayCalendar


#: Computes a fact from its operands' values; `UNDEFINED` when it has none.
Body = Callable[[Sequence[Any], Moment], Any]


class Operator(msgspec.Struct, frozen=True):
    """One row of the operator table."""

    #: Types of the operands: `int`, `string`, `any` (all of one type), `amount` and `text` (alone or a column of rows),
    #: `texts` and `incomes` (columns), `rows`, `income`, `literal`.
    operands: tuple[str, ...]
    result: RuleType | None
    body: Body
    #: Whether the last operand type may repeat.
    variadic: bool = False
    #: Whether undefined operands are passed on instead of making the fact undefined.
    total: bool = False


def _int(value: int) -> Any:
    return value if -MAX_INT - 1 <= value <= MAX_INT else UNDEFINED


def _flat(values: Sequence[Any]) -> list[int]:
    return [number for value in values for number in (value if isinstance(value, list) else [value])]


def _sum(values: Sequence[Any], _: Moment) -> Any:
    return _int(sum(_flat(values)))


def _subtract(values: Sequence[Any], _: Moment) -> Any:
    return _int(values[0] - values[1])


def _multiply(values: Sequence[Any], _: Moment) -> Any:
    product = 1
    for value in values:
        product *= value
    return _int(product)


def _floor_divide(values: Sequence[Any], _: Moment) -> Any:
    return _int(values[0] // values[1]) if values[1] else UNDEFINED


def _minimum(values: Sequence[Any], _: Moment) -> Any:
    return min(_flat(values), default=UNDEFINED)


def _maximum(values: Sequence[Any], _: Moment) -> Any:
    return max(_flat(values), default=UNDEFINED)


def _count(values: Sequence[Any], _: Moment) -> Any:
    return len(values[0])


def _any(values: Sequence[Any], _: Moment) -> Any:
    return bool(values[0])


def _monthly(values: Sequence[Any], _: Moment) -> Any:
    return _month_amount(values[0])


def _monthly_sum(values: Sequence[Any], _: Moment) -> Any:
    amounts = [_month_amount(income) for income in values[0]]
    return UNDEFINED if UNDEFINED in amounts else _int(sum(amounts))


def _month_amount(income: Any) -> Any:
    amount, period = income.get("amount"), income.get("period")
    if not isinstance(amount, int) or period not in ("month", "year"):
        return UNDEFINED
    return amount if period == "month" else amount // 12


def _birth_date(values: Sequence[Any], _: Moment) -> Any:
    born = _born(values[0])
    return UNDEFINED if born is None else born.isoformat()


def _age(values: Sequence[Any], moment: Moment) -> Any:
    return _years(_born(values[0]), moment.today)


def _gender(values: Sequence[Any], _: Moment) -> Any:
    if _born(values[0]) is None:
        return UNDEFINED
    return "1" if int(values[0][16]) % 2 else "2"


def _born(number: str) -> date | None:
    if not _ID_NUMBER.fullmatch(number) or ric.calc_check_digit(number) != number[17]:
        return None
    return _date(f"{number[6:10]}-{number[10:12]}-{number[12:14]}")


def _age_of_date(values: Sequence[Any], moment: Moment) -> Any:
    return _years(_date(values[0]), moment.today)


def _years(born: date | None, today: date) -> Any:
    if born is None or born > today:
        return UNDEFINED
    return today.year - born.year - ((today.month, today.day) < (born.month, born.day))


def _date(text: str) -> date | None:
    if not _DAY.fullmatch(text):
        return None
    try:
        return date.fromisoformat(text)
    except ValueError:
        return None


def _days_between(values: Sequence[Any], _: Moment) -> Any:
    start, end = _date(values[0]), _date(values[1])
    return UNDEFINED if start is None or end is None else (end - start).days


def _workdays_between(values: Sequence[Any], moment: Moment) -> Any:
    start, end = _date(values[0]), _date(values[1])
    if start is None or end is None or abs(end - start) > timedelta(days=20_000):
        return UNDEFINED
    return moment.calendar.workdays_between(start, end)


def _not_in_future(values: Sequence[Any], moment: Moment) -> Any:
    day = _date(values[0])
    return UNDEFINED if day is None else day <= moment.today


def _today(_: Sequence[Any], moment: Moment) -> Any:
    return moment.today.isoformat()


def _region_prefix(values: Sequence[Any], _: Moment) -> Any:
    return values[0][: values[1]]


def _region_within(values: Sequence[Any], _: Moment) -> Any:
    code, upper = values
    digits = len(upper) if len(upper) > 6 else len(upper.rstrip("0")) + len(upper.rstrip("0")) % 2
    return code[:digits] == upper[:digits]


def _text_length(values: Sequence[Any], _: Moment) -> Any:
    return len(values[0])


def _masked(values: Sequence[Any], _: Moment) -> Any:
    return values[0][:1] + "*" * max(len(values[0]) - 1, 1)


def _first_of(values: Sequence[Any], _: Moment) -> Any:
    return next((value for value in values if value is not UNDEFINED), UNDEFINED)


def _is_answered(values: Sequence[Any], _: Moment) -> Any:
    return values[0] is not UNDEFINED and values[0] not in ("", [])


def _starts_with(values: Sequence[Any], _: Moment) -> Any:
    return values[0].startswith(values[1])


def _equal(values: Sequence[Any], _: Moment) -> Any:
    return values[0] == values[1]


def _collect(values: Sequence[Any], _: Moment) -> Any:
    return sorted(dict.fromkeys(values[0]))


def _duplicates(values: Sequence[Any], _: Moment) -> Any:
    seen: dict[str, int] = {}
    for value in values:
        for entry in value if isinstance(value, list) else [value]:
            if entry is not UNDEFINED:
                seen[entry] = seen.get(entry, 0) + 1
    return sorted(entry for entry, times in seen.items() if times > 1)


#: Every operator: its operands, its result (`None`: that of the first operand) and its body.
OPERATORS: dict[str, Operator] = {
    "sum": Operator(("amount",), INT, _sum, variadic=True),
    "subtract": Operator(("int", "int"), INT, _subtract),
    "multiply": Operator(("int",), INT, _multiply, variadic=True),
    "floor_divide": Operator(("int", "int"), INT, _floor_divide),
    "minimum": Operator(("amount",), INT, _minimum, variadic=True),
    "maximum": Operator(("amount",), INT, _maximum, variadic=True),
    "count": Operator(("rows",), INT, _count),
    "any": Operator(("rows",), BOOL, _any),
    "all": Operator(("rows",), BOOL, _any),
    "monthly": Operator(("income",), INT, _monthly),
    "monthly_sum": Operator(("incomes",), INT, _monthly_sum),
    "birth_date_from": Operator(("string",), STRING, _birth_date),
    "age_from": Operator(("string",), INT, _age),
    "gender_from": Operator(("string",), STRING, _gender),
    "age_of_date": Operator(("string",), INT, _age_of_date),
    "days_between": Operator(("string", "string"), INT, _days_between),
    "workdays_between": Operator(("string", "string"), INT, _workdays_between),
    "not_in_future": Operator(("string",), BOOL, _not_in_future),
    "today": Operator((), STRING, _today),
    "region_prefix": Operator(("string", "int"), STRING, _region_prefix),
    "region_within": Operator(("string", "literal"), BOOL, _region_within),
    "text_length": Operator(("string",), INT, _text_length),
    "masked": Operator(("string",), STRING, _masked),
    "first_of": Operator(("any",), None, _first_of, variadic=True, total=True),
    "is_answered": Operator(("any",), BOOL, _is_answered, total=True),
    "starts_with": Operator(("string", "string"), BOOL, _starts_with),
    "equal": Operator(("any", "any"), BOOL, _equal),
    "collect": Operator(("texts",), list_of(STRING), _collect),
    "duplicates": Operator(("text",), list_of(STRING), _duplicates, variadic=True, total=True),
}

"""Working days, China's days and the instants at which limits end."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta, timezone

from server.definitions.bundle import Calendar
from server.definitions.common import Duration

#: China has one time zone and no summer time.
CHINA = timezone(timedelta(hours=8))
_SATURDAY = 5


class Workdays:
    """The working days of a calendar document; a year it does not know follows the week."""

    def __init__(self, calendar: Calendar) -> None:
        self._holidays = frozenset(date.fromisoformat(day) for day in calendar.holidays)
        self._workdays = frozenset(date.fromisoformat(day) for day in calendar.workdays)

    def is_workday(self, day: date) -> bool:
        """Whether offices work on this day."""
        if day in self._workdays:
            return True
        return day.weekday() < _SATURDAY and day not in self._holidays

    def workdays_between(self, start: date, end: date) -> int:
        """Working days after `start` up to and including `end`; 0 when `end` is not later."""
        days = (end - start).days
        return sum(self.is_workday(start + timedelta(days=number)) for number in range(1, days + 1))

    def workday_after(self, start: date, count: int) -> date:
        """The `count`-th working day after `start`; `start` itself for 0."""
        day = start
        while count > 0:
            day += timedelta(days=1)
            count -= self.is_workday(day)
        return day

    def deadline(self, start: datetime, duration: Duration) -> datetime:
        """The instant at which a limit that starts now ends: hours to the minute, days at the end of the last day in China."""
        if duration.hours is not None:
            return start + timedelta(hours=duration.hours)
        first = day_of(start)
        if duration.days is not None:
            return end_of_day(first + timedelta(days=duration.days))
        return end_of_day(self.workday_after(first, duration.workdays or 0))


def day_of(instant: datetime) -> date:
    """The day it is in China at an aware instant."""
    return instant.astimezone(CHINA).date()


def end_of_day(day: date) -> datetime:
    """The instant in UTC at which a day ends in China."""
    return datetime(day.year, day.month, day.day, tzinfo=CHINA).astimezone(UTC) + timedelta(days=1)


def last_day(until: datetime) -> date:
    """The last day in China of a limit that ends at an instant."""
    return day_of(until - timedelta(microseconds=1))


def is_day(text: str) -> bool:
    """Whether a text is a day of the calendar, written as `2026-11-24`."""
    try:
        return date.fromisoformat(text).isoformat() == text
    except ValueError:
        return False

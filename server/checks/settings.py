"""Parameters, calendar, regions and locks: values that apply somewhere, from some day on."""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import pairwise

from server.checks.place import Place, nearest, repeated
from server.checks.subject import Subject
from server.definitions.bundle import Parameter
from server.definitions.regions import RegionTree, contains, level_of, parent_code
from server.definitions.service import LIBRARY, Service, place_of
from server.definitions.workdays import is_day
from server.documents.pointer import MISSING, parse_pointer
from server.findings import Finding
from server.overlays.layering import shape_of
from server.overlays.normal import member, members_of, normal_form
from server.overlays.shapes import Shape, member_shape
from server.types import JsonValue

_REGION_CODE = re.compile(r"\d{6}|\d{9}|\d{12}")
_PERMISSIONS = ("none", "add", "tighten", "relax", "decrease", "any")


def day_findings(text: str | None, here: Place) -> Iterator[Finding]:
    """A finding unless the text is absent or a day."""
    if text is not None and not is_day(text):
        yield here.error("not-a-day", text=text[:40])


def check_parameters(subject: Subject, service: Service) -> Iterator[Finding]:
    """Every parameter has a value for the region, each valid from a day on, none twice."""
    for name, parameter in service.parameters.parameters.items():
        here = subject.document("parameters").under("parameters", name, "values")
        yield from _value_findings(service, parameter, here)
        without = _uncovered(service, subject.region, {value.region for value in parameter.values})
        if without:
            yield here.error("parameter-without-value", parameter=name, region=without)
        else:
            yield from _late(service, parameter, here)


def check_days(subject: Subject, service: Service) -> Iterator[Finding]:
    """Holidays and make-up working days are days of years that the calendar knows, and none is both."""
    calendar, document = service.calendar, subject.document("calendar")
    holidays, years = frozenset(calendar.holidays), frozenset(calendar.years)
    yield from day_findings(service.bundle.issued_on, subject.document("bundle").under("issued_on"))
    for name, days in (("holidays", calendar.holidays), ("workdays", calendar.workdays)):
        for index in repeated(days):
            yield document.under(name, index).error("listed-twice", entry=days[index])
        for index, day in enumerate(days):
            here = document.under(name, index)
            yield from day_findings(day, here)
            if is_day(day) and int(day[:4]) not in years:
                yield here.error("day-outside-calendar", day=day)
            elif name == "workdays" and day in holidays:
                yield here.error("holiday-and-workday", day=day)


def check_years(subject: Subject, service: Service) -> Iterator[Finding]:
    """The calendar knows its years without a gap, the year of issue among them, and the holidays of each."""
    calendar, here = service.calendar, subject.document("calendar").under("years")
    known = {day[:4] for day in calendar.holidays}
    for index, year in enumerate(calendar.years):
        if str(year) not in known:
            yield here.under(index).error("year-without-holidays", year=year)
    for index in repeated(calendar.years):
        yield here.under(index).error("listed-twice", entry=str(calendar.years[index]))
    issued = service.bundle.issued_on or ""
    needed = {*calendar.years, int(issued[:4])} if calendar.years and is_day(issued) else {*calendar.years}
    missing = needed.difference(calendar.years) | {one + 1 for one, other in pairwise(sorted(needed)) if other > one + 1}
    for year in sorted(missing):
        yield here.error("calendar-without-year", year=year)


def check_regions(subject: Subject, service: Service) -> Iterator[Finding]:
    """Region codes have 6, 9 or 12 digits, lie in regions that are listed, and are called differently there."""
    document = Place(f"{LIBRARY}/regions/{service.bundle.region}.json")
    listed = service.regions.regions
    seen: dict[tuple[str, str], str] = {}
    for code, name in listed.items():
        if not _REGION_CODE.fullmatch(code):
            yield document.under("regions", code).error("bad-region-code", region=code)
            continue
        above = parent_code(code)
        if above is not None and above not in listed and level_of(code) != "county":
            yield document.under("regions", code).error("region-without-upper", region=code, upper=above)
        other = seen.setdefault((above or "", name), code)
        if other != code:
            yield document.under("regions", code).error("same-text", text=name, other=other)


def check_locks(subject: Subject, service: Service) -> Iterator[Finding]:
    """Every lock guards something that exists, with a permission that is known; entries of lists are named by their keys."""
    documents = _own_documents(subject)
    for index in repeated((lock.document, lock.pointer) for lock in service.locks.locks):
        lock = service.locks.locks[index]
        yield subject.document("locks").under("locks", index).error("listed-twice", entry=f"{lock.document}#{lock.pointer}")
    for index, lock in enumerate(service.locks.locks):
        here = subject.document("locks").under("locks", index)
        if lock.allow not in _PERMISSIONS:
            yield here.under("allow").error("unknown-value", value=lock.allow, allowed=", ".join(_PERMISSIONS))
        pattern = re.compile("[^/]*".join(map(re.escape, lock.document.split("*"))))
        guarded = [found for inner, found in documents.items() if pattern.fullmatch(inner)]
        if not guarded:
            near = nearest(lock.document, documents)
            yield here.under("document").error("unknown-lock-document", document=lock.document, suggestion=near)
        elif lock.pointer and not lock.pointer.startswith("/"):
            yield here.under("pointer").error("not-a-pointer", text=lock.pointer)
        elif not any(_stands(value, shape, parse_pointer(lock.pointer)) for value, shape in guarded):
            yield here.under("pointer").error("lock-without-target", pointer=lock.pointer, document=lock.document)


def _value_findings(service: Service, parameter: Parameter, here: Place) -> Iterator[Finding]:
    seen: set[tuple[str, str]] = set()
    for index, value in enumerate(parameter.values):
        if value.region not in service.regions.regions:
            yield here.under(index, "region").error("unknown-region", region=value.region)
        yield from day_findings(value.valid_from, here.under(index, "valid_from"))
        if (value.region, value.valid_from) in seen:
            yield here.under(index).error("parameter-value-twice", region=value.region, day=value.valid_from)
        seen.add((value.region, value.valid_from))


def _own_documents(subject: Subject) -> dict[str, tuple[JsonValue, Shape]]:
    """The service's own documents by their path inside the bundle: normal form and shape."""
    mark = f"/{subject.id}/"
    found: dict[str, tuple[JsonValue, Shape]] = {}
    for path, value in subject.documents.items():
        if not path.startswith(LIBRARY) and place_of(path, subject.id) is not None:
            shape = shape_of(path, subject.id)
            found[path.split(mark, 1)[1]] = normal_form(value, shape), shape
    return found


def _stands(value: JsonValue, shape: Shape, segments: tuple[str, ...]) -> bool:
    """Whether a pointer into a normal form, whose `*` stands for any member, leads to something."""
    if not segments:
        return True
    head, rest = segments[0], segments[1:]
    names = members_of(value, shape) if head == "*" else (head,)
    inner = ((name, member(value, name, shape)) for name in names)
    return any(_stands(found, member_shape(shape, name), rest) for name, found in inner if found is not MISSING)


def _uncovered(service: Service, region: str, given: set[str]) -> str:
    """The first region in or below this one for which nothing is given; empty when there is none."""
    if any(contains(one, region) for one in given):
        return ""
    if not any(contains(region, one) for one in given):
        return region
    tree = RegionTree(service.regions.regions)
    pending = [region]
    while pending:
        one = pending.pop(0)
        if not any(contains(upper, one) for upper in given):
            if not any(contains(one, lower) for lower in given):
                return one
            inner = tree.children(one)
            if not inner:
                return one
            pending += inner
    return ""


def _late(service: Service, parameter: Parameter, here: Place) -> Iterator[Finding]:
    """A value that is there only after every day the calendar knows."""
    years = service.calendar.years
    for index, value in enumerate(parameter.values):
        earlier = any(contains(other.region, value.region) and other.valid_from < value.valid_from for other in parameter.values)
        if years and not earlier and is_day(value.valid_from) and int(value.valid_from[:4]) > max(years):
            yield here.under(index, "valid_from").error("parameter-too-late", day=value.valid_from, year=max(years))

"""The head of a bundle, its parameters, calendar, agencies and regions."""

from __future__ import annotations

import msgspec

from server.definitions.common import Document, Level, Status
from server.types import JsonValue


class Bundle(Document, frozen=True, kw_only=True):
    """`bundle.json`: what the service is, who issued it and where it applies."""

    format: int
    #: Path of the bundle in both trees, e.g. `province/service`.
    id: str
    title: str
    #: Long title of the page head, as the issuing body prints it.
    full_title: str | None = None
    summary: str | None = None
    issuers: tuple[str, ...] = ()
    document_number: str | None = None
    issued_on: str | None = None
    #: Region whose base this is; its region list is `library/regions/<region>.json`.
    region: str
    #: Letters in the case number (办件编号).
    number_prefix: str
    #: Telephone shown to people who get stuck.
    contact_phone: str | None = None
    #: Property path of the field whose region code receives the application.
    place_field: str
    #: Property path of the field that identifies the applicant.
    person_field: str
    #: Property path of the applicant's name.
    name_field: str
    #: Property path of the chosen items.
    items_field: str
    #: Entries of the page footer and of the source notes.
    source: str | None = None


class ParameterValue(Document, frozen=True, kw_only=True):
    """One value of a parameter, valid in a region from a day on."""

    region: str
    valid_from: str
    value: int
    status: Status
    source: str | None = None


class Parameter(Document, frozen=True, kw_only=True):
    """A named amount or threshold that rules and tables use as `parameters.<id>`."""

    title: str
    #: What the integer counts, e.g. `fen/person/month`, `percent`, `day`.
    unit: str
    values: tuple[ParameterValue, ...]


class Parameters(Document, frozen=True, kw_only=True):
    """`parameters.json`."""

    parameters: dict[str, Parameter]


class Calendar(Document, frozen=True, kw_only=True):
    """`calendar.json`: public holidays and make-up working days; other days follow the week."""

    title: str
    source: str | None = None
    #: Years for which holidays are known; outside them only weekends rest.
    years: tuple[int, ...]
    holidays: tuple[str, ...]
    workdays: tuple[str, ...]


class Agency(Document, frozen=True, kw_only=True):
    """A department and the name of its office at each level it has one."""

    title: str
    levels: dict[Level, str]


class Agencies(Document, frozen=True, kw_only=True):
    """`agencies.json`."""

    agencies: dict[str, Agency]


class Regions(Document, frozen=True, kw_only=True):
    """`library/regions/<code>.json`: every region code of a province with its name, at any level."""

    title: str
    source: str | None = None
    #: Code of 6, 9 or 12 digits to name; parents follow from the digits.
    regions: dict[str, str]


class Code(Document, frozen=True, kw_only=True):
    """One entry of a code list."""

    title: str
    parent: str | None = None
    valid_from: str | None = None
    valid_to: str | None = None
    hint: str | None = None


class CodeList(Document, frozen=True, kw_only=True):
    """`codelists/<id>.json`: the options of a choice."""

    title: str
    standard: str | None = None
    status: Status = "local"
    note: str | None = None
    codes: dict[str, Code]
    #: The codes offered to people, in this order; all of them, sorted by code, when absent.
    offer: tuple[str, ...] | None = None


class Lock(Document, frozen=True, kw_only=True):
    """One rule about what lower levels may do at a pointer pattern."""

    document: str
    pointer: str
    allow: str
    reason: str | None = None


class Locks(Document, frozen=True, kw_only=True):
    """`locks.json`."""

    locks: tuple[Lock, ...]


class Example(Document, frozen=True, kw_only=True):
    """`examples/<id>.json`: a filled application, shown in previews and run as a test."""

    title: str
    region: str
    #: Day on which it is submitted; the day of issue when absent.
    today: str | None = None
    #: The submitted instance; materials included under `materials.<id>`.
    answers: dict[str, JsonValue]
    #: Codes of the problems expected; none for an application that is accepted.
    problems: tuple[str, ...] = ()
    #: Materials expected to be due.
    materials_due: tuple[str, ...] = ()
    #: Expected end code per item on the automatic walk.
    ends: dict[str, str] = msgspec.field(default_factory=dict)

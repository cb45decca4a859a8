"""A form on its way in: what every importer makes of its source, before it is three documents."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import msgspec

from server.exchange.importers.titles import told_apart
from server.types import JsonValue

#: Fields that one form may have; whoever needs more needs two forms.
MAX_FIELDS = 1_500


class FieldDraft(msgspec.Struct, frozen=True, kw_only=True):
    """One field, or a repeating group with the fields of its rows."""

    #: Last step of its property path.
    name: str
    label: str
    hint: str = ""
    #: Without title and description.
    schema: dict[str, Any]
    #: Members of the control's options.
    options: dict[str, JsonValue] = {}
    required: bool = False
    #: Rules by aspect (`relevant`, `required`, `computed`, `suggested`).
    rules: dict[str, str] = {}
    #: Fields of one row, for a repeating group.
    rows: tuple[MemberDraft, ...] = ()


class GroupDraft(msgspec.Struct, frozen=True, kw_only=True):
    """Fields under one title."""

    #: Property that holds them; empty where the group only exists on the page.
    name: str = ""
    label: str
    hint: str = ""
    members: tuple[MemberDraft, ...]
    #: Rule that decides on all of them; empty for always.
    relevant: str = ""


class TextDraft(msgspec.Struct, frozen=True, kw_only=True):
    """A text between fields."""

    text: str


MemberDraft = FieldDraft | GroupDraft | TextDraft


class PageDraft(msgspec.Struct, frozen=True, kw_only=True):
    """One page of the form."""

    #: Property that holds its fields; empty where they stand at the root.
    name: str = ""
    label: str
    hint: str = ""
    members: tuple[MemberDraft, ...]
    relevant: str = ""


class AssertionDraft(msgspec.Struct, frozen=True, kw_only=True):
    """A check across fields."""

    #: Field id beside which the message stands.
    at: str
    holds: str
    message: str
    #: Where it stands in the source.
    place: str = ""


class FormDraft(msgspec.Struct, frozen=True, kw_only=True):
    """A whole form."""

    title: str
    summary: str = ""
    pages: tuple[PageDraft, ...]
    assertions: tuple[AssertionDraft, ...] = ()
    facts: dict[str, dict[str, JsonValue]] = {}
    #: Property path of a field to the place of its source, for what is found out later.
    places: dict[str, str] = {}
    #: Names on the way to a field, as the source spells them, to its id.
    chains: dict[tuple[str, ...], str] = {}


def told_apart_members(members: tuple[MemberDraft, ...]) -> tuple[MemberDraft, ...]:
    """The members with labels that nobody takes for one another."""
    named = [member for member in members if not isinstance(member, TextDraft)]
    labels = iter(told_apart(member.label for member in named))
    found: list[MemberDraft] = []
    for member in members:
        if isinstance(member, FieldDraft):
            found.append(msgspec.structs.replace(member, label=next(labels), rows=told_apart_members(member.rows)))
        elif isinstance(member, GroupDraft):
            found.append(msgspec.structs.replace(member, label=next(labels), members=told_apart_members(member.members)))
        else:
            found.append(member)
    return tuple(found)


def fields_of(members: tuple[MemberDraft, ...], path: str = "") -> Iterator[tuple[str, FieldDraft]]:
    """Every field with its id (`group[].field` for fields of rows), in reading order."""
    for member in members:
        if isinstance(member, GroupDraft):
            yield from fields_of(member.members, joined(path, member.name))
        elif isinstance(member, FieldDraft):
            field_id = joined(path, member.name)
            yield field_id, member
            yield from fields_of(member.rows, f"{field_id}[]")


def joined(path: str, name: str) -> str:
    """A property path with one more step; none for an empty name."""
    return f"{path}.{name}" if path and name else path or name

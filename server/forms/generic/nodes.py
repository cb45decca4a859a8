"""How values of a schema stand in the fields of its form, and come back out of them unchanged.

A node writes a value into fields and reads it from them. Where a part cannot be asked field by field, the node above offers
the same part as JSON text, so that nothing is lost.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import msgspec

from server.documents.pointer import escape
from server.findings import Problem
from server.forms.data import FormData, row_pointers
from server.forms.generic.leaves import CannotWrite, Leaf, Reading, Writing
from server.forms.json_values import same_json
from server.forms.kinds.kind import ABSENT
from server.messages.problems import value_words
from server.types import JsonValue

#: Codes of the ways to answer that are no choices of the schema.
LEFT_OUT, AS_FORM, AS_JSON = "none", "form", "json"


class Member(msgspec.Struct, frozen=True, kw_only=True):
    """One member of an object."""

    name: str
    node: Node


class Record(msgspec.Struct, frozen=True, kw_only=True):
    """An object whose members are asked one by one; those of other names stand in a JSON text."""

    members: tuple[Member, ...]
    other: Leaf | None
    #: Whether an object without members is none.
    absent_when_empty: bool = False

    def write(self, value: JsonValue, at: str, into: Writing) -> None:
        """Fills the fields of the members; an absent one leaves its fields empty."""
        if not isinstance(value, dict):
            raise CannotWrite
        for member in self.members:
            if member.name in value:
                member.node.write(value[member.name], at, into)
            elif isinstance(member.node, Ways):
                member.node.leave_out(at, into)
        others = {name: one for name, one in value.items() if name not in {member.name for member in self.members}}
        if others and self.other is None:
            raise CannotWrite
        if others and self.other is not None:
            self.other.write(others, at, into)

    def read(self, at: str, place: str, reading: Reading) -> Any:
        """The object of the answered members."""
        value: dict[str, JsonValue] = {}
        for member in self.members:
            one = member.node.read(at, f"{place}/{escape(member.name)}", reading)
            if one is not ABSENT:
                value[member.name] = one
        others = self.other.read(at, place, reading) if self.other is not None else ABSENT
        if self.other is not None and others is not ABSENT:
            if isinstance(others, dict):
                value = {**others, **value}
            else:
                code, pointer = "unreadable-json-object", f"{at}/{self.other.field}"
                reading.problems.append(Problem(pointer=pointer, code=code, params={"label": self.other.label}))
        return ABSENT if self.absent_when_empty and not value else value


class Rows(msgspec.Struct, frozen=True, kw_only=True):
    """A list whose items are asked row by row."""

    field: str
    item: Node
    absent_when_empty: bool = False

    def write(self, value: JsonValue, at: str, into: Writing) -> None:
        """Fills a row for each item."""
        if not isinstance(value, list):
            raise CannotWrite
        group = f"{at}/{self.field}"
        keys = tuple(f"r{number}" for number in range(1, len(value) + 1))
        into.rows[group] = keys
        for key, one in zip(keys, value, strict=True):
            self.item.write(one, f"{group}/@{key}", into)

    def read(self, at: str, place: str, reading: Reading, before: int = 0) -> Any:
        """The list of what the rows hold; one in which nothing was answered counts for nothing."""
        group = f"{at}/{self.field}"
        reading.places.setdefault(place, group)
        found: list[JsonValue] = []
        for row in row_pointers(reading.data, group):
            one = self.item.read(row, f"{place}/{before + len(found)}", reading)
            if one is not ABSENT:
                found.append(one)
        return ABSENT if self.absent_when_empty and not found else found


class Places(msgspec.Struct, frozen=True, kw_only=True):
    """A list whose first items each have their own fields."""

    first: tuple[Node, ...]
    rest: Rows | None
    absent_when_empty: bool = False

    def write(self, value: JsonValue, at: str, into: Writing) -> None:
        """Fills the fields of the first items and the rows of the others."""
        if not isinstance(value, list) or (len(value) > len(self.first) and self.rest is None):
            raise CannotWrite
        for index, node in enumerate(self.first):
            if index < len(value):
                node.write(value[index], at, into)
            elif isinstance(node, Ways):
                node.leave_out(at, into)
        if self.rest is not None:
            self.rest.write(value[len(self.first) :], at, into)

    def read(self, at: str, place: str, reading: Reading) -> Any:
        """The items in their order; one that was left out between others is none at all."""
        found = [node.read(at, f"{place}/{index}", reading) for index, node in enumerate(self.first)]
        kept = [one for one in found if one is not ABSENT]
        for index in range(len(kept)):
            if found[index] is ABSENT:
                pointer = reading.places.get(f"{place}/{index}", "")
                reading.problems.append(Problem(pointer=pointer, code="json-gap", params={"label": value_words((index,))}))
        more = self.rest.read(at, place, reading, len(kept)) if self.rest is not None else []
        value = [*kept, *more]
        return ABSENT if self.absent_when_empty and not value else value


class Way(msgspec.Struct, frozen=True, kw_only=True):
    """One way to answer; none of it when the part is left out."""

    code: str
    title: str
    node: Node | None


class Ways(msgspec.Struct, frozen=True, kw_only=True):
    """A part that can be answered in several ways, of which one is chosen first."""

    field: str
    ways: tuple[Way, ...]

    def write(self, value: JsonValue, at: str, into: Writing) -> None:
        """Chooses the way that holds the value with the least of it in JSON texts."""
        best: Writing | None = None
        for way in self.ways:
            tried = self._tried(way, value, at)
            if tried is not None and (best is None or tried.loose < best.loose):
                best = tried
        if best is None:
            raise CannotWrite
        into.add(best)

    def leave_out(self, at: str, into: Writing) -> None:
        """Chooses to leave the part out, where that is a way."""
        if any(way.node is None for way in self.ways):
            into.values[f"{at}/{self.field}"] = LEFT_OUT

    def read(self, at: str, place: str, reading: Reading) -> Any:
        """What was answered in the chosen way."""
        pointer = f"{at}/{self.field}"
        chosen = reading.data.values.get(pointer)
        node = next((way.node for way in self.ways if way.code == chosen), None)
        value = ABSENT if node is None else node.read(at, place, reading)
        reading.places.setdefault(place, pointer)
        return value

    def _tried(self, way: Way, value: JsonValue, at: str) -> Writing | None:
        """What the way makes of the value, if it can be read back as it was."""
        tried = Writing()
        if way.node is None:
            return None
        try:
            way.node.write(value, at, tried)
        except CannotWrite:
            return None
        again = way.node.read(at, "", Reading(FormData(values=tried.values, rows=tried.rows)))
        if again is ABSENT or not same_json(again, value):
            return None
        tried.values[f"{at}/{self.field}"] = way.code
        return tried


Node = Leaf | Record | Rows | Places | Ways


def known_places(places: dict[str, str], pointer: str) -> Iterator[str]:
    """Draft pointers of the nearest answered part above an instance pointer, nearest first."""
    while True:
        if pointer in places:
            yield places[pointer]
        if not pointer:
            return
        pointer = pointer.rpartition("/")[0]

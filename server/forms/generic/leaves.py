"""Single fields of a form made of a schema: how a value is written into each, and read from it as it was."""

from __future__ import annotations

from typing import Any

import msgspec

from server.findings import Problem
from server.forms.data import FormData
from server.forms.json_values import Unreadable, read_json, same_json, write_json
from server.forms.kinds.kind import ABSENT, LARGEST, clean_text, half_width
from server.types import JsonValue

_QUOTED = 40


class CannotWrite(Exception):
    """A value has no place in the fields of a node."""


class Writing:
    """Fields being filled."""

    def __init__(self) -> None:
        self.values: dict[str, JsonValue] = {}
        self.rows: dict[str, tuple[str, ...]] = {}
        #: How much went into JSON texts; less of it is better.
        self.loose = 0

    def add(self, other: Writing) -> None:
        """Takes over what was written elsewhere."""
        self.values.update(other.values)
        self.rows.update(other.rows)
        self.loose += other.loose


class Reading:
    """Fields being read: where each part of the instance was answered, and what could not be read."""

    def __init__(self, data: FormData) -> None:
        self.data = data
        self.problems: list[Problem] = []
        #: Pointer of a part of the instance to the draft pointer of the field it was read from.
        self.places: dict[str, str] = {}


class Leaf(msgspec.Struct, frozen=True, kw_only=True):
    """One field; any value stands in it as JSON text, where its kind does not know better."""

    field: str
    label: str

    def write(self, value: JsonValue, at: str, into: Writing) -> None:
        """Fills the field."""
        into.values[f"{at}/{self.field}"] = self._shown(value, into)

    def read(self, at: str, place: str, reading: Reading) -> Any:
        """The value of the field, `ABSENT` while it is empty."""
        pointer = f"{at}/{self.field}"
        reading.places.setdefault(place, pointer)
        shown = reading.data.values.get(pointer)
        if shown is None:
            return ABSENT
        try:
            return self._meant(shown)
        except Unreadable:
            params: dict[str, str | int] = {"label": self.label, "text": str(shown)[:_QUOTED]}
            reading.problems.append(Problem(pointer=pointer, code="unreadable-json", params=params))
            return ABSENT

    def _shown(self, value: JsonValue, into: Writing) -> JsonValue:
        text = write_json(value, indent=2)
        into.loose += len(text)
        return text

    def _meant(self, shown: JsonValue) -> JsonValue:
        return read_json(str(shown))


class TextLeaf(Leaf, frozen=True, kw_only=True):
    """A text as it is typed; one that typing would change is written as a JSON string."""

    def _shown(self, value: JsonValue, into: Writing) -> JsonValue:
        if not isinstance(value, str):
            raise CannotWrite
        plain = value.isprintable() and value == clean_text(value) and value and not value.startswith('"')
        return value if plain else write_json(value)

    def _meant(self, shown: JsonValue) -> JsonValue:
        if not str(shown).startswith('"'):
            return shown
        value = read_json(str(shown))
        if not isinstance(value, str):
            raise Unreadable
        return value


class NumberLeaf(Leaf, frozen=True, kw_only=True):
    """A number of any size, written as in JSON."""

    def _shown(self, value: JsonValue, into: Writing) -> JsonValue:
        if isinstance(value, bool) or not isinstance(value, int | float):
            raise CannotWrite
        return write_json(value)

    def _meant(self, shown: JsonValue) -> JsonValue:
        value = read_json(half_width(str(shown)).removeprefix("+"))
        if isinstance(value, bool) or not isinstance(value, int | float):
            raise Unreadable
        return value


class WholeLeaf(Leaf, frozen=True, kw_only=True):
    """A whole number that other programs can hold."""

    def _shown(self, value: JsonValue, into: Writing) -> JsonValue:
        if isinstance(value, bool) or not isinstance(value, int | float) or value != int(value) or abs(value) > LARGEST:
            raise CannotWrite
        return int(value)

    def _meant(self, shown: JsonValue) -> JsonValue:
        return shown


class TruthLeaf(Leaf, frozen=True, kw_only=True):
    """Yes or no."""

    def _shown(self, value: JsonValue, into: Writing) -> JsonValue:
        if not isinstance(value, bool):
            raise CannotWrite
        return value

    def _meant(self, shown: JsonValue) -> JsonValue:
        return shown


class CodeLeaf(Leaf, frozen=True, kw_only=True):
    """One of several values, whatever they are; a code is the number of its value."""

    values: tuple[JsonValue, ...]

    def _shown(self, value: JsonValue, into: Writing) -> JsonValue:
        for number, one in enumerate(self.values, 1):
            if same_json(one, value):
                return str(number)
        raise CannotWrite

    def _meant(self, shown: JsonValue) -> JsonValue:
        number = int(shown) if isinstance(shown, str) and shown.isascii() and shown.isdigit() and len(shown) < 6 else 0
        if not 0 < number <= len(self.values):
            raise Unreadable
        return self.values[number - 1]

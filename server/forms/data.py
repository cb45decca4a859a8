"""What people typed so far: values by draft pointer, rows by stable key, unparsable text beside them.

A draft pointer is a JSON Pointer in which a row stands under a stable key: `/household_members/@k7f2/name`.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import lru_cache
from typing import Any

import msgspec

from server.types import JsonValue


class FormData(msgspec.Struct, frozen=True, kw_only=True):
    """The answers of one form; hidden ones stay, so that a changed mind loses nothing."""

    #: Draft pointer of a field to its value; composite fields are objects.
    values: dict[str, JsonValue] = {}
    #: Draft pointer of a group to its row keys in order.
    rows: dict[str, tuple[str, ...]] = {}
    #: Draft pointer of an input to text that could not be read as the field's type.
    raw: dict[str, str] = {}
    #: Fields a person has answered or emptied; nothing is suggested for them any more.
    touched: frozenset[str] = frozenset()


EMPTY = FormData()


@lru_cache(maxsize=4096)
def group_pointer(field_id: str) -> str:
    """The pointer of a field outside groups."""
    return "/" + field_id.replace(".", "/")


def row_pointers(data: FormData, group: str) -> tuple[str, ...]:
    """Draft pointers of the rows of a group, in order."""
    return tuple(f"{group}/@{key}" for key in data.rows.get(group, ()))


def instance_pointer(data: FormData, pointer: str) -> str:
    """The pointer of the same place in the submitted instance: row keys become indices."""
    parts = pointer.split("/")
    for index, part in enumerate(pointer.split("/")):
        if part.startswith("@"):
            keys = data.rows.get("/".join(pointer.split("/")[:index]), ())
            parts[index] = str(keys.index(part[1:])) if part[1:] in keys else part
    return "/".join(parts)


def to_json(data: FormData) -> JsonValue:
    """The data as JSON for the store."""
    return msgspec.to_builtins(data)


def from_json(value: JsonValue) -> FormData:
    """The data stored by `to_json`."""
    return msgspec.convert(value, FormData)


def from_instance(instance: Mapping[str, Any], fields: Iterator[tuple[str, str]], keys: Iterator[str]) -> FormData:
    """Data holding every answer of a submitted instance; `fields` are (group, path) of the form's fields."""
    values: dict[str, JsonValue] = {}
    rows: dict[str, tuple[str, ...]] = {}
    for group, path in fields:
        if not group:
            value = _member(instance, path)
            if value is not None:
                values[group_pointer(path)] = value
            continue
        pointer = group_pointer(group)
        listed = _member(instance, group)
        if not isinstance(listed, list):
            continue
        if pointer not in rows:
            rows[pointer] = tuple(next(keys) for _ in listed)
        for key, row in zip(rows[pointer], listed, strict=True):
            value = _member(row, path) if isinstance(row, dict) else None
            if value is not None:
                values[f"{pointer}/@{key}/{path.replace('.', '/')}"] = value
    return FormData(values=values, rows=rows, touched=frozenset(values))


def _member(value: Any, path: str) -> Any:
    for part in path.split("."):
        value = value.get(part) if isinstance(value, dict) else None
    return value

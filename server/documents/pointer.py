"""JSON Pointers (RFC 6901) over immutable use of JSON values."""

from __future__ import annotations

import re
from collections.abc import Sequence

from server.types import JsonValue


class Missing:
    """The type of `MISSING`."""

    def __repr__(self) -> str:
        return "MISSING"


#: What `resolve` returns where nothing stands.
MISSING = Missing()

_INDEX = re.compile(r"0|[1-9][0-9]*")


def escape(segment: str) -> str:
    """One reference token with `~` and `/` escaped."""
    return segment.replace("~", "~0").replace("/", "~1") if "~" in segment or "/" in segment else segment


def format_pointer(segments: Sequence[str | int]) -> str:
    """The pointer of a path; empty for the whole document."""
    return "".join(["/" + escape(segment) if isinstance(segment, str) else f"/{segment}" for segment in segments])


def parse_pointer(pointer: str) -> tuple[str, ...]:
    """The unescaped segments; raises `ValueError` unless the pointer is empty or starts with a slash."""
    if not pointer:
        return ()
    if not pointer.startswith("/"):
        raise ValueError(f"not a JSON Pointer: {pointer!r}")
    return tuple(part.replace("~1", "/").replace("~0", "~") for part in pointer[1:].split("/"))


def resolve(document: JsonValue, pointer: str) -> JsonValue | Missing:
    """The value at a pointer, or `MISSING`."""
    value = document
    for segment in parse_pointer(pointer):
        if isinstance(value, dict):
            if segment not in value:
                return MISSING
            value = value[segment]
        elif isinstance(value, list) and (index := _index(segment, value)) is not None:
            value = value[index]
        else:
            return MISSING
    return value


def replace(document: JsonValue, pointer: str, value: JsonValue) -> JsonValue:
    """A copy of the document with `value` at the pointer; missing objects on the way are created, `-` appends to a list.

    Raises `ValueError` for an index that a list does not have.
    """
    segments = parse_pointer(pointer)
    if not segments:
        return value
    head, rest = segments[0], format_pointer(segments[1:])
    if isinstance(document, list):
        if head == "-":
            return [*document, replace(None, rest, value)]
        index = _index(head, document)
        if index is None:
            raise ValueError(f"no such place in a list: {head!r}")
        return [*document[:index], replace(document[index], rest, value), *document[index + 1 :]]
    members = document if isinstance(document, dict) else {}
    return {**members, head: replace(members.get(head), rest, value)}


def remove(document: JsonValue, pointer: str) -> JsonValue:
    """A copy of the document without what stands at the pointer; unchanged when nothing stands there."""
    segments = parse_pointer(pointer)
    if not segments:
        return None
    head, rest = segments[0], format_pointer(segments[1:])
    if isinstance(document, dict) and head in document:
        if not rest:
            return {key: member for key, member in document.items() if key != head}
        return {**document, head: remove(document[head], rest)}
    if isinstance(document, list) and (index := _index(head, document)) is not None:
        inner = [] if not rest else [remove(document[index], rest)]
        return [*document[:index], *inner, *document[index + 1 :]]
    return document


def _index(segment: str, values: Sequence[JsonValue]) -> int | None:
    """The index a segment spells, when the list has it."""
    if not _INDEX.fullmatch(segment) or len(segment) > len(str(len(values))):
        return None
    return int(segment) if int(segment) < len(values) else None

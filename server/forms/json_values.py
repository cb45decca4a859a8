"""Values of JSON as programs hold them: what cannot be handed on, and one way to write each in a form."""

from __future__ import annotations

import json
import math
from collections.abc import Iterator
from typing import Any

from server.documents.pointer import format_pointer
from server.types import JsonValue

#: Levels of a value beyond which it is not read.
DEEPEST = 200
#: Characters of a number beyond which it is not read.
_LONGEST_NUMBER = 400


class Unreadable(ValueError):
    """A text that is no JSON value."""


def unfit_parts(value: Any) -> Iterator[str]:
    """Pointers of what is no JSON: lone surrogates, numbers that are none, other types, and what lies too deep."""
    waiting: list[tuple[tuple[str | int, ...], Any]] = [((), value)]
    while waiting:
        path, part = waiting.pop()
        if isinstance(part, dict) and all(isinstance(name, str) for name in part) and len(path) < DEEPEST:
            if any(not _is_text(name) for name in part):
                yield _pointer(path)
            waiting += [((*path, name), member) for name, member in reversed(part.items())]
        elif isinstance(part, list) and len(path) < DEEPEST:
            waiting += [((*path, index), member) for index, member in reversed(tuple(enumerate(part)))]
        elif not _is_scalar(part):
            yield _pointer(path)


def read_json(text: str) -> JsonValue:
    """The value a text writes; raises `Unreadable` where it writes none that can be kept exactly."""
    try:
        value = json.loads(text, parse_constant=_refused, parse_int=_whole, parse_float=_fraction)
    except (ValueError, RecursionError) as fault:
        raise Unreadable from fault
    if _too_deep(value):
        raise Unreadable
    return value


def write_json(value: JsonValue, *, indent: int | None = None) -> str:
    """The text of a value, with everything escaped that could not be seen or would be cleaned away."""
    text = json.dumps(value, ensure_ascii=False, indent=indent, allow_nan=False)
    if text.isprintable():
        return text
    return "".join(c if c.isprintable() or (c == "\n" and indent is not None) else _escape(c) for c in text)


def same_json(one: JsonValue, other: JsonValue) -> bool:
    """Whether two values are the same for JSON Schema: truth values are no numbers, `1.0` is `1`."""
    if isinstance(one, bool) or isinstance(other, bool):
        return one is other
    if isinstance(one, dict) and isinstance(other, dict):
        return one.keys() == other.keys() and all(same_json(value, other[name]) for name, value in one.items())
    if isinstance(one, list) and isinstance(other, list):
        return len(one) == len(other) and all(map(same_json, one, other))
    return type(one) is type(other) and one == other if isinstance(one, str) else bool(one == other)


def _is_scalar(part: Any) -> bool:
    if isinstance(part, str):
        return _is_text(part)
    return part is None or isinstance(part, int) or (isinstance(part, float) and math.isfinite(part))


def _is_text(text: str) -> bool:
    return text.isascii() or not any("\ud800" <= c <= "\udfff" for c in text)


def _pointer(path: tuple[str | int, ...]) -> str:
    return format_pointer([part.encode("utf-8", "replace").decode() if isinstance(part, str) else part for part in path])


def _too_deep(value: JsonValue) -> bool:
    level = [value]
    for _ in range(DEEPEST):
        level = [
            member
            for part in level
            for member in (part.values() if isinstance(part, dict) else part if isinstance(part, list) else ())
        ]
        if not level:
            return False
    return True


def _escape(character: str) -> str:
    point = ord(character)
    if point < 0x10000:
        return f"\\u{point:04x}"
    return f"\\u{0xD800 + (point - 0x10000 >> 10):04x}\\u{0xDC00 + (point - 0x10000 & 0x3FF):04x}"


def _refused(text: str) -> JsonValue:
    raise Unreadable(text)


def _whole(text: str) -> int:
    if len(text) > _LONGEST_NUMBER:
        raise Unreadable(text)
    return int(text)


def _fraction(text: str) -> float:
    value = float(text)
    if not math.isfinite(value):
        raise Unreadable(text)
    return value

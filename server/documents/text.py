"""Documents as text: strict reading with findings, fixed writing, and the line of a pointer."""

from __future__ import annotations

import json
import re
from bisect import bisect_left
from typing import Any

from server.documents.pointer import format_pointer, parse_pointer
from server.findings import Finding
from server.types import JsonValue

MAX_BYTES = 5_000_000
MAX_DEPTH = 200

#: Integers beyond it have no canonical bytes, since other readers would round them.
MAX_NUMBER = 2**53 - 1
_MOST_DIGITS = 20

#: Details of texts that are no JSON, beside the words of the JSON reader itself.
_NO_CONSTANT, _NO_EXACT_NUMBER = "no constant", "no exact number"

# Possessive, and closed by the end of the text as well: an open string is not searched again from every quote in it.
_STRING = re.compile(r'"(?:[^"\\]|\\.)*+(?:"|\\?\Z)', re.DOTALL)
_BRACKET_OR_STRING = re.compile(rf"{_STRING.pattern}|[\[{{]|[\]}}]", re.DOTALL)
_LINE_END = re.compile("\n")
_SCALAR = re.compile(r"[^\s,\]}]+")
_SURROGATE = re.compile("[\ud800-\udfff]")


class _DuplicateKey(ValueError):
    pass


def parse_document(raw: bytes, path: str) -> tuple[JsonValue | None, tuple[Finding, ...]]:
    """The JSON value of a document, or nothing and the finding that says why it cannot be read.

    Stricter than RFC 8259 allows: UTF-8 only, no duplicate keys, no NaN, no lone surrogates, no numbers that others would
    round, at most 5 MB and 200 levels.
    """

    def fault(code: str, **params: str | int) -> tuple[None, tuple[Finding, ...]]:
        return None, (Finding(code=code, severity="error", path=path, params=params),)

    if len(raw) > MAX_BYTES:
        return fault("document-too-large", limit=MAX_BYTES)
    try:
        text = raw.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        return fault("not-utf-8", position=error.start)
    if _depth(text) > MAX_DEPTH:
        return fault("document-too-deep", limit=MAX_DEPTH)
    try:
        value = json.loads(
            text, object_pairs_hook=_unique, parse_constant=_refuse_constant, parse_int=_integer, parse_float=_decimal
        )
    except _DuplicateKey as error:
        return fault("duplicate-key", key=str(error))
    except json.JSONDecodeError as error:
        return None, (Finding(code="not-json", severity="error", path=path, line=error.lineno, params={"detail": error.msg}),)
    except (ValueError, RecursionError) as error:
        return fault("not-json", detail=str(error))
    if _SURROGATE.search(text) or (r"\u" in text and _SURROGATE.search(json.dumps(value, ensure_ascii=False))):
        return fault("not-utf-8", position=0)
    return value, ()


def pretty_bytes(value: JsonValue) -> bytes:
    """The bytes a document has on disk: two spaces, UTF-8, members in their order, a final newline."""
    return (json.dumps(value, ensure_ascii=False, indent=2) + "\n").encode("utf-8")


def line_of(raw: bytes, pointer: str) -> int | None:
    """The line, counted from 1, on which the value at a pointer begins; of its nearest ancestor when it is absent."""
    return Lines(raw).of(pointer)


class Lines:
    """The lines on which the values of one text begin; the text is read once for any number of pointers."""

    def __init__(self, raw: bytes) -> None:
        """Takes any bytes; of a malformed text the lines read so far are known."""
        text = raw.decode("utf-8-sig", errors="replace")
        self._positions = _positions(text)
        self._ends = [mark.start() for mark in _LINE_END.finditer(text)]

    def of(self, pointer: str) -> int | None:
        """The line, counted from 1, of the value at a pointer; of its nearest ancestor when it is absent."""
        segments = parse_pointer(pointer)
        for length in range(len(segments), -1, -1):
            position = self._positions.get(format_pointer(segments[:length]))
            if position is not None:
                return bisect_left(self._ends, position) + 1
        return None


def _unique(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    members = dict(pairs)
    if len(members) != len(pairs):
        seen: set[str] = set()
        for key, _ in pairs:
            if key in seen:
                raise _DuplicateKey(key)
            seen.add(key)
    return members


def _refuse_constant(name: str) -> Any:
    raise ValueError(_NO_CONSTANT)


def _integer(digits: str) -> int:
    # Python refuses to read thousands of digits; no number of so many could be kept anyway.
    if len(digits) > _MOST_DIGITS or abs(value := int(digits)) > MAX_NUMBER:
        raise ValueError(_NO_EXACT_NUMBER)
    return value


def _decimal(digits: str) -> float:
    value = float(digits)
    if abs(value) > MAX_NUMBER:
        raise ValueError(_NO_EXACT_NUMBER)
    return value


def _depth(text: str) -> int:
    deepest = depth = 0
    for mark in _BRACKET_OR_STRING.finditer(text):
        character = mark.group()[0]
        if character in "[{":
            depth += 1
            deepest = max(deepest, depth)
        elif character in "]}":
            depth -= 1
    return deepest


def _positions(text: str) -> dict[str, int]:
    """Pointer to the offset of every value of a well-formed text; what was read so far of a malformed one."""
    positions: dict[str, int] = {}
    # One entry per open container: [path, next index or None for objects, pending key].
    stack: list[list[Any]] = []
    offset, length = 0, len(text)
    expect_key = False
    while offset < length:
        character = text[offset]
        if character in " \t\r\n:":
            offset += 1
            continue
        if character == ",":
            expect_key = bool(stack) and stack[-1][1] is None
            offset += 1
            continue
        if character in "]}":
            if stack:
                stack.pop()
            expect_key = False
            offset += 1
            continue
        string = _STRING.match(text, offset) if character == '"' else None
        if expect_key and string is not None:
            stack[-1][2] = _key(string.group())
            expect_key = False
            offset = string.end()
            continue
        path = _path_of_next(stack)
        positions[path] = offset
        if character in "[{":
            stack.append([path, 0 if character == "[" else None, ""])
            expect_key = character == "{"
            offset += 1
            continue
        scalar = string or _SCALAR.match(text, offset)
        offset = scalar.end() if scalar else offset + 1
    return positions


def _key(literal: str) -> str:
    """The key a literal spells; the literal itself where it is malformed."""
    try:
        return str(json.loads(literal, strict=False))
    except ValueError:
        return literal


def _path_of_next(stack: list[list[Any]]) -> str:
    if not stack:
        return ""
    parent = stack[-1]
    if parent[1] is None:
        return f"{parent[0]}{format_pointer((parent[2],))}"
    index = parent[1]
    parent[1] = index + 1
    return f"{parent[0]}/{index}"

"""FEEL unary tests → cells of a decision table."""

from __future__ import annotations

import json
import re

from server.documents.text import MAX_NUMBER
from server.rules.tables import Cell

_STRING = r'"(?:[^"\\]|\\.)*+"'
_PART = re.compile(rf"\s*(?P<test>{_STRING}|[^\",\[\]()]+|[\[\]()]\s*[^\",\[\]()]*?\.\.[^\",\[\]()]*?[\[\]()])\s*(?:,|\Z)")
_INTERVAL = re.compile(r"([\[\]()])\s*(-?\d+)\s*\.\.\s*(-?\d+)\s*([\[\]()])")
_COMPARED = re.compile(r"(<=|>=|<|>|=)?\s*(-?\d+)")
_LONGEST = 20_000


class NotExpressible(Exception):
    """A cell that our tables cannot say."""


def tests_of(text: str, kind: str) -> list[Cell | None]:
    """The cells of which one has to hold; `None` holds for any value."""
    text = text.strip()
    if text in ("", "-"):
        return [None]
    parts = _parts(text)
    if kind == "bool":
        if len(parts) != 1 or parts[0] not in ("true", "false"):
            raise NotExpressible(text)
        return [Cell(is_=parts[0] == "true")]
    if kind == "string":
        return [Cell(codes=tuple(dict.fromkeys(_string(part) for part in parts)))]
    return [_interval(part) for part in parts]


def literal_of(text: str, kind: str) -> bool | int | str:
    """The value of an output entry."""
    if kind == "bool" and text in ("true", "false"):
        return text == "true"
    if kind == "int" and re.fullmatch(r"-?\d{1,16}", text):
        return _number(text)
    if kind == "string":
        return _string(text)
    raise NotExpressible(text)


def _parts(text: str) -> list[str]:
    if len(text) > _LONGEST:
        raise NotExpressible(text)
    parts, position = [], 0
    while position < len(text):
        match = _PART.match(text, position)
        if match is None or match.end() == position:
            raise NotExpressible(text)
        parts.append(match["test"].strip())
        position = match.end()
    return parts


def _interval(text: str) -> Cell:
    match = _INTERVAL.fullmatch(text)
    if match is not None:
        opening, low, high, closing = match.groups()
        least, most = _number(low), _number(high)
        return Cell(
            at_least=least if opening == "[" else None,
            more_than=None if opening == "[" else least,
            at_most=most if closing == "]" else None,
            below=None if closing == "]" else most,
        )
    match = _COMPARED.fullmatch(text)
    if match is None:
        raise NotExpressible(text)
    value = _number(match[2])
    match match[1]:
        case "<":
            return Cell(below=value)
        case "<=":
            return Cell(at_most=value)
        case ">":
            return Cell(more_than=value)
        case ">=":
            return Cell(at_least=value)
    return Cell(at_least=value, at_most=value)


def _number(text: str) -> int:
    value = int(text[:20])
    if abs(value) > MAX_NUMBER:
        raise NotExpressible(text)
    return value


def _string(text: str) -> str:
    if not (len(text) > 1 and text.startswith('"') and text.endswith('"')):
        raise NotExpressible(text)
    try:
        return str(json.loads(text, strict=False))
    except ValueError:
        raise NotExpressible(text) from None

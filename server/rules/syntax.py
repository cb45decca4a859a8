"""The checked syntax tree of a CEL expression, read from the protobuf bytes that the compiler serialises.

Field numbers follow `cel/expr/checked.proto` and `cel/expr/syntax.proto`.
"""

from __future__ import annotations

from collections.abc import Iterator

import msgspec

from server.errors import DamagedData


class Constant(msgspec.Struct, frozen=True):
    """A literal."""

    value: bool | int | float | str | None


class Identifier(msgspec.Struct, frozen=True):
    """A variable, by its qualified name, or the loop variable of a comprehension."""

    name: str


class Select(msgspec.Struct, frozen=True):
    """A member of a value; `test` asks only whether it is there."""

    operand: Node
    field: str
    test: bool


class Call(msgspec.Struct, frozen=True):
    """An operator or function; a method call has its target as first argument."""

    function: str
    arguments: tuple[Node, ...]


class ListLiteral(msgspec.Struct, frozen=True):
    """A list written out."""

    elements: tuple[Node, ...]


class Comprehension(msgspec.Struct, frozen=True):
    """A macro over a list: `exists`, `all`, `filter`, `map`, `exists_one` in their expanded form."""

    variable: str
    over: Node
    start: Node
    condition: Node
    step: Node
    result: Node


class Other(msgspec.Struct, frozen=True):
    """A construct the rules do not read further (maps, messages)."""


Node = Constant | Identifier | Select | Call | ListLiteral | Comprehension | Other


def read_checked(serialized: bytes) -> Node:
    """The tree of a serialised checked expression."""
    any_fields = dict(_fields(serialized))
    checked = any_fields.get(2)
    if not isinstance(checked, bytes):
        raise DamagedData("no checked expression")
    for number, value in _fields(checked):
        if number == 4 and isinstance(value, bytes):
            return _expression(value)
    raise DamagedData("no expression")


def children(node: Node) -> tuple[Node, ...]:
    """The direct parts of a node, in reading order."""
    match node:
        case Select(operand=operand):
            return (operand,)
        case Call(arguments=arguments):
            return arguments
        case ListLiteral(elements=elements):
            return elements
        case Comprehension():
            return (node.over, node.start, node.condition, node.step, node.result)
    return ()


def walk(node: Node) -> Iterator[Node]:
    """The node and everything below it."""
    pending = [node]
    while pending:
        current = pending.pop()
        yield current
        pending.extend(reversed(children(current)))


def _expression(data: bytes) -> Node:
    for number, value in _fields(data):
        if number == 2 or not isinstance(value, bytes):
            continue
        match number:
            case 3:
                return Constant(_constant(value))
            case 4:
                return Identifier(_text(value, 1))
            case 5:
                parts = dict(_fields(value))
                operand = parts.get(1)
                assert isinstance(operand, bytes)
                return Select(_expression(operand), _text(value, 2), bool(parts.get(3, 0)))
            case 6:
                target = [_expression(v) for n, v in _fields(value) if n == 1 and isinstance(v, bytes)]
                arguments = [_expression(v) for n, v in _fields(value) if n == 3 and isinstance(v, bytes)]
                return Call(_text(value, 2), (*target, *arguments))
            case 7:
                return ListLiteral(tuple(_expression(v) for n, v in _fields(value) if n == 1 and isinstance(v, bytes)))
            case 9:
                parts = dict(_fields(value))
                nodes = {n: _expression(v) for n, v in parts.items() if n in (2, 4, 5, 6, 7) and isinstance(v, bytes)}
                return Comprehension(_text(value, 1), nodes[2], nodes[4], nodes[5], nodes[6], nodes[7])
            case _:
                return Other()
    return Other()


def _constant(data: bytes) -> bool | int | float | str | None:
    for number, value in _fields(data):
        match number, value:
            case 2, int():
                return bool(value)
            case 3, int():
                return value - (1 << 64) if value >> 63 else value
            case 4, int():
                return value
            case 6, bytes():
                return value.decode("utf-8")
    return None


def _text(data: bytes, wanted: int) -> str:
    for number, value in _fields(data):
        if number == wanted and isinstance(value, bytes):
            return value.decode("utf-8")
    return ""


def _fields(data: bytes) -> Iterator[tuple[int, int | bytes]]:
    """Field number and raw value of every field of a protobuf message."""
    offset = 0
    while offset < len(data):
        key, offset = _varint(data, offset)
        number, kind = key >> 3, key & 7
        match kind:
            case 0:
                value, offset = _varint(data, offset)
                yield number, value
            case 1:
                yield number, data[offset : offset + 8]
                offset += 8
            case 2:
                length, offset = _varint(data, offset)
                yield number, data[offset : offset + length]
                offset += length
            case 5:
                yield number, data[offset : offset + 4]
                offset += 4
            case _:
                raise DamagedData(f"wire type {kind}")


def _varint(data: bytes, offset: int) -> tuple[int, int]:
    value = shift = 0
    while True:
        byte = data[offset]
        offset += 1
        value |= (byte & 0x7F) << shift
        if byte < 0x80:
            return value, offset
        shift += 7

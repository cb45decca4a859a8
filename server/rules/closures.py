"""Rules as Python closures: the common operators over answers of the declared types, without the way to CEL and back.

Whatever is not common is left to CEL: macros, patterns, division, members of rows, and values of another type than declared.
Undefined values and errors go the way of the language: `&&` and `||` are decided by either side, everything else is undefined
as soon as a part of it is, integers that do not fit into 64 bits included.
"""

from __future__ import annotations

import operator
from collections.abc import Callable, Mapping
from typing import Any

from server.rules.syntax import Call, Constant, Identifier, ListLiteral, Node
from server.rules.types import UNDEFINED, RuleType
from server.rules.variables import member_at, path_of
from server.types import JsonValue

#: The value for bindings and, where a rule looks at one, a row.
Closure = Callable[[Mapping[str, Any], JsonValue], Any]


class Unusual(Exception):
    """A value of another type than declared: what a rule makes of it only CEL can say."""


class _NotCommon(Exception):
    """The expression has a part that is left to CEL."""


_LEAST, _BEYOND = -(2**63), 2**63
_ROW = "row."
_PLAIN = {"bool": bool, "int": int, "string": str}
_BINARY: dict[str, Callable[[Any, Any], Any]] = {
    "_==_": operator.eq,
    "_!=_": operator.ne,
    "_<_": operator.lt,
    "_<=_": operator.le,
    "_>_": operator.gt,
    "_>=_": operator.ge,
    "startsWith": str.startswith,
    "endsWith": str.endswith,
    "contains": operator.contains,
}
_ARITHMETIC: dict[str, Callable[[Any, Any], Any]] = {"_+_": operator.add, "_-_": operator.sub, "_*_": operator.mul}


def closure_of(tree: Node, variables: Mapping[str, RuleType]) -> Closure | None:
    """The rule as a closure, which raises `Unusual` for values it does not know; nothing when it is not common."""
    try:
        return _closure(tree, variables)
    except _NotCommon:
        return None


def _closure(node: Node, variables: Mapping[str, RuleType]) -> Closure:
    match node:
        case Constant(value=bool() | int() | str() as value):
            return lambda bindings, row: value
        case Identifier(name=name) if name in variables:
            return _variable(name, variables[name])
        case ListLiteral(elements=elements) if _is_uniform(elements):
            return _list([_closure(element, variables) for element in elements])
        case Call(function=function, arguments=arguments):
            return _call(function, arguments, variables)
    raise _NotCommon


def _call(function: str, arguments: tuple[Node, ...], variables: Mapping[str, RuleType]) -> Closure:
    if function == "@in" and (codes := _codes(arguments[1])):
        return _member_of(_closure(arguments[0], variables), codes)
    parts = [_closure(argument, variables) for argument in arguments]
    match function, parts:
        case "_&&_", [left, right]:
            return _decided(left, right, by=False)
        case "_||_", [left, right]:
            return _decided(left, right, by=True)
        case "_?_:_", [condition, first, second]:
            return _chosen(condition, first, second)
        case "!_", [operand]:
            return _applied(operator.not_, operand)
        case "size", [operand]:
            return _applied(len, operand)
        case "@in", [element, members]:
            return _applied_to_two(lambda one, many: one in many, element, members)
        case _, [left, right] if function in _BINARY:
            return _applied_to_two(_BINARY[function], left, right)
        case _, [left, right] if function in _ARITHMETIC:
            return _calculated(_ARITHMETIC[function], left, right)
    raise _NotCommon


def _variable(name: str, declared: RuleType) -> Closure:
    plain = _PLAIN.get(declared.kind)
    if plain is None:
        element = _PLAIN.get(declared.element.kind) if declared.kind == "list" and declared.element is not None else None
        if element is None:
            raise _NotCommon
        check: Callable[[Any], Any] = _checked_list(element)
    else:
        check = _checked(plain)
    path = path_of(name.removeprefix(_ROW)) if name.startswith(_ROW) else None

    def value(bindings: Mapping[str, Any], row: JsonValue) -> Any:
        found = bindings.get(name) if path is None or row is None else member_at(row, path)
        return UNDEFINED if found is None else check(found)

    return value


def _checked(plain: type) -> Callable[[Any], Any]:
    """Passes values of a type; those that the language cannot hold are unusual."""

    def text(value: Any) -> Any:
        if type(value) is not str or not (value.isascii() or _is_encodable(value)):
            raise Unusual
        return value

    def number(value: Any) -> Any:
        if type(value) is not int or not _LEAST <= value < _BEYOND:
            raise Unusual
        return value

    def truth(value: Any) -> Any:
        if type(value) is not bool:
            raise Unusual
        return value

    return {str: text, int: number, bool: truth}[plain]


def _checked_list(plain: type) -> Callable[[Any], Any]:
    check = _checked(plain)

    def members(value: Any) -> Any:
        if type(value) is not list:
            raise Unusual
        return [check(member) for member in value]

    return members


def _is_encodable(text: str) -> bool:
    try:
        text.encode()
    except UnicodeEncodeError:
        return False
    return True


def _codes(node: Node) -> frozenset[str]:
    """The members of a list of codes that is written out; empty for any other list."""
    if not isinstance(node, ListLiteral):
        return frozenset()
    codes = [element.value for element in node.elements if isinstance(element, Constant) and isinstance(element.value, str)]
    return frozenset(codes) if len(codes) == len(node.elements) else frozenset()


def _member_of(element: Closure, codes: frozenset[str]) -> Closure:
    def value(bindings: Mapping[str, Any], row: JsonValue) -> Any:
        found = element(bindings, row)
        return UNDEFINED if found is UNDEFINED else found in codes

    return value


def _is_uniform(elements: tuple[Node, ...]) -> bool:
    """Whether all are literals of one type: Python takes 1 and True for the same, CEL does not."""
    return len({type(element.value) if isinstance(element, Constant) else element for element in elements}) <= 1


def _list(elements: list[Closure]) -> Closure:
    def value(bindings: Mapping[str, Any], row: JsonValue) -> Any:
        found = [element(bindings, row) for element in elements]
        return UNDEFINED if any(one is UNDEFINED for one in found) else found

    return value


def _decided(left: Closure, right: Closure, *, by: bool) -> Closure:
    """`&&` and `||`: either side decides alone, whatever the other is."""

    def value(bindings: Mapping[str, Any], row: JsonValue) -> Any:
        first = left(bindings, row)
        if first is by:
            return by
        second = right(bindings, row)
        if second is by:
            return by
        return UNDEFINED if first is UNDEFINED or second is UNDEFINED else not by

    return value


def _chosen(condition: Closure, first: Closure, second: Closure) -> Closure:
    def value(bindings: Mapping[str, Any], row: JsonValue) -> Any:
        found = condition(bindings, row)
        if found is UNDEFINED:
            return UNDEFINED
        return first(bindings, row) if found else second(bindings, row)

    return value


def _applied(function: Callable[[Any], Any], operand: Closure) -> Closure:
    def value(bindings: Mapping[str, Any], row: JsonValue) -> Any:
        found = operand(bindings, row)
        return UNDEFINED if found is UNDEFINED else function(found)

    return value


def _applied_to_two(function: Callable[[Any, Any], Any], left: Closure, right: Closure) -> Closure:
    def value(bindings: Mapping[str, Any], row: JsonValue) -> Any:
        first = left(bindings, row)
        if first is UNDEFINED:
            return UNDEFINED
        second = right(bindings, row)
        return UNDEFINED if second is UNDEFINED else function(first, second)

    return value


def _calculated(function: Callable[[Any, Any], Any], left: Closure, right: Closure) -> Closure:
    result = _applied_to_two(function, left, right)

    def value(bindings: Mapping[str, Any], row: JsonValue) -> Any:
        found = result(bindings, row)
        return UNDEFINED if type(found) is int and not _LEAST <= found < _BEYOND else found

    return value

"""Types inside comprehensions, where the compiler sees rows only as maps of anything."""

from __future__ import annotations

import difflib
from collections.abc import Mapping

from server.findings import Param
from server.rules.syntax import Call, Comprehension, Constant, Identifier, ListLiteral, Node, Select, children
from server.rules.types import BOOL, INT, STRING, RuleType, list_of

_ORDERED = {"_<_", "_<=_", "_>_", "_>=_", "_+_", "_-_", "_*_", "_/_", "_%_"}
_EQUAL = {"_==_", "_!=_"}
_ARITHMETIC = {"_-_", "_*_", "_/_", "_%_", "_+_"}

Fault = tuple[str, dict[str, Param]]


def check_rows(tree: Node, variables: Mapping[str, RuleType]) -> tuple[Fault, ...]:
    """Faults inside comprehensions: members a row does not have, and operators between different types."""
    faults: list[Fault] = []
    _infer(tree, dict(variables), faults)
    return tuple(fault for index, fault in enumerate(faults) if fault not in faults[:index])


def _infer(node: Node, scope: dict[str, RuleType], faults: list[Fault]) -> RuleType | None:
    """The type of a node where it can be told; `None` means anything."""
    match node:
        case Constant(value=value):
            return (
                BOOL if isinstance(value, bool) else INT if isinstance(value, int) else STRING if isinstance(value, str) else None
            )
        case Identifier(name=name):
            return scope.get(name)
        case Select(operand=operand, field=field, test=test):
            row = _infer(operand, scope, faults)
            if row is None or row.kind != "row":
                return None
            if field not in row.members:
                near = difflib.get_close_matches(field, row.members, n=1, cutoff=0.6)
                faults.append(("unknown-row-field", {"field": field, "suggestion": near[0] if near else ""}))
                return None
            return BOOL if test else row.members[field]
        case ListLiteral(elements=elements):
            found = [_infer(element, scope, faults) for element in elements]
            return list_of(found[0]) if found and found[0] is not None else None
        case Comprehension():
            over = _infer(node.over, scope, faults)
            element = over.element if over is not None and over.kind == "list" else None
            inner = {name: known for name, known in scope.items() if name != node.variable}
            if element is not None:
                inner[node.variable] = element
            _infer(node.step, inner, faults)
            return _result_type(node, over)
        case Call():
            return _call(node, scope, faults)
    for child in children(node):
        _infer(child, scope, faults)
    return None


def _result_type(node: Comprehension, over: RuleType | None) -> RuleType | None:
    match node.start:
        case Constant(value=bool()):
            return BOOL
        case ListLiteral():
            return over
    return None


def _call(node: Call, scope: dict[str, RuleType], faults: list[Fault]) -> RuleType | None:
    types = [_infer(argument, scope, faults) for argument in node.arguments]
    if node.function in _ORDERED | _EQUAL and len(types) == 2:
        left, right = types
        if left is not None and right is not None and left.kind != right.kind:
            faults.append(("rule-operands", {"line": 1, "column": 1, "detail": f"{node.function} ({left}, {right})"}))
        return (left or right) if node.function in _ARITHMETIC else BOOL
    if node.function == "@in" and len(types) == 2:
        item, container = types
        if item is not None and container is not None and container.element is not None and item.kind != container.element.kind:
            faults.append(("rule-operands", {"line": 1, "column": 1, "detail": f"in ({item}, {container})"}))
        return BOOL
    if node.function == "size":
        return INT
    if node.function == "_[_]" and types and types[0] is not None:
        return types[0].element
    if node.function == "_?_:_":
        return types[1]
    return BOOL if node.function in ("_&&_", "_||_", "!_") else None

"""What a rule can come to when it is known which steps of a process have been taken, and nothing about the application."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from server.processes.compiled import CompiledProcess
from server.rules.expressions import Rule
from server.rules.facts import Fact
from server.rules.syntax import Call, Comprehension, Constant, Identifier, ListLiteral, Node, Select
from server.rules.types import UNDEFINED


class _Any:
    """Stands for a value of which nothing is known but that it is there."""

    def __repr__(self) -> str:
        return "ANY"


ANY = _Any()
#: The values that are possible, `ANY` and `UNDEFINED` among them.
Possible = frozenset[Any]

_SOME: Possible = frozenset({ANY})
_NONE: Possible = frozenset({UNDEFINED})
_TRUE: Possible = frozenset({True})
_FALSE: Possible = frozenset({False})
_EITHER = _TRUE | _FALSE
_OPPOSITE = {True: False, False: True}


class Knowledge:
    """What rules of a process know after some steps: each task, call, decision and sub-process taken, with its outcome."""

    def __init__(self, process: CompiledProcess, taken: Mapping[str, str]) -> None:
        self._process = process
        self._taken = taken
        self._facts = {fact.name: fact for fact in process.facts.facts}
        self._computed: dict[str, Possible] = {}

    def of(self, rule: Rule) -> Possible:
        """What a rule can come to."""
        return self._value(rule.tree)

    def can_hold(self, rule: Rule | None) -> bool:
        """Whether a rule can be true."""
        return rule is None or bool(self.of(rule) & {True, ANY})

    def can_fail(self, rule: Rule | None) -> bool:
        """Whether a rule can be anything but true."""
        return rule is not None and self.of(rule) != _TRUE

    def lacks(self, rule: Rule) -> str:
        """The first variable without a value that can leave a rule without one; empty when it always has one."""
        if UNDEFINED not in self.of(rule):
            return ""
        return next((name for name in rule.references if UNDEFINED in self._variable(name)), rule.text)

    def _variable(self, name: str) -> Possible:
        node, _, member = name.partition(".")
        fact = self._facts.get(name)
        if fact is not None:
            if name not in self._computed:
                self._computed[name] = self._fact(fact)
            return self._computed[name]
        if node not in self._process.nodes:
            return _SOME
        if node not in self._taken:
            return _NONE
        outcome = self._taken[node]
        return frozenset({outcome}) if outcome and member == "outcome" else _SOME

    def _fact(self, fact: Fact) -> Possible:
        operands = [self._operand(operand, kind) for operand, kind in zip(fact.operands, fact.kinds, strict=True)]
        match fact.operator:
            case "is_answered":
                return _FALSE if operands[0] == _NONE else _EITHER
            case "first_of":
                return _first(operands)
            case "duplicates":
                return _SOME
        lacking = any(UNDEFINED in operand for operand in operands)
        if fact.where is not None and not fact.skip_unanswered:
            lacking = lacking or UNDEFINED in self.of(fact.where)
        return _SOME | _NONE if lacking and not all(operand == _NONE for operand in operands) else _NONE if lacking else _SOME

    def _operand(self, operand: Any, kind: str) -> Possible:
        if not isinstance(operand, str) or kind in ("literal", "rows") or "[]" in operand:
            return _SOME
        return self._variable(f"{operand}.amount" if kind == "income" else operand)

    def _value(self, node: Node) -> Possible:
        match node:
            case Constant(value=value):
                return frozenset({value})
            case Identifier(name=name):
                return self._variable(name)
            case Select(operand=operand):
                return _passing(self._value(operand))
            case ListLiteral(elements=elements):
                return _passing(*(self._value(element) for element in elements))
            case Comprehension(over=over, step=step):
                return _passing(self._value(over), self._value(step))
            case Call(function=function, arguments=arguments):
                return self._call(function, arguments)
        return _SOME

    def _call(self, function: str, arguments: tuple[Node, ...]) -> Possible:
        match function, arguments:
            case "@in", (element, ListLiteral(elements=elements)):
                return _compared(self._value(element), [self._value(one) for one in elements], lambda one, all_: one in all_)
            case "_==_", (one, other):
                return _compared(self._value(one), [self._value(other)], lambda value, others: value == others[0])
            case "_!=_", (one, other):
                return _compared(self._value(one), [self._value(other)], lambda value, others: value != others[0])
        values = [self._value(argument) for argument in arguments]
        match function, values:
            case "!_", [operand]:
                return frozenset(_OPPOSITE.get(value, value) for value in _truths(operand))
            case "_&&_", [left, right]:
                return _decided(left, right, by=False)
            case "_||_", [left, right]:
                return _decided(left, right, by=True)
            case "_?_:_", [condition, first, second]:
                return _chosen(_truths(condition), first, second)
        return _passing(*values)


def _first(operands: list[Possible]) -> Possible:
    found: Possible = frozenset()
    for operand in operands:
        found |= operand - _NONE
        if UNDEFINED not in operand:
            return found
    return found | _NONE


def _passing(*parts: Possible) -> Possible:
    """Something that is there when all its parts are."""
    lacking = _NONE if any(UNDEFINED in part for part in parts) else frozenset[Any]()
    return lacking if any(part == _NONE for part in parts) else lacking | _SOME


def _truths(values: Possible) -> Possible:
    return (values - _SOME) | _EITHER if ANY in values else values


def _decided(left: Possible, right: Possible, *, by: bool) -> Possible:
    """`&&` and `||`: either side decides alone, whatever the other is."""
    found: set[Any] = set()
    for one in _truths(left):
        for other in _truths(right):
            found.add(by if by in (one, other) else UNDEFINED if UNDEFINED in (one, other) else not by)
    return frozenset(found)


def _chosen(condition: Possible, first: Possible, second: Possible) -> Possible:
    found: Possible = _NONE if UNDEFINED in condition else frozenset()
    if True in condition:
        found |= first
    return found | second if False in condition else found


def _compared(values: Possible, others: list[Possible], compare: Callable[[Any, list[Any]], bool]) -> Possible:
    """A comparison whose result is known where both sides are."""
    parts = _passing(values, *others)
    known = all(len(other) == 1 and not other & (_SOME | _NONE) for other in others)
    if not known or ANY in values:
        return (parts - _SOME) | _EITHER if ANY in parts else parts
    against = [next(iter(other)) for other in others]
    return frozenset(UNDEFINED if value is UNDEFINED else compare(value, against) for value in values)

"""Conditions as formulas over tests of single variables, and whether values exist for which some of them hold.

What a formula cannot say (arithmetic, comparisons of two variables, macros) is a variable of its own that may be true or
false. So an answer "cannot hold" is a proof, and everything that is not decided counts as possible.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterator, Mapping, Sequence
from typing import Any, Literal

import msgspec

from server.rules.syntax import Call, Constant, Identifier, ListLiteral, Node

#: Tests tried in a search after which it is left undecided.
MAX_STEPS = 50_000
#: How deep formulas are read; what is deeper is a variable of its own.
_DEPTH = 60
_FLIPPED = {"_==_": "_==_", "_!=_": "_!=_", "_<_": "_>_", "_<=_": "_>=_", "_>_": "_<_", "_>=_": "_<=_"}
_NEGATED = {"_!=_": "_==_", "_>=_": "_<_", "_>_": "_<=_"}


class Domain(msgspec.Struct, frozen=True, kw_only=True):
    """The values that a variable can have, or those of the members of a list."""

    #: Every value; nothing where they are not listed.
    values: tuple[bool | str, ...] | None = None
    #: Whether the values are those of the members of a list.
    listed: bool = False
    low: int | None = None
    high: int | None = None


class Always(msgspec.Struct, frozen=True):
    """What holds, or does not, whatever the variables are."""

    value: bool


class Test(msgspec.Struct, frozen=True):
    """Whether a variable has one of some values, or lies on one side of a figure."""

    variable: Hashable
    operator: Literal["in", "<", "<=", "=="]
    values: tuple[Any, ...]


class Not(msgspec.Struct, frozen=True):
    """The opposite."""

    part: Formula


class Both(msgspec.Struct, frozen=True):
    """Whether two parts hold."""

    first: Formula
    second: Formula


class Either(msgspec.Struct, frozen=True):
    """Whether one of two parts holds."""

    first: Formula
    second: Formula


class Depending(msgspec.Struct, frozen=True):
    """One formula or the other."""

    condition: Formula
    first: Formula
    second: Formula


Formula = Always | Test | Not | Both | Either | Depending


def formula_of(tree: Node, rename: Callable[[str], str] = str, depth: int = 0) -> Formula:
    """The formula of a checked expression that yields a truth value, its variables renamed."""
    if depth > _DEPTH:
        return _own(tree)
    match tree:
        case Constant(value=bool() as value):
            return Always(value)
        case Identifier(name=name):
            return Test(rename(name), "in", (True,))
        case Call(function="!_", arguments=(part,)):
            return Not(formula_of(part, rename, depth + 1))
        case Call(function="_&&_", arguments=(first, second)):
            return Both(formula_of(first, rename, depth + 1), formula_of(second, rename, depth + 1))
        case Call(function="_||_", arguments=(first, second)):
            return Either(formula_of(first, rename, depth + 1), formula_of(second, rename, depth + 1))
        case Call(function="_?_:_", arguments=(condition, first, second)):
            return Depending(*(formula_of(part, rename, depth + 1) for part in (condition, first, second)))
        case Call(function="@in", arguments=(Identifier(name=name), ListLiteral(elements=elements))):
            values = tuple(one.value for one in elements if isinstance(one, Constant))
            return Test(rename(name), "in", values) if len(values) == len(elements) else _own(tree)
        case Call(function="@in", arguments=(Constant(value=value), Identifier(name=name))):
            return Test((rename(name), value), "in", (True,))
        case Call(function=function, arguments=(first, second)) if function in _FLIPPED:
            return _comparison(function, first, second, rename)
    return _own(tree)


def _comparison(function: str, first: Node, second: Node, rename: Callable[[str], str]) -> Formula:
    if function in _NEGATED:
        return Not(_comparison(_NEGATED[function], first, second, rename))
    if isinstance(first, Constant):
        first, second, function = second, first, _FLIPPED[function]
        if function in _NEGATED:
            return Not(_comparison(_NEGATED[function], first, second, rename))
    if isinstance(first, Identifier) and isinstance(second, Constant) and second.value is not None:
        if function == "_==_":
            return Test(rename(first.name), "in", (second.value,))
        if isinstance(second.value, int) and not isinstance(second.value, bool):
            return Test(rename(first.name), "<" if function == "_<_" else "<=", (second.value,))
    if function == "_==_" and repr(second) < repr(first):
        first, second = second, first
    return _own(Call(function, (first, second)))


def _own(tree: Node) -> Test:
    """An expression that is not read any further."""
    return Test(("", repr(tree)), "in", (True,))


def variables_of(formula: Formula) -> Iterator[Test]:
    """Every test in a formula."""
    pending: list[Formula] = [formula]
    while pending:
        part = pending.pop()
        match part:
            case Test():
                yield part
            case Not(part=inner):
                pending.append(inner)
            case Both(first=first, second=second) | Either(first=first, second=second):
                pending += (first, second)
            case Depending():
                pending += (part.condition, part.first, part.second)


class _Open(msgspec.Struct, frozen=True):
    """Not known before a variable has a value."""

    variable: Hashable


class _Absent:
    """The type of `_ABSENT`, which stands for a variable that is not answered."""


_ABSENT = _Absent()
#: True, false, nothing because an unanswered variable decides it, or not known yet.
_Outcome = bool | None | _Open


def can_hold(goals: Sequence[Formula], domains: Mapping[str, Domain], conditions: Mapping[str, Formula] | None = None) -> bool:
    """Whether values may exist for which every goal holds; `False` is a proof that there are none.

    A variable with a condition has a value only where the condition holds.
    """
    search = _Search(goals, domains, conditions or {})
    return search.finds({})


class _Search:
    """Backtracking over the values that make a difference to the tests."""

    def __init__(self, goals: Sequence[Formula], domains: Mapping[str, Domain], conditions: Mapping[str, Formula]) -> None:
        self.goals = tuple(goals)
        self.domains = domains
        self.conditions = conditions
        self.steps = 0
        self.size: dict[Formula, int] = {}
        self.tests: dict[Hashable, list[Test]] = {}
        pending, seen = list(goals), set[str]()
        while pending:
            goal = pending.pop()
            self.size[goal] = 0
            for test in variables_of(goal):
                self.size[goal] += 1
                self.tests.setdefault(test.variable, []).append(test)
                name = _name(test.variable)
                if name in conditions and name not in seen:
                    seen.add(name)
                    pending.append(conditions[name])

    def finds(self, values: dict[Hashable, Any]) -> bool:
        """Whether the values can be completed; true as well where the search has become too long."""
        if self.steps > MAX_STEPS:
            return True
        wanted = [*self.goals]
        wanted += [
            self.conditions[_name(key)] for key, value in values.items() if value is not _ABSENT and _name(key) in self.conditions
        ]
        open_variable: Hashable = None
        for goal in wanted:
            self.steps += self.size.get(goal, 1)
            outcome = _outcome(goal, values)
            if isinstance(outcome, _Open):
                open_variable = outcome.variable if open_variable is None else open_variable
            elif outcome is not True:
                return False
        if open_variable is None:
            return True
        return any(self.finds({**values, open_variable: value}) for value in self._choices(open_variable))

    def _choices(self, variable: Hashable) -> Iterator[Any]:
        """The values of a variable that can make a difference."""
        name = _name(variable)
        domain = self.domains.get(name, Domain())
        if isinstance(variable, tuple):
            unlisted = domain.listed and domain.values is not None and variable[1] not in domain.values
            yield from (False,) if unlisted else (True, False)
        else:
            yield from _values(self.tests.get(variable, ()), domain)
        if name in self.conditions:
            yield _ABSENT


def _values(tests: Sequence[Test], domain: Domain) -> Iterator[Any]:
    named = dict.fromkeys(value for test in tests for value in test.values)
    if any(isinstance(value, bool) for value in named):
        yield from (value for value in (True, False) if domain.values is None or value in domain.values)
    elif any(isinstance(value, int) for value in named) or domain.low is not None or domain.high is not None:
        low, high = domain.low, domain.high
        cuts = {bound for value in named for bound in (value - 1, value, value + 1)} | {
            bound for bound in (low, high) if bound is not None
        }
        yield from (cut for cut in sorted(cuts) if (low is None or cut >= low) and (high is None or cut <= high))
    elif domain.values is None or domain.listed:
        yield from (*named, object())
    else:
        others = [value for value in domain.values if value not in named]
        yield from (*(value for value in named if value in domain.values), *others[:1])


def _outcome(formula: Formula, values: Mapping[Hashable, Any]) -> _Outcome:
    match formula:
        case Always(value=value):
            return value
        case Test(variable=variable):
            if variable not in values:
                return _Open(variable)
            return None if values[variable] is _ABSENT else _holds(formula, values[variable])
        case Not(part=part):
            found = _outcome(part, values)
            return not found if isinstance(found, bool) else found
        case Both(first=first, second=second):
            return _joined(_outcome(first, values), _outcome(second, values), decisive=False)
        case Either(first=first, second=second):
            return _joined(_outcome(first, values), _outcome(second, values), decisive=True)
        case Depending():
            condition = _outcome(formula.condition, values)
            if not isinstance(condition, bool):
                return condition
            return _outcome(formula.first if condition else formula.second, values)


def _joined(first: _Outcome, second: _Outcome, *, decisive: bool) -> _Outcome:
    """As CEL joins truth values: one that decides absorbs an error of the other."""
    if first is decisive or second is decisive:
        return decisive
    for part in (first, second):
        if isinstance(part, _Open):
            return part
    return None if first is None or second is None else not decisive


def _holds(test: Test, value: Any) -> bool:
    match test.operator:
        case "<":
            return bool(value < test.values[0])
        case "<=":
            return bool(value <= test.values[0])
    return value in test.values


def _name(variable: Hashable) -> str:
    """The variable itself, or the one whose members are asked for."""
    if isinstance(variable, tuple):
        return str(variable[0])
    return str(variable)

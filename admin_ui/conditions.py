"""Simple conditions: rows of field, operator and value, written as CEL and read back from its checked tree.

A rule that is more than rows joined by one `&&` or `||` has no `Condition`; it is edited as text.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Literal

import msgspec

from server.messages.admin import VALUE_MARKS, condition_words, value_words
from server.rules.syntax import Call, Constant, Identifier, ListLiteral, Node
from server.rules.types import RuleType

Joint = Literal["all", "any"]

#: Kind of a variable to the operators a row may use on it.
OPERATORS: dict[str, tuple[str, ...]] = {
    "bool": ("is",),
    "string": ("equals", "differs", "one_of", "answered"),
    "int": ("equals", "differs", "at_least", "more_than", "at_most", "below"),
    "list": ("contains", "lacks", "answered"),
}

_COMPARISONS = {
    "equals": "==",
    "differs": "!=",
    "at_least": ">=",
    "more_than": ">",
    "at_most": "<=",
    "below": "<",
}
_CALLS = {f"_{sign}_": operator for operator, sign in _COMPARISONS.items()}
_JOINTS: dict[str, Joint] = {"_&&_": "all", "_||_": "any"}
_NUMBER = re.compile(r"-?\d{1,18}|parameters\.[a-z][a-z0-9_]*")
_BETWEEN_VALUES = re.compile(rf"[{VALUE_MARKS}\s]+")


class Variable(msgspec.Struct, frozen=True, kw_only=True):
    """A name rules may use, with what people call it."""

    name: str
    label: str
    type: RuleType
    group: Literal["row", "field", "fact", "parameter"] = "field"
    #: Code to title, for choices.
    codes: dict[str, str] = {}

    @property
    def operators(self) -> tuple[str, ...]:
        """What a row may ask of it; nothing for what only whole rules can handle."""
        if self.type.kind == "list" and (self.type.element is None or self.type.element.kind != "string"):
            return ()
        return OPERATORS.get(self.type.kind, ())


class Row(msgspec.Struct, frozen=True, kw_only=True):
    """One comparison; several codes of `one_of` are joined by commas."""

    variable: str
    operator: str
    value: str = ""


class Condition(msgspec.Struct, frozen=True, kw_only=True):
    """Rows of which all or any must hold."""

    joint: Joint
    rows: tuple[Row, ...]


def cel_of(condition: Condition, variables: Mapping[str, Variable]) -> str | Row:
    """The condition as CEL, or the first row that says nothing of its variable's type."""
    parts = []
    for row in condition.rows:
        variable = variables.get(row.variable)
        part = _comparison(row, variable) if variable is not None and row.operator in variable.operators else ""
        if not part:
            return row
        parts.append(part)
    return (" && " if condition.joint == "all" else " || ").join(parts)


def condition_of(tree: Node, variables: Mapping[str, Variable]) -> Condition | None:
    """The rows of a rule; nothing for a rule that has no such form."""
    joint = _JOINTS.get(tree.function, "all") if isinstance(tree, Call) else "all"
    rows = []
    for leaf in _leaves(tree, next(name for name, known in _JOINTS.items() if known == joint)):
        row = _row(leaf)
        if row is None or row.variable not in variables or row.operator not in variables[row.variable].operators:
            return None
        rows.append(row)
    return Condition(joint=joint, rows=tuple(rows))


def read_back(condition: Condition, variables: Mapping[str, Variable]) -> str:
    """The condition in words."""
    parts = []
    for row in condition.rows:
        variable = variables[row.variable]
        codes = row.value.split(",") if row.operator == "one_of" else [row.value]
        named = [variables[code].label if code in variables else variable.codes.get(code, code) for code in codes]
        parts.append((variable.label, row.operator, value_words(named, variable.type.kind)))
    return condition_words(condition.joint, parts)


def typed_value(text: str, variable: Variable) -> str:
    """What was typed as the value of a row: titles of a choice become its codes."""
    by_title = {title: code for code, title in variable.codes.items()}
    whole = text.strip()
    if whole in by_title or whole in variable.codes or not variable.codes:
        return by_title.get(whole, whole)
    return ",".join(by_title.get(piece, piece) for piece in _BETWEEN_VALUES.split(whole) if piece)


def _comparison(row: Row, variable: Variable) -> str:
    name, kind = variable.name, variable.type.kind
    match row.operator:
        case "is":
            return f"{name} == {row.value}" if row.value in ("true", "false") else ""
        case "answered":
            return f"size({name}) > 0"
        case "contains":
            return f"{_quoted(row.value)} in {name}" if row.value else ""
        case "lacks":
            return f"!({_quoted(row.value)} in {name})" if row.value else ""
        case "one_of":
            codes = [code for code in row.value.split(",") if code]
            return f"{name} in [{', '.join(_quoted(code) for code in codes)}]" if codes else ""
    if kind == "int":
        return f"{name} {_COMPARISONS[row.operator]} {row.value}" if _NUMBER.fullmatch(row.value) else ""
    return f"{name} {_COMPARISONS[row.operator]} {_quoted(row.value)}" if row.value else ""


def _quoted(text: str) -> str:
    escaped = text.replace("\\", "\\\\").replace("'", "\\'").replace("\n", "\\n").replace("\r", "\\r")
    return f"'{escaped}'"


def _leaves(tree: Node, joint: str) -> tuple[Node, ...]:
    if isinstance(tree, Call) and tree.function == joint:
        return tuple(leaf for argument in tree.arguments for leaf in _leaves(argument, joint))
    return (tree,)


def _row(leaf: Node) -> Row | None:
    match leaf:
        case Identifier(name=name):
            return Row(variable=name, operator="is", value="true")
        case Call(function="!_", arguments=(Identifier(name=name),)):
            return Row(variable=name, operator="is", value="false")
        case Call(function="!_", arguments=(Call(function="@in", arguments=(Constant(value=str(code)), Identifier(name=name))),)):
            return Row(variable=name, operator="lacks", value=code)
        case Call(function="@in", arguments=(Constant(value=str(code)), Identifier(name=name))):
            return Row(variable=name, operator="contains", value=code)
        case Call(function="@in", arguments=(Identifier(name=name), ListLiteral(elements=elements))):
            codes = [element.value for element in elements if isinstance(element, Constant) and isinstance(element.value, str)]
            whole = len(codes) == len(elements) > 0 and not any("," in code or not code for code in codes)
            return Row(variable=name, operator="one_of", value=",".join(codes)) if whole else None
        case Call(function="_>_", arguments=(Call(function="size", arguments=(Identifier(name=name),)), Constant(value=0))):
            return Row(variable=name, operator="answered")
        case Call(function=function, arguments=(Identifier(name=name), right)) if function in _CALLS:
            return _compared(name, _CALLS[function], right)
    return None


def _compared(name: str, operator: str, right: Node) -> Row | None:
    match right:
        case Constant(value=bool(value)):
            truth = value if operator == "equals" else not value
            return Row(variable=name, operator="is", value=str(truth).lower()) if operator in ("equals", "differs") else None
        case Constant(value=int(number)):
            return Row(variable=name, operator=operator, value=str(number))
        case Constant(value=str(text)) if text and operator in ("equals", "differs"):
            return Row(variable=name, operator=operator, value=text)
        case Identifier(name=other) if other.startswith("parameters."):
            return Row(variable=name, operator=operator, value=other)
    return None

"""CEL expressions compiled against typed variables."""

from __future__ import annotations

import difflib
import re
from collections.abc import Mapping
from typing import Any

import msgspec
from cel_expr_python import cel

from server.findings import Param
from server.rules.closures import Closure, Unusual, closure_of
from server.rules.row_types import check_rows
from server.rules.syntax import Call, Comprehension, Constant, Identifier, Node, Select, children, read_checked, walk
from server.rules.types import UNDEFINED as UNDEFINED
from server.rules.types import RuleType
from server.rules.variables import member_at, path_of
from server.types import JsonValue

MAX_LENGTH = 4_000
#: Macros over lists inside each other: each takes as many times longer as its list is long.
MAX_LOOPS = 3

#: Names that authors cannot give to variables because the language has its own use for them.
RESERVED = frozenset(
    [
        "in",
        "true",
        "false",
        "null",
        "as",
        "break",
        "const",
        "continue",
        "else",
        "for",
        "function",
        "if",
        "import",
        "let",
        "loop",
        "package",
        "namespace",
        "return",
        "var",
        "void",
        "while",
    ]
)

_WITHOUT_VALUE = (cel.Type.ERROR, cel.Type.UNKNOWN)
_POSITION = re.compile(r"<input>:(\d+):(\d+): (.*)")
_UNKNOWN = re.compile(r"undeclared reference to '([^']*)'")


class RuleFault(msgspec.Struct, frozen=True):
    """Why an expression does not compile; the text is in `server.messages.findings`."""

    code: str
    params: dict[str, Param] = {}


class Environment:
    """Variables and their types; every expression is compiled against one."""

    def __init__(self, variables: Mapping[str, RuleType]) -> None:
        self.variables = dict(variables)
        self._cel = cel.NewEnv(variables={name: _cel_type(found) for name, found in self.variables.items()})

    def extended(self, variables: Mapping[str, RuleType]) -> Environment:
        """An environment with more variables."""
        return Environment(self.variables | dict(variables))

    def compile(self, text: str) -> cel.Expression:
        """The compiler's own expression; raises `RuntimeError` with the compiler's words."""
        return self._cel.compile(text)


class Rule:
    """A compiled expression: what it refers to, its type, and its value for given answers."""

    __slots__ = ("_closure", "_expression", "_names", "_of_row", "_outside", "references", "text", "tree", "type")

    def __init__(
        self,
        text: str,
        expression: cel.Expression,
        tree: Node,
        references: tuple[str, ...],
        type_name: str,
        closure: Closure | None,
    ) -> None:
        self.text = text
        self.tree = tree
        #: Qualified names, columns as `group[].field`.
        self.references = references
        #: `bool`, `int`, `string`, `list`, `dyn` …
        self.type = type_name
        self._expression = expression
        self._closure = closure
        self._names = tuple(dict.fromkeys(name.split("[]")[0] for name in references))
        self._outside = tuple(name for name in self._names if not name.startswith("row."))
        self._of_row = tuple((name, path_of(name)[1:]) for name in self._names if name.startswith("row."))

    @property
    def names(self) -> tuple[str, ...]:
        """The variables to bind, groups without their columns."""
        return self._names

    def evaluate(self, bindings: Mapping[str, Any], row: JsonValue = None) -> Any:
        """The value, or `UNDEFINED` when an unbound variable or an error decides it.

        Given a row, the variables `row.<field>` are its members.
        """
        if self._closure is not None:
            try:
                return self._closure(bindings, row)
            except Unusual:
                pass
        return self.by_library(bindings, row)

    def by_library(self, bindings: Mapping[str, Any], row: JsonValue = None) -> Any:
        """The same value, worked out by the CEL implementation alone."""
        if row is None:
            data = {name: bindings[name] for name in self._names if name in bindings}
        else:
            data = {name: bindings[name] for name in self._outside if name in bindings}
            data.update((name, value) for name, path in self._of_row if (value := member_at(row, path)) is not None)
        try:
            value = self._expression.eval(data=data)
        except RuntimeError:  # Text that cannot be encoded, a lone surrogate.
            return UNDEFINED
        return UNDEFINED if value.type() in _WITHOUT_VALUE else value.plain_value()

    def holds(self, bindings: Mapping[str, Any]) -> bool:
        """Whether the value is defined and true."""
        return self.evaluate(bindings) is True

    def cause(self, bindings: Mapping[str, Any]) -> str:
        """Why the value is undefined, in the evaluator's words; empty when it is defined."""
        data = {name: bindings[name] for name in self._names if name in bindings}
        try:
            value = self._expression.eval(data=data)
        except RuntimeError as error:
            return str(error)
        return str(value.plain_value()) if value.type() in _WITHOUT_VALUE else ""


def compile_rule(environment: Environment, text: str, expected: RuleType | None = None) -> Rule | tuple[RuleFault, ...]:
    """The rule of an expression, or every fault found in it; `expected` is the type its value must have."""
    if len(text) > MAX_LENGTH:
        return (RuleFault("rule-too-large", {"limit": MAX_LENGTH, "length": len(text)}),)
    if "\x00" in text:
        return (RuleFault("rule-syntax", {"detail": "NUL", "line": 1, "column": text.index("\x00") + 1}),)
    try:
        expression = environment.compile(text)
        tree = read_checked(expression.serialize())
    except RuntimeError as error:
        return _faults(str(error), environment)
    if _loops(tree) > MAX_LOOPS:
        return (RuleFault("rule-too-nested", {"limit": MAX_LOOPS}),)
    faults = check_rows(tree, environment.variables)
    if faults:
        return tuple(RuleFault(code, params) for code, params in faults)
    found = expression.return_type().name().lower()
    if expected is not None and not _yields(found, expected):
        return (RuleFault("rule-type", {"expected": str(expected), "found": found}),)
    references, closure = _references(tree, environment.variables), closure_of(tree, environment.variables)
    return Rule(text, expression, tree, references, found, closure)


def figures(rule: Rule) -> tuple[int, ...]:
    """Bare amounts in a rule, in reading order; 0, 1 and 100 (the divisor of percentages) are none."""
    return tuple(
        node.value
        for node in walk(rule.tree)
        if isinstance(node, Constant)
        and isinstance(node.value, int)
        and not isinstance(node.value, bool)
        and node.value not in (0, 1, -1, 100)
    )


def _loops(tree: Node) -> int:
    """How many macros over lists stand inside each other at most."""
    deepest = 0
    pending = [(tree, 0)]
    while pending:
        node, depth = pending.pop()
        inner = depth + isinstance(node, Comprehension)
        deepest = max(deepest, inner)
        pending += [(part, inner) for part in children(node)]
    return deepest


def _yields(found: str, expected: RuleType) -> bool:
    """Whether a type, by its CEL name such as `list<string>`, can be the expected one."""
    kind, _, inner = found.partition("<")
    if kind != expected.kind or expected.element is None or expected.element.kind == "row":
        return kind in (expected.kind, "dyn")
    return _yields(inner.removesuffix(">"), expected.element)


def _cel_type(found: RuleType) -> Any:
    match found.kind:
        case "bool":
            return cel.Type.BOOL
        case "int":
            return cel.Type.INT
        case "string":
            return cel.Type.STRING
        case "list":
            assert found.element is not None
            return cel.Type.List(_cel_type(found.element))
        case "row":
            return cel.Type.Map(cel.Type.STRING, cel.Type.DYN)


def _faults(message: str, environment: Environment) -> tuple[RuleFault, ...]:
    faults = []
    for line, column, detail in _POSITION.findall(message):
        place: dict[str, Param] = {"line": int(line), "column": int(column)}
        unknown = _UNKNOWN.search(detail)
        if unknown:
            name = unknown.group(1)
            near = difflib.get_close_matches(name, environment.variables, n=1, cutoff=0.6)
            faults.append(RuleFault("unknown-field", {**place, "field": name, "suggestion": near[0] if near else ""}))
        elif "no matching overload" in detail:
            faults.append(
                RuleFault(
                    "rule-operands", {**place, "detail": detail.split("'", 1)[1].replace("' applied to '", " ").rstrip("'")}
                )
            )
        else:
            faults.append(RuleFault("rule-syntax", {**place, "detail": detail[:200]}))
    return tuple(faults) or (RuleFault("rule-syntax", {"line": 1, "column": 1, "detail": message[:200]}),)


def _references(tree: Node, variables: Mapping[str, RuleType]) -> tuple[str, ...]:
    found: dict[str, None] = {}
    for node in walk(tree):
        if isinstance(node, Identifier) and node.name in variables:
            found[node.name] = None
        if isinstance(node, Comprehension) and isinstance(node.over, Identifier) and node.over.name in variables:
            for path in _columns(node.step, node.variable):
                found[f"{node.over.name}[].{path}"] = None
    return tuple(found)


def _columns(tree: Node, variable: str) -> list[str]:
    from_row = []
    for node in walk(tree):
        parts: list[str] = []
        current = node
        while isinstance(current, Select):
            parts.append(current.field)
            current = current.operand
        if parts and isinstance(current, Identifier) and current.name == variable:
            from_row.append(".".join(reversed(parts)))
    return from_row


def is_call(node: Node, function: str) -> bool:
    """Whether a node is a call of this operator, by its CEL name such as `_&&_`."""
    return isinstance(node, Call) and node.function == function

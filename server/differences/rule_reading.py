"""Rules read back in words, whatever release they belong to: nothing is compiled but the expression itself."""

from __future__ import annotations

import re
from collections.abc import Callable
from functools import lru_cache

import msgspec
from cel_expr_python import cel

from server.errors import DamagedData
from server.messages.difference_terms import Words
from server.messages.differences import COMMA, listed
from server.messages.rule_words import operation_words, phrase_words
from server.rules.expressions import RESERVED
from server.rules.syntax import Call, Comprehension, Constant, Identifier, ListLiteral, Node, Select, children, read_checked

_LONGEST = 1_200
_DEEPEST = 40
_SHOWN = 160
_TEXT = re.compile(r"'(?:[^'\\]|\\.)*'|\"(?:[^\"\\]|\\.)*\"")
_NAME = re.compile(r"(?<![\w.])([A-Za-z_]\w*(?:\.[A-Za-z_]\w*)*)(\s*\()?")
_JOINTS = ("_&&_", "_||_")
_COMPARED = ("_==_", "_!=_", "@in")


class Named(msgspec.Struct, frozen=True, kw_only=True):
    """What people call a variable, and the titles of its codes."""

    words: Words
    codes: dict[str, str] = {}


#: Tells what a variable is called.
Names = Callable[[str], Named]


class _Unreadable(Exception):
    """A construct that has no words."""


def read_rule(text: str, names: Names, *, condition: bool = True) -> Words:
    """The rule in words, as a `condition` or as what yields a value; its own text where it has no words."""
    tree = _tree(text)
    if tree is None:
        return _as_written(text)
    if isinstance(tree, Constant) and isinstance(tree.value, bool):
        return phrase_words("always" if tree.value else "never")
    try:
        words = _condition(tree, names) if condition else _read(tree, names)
    except _Unreadable:
        return _as_written(text)
    return phrase_words("when", words) if condition else words


def names_in(text: str) -> tuple[str, ...]:
    """The variables a rule may use, by their qualified names."""
    found: dict[str, None] = {}
    for name, called in _NAME.findall(_TEXT.sub("''", text)):
        whole = name.rpartition(".")[0] if called else name
        if whole and whole not in RESERVED:
            found[whole] = None
    return tuple(found)


def references_of(text: str, group: str) -> tuple[str, ...]:
    """The variables a rule uses; columns as `group[].field`, `row.<field>` as those of the group it stands in."""
    tree = _tree(text)
    found = _references(tree, {}) if tree is not None else list(names_in(text))
    return tuple(dict.fromkeys(f"{group}[].{name[4:]}" if group and name.startswith("row.") else name for name in found))


def _references(node: Node, rows: dict[str, str]) -> list[str]:
    """Names in reading order; `rows` are the loop variables with the groups they run over."""
    if isinstance(node, Identifier | Select):
        try:
            name = _path(node)
        except _Unreadable:
            return [name for inner in children(node) for name in _references(inner, rows)]
        head, _, rest = name.partition(".")
        return [f"{rows[head]}[].{rest}"] if head in rows and rest else [] if head in rows or head.startswith("@") else [name]
    if isinstance(node, Comprehension):
        over = _references(node.over, rows)
        inside = {**rows, node.variable: over[0]} if over else rows
        return [*over, *_references(node.condition, inside), *_references(node.step, inside)]
    return [name for inner in children(node) for name in _references(inner, rows)]


@lru_cache(maxsize=2048)
def _tree(text: str) -> Node | None:
    """The syntax tree, every name taken for a variable of any type; nothing for what is no rule or too large to be read."""
    if len(text) > _LONGEST or "\x00" in text:
        return None
    try:
        environment = cel.NewEnv(variables=dict.fromkeys(names_in(text), cel.Type.DYN))
        tree = read_checked(environment.compile(text).serialize())
    except (RuntimeError, DamagedData, UnicodeEncodeError):
        return None
    return tree if _depth(tree) <= _DEEPEST else None


def _depth(tree: Node) -> int:
    level, depth = [tree], 0
    while level:
        level = [inner for node in level for inner in children(node)]
        depth += 1
    return depth


def _as_written(text: str) -> Words:
    one_line = " ".join(text.split())
    shown = one_line if len(one_line) <= _SHOWN else f"{one_line[:_SHOWN]}…"
    return phrase_words("rule", Words(shown, shown))


def _read(node: Node, names: Names) -> Words:
    match node:
        case Constant(value=value):
            return _constant(value)
        case Identifier(name=name):
            return names(name).words
        case Select(operand=Identifier(name=name), field=field, test=False):
            return names(f"{name}.{field}").words
        case Select(operand=operand, field=field, test=False):
            return names(f"{_path(operand)}.{field}").words
        case ListLiteral(elements=elements):
            return listed([_read(element, names) for element in elements], COMMA)
        case Comprehension():
            return _over_rows(node, names)
        case Call():
            return _call(node, names)
    raise _Unreadable


def _call(node: Call, names: Names) -> Words:
    match node:
        case Call(function="!_", arguments=(Identifier() | Select() as inner,)):
            return phrase_words("no", _read(inner, names))
        case Call(function="_>_", arguments=(Call(function="size", arguments=(inner,)), Constant(value=0))):
            return phrase_words("answered", _read(inner, names))
        case Call(function="_==_" | "_!=_", arguments=(inner, Constant(value=bool(value)))):
            return phrase_words("yes" if value == (node.function == "_==_") else "no", _read(inner, names))
        case Call(function="@in", arguments=(Constant() as code, Identifier() | Select() as inner)):
            return phrase_words("contains-code", _read(inner, names), _coded(code, inner, names))
        case Call(function="@in", arguments=(inner, ListLiteral(elements=elements))):
            codes = [_coded(element, inner, names) for element in elements]
            return phrase_words("one-of", _read(inner, names), listed(codes, COMMA))
        case Call(function=function, arguments=(inner, other)) if function in _COMPARED:
            words = operation_words(function, [_coded(inner, other, names), _coded(other, inner, names)])
        case _:
            words = operation_words(node.function, [_argument(node, inner, names) for inner in node.arguments])
    if words is None:
        raise _Unreadable
    return words


def _condition(node: Node, names: Names) -> Words:
    """What must hold: a truth value alone is one that is true."""
    words = _read(node, names)
    return phrase_words("yes", words) if isinstance(node, Identifier | Select) else words


def _argument(outer: Call, inner: Node, names: Names) -> Words:
    """A part of an expression, in brackets where it would be read wrongly without them."""
    words = _condition(inner, names) if outer.function in (*_JOINTS, "!_") else _read(inner, names)
    if outer.function in _JOINTS and (isinstance(inner, Comprehension) or _is_denial(inner)):
        return phrase_words("bracketed", words)
    joined = isinstance(inner, Call) and inner.function in (*_JOINTS, "_?_:_", "_+_", "_-_", "_*_", "_/_")
    comparing = outer.function not in _JOINTS and isinstance(inner, Call) and inner.function in (*_JOINTS, "_?_:_")
    mixed = joined and isinstance(inner, Call) and inner.function != outer.function
    arithmetic = mixed and outer.function in ("_*_", "_/_", "_-_", "_+_")
    return phrase_words("bracketed", words) if comparing or arithmetic or (mixed and outer.function in _JOINTS) else words


def _is_denial(node: Node) -> bool:
    """Whether a node says that something longer does not hold."""
    return isinstance(node, Call) and node.function == "!_" and isinstance(node.arguments[0], Call | Comprehension)


def _coded(node: Node, other: Node, names: Names) -> Words:
    """A constant as the title of a code of the variable beside it; anything else as it is read."""
    if isinstance(node, Constant) and isinstance(node.value, str) and isinstance(other, Identifier | Select):
        title = names(_path(other)).codes.get(node.value, node.value)
        return phrase_words("text", Words(title, title))
    return _read(node, names)


def _over_rows(node: Comprehension, names: Names) -> Words:
    """The macros `exists` and `all`."""
    match node:
        case Comprehension(start=Constant(value=bool(start)), step=Call(function=joint, arguments=(_, condition))) if joint == (
            "_&&_" if start else "_||_"
        ):
            group = _path(node.over)

            def of_row(name: str) -> Named:
                head, _, rest = name.partition(".")
                return names(f"{group}[].{rest}") if head == node.variable and rest else names(name)

            return phrase_words("all" if start else "exists", _read(node.over, names), _condition(condition, of_row))
    raise _Unreadable


def _path(node: Node) -> str:
    match node:
        case Identifier(name=name):
            return name
        case Select(operand=operand, field=field):
            return f"{_path(operand)}.{field}"
    raise _Unreadable


def _constant(value: bool | int | float | str | None) -> Words:
    if isinstance(value, bool):
        return phrase_words("true" if value else "false")
    if value is None:
        return phrase_words("nothing")
    return phrase_words("text", Words(value, value)) if isinstance(value, str) else Words(str(value), str(value))

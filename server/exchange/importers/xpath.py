"""Expressions of XLSForms (XPath with functions of its own) → CEL, as far as typed rules can say them."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

import msgspec

from server.exchange.importers.schema_fields import cel_text
from server.rules.expressions import MAX_LENGTH

_TOKEN = re.compile(
    r"""\s*(?:(?P<string>'[^']*'|"[^"]*")|(?P<number>\d+(?:\.\d+)?|\.\d+)|(?P<field>\$\{\s*[\w.:-]+\s*\})"""
    r"""|(?P<name>[A-Za-z_][\w-]*)|(?P<sign>!=|<=|>=|[()=<>+*,-]|\.\.|\.|/))"""
)
_DEEPEST = 60
_COMPARISONS = {"=": "==", "!=": "!=", "<": "<", "<=": "<=", ">": ">", ">=": ">="}


class NotExpressible(Exception):
    """An expression, or a part of one, that no rule can say."""


class Value(msgspec.Struct, frozen=True, kw_only=True):
    """A part of a rule and its type."""

    cel: str
    #: `bool`, `int`, `string`, `list`, or `number` for a literal that takes the scale of what it is compared with.
    kind: str
    #: Decimal places of the integers of a field.
    scale: int = 0
    #: Field path, for a field by itself.
    path: str = ""
    literal: Any = None


class Scope(msgspec.Struct, frozen=True, kw_only=True):
    """What an expression can speak of."""

    #: The field of a name; nothing for names that are none or that cannot be reached from here.
    field: Callable[[str], Value | None]
    #: The field that the expression belongs to, for `.`.
    own: Value | None
    #: The fact that a field is answered; nothing for fields of rows.
    answered: Callable[[str], str | None]
    #: The fact of this day.
    today: Callable[[], str]


def to_cel(text: str, scope: Scope) -> Value:
    """The rule that says the same; raises `NotExpressible` with the part that none can say."""
    if len(text) > MAX_LENGTH:
        raise NotExpressible(str(len(text)))
    value = _Parser(text, scope).whole()
    if len(value.cel) > MAX_LENGTH:
        raise NotExpressible(str(len(value.cel)))
    return value


class _Parser:
    """Recursive descent over the tokens."""

    def __init__(self, text: str, scope: Scope) -> None:
        self._tokens = _tokens(text)
        self._at = 0
        self._depth = 0
        self._scope = scope

    def whole(self) -> Value:
        """The value of the whole text."""
        value = self._either()
        if self._peek() != ("", ""):
            raise NotExpressible(self._peek()[1])
        return value

    def _either(self) -> Value:
        return self._joined("or", " || ", self._both)

    def _both(self) -> Value:
        return self._joined("and", " && ", self._compared)

    def _joined(self, word: str, sign: str, part: Callable[[], Value]) -> Value:
        self._depth += 1
        if self._depth > _DEEPEST:
            raise NotExpressible(word)
        value = part()
        while self._taken("name", word):
            value = Value(cel=f"{_truth(value)}{sign}{_truth(part())}", kind="bool")
            value = Value(cel=f"({value.cel})", kind="bool")
        self._depth -= 1
        return value

    def _compared(self) -> Value:
        value = self._sum()
        while self._peek()[0] == "sign" and self._peek()[1] in _COMPARISONS:
            sign = _COMPARISONS[self._next()[1]]
            value = self._comparison(value, sign, self._sum())
        return value

    def _comparison(self, one: Value, sign: str, other: Value) -> Value:
        if "" in (one.literal, other.literal) and sign in ("==", "!="):
            field = other if one.literal == "" else one
            fact = self._scope.answered(field.path) if field.path else None
            if fact is None:
                raise NotExpressible("''")
            return Value(cel=fact if sign == "!=" else f"!{fact}", kind="bool")
        one, other = _alike(one, other)
        if one.kind == "list" or other.kind == "list":
            raise NotExpressible("select_multiple")
        if one.kind != other.kind or one.scale != other.scale:
            raise NotExpressible(f"{one.cel} {sign} {other.cel}")
        return Value(cel=f"{one.cel} {sign} {other.cel}", kind="bool")

    def _sum(self) -> Value:
        value = self._product()
        while self._peek() in (("sign", "+"), ("sign", "-")):
            sign = self._next()[1]
            one, other = _alike(value, self._product())
            if (one.kind, other.kind) != ("int", "int") or one.scale != other.scale:
                raise NotExpressible(sign)
            value = Value(cel=f"({one.cel} {sign} {other.cel})", kind="int", scale=one.scale)
        return value

    def _product(self) -> Value:
        value = self._single()
        while self._peek() in (("sign", "*"), ("name", "div"), ("name", "mod")):
            sign = {"*": "*", "div": "/", "mod": "%"}[self._next()[1]]
            one, other = _whole(value), _whole(self._single())
            # Division of XPath has a fraction, that of whole numbers has none.
            if sign == "/":
                raise NotExpressible("div")
            value = Value(cel=f"({one.cel} {sign} {other.cel})", kind="int", scale=one.scale + other.scale)
        return value

    def _single(self) -> Value:
        kind, text = self._next()
        if kind == "sign" and text == "-":
            if self._peek() == ("sign", "-"):
                raise NotExpressible("--")
            value = self._single()
            literal = -value.literal if isinstance(value.literal, int | float) else None
            return Value(cel=f"-{value.cel}", kind=value.kind, scale=value.scale, literal=literal)
        if kind == "sign" and text == "(":
            value = self._either()
            self._expect(")")
            return Value(cel=f"({value.cel})", kind=value.kind, scale=value.scale)
        if kind == "sign" and text == "." and self._scope.own is not None:
            return self._scope.own
        if kind == "string":
            return Value(cel=cel_text(text[1:-1]), kind="string", literal=text[1:-1])
        if kind == "number":
            return Value(cel=text, kind="number", literal=float(text) if "." in text else int(text[:18]))
        if kind == "field":
            found = self._scope.field(text[2:-1].strip())
            if found is None:
                raise NotExpressible(text)
            return found
        if kind == "name" and self._peek() == ("sign", "("):
            return self._call(text)
        raise NotExpressible(text)

    def _call(self, name: str) -> Value:
        self._expect("(")
        arguments: list[Value] = []
        if self._peek() != ("sign", ")"):
            arguments.append(self._either())
            while self._taken("sign", ","):
                arguments.append(self._either())
        self._expect(")")
        match name, arguments:
            case "true" | "false", []:
                return Value(cel=name, kind="bool")
            case "not", [one]:
                return Value(cel=f"!({_truth(one)})", kind="bool")
            case "today", []:
                return Value(cel=self._scope.today(), kind="string")
            case "selected", [field, code] if code.kind == "string" and field.path:
                if field.kind == "list":
                    return Value(cel=f"{code.cel} in {field.cel}", kind="bool")
                return Value(cel=f"{field.cel} == {code.cel}", kind="bool")
            case "count-selected", [field] if field.kind == "list":
                return Value(cel=f"size({field.cel})", kind="int")
            case "string-length", [field] if field.kind == "string":
                return Value(cel=f"size({field.cel})", kind="int")
            case "regex", [field, pattern] if field.kind == pattern.kind == "string":
                # The pattern of the source has to fit the whole text.
                whole = cel_text(f"^(?:{pattern.literal})$") if isinstance(pattern.literal, str) else pattern.cel
                return Value(cel=f"{field.cel}.matches({whole})", kind="bool")
            case "contains", [field, part] if field.kind == part.kind == "string":
                return Value(cel=f"{field.cel}.contains({part.cel})", kind="bool")
            case "starts-with", [field, part] if field.kind == part.kind == "string":
                return Value(cel=f"{field.cel}.startsWith({part.cel})", kind="bool")
            case "ends-with", [field, part] if field.kind == part.kind == "string":
                return Value(cel=f"{field.cel}.endsWith({part.cel})", kind="bool")
            case "concat", [_, *_] if all(one.kind == "string" for one in arguments):
                return Value(cel="(" + " + ".join(one.cel for one in arguments) + ")", kind="string")
            case "if", [condition, one, other]:
                one, other = _alike(one, other)
                if (one.kind, one.scale) != (other.kind, other.scale):
                    raise NotExpressible("if")
                return Value(cel=f"({_truth(condition)} ? {one.cel} : {other.cel})", kind=one.kind, scale=one.scale)
            case "once" | "string" | "int" | "number" | "boolean", [one] if one.kind in ("string", "int", "bool", "number"):
                wanted = {"string": "string", "int": "int", "number": "int", "boolean": "bool"}.get(name, one.kind)
                if _whole_kind(one) == wanted and not one.scale:
                    return one
        raise NotExpressible(f"{name}()")

    def _peek(self) -> tuple[str, str]:
        return self._tokens[self._at] if self._at < len(self._tokens) else ("", "")

    def _next(self) -> tuple[str, str]:
        found = self._peek()
        self._at += 1
        return found

    def _taken(self, kind: str, text: str) -> bool:
        if self._peek() == (kind, text):
            self._at += 1
            return True
        return False

    def _expect(self, text: str) -> None:
        if not self._taken("sign", text):
            raise NotExpressible(self._peek()[1] or text)


def _tokens(text: str) -> list[tuple[str, str]]:
    found: list[tuple[str, str]] = []
    position, text = 0, text.strip().replace("\u2019", "'").replace("\u2018", "'")
    while position < len(text):
        match = _TOKEN.match(text, position)
        if match is None:
            raise NotExpressible(text[position : position + 20])
        found.append((str(match.lastgroup), match[str(match.lastgroup)]))
        position = match.end()
    return found


def _truth(value: Value) -> str:
    if value.kind != "bool":
        raise NotExpressible(value.cel)
    return value.cel


def _alike(one: Value, other: Value) -> tuple[Value, Value]:
    """Both values with literals in the form of the other side: scaled numbers, codes as texts."""
    return _fitted(one, other), _fitted(other, one)


def _fitted(value: Value, beside: Value) -> Value:
    if value.kind != "number":
        return value
    if beside.kind == "string" and not beside.literal:
        return Value(cel=cel_text(value.cel), kind="string")
    scaled = value.literal * 10**beside.scale
    if scaled != int(scaled):
        raise NotExpressible(value.cel)
    return Value(cel=str(int(scaled)), kind="int", scale=beside.scale)


def _whole(value: Value) -> Value:
    if value.kind == "number" and value.literal == int(value.literal):
        return Value(cel=str(int(value.literal)), kind="int")
    if value.kind != "int":
        raise NotExpressible(value.cel)
    return value


def _whole_kind(value: Value) -> str:
    return "int" if value.kind == "number" else value.kind

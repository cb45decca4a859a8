"""Codes in expressions: which variables are compared with which texts, and which texts an expression yields."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from server.rules.syntax import Call, Comprehension, Constant, Identifier, ListLiteral, Node, Select, children


def result_codes(tree: Node) -> Iterator[str]:
    """Texts that an expression yields as they stand: whole, as a branch, or as members of a list."""
    match tree:
        case Constant(value=str() as value):
            yield value
        case Call(function="_?_:_", arguments=(_, first, second)):
            yield from result_codes(first)
            yield from result_codes(second)
        case ListLiteral(elements=elements):
            for element in elements:
                yield from result_codes(element)


def compared_codes(tree: Node) -> Iterator[tuple[str, str]]:
    """Variable and text wherever an expression asks whether the one is the other; columns and members as `group[].field`."""
    yield from _compared(tree, {})


def _compared(tree: Node, loops: Mapping[str, str]) -> Iterator[tuple[str, str]]:
    inner = loops
    match tree:
        case Call(function="_==_" | "_!=_", arguments=(first, second)):
            for one, other in ((first, second), (second, first)):
                if isinstance(other, Constant) and isinstance(other.value, str):
                    yield from ((name, other.value) for name in _named(one, loops))
        case Call(function="@in", arguments=(first, ListLiteral(elements=elements))):
            texts = [one.value for one in elements if isinstance(one, Constant) and isinstance(one.value, str)]
            yield from ((name, text) for name in _named(first, loops) for text in texts)
        case Call(function="@in", arguments=(Constant(value=str() as text), second)):
            yield from ((f"{name}[]", text) for name in _named(second, loops))
        case Comprehension(variable=variable, over=over):
            inner = {**loops, variable: next((f"{name}[]" for name in _named(over, loops)), "")}
    for part in children(tree):
        yield from _compared(part, inner)


def _named(tree: Node, loops: Mapping[str, str]) -> Iterator[str]:
    """The qualified name of what an expression reads, if it only reads."""
    parts: list[str] = []
    while isinstance(tree, Select):
        parts.insert(0, tree.field)
        tree = tree.operand
    if isinstance(tree, Identifier):
        start = loops.get(tree.name, tree.name)
        if start:
            yield ".".join([start, *parts])

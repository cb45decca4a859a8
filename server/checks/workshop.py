"""What was made before of the same parts, taken again: many regions, and many states of one edit, differ in few documents.

A result depends on nothing but what went into it. So it holds wherever the parts given, or the members that were looked at
while it was made, are the same again; nobody has to say which those are.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Hashable, Mapping
from types import FunctionType, MethodType
from typing import Any, NamedTuple, TypeVar, cast

import msgspec

from server.types import JsonValue

_Made = TypeVar("_Made")

#: Results kept of one thing, each made of other parts; the latest used stay.
_KEPT = 24
#: Documents known; one more, and everything begins anew.
_MOST_DOCUMENTS = 50_000
#: How deep parts are compared that are not one and the same; deeper, they count as different.
_DEPTH = 6

#: Number of what was looked into, name of the member, what it was.
_Reads = dict[tuple[int, str], Any]


class _Entry(NamedTuple):
    """One result and what it was made of."""

    reads: _Reads
    parts: tuple[Any, ...]
    result: Any

    def saw_the_same(self, structs: tuple[Any, ...]) -> bool:
        """Whether all that was looked at is the same in these structs."""
        return all(_is_same(value, getattr(structs[number], name), _DEPTH) for (number, name), value in self.reads.items())


class Workshop:
    """Results with what they were made of; whoever shares one gets the same results as alone, sooner."""

    def __init__(self) -> None:
        self._documents: dict[tuple[str, bytes], JsonValue] = {}
        self._known: set[int] = set()
        self._results: dict[Hashable, list[_Entry]] = {}

    def same(self, documents: Mapping[str, JsonValue]) -> dict[str, JsonValue]:
        """The documents, each the very object that an equal one at its path was before."""
        return {path: self._same(path, value) for path, value in documents.items()}

    def made(self, name: Hashable, make: Callable[..., _Made], *parts: Any) -> _Made:
        """What `make` makes of the parts, or made of the same ones before."""
        return self._result(name, make, (), parts)

    def seen(self, name: Hashable, make: Callable[..., _Made], *structs: msgspec.Struct, given: tuple[Any, ...] = ()) -> _Made:
        """What `make` makes of the structs and what is given, or made before of the same.

        Of the structs only that counts which `make` looks at.
        """
        return self._result(name, make, structs, given)

    def _result(self, name: Hashable, make: Callable[..., _Made], structs: tuple[Any, ...], parts: tuple[Any, ...]) -> _Made:
        kept = self._results.get(name, [])
        for entry in kept:
            if _is_same(entry.parts, parts, _DEPTH) and entry.saw_the_same(structs):
                self._results[name] = [entry, *(other for other in kept if other is not entry)]
                return cast(_Made, entry.result)
        noted: _Reads = {}
        result = make(*(_View(target, number, noted) for number, target in enumerate(structs)), *parts)
        self._results[name] = [_Entry(noted, parts, result), *self._results.get(name, ())][:_KEPT]
        return result

    def _same(self, path: str, value: JsonValue) -> JsonValue:
        if id(value) in self._known:
            return value
        try:
            digest = hashlib.sha256(msgspec.json.encode(value)).digest()
        except (ValueError, TypeError, RecursionError):
            # No document that could be stored; the checks say why.
            return value
        if len(self._documents) >= _MOST_DOCUMENTS:
            self._documents, self._known, self._results = {}, set(), {}
        kept = self._documents.setdefault((path, digest), value)
        self._known.add(id(kept))
        return kept


class _View:
    """A struct that notes which of its members are looked at."""

    def __init__(self, target: Any, number: int, noted: _Reads) -> None:
        self._target, self._number, self._noted = target, number, noted

    def __getattr__(self, name: str) -> Any:
        own = getattr(type(self._target), name, None)
        if isinstance(own, FunctionType):
            return MethodType(own, self)
        value = getattr(self._target, name)
        self._noted[self._number, name] = value
        return value


def _is_same(one: Any, other: Any, depth: int) -> bool:
    """Whether two parts are the same, as far as that is seen soon."""
    if one is other:
        return True
    if type(one) is not type(other) or not depth:
        return False
    if isinstance(one, dict):
        return len(one) == len(other) and all(
            mine == theirs and _is_same(one[mine], other[theirs], depth - 1) for mine, theirs in zip(one, other, strict=True)
        )
    if isinstance(one, tuple):
        return len(one) == len(other) and all(_is_same(*pair, depth - 1) for pair in zip(one, other, strict=True))
    if isinstance(one, msgspec.Struct):
        return all(_is_same(getattr(one, name), getattr(other, name), depth - 1) for name in one.__struct_fields__)
    return isinstance(one, str | int | bytes | frozenset) and bool(one == other)

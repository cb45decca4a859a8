"""How much work a schema makes for an instance, before anybody does it: a bound on the parts that are visited."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from server.documents.pointer import resolve
from server.types import JsonValue

_LISTS = ("allOf", "anyOf", "oneOf")
_SINGLE = ("not", "if", "then", "else")
_REFERENCES = ("$ref", "$dynamicRef", "$recursiveRef")
_DATA = ("const", "enum", "default", "examples")


def work_of(schema: JsonValue, instance: JsonValue, *, others: Mapping[str, JsonValue], most: int) -> int:
    """The number of visits of parts of a schema, at most; more than `most` where they go round in a circle."""
    targets = Targets((schema, *others.values()))
    if not targets.referenced:
        return 0
    try:
        return _Count(targets, most).visits(schema, instance)
    except (RecursionError, ValueError):
        return most + 1


class Targets:
    """Where references may lead, told by their ends; more rather than fewer."""

    def __init__(self, documents: tuple[JsonValue, ...]) -> None:
        self.roots: list[dict[str, Any]] = [document for document in documents if isinstance(document, dict)]
        self.anchors: dict[str, list[JsonValue]] = {}
        self.referenced = False
        waiting: list[Any] = list(documents)
        while waiting:
            part = waiting.pop()
            if isinstance(part, dict):
                self._note(part)
                waiting += [member for name, member in part.items() if name not in _DATA]
            elif isinstance(part, list):
                waiting += part

    def _note(self, part: dict[str, Any]) -> None:
        self.referenced = self.referenced or any(isinstance(part.get(name), str) for name in _REFERENCES)
        identity = part.get("$id")
        if isinstance(identity, str):
            if not any(part is root for root in self.roots):
                self.roots.append(part)
            _, mark, anchor = identity.partition("#")
            if mark and anchor:
                self.anchors.setdefault(anchor, []).append(part)
        for keyword in ("$anchor", "$dynamicAnchor"):
            if isinstance(part.get(keyword), str):
                self.anchors.setdefault(part[keyword], []).append(part)

    def of(self, reference: str) -> Iterator[JsonValue]:
        """Every schema a reference may mean."""
        address, _, fragment = reference.partition("#")
        roots = [root for root in self.roots if not address or _last(str(root.get("$id", ""))) == _last(address)]
        if not fragment:
            yield from roots if address else roots[:1]
        elif fragment.startswith("/"):
            for root in roots:
                target = resolve(root, _unquoted(fragment))
                if isinstance(target, dict | bool):
                    yield target
        else:
            yield from self.anchors.get(fragment, ())


class _Count:
    """Visits counted once for each part of the schema at each part of the instance."""

    def __init__(self, targets: Targets, most: int) -> None:
        self.targets = targets
        self.most = most
        self.known: dict[tuple[int, int], int] = {}
        self.begun: set[tuple[int, int]] = set()

    def visits(self, schema: JsonValue, instance: JsonValue) -> int:
        """The visits that one visit leads to, itself included."""
        if not isinstance(schema, dict):
            return 1
        key = (id(schema), id(instance))
        if key in self.known:
            return self.known[key]
        if key in self.begun:
            raise ValueError("a reference leads back to where it stands")
        self.begun.add(key)
        count = 1
        for inner, part in _applied(schema, instance, self.targets):
            count += self.visits(inner, part)
            if count > self.most:
                raise ValueError("too many visits")
        self.begun.discard(key)
        self.known[key] = count
        return count


def _applied(schema: dict[str, Any], instance: JsonValue, targets: Targets) -> Iterator[tuple[JsonValue, JsonValue]]:
    """The schemas a schema applies, each with the part of the instance it is applied to."""
    for keyword in _LISTS:
        yield from ((one, instance) for one in _listed(schema.get(keyword)))
    for keyword in _SINGLE:
        if keyword in schema:
            yield schema[keyword], instance
    for keyword in _REFERENCES:
        if isinstance(schema.get(keyword), str):
            yield from ((target, instance) for target in targets.of(schema[keyword]))
    if isinstance(instance, dict):
        yield from _of_object(schema, instance)
    elif isinstance(instance, list):
        yield from _of_list(schema, instance)


def _of_object(schema: dict[str, Any], instance: dict[str, Any]) -> Iterator[tuple[JsonValue, JsonValue]]:
    for keyword in ("dependentSchemas", "dependencies"):
        yield from ((one, instance) for name, one in _mapped(schema.get(keyword)) if name in instance)
    yield from ((one, instance[name]) for name, one in _mapped(schema.get("properties")) if name in instance)
    for _, one in _mapped(schema.get("patternProperties")):
        yield from ((one, member) for member in instance.values())
    for keyword in ("additionalProperties", "unevaluatedProperties"):
        if keyword in schema:
            yield from ((schema[keyword], member) for member in instance.values())
    if "propertyNames" in schema:
        yield from ((schema["propertyNames"], name) for name in instance)


def _of_list(schema: dict[str, Any], instance: list[Any]) -> Iterator[tuple[JsonValue, JsonValue]]:
    for keyword in ("prefixItems", "items"):
        yield from zip(_listed(schema.get(keyword)), instance, strict=False)
    for keyword in ("items", "additionalItems", "unevaluatedItems", "contains"):
        if isinstance(schema.get(keyword), dict | bool):
            yield from ((schema[keyword], member) for member in instance)


def _last(address: str) -> str:
    return address.partition("#")[0].rstrip("/").rpartition("/")[2]


def _listed(value: JsonValue) -> list[JsonValue]:
    return value if isinstance(value, list) else []


def _mapped(value: JsonValue) -> list[tuple[str, JsonValue]]:
    return list(value.items()) if isinstance(value, dict) else []


def _unquoted(fragment: str) -> str:
    if "%" not in fragment:
        return fragment
    pieces = fragment.split("%")
    raw = pieces[0].encode()
    for piece in pieces[1:]:
        try:
            raw += bytes([int(piece[:2], 16)]) + piece[2:].encode()
        except ValueError:
            raw += b"%" + piece.encode()
    return raw.decode("utf-8", "replace")

"""A JSON Schema document on its way in: references followed, `allOf` flattened, every keyword with its place."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any
from urllib.parse import unquote

import msgspec

from server.documents.pointer import MISSING, escape, resolve
from server.exchange.fidelity import Ledger
from server.exchange.schema_parts import all_schemas
from server.types import JsonValue

#: Schemas that one place may be put together from.
_MOST_PARTS = 200
_ID_KEYWORDS = ("$id", "id")


class Part(msgspec.Struct, frozen=True):
    """A schema and the pointer at which it stands."""

    schema: JsonValue
    pointer: str


class Said(msgspec.Struct, frozen=True):
    """The value of a keyword and the pointer of the keyword."""

    value: Any
    pointer: str


class Flat(msgspec.Struct, frozen=True, kw_only=True):
    """Everything that holds at one place, from wherever it was said."""

    #: Keyword to all that was said with it, the nearest first.
    said: dict[str, list[Said]]
    #: Property to the schemas that hold for it together.
    properties: dict[str, list[Part]]
    #: Schemas with `if` whose `then` and `else` stand beside it.
    conditions: list[Part]
    #: Pointers that were come through by reference, so that a circle is noticed.
    trail: frozenset[str]
    #: Whether it leads back to where it came from.
    circular: bool
    pointer: str

    def first(self, keyword: str) -> Any:
        """The nearest value of a keyword; nothing where it was not said."""
        found = self.said.get(keyword)
        return found[0].value if found else None


class Source:
    """One schema document and what is reported about it."""

    def __init__(self, document: JsonValue, ledger: Ledger) -> None:
        self.document = document
        self.ledger = ledger
        self._named: dict[str, str] = {}
        base = document.get("$id", document.get("id", "")) if isinstance(document, dict) else ""
        self._base = base if isinstance(base, str) else ""
        for pointer, schema in all_schemas(document):
            for keyword in ("$id", "id", "$anchor", "$dynamicAnchor"):
                name = schema.get(keyword) if isinstance(schema, dict) else None
                if isinstance(name, str):
                    key = name if keyword in _ID_KEYWORDS else f"#{name}"
                    self._named.setdefault(key, pointer)

    def flat(self, parts: list[Part], trail: frozenset[str] = frozenset()) -> Flat:
        """What the parts say together; whatever cannot be followed is reported."""
        said: dict[str, list[Said]] = {}
        properties: dict[str, list[Part]] = {}
        conditions: list[Part] = []
        circular = False
        waiting = [(part, trail) for part in parts]
        seen: set[str] = set()
        through = trail
        while waiting:
            part, here = waiting.pop(0)
            if not isinstance(part.schema, dict) or part.pointer in seen or len(seen) >= _MOST_PARTS:
                if part.schema is False:
                    said.setdefault("never", []).append(Said(True, part.pointer))
                continue
            seen.add(part.pointer)
            for keyword, value in part.schema.items():
                place = f"{part.pointer}/{escape(keyword)}"
                if keyword in ("$ref", "$dynamicRef", "$recursiveRef"):
                    target = self._target(value)
                    if target is None:
                        self.ledger.drop(place, "reference-elsewhere", str(value)[:80])
                    elif target in here:
                        circular = True
                        self.ledger.drop(place, "circular", str(value)[:80])
                    else:
                        self.ledger.carry(place)
                        through = through | {target}
                        found = resolve(self.document, target)
                        waiting.append((Part(found, target), here | {target}))
                elif keyword == "allOf" and isinstance(value, list):
                    self.ledger.carry(place)
                    waiting += [(Part(one, f"{place}/{index}"), here) for index, one in enumerate(value)]
                elif keyword == "properties" and isinstance(value, dict):
                    self.ledger.carry(place)
                    for name, one in value.items():
                        properties.setdefault(name, []).append(Part(one, f"{place}/{escape(name)}"))
                elif keyword == "if":
                    conditions.append(part)
                elif keyword not in ("then", "else") or "if" not in part.schema:
                    said.setdefault(keyword, []).append(Said(value, place))
        pointer = parts[0].pointer if parts else ""
        return Flat(said=said, properties=properties, conditions=conditions, trail=through, circular=circular, pointer=pointer)

    def _target(self, reference: Any) -> str | None:
        """The pointer a reference leads to; nothing for one that leads out of the document."""
        if not isinstance(reference, str):
            return None
        if reference in self._named:
            return self._named[reference]
        address, _, fragment = reference.partition("#")
        root = "" if address in ("", self._base) else self._named.get(address)
        if root is None:
            return None
        pointer = unquote(fragment)
        if pointer and not pointer.startswith("/"):
            return self._named.get(f"#{pointer}")
        found = resolve(self.document, root + pointer)
        return root + pointer if found is not MISSING and isinstance(found, dict | bool) else None


def limits(flat: Flat, keyword: str, *, lowest: bool) -> int | float | None:
    """The tightest of the numbers said with a keyword."""
    found = [one.value for one in flat.said.get(keyword, ()) if is_number(one.value)]
    return (min(found) if lowest else max(found)) if found else None


def is_number(value: Any) -> bool:
    """Whether a JSON value is a number."""
    return isinstance(value, int | float) and not isinstance(value, bool)


def types_of(flat: Flat) -> list[str]:
    """The types that are allowed, in the order of the nearest list; all of those that fit where none is named."""
    found: list[str] | None = None
    for one in flat.said.get("type", ()):
        told = [name for name in (one.value if isinstance(one.value, list) else [one.value]) if isinstance(name, str)]
        # Parts that contradict each other leave nothing; the nearest one is believed.
        both = [name for name in found or told if name in told or (name == "integer" and "number" in told)]
        found = both or found
    return list(dict.fromkeys(found)) if found else list(_guessed(flat))


def _guessed(flat: Flat) -> Iterator[str]:
    """Types that keywords speak of, for want of `type`."""
    if flat.properties or {"additionalProperties", "patternProperties", "required", "minProperties"} & flat.said.keys():
        yield "object"
    elif {"items", "prefixItems", "minItems", "uniqueItems", "contains"} & flat.said.keys():
        yield "array"
    elif {"minimum", "maximum", "multipleOf", "exclusiveMinimum", "exclusiveMaximum"} & flat.said.keys():
        yield "number"
    elif {"pattern", "format", "minLength", "maxLength"} & flat.said.keys():
        yield "string"
    else:
        values = [value for one in flat.said.get("enum", ()) if isinstance(one.value, list) for value in one.value]
        values += [one.value for one in flat.said.get("const", ())]
        if values and all(isinstance(value, bool) for value in values):
            yield "boolean"
        elif values:
            yield "string"

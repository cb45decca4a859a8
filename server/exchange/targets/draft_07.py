"""JSON Schema 2020-12 → draft-07."""

from __future__ import annotations

from typing import Any
from urllib.parse import quote, unquote

from server.documents.pointer import escape
from server.exchange.fidelity import Ledger, Note
from server.exchange.schema_parts import DATA, LISTS, MAPS, ONE, all_schemas, keywords_in
from server.types import JsonValue

DRAFT_07 = "http://json-schema.org/draft-07/schema#"

#: Keywords that mean nothing to 2020-12 but something to draft-07, so that they must not get there.
_FALSE_FRIENDS = ("additionalItems", "dependencies")
#: Keywords beside which `unevaluated…` looks into other schemas.
_IN_PLACE = frozenset(("$ref", "$dynamicRef", "allOf", "anyOf", "oneOf", "if", "then", "else", "dependentSchemas", "not"))
_RENAMED = {"$defs": "definitions", "prefixItems": "items", "dependentSchemas": "dependencies"}
#: Stand for themselves in the fragment of an address.
_UNQUOTED = "/~$!&'()*+,;=:@?-._"
_WITHOUT_MEANING = ("$vocabulary", "$anchor", "$dynamicAnchor", "deprecated", "contentSchema", "minContains", "maxContains")


def to_draft_07(schema: JsonValue, *, place: str = "") -> tuple[JsonValue, tuple[Note, ...]]:
    """The schema in draft-07, and what became of every keyword; places in the notes begin with `place`."""
    translation = _Translation(schema, place)
    return translation.schema(), translation.ledger.notes()


class _Translation:
    """One schema on its way."""

    def __init__(self, source: JsonValue, place: str) -> None:
        self._source = source
        self._place = place
        self.ledger = Ledger((place + pointer, keyword) for pointer, keyword in keywords_in(source))
        #: Pointer in the source to pointer in the result.
        self._moved: dict[str, str] = {}
        self._anchors = {
            found[keyword]: pointer
            for pointer, found in all_schemas(source)
            if isinstance(found, dict)
            for keyword in ("$anchor", "$dynamicAnchor")
            if isinstance(found.get(keyword), str)
        }
        #: Identity of the object that holds a reference, to it and what it refers to in the source.
        self._references: dict[int, tuple[dict[str, Any], str]] = {}

    def schema(self) -> JsonValue:
        """The whole in draft-07."""
        result = self._translated(self._source, "", "")
        for holder, reference in self._references.values():
            holder["$ref"] = self._target(reference)
        if isinstance(result, dict):
            result = {"$schema": DRAFT_07, **{key: value for key, value in result.items() if key != "$schema"}}
        return result

    def _translated(self, schema: JsonValue, here: str, there: str) -> JsonValue:
        self._moved[here] = there
        if not isinstance(schema, dict):
            return schema
        result: dict[str, Any] = {}
        for keyword, value in schema.items():
            at = f"{here}/{escape(keyword)}"
            if keyword in ("$ref", "$dynamicRef"):
                self._refer(keyword, value, at, result)
            elif keyword in ("contains", "minContains", "maxContains"):
                continue
            elif keyword in _FALSE_FRIENDS:
                self.ledger.drop(self._place + at, "without-effect")
            elif keyword in ("dependentRequired", "dependentSchemas"):
                self._depend(keyword, value, at, there, result)
            elif keyword in ("unevaluatedProperties", "unevaluatedItems"):
                self._unevaluated(keyword, schema, at, there, result)
            elif keyword in ("$anchor", "$dynamicAnchor"):
                self.ledger.approximate(self._place + at, "anchor-as-pointer")
            elif keyword in _WITHOUT_MEANING:
                self.ledger.drop(self._place + at, "unknown-to-draft-07")
            else:
                self._plain(keyword, value, schema, at, there, result)
        self._contain(schema, here, there, result)
        return self._beside_reference(result)

    def _plain(self, keyword: str, value: Any, schema: dict[str, Any], at: str, there: str, result: dict[str, Any]) -> None:
        """A keyword that exists in both, perhaps under another name."""
        name = _RENAMED.get(keyword, keyword)
        if keyword == "items" and "prefixItems" in schema:
            name = "additionalItems"
        below = f"{there}/{escape(name)}"
        if keyword in DATA:
            result[name] = value
        elif keyword in MAPS and isinstance(value, dict):
            taken = result.setdefault(name, {})
            for key, one in value.items():
                free = _free(key, taken)
                taken[free] = self._translated(one, f"{at}/{escape(key)}", f"{below}/{escape(free)}")
        elif keyword in LISTS and isinstance(value, list):
            # References that were put aside already stand in front.
            first = len(result.get(name, ()))
            parts = [self._translated(one, f"{at}/{index}", f"{below}/{first + index}") for index, one in enumerate(value)]
            result[name] = [*result.get(name, ()), *parts]
        elif keyword in ONE:
            result[name] = self._translated(value, at, below)
        else:
            result[name] = value
        self.ledger.carry(self._place + at)

    def _refer(self, keyword: str, value: Any, at: str, result: dict[str, Any]) -> None:
        if not isinstance(value, str):
            self.ledger.drop(self._place + at, "not-understood")
            return
        holder = {"$ref": value} if "$ref" in result else result
        holder["$ref"] = value
        if holder is not result:
            result["allOf"] = [*result.get("allOf", ()), holder]
        self._references[id(holder)] = (holder, value)
        if keyword == "$dynamicRef":
            self.ledger.approximate(self._place + at, "dynamic-as-static")
        else:
            self.ledger.carry(self._place + at)

    def _depend(self, keyword: str, value: Any, at: str, there: str, result: dict[str, Any]) -> None:
        if not isinstance(value, dict):
            self.ledger.drop(self._place + at, "not-understood")
            return
        taken = result.setdefault("dependencies", {})
        for name, one in value.items():
            below = f"{there}/dependencies/{escape(name)}"
            new: JsonValue = {"required": one} if keyword == "dependentRequired" and name in taken else one
            if keyword == "dependentSchemas":
                new = self._translated(one, f"{at}/{escape(name)}", f"{below}/allOf/1" if name in taken else below)
            if name in taken:
                before = {"required": taken[name]} if isinstance(taken[name], list) else taken[name]
                self._shift(below, f"{below}/allOf/0")
                new = {"allOf": [before, new]}
            taken[name] = new
        self.ledger.carry(self._place + at)

    def _shift(self, before: str, after: str) -> None:
        """Remembers that what was put at one pointer went on to another."""
        for source, target in self._moved.items():
            if (target == before or target.startswith(f"{before}/")) and not target.startswith(f"{before}/allOf/"):
                self._moved[source] = after + target.removeprefix(before)

    def _unevaluated(self, keyword: str, schema: dict[str, Any], at: str, there: str, result: dict[str, Any]) -> None:
        """Alone, it is the same as `additional…`; beside schemas that it would have to look into, draft-07 cannot say it."""
        if _IN_PLACE & schema.keys() or (keyword == "unevaluatedItems" and "contains" in schema):
            self.ledger.drop(self._place + at, "unevaluated")
            return
        if keyword == "unevaluatedProperties":
            name = "additionalProperties"
        else:
            name = "additionalItems" if "prefixItems" in schema else "items"
        if ("items" if keyword == "unevaluatedItems" else name) in schema:
            # Everything has been evaluated already.
            self.ledger.drop(self._place + at, "without-effect")
            return
        result[name] = self._translated(schema[keyword], at, f"{there}/{name}")
        self.ledger.carry(self._place + at)

    def _contain(self, schema: dict[str, Any], here: str, there: str, result: dict[str, Any]) -> None:
        """`contains` with its counts: draft-07 only knows at least one."""
        least, most = schema.get("minContains", 1), schema.get("maxContains")
        for keyword in ("contains", "minContains", "maxContains"):
            if keyword not in schema:
                continue
            at = f"{self._place}{here}/{keyword}"
            if "contains" not in schema:
                self.ledger.drop(at, "without-effect")
            elif keyword == "contains" and least == 0:
                self.ledger.carry(at) if most is None else self.ledger.drop(at, "counted-contains")
            elif keyword == "contains":
                result["contains"] = self._translated(schema["contains"], f"{here}/contains", f"{there}/contains")
                self.ledger.carry(at)
            elif keyword == "minContains" and least in (0, 1):
                self.ledger.carry(at)
            else:
                self.ledger.drop(at, "counted-contains")

    def _beside_reference(self, result: dict[str, Any]) -> dict[str, Any]:
        """Draft-07 ignores what stands beside `$ref`, so the reference moves into an `allOf`."""
        if "$ref" not in result or len(result) == 1:
            return result
        reference = {"$ref": result.pop("$ref")}
        result["allOf"] = [*result.get("allOf", ()), reference]
        self._references[id(reference)] = (reference, self._references.pop(id(result))[1])
        return result

    def _target(self, reference: str) -> str:
        """The reference in the result: pointers follow what was moved, anchors become pointers."""
        if not reference.startswith("#") or reference == "#":
            return reference
        pointer = unquote(reference[1:])
        pointer = self._anchors.get(pointer, pointer)
        moved = self._moved.get(pointer, pointer)
        return reference if moved == unquote(reference[1:]) else f"#{quote(moved, safe=_UNQUOTED)}"


def _free(name: str, taken: dict[str, Any]) -> str:
    while name in taken:
        name += "_"
    return name

"""What a schema says at one place, all that it is put together from seen as one; enough to lay out fields, not to validate."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

import msgspec

from server.forms.schema_work import Targets
from server.types import JsonValue

#: How often a definition is opened inside itself.
_TURNS = 2
#: References that lead from one to the next.
_LONGEST_CHAIN = 30
#: Schemas that are put together at one place.
_MOST_PARTS = 200
#: Schemas that hold only for some instances: their members may be asked, none has to be answered.
_CONDITIONAL = ("then", "else")
TYPES = ("object", "array", "string", "number", "integer", "boolean", "null")
#: Keywords by which a schema without `type` tells what it is about.
_TELLING = {
    "object": ("properties", "required", "additionalProperties", "patternProperties", "dependentRequired", "propertyNames"),
    "array": ("items", "prefixItems", "contains", "uniqueItems", "additionalItems"),
}


class View(msgspec.Struct, frozen=True, kw_only=True):
    """One place of a schema."""

    title: str = ""
    description: str = ""
    types: frozenset[str] = frozenset()
    #: The only values there can be, where they are listed.
    values: tuple[JsonValue, ...] | None = None
    #: Member to the schemas that speak of it, each with the references that led there.
    members: dict[str, tuple[Part, ...]] = {}
    required: frozenset[str] = frozenset()
    #: Whether members can have other names.
    open: bool = True
    first: tuple[Part, ...] = ()
    rest: tuple[Part, ...] = ()
    #: Whether items can follow the first ones.
    more: bool = True
    fewest: int = 0
    fewest_members: int = 0
    #: Lists of schemas of which one or some hold.
    choices: tuple[tuple[Part, ...], ...] = ()


class Part(msgspec.Struct, frozen=True, kw_only=True):
    """A schema as it stands somewhere, with the references that led to it."""

    schema: JsonValue
    #: Identities of the schemas that references led to, from the outside in.
    trail: tuple[int, ...] = ()
    #: Whether it holds for some instances only.
    conditional: bool = False


def view_of(parts: tuple[Part, ...], targets: Targets) -> View | None:
    """The parts seen as one; nothing where they allow nothing, or lead back into themselves too often to be laid out."""
    gathered: list[Part] = []
    for part in parts:
        for found in _gathered(part, targets, 0):
            gathered.append(found)
            if len(gathered) > _MOST_PARTS or (found.schema is False and not found.conditional):
                return None
    view = View()
    for found in gathered:
        if isinstance(found.schema, dict):
            view = _merged(view, found, found.schema)
    return msgspec.structs.replace(view, types=view.types or _told(gathered))


def _gathered(part: Part, targets: Targets, depth: int) -> Iterator[Part]:
    """The part and what holds together with it, references followed."""
    yield part
    schema = part.schema
    if not isinstance(schema, dict):
        return
    for keyword in ("$ref", "$dynamicRef", "$recursiveRef"):
        if isinstance(schema.get(keyword), str):
            target = next(targets.of(schema[keyword]), None)
            turns = part.trail.count(id(target))
            if turns > _TURNS or depth > _LONGEST_CHAIN or target is None:
                yield Part(schema=False)
                return
            led = Part(schema=target, trail=(*part.trail, id(target)), conditional=part.conditional)
            yield from _gathered(led, targets, depth + 1)
    for one in _listed(schema.get("allOf")):
        yield from _gathered(msgspec.structs.replace(part, schema=one), targets, depth + 1)
    sometimes = [schema[keyword] for keyword in _CONDITIONAL if "if" in schema and keyword in schema]
    for keyword in ("dependentSchemas", "dependencies"):
        sometimes += [one for one in _mapped(schema.get(keyword)).values() if isinstance(one, dict)]
    for one in sometimes:
        yield from _gathered(msgspec.structs.replace(part, schema=one, conditional=True), targets, depth + 1)


def _merged(view: View, part: Part, schema: Mapping[str, Any]) -> View:
    members = dict(view.members)
    for name, member in _mapped(schema.get("properties")).items():
        below = msgspec.structs.replace(part, schema=member)
        members[name] = (*members.get(name, ()), below)
    items, prefix = schema.get("items"), _listed(schema.get("prefixItems"))
    after = schema.get("additionalItems", True) if isinstance(items, list) else items
    first = tuple(msgspec.structs.replace(part, schema=one) for one in (items if isinstance(items, list) else prefix))
    firm = not part.conditional
    return View(
        title=view.title or str(schema.get("title", "")).strip(),
        description=view.description or str(schema.get("description", "")).strip(),
        types=_both(view.types, _types(schema)) if firm else view.types,
        values=_common(view.values, _values(schema)) if firm else view.values,
        members=members,
        required=view.required | _names(schema.get("required")) if firm else view.required,
        open=view.open and not (firm and _is_closed(schema)),
        first=view.first or first,
        rest=(*view.rest, *([msgspec.structs.replace(part, schema=after)] if isinstance(after, dict) else [])),
        more=view.more and not (firm and (after is False or schema.get("unevaluatedItems") is False)),
        fewest=max(view.fewest, _count(schema.get("minItems"))) if firm else view.fewest,
        fewest_members=max(view.fewest_members, _count(schema.get("minProperties"))) if firm else view.fewest_members,
        choices=(*view.choices, *_choices(part, schema)) if firm else view.choices,
    )


def _choices(part: Part, schema: Mapping[str, Any]) -> Iterator[tuple[Part, ...]]:
    for keyword in ("oneOf", "anyOf"):
        listed = _listed(schema.get(keyword))
        if any(_has_shape(one) for one in listed):
            yield tuple(msgspec.structs.replace(part, schema=one) for one in listed if one is not False)


def _has_shape(schema: JsonValue) -> bool:
    """Whether a choice says what is asked, not only how much of it has to be answered."""
    return isinstance(schema, dict) and not schema.keys() <= {"required", "not", "minProperties", "maxProperties", "title"}


def _types(schema: Mapping[str, Any]) -> frozenset[str]:
    named = schema.get("type")
    return _names([named] if isinstance(named, str) else named) & frozenset(TYPES)


def _both(one: frozenset[str], other: frozenset[str]) -> frozenset[str]:
    if not one or not other:
        return one or other
    shared = one & other
    if "integer" in one | other and "number" in one | other:
        shared |= {"integer"} if "integer" not in shared and "number" not in shared else frozenset()
    return shared or one


def _told(parts: list[Part]) -> frozenset[str]:
    """The type that keywords tell of where `type` is not given."""
    for name, keywords in _TELLING.items():
        if any(isinstance(part.schema, dict) and any(keyword in part.schema for keyword in keywords) for part in parts):
            return frozenset((name,))
    return frozenset()


def _values(schema: Mapping[str, Any]) -> tuple[JsonValue, ...] | None:
    if "const" in schema:
        return (schema["const"],)
    return tuple(schema["enum"]) if isinstance(schema.get("enum"), list) else None


def _common(one: tuple[JsonValue, ...] | None, other: tuple[JsonValue, ...] | None) -> tuple[JsonValue, ...] | None:
    if one is None or other is None:
        return other if one is None else one
    kept = {written(value) for value in other}
    return tuple(value for value in one if written(value) in kept)


def _is_closed(schema: Mapping[str, Any]) -> bool:
    closing = schema.get("additionalProperties") is False or schema.get("unevaluatedProperties") is False
    return closing and not schema.get("patternProperties")


def written(value: JsonValue) -> bytes:
    """A value in the one way that tells values apart."""
    return msgspec.json.encode(value, order="sorted")


# Beside a reference of draft-07, and where a reference leads into no schema, keywords may hold anything.


def _names(value: JsonValue) -> frozenset[str]:
    return frozenset(name for name in _listed(value) if isinstance(name, str))


def _count(value: JsonValue) -> int:
    return int(value) if isinstance(value, int | float) else 0


def _listed(value: JsonValue) -> list[Any]:
    return value if isinstance(value, list) else []


def _mapped(value: JsonValue) -> dict[str, Any]:
    return value if isinstance(value, dict) else {}

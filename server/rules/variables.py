"""Variables of a data schema, and instances bound to them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from functools import lru_cache
from typing import Any

from server.documents.pointer import MISSING, resolve
from server.rules.types import BOOL, INT, STRING, RuleType, list_of, row_of
from server.types import JsonValue

_MAX_DEPTH = 12


def variables_of_schema(schema: JsonValue) -> dict[str, RuleType]:
    """Qualified name to type for every leaf of a form's data schema; repeating groups are lists of rows.

    Members whose type no rule can use (unions, numbers, untyped) are left out.
    """
    found = type_of_schema(schema, schema)
    return dict(_leaves(found, "")) if found is not None else {}


def type_of_schema(schema: JsonValue, root: JsonValue, depth: int = 0) -> RuleType | None:
    """The rule type of one schema; `None` when rules cannot use its values."""
    if not isinstance(schema, dict) or depth > _MAX_DEPTH:
        return None
    reference = schema.get("$ref")
    if isinstance(reference, str) and reference.startswith("#"):
        target = resolve(root, reference[1:])
        return None if target is MISSING else type_of_schema(target, root, depth + 1)
    match schema.get("type"):
        case "object":
            members = {
                name: found
                for name, member in schema.get("properties", {}).items()
                if (found := type_of_schema(member, root, depth + 1)) is not None
            }
            return row_of(members)
        case "array":
            element = type_of_schema(schema.get("items", {}), root, depth + 1)
            return list_of(element) if element is not None else None
        case "string":
            return STRING
        case "integer":
            return INT
        case "boolean":
            return BOOL
    if isinstance(schema.get("const"), bool):
        return BOOL
    return None


def bind(instance: JsonValue, variables: Mapping[str, RuleType]) -> dict[str, Any]:
    """The answered variables of an instance by qualified name; unanswered ones are absent, never null."""
    bindings: dict[str, Any] = {}
    for name in variables:
        value = member_at(instance, path_of(name))
        if value is not None:
            bindings[name] = value
    return bindings


def member_at(value: JsonValue, path: Sequence[str]) -> JsonValue:
    """The member at a property path; none where nothing stands."""
    for part in path:
        if not isinstance(value, dict):
            return None
        value = value.get(part)
    return value


@lru_cache(maxsize=4096)
def path_of(name: str) -> tuple[str, ...]:
    """The property path of a qualified name."""
    return tuple(name.split("."))


def _leaves(found: RuleType, prefix: str) -> Iterator[tuple[str, RuleType]]:
    for name, member in found.members.items():
        qualified = f"{prefix}.{name}" if prefix else name
        if member.kind == "row":
            yield from _leaves(member, qualified)
        else:
            yield qualified, member

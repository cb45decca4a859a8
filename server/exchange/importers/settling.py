"""A new service checked; what does not hold up is taken out and reported, so that the rest can be published."""

from __future__ import annotations

from typing import Any

from server.definitions.service import Documents, path_of
from server.documents.pointer import MISSING, parse_pointer, remove, resolve
from server.exchange.fidelity import Ledger
from server.findings import Finding
from server.releases import compile_release
from server.types import JsonValue

_ROUNDS = 12
#: Keywords without which a field still is one.
_DISPENSABLE = frozenset(
    (
        *("pattern", "format", "minLength", "maxLength", "minItems", "maxItems", "uniqueItems"),
        *("minimum", "maximum", "exclusiveMinimum", "exclusiveMaximum", "multipleOf"),
    )
)


def settled(
    documents: dict[str, JsonValue],
    *,
    service_id: str,
    region: str,
    places: dict[str, str],
    ledger: Ledger,
    own: Documents | None = None,
) -> tuple[dict[str, JsonValue], tuple[Finding, ...]]:
    """The documents without the rules and limits that the checks refuse, and what the checks still find.

    What was in the `own` documents before stays, whatever is found about it.
    """
    logic, schema = path_of(service_id, "logic"), path_of(service_id, "data_schema")
    findings: tuple[Finding, ...] = ()
    for _ in range(_ROUNDS):
        _, findings = compile_release(documents, service_id, region)
        before = documents
        for finding in findings:
            if finding.severity != "error" or finding.path not in (logic, schema):
                continue
            pointer = _rule_at(finding.pointer) if finding.path == logic else _limit_at(finding.pointer)
            if not pointer or resolve(documents[finding.path], pointer) is MISSING:
                continue
            if own is not None and resolve(own.get(finding.path, {}), pointer) is not MISSING:
                continue
            field = _field_of_rule(documents[logic], pointer) if finding.path == logic else _field_of_limit(pointer)
            documents = {**documents, finding.path: remove(documents[finding.path], pointer)}
            place = f"{places.get(field, field)}/{pointer.rpartition('/')[2]}"
            detail = str(finding.params.get("detail", finding.code))[:120]
            ledger.drop(place, "refused-by-checks", pointer.rpartition("/")[2], detail=detail)
        if documents is before:
            break
    return documents, findings


def _rule_at(pointer: str) -> str:
    """The rule that a finding in `logic.json` is about; empty when it is about none."""
    match parse_pointer(pointer):
        case ("fields", _, _, *_):
            return "/".join(pointer.split("/")[:4])
        case ("fields" | "assertions" | "facts", _, *_):
            return "/".join(pointer.split("/")[:3])
    return ""


def _limit_at(pointer: str) -> str:
    """The limit that a finding in the data schema is about; empty when the field could not do without."""
    return pointer if pointer.rpartition("/")[2] in _DISPENSABLE and "/properties/" in pointer else ""


def _field_of_rule(logic: Any, pointer: str) -> str:
    kind, name, *_ = parse_pointer(pointer)
    return str(logic["assertions"][name]["at"]) if kind == "assertions" else name


def _field_of_limit(pointer: str) -> str:
    """The id of the field at or around a place in the data schema."""
    field = ""
    steps = iter(parse_pointer(pointer))
    for step in steps:
        if step == "properties":
            name = next(steps, "")
            field = f"{field}.{name}" if field else name
        elif step == "items":
            field += "[]"
        else:
            break
    return field.removesuffix("[]")

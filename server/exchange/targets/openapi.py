"""OpenAPI 3.1 of a release: what an application consists of, and what other systems are asked."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from server.exchange.fidelity import Ledger
from server.exchange.targets.derived import Derived
from server.exchange.targets.schemas import changed, with_codes
from server.forms.compile import FieldLogic
from server.releases import Release
from server.types import JsonValue

_JSON = "application/json"
_SUBMIT = "submit"


def openapi(release: Release) -> Derived:
    """The document `openapi.json`: submitting an application as a path, requests to other systems as webhooks.

    What a rule decides is not in it, so a body that it allows may still be refused with the problems found.
    """
    ledger = Ledger()
    bundle = release.service.bundle
    document = {
        "openapi": "3.1.0",
        "jsonSchemaDialect": "https://json-schema.org/draft/2020-12/schema",
        "info": {
            "title": bundle.title,
            "version": release.id.removeprefix("sha256:")[:16],
            **({"summary": bundle.full_title} if bundle.full_title else {}),
            **({"description": bundle.summary} if bundle.summary else {}),
        },
        "tags": [{"name": name, "description": item.title} for name, item in sorted(release.service.items.items.items())],
        "paths": {f"/services/{release.service_id}/applications": {"post": _submission()}},
        "webhooks": _webhooks(release, ledger),
        "components": {"schemas": {"Application": _application(release, ledger), **_common(), **_messages(release)}},
    }
    return Derived(files={"openapi.json": document}, notes=ledger.notes())


def _submission() -> JsonValue:
    return {
        "operationId": _SUBMIT,
        "requestBody": {"required": True, "content": _content(_ref("Application"))},
        "responses": {
            "201": {"description": "Submitted: stored and on its way.", "content": _content(_ref("Receipt"))},
            "422": {"description": "Nothing is stored; every problem found.", "content": _content(_ref("Problems"))},
        },
    }


def _common() -> dict[str, JsonValue]:
    texts = {"type": "object", "additionalProperties": {"type": ["string", "integer"]}}
    problem = {
        "type": "object",
        "properties": {
            "pointer": {"type": "string", "format": "json-pointer"},
            "code": {"type": "string"},
            "message": {"type": "string"},
            "params": texts,
        },
        "required": ["pointer", "code"],
    }
    return {
        "Receipt": {"type": "object", "properties": {"number": {"type": "string"}}, "required": ["number"]},
        "Problem": problem,
        "Problems": {"type": "object", "properties": {"problems": {"type": "array", "items": _ref("Problem")}}},
    }


def _messages(release: Release) -> dict[str, JsonValue]:
    """The schemas of what is sent to other systems and comes back from them."""
    return {
        f"{slot}.{name}.{part}": _local(schema, f"{slot}.{name}.{part}")
        for slot, connector in sorted(release.service.connectors.items())
        for name, operation in sorted(connector.operations.items())
        for part, schema in (("request", operation.request), ("reply", operation.reply))
    }


def _webhooks(release: Release, ledger: Ledger) -> dict[str, JsonValue]:
    """Every operation of another system: the envelope we send there, and the reply we expect."""
    found: dict[str, JsonValue] = {}
    for slot, connector in sorted(release.service.connectors.items()):
        for name, operation in sorted(connector.operations.items()):
            place = f"connectors/{slot}#/operations/{name}"
            envelope = {
                "type": "object",
                "properties": {
                    "key": {"type": "string", "description": "The same in every attempt."},
                    "case": {"type": "string"},
                    "operation": {"const": name},
                    "callback": {"type": "string"},
                    "data": _ref(f"{slot}.{name}.request"),
                },
                "required": ["key", "case", "operation", "data"],
            }
            reply = {
                "type": "object",
                "properties": {"key": {"type": "string"}, "data": _ref(f"{slot}.{name}.reply")},
                "required": ["key", "data"],
            }
            found[f"{slot}.{name}"] = {
                "post": {
                    "operationId": f"{slot}_{name}",
                    "summary": operation.title,
                    "requestBody": {"required": True, "content": _content(envelope)},
                    "responses": {"200": {"description": "Done.", "content": _content(reply)}, "202": {"description": "Later."}},
                }
            }
            ledger.carry(place, operation.title)
    return found


def _application(release: Release, ledger: Ledger) -> JsonValue:
    """The schema of an application: codes in place, required only what no rule can make irrelevant."""
    form = release.form
    place = f"{release.service_id}/form"
    schema, notes = with_codes(form.definition.schema, form.surroundings.codelists, place=f"{place}/data.schema.json#")
    for note in notes:
        ledger.add(note)
    _note_rules(form.logic, [assertion.id for assertion in form.assertions], f"{place}/logic.json#", ledger)
    optional = {name for name, rules in form.logic.items() if rules.relevant is not None}
    loosened = _loosened(schema, "", optional)
    if isinstance(loosened, dict):
        loosened.pop("$schema", None)
    return _local(loosened, "Application")


def _note_rules(logic: Mapping[str, FieldLogic], assertions: list[str], place: str, ledger: Ledger) -> None:
    for name, rules in sorted(logic.items()):
        for aspect in FieldLogic.__struct_fields__:
            if getattr(rules, aspect) is not None:
                ledger.drop(f"{place}/fields/{name}/{aspect}", "rule-in-server-only", aspect)
    for name in sorted(assertions):
        ledger.drop(f"{place}/assertions/{name}", "rule-in-server-only", name)


def _loosened(schema: JsonValue, path: str, optional: set[str]) -> JsonValue:
    """The schema without demands for what may be irrelevant, which is then absent from the application."""
    if not isinstance(schema, dict):
        return schema
    found: dict[str, Any] = dict(schema)
    for name, member in schema.get("properties", {}).items():
        found["properties"] = {**found["properties"], name: _loosened(member, f"{path}.{name}" if path else name, optional)}
    if isinstance(schema.get("items"), dict):
        found["items"] = _loosened(schema["items"], f"{path}[]", optional)
    if isinstance(schema.get("required"), list):
        inner = [f"{path}.{name}" if path else str(name) for name in schema["required"]]
        kept = [one for one, full in zip(schema["required"], inner, strict=True) if not _may_be_absent(full, optional)]
        found["required"] = kept
    return found


def _may_be_absent(field: str, optional: set[str]) -> bool:
    return any(name == field or name.startswith((f"{field}.", f"{field}[]")) for name in optional)


def _local(schema: JsonValue, name: str) -> JsonValue:
    """The schema with references that hold where it now stands: as the component with this name."""

    def change(found: dict[str, Any], pointer: str) -> dict[str, Any]:
        reference = found.get("$ref")
        if isinstance(reference, str) and reference.startswith("#"):
            return {**found, "$ref": f"#/components/schemas/{name}{reference[1:]}"}
        return found

    return changed(schema, change)


def _content(schema: JsonValue) -> JsonValue:
    return {_JSON: {"schema": schema}}


def _ref(name: str) -> JsonValue:
    return {"$ref": f"#/components/schemas/{name}"}

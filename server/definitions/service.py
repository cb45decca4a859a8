"""One service as its documents describe it, read into structs."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import msgspec

from server.definitions import bundle, form, items, materials, process
from server.documents.pointer import format_pointer
from server.findings import Finding
from server.rules.tables import DecisionTable
from server.types import JsonValue

Documents = Mapping[str, JsonValue]

FORM_TREE = "form_schemas"
PROCESS_TREE = "process_defs"
LIBRARY = f"{FORM_TREE}/library"


class Service(msgspec.Struct, frozen=True, kw_only=True):
    """Every document of one service as structs; maps are keyed by the id in the file name."""

    id: str
    bundle: bundle.Bundle
    form: form.FormDefinition
    task_forms: dict[str, form.FormDefinition]
    materials: materials.Materials
    codelists: dict[str, bundle.CodeList]
    consents: dict[str, str]
    guides: dict[str, str]
    locks: bundle.Locks
    items: items.Items
    processes: dict[str, process.ProcessDefinition]
    tables: dict[str, DecisionTable]
    parameters: bundle.Parameters
    agencies: bundle.Agencies
    connectors: dict[str, process.Connector]
    notices: dict[str, materials.Notice]
    calendar: bundle.Calendar
    regions: bundle.Regions
    examples: dict[str, bundle.Example]


#: Kind of document by its place inside the bundle: (tree, pattern with `*`, struct). `None` marks plain JSON Schema or text.
DOCUMENT_KINDS: tuple[tuple[str, str, str, Any], ...] = (
    ("bundle", FORM_TREE, "bundle.json", bundle.Bundle),
    ("data_schema", FORM_TREE, "form/data.schema.json", None),
    ("layout", FORM_TREE, "form/ui.json", form.Categorization),
    ("logic", FORM_TREE, "form/logic.json", form.Logic),
    ("task_data_schema", FORM_TREE, "tasks/*/data.schema.json", None),
    ("task_layout", FORM_TREE, "tasks/*/ui.json", form.Categorization),
    ("task_logic", FORM_TREE, "tasks/*/logic.json", form.Logic),
    ("materials", FORM_TREE, "materials.json", materials.Materials),
    ("codelist", FORM_TREE, "codelists/*.json", bundle.CodeList),
    ("consent", FORM_TREE, "consents/*.md", None),
    ("guide", FORM_TREE, "content/guides/*.md", None),
    ("locks", FORM_TREE, "locks.json", bundle.Locks),
    ("example", FORM_TREE, "examples/*.json", bundle.Example),
    ("items", PROCESS_TREE, "items.json", items.Items),
    ("process", PROCESS_TREE, "*.process.json", process.ProcessDefinition),
    ("table", PROCESS_TREE, "tables/*.table.json", DecisionTable),
    ("parameters", PROCESS_TREE, "parameters.json", bundle.Parameters),
    ("agencies", PROCESS_TREE, "agencies.json", bundle.Agencies),
    ("connector", PROCESS_TREE, "connectors/*.json", process.Connector),
    ("notice", PROCESS_TREE, "notices/*.json", materials.Notice),
    ("calendar", PROCESS_TREE, "calendar.json", bundle.Calendar),
)


class Place(msgspec.Struct, frozen=True):
    """What a document path stands for."""

    kind: str
    #: The part of the path that `*` stood for; empty for documents that exist once.
    name: str
    struct: Any


def service_ids(documents: Documents) -> tuple[str, ...]:
    """Ids of all bundles in a document set, sorted."""
    prefix, suffix = f"{FORM_TREE}/", "/bundle.json"
    return tuple(sorted(p[len(prefix) : -len(suffix)] for p in documents if p.startswith(prefix) and p.endswith(suffix)))


def place_of(path: str, service_id: str) -> Place | None:
    """What a path is within a service or the library; `None` for a path outside both."""
    if path.startswith(f"{LIBRARY}/codelists/"):
        return Place("codelist", path.rsplit("/", 1)[1].removesuffix(".json"), bundle.CodeList)
    if path.startswith(f"{LIBRARY}/regions/"):
        return Place("regions", path.rsplit("/", 1)[1].removesuffix(".json"), bundle.Regions)
    for kind, tree, pattern, struct in DOCUMENT_KINDS:
        root = f"{tree}/{service_id}/"
        if path.startswith(root):
            name = _match(pattern, path[len(root) :])
            if name is not None:
                return Place(kind, name, struct)
    return None


def path_of(service_id: str, kind: str, name: str = "") -> str:
    """The path at which a bundle keeps a document of this kind."""
    for known, tree, pattern, _ in DOCUMENT_KINDS:
        if known == kind:
            return f"{tree}/{service_id}/{pattern.replace('*', name)}"
    raise KeyError(kind)


def documents_of(documents: Documents, service_id: str) -> dict[str, JsonValue]:
    """The documents one service consists of: its own folders in both trees and the library."""
    roots = (f"{FORM_TREE}/{service_id}/", f"{PROCESS_TREE}/{service_id}/", f"{LIBRARY}/")
    return {path: documents[path] for path in sorted(documents) if path.startswith(roots)}


def read_service(documents: Documents, service_id: str) -> tuple[Service | None, tuple[Finding, ...]]:
    """The service's structs and the findings met while reading; no service when a document is missing or malformed.

    Library code lists are read first, so a bundle may replace one under the same id.
    """
    found: list[Finding] = []
    by_kind: dict[str, dict[str, Any]] = {}
    own = documents_of(documents, service_id)
    for path in sorted(own, key=lambda p: (not p.startswith(LIBRARY), p)):
        place = place_of(path, service_id)
        if place is None:
            if "/overlays/" not in path and "/walks/" not in path and "/content/" not in path and not path.endswith("sheet.json"):
                found.append(Finding(code="unknown-document", severity="error", path=path, pointer="", params={"path": path}))
            continue
        value, faults = _convert(own[path], place, path)
        found.extend(faults)
        if not faults:
            by_kind.setdefault(place.kind, {})[place.name] = value
    for kind, _, pattern, _ in DOCUMENT_KINDS:
        if (
            "*" not in pattern
            and kind != "locks"
            and kind not in by_kind
            and not any(f.path == path_of(service_id, kind) for f in found)
        ):
            path = path_of(service_id, kind)
            found.append(Finding(code="missing-document", severity="error", path=path, pointer="", params={"path": path}))
    region = by_kind["bundle"][""].region if "bundle" in by_kind else ""
    if region and region not in by_kind.get("regions", {}):
        path = path_of(service_id, "bundle")
        found.append(
            Finding(code="unknown-region-list", severity="error", path=path, pointer="/region", params={"region": region})
        )
    if any(finding.severity == "error" for finding in found):
        return None, tuple(found)
    return _assemble(service_id, by_kind, region), tuple(found)


def _assemble(service_id: str, by_kind: dict[str, dict[str, Any]], region: str) -> Service:
    task_forms = {
        name: form.FormDefinition(
            id=f"tasks/{name}",
            schema=schema,
            ui=by_kind.get("task_layout", {})[name],
            logic=by_kind.get("task_logic", {}).get(name, form.Logic()),
        )
        for name, schema in by_kind.get("task_data_schema", {}).items()
        if name in by_kind.get("task_layout", {})
    }
    main = form.FormDefinition(id="form", schema=by_kind["data_schema"][""], ui=by_kind["layout"][""], logic=by_kind["logic"][""])
    return Service(
        id=service_id,
        bundle=by_kind["bundle"][""],
        form=main,
        task_forms=task_forms,
        materials=by_kind["materials"][""],
        codelists=by_kind.get("codelist", {}),
        consents=by_kind.get("consent", {}),
        guides=by_kind.get("guide", {}),
        locks=by_kind.get("locks", {}).get("", bundle.Locks(locks=())),
        items=by_kind["items"][""],
        processes=by_kind.get("process", {}),
        tables=by_kind.get("table", {}),
        parameters=by_kind["parameters"][""],
        agencies=by_kind["agencies"][""],
        connectors=by_kind.get("connector", {}),
        notices=by_kind.get("notice", {}),
        calendar=by_kind["calendar"][""],
        regions=by_kind["regions"][region],
        examples=by_kind.get("example", {}),
    )


def _match(pattern: str, path: str) -> str | None:
    if "*" not in pattern:
        return "" if path == pattern else None
    head, tail = pattern.split("*")
    if not (path.startswith(head) and path.endswith(tail) and len(path) > len(head) + len(tail)):
        return None
    name = path[len(head) : len(path) - len(tail)]
    return None if "/" in name else name


def _convert(value: JsonValue, place: Place, path: str) -> tuple[Any, list[Finding]]:
    if place.struct is None:
        expected: type = str if path.endswith(".md") else dict
        if isinstance(value, expected):
            return value, []
        return None, [
            Finding(code="malformed-document", severity="error", path=path, pointer="", params={"detail": expected.__name__})
        ]
    try:
        return msgspec.convert(value, place.struct), []
    except msgspec.ValidationError as error:
        text = str(error)
        detail, _, place_text = text.partition(" - at `$")
        pointer = format_pointer(_segments(place_text.rstrip("`"))) if place_text else ""
        return None, [Finding(code="malformed-document", severity="error", path=path, pointer=pointer, params={"detail": detail})]


def _segments(dotted: str) -> list[str]:
    return [part.rstrip("]") for part in dotted.replace("[", ".").split(".") if part]

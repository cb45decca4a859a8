"""One service as its documents describe it, read into structs."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from typing import Any

import msgspec

from server.definitions.bundle import Agencies, Bundle, Calendar, CodeList, Example, Locks, Parameters, Regions
from server.definitions.form import Categorization, FormDefinition, Logic
from server.definitions.items import Items
from server.definitions.materials import Materials, Notice
from server.definitions.process import Connector, ProcessDefinition
from server.definitions.reading import read_struct, type_name
from server.definitions.sheet import Sheet
from server.findings import Finding
from server.rules.tables import DecisionTable
from server.types import JsonValue

Documents = Mapping[str, JsonValue]

FORM_TREE = "form_schemas"
PROCESS_TREE = "process_defs"
LIBRARY = f"{FORM_TREE}/library"
_REGIONS = f"{LIBRARY}/regions/"
#: Steps of a path that every system reads alike: none of them hidden, none that leads upwards.
_PATH = re.compile(r"(?:\w[\w.-]*/)+\w[\w.-]*\.(?:json|md)")


class Service(msgspec.Struct, frozen=True, kw_only=True):
    """Every document of one service as structs; maps are keyed by the id in the file name."""

    id: str
    bundle: Bundle
    form: FormDefinition
    task_forms: dict[str, FormDefinition]
    materials: Materials
    codelists: dict[str, CodeList]
    consents: dict[str, str]
    guides: dict[str, str]
    #: Nothing where the printed form is made from the layout.
    sheet: Sheet | None = None
    locks: Locks
    items: Items
    processes: dict[str, ProcessDefinition]
    tables: dict[str, DecisionTable]
    parameters: Parameters
    agencies: Agencies
    connectors: dict[str, Connector]
    notices: dict[str, Notice]
    calendar: Calendar
    regions: Regions
    examples: dict[str, Example]


#: Kind of document by its place inside the bundle: (tree, pattern with `*`, struct). `None` marks plain JSON Schema or text.
DOCUMENT_KINDS: tuple[tuple[str, str, str, Any], ...] = (
    ("bundle", FORM_TREE, "bundle.json", Bundle),
    ("data_schema", FORM_TREE, "form/data.schema.json", None),
    ("layout", FORM_TREE, "form/ui.json", Categorization),
    ("logic", FORM_TREE, "form/logic.json", Logic),
    ("task_data_schema", FORM_TREE, "tasks/*/data.schema.json", None),
    ("task_layout", FORM_TREE, "tasks/*/ui.json", Categorization),
    ("task_logic", FORM_TREE, "tasks/*/logic.json", Logic),
    ("materials", FORM_TREE, "materials.json", Materials),
    ("codelist", FORM_TREE, "codelists/*.json", CodeList),
    ("consent", FORM_TREE, "consents/*.md", None),
    ("guide", FORM_TREE, "content/guides/*.md", None),
    ("sheet", FORM_TREE, "sheet.json", Sheet),
    ("locks", FORM_TREE, "locks.json", Locks),
    ("example", FORM_TREE, "examples/*.json", Example),
    ("items", PROCESS_TREE, "items.json", Items),
    ("process", PROCESS_TREE, "*.process.json", ProcessDefinition),
    ("table", PROCESS_TREE, "tables/*.table.json", DecisionTable),
    ("parameters", PROCESS_TREE, "parameters.json", Parameters),
    ("agencies", PROCESS_TREE, "agencies.json", Agencies),
    ("connector", PROCESS_TREE, "connectors/*.json", Connector),
    ("notice", PROCESS_TREE, "notices/*.json", Notice),
    ("calendar", PROCESS_TREE, "calendar.json", Calendar),
)
#: Kinds of which a service has one document.
_ONCE = tuple(kind for kind, _, pattern, _ in DOCUMENT_KINDS if "*" not in pattern)
#: What stands for those of them that a service can do without.
_WITHOUT: Mapping[str, Any] = {
    "logic": Logic(),
    "materials": Materials(materials={}),
    "parameters": Parameters(parameters={}),
    "locks": Locks(locks=()),
    "sheet": None,
}


class Place(msgspec.Struct, frozen=True):
    """What a document path stands for."""

    kind: str
    #: The part of the path that `*` stood for; empty for documents that exist once.
    name: str
    struct: Any


#: Reads one document: its struct and what is wrong with it.
Reader = Callable[[JsonValue, Place, str], tuple[Any, tuple[Finding, ...]]]


def service_ids(documents: Documents) -> tuple[str, ...]:
    """Ids of all bundles in a document set, sorted."""
    prefix, suffix = f"{FORM_TREE}/", "/bundle.json"
    return tuple(sorted(p[len(prefix) : -len(suffix)] for p in documents if p.startswith(prefix) and p.endswith(suffix)))


def is_document_path(path: str) -> bool:
    """Whether a document can stand at a path, so that it is written to no other place on any system."""
    return _PATH.fullmatch(path) is not None


def place_of(path: str, service_id: str) -> Place | None:
    """What a path is within a service or the library; `None` for a path outside both and for one no document can have."""
    if not is_document_path(path):
        return None
    if path.startswith(f"{LIBRARY}/codelists/"):
        return Place("codelist", path.rsplit("/", 1)[1].removesuffix(".json"), CodeList)
    if path.startswith(_REGIONS):
        return Place("regions", path.rsplit("/", 1)[1].removesuffix(".json"), Regions)
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
    """The documents one service consists of: its own folders in both trees and the library, with the list of its own region.

    The lists of other regions are long, and what is added there changes nothing for this service.
    """
    roots = (f"{FORM_TREE}/{service_id}/", f"{PROCESS_TREE}/{service_id}/", f"{LIBRARY}/")
    own = f"{_REGIONS}{region_of(documents, service_id)}.json"
    return {
        path: documents[path]
        for path in sorted(documents)
        if path.startswith(roots) and (path == own or not path.startswith(_REGIONS))
    }


def region_of(documents: Documents, service_id: str) -> str:
    """The region a bundle is made for; empty when its head is damaged, which the checks report."""
    head = documents.get(path_of(service_id, "bundle"))
    region = head.get("region") if isinstance(head, dict) else None
    return region if isinstance(region, str) else ""


def read_service(documents: Documents, service_id: str, read: Reader | None = None) -> tuple[Service | None, tuple[Finding, ...]]:
    """The service's structs and every finding met while reading; `read` may know a document from before.

    One malformed document among many of its kind is left out of the service; there is no service when a document that
    exists once is missing or malformed. Library code lists are read first, so a bundle may replace one under the same id.
    """
    found: list[Finding] = []
    by_kind: dict[str, dict[str, Any]] = {}
    own = documents_of(documents, service_id)
    for path in sorted(own, key=lambda p: (not p.startswith(LIBRARY), p)):
        place = place_of(path, service_id)
        if place is None:
            if not _is_elsewhere(path):
                found.append(_error("unknown-document", path))
            continue
        value, faults = (read or read_document)(own[path], place, path)
        found += faults
        if not faults:
            by_kind.setdefault(place.kind, {})[place.name] = value
    found += (_error("missing-document", path) for path in _missing(own, service_id))
    region = by_kind["bundle"][""].region if "bundle" in by_kind else ""
    if "bundle" in by_kind and region not in by_kind.get("regions", {}):
        found.append(_error("unknown-region-list", path_of(service_id, "bundle"), "/region", region=region))
    for kind, empty in _WITHOUT.items():
        if path_of(service_id, kind) not in own:
            by_kind[kind] = {"": empty}
    readable = region in by_kind.get("regions", {}) and all(kind in by_kind for kind in _ONCE)
    return _assemble(service_id, by_kind, region) if readable else None, tuple(found)


def _missing(documents: Documents, service_id: str) -> tuple[str, ...]:
    """Paths of documents that must be there and are not: those every service has, and the halves of task forms."""
    wanted = dict.fromkeys(path_of(service_id, kind) for kind in _ONCE if kind not in _WITHOUT)
    for path in documents:
        place = place_of(path, service_id)
        if place is not None and place.kind in ("task_data_schema", "task_layout", "task_logic"):
            wanted |= dict.fromkeys(path_of(service_id, kind, place.name) for kind in ("task_data_schema", "task_layout"))
    return tuple(path for path in wanted if path not in documents)


def _is_elsewhere(path: str) -> bool:
    """Whether a document is read by others than the service itself."""
    return is_document_path(path) and any(part in path for part in ("/overlays/", "/walks/", "/content/"))


def _error(code: str, path: str, pointer: str = "", **params: str) -> Finding:
    return Finding(code=code, severity="error", path=path, pointer=pointer, params={"path": path, **params})


def _assemble(service_id: str, by_kind: dict[str, dict[str, Any]], region: str) -> Service:
    task_forms = {
        name: FormDefinition(
            id=f"tasks/{name}",
            schema=schema,
            ui=by_kind.get("task_layout", {})[name],
            logic=by_kind.get("task_logic", {}).get(name, Logic()),
        )
        for name, schema in by_kind.get("task_data_schema", {}).items()
        if name in by_kind.get("task_layout", {})
    }
    main = FormDefinition(id="form", schema=by_kind["data_schema"][""], ui=by_kind["layout"][""], logic=by_kind["logic"][""])
    return Service(
        id=service_id,
        bundle=by_kind["bundle"][""],
        form=main,
        task_forms=task_forms,
        materials=by_kind["materials"][""],
        codelists=by_kind.get("codelist", {}),
        consents=by_kind.get("consent", {}),
        guides=by_kind.get("guide", {}),
        sheet=by_kind["sheet"][""],
        locks=by_kind["locks"][""],
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


def read_document(value: JsonValue, place: Place, path: str) -> tuple[Any, tuple[Finding, ...]]:
    """A document as its struct, as it is where it has none, or nothing and every fault."""
    if place.struct is not None:
        return read_struct(value, place.struct, path)
    expected, name = (str, "string") if path.endswith(".md") else (dict, "object")
    if isinstance(value, expected):
        return value, ()
    return None, (Finding(code="wrong-type", severity="error", path=path, params={"expected": name, "found": type_name(value)}),)

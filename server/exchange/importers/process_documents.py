"""Processes of a BPMN file → a new service around the first of them, or documents beside those of a service."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import msgspec

from server.definitions.process import ProcessDefinition
from server.definitions.service import Documents, path_of
from server.exchange.bpmn.reading import OFFICE, Processes, read_bpmn
from server.exchange.fidelity import Ledger
from server.exchange.importers.draft import FormDraft
from server.exchange.importers.names import Names
from server.exchange.importers.skeleton import service_documents
from server.exchange.importers.sources import Sources
from server.messages import importing as texts
from server.types import JsonValue

#: Processes of the service around; imported ones of these names are renamed.
_INTAKE, _REVIEW = "intake", "review"


def read_processes(sources: Sources, ledger: Ledger) -> Processes:
    """The processes of the first XML file; of what is no XML, none."""
    if not sources.markup:
        ledger.drop("", "not-bpmn", "definitions")
    return read_bpmn(sources.markup[0], ledger) if sources.markup else Processes(processes={}, own=frozenset(), offices={})


def service_around(found: Processes, *, service_id: str, region: str, library: Documents) -> dict[str, JsonValue]:
    """A new service with a form of nothing but who applies, whose one item runs the first process."""
    names = Names(any_text=True, taken=(_INTAKE,))
    ids = {process_id: names.take(process_id) for process_id in found.processes}
    title = str(next(iter(found.processes.values()))["title"])
    documents = service_documents(FormDraft(title=title, pages=()), service_id=service_id, region=region, library=library)
    del documents[path_of(service_id, "process", _REVIEW)]
    for process_id, document in found.processes.items():
        documents[path_of(service_id, "process", ids[process_id])] = _renamed(document, ids)
    main = next(iter(found.processes))
    items = documents[path_of(service_id, "items")]
    for item in items["items"].values():
        item["process"] = ids[main]
        item["outcomes"] = _outcomes(found.processes[main])
    agencies = documents[path_of(service_id, "agencies")]
    agencies["agencies"] |= {agency: _agency(name) for agency, name in found.offices.items()}
    return documents


def processes_into(found: Processes, documents: Documents, *, service_id: str, ledger: Ledger) -> dict[str, JsonValue]:
    """The documents of a service that change; processes that were written by us replace themselves, others are added."""
    taken = tuple(path.rpartition("/")[2].removesuffix(".process.json") for path in documents if path.endswith(".process.json"))
    names = Names(any_text=True, taken=taken)
    ids = {one: one if one in found.own and one in taken else names.take(one) for one in found.processes}
    agencies = documents.get(path_of(service_id, "agencies"))
    known = agencies.get("agencies", {}) if isinstance(agencies, dict) else {}
    offices, added = _offices(found.offices, known, ledger)
    changes: dict[str, JsonValue] = {}
    for process_id, document in found.processes.items():
        path = path_of(service_id, "process", ids[process_id])
        place = f"/process[{process_id}]/document"
        new = _renamed(document, ids) if process_id in found.own else _renamed(_at_offices(document, offices), ids)
        if process_id in found.own and _same(documents.get(path), new):
            continue
        code = "process-replaced" if path in documents else "process-added"
        ledger.approximate(place, code, str(new["title"]), name=ids[process_id])
        changes[path] = new
    if added and changes:
        changes[path_of(service_id, "agencies")] = (
            {**agencies, "agencies": {**known, **added}} if isinstance(agencies, dict) else {}
        )
    return changes


def _same(before: JsonValue, after: JsonValue) -> bool:
    """Whether two documents mean the same, so that nothing changes when a file comes back as it went."""
    try:
        return bool(msgspec.convert(before, ProcessDefinition) == msgspec.convert(after, ProcessDefinition))
    except msgspec.ValidationError:
        return False


def _offices(
    suggested: Mapping[str, str], known: Mapping[str, Any], ledger: Ledger
) -> tuple[dict[str, str], dict[str, JsonValue]]:
    """Suggested agency to the agency of the service, and the agencies that have to be added."""
    titles = {str(one.get("title", "")): agency for agency, one in known.items() if isinstance(one, dict)}
    names = Names(taken=tuple(known))
    offices = {OFFICE: next(iter(known), OFFICE)}
    added: dict[str, JsonValue] = {}
    for agency, title in suggested.items():
        offices[agency] = titles.get(title) or names.take(agency)
        if title not in titles:
            added[offices[agency]] = _agency(title)
            ledger.approximate(f"/office[{agency}]", "office-suggested", title, title=title)
    return offices, added


def _agency(name: str) -> JsonValue:
    return {"title": name, "levels": dict.fromkeys(texts.AGENCY_LEVELS, name) | {texts.level_of_office(name): name}}


def _at_offices(document: JsonValue, offices: Mapping[str, str]) -> JsonValue:
    nodes = {}
    for name, node in document["nodes"].items():
        actor = node.get("actor")
        moved = {"actor": {**actor, "agency": offices.get(actor["agency"], actor["agency"])}} if actor else {}
        nodes[name] = {**node, **moved}
    return {**document, "nodes": nodes}


def _renamed(document: JsonValue, ids: Mapping[str, str]) -> JsonValue:
    """The document, calling other processes of the file by their ids."""
    nodes = {}
    for name, node in document["nodes"].items():
        called = node.get("process")
        nodes[name] = {**node, "process": ids.get(called, called)} if called is not None else node
    return {**document, "nodes": nodes}


def _outcomes(document: JsonValue) -> JsonValue:
    """An outcome of the item for every code that the process ends with."""
    found: dict[str, JsonValue] = {}
    for node in document["nodes"].values():
        code = node.get("code") if node["kind"] == "end" else None
        if code and code not in found:
            found[code] = {"title": node.get("title") or code, "order": len(found) + 1, "tone": "neutral"}
    return found

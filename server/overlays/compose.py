"""Composing: the documents of a service as they hold in a region, with the origin of every change and what is wrong with it."""

from __future__ import annotations

from collections.abc import Callable, Mapping

import msgspec

from server.definitions.bundle import Lock
from server.definitions.regions import contains, parent_code
from server.definitions.service import LIBRARY, Documents, path_of, region_of
from server.documents.pointer import MISSING, parse_pointer
from server.findings import Finding
from server.overlays.changes import changes
from server.overlays.findings import fault_findings, lock_findings, region_findings
from server.overlays.layering import lay_over, normal_of, shape_of, too_deep
from server.overlays.locks import lock_key
from server.overlays.normal import Place, normal_place
from server.overlays.overlay import Overlay, base_documents, overlay_of, overlay_paths
from server.types import JsonValue, RegionCode, ServiceId

#: Path of a document to the places of its normal form that were changed, each with the region that did it last.
Origins = dict[str, dict[Place, RegionCode]]


class Composed(msgspec.Struct, frozen=True, kw_only=True):
    """The documents of a service as they hold in one region."""

    service_id: ServiceId
    region: RegionCode
    #: The region whose base the service is.
    base: RegionCode
    #: Regions whose overlays were laid over the base, the uppermost first.
    layers: tuple[RegionCode, ...]
    #: What a base tree would hold: no overlays.
    documents: dict[str, JsonValue]
    origins: Origins
    #: Everything wrong with overlays, each at its place in the overlay.
    findings: tuple[Finding, ...]


def compose(documents: Documents, *, service_id: str, region: str) -> Composed:
    """The documents of the service with the overlays of the region and those above it laid over them in turn; never raises.

    Whatever cannot be applied changes nothing and is a finding. A region without overlays on its way up has the documents of
    the base, so that it shares its release.
    """
    base = region_of(documents, service_id)
    names = _names(documents, base)
    paths = overlay_paths(documents, service_id)
    current = base_documents(documents, service_id)
    findings = [finding for code in paths for finding in region_findings(code, paths[code], service_id, names=names, base=base)]
    layers = tuple(code for code in _way_down(region) if code in paths and code in names and contains(base, code))
    origins: Origins = {}
    for code in layers:
        overlay = overlay_of(documents, service_id=service_id, region=code)
        layered = lay_over(current, overlay)
        findings += fault_findings(overlay, layered.faults)
        findings += lock_findings(overlay, current, layered.documents, upper=_setters(origins, service_id, names, base))
        _record(origins, current, layered.documents, overlay)
        current = layered.documents
    findings.sort(key=lambda finding: (finding.path, finding.pointer, finding.code))
    return Composed(
        service_id=ServiceId(service_id),
        region=RegionCode(region),
        base=RegionCode(base),
        layers=layers,
        documents=current,
        origins=origins,
        findings=tuple(findings),
    )


def origin_of(composed: Composed, path: str, pointer: str) -> RegionCode:
    """The region that set what a pointer into a composed document leads to; the base's where no overlay touched it.

    A pointer to something that was removed, with keys for places in lists, tells who removed it.
    """
    changed = composed.origins.get(path, {})
    document = composed.documents.get(path, MISSING)
    place = parse_pointer(pointer)
    if document is not MISSING and not too_deep(document):
        place = normal_place(document, shape_of(path, composed.service_id), place)
    return next((changed[place[:length]] for length in range(len(place), -1, -1) if place[:length] in changed), composed.base)


def _setters(origins: Origins, service_id: str, names: Mapping[str, JsonValue], base: str) -> Callable[[Lock], str]:
    """Tells the name of the region that set a lock."""
    changed = dict(origins.get(path_of(service_id, "locks"), {}))

    def setter(lock: Lock) -> str:
        region = changed.get(("locks", lock_key(lock)), base)
        return str(names.get(region, region))

    return setter


def _record(origins: Origins, before: Documents, after: Documents, overlay: Overlay) -> None:
    """Notes the overlay's region at every place that it changed."""
    for path in overlay.patches:
        shape = shape_of(path, overlay.service_id)
        old, new = before.get(path, MISSING), after.get(path, MISSING)
        if old is new:
            continue
        known = origins.setdefault(path, {})
        for change in changes(normal_of(old, shape), normal_of(new, shape), shape=shape):
            place = change.place
            for inner in [inner for inner in known if inner[: len(place)] == place]:
                del known[inner]
            known[place] = overlay.region


def _names(documents: Documents, base: str) -> dict[str, JsonValue]:
    """Region code to name, as the bundle's list has them; empty when it is missing or malformed, which the checks report."""
    listed = documents.get(f"{LIBRARY}/regions/{base}.json")
    names = listed.get("regions") if isinstance(listed, dict) else None
    return names if isinstance(names, dict) else {}


def _way_down(region: str) -> tuple[RegionCode, ...]:
    """The regions that contain a region, the province first, and the region itself."""
    way = [RegionCode(region)]
    # A code of no proper length may be its own parent.
    while (above := parent_code(way[0])) is not None and above not in way:
        way.insert(0, above)
    return tuple(way)

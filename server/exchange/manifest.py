"""`manifest.json`: what a bundle holds, so that whoever receives it can tell that nothing is missing or damaged."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Literal

import msgspec

from server.definitions.common import Document
from server.definitions.reading import read_struct
from server.definitions.service import Documents, place_of
from server.documents.canonical import content_id
from server.exchange.layers import LayerKind, layers_in
from server.findings import Finding
from server.overlays.overlay import overlay_paths
from server.types import JsonValue

MANIFEST = "manifest.json"
FORMAT = 1


class Slot(Document, frozen=True, kw_only=True):
    """Another system that the service speaks with; whoever receives the bundle binds it to an address and keys of its own."""

    title: str
    operations: tuple[str, ...]


class Manifest(Document, frozen=True, kw_only=True):
    """What a bundle holds; the same documents always have the same manifest."""

    format: Literal[1]
    service: str
    layer: LayerKind
    #: Region of the layer; of the base where there are several.
    region: str
    #: Regions with an overlay in the bundle, the uppermost first.
    overlays: tuple[str, ...]
    #: Content id of all documents together.
    id: str
    #: Path of every document to its content id.
    documents: dict[str, str]
    #: Slots to bind, by their names.
    slots: dict[str, Slot]


def manifest_of(documents: Documents, *, service_id: str, layer: LayerKind, region: str) -> Manifest:
    """The manifest of documents that are about to leave."""
    return Manifest(
        format=1,
        service=service_id,
        layer=layer,
        region=region,
        overlays=tuple(code for code in layers_in(documents, service_id) if code),
        id=content_id(dict(documents)),
        documents={path: content_id(documents[path]) for path in sorted(documents)},
        slots=slots_of(documents, service_id),
    )


def manifest_document(manifest: Manifest) -> JsonValue:
    """The manifest as JSON."""
    return msgspec.to_builtins(manifest)


def read_manifest(value: JsonValue) -> tuple[Manifest | None, tuple[Finding, ...]]:
    """A manifest as it was received, or what is wrong with it."""
    return read_struct(value, Manifest, MANIFEST)


def manifest_faults(manifest: Manifest, documents: Documents) -> tuple[Finding, ...]:
    """Where received documents are not those that the manifest speaks of."""
    found = list(_document_faults(manifest, documents))
    if not found and manifest.id != content_id(dict(documents)):
        found.append(_fault("bundle-damaged", MANIFEST))
    service_id = manifest.service
    told = manifest_of(documents, service_id=service_id, layer=manifest.layer, region=manifest.region) if not found else manifest
    if (told.overlays, told.slots) != (manifest.overlays, manifest.slots):
        found.append(_fault("bundle-manifest-differs", MANIFEST))
    return tuple(found)


def slots_of(documents: Documents, service_id: str) -> dict[str, Slot]:
    """The slots of a service's connectors, overlays' own included, by name."""
    targets = {path: path for path in documents}
    for paths in overlay_paths(documents, service_id).values():
        targets |= paths
    found: dict[str, Slot] = {}
    for path, target in sorted(targets.items(), key=lambda pair: (pair[0] != pair[1], pair[0])):
        place = place_of(target, service_id)
        connector = documents[path]
        if place is None or place.kind != "connector" or not isinstance(connector, dict):
            continue
        known = found.get(place.name, Slot(title=place.name, operations=()))
        title, operations = connector.get("title"), connector.get("operations")
        names = set(known.operations) | (set(operations) if isinstance(operations, dict) else set())
        title = title if isinstance(title, str) else known.title
        found[place.name] = Slot(title=title, operations=tuple(sorted(names)))
    return dict(sorted(found.items()))


def _document_faults(manifest: Manifest, documents: Mapping[str, JsonValue]) -> Iterator[Finding]:
    for path in sorted(manifest.documents.keys() | documents.keys()):
        if path not in documents:
            yield _fault("bundle-document-missing", path)
        elif path not in manifest.documents:
            yield _fault("bundle-document-unlisted", path)
        elif content_id(documents[path]) != manifest.documents[path]:
            yield _fault("bundle-damaged", path)


def _fault(code: str, path: str) -> Finding:
    return Finding(code=code, severity="error", path=path)

"""Files that arrive on the import page, read into changes of the working copy."""

from __future__ import annotations

from collections.abc import Collection, Mapping

import msgspec

from server.definitions.service import FORM_TREE, LIBRARY, PROCESS_TREE, region_of, service_ids
from server.exchange.fidelity import Note, counts
from server.exchange.importers.table import Format, convert_into
from server.exchange.layers import carried, layer_of
from server.exports.bundles import Received, receive_archive
from server.exports.folder import locate
from server.exports.sources import format_of, read_sources
from server.findings import Finding
from server.messages.fidelity import note_text, outcome_text
from server.messages.imports import FAULTS
from server.overlays.compose import compose
from server.overlays.overlay import base_documents
from server.types import JsonValue

_ZIP = b"PK\x03\x04"
_WORKBOOK_PART = "[Content_Types].xml"


class Arrived(msgspec.Struct, frozen=True, kw_only=True):
    """What files would change."""

    #: Path to new value, nothing for documents that would go.
    changes: dict[str, JsonValue | None] = {}
    findings: tuple[Finding, ...] = ()
    #: Standing of a bundle's signature.
    signer: str = ""
    #: Outcome, place, construct and text of what could not be carried over as it is.
    notes: tuple[tuple[str, str, str, str], ...] = ()
    carried: int = 0


def arrived(
    files: Mapping[str, bytes],
    *,
    documents: Mapping[str, JsonValue],
    layers: Mapping[str, JsonValue],
    service_id: str,
    region: str,
    form: Format | None,
    as_bundle: bool,
    own_key: str,
    trusted: Collection[str],
) -> Arrived | str:
    """What the files would change of the documents that hold in the region, or why they cannot be taken, in words."""
    content = next(iter(files.values()))
    if as_bundle or (form is None and len(files) == 1 and _is_bundle(content)):
        received = receive_archive(content, own_key=own_key, trusted=trusted)
        return _bundle(received, documents, layers, service_id=service_id, region=region)
    sources = read_sources(files)
    if isinstance(sources, tuple):
        return Arrived(findings=sources)
    made = convert_into(sources, form or format_of(sources), documents=documents, service_id=service_id, region=region)
    if not made.documents:
        return FAULTS["nothing-to-fill-in"]
    return Arrived(
        changes=dict(made.documents),
        findings=tuple(finding for finding in made.findings if finding.severity == "error"),
        notes=tuple(_note(note) for note in made.notes if note.outcome != "carried"),
        carried=counts(made.notes)["carried"],
    )


def _is_bundle(content: bytes) -> bool:
    return content.startswith(_ZIP) and _WORKBOOK_PART.encode() not in content[:100_000]


def _bundle(
    received: Received,
    documents: Mapping[str, JsonValue],
    layers: Mapping[str, JsonValue],
    *,
    service_id: str,
    region: str,
) -> Arrived | str:
    if received.findings:
        return Arrived(findings=locate(received.findings, received.raw))
    manifest = received.manifest
    found = manifest.service if manifest is not None else next(iter(service_ids(received.documents)), "")
    if found != service_id:
        return FAULTS["other-service"].format(found=found)
    incoming = _as_they_hold(received, layers, service_id=service_id, region=region)
    if not incoming:
        return FAULTS["no-layer"]
    own = (f"{FORM_TREE}/{service_id}/", f"{PROCESS_TREE}/{service_id}/")
    changes: dict[str, JsonValue | None] = {}
    for path in sorted(incoming.keys() | documents.keys()):
        if path.startswith(own) and not path.startswith(f"{LIBRARY}/") and incoming.get(path) != documents.get(path):
            changes[path] = incoming.get(path)
    return Arrived(changes=changes, signer=received.signer.standing) if changes else FAULTS["nothing-new"]


def _as_they_hold(received: Received, layers: Mapping[str, JsonValue], *, service_id: str, region: str) -> dict[str, JsonValue]:
    """The documents of a bundle as they would hold in the region; nothing where it says nothing about it."""
    manifest, arrived_documents = received.manifest, received.documents
    layer = manifest.layer if manifest is not None else "all"
    if layer == "resolved":
        return dict(arrived_documents) if manifest is not None and manifest.region == region else {}
    if layer == "overlay":
        if manifest is None or manifest.region != region:
            return {}
        kept = {path: value for path, value in layers.items() if layer_of(path, service_id) != region}
        return compose({**kept, **arrived_documents}, service_id=service_id, region=region).documents
    whole = carried(arrived_documents, service_id=service_id, layer="all", region=region)
    if region == region_of(arrived_documents, service_id):
        return base_documents(whole, service_id)
    own = {path: value for path, value in whole.items() if layer_of(path, service_id) == region}
    if not own:
        return {}
    kept = {path: value for path, value in layers.items() if layer_of(path, service_id) != region}
    return compose({**kept, **own}, service_id=service_id, region=region).documents


def _note(note: Note) -> tuple[str, str, str, str]:
    return outcome_text(note.outcome, "zh"), note.place, note.construct, note_text(note.code, note.params, "zh")

"""Bundles: documents of a service with their manifest and signature, written to leave and read when they arrive."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from pathlib import Path

import msgspec

from server.definitions.reading import read_struct
from server.definitions.service import Documents, is_document_path
from server.documents.text import parse_document, pretty_bytes
from server.exchange.layers import LayerKind
from server.exchange.manifest import MANIFEST, Manifest, manifest_document, manifest_faults, manifest_of, read_manifest
from server.exports.folder import SKIPPED, SUFFIXES, TREES, document_bytes, read_document, roots_of
from server.exports.signature import SIGNATURE, Signature, Signer, signed, signer_of
from server.exports.unpacking import MAX_ARCHIVE, Unpacked, collect, unpack
from server.findings import Finding
from server.types import JsonValue


class Received(msgspec.Struct, frozen=True, kw_only=True):
    """A bundle as it arrived; documents only where nothing is wrong with any part."""

    documents: dict[str, JsonValue]
    #: Absent where somebody hands over plain trees.
    manifest: Manifest | None
    signer: Signer
    #: Path to bytes, for the lines of findings.
    raw: dict[str, bytes]
    findings: tuple[Finding, ...]


def bundle_files(
    documents: Documents, *, service_id: str, layer: LayerKind, region: str, signing_key: bytes = b""
) -> dict[str, bytes]:
    """The files of a bundle by path: documents, manifest and, with a key, its signature; equal documents give equal bytes."""
    manifest = pretty_bytes(manifest_document(manifest_of(documents, service_id=service_id, layer=layer, region=region)))
    files = {path: document_bytes(value) for path, value in documents.items()} | {MANIFEST: manifest}
    return files | {SIGNATURE: pretty_bytes(signed(manifest, signing_key))} if signing_key else files


def write_bundle(files: Mapping[str, bytes], to: Path) -> tuple[str, ...]:
    """Writes a bundle to a folder in place of one that an export left there; else the paths there that are of no export."""
    old = collect(to) if to.is_dir() else Unpacked(files={})
    known: set[str] = set()
    if MANIFEST in old.files:
        manifest, _ = read_manifest(parse_document(old.files[MANIFEST], MANIFEST)[0])
        known = {MANIFEST, SIGNATURE, *(manifest.documents if manifest is not None else ())}
    strange = tuple(path for path in old.files if path not in known and path not in files)
    if strange or old.findings:
        return strange or tuple(finding.path or str(to) for finding in old.findings)
    for path in old.files.keys() - files.keys():
        (to / path).unlink()
    for path, content in files.items():
        target = to / path
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_bytes(content)
    return ()


def read_bundle(path: Path, *, own_key: str = "", trusted: Collection[str] = ()) -> Received:
    """The bundle in a folder or a zip archive, or everything that is wrong with it."""
    if path.is_dir():
        return receive(_folder(path), own_key=own_key, trusted=trusted)
    # Anything longer is refused by its length alone.
    with path.open("rb") as file:
        return receive_archive(file.read(MAX_ARCHIVE + 1), own_key=own_key, trusted=trusted)


def receive_archive(content: bytes, *, own_key: str = "", trusted: Collection[str] = ()) -> Received:
    """The bundle in the bytes of a zip archive, or everything that is wrong with it."""
    return receive(unpack(content), own_key=own_key, trusted=trusted)


def receive(unpacked: Unpacked, *, own_key: str = "", trusted: Collection[str] = ()) -> Received:
    """The bundle in these files, or everything that is wrong with it."""
    raw = unpacked.files
    findings, documents = list(unpacked.findings), {}
    for path, content in raw.items():
        if path in (MANIFEST, SIGNATURE):
            continue
        if not is_document_path(path) or not path.startswith(tuple(f"{tree}/" for tree in TREES)):
            findings.append(Finding(code="archive-strange-file", severity="error", path=path[:200]))
            continue
        value, faults = read_document(content, path)
        findings += faults
        if not faults:
            documents[path] = value
    manifest, manifest_findings = _manifest(raw)
    signature, signature_findings = _signature(raw)
    findings += (*manifest_findings, *signature_findings)
    if not documents and not findings:
        findings.append(Finding(code="no-service", severity="error", path="form_schemas"))
    if manifest is not None and not findings:
        findings += manifest_faults(manifest, documents)
    signer = signer_of(raw.get(MANIFEST, b""), signature, own_key=own_key, trusted=trusted)
    if signer.standing == "wrong":
        findings.append(Finding(code="bundle-signature-wrong", severity="error", path=SIGNATURE))
    return Received(
        documents={} if findings else documents, manifest=manifest, signer=signer, raw=dict(raw), findings=tuple(findings)
    )


def _folder(path: Path) -> Unpacked:
    """An exported folder whole; of any other folder, the trees in or around it."""
    if (path / MANIFEST).is_file():
        return collect(path)
    roots = roots_of((path,))
    if not roots:
        return Unpacked(files={}, findings=(Finding(code="no-service", severity="error", path=str(path)),))
    files: dict[str, bytes] = {}
    findings: list[Finding] = []
    for tree in TREES:
        if (roots[0] / tree).is_dir():
            found = collect(roots[0] / tree, skipped=SKIPPED)
            files |= {f"{tree}/{name}": content for name, content in found.files.items() if name.endswith(SUFFIXES)}
            findings += (msgspec.structs.replace(one, path=f"{tree}/{one.path}") for one in found.findings)
    return Unpacked(files=files, findings=tuple(findings))


def _manifest(raw: Mapping[str, bytes]) -> tuple[Manifest | None, tuple[Finding, ...]]:
    if MANIFEST not in raw:
        return None, ()
    value, faults = parse_document(raw[MANIFEST], MANIFEST)
    return (None, faults) if faults else read_manifest(value)


def _signature(raw: Mapping[str, bytes]) -> tuple[Signature | None, tuple[Finding, ...]]:
    if SIGNATURE not in raw:
        return None, ()
    value, faults = parse_document(raw[SIGNATURE], SIGNATURE)
    return (None, faults) if faults else read_struct(value, Signature, SIGNATURE)

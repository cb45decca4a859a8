"""The command export: layers of a service as a bundle, or a release in formats of others."""

from __future__ import annotations

import asyncio
from pathlib import Path
from typing import Literal

from server.actions import publishing
from server.cli.fidelity import print_notes, report_of
from server.cli.output import fail, finding_lines, print_findings, print_json
from server.cli.running import opened_office
from server.definitions.service import documents_of, region_of, service_ids
from server.documents.text import pretty_bytes
from server.exchange.fidelity import Note
from server.exchange.layers import LayerKind, carried
from server.exchange.targets.table import TARGETS
from server.exports.archive import zip_files
from server.exports.bundles import bundle_files, write_bundle
from server.exports.folder import document_bytes, read_trees, shipped_root
from server.exports.workbook import workbook_bytes
from server.messages.fidelity import Language
from server.releases import compile_release
from server.types import JsonValue

Target = Literal["draft-07", "strip-x", "inline-codelists", "openapi", "dmn", "bpmn", "field-table"]
#: The report that stands beside the files of a target.
_REPORT = "fidelity.json"


def export(
    service: str,
    *,
    to: Path,
    region: str = "",
    layer: LayerKind | None = None,
    target: list[Target] | None = None,
    lang: Language = "zh",
    json: bool = False,
) -> None:
    """Write the layers of the published SERVICE with a manifest and this installation's signature.

    Where nothing is published under ONETHING_DATA, the documents shipped with the program are written, unsigned.

    Parameters
    ----------
    to
        A folder, or a file that ends in .zip.
    region
        Region of the overlay or of the resolved documents; of all layers, those on the way down to it.
    layer
        Base, one overlay, all of them, or the documents as they hold in the region; all when absent.
    target
        Instead of layers, write the release of the region in a format of others, each in a folder of its own with a report.
    lang
        Language of the report.
    json
        Print what was written as JSON.
    """
    documents, signing_key = asyncio.run(_published(service))
    if target:
        if layer is not None:
            fail("--target writes a release, --layer layers; name one of them")
        _export_targets(documents, service, region or region_of(documents, service), target, to=to, lang=lang, json=json)
        return
    files = _bundle(documents, service, layer or "all", region, signing_key)
    _write(files, to)
    paths = sorted(path for path in files if "/" in path)
    if json:
        print_json({"service": service, "layer": layer or "all", "region": region, "documents": paths})
    else:
        print(f"{len(paths)} documents of {service} written to {to}")


def _bundle(documents: dict[str, JsonValue], service: str, layer: LayerKind, region: str, key: bytes) -> dict[str, bytes]:
    base = region_of(documents, service)
    if layer == "overlay" and not region:
        fail("--layer overlay needs --region")
    single = layer in ("overlay", "resolved")
    place = region or (base if single else "")
    chosen = carried(documents, service_id=service, layer=layer, region=place)
    if not chosen:
        fail(f"{region} has no overlay of {service}", status=1)
    return bundle_files(chosen, service_id=service, layer=layer, region=place if single else base, signing_key=key)


def _export_targets(
    documents: dict[str, JsonValue], service: str, region: str, targets: list[Target], *, to: Path, lang: Language, json: bool
) -> None:
    release, findings = compile_release(documents, service, region)
    if release is None:
        print_json(finding_lines(findings)) if json else print_findings(findings)
        raise SystemExit(1)
    files: dict[str, bytes] = {}
    notes: dict[str, tuple[Note, ...]] = {}
    for target in dict.fromkeys(targets):
        derived = TARGETS[target](release)
        notes[target] = derived.notes
        files |= {f"{target}/{path}": document_bytes(value) for path, value in derived.files.items()}
        files |= {f"{target}/{path}": workbook_bytes(sheets) for path, sheets in derived.sheets.items()}
        files[f"{target}/{_REPORT}"] = pretty_bytes(report_of(derived.notes, lang))
    _write(files, to)
    if json:
        print_json({"files": sorted(files), "targets": {name: report_of(found, lang) for name, found in notes.items()}})
        return
    for name, found in notes.items():
        print(f"{name}:")
        print_notes(found, lang)
    print(f"{len(files)} files of {service} written to {to}")


def _write(files: dict[str, bytes], to: Path) -> None:
    if to.suffix == ".zip":
        to.parent.mkdir(parents=True, exist_ok=True)
        to.write_bytes(zip_files(files))
        return
    strange = write_bundle(files, to)
    if strange:
        fail(f"{to} holds files of no export, the first is {strange[0]}; name an empty folder", status=1)


async def _published(service_id: str) -> tuple[dict[str, JsonValue], bytes]:
    """Every layer of a service, and the key to sign with."""
    async with opened_office(needed=False) as office:
        if office is not None:
            found = await publishing.export(office, service_id=service_id)
            if found is not None:
                return found, office.settings.signing_key
    shipped = read_trees(shipped_root()).documents
    if service_id not in service_ids(shipped):
        fail(f"no service {service_id}; services: {', '.join(service_ids(shipped))}")
    return documents_of(shipped, service_id), b""

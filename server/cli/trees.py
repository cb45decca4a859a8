"""Where configuration comes from on the command line: folders of documents, or those shipped with the program."""

from __future__ import annotations

from pathlib import Path

from server.checks.workshop import Workshop
from server.cli.output import fail
from server.definitions.service import region_of, service_ids
from server.exports.folder import TREES, Trees, locate, read_trees, roots_of, shipped_root
from server.findings import Finding
from server.overlays.overlay import overlay_paths
from server.releases import Release, compile_release


def tree_roots(paths: tuple[Path, ...]) -> tuple[Path, ...]:
    """The folders with data trees at, in or above the paths; the shipped one without paths."""
    if not paths:
        return (shipped_root(),)
    missing = [path for path in paths if not path.exists()]
    if missing:
        fail(f"no such file or folder: {', '.join(str(path) for path in missing)}")
    roots = roots_of(paths)
    if not roots:
        fail(f"no {' or '.join(TREES)} found at {', '.join(str(path) for path in paths)}")
    return roots


def compiled(root: Path, service_id: str, region: str = "") -> tuple[Release | None, tuple[Finding, ...]]:
    """The release of one service of a folder and every finding about its documents, with lines."""
    trees = read_trees(root)
    if service_id not in service_ids(trees.documents):
        known = ", ".join(service_ids(trees.documents)) or "none"
        fail(f"no service {service_id} in {root}; services there: {known}")
    release, findings = compile_release(trees.documents, service_id, region or region_of(trees.documents, service_id))
    return release, locate((*_faults_of(trees, service_id), *findings), trees.raw)


def checked(root: Path) -> tuple[tuple[Finding, ...], tuple[str, ...]]:
    """Every finding about every service of a folder and every region that changes it, with lines, and the services' ids."""
    trees = read_trees(root)
    services = service_ids(trees.documents)
    found = list(trees.findings)
    workshop = Workshop()
    for service_id in services:
        for region in (region_of(trees.documents, service_id), *overlay_paths(trees.documents, service_id)):
            ours = compile_release(trees.documents, service_id, region, workshop)[1]
            # Findings about the library come up with every service that uses it, those about the base with every region.
            found += [finding for finding in ours if finding not in found]
    if not services:
        found.append(Finding(code="no-service", severity="error", path="form_schemas"))
    return locate(found, trees.raw), services


def _faults_of(trees: Trees, service_id: str) -> tuple[Finding, ...]:
    return tuple(fault for fault in trees.findings if f"/{service_id}/" in fault.path or "/library/" in fault.path)

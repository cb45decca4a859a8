"""Commands that move configuration: publish, export, import."""

from __future__ import annotations

import asyncio
from pathlib import Path
from typing import Annotated, NoReturn

import msgspec
from cyclopts import Parameter

from server.actions import publishing
from server.actions.office import Office
from server.cli.output import fail, finding_lines, print_findings, print_json
from server.cli.running import opened_office
from server.cli.trees import tree_roots
from server.definitions.service import documents_of, region_of, service_ids
from server.exports.archive import manifest_of
from server.exports.folder import Trees, locate, read_trees, shipped_root, write_trees
from server.findings import Finding, Refused
from server.messages.pages import refusal_text
from server.types import JsonValue


class Changes(msgspec.Struct, frozen=True, kw_only=True):
    """What an import changes, by document path."""

    service: str
    added: tuple[str, ...]
    changed: tuple[str, ...]
    removed: tuple[str, ...]
    #: Content id of the release in force afterwards; empty in a dry run.
    release: str = ""

    @property
    def count(self) -> int:
        """How many documents differ."""
        return len(self.added) + len(self.changed) + len(self.removed)


def publish(path: Path | None = None, *, service: str = "", note: str = "", json: bool = False) -> None:
    """Publish the services of a folder (the shipped ones without PATH) for their regions; nothing is published with errors."""
    (root,) = tree_roots((path,) if path is not None else ())[:1]
    trees = read_trees(root)
    _refuse_faults(trees, json=json)
    results = asyncio.run(_import(trees.documents, _chosen(trees, service), note=note, trees=trees, json=json))
    _report(results, json=json, verb="published")


def export(service: str, *, to: Path, json: bool = False) -> None:
    """Write the documents of the published SERVICE, in the folders and the form they have on disk, with a manifest.

    Where nothing is published under ONETHING_DATA, the documents shipped with the program are written.
    """
    documents = asyncio.run(_published(service))
    if documents is None:
        documents = read_trees(shipped_root()).documents
        if service not in service_ids(documents):
            fail(f"no service {service}; services: {', '.join(service_ids(documents))}")
        documents = documents_of(documents, service)
    write_trees(documents, to)
    write_trees({"manifest.json": manifest_of(documents)}, to)
    if json:
        print_json({"service": service, "documents": sorted(documents)})
    else:
        print(f"{len(documents)} documents of {service} written to {to}")


def import_(
    folder: Path, *, dry_run: Annotated[bool, Parameter(negative="")] = False, note: str = "", json: bool = False
) -> None:
    """Publish the documents of an exported FOLDER; importing the same documents again changes nothing.

    Parameters
    ----------
    folder
        What export wrote.
    dry_run
        Only report what would change.
    note
        Kept with the release.
    json
        Print the report as JSON.
    """
    (root,) = tree_roots((folder,))[:1]
    trees = read_trees(root)
    _refuse_faults(trees, json=json)
    results = asyncio.run(_import(trees.documents, _chosen(trees, ""), note=note, trees=trees, json=json, dry_run=dry_run))
    _report(results, json=json, verb="would change" if dry_run else "imported")


async def _published(service_id: str) -> dict[str, JsonValue] | None:
    async with opened_office(needed=False) as office:
        return None if office is None else await publishing.export(office, service_id=service_id)


async def _import(
    documents: dict[str, JsonValue],
    services: tuple[str, ...],
    *,
    note: str,
    trees: Trees,
    json: bool,
    dry_run: bool = False,
) -> tuple[Changes, ...]:
    results = []
    async with opened_office() as office:
        for service_id in services:
            wanted = documents_of(documents, service_id)
            changes = _changes(service_id, await publishing.export(office, service_id=service_id) or {}, wanted)
            if not dry_run and changes.count:
                release_id = await _publish(office, service_id, wanted, note=note, trees=trees, json=json)
                changes = msgspec.structs.replace(changes, release=release_id)
            results.append(changes)
    return tuple(results)


async def _publish(
    office: Office, service_id: str, documents: dict[str, JsonValue], *, note: str, trees: Trees, json: bool
) -> str:
    region = region_of(documents, service_id)
    result = await publishing.publish(office, actor=None, documents=documents, service_id=service_id, region=region, note=note)
    if isinstance(result, Refused):
        fail(refusal_text(result), status=1)
    if isinstance(result, tuple):
        _end_with(locate(result, trees.raw), json=json)
    return str(result.release_id)


def _changes(service_id: str, before: dict[str, JsonValue], after: dict[str, JsonValue]) -> Changes:
    return Changes(
        service=service_id,
        added=tuple(sorted(after.keys() - before.keys())),
        changed=tuple(sorted(path for path in after.keys() & before.keys() if after[path] != before[path])),
        removed=tuple(sorted(before.keys() - after.keys())),
    )


def _chosen(trees: Trees, service: str) -> tuple[str, ...]:
    known = service_ids(trees.documents)
    if service and service not in known:
        fail(f"no service {service}; services: {', '.join(known) or 'none'}")
    return (service,) if service else known


def _refuse_faults(trees: Trees, *, json: bool) -> None:
    if trees.findings:
        _end_with(locate(trees.findings, trees.raw), json=json)


def _end_with(findings: tuple[Finding, ...], *, json: bool) -> NoReturn:
    if json:
        print_json(finding_lines(findings))
    else:
        print_findings(findings)
        print("nothing was published")
    raise SystemExit(1)


def _report(results: tuple[Changes, ...], *, json: bool, verb: str) -> None:
    if json:
        print_json([{**msgspec.to_builtins(result), "changes": result.count} for result in results])
        return
    for result in results:
        for sign, paths in (("+", result.added), ("~", result.changed), ("-", result.removed)):
            for path in paths:
                print(f"{sign} {path}")
        print(f"{result.service}: {verb}, {result.count} changes{f', release {result.release}' if result.release else ''}")

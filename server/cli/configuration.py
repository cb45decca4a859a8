"""Commands that move configuration: publish, export, import."""

from __future__ import annotations

import asyncio
from pathlib import Path
from typing import Annotated, get_args

from cyclopts import Parameter

from server.actions import publishing
from server.cli.bundles import (
    Changes,
    Choices,
    applied,
    changes_of,
    incoming_of,
    planned,
    received,
    refuse_strangers,
    refuse_undecided,
    report,
)
from server.cli.output import fail, print_json
from server.cli.running import installation_settings, opened_office
from server.cli.trees import tree_roots
from server.definitions.service import documents_of, region_of, service_ids
from server.exchange.layers import LayerKind, carried
from server.exchange.plan import Choice
from server.exports.archive import zip_files
from server.exports.bundles import Received, bundle_files, write_bundle
from server.exports.folder import read_trees, shipped_root
from server.types import JsonValue

_Flag = Annotated[bool, Parameter(negative="")]


def publish(path: Path | None = None, *, service: str = "", note: str = "", json: bool = False) -> None:
    """Publish the services of a folder (the shipped ones without PATH): the base and every overlay, the uppermost first.

    Nothing is published with errors.
    """
    (root,) = tree_roots((path,) if path is not None else ())[:1]
    found = received(root, installation_settings(), json=json)
    results = asyncio.run(_import(found, Choices(rest="replace"), service=service, note=note, json=json))
    report(results, json=json, verb="published")


def export(service: str, *, to: Path, region: str = "", layer: LayerKind | None = None, json: bool = False) -> None:
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
    json
        Print what was written as JSON.
    """
    documents, signing_key = asyncio.run(_published(service))
    layer = layer or "all"
    base = region_of(documents, service)
    if layer == "overlay" and not region:
        fail("--layer overlay needs --region")
    chosen = carried(documents, service_id=service, layer=layer, region=region or (base if layer == "resolved" else ""))
    if not chosen:
        fail(f"{region} has no overlay of {service}", status=1)
    files = bundle_files(
        chosen,
        service_id=service,
        layer=layer,
        region=region if layer in ("overlay", "resolved") and region else base,
        signing_key=signing_key,
    )
    if to.suffix == ".zip":
        to.parent.mkdir(parents=True, exist_ok=True)
        to.write_bytes(zip_files(files))
    else:
        strange = write_bundle(files, to)
        if strange:
            fail(f"{to} holds files of no export, the first is {strange[0]}; name an empty folder", status=1)
    if json:
        print_json({"service": service, "layer": layer, "region": region, "documents": sorted(chosen)})
    else:
        print(f"{len(chosen)} documents of {service} written to {to}")


def import_(
    path: Path,
    *,
    dry_run: _Flag = False,
    choose: list[str] | None = None,
    all_: Annotated[Choice | None, Parameter(name="--all")] = None,
    unsigned: _Flag = False,
    note: str = "",
    json: bool = False,
) -> None:
    """Publish the layers of an exported folder or zip; importing the same bundle again changes nothing.

    Parameters
    ----------
    path
        What export wrote, or a folder with both trees.
    dry_run
        Only report what would change.
    choose
        PATH=keep or PATH=replace, for a document that was changed here since the last import.
    all_
        The same for all such documents without a choice of their own.
    unsigned
        Take over a bundle that nobody trusted vouches for.
    note
        Kept with the release.
    json
        Print the report as JSON.
    """
    choices = Choices(single=_choices(choose or []), rest=all_)
    found = received(path, installation_settings(), json=json)
    if not dry_run:
        refuse_strangers(found.signer, unsigned=unsigned)
    results = asyncio.run(_import(found, choices, note=note, json=json, dry_run=dry_run))
    report(results, json=json, verb="would change" if dry_run else "imported")


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


async def _import(
    found: Received, choices: Choices, *, service: str = "", note: str, json: bool, dry_run: bool = False
) -> tuple[Changes, ...]:
    results = []
    async with opened_office() as office:
        bound = office.settings.bindings
        layers = incoming_of(found, service=service)
        plans = tuple([await planned(office, one, raw=found.raw, json=json) for one in layers])
        if not dry_run:
            refuse_undecided(plans, choices)
        for plan in plans:
            done = None if dry_run else await applied(office, plan, choices, note=note, raw=found.raw, json=json)
            results.append(changes_of(plan, found.signer, bound, done))
    return tuple(results)


def _choices(texts: list[str]) -> dict[str, Choice]:
    found: dict[str, Choice] = {}
    for text in texts:
        path, _, choice = text.rpartition("=")
        known = next((one for one in get_args(Choice) if one == choice), None)
        if not path or known is None:
            fail(f"--choose {text}: write PATH=keep or PATH=replace")
        found[path] = known
    return found

"""Commands that take configuration in: publish, import."""

from __future__ import annotations

import asyncio
from pathlib import Path
from typing import Annotated, get_args

from cyclopts import Parameter

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
from server.cli.output import fail
from server.cli.running import installation_settings, opened_office
from server.cli.trees import tree_roots
from server.exchange.plan import Choice
from server.exports.bundles import Received

_Flag = Annotated[bool, Parameter(negative="")]


def publish(path: Path | None = None, *, service: str = "", note: str = "", json: bool = False) -> None:
    """Publish the services of a folder (the shipped ones without PATH): the base and every overlay, the uppermost first.

    Nothing is published with errors.
    """
    (root,) = tree_roots((path,) if path is not None else ())[:1]
    found = received(root, installation_settings(), json=json)
    results = asyncio.run(_import(found, Choices(rest="replace"), service=service, note=note, json=json))
    report(results, json=json, verb="published")


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

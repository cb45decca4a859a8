"""Bundles on the command line: what arrives, who vouches for it, what it changes."""

from __future__ import annotations

import sys
from collections.abc import Mapping
from pathlib import Path
from typing import NoReturn

import msgspec

from server.actions import importing
from server.actions.importing import Imported, Incoming, Planned
from server.actions.office import Office
from server.cli.output import fail, finding_lines, print_findings, print_json
from server.definitions.service import documents_of, region_of, service_ids
from server.exchange.manifest import slots_of
from server.exchange.plan import Choice
from server.exports.bundles import Received, read_bundle
from server.exports.folder import locate
from server.exports.signature import Signer, public_key
from server.findings import Finding, Refused
from server.messages.pages import refusal_text
from server.settings import Settings


class SlotLine(msgspec.Struct, frozen=True, kw_only=True):
    """Another system that the service speaks with."""

    slot: str
    title: str
    operations: tuple[str, ...]
    #: Whether this installation has an address and keys for it.
    bound: bool


class Changes(msgspec.Struct, frozen=True, kw_only=True):
    """What an import changes, by document path."""

    service: str
    added: tuple[str, ...]
    changed: tuple[str, ...]
    removed: tuple[str, ...]
    unchanged: int
    #: Documents changed here since the last import; somebody has to decide.
    conflicts: tuple[str, ...]
    #: Own documents that stay although other ones came.
    kept: tuple[str, ...]
    slots: tuple[SlotLine, ...]
    signature: Signer
    #: Content id of the release in force in the uppermost layer that was published; empty in a dry run.
    release: str = ""
    #: The same for every layer that was published.
    releases: dict[str, str] = {}

    @property
    def count(self) -> int:
        """How many documents differ."""
        return len(self.added) + len(self.changed) + len(self.removed)


class Choices(msgspec.Struct, frozen=True, kw_only=True):
    """How conflicts are decided."""

    #: By path.
    single: Mapping[str, Choice] = {}
    #: All others.
    rest: Choice | None = None


def received(path: Path, settings: Settings, *, json: bool) -> Received:
    """The bundle at a path; ends the program with everything that is wrong with it."""
    if not path.exists():
        fail(f"no such file or folder: {path}")
    own_key = public_key(settings.signing_key) if settings.signing_key else ""
    found = read_bundle(path, own_key=own_key, trusted=settings.trusted)
    if found.findings:
        end_with(locate(found.findings, found.raw), json=json)
    return found


def refuse_strangers(signer: Signer, *, unsigned: bool) -> None:
    """Ends the program unless somebody this installation trusts vouches for a bundle, or the operator does."""
    if signer.standing in ("own", "trusted"):
        return
    told = (
        "the bundle is not signed" if signer.standing == "unsigned" else f"the bundle is signed with the unknown key {signer.key}"
    )
    if not unsigned:
        remedy = "" if signer.standing == "unsigned" else f"`onething trust {signer.key}` or "
        fail(f"{told}; nothing was imported. {remedy}--unsigned takes it over all the same", status=1)
    print(f"onething: {told}", file=sys.stderr)


def incoming_of(found: Received, *, service: str = "") -> tuple[Incoming, ...]:
    """The layers of each service in a bundle, or of the one asked for."""
    manifest = found.manifest
    if manifest is not None:
        layers = Incoming(
            service_id=manifest.service, layer=manifest.layer, region=manifest.region, documents=dict(found.documents)
        )
        return (layers,)
    known = service_ids(found.documents)
    if service and service not in known:
        fail(f"no service {service}; services: {', '.join(known) or 'none'}")
    return tuple(
        Incoming(
            service_id=service_id,
            layer="all",
            region=region_of(found.documents, service_id),
            documents=documents_of(found.documents, service_id),
        )
        for service_id in ((service,) if service else known)
    )


async def planned(office: Office, incoming: Incoming, *, raw: Mapping[str, bytes], json: bool) -> Planned:
    """The plan of an import; ends the program where there can be none."""
    plan = await importing.plan(office, incoming=incoming)
    if isinstance(plan, tuple):
        end_with(locate(plan, raw), json=json)
    return plan


def refuse_undecided(plans: tuple[Planned, ...], choices: Choices) -> None:
    """Ends the program unless there is a choice for every conflict, and a conflict for every choice."""
    conflicts = {path for plan in plans for path in plan.plan.conflicts}
    strange = sorted(choices.single.keys() - conflicts)
    if strange:
        fail(f"no conflict at {', '.join(strange)}", status=1)
    undecided = sorted(conflicts - choices.single.keys()) if choices.rest is None else ()
    if undecided:
        paths = "\n".join(f"  - {path}" for path in undecided)
        fail(
            f"changed here since the last import, or never imported:\n{paths}\n"
            "nothing was imported; decide with --choose PATH=keep|replace or --all keep|replace",
            status=1,
        )


async def applied(
    office: Office, plan: Planned, choices: Choices, *, note: str, raw: Mapping[str, bytes], json: bool
) -> Imported:
    """The import done; ends the program where it is refused."""
    own = {path: choice for path, choice in choices.single.items() if path in plan.plan.conflicts}
    result = await importing.apply(office, planned=plan, choices=own, rest=choices.rest, note=note)
    if isinstance(result, Refused):
        fail(refusal_text(result), status=1)
    if isinstance(result, tuple):
        end_with(locate(result, raw), json=json)
    return result


def changes_of(plan: Planned, signer: Signer, bound: Mapping[str, object], done: Imported | None = None) -> Changes:
    """The report of an import, planned or done."""
    lines = plan.plan.lines
    stays = {line.path for line in lines if line.kept} | set(done.decided.kept if done is not None else ())
    by_change: dict[str, list[str]] = {}
    for line in lines:
        by_change.setdefault("kept" if line.path in stays else line.change, []).append(line.path)
    releases = {region: str(release) for region, release in done.releases.items()} if done is not None else {}
    slots = slots_of({**plan.current, **plan.incoming}, plan.plan.service_id)
    return Changes(
        service=plan.plan.service_id,
        added=tuple(by_change.get("added", ())),
        changed=tuple(by_change.get("changed", ())),
        removed=tuple(by_change.get("removed", ())),
        unchanged=len(by_change.get("unchanged", ())),
        conflicts=plan.plan.conflicts if done is None else (),
        kept=tuple(by_change.get("kept", ())),
        slots=tuple(
            SlotLine(slot=name, title=slot.title, operations=slot.operations, bound=name in bound) for name, slot in slots.items()
        ),
        signature=signer,
        release=next(iter(releases.values()), ""),
        releases=releases,
    )


def end_with(findings: tuple[Finding, ...], *, json: bool) -> NoReturn:
    """Prints findings and ends the program."""
    if json:
        print_json(finding_lines(findings))
    else:
        print_findings(findings)
        print("nothing was published")
    raise SystemExit(1)


def report(results: tuple[Changes, ...], *, json: bool, verb: str) -> None:
    """Prints what was done, or would be."""
    if json:
        print_json([{**msgspec.to_builtins(result), "changes": result.count} for result in results])
        return
    for result in results:
        for sign, paths in (("+", result.added), ("~", result.changed), ("-", result.removed), ("=", result.kept)):
            for path in paths:
                print(f"{sign} {path}{' (conflict)' if path in result.conflicts else ''}")
        for slot in result.slots:
            if not slot.bound:
                print(f"  to bind: {slot.slot} ({', '.join(slot.operations)})")
        print(f"{result.service}: {verb}, {result.count} changes{f', release {result.release}' if result.release else ''}")

"""Trying documents on stored cases before they are published: whose result would change, and why. Nothing is stored."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterable
from pathlib import Path

import msgspec

from server.actions.layers import InForce, in_force, layers_of, sources_of
from server.actions.office import Office
from server.cases.model import Application, Case, Dossier
from server.cases.replay import Cause, Replay, Replayed
from server.cases.restating import restated
from server.definitions.regions import contains
from server.exports.folder import read_trees, roots_of
from server.findings import Finding, Refused
from server.releases import Release
from server.store import RevisionRow
from server.types import JsonValue, RegionCode, ReleaseId, ServiceId

_BATCH = 200
#: Numbers of cases that are told of each difference.
_EXAMPLES = 5
#: Kinds of causes whose values are amounts that everybody may know; answers of people stay where they are.
_OPEN = ("parameter",)

#: Told how many cases were looked at so far, and how many there are.
Progress = Callable[[int, int], None]


class Group(msgspec.Struct, frozen=True, kw_only=True):
    """One difference that several cases share."""

    kind: str
    item: str
    #: Node, pointer or id, and title.
    name: str
    title: str
    before: JsonValue
    after: JsonValue
    #: Outputs of a decision with the titles of codes.
    results_before: tuple[str, ...] = ()
    results_after: tuple[str, ...] = ()
    causes: tuple[Cause, ...] = ()
    count: int
    #: Numbers of some of the cases.
    examples: tuple[str, ...]


class Report(msgspec.Struct, frozen=True, kw_only=True):
    """What other documents would make of the stored cases of a service in a region."""

    service_id: str
    region: str
    release_id: ReleaseId
    #: Cases looked at, and those of them for which anything would be otherwise.
    looked: int
    differing: int
    #: Cases in regions whose own layer does not fit the documents.
    elsewhere: int
    groups: tuple[Group, ...]


class Tried(msgspec.Struct, frozen=True, kw_only=True):
    """The documents that are tried."""

    service_id: ServiceId
    region: RegionCode
    #: What they make in the region itself.
    release: Release
    #: The documents with the layers of the regions below; nothing where what is in force is tried.
    sources: dict[str, JsonValue] | None = None


async def tried(
    office: Office, *, service_id: str, region: str = "", draft: bool = False, folder: Path | None = None
) -> Tried | tuple[Finding, ...] | Refused:
    """What is to be tried: a folder, the working copy, else what is in force; or why there is nothing."""
    found = await in_force(office, service_id)
    if found is None:
        return Refused("unknown-service")
    code = RegionCode(region or found.base)
    if folder is None and not draft:
        release = await office.release(found.around(code).release_id)
        return Tried(service_id=found.service_id, region=code, release=release)
    sources = await (_of_folder(folder) if folder is not None else _of_draft(office, found, code))
    return sources if isinstance(sources, Refused) else await _tried(office, found.service_id, code, sources)


async def tried_revision(office: Office, row: RevisionRow) -> Tried | tuple[Finding, ...]:
    """A revision to be tried, or what is wrong with it."""
    found = await in_force(office, row.service_id)
    below = await _below(office, found, row.region) if found is not None else {}
    return await _tried(office, row.service_id, row.region, {**await sources_of(office, row.id), **below})


async def replay_cases(office: Office, *, tried: Tried, progress: Progress | None = None) -> Report:
    """What the documents would make of every stored case in their region.

    Regions below with a layer of their own are tried with that layer laid over the documents; where it does not fit them, their
    cases are left out.
    """
    found = await in_force(office, tried.service_id)
    looking = _Looking(office, tried, found)
    total, seen = await office.store.count_cases(tried.service_id), 0
    last: Case | None = None
    while cases := await office.store.cases_of_service(tried.service_id, after=last, limit=_BATCH):
        batch = [one for case in cases if contains(tried.region, case.region) if (one := await looking.at(case)) is not None]
        await asyncio.to_thread(looking.tally.take, batch)
        seen, last = seen + len(cases), cases[-1]
        if progress is not None:
            progress(seen, max(total, seen))
    return Report(
        service_id=tried.service_id,
        region=tried.region,
        release_id=tried.release.id,
        looked=looking.looked,
        differing=looking.tally.differing,
        elsewhere=looking.elsewhere,
        groups=looking.tally.groups(),
    )


async def _tried(
    office: Office, service_id: ServiceId, region: RegionCode, sources: dict[str, JsonValue]
) -> Tried | tuple[Finding, ...]:
    compiled = await office.compiled(sources, service_id=service_id, region=region)
    if compiled.release is None:
        return compiled.findings
    return Tried(service_id=service_id, region=region, release=compiled.release, sources=sources)


async def _of_folder(folder: Path) -> dict[str, JsonValue] | Refused:
    roots = roots_of((folder,))
    documents = (await asyncio.to_thread(read_trees, roots[0])).documents if roots else {}
    return documents or Refused("unknown-source", {"name": str(folder)})


async def _of_draft(office: Office, found: InForce, region: RegionCode) -> dict[str, JsonValue] | Refused:
    """The working copy of a region between the layers above it and those below."""
    row = await office.store.working(found.service_id, region)
    if row is None:
        return Refused("nothing-changed")
    return {**await sources_of(office, row.parent_id), **row.documents, **await _below(office, found, region)}


async def _below(office: Office, found: InForce, region: RegionCode) -> dict[str, JsonValue]:
    """The layers in force of the regions below."""
    return await layers_of(office, (row for code, row in found.channels.items() if code != region and contains(region, code)))


class _Looking:
    """One trial of documents on case after case."""

    def __init__(self, office: Office, tried: Tried, found: InForce | None) -> None:
        self._office = office
        self._tried = tried
        self._found = found
        self._releases: dict[RegionCode, Release | None] = {}
        self._replays: dict[tuple[ReleaseId, ReleaseId], Replay] = {}
        self._application: Application | None = None
        self.tally = _Tally()
        self.looked = 0
        self.elsewhere = 0

    async def at(self, case: Case) -> tuple[Replay, Dossier] | None:
        """The case with what tries it; nothing for one that is under the very documents, or that nothing can be tried on."""
        release = await self._release_for(case.region)
        self.looked += release is not None
        self.elsewhere += release is None
        if release is None or case.release_id == release.id:
            return None
        if self._application is None or self._application.id != case.application_id:
            self._application = await self._office.store.application(case.application_id)
        if self._application is None:
            return None
        key, pinned = (release.id, case.release_id), await self._office.release(case.release_id)
        if key not in self._replays:
            self._replays[key] = Replay(release, pinned)
        application = self._application
        if application.release_id != case.release_id:
            submitted = await self._office.release(application.release_id)
            application = restated(application, before=submitted, after=pinned)
        return self._replays[key], Dossier(application=application, case=case)

    async def _release_for(self, region: RegionCode) -> Release | None:
        """What the documents make where a case is; nothing where a layer below does not fit them."""
        tried = self._tried
        layer = self._found.around(region).region if self._found is not None else tried.region
        if layer == tried.region or not contains(tried.region, layer):
            return tried.release
        if layer not in self._releases:
            self._releases[layer] = await self._lower(layer)
        return self._releases[layer]

    async def _lower(self, layer: RegionCode) -> Release | None:
        if self._tried.sources is None:
            assert self._found is not None
            return await self._office.release(self._found.channels[layer].release_id)
        compiled = await self._office.compiled(self._tried.sources, service_id=self._tried.service_id, region=layer)
        return compiled.release


class _Tally:
    """Differences counted; of each no more than a few numbers of cases are kept."""

    def __init__(self) -> None:
        self._found: dict[bytes, Group] = {}
        self.differing = 0

    def take(self, batch: Iterable[tuple[Replay, Dossier]]) -> None:
        """Counts what would be otherwise for some cases."""
        for replay, dossier in batch:
            found = replay.of(dossier)
            self.differing += bool(found)
            for one in dict.fromkeys(_group(replay.release, dossier.case, one) for one in found):
                self._add(one, dossier.case.number)

    def groups(self) -> tuple[Group, ...]:
        """The differences, those of the most cases first."""
        return tuple(sorted(self._found.values(), key=lambda group: (-group.count, group.kind, group.item, group.name)))

    def _add(self, blank: bytes, number: str) -> None:
        group = self._found.get(blank) or msgspec.json.decode(blank, type=Group)
        examples = group.examples if len(group.examples) >= _EXAMPLES else (*group.examples, number)
        self._found[blank] = msgspec.structs.replace(group, count=group.count + 1, examples=examples)


def _group(release: Release, case: Case, one: Replayed) -> bytes:
    """The group of a difference, which names nobody: values of answers are left out."""
    causes = tuple(
        cause if cause.kind in _OPEN else msgspec.structs.replace(cause, before=None, after=None) for cause in one.causes
    )
    group = Group(
        kind=one.kind,
        item=case.item if one.kind in ("decision", "item") else "",
        name=one.name,
        title=one.title,
        before=one.before if one.kind != "fact" else None,
        after=one.after if one.kind != "fact" else None,
        results_before=_results(release, one.table, one.outputs_before),
        results_after=_results(release, one.table, one.outputs_after),
        causes=causes,
        count=0,
        examples=(),
    )
    return msgspec.json.encode(group)


def _results(release: Release, table_id: str, outputs: dict[str, JsonValue]) -> tuple[str, ...]:
    """Outputs of a table, codes by their titles."""
    table = release.service.tables.get(table_id)
    found = []
    for name, value in outputs.items():
        output = table.outputs.get(name) if table is not None else None
        codelist = release.service.codelists.get(output.codelist or "") if output is not None else None
        code = codelist.codes.get(str(value)) if codelist is not None else None
        found.append(code.title if code is not None else str(value))
    return tuple(found)

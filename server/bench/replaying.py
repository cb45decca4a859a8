"""Row about trying documents on stored cases: rules evaluated on the way, here and by the CEL library alone."""

from __future__ import annotations

import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from copy import deepcopy
from datetime import date, datetime
from itertools import count
from typing import Any

from server.bench.rounds import Compared, compare
from server.bench.stage import Stage
from server.bench.walks import OPENS, opened
from server.cases.desk import Desk
from server.cases.model import Dossier
from server.cases.replay import Replay
from server.cases.walker import Walker
from server.checks.subject import compile_subject
from server.definitions.service import path_of
from server.releases import Release
from server.releases.compile import release_of
from server.rules.expressions import Rule
from server.types import JsonValue

_Evaluated = list[tuple[Rule, dict[str, Any]]]


def rules_against_cel(stage: Stage) -> Compared:
    """Cases with decisions under other amounts and another list of materials.

    The library gets the same rules with the values they name, and no more.
    """
    release = stage.subject.release
    dossiers = decided_cases(release, stage.subject.documents)
    trial = Replay(_other(release), release)
    with _watched() as evaluated:
        differences = sum(len(trial.of(dossier)) for dossier in dossiers)
    assert differences > 0 and evaluated

    def ours() -> float:
        rounds, start = 0, time.perf_counter()
        while (passed := time.perf_counter() - start) < stage.pace.seconds or not rounds:
            for dossier in dossiers:
                trial.of(dossier)
            rounds += 1
        return rounds * len(evaluated) / passed

    def theirs() -> float:
        rounds, start = 0, time.perf_counter()
        while (passed := time.perf_counter() - start) < stage.pace.seconds or not rounds:
            for rule, data in evaluated:
                rule.by_library(data)
            rounds += 1
        return rounds * len(evaluated) / passed

    return compare(ours, theirs, stage.pace)


def decided_cases(release: Release, documents: Mapping[str, JsonValue]) -> tuple[Dossier, ...]:
    """The cases of the shipped walks for which a table decided something, as they stand at the end."""
    prefix = f"process_defs/{release.service_id}/walks/"
    found = [_walked(release, walk) for path, walk in sorted(documents.items()) if path.startswith(prefix)]
    cases = [(desk, case) for desk in found for case in desk.cases.values() if case.decisions]
    if not cases:
        raise SystemExit(f"bench: no walk of {release.service_id} leads to a decision")
    return tuple(desk.dossier(case.id) for desk, case in cases)


def _walked(release: Release, walk: Any) -> Desk:
    now, ids = datetime.combine(date.fromisoformat(walk["today"]), OPENS), (f"{number:032x}" for number in count(1))
    desk = Desk()
    desk.save(opened(release, walk["answers"], now=now, serial=1, ids=ids))
    Walker(release, desk, now=now, ids=ids).take(walk["walk"])
    return desk


def _other(release: Release) -> Release:
    """The release with twice the amount of every parameter that a table uses, and with one material that is called otherwise."""
    tables = [table for process in release.processes.values() for table in process.tables.values()]
    used = {name.partition(".")[2] for table in tables for name in table.references if name.startswith("parameters.")}
    documents = deepcopy(release.documents)
    for name, parameter in documents[path_of(release.service_id, "parameters")]["parameters"].items():
        for value in parameter["values"] if name in used else ():
            value["value"] *= 2
    material = next(iter(documents[path_of(release.service_id, "materials")]["materials"].values()))
    material["title"] += "*"
    made = release_of(compile_subject(documents, release.service_id, release.region))
    assert made is not None
    return made


@contextmanager
def _watched() -> Iterator[_Evaluated]:
    """Every evaluation of a rule meanwhile, with the values of the variables that it names."""
    evaluated: _Evaluated = []
    evaluate = Rule.evaluate

    def watching(rule: Rule, bindings: Mapping[str, Any], row: JsonValue = None) -> Any:
        if row is None:
            evaluated.append((rule, {name: bindings[name] for name in rule.names if name in bindings}))
        return evaluate(rule, bindings, row)

    Rule.evaluate = watching  # type: ignore[method-assign, assignment]
    try:
        yield evaluated
    finally:
        Rule.evaluate = evaluate  # type: ignore[method-assign]

"""Titles in place of ids: places, outcomes of tasks, results of cases, what tables decided."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

import msgspec

from server.cases.model import Case, MadeDecision
from server.cases.views import node_title
from server.definitions.process import Task
from server.definitions.regions import parent_code
from server.messages.cases import LIST_COMMA
from server.messages.offices import NO, NOT_ANSWERED, YES
from server.releases import Release
from server.rules.tables import Input, Output
from server.types import RegionCode


class DecisionView(msgspec.Struct, frozen=True, kw_only=True):
    """What a table decided, with titles in place of ids."""

    title: str
    row: str
    reason: str
    inputs: tuple[tuple[str, str], ...]
    outputs: tuple[tuple[str, str], ...]
    source: str
    at: datetime


def place_title(release: Release, region: str) -> str:
    """The names of a region and those above it; of the nearest one above that has a name."""
    code: RegionCode | None = RegionCode(region)
    while code is not None and code not in release.regions:
        code = parent_code(code)
    return release.regions.full_name(code) if code is not None else region


def outcome_title(release: Release, *, item: str, node: str, code: str) -> str:
    """The title of a task's outcome; the code where no process of the item knows it."""
    own = release.service.items.items[item].process
    for process in (own, *release.service.processes):
        found = release.service.processes[process].nodes.get(node)
        if isinstance(found, Task) and code in found.outcomes:
            return found.outcomes[code].title
    return code


def result_title(release: Release, case: Case) -> str:
    """How a case ended; empty while it runs."""
    outcome = release.service.items.items[case.item].outcomes.get(case.result)
    return outcome.title if outcome is not None else case.result


def decision_view(release: Release, case: Case, made: MadeDecision) -> DecisionView:
    """A decision in words."""
    decision = made.decision
    table = release.service.tables[decision.table]
    return DecisionView(
        title=node_title(release, case.state, node=made.node),
        row=decision.row,
        reason=decision.reason,
        inputs=_columns(release, case, table.inputs, decision.inputs),
        outputs=_columns(release, case, table.outputs, decision.outputs),
        source=decision.source or "",
        at=made.at,
    )


def _columns(
    release: Release, case: Case, columns: Mapping[str, Input] | Mapping[str, Output], values: Mapping[str, Any]
) -> tuple[tuple[str, str], ...]:
    results = {code: outcome.title for code, outcome in release.service.items.items[case.item].outcomes.items()}
    listed = release.form.surroundings.codelists

    def titles(column: Input | Output) -> Mapping[str, str]:
        if column.codelist is None:
            return results
        return {code: entry.title for code, entry in listed[column.codelist].codes.items()}

    ordered: list[tuple[str, Input | Output]] = sorted(columns.items(), key=lambda entry: (entry[1].order, entry[0]))
    return tuple((column.title, _words(values.get(name), titles(column))) for name, column in ordered)


def _words(value: Any, titles: Mapping[str, str]) -> str:
    if value is None:
        return NOT_ANSWERED
    if isinstance(value, bool):
        return YES if value else NO
    if isinstance(value, list | tuple):
        return LIST_COMMA.join(_words(one, titles) for one in value) or NOT_ANSWERED
    return titles.get(value, value) if isinstance(value, str) else str(value)

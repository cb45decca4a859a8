"""What of an application's variables some rules use, so that nothing else has to be worked out for them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from datetime import date
from typing import Any, Literal

from server.definitions.workdays import Workdays
from server.processes.compiled import CompiledProcess
from server.releases import Release
from server.rules.expressions import Rule
from server.rules.facts import Fact, Facts
from server.rules.types import RuleType
from server.rules.variables import bind

#: Whose rules: those that judge materials, or those that lead to decisions.
Purpose = Literal["materials", "decisions"]


class Needed:
    """The variables and facts of a form that rules use, directly or not; `others` are releases with the same form."""

    def __init__(self, purpose: Purpose, release: Release, *others: Release) -> None:
        form, used = release.form, _USED[purpose]
        names = {name for found in (release, *others) for name in used(found)}
        self._facts, names = _kept(form.facts, names)
        self._variables: dict[str, RuleType] = {
            name: found for name, found in form.variables.items() if name in names or _is_near(name, names)
        }

    def bindings(
        self, instance: Mapping[str, Any], parameters: Mapping[str, int], *, today: date, calendar: Workdays
    ) -> dict[str, Any]:
        """Those of them that an instance answers, with parameters."""
        known = {**bind(instance, self._variables), **parameters}
        return self._facts.evaluate(known, today=today, calendar=calendar)


def facts_for_tables(process: CompiledProcess) -> Facts:
    """The facts of a process that its tables use, directly or not."""
    return _kept(process.facts, {name for table in process.tables.values() for name in _names(table.rules.values())})[0]


def _kept(facts: Facts, names: set[str]) -> tuple[Facts, set[str]]:
    """The facts among these names or used by others among them, with all names they use."""
    kept: list[Fact] = []
    # Facts stand in the order of their dependencies: those that a fact uses come before it.
    for fact in reversed(facts.facts):
        if fact.name in names:
            kept.append(fact)
            names = names | set(_used_by(fact))
    return Facts(kept[::-1], facts.types), names


def _used_by_materials(release: Release) -> Iterator[str]:
    yield release.service.bundle.items_field
    for material in release.materials.values():
        yield from _names(rule for rule in (material.due, material.waived) if rule is not None)


def _used_by_decisions(release: Release) -> Iterator[str]:
    for process in release.processes.values():
        for fact in process.facts.facts:
            yield from _used_by(fact)
        for table in process.tables.values():
            yield from _names(table.rules.values())


def _names(rules: Iterable[Rule]) -> Iterator[str]:
    for rule in rules:
        yield from rule.references
        yield from rule.names


def _used_by(fact: Fact) -> Iterator[str]:
    group = fact.group
    for operand in (operand for operand in fact.operands if isinstance(operand, str)):
        group = group or operand.partition("[].")[0]
        yield _column(operand, fact.group)
        yield operand.partition("[].")[0]
    if group:
        yield group
    if fact.where is not None:
        yield from (_column(name, group) for name in _names((fact.where,)))


def _column(name: str, group: str) -> str:
    return f"{group}[].{name.removeprefix('row.')}" if group and name.startswith("row.") else name


_USED = {"materials": _used_by_materials, "decisions": _used_by_decisions}


def _is_near(variable: str, names: set[str]) -> bool:
    """Whether a variable is a part of something that is used, as the amount of an income is."""
    parts = variable.split(".")
    return any(".".join(parts[:length]) in names for length in range(1, len(parts)))

"""Replaying: what another release would make of a case that was worked on under its own, without changing anything.

Every stored decision is taken again by the other release's table, the application is checked again, and materials and derived
values are compared. What people decided is taken as it is.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from datetime import datetime
from typing import Any, Literal

import msgspec

from server.cases.model import Application, Case, Dossier, MadeDecision
from server.cases.readings import Memory, Readings
from server.cases.restating import resettled
from server.cases.submitting import chosen_items
from server.definitions.workdays import day_of
from server.findings import Problem
from server.forms.settle import Settled, field_id_of
from server.forms.validate import validate
from server.processes.compiled import DecideNode
from server.releases import DueMaterial, Release, due_materials, judged_materials
from server.rules.expressions import UNDEFINED
from server.rules.tables import CompiledTable, Decision
from server.types import JsonValue

#: Tells what the rules of a case's process knew under a release when a decision was taken.
_Known = Callable[[Release, MadeDecision], Mapping[str, Any] | None]

_PARAMETERS = "parameters."


class Cause(msgspec.Struct, frozen=True, kw_only=True):
    """Why something would be otherwise."""

    #: An `input` of a table, a `parameter`, the `expression` of an input, the `row`s of a table, the table itself.
    kind: Literal["input", "parameter", "expression", "row", "table"]
    name: str
    title: str
    #: Absent (`null`) where there is nothing to compare.
    before: JsonValue = None
    after: JsonValue = None


class Replayed(msgspec.Struct, frozen=True, kw_only=True):
    """One thing that would be otherwise under the other release."""

    kind: Literal["decision", "problem", "item", "material", "fact"]
    #: Node of a decision, pointer of a problem, id of an item, a material or a fact.
    name: str
    title: str
    #: Row of a decision, `due`, `waived` or empty for a material, value of a fact; absent where there was none.
    before: JsonValue = None
    #: Likewise; code of a problem; absent for a decision that could not be taken.
    after: JsonValue = None
    #: Table and outputs of a decision.
    table: str = ""
    outputs_before: dict[str, JsonValue] = {}
    outputs_after: dict[str, JsonValue] = {}
    causes: tuple[Cause, ...] = ()


class Replay:
    """One release tried on cases that were filed under another; what both make of one application is worked out once."""

    def __init__(self, release: Release, pinned: Release) -> None:
        self.release = release
        self._pinned = pinned
        self._readings = Readings(release, pinned)
        self._application: Application | None = None
        self._found: tuple[Replayed, ...] = ()

    def of(self, dossier: Dossier) -> tuple[Replayed, ...]:
        """Everything that would be otherwise for a case, what concerns the whole application included."""
        if self._application is not dossier.application:
            self._application = dossier.application
            self._readings.take(dossier.application)
            self._found = tuple(self._of_application(dossier.application))
        return (*self._of_item(dossier.case), *self._found, *self._decisions(dossier))

    def _of_item(self, case: Case) -> Iterator[Replayed]:
        if case.item not in self.release.service.items.items:
            title = self._pinned.service.items.items[case.item].title
            yield Replayed(kind="item", name=case.item, title=title, before=case.item)

    def _of_application(self, application: Application) -> Iterator[Replayed]:
        at, region = application.submitted_at, application.region
        if self._readings.same_materials(region, day_of(at)):
            return
        old, new = (
            self._readings.known(found, "materials", region=region, at=at).bindings for found in (self._pinned, self.release)
        )
        materials = tuple(
            judged_materials(found, bindings, _chosen(found, bindings))
            for found, bindings in ((self._pinned, old), (self.release, new))
        )
        yield from self._problems(application, materials[1])
        yield from _materials(*materials)
        if not self._readings.alike(region, day_of(at)):
            yield from self._facts(application, old, new)

    def _problems(self, application: Application, materials: tuple[DueMaterial, ...]) -> Iterator[Replayed]:
        """What would be wrong with the answers now and was not."""
        found = _missing(application, materials)
        if not self._readings.alike(application.region, day_of(application.submitted_at)):
            found += _problems_of(self.release, application, self._readings.settled)
        if not found:
            return
        before = resettled(application, before=self._pinned, after=self._pinned)
        due = due_materials(self._pinned, before, chosen_items(self._pinned, before))
        known = {
            (one.pointer, one.code) for one in (*_problems_of(self._pinned, application, before), *_missing(application, due))
        }
        for problem in found:
            if (problem.pointer, problem.code) not in known:
                label = str(problem.params.get("label", problem.pointer))
                yield Replayed(kind="problem", name=field_id_of(problem.pointer), title=label, after=problem.code)

    def _facts(self, application: Application, old: Mapping[str, Any], new: Mapping[str, Any]) -> Iterator[Replayed]:
        """Derived values that both releases know and that differ."""
        titles = self.release.form.definition.logic.facts
        for name in self.release.form.facts.types:
            if name in self._pinned.form.facts.types and name in titles and old.get(name) != new.get(name):
                title = str(titles[name].get("title") or name)
                causes = self._parameters(application.region, application.submitted_at, self._readings.used)
                yield Replayed(kind="fact", name=name, title=title, before=old.get(name), after=new.get(name), causes=causes)

    def _decisions(self, dossier: Dossier) -> Iterator[Replayed]:
        case = dossier.case
        latest = {made.node: made for made in case.decisions}
        known = Memory(self._readings, dossier)

        def bindings(release: Release, made: MadeDecision) -> Mapping[str, Any] | None:
            # What a step left behind is overwritten when it is done again; then only the last time can be worked out anew.
            return known.bindings(release, made.at) if latest[made.node] is made else None

        for made in case.decisions:
            found = self._decision(case, made, bindings)
            if found is not None:
                yield found

    def _decision(self, case: Case, made: MadeDecision, known: _Known) -> Replayed | None:
        before, title = made.decision, self._title(case, made)
        process_id = _process_at(self._pinned, case, made)
        table = _table_at(self.release, process_id, made.node)
        if table is None:
            cause = Cause(kind="table", name=before.table, title=before.table)
            return _replayed(made, title, None, (cause,))
        former = _table_at(self._pinned, process_id, made.node)
        inputs = self._inputs(table, former, made, known)
        judged = table.judge(inputs) if inputs is not None else None
        after = judged if isinstance(judged, Decision) else None
        if after is not None and (after.row, after.outputs) == (before.row, before.outputs):
            return None
        return _replayed(made, title, after, self._causes(case, made, table, former, inputs or {}))

    def _inputs(
        self, table: CompiledTable, former: CompiledTable | None, made: MadeDecision, known: _Known
    ) -> dict[str, Any] | None:
        """The inputs of the other table; nothing when one of them has no value.

        They are worked out anew where that is sure to start from what was known then: where the table that decided yields what
        was stored. Elsewhere what was stored stands for an input that is asked for in the same words.
        """
        inputs: dict[str, Any] = {}
        new = known(self.release, made)
        for name, rule in table.rules.items():
            value = rule.evaluate(new) if new is not None else UNDEFINED
            before = former.rules.get(name) if former is not None else None
            stored = made.decision.inputs.get(name, UNDEFINED)
            if before is not None and before.text == rule.text and stored is not UNDEFINED and value != stored:
                old = known(self._pinned, made)
                if value is UNDEFINED or old is None or before.evaluate(old) != stored:
                    value = stored
            if value is UNDEFINED:
                return None
            inputs[name] = value
        return inputs

    def _causes(
        self, case: Case, made: MadeDecision, table: CompiledTable, former: CompiledTable | None, inputs: Mapping[str, Any]
    ) -> tuple[Cause, ...]:
        found: list[Cause] = []
        stored = made.decision.inputs
        for name, column in table.table.inputs.items():
            changed = former is None or name not in former.rules or former.rules[name].text != table.rules[name].text
            if name in inputs and inputs[name] == stored.get(name, UNDEFINED):
                continue
            found.append(Cause(kind="input", name=name, title=column.title, before=stored.get(name), after=inputs.get(name)))
            if changed:
                found.append(Cause(kind="expression", name=name, title=column.title))
            used = frozenset(table.rules[name].references)
            found += self._parameters(case.region, made.at, used, case=case)
        if former is None or former.table.rows != table.table.rows or former.table.hit != table.table.hit:
            found.append(Cause(kind="row", name=table.id, title=table.table.title))
        return tuple(dict.fromkeys(found))

    def _parameters(self, region: str, at: datetime, used: frozenset[str], *, case: Case | None = None) -> tuple[Cause, ...]:
        """Those of the parameters `used` that have another value on the day that counts."""
        day = (case.accepted_on if case is not None else None) or day_of(at)
        return tuple(
            Cause(kind="parameter", name=name, title=_parameter(self.release, name), before=before, after=after)
            for name, (before, after) in self._readings.moved(region, day).items()
            if name in used
        )

    def _title(self, case: Case, made: MadeDecision) -> str:
        for release in (self._pinned, self.release):
            process = release.processes.get(case.state.process)
            node = process.definition.nodes.get(made.node) if process is not None else None
            if node is not None and node.title:
                return node.title
        return made.node


def replay(release: Release, dossier: Dossier, *, pinned: Release) -> tuple[Replayed, ...]:
    """Everything that would be otherwise for one case under another release than the one it is pinned to."""
    return Replay(release, pinned).of(dossier)


def _process_at(release: Release, case: Case, made: MadeDecision) -> str:
    """The process in which a decision was taken: the case's own, else one that it runs."""
    own = case.state.process
    for name in (own, *release.processes):
        node = release.processes[name].nodes.get(made.node)
        if isinstance(node, DecideNode) and node.table.id == made.decision.table:
            return name
    return own


def _table_at(release: Release, process_id: str, node: str) -> CompiledTable | None:
    """The table that decides at a node; nothing where the node decides nothing."""
    process = release.processes.get(process_id)
    found = process.nodes.get(node) if process is not None else None
    return found.table if isinstance(found, DecideNode) else None


def _problems_of(release: Release, application: Application, settled: Settled) -> tuple[Problem, ...]:
    context = release.context(application.region, application.submitted_at)
    return validate(release.form, settled, context=context).problems


def _missing(application: Application, materials: tuple[DueMaterial, ...]) -> tuple[Problem, ...]:
    """A problem for every material that would be due without a file."""
    given = application.data.values
    return tuple(
        Problem(pointer=f"/materials/{one.id}", code="material-missing", params={"label": one.title})
        for one in materials
        if one.due and not one.waived and not given.get(f"/materials/{one.id}")
    )


def _materials(before: tuple[DueMaterial, ...], after: tuple[DueMaterial, ...]) -> Iterator[Replayed]:
    old, new = ({one.id: one for one in found} for found in (before, after))
    for name in dict.fromkeys((*old, *new)):
        was, would = _asked(old.get(name)), _asked(new.get(name))
        if was != would:
            yield Replayed(kind="material", name=name, title=(new.get(name) or old[name]).title, before=was, after=would)


def _chosen(release: Release, bindings: Mapping[str, Any]) -> tuple[str, ...]:
    chosen = bindings.get(release.service.bundle.items_field)
    return tuple(item for item in chosen if item in release.service.items.items) if isinstance(chosen, list) else ()


def _replayed(made: MadeDecision, title: str, after: Decision | None, causes: tuple[Cause, ...]) -> Replayed:
    return Replayed(
        kind="decision",
        name=made.node,
        title=title,
        table=made.decision.table,
        before=made.decision.row,
        after=after.row if after is not None else None,
        outputs_before=made.decision.outputs,
        outputs_after=after.outputs if after is not None else {},
        causes=causes,
    )


def _asked(material: DueMaterial | None) -> str:
    """Whether a material has to be handed in."""
    if material is None or not material.due:
        return ""
    return "waived" if material.waived else "due"


def _parameter(release: Release, name: str) -> str:
    found = release.service.parameters.parameters.get(name.removeprefix(_PARAMETERS))
    return found.title if found is not None else name

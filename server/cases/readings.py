"""What two releases know of one application's answers, each worked out no oftener than it differs."""

from __future__ import annotations

import re
from datetime import date, datetime
from typing import Any

import msgspec

from server.cases.model import Application, Dossier
from server.cases.needed import Needed, Purpose, facts_for_tables
from server.cases.restating import resettled
from server.cases.views import Known, case_facts
from server.checks.materials import MaterialRules
from server.definitions.service import place_of
from server.definitions.workdays import day_of
from server.errors import ImpossibleState
from server.forms.settle import Settled, bindings_of
from server.releases import Release
from server.rules.facts import Facts
from server.types import RegionCode

#: Kinds of documents on which it depends what a form makes of answers.
_FORM = ("bundle", "data_schema", "layout", "logic", "codelist", "consent", "items", "calendar", "regions")
_PARAMETER = re.compile(rb"parameters\.[a-z][a-z0-9_]*")
PURPOSES: tuple[Purpose, ...] = ("materials", "decisions")
#: Days whose bindings are kept for one application.
_MOST_KNOWN = 64
#: Pairs of region and day whose differing amounts are kept.
_MOST_MOVED = 2_000


class Readings:
    """The variables of an application under the release it is pinned to and under another one."""

    def __init__(self, release: Release, pinned: Release) -> None:
        self.release = release
        self.pinned = pinned
        self._same_form = _form_of(release) == _form_of(pinned)
        self._same_lists = release.service.materials == pinned.service.materials
        #: Parameters that the rules of materials use.
        self._asking = frozenset(name for rules in release.materials.values() for name in _names(rules))
        self._needed = {purpose: Needed(purpose, pinned, release) for purpose in PURPOSES}
        #: Parameters that the rules of the form use.
        self.used = _parameters_of(release) | _parameters_of(pinned)
        self._moved: dict[tuple[str, date], dict[str, tuple[int | None, int | None]]] = {}
        self._deriving: dict[tuple[str, str, date], bool] = {}
        self._derived: dict[tuple[bool, str], Facts] = {}
        self._application: Application | None = None
        self._settled: Settled | None = None
        self._known: dict[tuple[bool, Purpose, RegionCode, date, date], Known] = {}

    def take(self, application: Application) -> None:
        """Turns to another application."""
        self._application, self._settled = application, None
        self._known.clear()

    def alike(self, region: str, day: date) -> bool:
        """Whether both forms make the same of the same answers where these amounts apply."""
        return self._same_form and self.used.isdisjoint(self.moved(region, day))

    def same_materials(self, region: str, day: date) -> bool:
        """Whether both ask for the same materials wherever they read the same answers."""
        return self._same_lists and self.alike(region, day) and self._asking.isdisjoint(self.moved(region, day))

    def derives_alike(self, process_id: str, region: str, day: date) -> bool:
        """Whether both processes derive the same facts for their tables from the same answers."""
        key = (process_id, region, day)
        found = self._deriving.get(key)
        if found is None:
            if len(self._deriving) >= _MOST_MOVED:
                self._deriving.clear()
            found = self._deriving[key] = self._derives_alike(process_id, region, day)
        return found

    def derived(self, release: Release, process_id: str) -> Facts:
        """The facts of a process that its tables use."""
        key = (release is self.release, process_id)
        if key not in self._derived:
            self._derived[key] = facts_for_tables(release.processes[process_id])
        return self._derived[key]

    def _derives_alike(self, process_id: str, region: str, day: date) -> bool:
        before, after = (release.processes.get(process_id) for release in (self.pinned, self.release))
        if before is None or after is None or before.definition.facts != after.definition.facts:
            return False
        same_lists = self.pinned.materials.keys() == self.release.materials.keys()
        facts = msgspec.json.encode(list(after.definition.facts.values()))
        used = {name.decode() for name in _PARAMETER.findall(facts)}
        names = {fact.name for found in (before, after) for fact in facts_for_tables(found).facts}
        kept = names == {fact.name for fact in self.derived(self.pinned, process_id).facts}
        return same_lists and kept and self.alike(region, day) and used.isdisjoint(self.moved(region, day))

    def moved(self, region: str, day: date) -> dict[str, tuple[int | None, int | None]]:
        """The parameters with another value where and when these apply, with both values."""
        found = self._moved.get((region, day))
        if found is None:
            if len(self._moved) >= _MOST_MOVED:
                self._moved.clear()
            before, after = self.pinned.parameters(region, day), self.release.parameters(region, day)
            names = [name for name in before | after if before.get(name) != after.get(name)]
            found = self._moved[region, day] = {name: (before.get(name), after.get(name)) for name in names}
        return found

    @property
    def settled(self) -> Settled:
        """The answers as the other release reads them."""
        if self._application is None:
            raise ImpossibleState("no application to read")
        if self._settled is None:
            self._settled = resettled(self._application, before=self.pinned, after=self.release)
        return self._settled

    def known(self, release: Release, purpose: Purpose, *, region: RegionCode, at: datetime, day: date | None = None) -> Known:
        """What rules of one of the releases know of the answers at an instant; `day` decides which amounts apply.

        Where both forms are alike, it is no more than the rules of the purpose use.
        """
        today = day_of(at)
        key = (release is self.release, purpose, region, today, day or today)
        if key not in self._known:
            if len(self._known) >= _MOST_KNOWN:
                self._known.clear()
            self._known[key] = self._read(release, purpose, region, at, day or today)
        return self._known[key]

    def _read(self, release: Release, purpose: Purpose, region: RegionCode, at: datetime, day: date) -> Known:
        if self._application is None:
            raise ImpossibleState("no application to read")
        today = day_of(at)
        if release is self.release and release is not self.pinned:
            if self.alike(region, day):
                before = self.known(self.pinned, purpose, region=region, at=at, day=day)
                return msgspec.structs.replace(before, bindings=before.bindings | self.release.parameters(region, day))
            instance = self.settled.instance
        else:
            instance = self._application.instance
        if self.alike(region, day):
            parameters = release.parameters(region, day)
            bindings = self._needed[purpose].bindings(instance, parameters, today=today, calendar=release.calendar)
        else:
            bindings = bindings_of(release.form, instance, release.context(region, at, day=day))
        return Known(region=region, today=today, day=day, bindings=bindings)


class Memory:
    """What the rules of a case's process knew on the days on which something was decided, under either release."""

    def __init__(self, readings: Readings, dossier: Dossier) -> None:
        self._readings = readings
        self._dossier = dossier
        # Rules know the day and not the hour.
        self._known: dict[tuple[bool, date], dict[str, Any] | None] = {}

    def bindings(self, release: Release, at: datetime) -> dict[str, Any] | None:
        """The variables with facts; nothing where there is no such item or process."""
        key = (release is self._readings.release, day_of(at))
        if key not in self._known:
            self._known[key] = self._bindings(release, at)
        return self._known[key]

    def _bindings(self, release: Release, at: datetime) -> dict[str, Any] | None:
        case, readings = self._dossier.case, self._readings
        item = release.service.items.items.get(case.item)
        if item is None or case.state.process not in release.processes:
            return None
        day = case.accepted_on or day_of(at)
        tried = release is readings.release and release is not readings.pinned
        if tried and readings.derives_alike(case.state.process, case.region, day):
            before = self.bindings(readings.pinned, at)
            if before is not None:
                return {**before, **release.parameters(case.region, day), "case.item_title": item.title}
        known = readings.known(release, "decisions", region=case.region, at=at, day=case.accepted_on)
        facts = case_facts(release, self._dossier.application, case, at, known=known)
        variables = {**facts.bindings, **case.state.variables}
        return readings.derived(release, case.state.process).evaluate(variables, today=day_of(at), calendar=release.calendar)


def _form_of(release: Release) -> dict[str, object]:
    kinds = ((path, place_of(path, release.service_id)) for path in release.documents)
    return {path: release.documents[path] for path, place in kinds if place is not None and place.kind in _FORM}


def _names(material: MaterialRules) -> tuple[str, ...]:
    return (*material.due.names, *(material.waived.names if material.waived is not None else ()))


def _parameters_of(release: Release) -> frozenset[str]:
    logic = msgspec.json.encode(msgspec.to_builtins(release.form.definition.logic))
    return frozenset(name.decode() for name in _PARAMETER.findall(logic))

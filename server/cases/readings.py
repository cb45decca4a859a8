"""What two releases know of one application's answers, each worked out no oftener than it differs."""

from __future__ import annotations

import re
from datetime import date, datetime

import msgspec

from server.cases.model import Application
from server.cases.needed import Needed, Purpose
from server.cases.restating import resettled
from server.cases.views import Known
from server.definitions.service import place_of
from server.definitions.workdays import day_of
from server.errors import ImpossibleState
from server.forms.settle import Settled, bindings_of
from server.releases import Release
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
        self._release = release
        self._pinned = pinned
        self._same_form = _form_of(release) == _form_of(pinned)
        self._needed = {purpose: Needed(purpose, pinned, release) for purpose in PURPOSES}
        #: Parameters that the rules of the form use.
        self.used = _parameters_of(release) | _parameters_of(pinned)
        self._moved: dict[tuple[str, date], dict[str, tuple[int | None, int | None]]] = {}
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

    def moved(self, region: str, day: date) -> dict[str, tuple[int | None, int | None]]:
        """The parameters with another value where and when these apply, with both values."""
        found = self._moved.get((region, day))
        if found is None:
            if len(self._moved) >= _MOST_MOVED:
                self._moved.clear()
            before, after = self._pinned.parameters(region, day), self._release.parameters(region, day)
            names = [name for name in before | after if before.get(name) != after.get(name)]
            found = self._moved[region, day] = {name: (before.get(name), after.get(name)) for name in names}
        return found

    @property
    def settled(self) -> Settled:
        """The answers as the other release reads them."""
        if self._application is None:
            raise ImpossibleState("no application to read")
        if self._settled is None:
            self._settled = resettled(self._application, before=self._pinned, after=self._release)
        return self._settled

    def known(self, release: Release, purpose: Purpose, *, region: RegionCode, at: datetime, day: date | None = None) -> Known:
        """What rules of one of the releases know of the answers at an instant; `day` decides which amounts apply.

        Where both forms are alike, it is no more than the rules of the purpose use.
        """
        today = day_of(at)
        key = (release is self._release, purpose, region, today, day or today)
        if key not in self._known:
            if len(self._known) >= _MOST_KNOWN:
                self._known.clear()
            self._known[key] = self._read(release, purpose, region, at, day or today)
        return self._known[key]

    def _read(self, release: Release, purpose: Purpose, region: RegionCode, at: datetime, day: date) -> Known:
        if self._application is None:
            raise ImpossibleState("no application to read")
        today = day_of(at)
        if release is self._release and release is not self._pinned:
            if self.alike(region, day):
                before = self.known(self._pinned, purpose, region=region, at=at, day=day)
                return msgspec.structs.replace(before, bindings=before.bindings | self._release.parameters(region, day))
            instance = self.settled.instance
        else:
            instance = self._application.instance
        if self.alike(region, day):
            parameters = release.parameters(region, day)
            bindings = self._needed[purpose].bindings(instance, parameters, today=today, calendar=release.calendar)
        else:
            bindings = bindings_of(release.form, instance, release.context(region, at, day=day))
        return Known(region=region, today=today, day=day, bindings=bindings)


def _form_of(release: Release) -> dict[str, object]:
    kinds = ((path, place_of(path, release.service_id)) for path in release.documents)
    return {path: release.documents[path] for path, place in kinds if place is not None and place.kind in _FORM}


def _parameters_of(release: Release) -> frozenset[str]:
    logic = msgspec.json.encode(msgspec.to_builtins(release.form.definition.logic))
    return frozenset(name.decode() for name in _PARAMETER.findall(logic))

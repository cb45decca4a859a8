"""A release: one service as published for a region, compiled and ready to run."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime
from typing import Any

import msgspec

from server.checks.materials import MaterialRules
from server.definitions.parameters import parameter_values
from server.definitions.regions import RegionTree
from server.definitions.service import Service
from server.definitions.workdays import Workdays, day_of
from server.forms.compile import CompiledForm
from server.forms.render import Renderer
from server.forms.settle import Context
from server.processes.compiled import CompiledProcess
from server.types import JsonValue, RegionCode, ReleaseId, ServiceId

#: Pairs of region and day whose parameters are kept; asking for more forgets them all.
_MOST_KNOWN = 2_000


class Release(msgspec.Struct, frozen=True, kw_only=True):
    """Everything a running service needs; it never changes, and cases pin it by its id."""

    #: Content id of the service's documents: equal documents give the same release everywhere.
    id: ReleaseId
    service_id: ServiceId
    region: RegionCode
    documents: dict[str, JsonValue]
    service: Service
    form: CompiledForm
    renderer: Renderer
    #: Task form id to its compiled form.
    task_forms: dict[str, CompiledForm]
    task_renderers: dict[str, Renderer]
    #: Process id to the compiled process; the intake is one of them.
    processes: dict[str, CompiledProcess]
    #: Material id to its rules, in the order of the official list.
    materials: dict[str, MaterialRules]
    calendar: Workdays
    regions: RegionTree
    #: Values worked out before, by region and day; they never change either.
    known_parameters: dict[tuple[str, date], dict[str, int]] = msgspec.field(default_factory=dict)

    def parameters(self, region: str, day: date) -> dict[str, int]:
        """`parameters.<id>` to the value that applies in a region on a day."""
        found = self.known_parameters.get((region, day))
        if found is None:
            if len(self.known_parameters) >= _MOST_KNOWN:
                self.known_parameters.clear()
            found = parameter_values(self.service.parameters, self.regions, region=region, day=day)
            self.known_parameters[region, day] = found
        return dict(found)

    def context(self, region: str, now: datetime, day: date | None = None, extra: Mapping[str, Any] | None = None) -> Context:
        """What the rules of forms may know at an instant; `day` decides which parameters apply, today when absent."""
        today = day_of(now)
        return Context(
            today=today,
            calendar=self.calendar,
            parameters=self.parameters(region or self.region, day or today),
            extra=dict(extra or {}),
        )

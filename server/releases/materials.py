"""Which materials an application needs."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import msgspec

from server.checks.materials import MaterialRules
from server.forms.settle import Settled
from server.releases.release import Release


class DueMaterial(msgspec.Struct, frozen=True, kw_only=True):
    """One material of the official list with what this application makes of it."""

    id: str
    title: str
    due: bool
    #: Due, but nothing has to be uploaded.
    waived: bool
    #: Why it is asked, or why nothing is asked although it is due.
    reason: str


def due_materials(release: Release, settled: Settled, items: Sequence[str]) -> tuple[DueMaterial, ...]:
    """Every material in the order of the official list; none is due while no item is chosen.

    A material is due when its rule holds and one of the chosen items needs it. One that the applicant need not upload is
    due and `waived`, so that pages can say why nothing is asked.
    """
    return judged_materials(release, settled.bindings, items)


def judged_materials(release: Release, bindings: Mapping[str, Any], items: Sequence[str]) -> tuple[DueMaterial, ...]:
    """The same for the variables of answers that are settled already."""
    return tuple(_judged(rules, bindings, items) for rules in release.materials.values())


def _judged(rules: MaterialRules, bindings: Mapping[str, Any], items: Sequence[str]) -> DueMaterial:
    material = rules.material
    due = rules.is_due(bindings, items)
    waived = due and rules.is_waived(bindings)
    reason = (material.waived_reason or material.reason) if waived else material.reason
    return DueMaterial(id=rules.id, title=material.title, due=due, waived=waived, reason=reason)

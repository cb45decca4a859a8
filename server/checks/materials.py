"""The rules that say which materials an application needs."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import msgspec

from server.definitions.materials import Material
from server.definitions.service import Service, path_of
from server.documents.pointer import format_pointer
from server.findings import Finding
from server.rules.expressions import Environment, Rule, compile_rule
from server.rules.types import BOOL, RuleType


class MaterialRules(msgspec.Struct, frozen=True, kw_only=True):
    """A material with its compiled rules."""

    id: str
    material: Material
    due: Rule
    waived: Rule | None = None

    def is_due(self, bindings: Mapping[str, Any], items: Sequence[str]) -> bool:
        """Whether one of the chosen items needs the material and its rule holds."""
        wanted = self.material.items
        return bool(items) and (wanted is None or any(item in wanted for item in items)) and self.due.holds(bindings)

    def is_waived(self, bindings: Mapping[str, Any]) -> bool:
        """Whether nothing has to be uploaded although the material is due."""
        return self.waived is not None and self.waived.holds(bindings)


def compile_materials(
    service: Service, variables: Mapping[str, RuleType]
) -> tuple[dict[str, MaterialRules], tuple[Finding, ...]]:
    """The materials whose rules compile, in the order of the official list, and what is wrong with the others."""
    environment = Environment(variables)
    compiled: dict[str, MaterialRules] = {}
    found: list[Finding] = []
    for name, material in sorted(service.materials.materials.items(), key=lambda entry: (entry[1].row, entry[0])):
        due = _rule(environment, material.due, (name, "due"), service.id, found)
        waived = _rule(environment, material.waived, (name, "waived"), service.id, found) if material.waived is not None else None
        if due is not None and (waived is None) == (material.waived is None):
            compiled[name] = MaterialRules(id=name, material=material, due=due, waived=waived)
    return compiled, tuple(found)


def _rule(environment: Environment, text: str, place: tuple[str, str], service_id: str, found: list[Finding]) -> Rule | None:
    rule = compile_rule(environment, text, BOOL)
    if isinstance(rule, Rule):
        return rule
    path, pointer = path_of(service_id, "materials"), format_pointer(("materials", *place))
    found += (Finding(code=f.code, severity="error", path=path, pointer=pointer, params=f.params) for f in rule)
    return None

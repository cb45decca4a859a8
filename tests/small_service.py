"""Services of a few documents, written by the tests of processes."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

import msgspec

from server.definitions import bundle, form, items, materials, process
from server.definitions.service import Service
from server.definitions.workdays import CHINA
from server.processes.advance import CaseFacts
from server.processes.compile import compile_process
from server.processes.compiled import CompiledProcess
from server.rules.tables import DecisionTable
from server.rules.types import SCALARS, RuleType, list_of, row_of
from server.types import RegionCode

#: A Monday morning.
MONDAY = datetime(2026, 3, 2, 9, 0, tzinfo=CHINA)
#: A village.
PLACE = RegionCode("110101001002")

_LEVELS = {"province": "省", "city": "市", "county": "县", "township": "乡", "village": "村"}
_CALENDAR = {"title": "2026", "years": [2026], "holidays": ["2026-03-05"], "workdays": ["2026-03-07"]}
_BUNDLE = {
    "format": 1,
    "id": "test",
    "title": "试",
    "region": "110000",
    "number_prefix": "T",
    "place_field": "place",
    "person_field": "person",
    "name_field": "name",
    "items_field": "items",
}
_LAYOUT: dict[str, Any] = {"type": "Categorization", "id": "layout", "elements": []}


def rule_type(text: Any) -> RuleType:
    """`int`, `[string]` for a list, `{"field": type}` for a row."""
    if isinstance(text, list):
        return list_of(rule_type(text[0]))
    if isinstance(text, dict):
        return row_of({name: rule_type(member) for name, member in text.items()})
    return SCALARS[text]


def types_of(document: Mapping[str, Any]) -> dict[str, RuleType]:
    return {name: rule_type(found) for name, found in document.items()}


def service_of(
    processes: Mapping[str, Any],
    *,
    tables: Mapping[str, Any] | None = None,
    notices: Mapping[str, Any] | None = None,
    connectors: Mapping[str, Any] | None = None,
    task_forms: Mapping[str, Any] | None = None,
    provided: tuple[str, ...] = (),
) -> Service:
    """A service of these documents and one department, `office`, with an office at every level."""
    paper = {"title": "件", "row": 1, "kind": "1", "form": "1", "necessity": "必要", "reason": "核对"}
    empty_form = form.FormDefinition(id="form", schema={}, ui=_struct(_LAYOUT, form.Categorization), logic=form.Logic())
    return Service(
        id="test",
        bundle=_struct(_BUNDLE, bundle.Bundle),
        form=empty_form,
        task_forms=dict.fromkeys(task_forms or {}, empty_form),
        materials=_struct({"materials": dict.fromkeys(provided, paper)}, materials.Materials),
        codelists={},
        consents={},
        guides={},
        locks=bundle.Locks(locks=()),
        items=_struct({"intake": "main", "common_scope": [], "items": {}}, items.Items),
        processes={name: _struct(found, process.ProcessDefinition) for name, found in processes.items()},
        tables={name: _struct(found, DecisionTable) for name, found in (tables or {}).items()},
        parameters=bundle.Parameters(parameters={}),
        agencies=_struct({"agencies": {"office": {"title": "局", "levels": _LEVELS}}}, bundle.Agencies),
        connectors={name: _struct(found, process.Connector) for name, found in (connectors or {}).items()},
        notices={name: _struct(found, materials.Notice) for name, found in (notices or {}).items()},
        calendar=_struct(_CALENDAR, bundle.Calendar),
        regions=_struct({"title": "区划", "regions": {"110000": "省"}}, bundle.Regions),
        examples={},
    )


def nodes_of(**nodes: Any) -> dict[str, Any]:
    """A process document of these nodes."""
    return {"title": "流程", "nodes": nodes}


def compiled(nodes: Mapping[str, Any], variables: Mapping[str, Any] | None = None, **documents: Any) -> CompiledProcess:
    """The process of these nodes, which may use these application variables."""
    service = service_of({"main": {"title": "流程", "nodes": nodes}}, **documents)
    task_forms = {name: types_of(fields) for name, fields in documents.get("task_forms", {}).items()}
    found = compile_process("main", service, types_of(variables or {}), task_forms)
    assert isinstance(found, CompiledProcess), found
    return found


def moment(bindings: Mapping[str, Any] | None = None, now: datetime = MONDAY, **others: CompiledProcess) -> CaseFacts:
    """A Monday morning at a village."""
    return CaseFacts(bindings=dict(bindings or {}), now=now, place=PLACE, others=others)


def _struct(value: Any, struct: type[Any]) -> Any:
    return msgspec.convert(value, struct)

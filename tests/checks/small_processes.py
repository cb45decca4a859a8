"""Processes of a few nodes, and what one check says about them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import msgspec
from small_service import service_of, types_of

from server.checks.run import Check
from server.checks.subject import Subject
from server.definitions.items import Items
from server.findings import Finding
from server.processes.compile import compile_process
from server.processes.compiled import CompiledProcess

START = {"kind": "start", "next": "work"}
END = {"kind": "end", "code": "done", "reason": "完"}


def task(*targets: str, title: str = "", **more: Any) -> dict[str, Any]:
    """A task whose outcomes are named after the nodes they lead to; `good:node` is a good one."""
    outcomes = {}
    for target in targets:
        tone, mark, name = target.rpartition(":")
        outcomes[name] = {"title": f"去{name}", "next": name, **({"tone": tone} if mark else {})}
    actor = {"agency": "office", "level": "county"}
    return {"kind": "task", "actor": actor, "outcomes": outcomes, **({"title": title} if title else {}), **more}


def wait(target: str, **more: Any) -> dict[str, Any]:
    """A wait for papers."""
    return {"kind": "wait", "message": "papers", "next": target, **more}


def choice(otherwise: str | None, **branches: tuple[str, str]) -> dict[str, Any]:
    """A choice whose branches are pairs of condition and target, in order."""
    ways = {name: {"when": when, "next": target, "order": n} for n, (name, (when, target)) in enumerate(branches.items())}
    return {"kind": "choice", "branches": ways, **({"otherwise": otherwise} if otherwise else {})}


def fork(join: str, **branches: str) -> dict[str, Any]:
    """A fork whose branches all start."""
    return {"kind": "fork", "join": join, "branches": {name: {"next": target} for name, target in branches.items()}}


def findings(
    check: Check,
    nodes: Mapping[str, Any],
    *,
    variables: Mapping[str, Any] | None = None,
    on: Mapping[str, Any] | None = None,
    facts: Mapping[str, Any] | None = None,
    item: Mapping[str, Any] | None = None,
    others: Mapping[str, Any] | None = None,
    **documents: Any,
) -> list[Finding]:
    """What a check says about the process `main` of these nodes."""
    definition = {"title": "main", "nodes": {"start": START, "end": END, **nodes}, "on": on or {}, "facts": facts or {}}
    service = service_of({"main": definition, **(others or {})}, **documents)
    known = {"title": "项", "order": 1, "summary": "项", "source": "源", "lead_agency": "office", "level": "county"}
    one = {**known, "process": "main", "outcomes": {}, **(item or {})}
    items = msgspec.convert({"intake": "main", "common_scope": [], "items": {"one": one}}, Items)
    service = msgspec.structs.replace(service, items=items)
    forms = {name: types_of(fields) for name, fields in documents.get("task_forms", {}).items()}
    processes: dict[str, CompiledProcess] = {}
    for name in service.processes:
        compiled = compile_process(name, service, types_of(variables or {}), forms)
        assert isinstance(compiled, CompiledProcess), compiled
        processes[name] = compiled
    return list(check(Subject(id="a/b", region="", documents={}, service=service, processes=processes), service))


def told(found: list[Finding]) -> list[tuple[str, str, str]]:
    """Code, place and example path of findings."""
    return [(one.code, one.pointer.removeprefix("/nodes/"), str(one.params.get("path", ""))) for one in found]

"""Inserting a step into a process: the one edit of a process that needs no knowledge of its document."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

import msgspec

from server.definitions.common import Level
from server.definitions.process import ProcessDefinition
from server.documents.pointer import MISSING, format_pointer, replace, resolve
from server.findings import Refused
from server.rules.expressions import RESERVED
from server.types import JsonValue

_ID = re.compile(r"[a-z][a-z0-9_]{0,39}")
_OUTCOME = "done"


class Edge(msgspec.Struct, frozen=True, kw_only=True):
    """One way from a node to another."""

    source: str
    #: JSON Pointer of the member that names the target.
    pointer: str
    target: str
    #: What the way is: `next`, `outcome`, `branch`, `otherwise`, `objection`, `timeout`, `error` or `message`.
    kind: str
    #: Its own title, such as that of an outcome; empty when it has none.
    title: str = ""


class NewStep(msgspec.Struct, frozen=True, kw_only=True):
    """A task with one outcome."""

    id: str
    title: str
    agency: str
    level: Level
    outcome_title: str
    #: Task form; empty for a step that only has to be confirmed.
    form: str = ""
    limit_workdays: int | None = None


def readable_process(process: JsonValue) -> bool:
    """Whether the document has the shape of a process, so that the edits below can rely on it."""
    try:
        msgspec.convert(process, ProcessDefinition)
    except msgspec.ValidationError:
        return False
    return True


def edges_of(process: JsonValue) -> tuple[Edge, ...]:
    """Every way from node to node, in the order of the document."""
    return tuple(edge for name, node in process["nodes"].items() for edge in _edges(name, node))


def insert_step(process: JsonValue, *, pointer: str, step: NewStep) -> JsonValue | Refused:
    """The process with the step on the way that `pointer` names, or why it cannot be inserted."""
    edge = next((found for found in edges_of(process) if found.pointer == pointer), None)
    if edge is None:
        return Refused("edge-unknown")
    if not _ID.fullmatch(step.id) or step.id in RESERVED:
        return Refused("node-id-form", {"node": step.id})
    if resolve(process, format_pointer(("nodes", step.id))) is not MISSING:
        return Refused("node-taken", {"node": step.id})
    if not step.title.strip() or not step.outcome_title.strip():
        return Refused("title-missing")
    nodes: dict[str, Any] = {}
    for name, node in replace(process, pointer, step.id)["nodes"].items():
        nodes[name] = node
        if name == edge.source:
            nodes[step.id] = _task(step, edge.target)
    return {**process, "nodes": nodes}


def _task(step: NewStep, target: str) -> JsonValue:
    task: dict[str, JsonValue] = {
        "kind": "task",
        "title": step.title,
        "actor": {"agency": step.agency, "level": step.level},
        "form": step.form,
        "outcomes": {_OUTCOME: {"title": step.outcome_title, "next": target, "order": 10, "tone": "good"}},
        "limit": {"workdays": step.limit_workdays},
    }
    if not step.form:
        del task["form"]
    if step.limit_workdays is None:
        del task["limit"]
    return task


def _edges(name: str, node: dict[str, Any]) -> Iterator[Edge]:
    for member in ("next", "otherwise", "objection"):
        if node.get(member):
            pointer = format_pointer(("nodes", name, member))
            yield Edge(source=name, pointer=pointer, target=node[member], kind=member)
    for members, kind in (("outcomes", "outcome"), ("branches", "branch")):
        for key, way in node.get(members, {}).items():
            pointer = format_pointer(("nodes", name, members, key, "next"))
            yield Edge(source=name, pointer=pointer, target=way["next"], kind=kind, title=way.get("title") or "")
    for kind, event in node.get("on", {}).items():
        for key, way in (event if kind == "message" else {"": event}).items():
            if way is not None:
                pointer = format_pointer(("nodes", name, "on", kind, *((key,) if key else ()), "next"))
                yield Edge(source=name, pointer=pointer, target=way["next"], kind=kind, title=way.get("title") or "")

"""The same process in SpiffWorkflow: the model as BPMN, each workflow as JSON in a row of SQLite."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator, Sequence
from itertools import pairwise
from pathlib import Path
from typing import Any
from xml.sax.saxutils import escape

from SpiffWorkflow.bpmn.parser import BpmnParser
from SpiffWorkflow.bpmn.serializer import BpmnWorkflowSerializer
from SpiffWorkflow.bpmn.workflow import BpmnWorkflow
from SpiffWorkflow.util.task import TaskState

from server.definitions.process import AnyNode, Call, Choice, End, PublicNotice, Start, Task, Wait
from server.processes.structure import Nodes, edges_of

_BPMN = "http://www.omg.org/spec/BPMN/20100524/MODEL"
_PRAGMAS = ("journal_mode = WAL", "synchronous = FULL", "cache_size = -65536")
#: Nodes at which a case waits for somebody, a system or a period.
_STOPS = (Task, Call, Wait, PublicNotice)


class SpiffStore:
    """Runs workflows of one model and keeps them on disk."""

    def __init__(self, database: Path, nodes: Nodes) -> None:
        parser = BpmnParser()
        parser.add_bpmn_str(bpmn_of(nodes).encode())
        self._spec = parser.get_spec("main")
        self._serializer = BpmnWorkflowSerializer()
        self._connection = sqlite3.connect(database, isolation_level=None)
        for pragma in _PRAGMAS:
            self._connection.execute(f"PRAGMA {pragma}")
        self._connection.execute("CREATE TABLE workflows (id INTEGER PRIMARY KEY, state TEXT NOT NULL)")

    def close(self) -> None:
        """Lets go of the database."""
        self._connection.close()

    def open(self, number: int, opening: Sequence[str]) -> BpmnWorkflow:
        """A new workflow, stored at its first stop."""
        workflow = BpmnWorkflow(self._spec)
        workflow.get_tasks(state=TaskState.READY)[0].data.update(_ways(opening))
        workflow.do_engine_steps()
        self._connection.execute("INSERT INTO workflows VALUES (?, ?)", (number, self._serializer.serialize_json(workflow)))
        return workflow

    def begin(self) -> None:
        """Starts a transaction."""
        self._connection.execute("BEGIN IMMEDIATE")

    def commit(self) -> None:
        """Ends it, if one is under way."""
        if self._connection.in_transaction:
            self._connection.execute("COMMIT")

    def step(self, number: int, workflow: BpmnWorkflow, way: Sequence[str]) -> None:
        """Completes what the workflow waits for and stores where that takes it."""
        task = next(iter(workflow.get_tasks(state=TaskState.READY, manual=True)))
        assert task.task_spec.bpmn_id == way[0], (task.task_spec.bpmn_id, way)
        task.data.update(_ways(way))
        task.run()
        workflow.do_engine_steps()
        state = self._serializer.serialize_json(workflow)
        self._connection.execute("UPDATE workflows SET state = ? WHERE id = ?", (state, number))


def bpmn_of(nodes: Nodes) -> str:
    """The process as BPMN 2.0; where several ways lead on, a gateway looks at `way_<node>` for the one that was taken."""
    elements = "".join(part for name, node in nodes.items() for part in _elements(name, node))
    process = f'<process id="main" isExecutable="true">{elements}</process>'
    return f'<definitions xmlns="{_BPMN}" targetNamespace="bench">{process}</definitions>'


def _elements(name: str, node: AnyNode) -> Iterator[str]:
    targets = tuple(dict.fromkeys(target for _, target in edges_of(node)))
    yield f'<{_kind(node)} id="{name}"/>'
    if len(targets) == 1:
        yield _flow(name, targets[0])
    elif targets:
        gate = name
        if not isinstance(node, Choice):
            gate = f"{name}_gate"
            yield _flow(name, gate)
            yield f'<exclusiveGateway id="{gate}"/>'
        yield from (_flow(gate, target, f"way_{name} == '{target}'") for target in targets)


def _kind(node: AnyNode) -> str:
    match node:
        case Start():
            return "startEvent"
        case End():
            return "endEvent"
        case Choice():
            return "exclusiveGateway"
    # Decisions and messages cost the other engine nothing: they are passed as events that do nothing.
    return "userTask" if isinstance(node, _STOPS) else "intermediateThrowEvent"


def _flow(source: str, target: str, condition: str | None = None) -> str:
    inner = f"<conditionExpression>{escape(condition)}</conditionExpression>" if condition is not None else ""
    return f'<sequenceFlow id="{source}_to_{target}" sourceRef="{source}" targetRef="{target}">{inner}</sequenceFlow>'


def _ways(way: Sequence[str]) -> dict[str, Any]:
    return {f"way_{source}": target for source, target in pairwise(way)}

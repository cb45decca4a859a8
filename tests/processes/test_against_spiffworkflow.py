"""The token game against SpiffWorkflow: on random sound models both always wait for the same tasks and end together."""

from __future__ import annotations

from typing import Any

from block_models import BINDINGS, DATA, FORKS_OUTSIDE_LOOPS, Block, ProcessWriter, bpmn_of
from hypothesis import given, settings
from hypothesis import strategies as st
from lxml import etree
from small_service import compiled, moment
from SpiffWorkflow.bpmn.parser import BpmnParser
from SpiffWorkflow.bpmn.workflow import BpmnWorkflow
from SpiffWorkflow.util.task import TaskState

from server.processes.advance import Step, advance, initial_state
from server.processes.compiled import TaskNode
from server.processes.events import Begun, Event, TaskCompleted
from server.processes.state import State

MOST_STEPS = 25


class Opponent:
    """A model run by SpiffWorkflow."""

    def __init__(self, nodes: dict[str, Any], bindings: dict[str, int]) -> None:
        parser = BpmnParser()
        parser.add_bpmn_xml(etree.fromstring(bpmn_of(nodes)))
        self.workflow = BpmnWorkflow(parser.get_spec("main"))
        self.workflow.data.update(bindings)
        self.workflow.get_tasks(state=TaskState.READY)[0].data.update(bindings)
        self._run()

    def enabled(self) -> list[str]:
        return sorted(task.task_spec.bpmn_id for task in self._waiting())

    def complete(self, name: str, outcome: str) -> None:
        task = next(task for task in self._waiting() if task.task_spec.bpmn_id == name)
        task.data[name] = outcome
        task.run()
        self._run()

    def _waiting(self) -> list[Any]:
        return list(self.workflow.get_tasks(state=TaskState.READY, manual=True))

    def _run(self) -> None:
        self.workflow.do_engine_steps()


@settings(max_examples=150)
@given(FORKS_OUTSIDE_LOOPS, BINDINGS, st.data())
def test_a_sound_model_waits_for_the_same_tasks_in_both_engines(
    block: Block, bindings: dict[str, int], data: st.DataObject
) -> None:
    nodes = ProcessWriter(block).nodes
    process = compiled(nodes, dict.fromkeys(DATA, "int"))

    def after(state: State, event: Event) -> State:
        step = advance(process, state, event, moment(bindings))
        assert isinstance(step, Step)
        assert not any(token.incident for token in step.state.tokens)
        return step.state

    opponent = Opponent(nodes, bindings)
    state = after(initial_state(process), Begun())
    for _ in range(MOST_STEPS):
        waiting = [token for token in state.tokens if isinstance(process.nodes[token.node], TaskNode)]
        assert sorted(token.node for token in waiting) == opponent.enabled()
        assert (state.ended is not None) == opponent.workflow.is_completed()
        if not waiting:
            break
        token = data.draw(st.sampled_from(waiting))
        outcome = data.draw(st.sampled_from(sorted(nodes[token.node]["outcomes"], reverse=True)))
        state = after(state, TaskCompleted(token=token.id, outcome=outcome))
        opponent.complete(token.node, outcome)

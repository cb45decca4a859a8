"""Processes written as BPMN and read back: the very same, also after other hands were at the file."""

from __future__ import annotations

from typing import Any, ClassVar
from xml.etree import ElementTree

import msgspec
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from lxml import etree
from processes import definition_of, definitions, written
from SpiffWorkflow.bpmn.parser import BpmnParser
from SpiffWorkflow.bpmn.parser.BpmnParser import BpmnValidator
from SpiffWorkflow.bpmn.parser.TaskParser import TaskParser
from SpiffWorkflow.bpmn.parser.util import full_tag
from SpiffWorkflow.bpmn.specs.defaults import ManualTask

from server.definitions.process import ProcessDefinition
from server.exchange.bpmn.chart import chart_of
from server.exchange.bpmn.export import BPMN, process_xml
from server.exchange.bpmn.reading import read_bpmn
from server.exchange.fidelity import Ledger
from server.processes.structure import edges_of, reached, starts_of

#: The schema of the standard.
SCHEMA = BpmnValidator()
FEW = settings(max_examples=15, suppress_health_check=[HealthCheck.too_slow, HealthCheck.filter_too_much])


def xml_of(definition: ProcessDefinition) -> str:
    return process_xml(definition, process_id="main", ledger=Ledger())


def back(xml: str | bytes) -> tuple[ProcessDefinition, Ledger]:
    ledger = Ledger()
    content = xml.encode() if isinstance(xml, str) else xml
    found = read_bpmn(content, ledger)
    assert list(found.processes) == ["main"], ledger.notes()
    assert found.own == {"main"}
    return msgspec.convert(found.processes["main"], ProcessDefinition), ledger


def assert_same(definition: ProcessDefinition) -> None:
    again, ledger = back(xml_of(definition))
    assert again == definition
    assert list(again.nodes) == list(definition.nodes)
    assert {note.code for note in ledger.notes() if note.outcome != "carried"} <= {"drawn-anew"}


@pytest.mark.parametrize("name", sorted(written()))
def test_a_written_process_comes_back_as_it_was(name: str) -> None:
    assert_same(written()[name])


@FEW
@given(definitions())
def test_a_random_process_comes_back_as_it_was(definition: ProcessDefinition) -> None:
    assert_same(definition)


TEXTS = st.text(max_size=12)


@given(TEXTS, TEXTS, TEXTS, TEXTS)
def test_any_text_comes_back_as_it_was(title: str, rule: str, name: str, code: str) -> None:
    choice: dict[str, Any] = {
        "kind": "choice",
        "title": title,
        "branches": {code: {"title": title, "when": rule or "true", "next": name or "x"}},
        "otherwise": "end",
    }
    wait = {
        "kind": "wait",
        "message": title or "m",
        "title": name,
        "next": "end",
        "on": {"message": {name or "y": {"next": "end"}}},
    }
    nodes = {"start": {"kind": "start", "next": "choice"}, "choice": choice, name or "x": wait}
    nodes["end"] = {"kind": "end", "code": code, "reason": rule}
    if len(nodes) == 4:
        assert_same(definition_of(**nodes))


def kinds() -> ProcessDefinition:
    """A process with what the documents have none of."""
    boundaries = {
        "timeout": {"next": "end", "after": {"hours": 5}, "interrupting": False},
        "error": {"next": "end", "title": "错"},
    }
    return definition_of(
        start={"kind": "start", "next": "pause"},
        pause={"kind": "wait", "next": "poster", "on": {"timeout": {"next": "board", "after": {"workdays": 3}, "title": "到"}}},
        poster={"kind": "notice", "notice": "poster", "level": "county", "period": {"workdays": 5}, "next": "board"},
        board={
            "kind": "notice",
            "notice": "p",
            "level": "city",
            "period": {"days": 5},
            "next": "rows",
            "on": {"message": {"m": {"next": "end"}}},
        },
        rows={"kind": "each", "over": "rows", "process": "child", "next": "letter", "on": {"message": {"stop": {"next": "end"}}}},
        letter={"kind": "wait", "message": "letter", "next": "inner"},
        inner={"kind": "subprocess", "process": "child", "next": "work", "on": boundaries},
        work={"kind": "task", "actor": {"agency": "a", "level": "county"}, "outcomes": {}},
        end={"kind": "end", "code_from": "x.code", "source": "依据"},
    )


def test_every_kind_of_event_comes_back_as_it_was() -> None:
    assert_same(kinds())
    SCHEMA.validate(etree.fromstring(xml_of(kinds()).encode()), "kinds")


def test_what_was_changed_in_another_editor_counts() -> None:
    xml = xml_of(written()["birth_certificate"])
    tree = ElementTree.fromstring(xml)
    task = next(tree.iter(f"{{{BPMN}}}userTask"))
    name = str(task.get("id"))
    task.set("name", "换了名字")
    event = next(one for one in tree.iter(f"{{{BPMN}}}boundaryEvent") if one.find(f"{{{BPMN}}}timerEventDefinition") is not None)
    duration = next(event.iter(f"{{{BPMN}}}timeDuration"))
    duration.text = "PT6H"
    event.set("cancelActivity", "false")
    again, _ = back(ElementTree.tostring(tree))
    before = written()["birth_certificate"]
    assert again.nodes[name].title == "换了名字"
    changed = again.nodes[str(event.get("attachedToRef"))].on.timeout
    assert (changed.after.hours, changed.after.workdays, changed.interrupting) == (6, None, False)
    assert again.nodes.keys() == before.nodes.keys()


def test_settings_that_somebody_broke_are_dropped_with_a_note() -> None:
    xml = xml_of(written()["birth_certificate"]).replace('"agency"', '"agenzy"').replace('{"code":', '{"cod')
    ledger = Ledger()
    found = read_bpmn(xml.encode(), ledger)
    msgspec.convert(found.processes["main"], ProcessDefinition)
    assert "settings-broken" in {note.code for note in ledger.notes() if note.outcome == "dropped"}


@pytest.mark.parametrize("name", sorted(written()))
def test_a_file_is_as_the_standard_says(name: str) -> None:
    SCHEMA.validate(etree.fromstring(xml_of(written()[name]).encode()), name)


@FEW
@given(definitions())
def test_a_random_file_is_as_the_standard_says(definition: ProcessDefinition) -> None:
    SCHEMA.validate(etree.fromstring(xml_of(definition).encode()), "random")


class Parser(BpmnParser):
    """Takes tasks whose tables or processes are in other files for tasks like others."""

    OVERRIDE_PARSER_CLASSES: ClassVar[dict[str, Any]] = {
        full_tag(tag): (TaskParser, ManualTask) for tag in ("businessRuleTask", "callActivity")
    }


def spiff_nodes(xml: str) -> set[str]:
    """What another engine's parser reaches from the starts."""
    parser = Parser()
    parser.add_bpmn_str(xml.encode())
    spec = parser.get_spec(parser.get_process_ids()[0])
    seen: set[str] = set()
    pending = [spec.start]
    while pending:
        task = pending.pop()
        if task.name not in seen:
            seen.add(task.name)
            pending += task.outputs
            pending += getattr(task, "children", [])
    return {str(task.bpmn_id) for name, task in spec.task_specs.items() if name in seen and task.bpmn_id}


def assert_read_alike(definition: ProcessDefinition) -> None:
    entries = (*starts_of(definition.nodes), *(boundary.next for boundary in definition.on.values()))
    ours = reached(definition.nodes, entries)
    shapes = chart_of(definition).shapes.values()
    timers = {shape.node for shape in shapes if shape.trigger == "timer" and shape.part == "node"}
    only_next = {target for name in timers for place, target in edges_of(definition.nodes[name]) if place == ("next",)}
    found = spiff_nodes(xml_of(definition)) & definition.nodes.keys()
    assert found <= ours
    assert ours - found <= reached(definition.nodes, only_next)


@pytest.mark.parametrize("name", sorted(written()))
def test_another_engine_reaches_the_same_nodes(name: str) -> None:
    assert_read_alike(written()[name])


@FEW
@given(definitions())
def test_another_engine_reaches_the_same_nodes_of_a_random_process(definition: ProcessDefinition) -> None:
    assert_read_alike(definition)


@pytest.mark.parametrize("name", sorted(written()))
def test_everything_in_a_file_has_its_shape_in_the_diagram(name: str) -> None:
    tree = ElementTree.fromstring(xml_of(written()[name]))
    ids = [element.get("id") for element in tree.iter() if element.get("id")]
    assert len(ids) == len(set(ids))
    drawn = {element.get("bpmnElement") for element in tree.iter() if element.get("bpmnElement")}
    flows = {element.get("id") for element in tree.iter(f"{{{BPMN}}}sequenceFlow")}
    ends = {element.get(side) for element in tree.iter(f"{{{BPMN}}}sequenceFlow") for side in ("sourceRef", "targetRef")}
    assert flows | ends <= drawn <= set(ids)
    for element in tree.iter(f"{{{BPMN}}}sequenceFlow"):
        assert {element.get("sourceRef"), element.get("targetRef")} <= set(ids)

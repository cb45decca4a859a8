"""A step inserted on any way of any process stands on it; scopes change for one field alone."""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import Any

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from server.definitions import scope_edits, step_edits
from server.definitions.process import ProcessDefinition, Task
from server.definitions.scope_edits import FieldScope
from server.definitions.step_edits import NewStep
from server.documents.pointer import resolve
from server.exports.folder import document_bytes, read_trees
from server.findings import Refused

ROOT = Path(__file__).resolve().parents[2]
STEP = NewStep(id="second_look", title="Second look", agency="office", level="county", outcome_title="Done", limit_workdays=3)


@cache
def documents() -> dict[str, Any]:
    return {path: value for path, value in read_trees(ROOT).documents.items() if "/overlays/" not in path}


def processes() -> list[str]:
    return sorted(path for path in documents() if path.endswith(".process.json"))


def items() -> Any:
    return documents()[next(path for path in documents() if path.endswith("/items.json"))]


def targets(process: Any) -> set[str]:
    return {edge.target for edge in step_edits.edges_of(process)}


@pytest.mark.parametrize("path", processes())
def test_every_way_of_a_process_is_known_and_leads_to_a_node(path: str) -> None:
    process = documents()[path]
    assert step_edits.readable_process(process)
    for edge in step_edits.edges_of(process):
        assert resolve(process, edge.pointer) == edge.target
        assert edge.target in process["nodes"]


@pytest.mark.parametrize("path", processes())
def test_a_step_can_stand_on_any_way_and_goes_on_to_where_the_way_led(path: str) -> None:
    process = documents()[path]
    for edge in step_edits.edges_of(process):
        grown = step_edits.insert_step(process, pointer=edge.pointer, step=STEP)
        assert not isinstance(grown, Refused)
        read = msgspec.convert(grown, ProcessDefinition).nodes[STEP.id]
        assert isinstance(read, Task)
        assert [outcome.next for outcome in read.outcomes.values()] == [edge.target]
        assert resolve(grown, edge.pointer) == STEP.id
        names = list(grown["nodes"])
        assert names.index(STEP.id) == names.index(edge.source) + 1
        del grown["nodes"][STEP.id]
        assert targets(grown) - {STEP.id} <= targets(process)


@pytest.mark.parametrize(
    ("step", "reason"),
    [
        (msgspec.structs.replace(STEP, id="Second"), "node-id-form"),
        (msgspec.structs.replace(STEP, id="while"), "node-id-form"),
        (msgspec.structs.replace(STEP, id="start"), "node-taken"),
        (msgspec.structs.replace(STEP, title=" "), "title-missing"),
    ],
)
def test_a_step_that_cannot_be_named_so_is_refused(step: NewStep, reason: str) -> None:
    refused = step_edits.insert_step(documents()[processes()[0]], pointer="/nodes/start/next", step=step)
    assert isinstance(refused, Refused)
    assert refused.reason == reason


def test_a_way_that_is_gone_is_refused() -> None:
    refused = step_edits.insert_step(documents()[processes()[0]], pointer="/nodes/nowhere/next", step=STEP)
    assert isinstance(refused, Refused)
    assert refused.reason == "edge-unknown"


@pytest.mark.parametrize("document", [None, [], {"nodes": 1}, {"title": "x", "nodes": {"a": {"kind": "none"}}}])
def test_documents_of_another_shape_are_not_read(document: object) -> None:
    assert not step_edits.readable_process(document)
    assert not scope_edits.readable_items(document)


@given(st.booleans(), st.sets(st.sampled_from(sorted(items()["items"]))))
def test_a_scope_written_is_read_back_and_can_be_taken_back(everyone: bool, chosen: set[str]) -> None:
    wanted = FieldScope(everyone=everyone, items=frozenset() if everyone else frozenset(chosen))
    written = scope_edits.write_scope(items(), "applicant.new_field", wanted)
    assert scope_edits.scope_of(written, "applicant.new_field") == wanted
    assert scope_edits.readable_items(written)
    restored = scope_edits.write_scope(written, "applicant.new_field", FieldScope())
    assert document_bytes(restored) == document_bytes(items())


def test_writing_the_scope_a_field_has_changes_no_byte() -> None:
    for name in ("applicant.name", "applicant.photo"):
        before = scope_edits.scope_of(items(), name)
        assert document_bytes(scope_edits.write_scope(items(), name, before)) == document_bytes(items())

"""Documents are read as their structs say, and what is wrong with them is said at its place."""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import Any

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from jsonschema import Draft202012Validator
from mangling import mangle

from server.definitions.bundle import Bundle
from server.definitions.form import Categorization
from server.definitions.process import ProcessDefinition
from server.definitions.reading import read_struct
from server.definitions.service import place_of, service_ids
from server.documents.pointer import MISSING, parse_pointer, resolve
from server.exports.folder import read_trees
from server.exports.meta import meta_documents, schema_name
from server.rules.tables import DecisionTable

ROOT = Path(__file__).resolve().parents[2]
KINDS_OF_NODES = "start, end, task, call, decide, choice, fork, join, wait, notice, subprocess, each, notify"


@cache
def shipped() -> tuple[tuple[str, Any, Any], ...]:
    """Kind, struct and value of every shipped document with a struct."""
    documents = read_trees(ROOT).documents
    (service,) = service_ids(documents)
    places = ((place_of(path, service), value) for path, value in sorted(documents.items()))
    return tuple((place.kind, place.struct, value) for place, value in places if place is not None and place.struct is not None)


@cache
def validator(kind: str) -> Draft202012Validator:
    return Draft202012Validator(meta_documents()[schema_name(kind)])


@given(st.data())
@settings(max_examples=150)
def test_a_document_is_read_exactly_when_the_meta_schema_of_its_kind_accepts_it(data: st.DataObject) -> None:
    kind, struct, value = data.draw(st.sampled_from(shipped()))
    for _ in range(data.draw(st.integers(1, 3))):
        value = mangle(data, value)
    read, findings = read_struct(value, struct, "x.json")
    assert (read is None) == bool(findings)
    assert bool(findings) != validator(kind).is_valid(value)
    for finding in findings:
        assert finding.code != "malformed-document"
        assert resolve(value, finding.pointer) is not MISSING


@given(st.data())
def test_one_wrong_value_is_reported_at_its_own_place(data: st.DataObject) -> None:
    _, struct, value = data.draw(st.sampled_from([document for document in shipped() if texts_of(document[2])]))
    pointer = data.draw(st.sampled_from(texts_of(value)))
    *above, last = parse_pointer(pointer)
    holder = value = msgspec.json.decode(msgspec.json.encode(value))
    for segment in above:
        holder = holder[int(segment) if isinstance(holder, list) else segment]
    holder[int(last) if isinstance(holder, list) else last] = [[]]
    read, findings = read_struct(value, struct, "x.json")
    if read is None:
        assert [finding.pointer for finding in findings] == [pointer]


def texts_of(value: Any, pointer: str = "") -> list[str]:
    """Pointers of all texts."""
    if isinstance(value, str):
        return [pointer]
    members = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    return [found for key, member in members if "/" not in str(key) for found in texts_of(member, f"{pointer}/{key}")]


@pytest.mark.parametrize(
    ("struct", "document", "wanted"),
    [
        (Bundle, [], [("wrong-type", "", {"expected": "object", "found": "array"})]),
        (
            ProcessDefinition,
            {"title": 5, "nods": {}},
            [
                ("wrong-type", "/title", {"expected": "string", "found": "integer"}),
                ("unknown-member", "/nods", {"member": "nods", "suggestion": "nodes"}),
                ("missing-member", "", {"member": "nodes"}),
            ],
        ),
        (
            ProcessDefinition,
            {"title": "x", "nodes": {"a": {"kind": "strt"}, "b": {"next": "a"}, "c": {"kind": "start", "nxt": "a"}, "d": None}},
            [
                ("unknown-value", "/nodes/a/kind", {"value": "strt", "allowed": KINDS_OF_NODES}),
                ("missing-member", "/nodes/b", {"member": "kind"}),
                ("unknown-member", "/nodes/c/nxt", {"member": "nxt", "suggestion": "next"}),
                ("missing-member", "/nodes/c", {"member": "next"}),
                ("wrong-type", "/nodes/d", {"expected": "object", "found": "null"}),
            ],
        ),
        (
            DecisionTable,
            {"title": "x", "hit": "any", "inputs": {}, "outputs": {}, "rows": [{"id": "a", "then": {"b": []}, "reason": None}]},
            [
                ("unknown-value", "/hit", {"value": "any", "allowed": "collect, first, unique"}),
                ("wrong-type", "/rows/0/then/b", {"expected": "boolean, integer, string", "found": "array"}),
                ("wrong-type", "/rows/0/reason", {"expected": "string", "found": "null"}),
            ],
        ),
        (Categorization, {"id": "x", "elements": []}, [("missing-member", "", {"member": "type"})]),
    ],
)
def test_every_fault_of_a_document_is_named_at_once(struct: Any, document: Any, wanted: list[tuple[str, str, Any]]) -> None:
    _, findings = read_struct(document, struct, "x.json")
    found = [(finding.code, finding.pointer, finding.params) for finding in findings]
    assert sorted(found, key=repr) == sorted(wanted, key=repr)

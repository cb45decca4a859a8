"""BPMN files of other tools, and files that mean harm: whatever becomes of an element, the report says it."""

from __future__ import annotations

import re
from functools import cache
from typing import Any
from xml.etree import ElementTree

import msgspec
import pytest
from foreign_bpmn import ALL, CAMUNDA, DRAWN, FLOWABLE, LANES
from hypothesis import given, settings
from hypothesis import strategies as st

from server.definitions.process import ProcessDefinition
from server.definitions.service import LIBRARY
from server.exchange.bpmn.elements import FLOW_ELEMENTS
from server.exchange.bpmn.export import process_xml
from server.exchange.bpmn.reading import read_bpmn
from server.exchange.fidelity import Ledger, Note
from server.exchange.importers.sources import Sources
from server.exchange.importers.table import convert, convert_into
from server.exports.folder import read_trees, shipped_root
from server.exports.sources import format_of, read_sources
from server.messages.fidelity import NOTES, note_text
from tests.any_service import REGION


def read(xml: str) -> tuple[dict[str, Any], dict[str, str], tuple[Note, ...]]:
    ledger = Ledger()
    found = read_bpmn(xml.encode(), ledger)
    for document in found.processes.values():
        msgspec.convert(document, ProcessDefinition)
    return found.processes, found.offices, ledger.notes()


def codes(notes: tuple[Note, ...], construct: str) -> set[str]:
    return {note.code for note in notes if note.construct == construct}


def test_a_gateway_behind_a_task_becomes_its_outcomes() -> None:
    documents, _, notes = read(CAMUNDA)
    nodes = documents["leave_request"]["nodes"]
    outcomes = nodes["approve_leave"]["outcomes"]
    assert {code: (one["title"], one["next"]) for code, one in outcomes.items()} == {
        "yes": ("yes", "book_days"),
        "no": ("no", "tell_them"),
    }
    assert "gateway-as-outcomes" in codes(notes, "Approved?")
    assert "condition-as-outcome" in codes(notes, "yes")
    assert "engine-settings" in codes(notes, "bpmn:formKey, bpmn:candidateGroups")
    assert nodes["book_days"]["kind"] == "call"
    assert nodes["book_days"]["on"] == {"timeout": {"next": "tell_them", "title": "No reply", "after": {"hours": 48}}}
    assert "event-of-this-kind" in codes(notes, "Undo")
    assert nodes["check"]["table"] == "leave_rules"
    assert "no-counterpart" in codes(notes, "Ask the works council")


def test_conditions_are_kept_as_text_with_a_note() -> None:
    documents, _, notes = read(CAMUNDA)
    choice = documents["leave_request"]["nodes"]["days"]
    (branch,) = choice["branches"].values()
    assert (branch["when"], choice["otherwise"]) == ("days > 10", "booked")
    assert "condition-kept-as-text" in codes(notes, "${days > 10}")


def test_branches_side_by_side_know_what_gathers_them() -> None:
    documents, _, notes = read(FLOWABLE)
    nodes = next(iter(documents.values()))["nodes"]
    assert {one["next"] for one in nodes["split"]["branches"].values()} == {"one", "two"}
    assert nodes["split"]["join"] == "gather"
    assert (nodes["each"]["kind"], nodes["each"]["over"], nodes["each"]["process"]) == ("each", "receivers", "tell")
    assert list(documents) == ["review", "tell"]
    assert "loop-dropped" in codes(notes, "财务审核")
    assert "script-as-call" in codes(notes, "script")


def test_events_links_and_subprocesses_find_their_counterparts() -> None:
    documents, _, notes = read(DRAWN)
    main = documents["process_1"]
    nodes = main["nodes"]
    wait = nodes["wait_for_money"]
    assert (wait["kind"], wait["message"], wait["next"]) == ("wait", "Payment", "pack_goods")
    assert wait["on"]["timeout"] == {"next": "cancelled", "after": {"days": 14}}
    assert nodes["pack_goods"]["kind"] == "subprocess"
    assert documents[nodes["pack_goods"]["process"]]["nodes"]["wrap"]["kind"] == "task"
    assert nodes["pack_goods"]["on"]["error"]["next"] == "cancelled"
    assert nodes["pack_goods"]["on"]["message"]["Alarm"]["interrupting"] is False
    assert main["on"]["Payment"]["next"] == "gone"
    assert {one["next"] for one in nodes["ship_ways"]["branches"].values()} == {"shipped", "billed"}
    assert nodes["fetch_the_hose"]["outcomes"] == {} or "end-added" in codes(notes, "Fetch the hose")
    for construct, code in {
        "milestone": "event-without-effect",
        "Daily report": "event-subprocess",
        "Order": "no-counterpart",
        "Start": "start-trigger",
        "Pack goods": "inner-process",
        "Ship": "ways-as-fork",
    }.items():
        assert code in codes(notes, construct), construct


def test_lanes_suggest_who_does_a_task() -> None:
    documents, offices, notes = read(LANES)
    (document,) = documents.values()
    tasks = {node["title"]: node for node in document["nodes"].values() if node["kind"] == "task"}
    actors = {title: (offices[task["actor"]["agency"]], task["actor"]["level"]) for title, task in tasks.items()}
    assert actors == {"窗口受理": ("乡镇窗口", "township"), "县级审批": ("县民政局", "county")}
    assert [one["title"] for one in tasks["县级审批"]["outcomes"].values()] == ["同意", "不同意"]
    assert "lane-as-office" in codes(notes, "县民政局")
    assert "no-counterpart" in codes(notes, "申请")
    assert "arrow-without-end" in codes(notes, "sid-26")


@pytest.mark.parametrize("name", sorted(ALL))
def test_every_element_of_a_file_is_spoken_for(name: str) -> None:
    _, _, notes = read(ALL[name])
    places = " ".join(note.place for note in notes)
    for element in ElementTree.fromstring(ALL[name]).iter():
        if element.tag.rpartition("}")[2] in FLOW_ELEMENTS:
            assert f"[{element.get('id')}]" in places, element.attrib
    assert {note.code for note in notes} <= NOTES.keys()
    for note in notes:
        for language in ("zh", "en"):
            assert "{" not in note_text(note.code, dict.fromkeys(note.params, "?"), language), note
    assert "not-understood" not in {note.code for note in notes}


@cache
def library() -> dict[str, Any]:
    found = {path: value for path, value in read_trees(shipped_root()).documents.items() if path.startswith(LIBRARY)}
    return found | {f"{LIBRARY}/regions/{REGION}.json": {"title": "区划", "regions": {REGION: "市"}}}


@pytest.mark.parametrize("name", sorted(ALL))
def test_a_file_becomes_a_service_with_findings_instead_of_gaps(name: str) -> None:
    sources = read_sources({"any.bpmn": ALL[name].encode()})
    assert isinstance(sources, Sources)
    assert format_of(sources) == "bpmn"
    made = convert(sources, "bpmn", service_id="some/where", region=REGION, library=library())
    assert any(path.endswith(".process.json") for path in made.documents)
    assert all(finding.code not in ("crash", "not-a-document") for finding in made.findings)


def test_the_only_gaps_of_a_file_with_lanes_are_those_of_its_drawing() -> None:
    sources = Sources(markup=(LANES.encode(),))
    made = convert(sources, "bpmn", service_id="some/where", region=REGION, library=library())
    assert [finding for finding in made.findings if finding.severity == "error" and "/nodes/" in finding.pointer] == []


def test_a_file_of_ours_that_comes_back_unchanged_changes_nothing() -> None:
    documents = read_trees(shipped_root()).documents
    path = next(one for one in sorted(documents) if one.endswith(".process.json") and "/overlays/" not in one)
    service = "/".join(path.split("/")[1:3])
    name = path.rpartition("/")[2].removesuffix(".process.json")
    definition = msgspec.convert(documents[path], ProcessDefinition)
    xml = process_xml(definition, process_id=name, ledger=Ledger())
    region = str(documents[f"form_schemas/{service}/bundle.json"]["region"])
    same = convert_into(Sources(markup=(xml.encode(),)), "bpmn", documents=documents, service_id=service, region=region)
    assert same.documents == {}
    changed = xml.replace(f'name="{definition.title}"', 'name="X"', 1)
    new = convert_into(Sources(markup=(changed.encode(),)), "bpmn", documents=documents, service_id=service, region=region)
    assert list(new.documents) == [path]


def refusal(content: bytes) -> set[str]:
    ledger = Ledger()
    assert read_bpmn(content, ledger).processes == {}
    return {note.code for note in ledger.notes()}


LAUGHS = "".join(f'<!ENTITY l{n} "{f"&l{n - 1};" * 10}">' for n in range(1, 12))


@pytest.mark.parametrize(
    ("content", "code"),
    [
        (f'<?xml version="1.0"?><!DOCTYPE d [<!ENTITY l0 "ha">{LAUGHS}]><definitions>&l11;</definitions>', "document-type"),
        ('<!DOCTYPE d [<!ENTITY x SYSTEM "file:///etc/passwd">]><definitions>&x;</definitions>', "document-type"),
        ('<!DOCTYPE d SYSTEM "http://example.org/d.dtd"><definitions/>', "document-type"),
        ('<!DOCTYPE d [<!ENTITY % p SYSTEM "http://example.org/p">%p;]><definitions/>', "document-type"),
        ("<definitions>" + "<a>" * 5_000, "too-deep"),
        ("<definitions>" + "<a/>" * 100_000 + "</definitions>", "too-large"),
        ("<definitions>" + "x" * 10_000_000 + "</definitions>", "too-large"),
        ("<definitions " + " ".join(f'a{n}="1"' for n in range(5_000)) + "/>", "too-large"),
        ("<definitions>&undefined;</definitions>", "not-xml"),
        ("<definitions", "not-xml"),
        ('<?xml version="1.0" encoding="klingon"?><definitions/>', "not-xml"),
        ("<html/>", "not-bpmn"),
        ("", "not-xml"),
        (
            "<definitions><process id='p'>" + "".join(f"<task id='t{n}'/>" for n in range(3_000)) + "</process></definitions>",
            "too-many-elements",
        ),
    ],
    ids=lambda value: value if len(value) < 20 else "file",
)
def test_a_file_that_means_harm_is_refused_with_a_reason(content: str, code: str) -> None:
    assert code in refusal(content.encode())


@settings(max_examples=60)
@given(st.data())
def test_a_damaged_file_is_read_as_far_as_it_makes_sense(data: st.DataObject) -> None:
    xml = ALL[data.draw(st.sampled_from(sorted(ALL)))]
    lines = xml.split("\n")
    kept = [
        line
        for line in lines
        if "<?xml" not in line and (data.draw(st.integers(0, 5)) or "efinitions" in line or "process" in line)
    ]
    text = "\n".join(kept)
    if data.draw(st.booleans()):
        ids = re.findall(r'Ref="([^"]+)"', text)
        one, other = data.draw(st.sampled_from(ids)), data.draw(st.sampled_from(ids))
        text = text.replace(f'Ref="{one}"', f'Ref="{other}"')
    read(text)

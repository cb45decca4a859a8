"""Where shapes and lines of flow charts stand: nothing on anything else, always the same, from left to right."""

from __future__ import annotations

import re
from itertools import combinations, pairwise
from typing import Any
from xml.etree import ElementTree

import pytest
from hypothesis import HealthCheck, given, settings
from processes import definition_of, definitions, written

from server.definitions.process import ProcessDefinition
from server.exchange.bpmn import layout as layouts
from server.exchange.bpmn.chart import Chart, chart_of
from server.exchange.bpmn.drawing import drawing_of
from server.exchange.bpmn.export import process_xml
from server.exchange.bpmn.places import Box, Layout
from server.exchange.fidelity import Ledger

FEW = settings(max_examples=20, suppress_health_check=[HealthCheck.too_slow, HealthCheck.filter_too_much])


def layout_of(chart: Chart) -> Layout:
    layout = layouts.layout_of(chart)
    assert layout is not None
    return layout


def overlap(one: Box, other: Box) -> bool:
    return (
        one.x < other.x + other.width
        and other.x < one.x + one.width
        and one.y < other.y + other.height
        and other.y < one.y + one.height
    )


def crosses(start: tuple[int, int], end: tuple[int, int], box: Box) -> bool:
    """Whether a line runs through the inside of a box."""
    left, right = sorted((start[0], end[0]))
    top, bottom = sorted((start[1], end[1]))
    return left < box.x + box.width and right > box.x and top < box.y + box.height and bottom > box.y


def assert_tidy(layout: Layout) -> None:
    placed = list(layout.shapes.values())
    for one, other in combinations(placed, 2):
        beside = {one.shape.part, other.shape.part} == {"boundary", "node"} and one.shape.node == other.shape.node
        assert beside or not overlap(one.box, other.box), (one, other)
    titles = [(found.shape.id, found.title_box) for found in placed if found.title and found.title_box != found.box]
    titles += [(routed.flow.id, routed.title_box) for routed in layout.flows if routed.title_box is not None]
    for (_, one_box), (_, other_box) in combinations(titles, 2):
        assert not overlap(one_box, other_box)
    for routed in layout.flows:
        first, last = layout.shapes[routed.flow.source], layout.shapes[routed.flow.target]
        assert routed.points[0][1] <= first.box.y + first.box.height
        assert routed.points[-1] == (last.box.x, last.box.y + last.box.height // 2)
        for start, end in pairwise(routed.points):
            assert start[0] == end[0] or start[1] == end[1], routed
            assert not any(crosses(start, end, found.box) for found in placed if found.shape.part != "boundary"), routed
    for found in placed:
        assert found.box.x >= 0 and found.box.x + found.box.width <= layout.width
        assert found.box.y >= 0 and found.box.y + found.box.height <= layout.height


@pytest.mark.parametrize("name", sorted(written()))
def test_no_shape_lies_on_another_and_no_line_crosses_one(name: str) -> None:
    assert_tidy(layout_of(chart_of(written()[name])))


@FEW
@given(definitions())
def test_no_shape_of_a_random_process_lies_on_another(definition: ProcessDefinition) -> None:
    layout = layout_of(chart_of(definition))
    assert_tidy(layout)
    assert layout == layout_of(chart_of(definition))


@pytest.mark.parametrize("name", sorted(written()))
def test_only_ways_that_close_a_circle_lead_back(name: str) -> None:
    definition = written()[name]
    chart = chart_of(definition)
    layout = layout_of(chart)
    back = {flow.flow.id for flow in layout.flows if flow.points[-1][0] < flow.points[0][0]}
    ahead: dict[str, list[str]] = {}
    for flow in chart.flows:
        if flow.id not in back:
            ahead.setdefault(chart.shapes[flow.source].node or flow.source, []).append(chart.shapes[flow.target].node)
    for flow in chart.flows:
        if flow.id in back:
            assert chart.shapes[flow.source].node in reached(ahead, chart.shapes[flow.target].node)


def reached(ways: dict[str, list[str]], start: str) -> set[str]:
    seen, pending = set(), [start]
    while pending:
        name = pending.pop()
        if name not in seen:
            seen.add(name)
            pending += ways.get(name, [])
    return seen


def svg_of(definition: ProcessDefinition, **standing: Any) -> ElementTree.Element:
    return ElementTree.fromstring(drawing_of(definition, name="one", **standing))


def test_a_drawing_tells_readers_of_screens_where_the_case_stands() -> None:
    definition = written()["birth_certificate"]
    names = list(definition.nodes)
    svg = svg_of(definition, current=names[3:4], visited=names[:3])
    assert svg.get("role") == "img"
    title, described = svg.find("title"), svg.find("desc")
    assert title is not None and title.text == definition.title
    assert described is not None and definition.nodes[names[3]].title in str(described.text)
    assert svg.get("aria-labelledby") == f"{title.get('id')} {described.get('id')}"
    marked = [group for group in svg.iter("g") if "chart-current" in group.get("class", "").split()]
    (current,) = marked
    assert "正在办理" in "".join(current.itertext())
    assert any(part.get("class") == "chart-halo" for part in current)
    assert sum("chart-visited" in group.get("class", "").split() for group in svg.iter("g")) == 3


@FEW
@given(definitions())
def test_a_drawing_has_nothing_that_the_content_policy_forbids(definition: ProcessDefinition) -> None:
    text = drawing_of(definition, name="one", current=list(definition.nodes)[:2])
    ElementTree.fromstring(text)
    assert not re.search(r"\sstyle=|<style|<script|\son[a-z]+=|href", text)


def test_titles_are_texts_and_never_markup() -> None:
    evil = "</text><script>alert(1)</script>&\"'"
    end = {"kind": "end", "code": "over", "title": evil}
    definition = definition_of(start={"kind": "start", "title": evil, "next": "end"}, end=end)
    svg = svg_of(definition, current=["end"])
    assert not [element for element in svg.iter() if element.tag.endswith("script")]
    assert evil in "".join(svg.itertext())


def test_ways_to_nowhere_are_left_out_of_a_draft() -> None:
    definition = definition_of(start={"kind": "start", "next": "gone"}, end={"kind": "end", "code": "over"})
    assert chart_of(definition).flows == ()
    assert_tidy(layout_of(chart_of(definition)))


def test_a_process_in_which_nobody_could_find_a_way_is_not_drawn() -> None:
    number = 150
    outcomes = {f"to{step}": {"title": "去", "next": f"t{step}"} for step in range(0, number, 7)}
    task = {"kind": "task", "actor": {"agency": "a", "level": "county"}, "outcomes": outcomes}
    ways = {
        f"t{step}": {**task, "outcomes": {**outcomes, "on": {"title": "去", "next": f"t{(step + 1) % number}"}}}
        for step in range(number)
    }
    definition = definition_of(start={"kind": "start", "next": "t0"}, **ways)
    assert drawing_of(definition, name="one") == ""
    ledger = Ledger()
    assert "BPMNDiagram" not in process_xml(definition, process_id="large", ledger=ledger)
    assert "not-drawn" in {note.code for note in ledger.notes()}

"""Diagram interchange (BPMNDI): the layout of a chart as other editors draw it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from xml.etree import ElementTree as Xml

from server.exchange.bpmn.places import EVENT, Box, Layout, Placed, Point, Routed, is_task

_DI = "http://www.omg.org/spec/BPMN/20100524/DI"
_DC = "http://www.omg.org/spec/DD/20100524/DC"
_LINES = "http://www.omg.org/spec/DD/20100524/DI"


def add_diagram(root: Xml.Element, layout: Layout, *, ids: Mapping[str, str], process: str) -> None:
    """Ensures that a document says where the shapes of its process stand; `ids` are those of the elements."""
    for prefix, uri in {"bpmndi": _DI, "dc": _DC, "di": _LINES}.items():
        Xml.register_namespace(prefix, uri)
    plane = _plane(root, process)
    for placed in layout.shapes.values():
        _shape(plane, placed, ids[placed.shape.id])
    for routed in layout.flows:
        _edge(plane, routed, ids[routed.flow.id])
    for placed in layout.shapes.values():
        if placed.shape.tag == "subProcess":
            _period(_plane(root, ids[placed.shape.id]), placed.shape.id, ids)


def _plane(root: Xml.Element, element: str) -> Xml.Element:
    diagram = Xml.SubElement(root, f"{{{_DI}}}BPMNDiagram", {"id": f"diagram_{element}"})
    return Xml.SubElement(diagram, f"{{{_DI}}}BPMNPlane", {"id": f"plane_{element}", "bpmnElement": element})


def _shape(plane: Xml.Element, placed: Placed, xml_id: str) -> None:
    element = Xml.SubElement(plane, f"{{{_DI}}}BPMNShape", {"id": f"{xml_id}_di", "bpmnElement": xml_id})
    if placed.shape.tag == "exclusiveGateway":
        element.set("isMarkerVisible", "true")
    if placed.shape.tag == "subProcess":
        element.set("isExpanded", "false")
    _bounds(element, placed.box)
    if placed.title and not is_task(placed.shape):
        _bounds(Xml.SubElement(element, f"{{{_DI}}}BPMNLabel"), placed.title_box)


def _edge(plane: Xml.Element, routed: Routed, xml_id: str) -> None:
    element = _line(plane, xml_id, routed.points)
    if routed.title_box is not None:
        _bounds(Xml.SubElement(element, f"{{{_DI}}}BPMNLabel"), routed.title_box)


def _line(plane: Xml.Element, xml_id: str, points: Sequence[Point]) -> Xml.Element:
    element = Xml.SubElement(plane, f"{{{_DI}}}BPMNEdge", {"id": f"{xml_id}_di", "bpmnElement": xml_id})
    for x, y in points:
        Xml.SubElement(element, f"{{{_LINES}}}waypoint", {"x": str(x), "y": str(y)})
    return element


def _bounds(element: Xml.Element, box: Box) -> None:
    values = {"x": box.x, "y": box.y, "width": box.width, "height": box.height}
    Xml.SubElement(element, f"{{{_DC}}}Bounds", {name: str(value) for name, value in values.items()})


def _period(plane: Xml.Element, shape_id: str, ids: Mapping[str, str]) -> None:
    """The inside of a sub-process that lets a period pass: three events in a row."""
    for number, word in enumerate(("begin", "period", "over")):
        xml_id = ids[f"{shape_id}_{word}"]
        element = Xml.SubElement(plane, f"{{{_DI}}}BPMNShape", {"id": f"{xml_id}_di", "bpmnElement": xml_id})
        _bounds(element, Box(x=3 * EVENT * number + EVENT, y=EVENT, width=EVENT, height=EVENT))
    for number, word in enumerate(("waits", "ends")):
        x, y = 3 * EVENT * number + 2 * EVENT, EVENT + EVENT // 2
        _line(plane, ids[f"{shape_id}_{word}"], ((x, y), (x + 2 * EVENT, y)))

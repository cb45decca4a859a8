"""A process as BPMN 2.0 with diagram interchange; what BPMN does not say travels in extension elements.

What is changed in another editor — titles, ways, conditions, times, events — is what counts when the file comes back; the
settings beside the elements only add what BPMN has no word for.
"""

from __future__ import annotations

import re
from typing import Any
from xml.etree import ElementTree as Xml

from server.definitions import process
from server.exchange.bpmn.chart import Chart, Flow, Shape, chart_of
from server.exchange.bpmn.durations import iso_of
from server.exchange.bpmn.interchange import add_diagram
from server.exchange.bpmn.layout import layout_of
from server.exchange.bpmn.settings import OWN, bare, keep, settings_text, xml_text
from server.exchange.fidelity import Ledger

BPMN = "http://www.omg.org/spec/BPMN/20100524/MODEL"
_XSI = "http://www.w3.org/2001/XMLSchema-instance"
#: Name of our expression language.
CEL = "urn:cel"
_XML_ID = re.compile(r"[A-Za-z_][A-Za-z0-9_.-]*")
#: Members of nodes that elements and flows say themselves.
_SAID = frozenset(("title", "next", "outcomes", "branches", "otherwise", "on", "objection", "period", "message", "process"))


def process_xml(definition: process.ProcessDefinition, *, process_id: str, ledger: Ledger, place: str = "") -> str:
    """The process as a BPMN document."""
    return _Writer(definition, process_id, ledger, place).document()


class _Writer:
    """A document on its way."""

    def __init__(self, definition: process.ProcessDefinition, process_id: str, ledger: Ledger, place: str) -> None:
        self._definition, self._process_id, self._ledger, self._place = definition, process_id, ledger, place
        self._chart: Chart = chart_of(definition)
        self._ids: dict[str, str] = {}
        self._messages: dict[str, str] = {}
        self._root = Xml.Element(_bpmn("definitions"))

    def document(self) -> str:
        for prefix, uri in {"": BPMN, "xsi": _XSI, "onething": OWN}.items():
            Xml.register_namespace(prefix, uri)
        process_xml_id = self._id(f"process_{self._process_id}")
        self._root.attrib |= {
            "id": self._id(f"definitions_{self._process_id}"),
            "targetNamespace": OWN,
            "expressionLanguage": CEL,
        }
        for shape in self._chart.shapes.values():
            self._id(shape.id)
        own = Xml.Element(
            _bpmn("process"), {"id": process_xml_id, "name": xml_text(self._definition.title), "isExecutable": "true"}
        )
        self._settings(own, self._process_settings())
        ways: dict[str, list[Flow]] = {}
        for flow in self._chart.flows:
            ways.setdefault(flow.source, []).append(flow)
        for shape in self._chart.shapes.values():
            self._shape(own, shape, ways.get(shape.id, []))
        for flow in self._chart.flows:
            self._flow(own, flow)
        if any(shape.trigger == "error" for shape in self._chart.shapes.values()):
            Xml.SubElement(self._root, _bpmn("error"), {"id": self._id("error"), "name": "error", "errorCode": "error"})
        for name, xml_id in self._messages.items():
            Xml.SubElement(self._root, _bpmn("message"), {"id": xml_id, "name": xml_text(name)})
        self._root.append(own)
        layout = layout_of(self._chart)
        if layout is not None:
            add_diagram(self._root, layout, ids=self._ids, process=process_xml_id)
        else:
            self._ledger.drop(f"{self._place}/diagram", "not-drawn", self._definition.title)
        Xml.indent(self._root)
        return '<?xml version="1.0" encoding="UTF-8"?>\n' + Xml.tostring(self._root, encoding="unicode") + "\n"

    def _process_settings(self) -> dict[str, Any]:
        settings = {"id": self._process_id} | bare(self._definition, without=("title", "nodes", "on"))
        keep(settings, "title", self._definition.title)
        self._ledger.carry(f"{self._place}/title")
        for member in ("source", "facts"):
            if getattr(self._definition, member):
                self._ledger.approximate(f"{self._place}/{member}", "own-extension")
        return settings

    def _shape(self, own: Xml.Element, shape: Shape, ways: list[Flow]) -> None:
        element = Xml.SubElement(own, _bpmn(shape.tag), {"id": self._ids[shape.id]})
        if shape.title is not None:
            element.set("name", xml_text(shape.title))
        node = self._definition.nodes.get(shape.node)
        settings = self._part_settings(shape) if node is None or shape.part != "node" else self._node_settings(shape, node)
        keep(settings, "title", shape.title)
        self._settings(element, settings)
        if shape.part == "boundary":
            element.set("attachedToRef", self._ids[shape.node])
            element.set("cancelActivity", str(shape.interrupting).lower())
        default = next((flow for flow in ways if flow.place == ("otherwise",)), None)
        if default is not None:
            element.set("default", self._id(default.id))
        for tag, flows in (("incoming", [one for one in self._chart.flows if one.target == shape.id]), ("outgoing", ways)):
            for flow in flows:
                Xml.SubElement(element, _bpmn(tag)).text = self._id(flow.id)
        self._inside(element, shape, node)

    def _part_settings(self, shape: Shape) -> dict[str, Any]:
        """Settings of what no node stands for alone."""
        settings: dict[str, Any] = {"part": shape.part, "of": shape.node, "place": list(shape.place)}
        boundary = self._boundary(shape)
        if boundary is not None:
            settings |= bare(boundary, without=("next", "title", "interrupting"))
            if shape.part == "on" and not boundary.interrupting:
                settings["interrupting"] = False
            place = "/".join((self._place, *(("nodes", shape.node) if shape.node else ()), *shape.place))
            if shape.part == "on":
                self._ledger.approximate(place, "on-as-start", shape.place[-1])
            elif boundary.after is not None and boundary.after.workdays is not None:
                self._ledger.approximate(place, "workdays-as-days", shape.title or "")
            else:
                self._ledger.carry(place, shape.title or "")
        return settings

    def _boundary(self, shape: Shape) -> process.Boundary | None:
        match shape.part, shape.place:
            case "on", (_, name):
                return self._definition.on[name]
            case "boundary", ("on", kind, *rest):
                on = getattr(self._definition.nodes[shape.node], "on", process.On())
                found = on.message[rest[0]] if rest else getattr(on, kind)
                return found if isinstance(found, process.Boundary) else None
        return None

    def _node_settings(self, shape: Shape, node: process.AnyNode) -> dict[str, Any]:
        said = _SAID - {"next"} if isinstance(node, process.Wait) and shape.trigger == "timer" else _SAID
        kind = node.__struct_config__.tag
        settings: dict[str, Any] = {"kind": kind, "node": shape.node} | bare(node, without=said)
        place = f"{self._place}/nodes/{shape.node}"
        if isinstance(node, process.PublicNotice):
            settings["period"] = bare(node.period)
        if isinstance(node, process.Wait):
            keep(settings, "message", node.message)
        if shape.trigger == "timer" and isinstance(node, process.Wait) and node.on.timeout is not None:
            settings["timeout"] = bare(node.on.timeout, without=("next",))
        if isinstance(node, process.PublicNotice):
            self._ledger.approximate(place, "notice-as-timer", node.title or shape.node)
        elif isinstance(node, process.Each):
            self._ledger.approximate(place, "each-as-loop", node.title or shape.node)
        elif settings.keys() - {"kind", "node"}:
            self._ledger.approximate(place, "own-extension", node.title or shape.node)
        else:
            self._ledger.carry(place, node.title or shape.node)
        return settings

    def _inside(self, element: Xml.Element, shape: Shape, node: process.AnyNode | None) -> None:
        """What an element of this kind holds."""
        match node:
            case process.Subprocess() | process.Each() if shape.part == "node":
                if node.process is not None:
                    element.set("calledElement", xml_text(node.process))
                if isinstance(node, process.Each):
                    loop = Xml.SubElement(element, _bpmn("multiInstanceLoopCharacteristics"), {"isSequential": "false"})
                    self._expression(loop, "loopCardinality", f"size({node.over})")
            case process.PublicNotice(period=period) if shape.tag == "subProcess":
                self._period(element, shape, iso_of(period))
            case process.PublicNotice(period=period) if shape.part == "node":
                self._timer(element, shape, iso_of(period))
            case process.Wait() if shape.part == "node" and shape.trigger == "timer":
                self._timer(element, shape, iso_of(node.on.timeout.after if node.on.timeout is not None else None))
            case process.Wait(message=str(message)) if shape.part == "node" and shape.trigger == "message":
                self._message(element, message)
            case process.Wait(message=str(message)) if shape.part == "node":
                element.set("messageRef", self._message_id(message))
            case _ if shape.trigger == "timer":
                boundary = self._boundary(shape)
                self._timer(element, shape, iso_of(boundary.after if boundary is not None else None))
            case _ if shape.trigger == "error":
                Xml.SubElement(element, _bpmn("errorEventDefinition"), {"errorRef": self._id("error")})
            case _ if shape.trigger == "message":
                self._message(element, shape.place[-1])

    def _period(self, element: Xml.Element, shape: Shape, iso: str) -> None:
        """A period inside a sub-process, so that events can stand beside it."""
        names = [self._id(f"{shape.id}_{word}") for word in ("begin", "period", "over")]
        flows = [self._id(f"{shape.id}_{word}") for word in ("waits", "ends")]
        Xml.SubElement(Xml.SubElement(element, _bpmn("startEvent"), {"id": names[0]}), _bpmn("outgoing")).text = flows[0]
        timer = Xml.SubElement(element, _bpmn("intermediateCatchEvent"), {"id": names[1]})
        Xml.SubElement(timer, _bpmn("incoming")).text = flows[0]
        Xml.SubElement(timer, _bpmn("outgoing")).text = flows[1]
        self._timer(timer, shape, iso)
        Xml.SubElement(Xml.SubElement(element, _bpmn("endEvent"), {"id": names[2]}), _bpmn("incoming")).text = flows[1]
        for flow, source, target in zip(flows, names, names[1:], strict=False):
            Xml.SubElement(element, _bpmn("sequenceFlow"), {"id": flow, "sourceRef": source, "targetRef": target})

    def _timer(self, element: Xml.Element, shape: Shape, iso: str) -> None:
        event = Xml.SubElement(element, _bpmn("timerEventDefinition"), {"id": self._id(f"{shape.id}_timer")})
        self._expression(event, "timeDuration", iso)

    def _message(self, element: Xml.Element, name: str) -> None:
        Xml.SubElement(element, _bpmn("messageEventDefinition"), {"messageRef": self._message_id(name)})

    def _message_id(self, name: str) -> str:
        return self._messages.setdefault(name, self._id(f"message_{name}"))

    def _flow(self, own: Xml.Element, flow: Flow) -> None:
        ends = {"sourceRef": self._ids[flow.source], "targetRef": self._ids[flow.target]}
        element = Xml.SubElement(own, _bpmn("sequenceFlow"), {"id": self._id(flow.id)} | ends)
        if flow.title is not None:
            element.set("name", xml_text(flow.title))
        condition, settings = self._condition(flow)
        keep(settings, "title", flow.title)
        self._settings(element, settings)
        if condition is not None:
            self._expression(element, "conditionExpression", condition)

    def _condition(self, flow: Flow) -> tuple[str | None, dict[str, Any]]:
        shape = self._chart.shapes[flow.source]
        node = self._definition.nodes.get(shape.node)
        place = "/".join((self._place, "nodes", shape.node, *flow.place[:-1]))
        match node, flow.place:
            case process.Task(outcomes=outcomes), ("outcomes", code, _):
                settings = {"code": code} | bare(outcomes[code], without=("title", "next"))
                if outcomes[code].when is None:
                    self._ledger.carry(place, outcomes[code].title)
                else:
                    self._ledger.approximate(place, "own-extension", outcomes[code].title)
                return (f"{shape.node}.outcome == '{code}'" if shape.part == "outcomes" else None), settings
            case ((process.Choice(branches=branches) | process.Fork(branches=branches)), ("branches", code, _)):
                branch = branches[code]
                settings = {"code": code} | bare(branch, without=("title", "next", "when"))
                self._ledger.carry(place, branch.title or code)
                if branch.when is None and shape.tag == "inclusiveGateway":
                    return "true", settings | {"always": True}
                keep(settings, "when", branch.when)
                return branch.when, settings
        return None, {}

    def _expression(self, parent: Xml.Element, tag: str, text: str) -> None:
        element = Xml.SubElement(parent, _bpmn(tag), {f"{{{_XSI}}}type": "tFormalExpression"})
        element.text = xml_text(text)

    def _settings(self, element: Xml.Element, settings: dict[str, Any]) -> None:
        if settings:
            extension = Xml.SubElement(element, _bpmn("extensionElements"))
            Xml.SubElement(extension, f"{{{OWN}}}settings").text = settings_text(settings)

    def _id(self, name: str) -> str:
        """An id of its own that XML accepts."""
        if name not in self._ids:
            wanted = name if _XML_ID.fullmatch(name) else "_" + re.sub(r"[^A-Za-z0-9_.-]", "_", name)
            found, number = wanted, 1
            while found in self._ids.values():
                number += 1
                found = f"{wanted}_{number}"
            self._ids[name] = found
        return self._ids[name]


def _bpmn(tag: str) -> str:
    return f"{{{BPMN}}}{tag}"

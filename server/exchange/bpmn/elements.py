"""What stands in a BPMN file, whoever wrote it: elements, arrows and lanes, each once, and a note for all that is not read."""

from __future__ import annotations

from typing import Any
from xml.etree import ElementTree as Xml

import msgspec

from server.exchange.bpmn.markup import local, namespace, text_of
from server.exchange.bpmn.settings import OWN, settings_of
from server.exchange.fidelity import Ledger

_MODEL = "http://www.omg.org/spec/BPMN/20100524/MODEL"
#: Elements that stand at a place in the flow.
FLOW_ELEMENTS = frozenset(
    (
        *("startEvent", "endEvent", "intermediateCatchEvent", "intermediateThrowEvent", "boundaryEvent"),
        *("task", "userTask", "manualTask", "serviceTask", "scriptTask", "sendTask", "receiveTask", "businessRuleTask"),
        *("exclusiveGateway", "parallelGateway", "inclusiveGateway", "eventBasedGateway", "complexGateway"),
        *("callActivity", "subProcess", "transaction", "adHocSubProcess"),
    )
)
_SUBPROCESSES = frozenset(("subProcess", "transaction", "adHocSubProcess"))
#: Parts of flow elements that are read elsewhere, or say nothing.
_READ = frozenset(("incoming", "outgoing", "extensionElements", "conditionExpression", "laneSet", "sequenceFlow", "script"))
_LOOPS = {"multiInstanceLoopCharacteristics": "several", "standardLoopCharacteristics": "again"}


class Element(msgspec.Struct, kw_only=True):
    """One element of the flow."""

    id: str
    tag: str
    #: Where it stands in the file.
    place: str
    name: str | None = None
    #: Attributes by their local names.
    attributes: dict[str, str] = {}
    #: What travels with elements that we wrote.
    settings: dict[str, Any] = {}
    #: Kind of its event definition, without those words; empty for none.
    trigger: str = ""
    #: Length of time, or name of the message, link or error.
    detail: str = ""
    host: str = ""
    interrupting: bool = True
    default: str = ""
    #: `several` at once, `again` in a loop.
    loop: str = ""
    over: str = ""
    #: What a sub-process holds.
    inner: Diagram | None = None

    @property
    def kind(self) -> str:
        """The kind of node it was when we wrote it; empty for elements of others."""
        return str(self.settings.get("kind", ""))

    @property
    def words(self) -> str:
        """How a report calls it."""
        return self.name or self.id or self.tag


class Arrow(msgspec.Struct, kw_only=True):
    """One sequence flow."""

    id: str
    source: str
    target: str
    place: str
    name: str | None = None
    condition: str | None = None
    settings: dict[str, Any] = {}


class Diagram(msgspec.Struct, kw_only=True):
    """One process, or the inside of a sub-process."""

    id: str
    name: str
    place: str
    elements: dict[str, Element] = {}
    arrows: list[Arrow] = []
    settings: dict[str, Any] = {}
    #: Element to the name of the lane or pool it stands in.
    lanes: dict[str, str] = {}

    def add_start(self, first: Element) -> None:
        """Ensures that there is a start in front of an element."""
        name = "start"
        while name in self.elements:
            name += "_"
        self.elements = {name: Element(id=name, tag="startEvent", place=f"{self.place}/start"), **self.elements}
        self.arrows.append(Arrow(id=f"{name}_flow", source=name, target=first.id, place=f"{self.place}/start/flow"))


def diagrams_of(root: Xml.Element, ledger: Ledger) -> list[Diagram]:
    """Every process of a file that holds something."""
    return _Collector(root, ledger).diagrams()


class _Collector:
    """Reads one file."""

    def __init__(self, root: Xml.Element, ledger: Ledger) -> None:
        self._root, self._ledger = root, ledger
        #: Messages, signals, errors and escalations: id to name.
        self._names: dict[str, str] = {}
        for one in root:
            self._names[one.get("id", "")] = one.get("name", "") or one.get("id", "")
        self._pools = {one.get("processRef", ""): one.get("name", "") for one in root.iter() if local(one) == "participant"}
        self._ids = 0

    def diagrams(self) -> list[Diagram]:
        found = []
        for element in self._root:
            tag = local(element)
            place = f"/{tag}[{element.get('id', '')}]"
            if tag == "process":
                diagram = self._diagram(element, place)
                if diagram.elements:
                    found.append(diagram)
                else:
                    self._ledger.drop(place, "process-empty", element.get("name") or tag)
            elif tag == "collaboration":
                self._collaboration(element, place)
            elif tag == "BPMNDiagram":
                self._ledger.approximate(place, "drawn-anew", tag)
            elif tag not in ("message", "signal", "error", "escalation", "extensionElements"):
                self._ledger.drop(place, "no-counterpart", element.get("name") or tag)
        return found

    def _collaboration(self, element: Xml.Element, place: str) -> None:
        for child in element:
            tag = local(child)
            own = f"{place}/{tag}[{child.get('id', '')}]"
            if tag == "participant" and child.get("processRef"):
                self._ledger.approximate(own, "pool-as-office", child.get("name") or tag)
            elif tag not in ("extensionElements", "documentation"):
                self._ledger.drop(own, "no-counterpart", child.get("name") or tag)

    def _diagram(self, element: Xml.Element, place: str) -> Diagram:
        diagram = Diagram(id=element.get("id", ""), name=element.get("name") or "", place=place, elements={}, arrows=[], lanes={})
        diagram.settings = _settings(element)
        for child in element:
            self._child(diagram, child, f"{place}/{local(child)}[{child.get('id', '')}]")
        pool = self._pools.get(diagram.id)
        if pool:
            diagram.lanes = dict.fromkeys(diagram.elements, pool) | diagram.lanes
        for arrow in diagram.arrows[:]:
            if arrow.source not in diagram.elements or arrow.target not in diagram.elements:
                diagram.arrows.remove(arrow)
                self._ledger.drop(arrow.place, "arrow-without-end", arrow.name or arrow.id)
        return diagram

    def _child(self, diagram: Diagram, child: Xml.Element, place: str) -> None:
        tag = local(child)
        if tag in FLOW_ELEMENTS and namespace(str(child.tag)) in ("", _MODEL):
            element = self._element(child, place)
            if element.id in diagram.elements:
                self._ledger.drop(place, "id-twice", element.words)
            else:
                diagram.elements[element.id] = element
        elif tag == "sequenceFlow":
            diagram.arrows.append(self._arrow(child, place))
        elif tag == "laneSet":
            for lane in child.iter():
                self._lane(diagram, lane)
        elif tag not in _READ:
            self._ledger.drop(place, "no-counterpart", child.get("name") or text_of(child)[:60] or tag)

    def _lane(self, diagram: Diagram, lane: Xml.Element) -> None:
        if local(lane) == "lane" and lane.get("name"):
            self._ledger.approximate(f"{diagram.place}/lane[{lane.get('id', '')}]", "lane-as-office", lane.get("name", ""))
            # Lanes inside come after the lane around them, so the inner one counts.
            diagram.lanes |= {text_of(one): lane.get("name", "") for one in lane if local(one) == "flowNodeRef"}

    def _arrow(self, child: Xml.Element, place: str) -> Arrow:
        condition = next((one for one in child if local(one) == "conditionExpression"), None)
        self._extensions(child, place)
        return Arrow(
            id=child.get("id", ""),
            source=child.get("sourceRef", ""),
            target=child.get("targetRef", ""),
            place=place,
            name=child.get("name"),
            condition=text_of(condition) or None,
            settings=_settings(child),
        )

    def _element(self, child: Xml.Element, place: str) -> Element:
        self._ids += 1
        element = Element(
            id=child.get("id") or f"element_{self._ids}",
            tag=local(child),
            place=place,
            name=child.get("name"),
            attributes={name.rpartition("}")[2]: value for name, value in child.attrib.items()},
            settings=_settings(child),
            host=child.get("attachedToRef", ""),
            interrupting=child.get("cancelActivity", "true") != "false",
            default=child.get("default", ""),
        )
        self._ledger.expect(place, element.words)
        self._extensions(child, place)
        for part in child:
            self._part(element, part, f"{place}/{local(part)}[{part.get('id', '')}]")
        reference = child.get("messageRef", "").rpartition(":")[2]
        element.detail = element.detail or self._names.get(reference, reference)
        if element.tag in _SUBPROCESSES and not element.kind:
            element.inner = self._diagram(child, place)
        elif element.tag == "subProcess":
            element.detail = text_of(next((one for one in child.iter() if local(one) == "timeDuration"), None))
        return element

    def _part(self, element: Element, part: Xml.Element, place: str) -> None:
        tag = local(part)
        if tag.endswith("EventDefinition"):
            if element.trigger:
                self._ledger.drop(place, "second-trigger", element.words)
                return
            element.trigger = tag.removesuffix("EventDefinition")
            element.detail = self._detail(part, element.trigger)
        elif tag in _LOOPS:
            element.loop = _LOOPS[tag]
            collection = next((value for name, value in part.attrib.items() if name.endswith("collection")), "")
            element.over = collection or text_of(next(iter(part), None))
        elif tag not in _READ and element.tag not in _SUBPROCESSES:
            self._ledger.drop(place, "no-counterpart", text_of(part)[:60] or tag)

    def _detail(self, part: Xml.Element, trigger: str) -> str:
        if trigger == "timer":
            return next((text_of(one) for one in part if local(one).startswith("time")), "")
        reference = part.get(f"{trigger}Ref") or part.get("name") or ""
        return self._names.get(reference.rpartition(":")[2], reference)

    def _extensions(self, element: Xml.Element, place: str) -> None:
        """What engines of others store beside an element is said once, by name."""
        told = [_short(name) for name in element.attrib if namespace(name) not in ("", _MODEL)]
        for holder in element:
            if local(holder) == "extensionElements":
                told += [_short(str(one.tag)) for one in holder if namespace(str(one.tag)) != OWN]
        if told:
            self._ledger.drop(f"{place}/extensionElements", "engine-settings", ", ".join(dict.fromkeys(told))[:120])


def _short(name: str) -> str:
    space = namespace(name).rstrip("/").rpartition("/")[2]
    return f"{space}:{name.rpartition('}')[2]}"


def _settings(element: Xml.Element) -> dict[str, Any]:
    """What we wrote beside an element."""
    holders = [holder for holder in element if local(holder) == "extensionElements"]
    found = [text_of(one) for holder in holders for one in holder if one.tag == f"{{{OWN}}}settings"]
    return settings_of(found[0]) if found else {}

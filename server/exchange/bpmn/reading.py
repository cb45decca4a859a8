"""BPMN 2.0 files of any origin → process documents, with a note on every element."""

from __future__ import annotations

from typing import Any

import msgspec

from server.definitions.process import ProcessDefinition
from server.exchange.bpmn.elements import Diagram, Element, diagrams_of
from server.exchange.bpmn.markup import local, read_xml
from server.exchange.bpmn.nodes import NodeWriter, Surroundings
from server.exchange.bpmn.settings import told
from server.exchange.bpmn.untangling import untangle
from server.exchange.fidelity import Ledger
from server.exchange.importers.names import Names, name_of
from server.messages.importing import level_of_office
from server.types import JsonValue

#: Elements of the flow that one file may have; nobody could look over more.
MAX_ELEMENTS = 2_000
#: The agency of steps that stand in no lane.
OFFICE = "office"


class Processes(msgspec.Struct, frozen=True, kw_only=True):
    """What a file holds for us."""

    #: Process id to document; the first is the one that stood first in the file.
    processes: dict[str, JsonValue]
    #: Ids of those that we wrote ourselves.
    own: frozenset[str]
    #: Agency to the name of the lane or pool that it was suggested by.
    offices: dict[str, str]


def read_bpmn(content: bytes, ledger: Ledger) -> Processes:
    """The processes of a file; what is no such file has none, and a note that says why."""
    root = read_xml(content)
    code = root if isinstance(root, str) else "" if local(root) == "definitions" else "not-bpmn"
    if isinstance(root, str) or code:
        ledger.drop("/", code, "definitions")
        return Processes(processes={}, own=frozenset(), offices={})
    diagrams = diagrams_of(root, ledger)
    if sum(map(_size, diagrams)) > MAX_ELEMENTS:
        ledger.drop("/", "too-many-elements", "definitions", limit=MAX_ELEMENTS)
        return Processes(processes={}, own=frozenset(), offices={})
    return _Reader(diagrams, ledger).processes()


def _size(diagram: Diagram) -> int:
    """How many elements a diagram has, those inside its sub-processes included."""
    return sum(1 + (_size(element.inner) if element.inner is not None else 0) for element in diagram.elements.values())


class _Reader:
    """The processes of one file on their way."""

    def __init__(self, diagrams: list[Diagram], ledger: Ledger) -> None:
        self._ledger = ledger
        self._names = Names(any_text=True)
        self._agencies = Names()
        self._offices: dict[str, str] = {}
        #: Name by which others call a process, to our id of it.
        self._called: dict[str, str] = {}
        self._pending: list[tuple[str, Diagram]] = []
        self._own: set[str] = set()
        for diagram in diagrams:
            own = diagram.settings.get("id")
            wanted = own if isinstance(own, str) and own else _id_of(diagram.id, diagram.name)
            name = self._names.take(wanted)
            if own == name:
                self._own.add(name)
            self._called[diagram.id] = name
            self._pending.append((name, diagram))

    def processes(self) -> Processes:
        found: dict[str, JsonValue] = {}
        while self._pending:
            name, diagram = self._pending.pop(0)
            found[name] = self._document(diagram)
        return Processes(processes=found, own=frozenset(self._own), offices=self._offices)

    def _document(self, diagram: Diagram) -> JsonValue:
        untangle(diagram, self._ledger)
        self._one_start(diagram)
        around = Surroundings(office=self._office, process=self._process, extract=self._extract, level=level_of_office)
        writer = NodeWriter(diagram, self._ledger, around)
        settings = {key: value for key, value in diagram.settings.items() if key in ("source", "facts")}
        title = told(diagram.settings, "title", diagram.name)
        document: dict[str, Any] = {"title": title or diagram.id, "nodes": writer.nodes()}
        on = writer.on()
        document |= ({"on": on} if on else {}) | settings
        try:
            msgspec.convert(document, ProcessDefinition)
        except msgspec.ValidationError as error:
            # Only settings that somebody changed by hand can do this: those of the process, and of arrows and events.
            self._ledger.drop(f"{diagram.place}/settings", "settings-broken", str(error)[:120])
            return {"title": document["title"], "nodes": _valid(document["nodes"])}
        return document

    def _one_start(self, diagram: Diagram) -> None:
        """Ensures that a diagram begins at one place."""
        starts = [one for one in diagram.elements.values() if one.tag == "startEvent" and one.settings.get("part") != "on"]
        starts.sort(key=lambda one: bool(one.trigger))
        for extra in starts[1:]:
            self._ledger.drop(extra.place, "second-start", extra.words)
            del diagram.elements[extra.id]
            diagram.arrows = [arrow for arrow in diagram.arrows if arrow.source != extra.id]
        if starts:
            return
        reached = {arrow.target for arrow in diagram.arrows}
        first = next((one for one in diagram.elements.values() if one.id not in reached and one.tag != "boundaryEvent"), None)
        if first is None:
            self._ledger.drop(f"{diagram.place}/start", "no-start", diagram.name or diagram.id)
            return
        self._ledger.approximate(f"{diagram.place}/start", "start-added", first.words)
        diagram.add_start(first)

    def _office(self, lane: str) -> str:
        if not lane:
            return OFFICE
        known = next((agency for agency, title in self._offices.items() if title == lane), None)
        if known is None:
            known = self._agencies.take(lane, otherwise="agency")
            self._offices[known] = lane
        return known

    def _process(self, called: str) -> str:
        return self._called.get(called.rpartition(":")[2], called)

    def _extract(self, element: Element) -> str:
        """The inside of a sub-process becomes a process that is called."""
        inner = element.inner
        if inner is None:
            return element.id
        name = self._names.take(_id_of(element.id, element.name or ""))
        inner.name = element.name or inner.name
        self._pending.append((name, inner))
        return name


def _id_of(element_id: str, title: str) -> str:
    return name_of(title, otherwise="") or name_of(element_id, otherwise="process")


def _valid(nodes: dict[str, Any]) -> dict[str, Any]:
    """The nodes that are of the shape of nodes."""
    found: dict[str, Any] = {}
    for name, node in nodes.items():
        try:
            msgspec.convert({"title": "", "nodes": {name: node}}, ProcessDefinition)
        except msgspec.ValidationError:
            continue
        found[name] = node
    return found

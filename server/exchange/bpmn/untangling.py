"""A diagram made simpler, so that every element becomes one node: whatever only BPMN needs is folded away.

Ways that meet, links and events that do nothing are passed; a gateway behind a task becomes the task's outcomes; events that
compete at a gateway become one wait; what several arrows leave gets the gateway that BPMN thinks of there.
"""

from __future__ import annotations

from server.exchange.bpmn.elements import Arrow, Diagram, Element
from server.exchange.fidelity import Ledger

_PEOPLE = frozenset(("userTask", "manualTask", "task"))
_SPLITTING = frozenset(("parallelGateway", "inclusiveGateway"))
_CATCHING = frozenset(("intermediateCatchEvent", "receiveTask"))
#: Throwing these says something to nobody here.
_UNHEARD = frozenset(("signal", "escalation", "compensate", "cancel", "error", "terminate", "timer", "conditional"))


def untangle(diagram: Diagram, ledger: Ledger) -> None:
    """Ensures that the diagram has an element for each node and for events beside them, and arrows between them."""
    graph = Untangler(diagram, ledger)
    graph.inline_event_subprocesses()
    graph.join_links()
    graph.pass_through()
    graph.compete()
    graph.fold_outcomes()
    graph.split_mixed()
    graph.split_implicitly()


class Untangler:
    """One diagram on its way."""

    def __init__(self, diagram: Diagram, ledger: Ledger) -> None:
        self._diagram, self._ledger = diagram, ledger

    def into(self, element: Element) -> list[Arrow]:
        return [arrow for arrow in self._diagram.arrows if arrow.target == element.id]

    def out_of(self, element: Element) -> list[Arrow]:
        return [arrow for arrow in self._diagram.arrows if arrow.source == element.id]

    def inline_event_subprocesses(self) -> None:
        """What starts on a message inside the process becomes what may happen at any time."""
        for element in self._all():
            inner = element.inner
            if inner is None or element.attributes.get("triggeredByEvent") != "true":
                continue
            starts = [one for one in inner.elements.values() if one.tag == "startEvent"]
            if len(starts) != 1 or starts[0].trigger not in ("message", "signal"):
                self._ledger.drop(element.place, "event-subprocess", element.words, trigger=starts[0].trigger if starts else "")
                self._remove(element)
                continue
            start = starts[0]
            interrupting = start.attributes.get("isInterrupting", "true") != "false"
            start.settings = {"part": "on", "place": ["on", start.detail or start.id], "interrupting": interrupting}
            start.name = start.name or element.name
            self._ledger.approximate(element.place, "event-subprocess-as-on", element.words)
            self._remove(element)
            self._diagram.elements |= {name: one for name, one in inner.elements.items() if name not in self._diagram.elements}
            self._diagram.arrows += inner.arrows

    def join_links(self) -> None:
        links = [one for one in self._all() if one.trigger == "link"]
        catching = {one.detail or one.name: one for one in links if one.tag == "intermediateCatchEvent"}
        for element in links:
            if element.tag != "intermediateThrowEvent":
                continue
            there = catching.get(element.detail or element.name)
            if there is None:
                self._ledger.drop(element.place, "link-to-nowhere", element.words)
                continue
            self._ledger.carry(element.place, element.words)
            arrow = Arrow(id=f"{element.id}_link", source=element.id, target=there.id, place=element.place)
            self._diagram.arrows.append(arrow)
        for element in links:
            if element.tag != "intermediateThrowEvent":
                self._ledger.carry(element.place, element.words)
            self._bypass(element)

    def pass_through(self) -> None:
        for element in self._all():
            incoming, outgoing = self.into(element), self.out_of(element)
            if element.tag == "intermediateThrowEvent" and element.trigger != "message":
                code = "thrown-unheard" if element.trigger in _UNHEARD else "event-without-effect"
                self._ledger.drop(element.place, code, element.words, trigger=element.trigger)
                self._bypass(element)
            elif element.tag.endswith("Gateway") and not element.kind and incoming and len(outgoing) == 1:
                joins = element.tag in _SPLITTING and len(incoming) > 1
                if not joins and element.settings.get("part") != "outcomes":
                    self._ledger.carry(element.place, element.words)
                    self._bypass(element)

    def compete(self) -> None:
        """Events that wait beside each other at a gateway become a wait with events beside it."""
        for gateway in self._all():
            if gateway.tag != "eventBasedGateway":
                continue
            events = [self._diagram.elements[arrow.target] for arrow in self.out_of(gateway)]
            events = [one for one in events if one.tag in _CATCHING and len(self.into(one)) == 1]
            first = next((one for one in events if one.trigger != "timer"), None)
            if first is None:
                self._ledger.drop(gateway.place, "no-events", gateway.words)
                continue
            gateway.tag, gateway.detail, gateway.trigger = "receiveTask", first.detail, first.trigger
            gateway.name = gateway.name or first.name
            self._ledger.approximate(gateway.place, "events-as-wait", gateway.words)
            self._diagram.arrows = [arrow for arrow in self._diagram.arrows if arrow.source != gateway.id]
            for event in events:
                self._ledger.approximate(event.place, "event-of-wait", event.words)
                if event is first:
                    for arrow in self.out_of(event):
                        arrow.source = gateway.id
                    self._remove(event)
                else:
                    event.tag, event.host = "boundaryEvent", gateway.id

    def fold_outcomes(self) -> None:
        """A gateway behind somebody's task, whose arrows say what was decided, becomes the outcomes of the task."""
        for gateway in self._all():
            incoming, outgoing = self.into(gateway), self.out_of(gateway)
            own = gateway.settings.get("part") == "outcomes"
            if gateway.tag != "exclusiveGateway" or gateway.kind or len(incoming) != 1 or not (own or len(outgoing) > 1):
                continue
            task = self._diagram.elements[incoming[0].source]
            if task.tag not in _PEOPLE or len(self.out_of(task)) != 1:
                continue
            if not own and any(arrow.condition and not arrow.name for arrow in outgoing):
                continue
            self._diagram.arrows.remove(incoming[0])
            for arrow in outgoing:
                arrow.source = task.id
                if arrow.condition and "code" not in arrow.settings:
                    self._ledger.approximate(
                        arrow.place, "condition-as-outcome", arrow.name or arrow.id, text=arrow.condition[:120]
                    )
                arrow.condition = None
            task.settings = {**task.settings, "folded": True}
            if own:
                self._ledger.carry(gateway.place, gateway.words)
            else:
                self._ledger.approximate(gateway.place, "gateway-as-outcomes", gateway.words)
            self._remove(gateway)

    def split_mixed(self) -> None:
        """A gateway that both waits for branches and starts some becomes two."""
        for gateway in self._all():
            incoming, outgoing = self.into(gateway), self.out_of(gateway)
            if gateway.tag not in _SPLITTING or gateway.kind or len(incoming) < 2 or len(outgoing) < 2:
                continue
            after = Element(id=self._free(f"{gateway.id}_fork"), tag=gateway.tag, place=gateway.place, name=gateway.name)
            self._diagram.elements[after.id] = after
            for arrow in outgoing:
                arrow.source = after.id
            self._diagram.arrows.append(Arrow(id=f"{gateway.id}_on", source=gateway.id, target=after.id, place=gateway.place))
            self._ledger.approximate(gateway.place, "gateway-in-two", gateway.words)

    def split_implicitly(self) -> None:
        """Several arrows out of one activity or event are a gateway that nobody drew."""
        for element in self._all():
            outgoing = self.out_of(element)
            if element.tag.endswith("Gateway") or len(outgoing) < 2 or element.settings.get("folded"):
                continue
            chosen = any(arrow.condition for arrow in outgoing) or bool(element.default)
            tag = "exclusiveGateway" if chosen else "parallelGateway"
            gateway = Element(id=self._free(f"{element.id}_ways"), tag=tag, place=element.place, default=element.default)
            self._diagram.elements[gateway.id] = gateway
            for arrow in outgoing:
                arrow.source = gateway.id
            self._diagram.arrows.append(Arrow(id=f"{element.id}_on", source=element.id, target=gateway.id, place=element.place))
            self._ledger.approximate(element.place, "ways-as-choice" if chosen else "ways-as-fork", element.words)

    def _all(self) -> list[Element]:
        return list(self._diagram.elements.values())

    def _bypass(self, element: Element) -> None:
        """Ensures that whatever came to an element goes on to where it led; an end where it led nowhere."""
        outgoing = self.out_of(element)
        if not outgoing:
            element.tag, element.trigger = "endEvent", ""
            return
        for arrow in self.into(element):
            if outgoing[0].target != element.id:
                arrow.target = outgoing[0].target
        self._remove(element)

    def _remove(self, element: Element) -> None:
        self._diagram.elements.pop(element.id, None)
        self._diagram.arrows = [arrow for arrow in self._diagram.arrows if element.id not in (arrow.source, arrow.target)]

    def _free(self, wanted: str) -> str:
        while wanted in self._diagram.elements:
            wanted += "_"
        return wanted

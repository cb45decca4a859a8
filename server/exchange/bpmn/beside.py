"""Events beside nodes, and what may happen to a process at any time."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from server.exchange.bpmn.durations import told_duration
from server.exchange.bpmn.elements import Arrow, Diagram, Element
from server.exchange.bpmn.settings import told
from server.exchange.fidelity import Ledger

#: Kinds of nodes that events can stand beside.
_HOSTS = frozenset(("task", "call", "wait", "notice", "subprocess", "each"))
_MESSAGES = frozenset(("message", "signal", "escalation", "conditional"))
_BESIDE = frozenset(("part", "of", "place", "title"))


class Events:
    """The events of a diagram that are no nodes."""

    def __init__(self, diagram: Diagram, ids: Mapping[str, str], out: Mapping[str, Sequence[Arrow]], ledger: Ledger) -> None:
        self._ids, self._out, self._ledger = ids, out, ledger
        self._elements = diagram.elements
        self._hosted: dict[str, list[Element]] = {}
        for element in diagram.elements.values():
            if element.tag == "boundaryEvent":
                self._hosted.setdefault(element.host, []).append(element)
        for host, events in self._hosted.items():
            if host not in ids:
                for event in events:
                    ledger.drop(event.place, "event-without-host", event.words)
        #: Ends that had to be added, by the name of their node.
        self.ends: dict[str, dict[str, Any]] = {}

    def beside(self, element: Element, kind: str) -> dict[str, Any]:
        """The members of a node that its events become."""
        found: dict[str, Any] = {}
        on: dict[str, Any] = {}
        for event in self._hosted.get(element.id, []):
            if kind not in _HOSTS:
                self._ledger.drop(event.place, "event-at-this-kind", event.words)
            elif event.settings.get("place") == ["objection"] and kind == "notice" and self._out[event.id]:
                found["objection"] = self._ids[self._out[event.id][0].target]
                self._ledger.carry(event.place, event.words)
            else:
                self._add(on, event, element)
        return found | ({"on": on} if on else {})

    def _add(self, on: dict[str, Any], event: Element, host: Element) -> None:
        boundary = self._boundary(event, host)
        own = bool(event.settings)
        if event.trigger == "timer":
            after = told_duration(event.settings.get("after"), event.detail)
            if after is None or "timeout" in on:
                code = "timer-not-a-length" if after is None else "second-timer"
                self._ledger.drop(event.place, code, event.words, text=event.detail[:80])
                return
            on["timeout"] = boundary | {"after": after}
        elif event.trigger == "error":
            if "error" in on:
                self._ledger.drop(event.place, "second-error", event.words)
                return
            on["error"] = boundary
        elif event.trigger in _MESSAGES:
            name = self._message_name(event)
            if name in on.get("message", {}):
                self._ledger.drop(event.place, "second-message", event.words)
                return
            on.setdefault("message", {})[name] = boundary
            if event.trigger != "message":
                self._ledger.approximate(event.place, "caught-as-message", event.words, trigger=event.trigger)
                return
        else:
            self._ledger.drop(event.place, "event-of-this-kind", event.words, trigger=event.trigger)
            return
        if own or event.trigger != "error" or not event.detail:
            self._ledger.carry(event.place, event.words)
        else:
            self._ledger.approximate(event.place, "any-error", event.words, text=event.detail[:80])

    def _boundary(self, event: Element, host: Element) -> dict[str, Any]:
        found = {key: value for key, value in event.settings.items() if key not in _BESIDE and key != "after"}
        arrows = self._out[event.id]
        found["next"] = self._ids[arrows[0].target] if arrows else self.end_after(event, self._ids[host.id])
        title = told(event.settings, "title", event.name)
        if title is not None:
            found["title"] = title
        if not event.interrupting:
            found["interrupting"] = False
        return found

    def _message_name(self, event: Element) -> str:
        place = event.settings.get("place")
        own = place[-1] if isinstance(place, list) and place and isinstance(place[-1], str) else ""
        return str(told({"name": own}, "name", event.detail)) if event.detail else own or event.id

    def on(self) -> dict[str, Any]:
        """What may happen to the process at any time, by message."""
        found: dict[str, Any] = {}
        for element in self._elements.values():
            if element.settings.get("part") != "on":
                continue
            arrows = self._out[element.id]
            if not arrows or arrows[0].target not in self._ids:
                self._ledger.drop(element.place, "event-to-nowhere", element.words)
                continue
            boundary = {key: value for key, value in element.settings.items() if key not in _BESIDE}
            title = told(element.settings, "title", element.name)
            boundary |= {"next": self._ids[arrows[0].target]} | ({"title": title} if title is not None else {})
            found[self._message_name(element)] = boundary
            self._ledger.carry(element.place, element.words)
        return found

    def end_after(self, element: Element, name: str) -> str:
        """An end behind an element that leads nowhere."""
        taken = {*self._ids.values(), *self.ends}
        wanted = f"{name}_end"
        while wanted in taken:
            wanted += "_"
        self.ends[wanted] = {"kind": "end", "code": wanted}
        self._ledger.approximate(f"{element.place}/end", "end-added", element.words)
        return wanted

"""Elements of an untangled diagram → the nodes of a process."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import msgspec

from server.definitions import process
from server.exchange.bpmn.beside import Events
from server.exchange.bpmn.conditions import rule_of, rule_text
from server.exchange.bpmn.durations import told_duration
from server.exchange.bpmn.elements import Arrow, Diagram, Element
from server.exchange.bpmn.pairing import joins_of
from server.exchange.bpmn.settings import told
from server.exchange.fidelity import Ledger
from server.exchange.importers.names import Names, name_of

#: Kind of node by element, and the elements that may still stand for a kind when we read back what we wrote.
_KINDS: dict[str, str] = {
    "startEvent": "start",
    "endEvent": "end",
    "task": "task",
    "userTask": "task",
    "manualTask": "task",
    "serviceTask": "call",
    "scriptTask": "call",
    "businessRuleTask": "decide",
    "sendTask": "notify",
    "intermediateThrowEvent": "notify",
    "receiveTask": "wait",
    "intermediateCatchEvent": "wait",
    "exclusiveGateway": "choice",
    "eventBasedGateway": "choice",
    "complexGateway": "choice",
    "callActivity": "subprocess",
    "subProcess": "subprocess",
    "transaction": "subprocess",
    "adHocSubProcess": "subprocess",
}
_ALSO: dict[str, frozenset[str]] = {
    "notice": frozenset(("intermediateCatchEvent", "subProcess")),
    "each": frozenset(("callActivity",)),
    "fork": frozenset(("parallelGateway", "inclusiveGateway")),
    "join": frozenset(("parallelGateway", "inclusiveGateway")),
}
#: Members of our settings that are no members of nodes.
_BESIDE = frozenset(("kind", "node", "part", "of", "place", "title", "folded", "timeout", "message"))
#: Elements that become something that is not quite the same, and why.
_CLOSE: dict[str, str] = {
    "task": "task-of-no-kind",
    "manualTask": "manual-as-task",
    "scriptTask": "script-as-call",
    "complexGateway": "complex-as-choice",
    "eventBasedGateway": "complex-as-choice",
    "transaction": "inner-process",
    "adHocSubProcess": "inner-process",
    "subProcess": "inner-process",
    "serviceTask": "service-as-call",
    "sendTask": "sent-as-notice",
    "intermediateThrowEvent": "sent-as-notice",
}
Written = dict[str, Any]


class Surroundings(msgspec.Struct, kw_only=True):
    """What nodes refer to."""

    #: Agency for the lane an element stands in.
    office: Callable[[str], str]
    #: Process for the name by which another file, or the file itself, calls it.
    process: Callable[[str], str]
    #: Takes the inside of a sub-process as a process of its own and gives its name.
    extract: Callable[[Element], str]
    level: Callable[[str], str]


class NodeWriter:
    """The nodes of one diagram on their way."""

    def __init__(self, diagram: Diagram, ledger: Ledger, around: Surroundings) -> None:
        self._diagram, self._ledger, self._around = diagram, ledger, around
        self._out: dict[str, list[Arrow]] = {name: [] for name in diagram.elements}
        for arrow in diagram.arrows:
            self._out[arrow.source].append(arrow)
        self._ids = self._names()
        self._events = Events(diagram, self._ids, self._out, ledger)
        self._joins = joins_of(diagram, self._out)

    def nodes(self) -> dict[str, Written]:
        """Every node by its name."""
        found: dict[str, Written] = {}
        for element_id, name in self._ids.items():
            found[name] = self._node(self._diagram.elements[element_id], name)
        for name, node in self._events.ends.items():
            found[name] = node
        return found

    def on(self) -> dict[str, Written]:
        """What may happen at any time."""
        return self._events.on()

    def _names(self) -> dict[str, str]:
        """Element to the name of its node: its own where we wrote it, else one like its id or its title."""
        nodes = [
            one for one in self._diagram.elements.values() if one.tag != "boundaryEvent" and one.settings.get("part") != "on"
        ]
        found: dict[str, str] = {}
        for element in nodes:
            own = element.settings.get("node")
            if isinstance(own, str) and element.kind and own not in found.values():
                found[element.id] = own
        names = Names(taken=tuple(found.values()))
        for element in nodes:
            if element.id not in found:
                words = name_of(element.name or "", otherwise="") or element.id
                found[element.id] = names.take(words, otherwise=self.kind_of(element) or "step")
        return {element.id: found[element.id] for element in nodes}

    def kind_of(self, element: Element) -> str:
        """The kind of node that an element becomes."""
        own = element.kind
        if own and (element.tag in _ALSO.get(own, ()) or _KINDS.get(element.tag) == own):
            return own
        if element.tag in ("parallelGateway", "inclusiveGateway"):
            return "fork" if len(self._out[element.id]) > 1 else "join"
        if element.tag == "callActivity" and element.loop == "several":
            return "each"
        return _KINDS[element.tag]

    def _node(self, element: Element, name: str) -> Written:
        """The node of an element; with our settings where they hold up, as an element of others where not."""
        kind = self.kind_of(element)
        if element.kind == kind:
            node = self._written(element, name, kind)
            if _holds(node):
                self._ledger.carry(element.place, element.words)
                return node
            self._ledger.drop(f"{element.place}/settings", "settings-broken", element.words)
        elif element.kind:
            self._ledger.drop(f"{element.place}/settings", "settings-of-other-kind", element.words)
        element.settings = {key: value for key, value in element.settings.items() if key == "folded"}
        node = self._written(element, name, kind) | self._defaults(element, name, kind)
        if not (element.name or "").strip():
            node.pop("title", None)
        code = _CLOSE.get(element.tag)
        if code is not None:
            self._ledger.approximate(element.place, code, element.words)
        elif element.trigger and kind in ("start", "end"):
            self._ledger.approximate(element.place, f"{kind}-trigger", element.words, trigger=element.trigger)
        elif element.trigger in ("signal", "conditional"):
            self._ledger.approximate(element.place, "caught-as-message", element.words, trigger=element.trigger)
        else:
            self._ledger.carry(element.place, element.words)
        if element.loop and kind != "each":
            self._ledger.drop(f"{element.place}/loop", "loop-dropped", element.words)
        return node

    def _written(self, element: Element, name: str, kind: str) -> Written:
        settings = element.settings
        node: Written = {"kind": kind} | {key: value for key, value in settings.items() if key not in _BESIDE}
        title = told(settings, "title", element.name)
        if title is not None:
            node["title"] = title
        arrows = self._out[element.id]
        match kind:
            case "end":
                return node
            case "task":
                node["outcomes"] = self._ways(arrows, "done")
            case "choice" | "fork":
                node |= self._branches(element, kind, arrows)
            case _:
                node["next"] = self._next(element, name, arrows)
        match kind:
            case "wait":
                node |= self._waiting(element, node)
            case "notice":
                node["period"] = told_duration(settings.get("period"), element.detail)
            case "subprocess" | "each":
                called = element.attributes.get("calledElement")
                node |= {"process": self._around.process(called)} if called is not None else {}
        node |= self._events.beside(element, kind)
        return node

    def _next(self, element: Element, name: str, arrows: list[Arrow]) -> str:
        return self._ids[arrows[0].target] if arrows else self._events.end_after(element, name)

    def _ways(self, arrows: list[Arrow], otherwise: str) -> Written:
        """Outcomes by their codes."""
        names, found = Names(any_text=True), {}
        for number, arrow in enumerate(arrows):
            settings = {key: value for key, value in arrow.settings.items() if key not in ("code", "title", "always")}
            code = arrow.settings.get("code")
            fallback = otherwise if number == 0 else f"way_{number + 1}"
            wanted = code if isinstance(code, str) else name_of(arrow.name or "", otherwise=fallback)
            title = told(arrow.settings, "title", arrow.name)
            order = {} if isinstance(code, str) or len(arrows) == 1 else {"order": 10 * (number + 1)}
            found[names.take(wanted)] = (
                settings | order | {"title": title if title or isinstance(code, str) else wanted, "next": self._ids[arrow.target]}
            )
            self._ledger.carry(arrow.place, arrow.name or arrow.id)
        return found

    def _branches(self, element: Element, kind: str, arrows: list[Arrow]) -> Written:
        otherwise = [arrow for arrow in arrows if arrow.id == element.default and arrow.id] if kind == "choice" else []
        ways = [arrow for arrow in arrows if arrow not in otherwise]
        open_ways = [arrow for arrow in ways if not arrow.condition]
        if kind == "choice" and not element.kind and not otherwise and len(open_ways) == 1:
            otherwise, ways = open_ways, [arrow for arrow in ways if arrow not in open_ways]
            self._ledger.approximate(otherwise[0].place, "way-as-otherwise", otherwise[0].name or otherwise[0].id)
        branches = self._ways(ways, "way_1")
        for arrow, branch in zip(ways, branches.values(), strict=True):
            if arrow.name is None or not (arrow.name or "code" in arrow.settings):
                branch.pop("title", None)
            rule = rule_of(arrow, self._ledger)
            if rule is not None:
                branch["when"] = rule
            elif kind == "choice" and "code" not in arrow.settings:
                self._ledger.drop(f"{arrow.place}/condition", "condition-missing", arrow.name or arrow.id)
        found: Written = {"branches": branches}
        if otherwise:
            found["otherwise"] = self._ids[otherwise[0].target]
        if kind == "fork":
            join = self._joins.get(element.id)
            own = element.settings.get("join")
            if join is not None and not (isinstance(own, str) and own in self._ids.values()):
                found["join"] = self._ids[join]
            elif join is None and not own:
                self._ledger.drop(f"{element.place}/join", "fork-without-join", element.words)
                found["join"] = ""
        return found

    def _waiting(self, element: Element, node: Written) -> Written:
        if element.trigger == "timer":
            timeout = element.settings.get("timeout")
            after = timeout.get("after") if isinstance(timeout, dict) else None
            length = told_duration(after, element.detail)
            if length is None:
                length = {"days": 1}
                self._ledger.approximate(f"{element.place}/timer", "timer-guessed", element.words, text=element.detail[:80])
            rest = timeout if isinstance(timeout, dict) else {}
            own = element.settings.get("next")
            onward = own if isinstance(own, str) and own in self._ids.values() else node["next"]
            return {"next": onward, "on": {"timeout": rest | {"next": node["next"], "after": length}}}
        if element.detail:
            return {"message": told(element.settings, "message", element.detail)}
        return {} if element.kind else {"message": self._ids[element.id]}

    def _defaults(self, element: Element, name: str, kind: str) -> Written:
        """What a node of ours needs and an element of others does not say."""
        lane = self._diagram.lanes.get(element.id, "")
        match kind:
            case "task":
                return {"actor": {"agency": self._around.office(lane), "level": self._around.level(lane)}}
            case "call":
                return {"connector": "external", "operation": name}
            case "decide":
                return {"table": name_of(element.attributes.get("decisionRef", ""), otherwise=name)}
            case "notify":
                return {"notice": name}
            case "end":
                return {"code": name}
            case "subprocess" | "each":
                inner = {"process": self._around.extract(element)} if element.inner is not None else {}
                loop = {"over": rule_text(element.over)} if kind == "each" else {}
                missing = {} if inner or element.attributes.get("calledElement") else {"process": name}
                return inner | loop | missing
        return {}


def _holds(node: Written) -> bool:
    try:
        msgspec.convert(node, process.AnyNode)
    except (msgspec.ValidationError, RecursionError):
        return False
    return True

"""Random processes with nodes of every kind, jumps included, and random events for them."""

from __future__ import annotations

from typing import Any

from block_models import DATA, MODELS, ProcessWriter
from hypothesis import assume
from hypothesis import strategies as st
from small_service import service_of, types_of

from server.processes.compile import compile_process
from server.processes.compiled import CompiledProcess
from server.processes.events import (
    Begun,
    CallAnswered,
    CallFailed,
    ChildEnded,
    Event,
    MessageArrived,
    Retried,
    TaskCompleted,
    TimerDue,
)
from server.processes.state import State

VARIABLES = {**dict.fromkeys(DATA, "int"), "items": ["string"], "name": "string"}
_FORMS = {"form": {"amount": "int", "note": "string"}}
_REPLY = {"type": "object", "properties": {"found": {"type": "boolean"}}}
_DOCUMENTS: dict[str, Any] = {
    "task_forms": _FORMS,
    "connectors": {
        "register": {
            "title": "登记",
            "operations": {"ask": {"title": "问", "path": "/", "request": {"type": "object"}, "reply": _REPLY}},
        }
    },
    "notices": {
        "letter": {"title": "告知", "channel": "letter", "subject": "告知", "text": "{name}"},
        "poster": {"title": "公示", "channel": "public", "subject": "公示", "text": "{name}"},
    },
    "tables": {
        "size": {
            "title": "大小",
            "hit": "first",
            "inputs": {"a": {"title": "a", "type": "int", "expression": "a"}},
            "outputs": {"class": {"title": "类"}},
            "rows": [{"id": "large", "when": {"a": {"at_least": 1}}, "then": {"class": "large"}, "reason": "大"}],
        }
    },
}
_CHILD = {
    "start": {"kind": "start", "next": "ask"},
    "ask": {"kind": "call", "connector": "register", "operation": "ask", "next": "work"},
    "work": {
        "kind": "task",
        "actor": {"agency": "office", "level": "county"},
        "outcomes": {"done": {"title": "done", "next": "end"}, "again": {"title": "again", "next": "ask"}},
        "on": {"timeout": {"next": "end", "after": {"days": 2}}},
    },
    "end": {"kind": "end", "code": "done"},
}


def _as_another_kind(kind: str, target: str) -> dict[str, Any]:
    """A node of another kind in the place of a task that only has one outcome."""
    match kind:
        case "wait":
            return {"kind": "wait", "message": "papers", "next": target}
        case "call":
            return {"kind": "call", "connector": "register", "operation": "ask", "next": target}
        case "notice":
            period = {"days": 3}
            return {"kind": "notice", "notice": "poster", "level": "county", "period": period, "next": target}
        case "notify":
            return {"kind": "notify", "notice": "letter", "next": target}
        case "decide":
            return {"kind": "decide", "table": "size", "next": target}
        case "subprocess":
            return {"kind": "subprocess", "process": "child", "next": target}
        case "each":
            return {"kind": "each", "over": "items", "next": target}
        case _:
            return {"kind": "each", "over": "items", "process": "child", "next": target}


_KINDS = st.sampled_from(["wait", "call", "notice", "notify", "decide", "subprocess", "each", "rows"])
_BOUNDARIES = ("task", "wait", "call", "notice", "subprocess", "each")


@st.composite
def processes(draw: st.DrawFn, *, beside: bool = True) -> tuple[CompiledProcess, dict[str, CompiledProcess]]:
    """A process that compiles, and the processes it runs; with boundary events that start tokens beside others, or without."""
    nodes = ProcessWriter(draw(MODELS)).nodes
    targets = st.sampled_from(sorted(nodes.keys() - {name for name in nodes if name.startswith("join")}))
    for name in sorted(nodes):
        node = nodes[name]
        if node["kind"] == "task" and list(node["outcomes"]) == ["done"] and draw(st.booleans()):
            node = nodes[name] = _as_another_kind(draw(_KINDS), node["outcomes"]["done"]["next"])
        if node["kind"] == "task":
            node |= {"form": "form", "prefill": {"amount": "a"}, "final": draw(st.booleans())}
            if draw(st.integers(0, 3)) == 0:
                node["outcomes"]["jump"] = {
                    "title": "jump",
                    "next": draw(targets),
                    "when": draw(st.sampled_from(["a > 1", "true"])),
                }
        if node["kind"] in _BOUNDARIES and draw(st.integers(0, 2)) == 0:
            node["on"] = _boundaries(draw, node["kind"], targets, st.booleans() if beside else st.just(True))
        if node["kind"] == "notice" and draw(st.booleans()):
            node["objection"] = draw(targets)
    definition = {"title": "main", "nodes": nodes, "on": {"withdraw": {"next": draw(targets)}} if draw(st.booleans()) else {}}
    service = service_of({"main": definition, "child": {"title": "child", "nodes": _CHILD}}, **_DOCUMENTS)
    forms = {name: types_of(fields) for name, fields in _FORMS.items()}
    main, child = (compile_process(name, service, types_of(VARIABLES), forms) for name in ("main", "child"))
    assume(isinstance(main, CompiledProcess))
    assert isinstance(main, CompiledProcess) and isinstance(child, CompiledProcess)
    return main, {"child": child}


def _boundaries(
    draw: st.DrawFn, kind: str, targets: st.SearchStrategy[str], interrupting: st.SearchStrategy[bool]
) -> dict[str, Any]:
    def boundary(**more: Any) -> dict[str, Any]:
        return {"next": draw(targets), "interrupting": draw(interrupting), **more}

    on: dict[str, Any] = {}
    if draw(st.booleans()):
        on["timeout"] = boundary(after={"days": 1})
    if draw(st.booleans()):
        on["message"] = {"stop": boundary()}
    if kind in ("call", "subprocess") and draw(st.booleans()):
        on["error"] = boundary()
    return on


_NUMBERS = {name: st.integers(0, 3) for name in DATA}
_LISTS = {"items": st.lists(st.sampled_from(["x", "y"]), max_size=2), "name": st.sampled_from(["甲", "乙"])}
#: What rules know, some of it missing now and then.
BINDINGS = st.fixed_dictionaries({**_NUMBERS, **_LISTS}) | st.fixed_dictionaries({}, optional={**_NUMBERS, **_LISTS})

#: Events that mean nothing most of the time.
NOISE: tuple[Event, ...] = (
    Begun(),
    TaskCompleted(token="k1", outcome="nothing"),
    TaskCompleted(token="k0", outcome="done"),
    CallAnswered(token="k1", data={"found": True}),
    CallFailed(token="k2", cause="late"),
    TimerDue(token="k1", timer="timeout"),
    MessageArrived(name="stop"),
    MessageArrived(name="withdraw"),
    MessageArrived(name="papers", token="k3"),
    ChildEnded(token="k1", child="x", code="done"),
    Retried(token="k1"),
)


def events_for(state: State) -> list[Event]:
    """What can happen to the tokens of a state, whether their nodes wait for it or not; some noise at the end."""
    found: list[Event] = []
    for token in state.tokens:
        if token.incident:
            found.append(Retried(token=token.id))
        found += (TimerDue(token=token.id, timer=timer) for timer in token.timers)
        found += (ChildEnded(token=token.id, child=child, code="done") for child in state.children.get(token.id, ()))
        word = token.node.rstrip("0123456789")
        if word in ("task", "work"):
            answers = {"amount": token.round, "note": None}
            found += (TaskCompleted(token=token.id, outcome=outcome, answers=answers) for outcome in ("done", "again", "jump"))
        if word in ("task", "ask"):
            found += (CallAnswered(token=token.id, data={"found": 3}), CallFailed(token=token.id, cause="unreachable"))
            found += (MessageArrived(name=name, token=token.id) for name in ("papers", "objection", token.node))
    return [*found, *NOISE]

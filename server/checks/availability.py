"""What a rule looks back at has been there on every way to it."""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

from server.checks.knowing import Knowledge
from server.checks.place import Place
from server.checks.subject import Subject
from server.checks.walking import MAX_PLACES, Reached, Walk
from server.definitions.service import Service
from server.findings import Finding
from server.processes.compiled import (
    AnyCompiledNode,
    CallNode,
    ChoiceNode,
    CompiledProcess,
    DecideNode,
    EachNode,
    EndNode,
    ForkNode,
    NoticeNode,
    NotifyNode,
    TaskNode,
    Text,
    WaitNode,
)
from server.rules.expressions import Rule
from server.rules.facts import Fact


class Use(NamedTuple):
    """A rule at a place inside its node."""

    place: tuple[str, ...]
    rule: Rule
    #: Without a value the case goes on without it: a proposal, or a part of a request that may be missing.
    optional: bool = False


def check_availability(subject: Subject, service: Service) -> Iterator[Finding]:
    """Rules use only answers, replies and decisions that are there on every way, or say what holds without them."""
    for process_id, process in subject.processes.items():
        nodes = subject.document("process", process_id).under("nodes")
        uses = {name: tuple(_uses(node)) for name, node in process.nodes.items()}
        steps, outcomes = _looked_at(process, uses)
        if not steps:
            continue
        walk = Walk(process, steps=steps, outcomes=outcomes)
        if not walk.complete:
            yield nodes.warning("values-not-decided", limit=MAX_PLACES)
        yield from _lacking(walk, uses, nodes)


def _lacking(walk: Walk, uses: dict[str, tuple[Use, ...]], nodes: Place) -> Iterator[Finding]:
    """One finding for each rule that lacks something on some way, and for each proposal that never has a value."""
    found: set[tuple[str, ...]] = set()
    idle: dict[tuple[str, ...], tuple[Reached, str] | None] = {}
    for place in walk.origins:
        node, knowledge = walk.process.nodes[place.node], walk.knowledge(place)
        for use in uses[place.node]:
            here = (place.node, *use.place)
            lacking = knowledge.lacks(use.rule)
            if use.optional:
                never = idle.setdefault(here, (place, lacking))
                idle[here] = never if lacking and never is not None and not _can_be(knowledge, use.rule) else None
            elif lacking and here not in found:
                found.add(here)
                yield _finding(walk, nodes.under(*here), place, lacking, "value-not-there")
        asking = node.definition.supplement if isinstance(node, WaitNode) else None
        if asking is not None and asking not in dict(place.taken) and (place.node,) not in found:
            found.add((place.node,))
            yield _finding(walk, nodes.under(place.node, "supplement"), place, asking, "value-not-there")
    for here, never in idle.items():
        if never is not None:
            yield _finding(walk, nodes.under(*here), *never, "value-never-there")


def _can_be(knowledge: Knowledge, rule: Rule) -> bool:
    return len(knowledge.of(rule)) > 1


def _finding(walk: Walk, here: Place, place: Reached, lacking: str, code: str) -> Finding:
    return here.error(code, field=lacking, node=place.node, path=walk.path(place))


def _looked_at(process: CompiledProcess, uses: dict[str, tuple[Use, ...]]) -> tuple[frozenset[str], frozenset[str]]:
    """The nodes that rules look back at, and those of which they look at the outcome."""
    facts = {fact.name: fact for fact in process.facts.facts}
    names: set[str] = set()
    pending = [name for used in uses.values() for use in used for name in use.rule.references]
    while pending:
        name = pending.pop()
        if name not in names:
            names.add(name)
            pending += _operands(facts[name]) if name in facts else ()
    asking = {node.definition.supplement for node in process.nodes.values() if isinstance(node, WaitNode)}
    parts = [name.partition(".") for name in names]
    steps = {node for node, _, _ in parts} | {name for name in asking if name is not None}
    return (
        frozenset(steps & process.nodes.keys()),
        frozenset({node for node, _, member in parts if member == "outcome"} & process.nodes.keys()),
    )


def _operands(fact: Fact) -> tuple[str, ...]:
    inside = fact.where.references if fact.where is not None else ()
    return (*(operand for operand in fact.operands if isinstance(operand, str)), *inside)


def _uses(node: AnyCompiledNode) -> Iterator[Use]:
    """The rules of a node."""
    match node:
        case ChoiceNode(ways=ways) | ForkNode(ways=ways):
            yield from (Use(("branches", way.code, "when"), way.when) for way in ways if way.when is not None)
        case DecideNode(table=table):
            yield from (Use(("table",), rule) for rule in table.rules.values())
        case CallNode(request=request, required=required):
            yield from (Use(("request", member), rule, member not in required) for member, rule in request.items())
        case NoticeNode(subject=subject, text=text) | NotifyNode(subject=subject, text=text):
            yield from (Use(("notice",), rule) for rule in _rules(subject, text))
        case EndNode(code_from=code_from, reason=reason):
            yield from (Use(("code_from",), rule) for rule in (code_from,) if rule is not None)
            yield from (Use(("reason",), rule) for rule in (_rules(reason) if reason is not None else ()))
        case EachNode(over=over):
            yield Use(("over",), over)
        case TaskNode():
            yield from (Use(("outcomes", offer.code, "when"), offer.when) for offer in node.offers if offer.when is not None)
            yield from (Use(("actor", "region"), rule) for rule in (node.region,) if rule is not None)
            yield from (Use(("actor", "instead_when"), rule) for rule in (node.instead_when,) if rule is not None)
            yield from (Use(("prefill", field), rule, True) for field, rule in node.prefill.items())


def _rules(*texts: Text) -> Iterator[Rule]:
    yield from (part for text in texts for part in text.parts if isinstance(part, Rule))

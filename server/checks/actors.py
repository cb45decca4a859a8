"""Every task finds an office, wherever in the region the case is."""

from __future__ import annotations

from collections.abc import Iterator

from server.checks.place import Place
from server.checks.subject import Subject
from server.definitions.common import LEVEL_DIGITS, Level
from server.definitions.process import Actor, Task
from server.definitions.regions import contains, level_of
from server.definitions.service import Service
from server.findings import Finding
from server.rules.expressions import Rule
from server.rules.syntax import Call, Constant, Node

#: Counties named in one finding.
_NAMED = 3


def check_actors(subject: Subject, service: Service) -> Iterator[Finding]:
    """Every county has offices at the level of every task, and regions written out exist and are low enough."""
    without_townships = _without_townships(service)
    for process_id, definition in service.processes.items():
        process = subject.processes.get(process_id)
        for name, node in definition.nodes.items():
            if not isinstance(node, Task):
                continue
            here = subject.document("process", process_id).under("nodes", name, "actor")
            rule = process.rules.get(f"/nodes/{name}/actor/region") if process is not None else None
            if isinstance(rule, Rule):
                yield from _written_out(service, node.actor, rule, here.under("region"))
            elif without_townships and _levels(node.actor) & {"township"} and node.actor.region is None:
                named = ", ".join(service.regions.regions[code] for code in without_townships[:_NAMED])
                yield here.under("level").error("county-without-offices", node=name, regions=named, count=len(without_townships))


def _levels(actor: Actor) -> set[Level]:
    return {level for level in (actor.level, actor.instead_level) if level is not None}


def _without_townships(service: Service) -> list[str]:
    """The counties of the service's region in which no township is listed."""
    known = service.regions.regions
    with_some = {code[: LEVEL_DIGITS["county"]] for code in known if level_of(code) == "township"}
    counties = (code for code in known if level_of(code) == "county" and contains(service.bundle.region, code))
    return [code for code in counties if code not in with_some]


def _written_out(service: Service, actor: Actor, rule: Rule, here: Place) -> Iterator[Finding]:
    """Region codes that a rule yields as they stand."""
    for code in dict.fromkeys(_yielded(rule.tree)):
        if code not in service.regions.regions:
            yield here.error("unknown-region", region=code)
        elif not contains(service.bundle.region, code):
            yield here.error("region-outside", region=code, upper=service.bundle.region)
        else:
            for level in sorted(_levels(actor)):
                if LEVEL_DIGITS[level_of(code)] < LEVEL_DIGITS[level]:
                    yield here.error("region-too-high", region=code, level=level)


def _yielded(tree: Node) -> Iterator[str]:
    match tree:
        case Constant(value=str() as code):
            yield code
        case Call(function="_?_:_", arguments=(_, first, second)):
            yield from (*_yielded(first), *_yielded(second))

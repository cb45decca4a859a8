"""The social assistance service read from its documents and compiled, for the tests of this folder."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import date
from functools import cache
from pathlib import Path

from server.definitions import process
from server.definitions.service import Service, read_service
from server.exports.folder import read_trees
from server.forms.compile import CompiledForm, compile_form
from server.forms.surroundings import surroundings_of
from server.rules.expressions import Environment
from server.rules.facts import Facts, compile_facts
from server.rules.types import BOOL, INT, SCALARS, STRING, RuleType
from server.rules.variables import variables_of_schema

ROOT = Path(__file__).resolve().parents[2]
SERVICE = "shanxi/social_assistance"
PLACEHOLDER = re.compile(r"\{([^{}]*)\}")


class Weekdays:
    """Working days without holidays; no rule of the application form counts them."""

    def workdays_between(self, start: date, end: date) -> int:
        return sum((start.toordinal() + day) % 7 not in (6, 0) for day in range(1, (end - start).days + 1))


@cache
def service() -> Service:
    found, findings = read_service(read_trees(ROOT).documents, SERVICE)
    assert found is not None, findings
    return found


@cache
def application_form() -> CompiledForm:
    form = compile_form(service().form, surroundings_of(service()))
    assert isinstance(form, CompiledForm), form
    return form


@cache
def task_form(form_id: str) -> CompiledForm:
    titles = {name: field.label for name, field in application_form().fields.items()}
    form = compile_form(service().task_forms[form_id], surroundings_of(service(), titles), {"outcome": STRING})
    assert isinstance(form, CompiledForm), form
    return form


def node_variables(name: str, node: process.AnyNode) -> dict[str, RuleType]:
    match node:
        case process.Task():
            answers = task_form(node.form).variables if node.form else {}
            return {f"{name}.{field}": found for field, found in answers.items()} | {
                f"{name}.outcome": STRING,
                f"{name}.round": INT,
            }
        case process.Call():
            reply = service().connectors[node.connector].operations[node.operation].reply
            return {f"{name}.{field}": found for field, found in variables_of_schema(reply).items()}
        case process.Decide():
            outputs = service().tables[node.table].outputs
            return {f"{name}.{output}": SCALARS[column.type] for output, column in outputs.items()} | {
                f"{name}.reason": STRING,
                f"{name}.row": STRING,
            }
    return {}


@cache
def environment(process_id: str) -> tuple[Environment, Facts]:
    definition = service().processes[process_id]
    known = dict(application_form().rule_variables)
    for name, node in definition.nodes.items():
        known |= node_variables(name, node)
    known |= {f"case.{part}": STRING for part in ("number", "item", "item_title", "region", "accepted_on")}
    known |= {f"provided.{name}": INT for name in service().materials.materials}
    facts = compile_facts(definition.facts, known)
    assert isinstance(facts, Facts), facts
    return Environment(known | facts.types), facts


def rules_of(definition: process.ProcessDefinition) -> Iterator[tuple[str, str, RuleType | None]]:
    """Every rule of a process with the place it stands at and the type it must have."""
    for name, node in definition.nodes.items():
        match node:
            case process.Task():
                yield from (
                    (f"{name}.{field}", rule, task_form(node.form or "").variables[field]) for field, rule in node.prefill.items()
                )
                yield from ((f"{name}.{code}", outcome.when, BOOL) for code, outcome in node.outcomes.items() if outcome.when)
                yield from (
                    (f"{name}.actor", rule, kind)
                    for rule, kind in ((node.actor.instead_when, BOOL), (node.actor.region, STRING))
                    if rule
                )
            case process.Call():
                yield from ((f"{name}.{member}", rule, None) for member, rule in node.request.items())
            case process.Choice():
                yield from ((f"{name}.{branch}", found.when, BOOL) for branch, found in node.branches.items() if found.when)
            case process.Each():
                yield name, node.over, None
            case process.End():
                yield from ((name, rule, STRING) for rule in PLACEHOLDER.findall(node.reason or ""))
                yield from ((name, rule, STRING) for rule in (node.code_from,) if rule)
            case process.Notify() | process.PublicNotice():
                notice = service().notices[node.notice]
                yield from ((f"{name}: {node.notice}", rule, None) for rule in PLACEHOLDER.findall(notice.subject + notice.text))


def targets(node: process.AnyNode) -> tuple[str, ...]:
    """The nodes a node leads to."""
    found: list[str | None] = [getattr(node, "next", None), getattr(node, "objection", None), getattr(node, "otherwise", None)]
    found += [outcome.next for outcome in getattr(node, "outcomes", {}).values()]
    found += [branch.next for branch in getattr(node, "branches", {}).values()]
    on = getattr(node, "on", None)
    if isinstance(on, process.On):
        found += [edge.next for edge in (on.timeout, on.error, *on.message.values()) if edge is not None]
    return tuple(target for target in found if target is not None)


def reached(definition: process.ProcessDefinition, start: str) -> set[str]:
    seen: set[str] = set()
    pending = [start, *(edge.next for edge in definition.on.values())]
    while pending:
        name = pending.pop()
        if name not in seen:
            seen.add(name)
            pending += targets(definition.nodes[name])
    return seen

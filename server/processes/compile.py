"""A process compiled once at publish: every rule typed, every name it uses known."""

from __future__ import annotations

from collections.abc import Mapping

from server.definitions import process
from server.definitions.service import Service
from server.definitions.workdays import Workdays
from server.findings import Finding
from server.processes.collecting import Collector
from server.processes.compile_nodes import NodeCompiler
from server.processes.compiled import CompiledProcess
from server.processes.environment import known_variables
from server.processes.references import check_references
from server.processes.structure import starts_of
from server.rules.expressions import Environment
from server.rules.facts import Facts, compile_facts
from server.rules.types import RuleType


def compile_process(
    process_id: str,
    service: Service,
    variables: Mapping[str, RuleType],
    task_variables: Mapping[str, Mapping[str, RuleType]],
) -> CompiledProcess | tuple[Finding, ...]:
    """The process ready to run, or everything wrong with it; paths of findings are relative to the bundle's process folder.

    `variables` are the application form's fields, facts and parameters; `task_variables` the fields of each task form.
    """
    definition = service.processes[process_id]
    found = Collector(process_id)
    check_references(process_id, service, found)
    _check_names(definition, variables, found)
    known = known_variables(process_id, service, variables, task_variables)
    facts = _facts(definition, known, found)
    environment = Environment(known | facts.types)
    compiler = NodeCompiler(definition, service=service, task_variables=task_variables, environment=environment, found=found)
    nodes = compiler.nodes()
    if found.findings:
        return tuple(found.findings)
    return CompiledProcess(
        id=process_id,
        definition=definition,
        nodes=nodes,
        start=starts_of(definition.nodes)[0],
        rules=compiler.rules,
        facts=facts,
        fact_names=frozenset(facts.types),
        fact_nodes=_nodes_used(facts, definition),
        tables=compiler.tables,
        notices=compiler.notices,
        variables=environment.variables,
        calendar=Workdays(service.calendar),
    )


def _check_names(definition: process.ProcessDefinition, variables: Mapping[str, RuleType], found: Collector) -> None:
    """No node has the name of a part of the form: its variables could not be told from the form's."""
    parts = {name.split(".")[0] for name in variables}
    for name in definition.nodes:
        if name in parts:
            found.add(("nodes", name), "node-hides-field", {"node": name})


def _facts(definition: process.ProcessDefinition, known: Mapping[str, RuleType], found: Collector) -> Facts:
    """The facts that compile; the others are findings."""
    document = dict(definition.facts)
    facts = compile_facts(document, known)
    while isinstance(facts, tuple):
        found.excused.update(fault.fact for fault in facts)
        for fault in facts:
            found.add(("facts", fault.fact), fault.code, fault.params)
            document.pop(fault.fact, None)
        facts = compile_facts(document, known)
    return facts


def _nodes_used(facts: Facts, definition: process.ProcessDefinition) -> frozenset[str]:
    """The nodes whose variables a fact uses."""
    names = {str(operand) for fact in facts.facts for operand in fact.operands}
    names |= {name for fact in facts.facts if fact.where is not None for name in fact.where.references}
    return frozenset({name.split(".")[0] for name in names} & definition.nodes.keys())

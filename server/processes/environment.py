"""The variables that the rules of a process may use, and their types."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from server.definitions import process
from server.definitions.service import Service
from server.rules.expressions import Environment, Rule, compile_rule
from server.rules.syntax import Call, Comprehension, Identifier, ListLiteral, Node
from server.rules.types import INT, SCALARS, STRING, RuleType, list_of, row_members
from server.rules.variables import variables_of_schema

#: What every rule knows of the case.
CASE_PARTS = ("number", "item", "item_title", "region", "accepted_on")


def variables_of_node(
    node: process.AnyNode, service: Service, task_variables: Mapping[str, Mapping[str, RuleType]]
) -> dict[str, RuleType]:
    """The variables a node leaves behind, without the node's name; those of documents that do not exist are left out."""
    match node:
        case process.Task():
            return {**task_variables.get(node.form or "", {}), "outcome": STRING, "round": INT}
        case process.Call():
            connector = service.connectors.get(node.connector)
            operation = connector.operations.get(node.operation) if connector is not None else None
            return variables_of_schema(operation.reply) if operation is not None else {}
        case process.Decide() if node.table in service.tables:
            table = service.tables[node.table]
            outputs = {name: SCALARS[output.type] for name, output in table.outputs.items()}
            if table.hit == "collect":
                outputs = {name: list_of(found) for name, found in outputs.items()}
            return {**outputs, "reason": STRING, "row": STRING}
        case process.Subprocess():
            return {"code": STRING}
    return {}


def known_variables(
    process_id: str,
    service: Service,
    variables: Mapping[str, RuleType],
    task_variables: Mapping[str, Mapping[str, RuleType]],
) -> dict[str, RuleType]:
    """Every variable of a process but its own facts."""
    known = dict(variables)
    for name, node in service.processes[process_id].nodes.items():
        found = variables_of_node(node, service, task_variables)
        known |= {f"{name}.{field}": field_type for field, field_type in found.items()}
    known |= {f"case.{part}": STRING for part in CASE_PARTS}
    known |= {f"provided.{material}": INT for material in service.materials.materials}
    return known | _row_variables(process_id, service, variables)


def element_type(tree: Node, variables: Mapping[str, RuleType]) -> RuleType | None:
    """The type of the members of the list that an expression yields, where it can be told."""
    match tree:
        case Identifier(name=name):
            found = variables.get(name)
            return found.element if found is not None else None
        case Call(function="_?_:_", arguments=(_, first, second)):
            return element_type(first, variables) or element_type(second, variables)
        case Comprehension(variable=name, over=over, step=Call(function="_?_:_", arguments=(_, kept, _))) if _keeps(kept, name):
            return element_type(over, variables)
    return None


def _keeps(step: Node, variable: str) -> bool:
    """Whether a comprehension's step adds the member itself: that of `filter`."""
    match step:
        case Call(function="_+_", arguments=(_, ListLiteral(elements=(Identifier(name=name),)))):
            return name == variable
    return False


def _row_variables(process_id: str, service: Service, variables: Mapping[str, RuleType]) -> dict[str, RuleType]:
    """The `row.<field>` variables of a process that runs once for each member of a list; all that any caller provides."""
    found: dict[str, RuleType] = {}
    for text in _lists_over(process_id, service, set()):
        rule = compile_rule(Environment(variables), text)
        element = element_type(rule.tree, variables) if isinstance(rule, Rule) else None
        if element is not None:
            found |= row_members(element, "row") if element.kind == "row" else {"row.code": element}
    return found


def _lists_over(process_id: str, service: Service, seen: set[str]) -> Iterator[str]:
    """The lists for whose members a process runs, itself or inside another."""
    seen.add(process_id)
    for caller, definition in service.processes.items():
        for node in definition.nodes.values():
            if isinstance(node, process.Each) and node.process == process_id:
                yield node.over
            elif isinstance(node, process.Subprocess) and node.process == process_id and caller not in seen:
                yield from _lists_over(caller, service, seen)

"""Outcomes of items and ends of processes name each other."""

from __future__ import annotations

from collections.abc import Iterator

from server.checks.place import nearest
from server.checks.subject import Subject
from server.definitions.process import Decide, End, ProcessDefinition
from server.definitions.service import Service
from server.findings import Finding


def check_outcomes(subject: Subject, service: Service) -> Iterator[Finding]:
    """The outcomes of an item are exactly the codes with which its process can end."""
    for item_id, item in service.items.items.items():
        definition = service.processes.get(item.process)
        if definition is None:
            continue
        codes = tuple(_end_codes(service, definition))
        for node, member, code in codes:
            if code is not None and code not in item.outcomes:
                here = subject.document("process", item.process).under("nodes", node, member)
                near = nearest(code, item.outcomes)
                yield here.error("unknown-outcome", code=code, item=item_id, suggestion=near)
        given = {code for _, _, code in codes}
        for code in item.outcomes:
            # A rule other than `<decision>.<output>` may give any code.
            if code not in given and None not in given:
                here = subject.document("items").under("items", item_id, "outcomes", code)
                yield here.error("outcome-never-reached", code=code, process=item.process)


def check_ends(subject: Subject, service: Service) -> Iterator[Finding]:
    """Every end has exactly one way to its code."""
    for process_id, definition in service.processes.items():
        for name, node in definition.nodes.items():
            if isinstance(node, End) and (node.code is None) == (node.code_from is None):
                yield subject.document("process", process_id).under("nodes", name).error("end-code", node=name)


def _end_codes(service: Service, definition: ProcessDefinition) -> Iterator[tuple[str, str, str | None]]:
    """Node, member and code of every way to end; no code where a rule leaves it open."""
    for name, node in definition.nodes.items():
        if not isinstance(node, End):
            continue
        if node.code is not None:
            yield name, "code", node.code
        if node.code_from is not None:
            codes = _codes_of_table(service, definition, node.code_from)
            yield from ((name, "code_from", code) for code in codes or (None,))


def _codes_of_table(service: Service, definition: ProcessDefinition, rule: str) -> tuple[str, ...]:
    """What a rule `<decision>.<output>` can yield; nothing for other rules."""
    node_id, _, output = rule.strip().partition(".")
    node = definition.nodes.get(node_id)
    table = service.tables.get(node.table) if isinstance(node, Decide) else None
    if table is None or output not in table.outputs:
        return ()
    return tuple(dict.fromkeys(str(row.then[output]) for row in table.rows if output in row.then))

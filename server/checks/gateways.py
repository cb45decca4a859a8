"""A choice leads somewhere in every case."""

from __future__ import annotations

from collections.abc import Iterator

from server.checks.domains import known_of_process
from server.checks.subject import Subject
from server.definitions.service import Service
from server.findings import Finding
from server.processes.compiled import ChoiceNode
from server.rules.formulas import Not, can_hold, formula_of, variables_of


def check_gateways(subject: Subject, service: Service) -> Iterator[Finding]:
    """A choice without `otherwise` is proved to have an open branch in every case; without a proof it does not pass."""
    for process_id, process in subject.processes.items():
        known = known_of_process(subject, service, process_id)
        nodes = subject.document("process", process_id).under("nodes")
        for name, node in process.nodes.items():
            if not isinstance(node, ChoiceNode) or node.otherwise is not None:
                continue
            closed = [Not(formula_of(way.when.tree)) for way in node.ways if way.when is not None]
            if len(closed) == len(node.ways) and can_hold(closed, known.domains, known.conditions):
                # Arithmetic and comparisons of two variables are no names: what they come to together is not known.
                decided = all(isinstance(test.variable, str) for formula in closed for test in variables_of(formula))
                yield nodes.under(name).error("choice-not-total" if decided else "choice-not-decided", node=name)

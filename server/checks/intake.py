"""The intake opens cases and gathers their results; offices, systems and the public meet the cases, never the intake."""

from __future__ import annotations

from collections.abc import Iterator

from server.checks.subject import Subject
from server.definitions.process import AnyNode, Choice, Decide, Each, End, Notify, On, Start
from server.definitions.service import Service
from server.findings import Finding

_PASSING = (Start, End, Choice, Decide, Notify)


def check_intake(subject: Subject, service: Service) -> Iterator[Finding]:
    """The intake opens cases and beside that only decides and tells; no other process opens any."""
    for process_id, definition in service.processes.items():
        for name, node in definition.nodes.items():
            here = subject.document("process", process_id).under("nodes", name)
            if process_id == service.items.intake and not _fits_intake(node):
                yield here.error("not-in-intake", node=name)
            elif process_id != service.items.intake and _opens_cases(node):
                yield here.error("case-in-case", node=name)
    intake = service.processes.get(service.items.intake)
    if intake is not None and not any(map(_opens_cases, intake.nodes.values())):
        yield subject.document("items").under("intake").error("intake-starts-nothing", process=service.items.intake)


def _fits_intake(node: AnyNode) -> bool:
    return isinstance(node, _PASSING) or (isinstance(node, Each) and node.process is None and node.on == On())


def _opens_cases(node: AnyNode) -> bool:
    return isinstance(node, Each) and node.process is None

"""Documents that nothing uses."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from server.checks.references import MATERIAL_LISTS
from server.checks.subject import Subject
from server.definitions.process import Call, Decide, Each, Notify, PublicNotice, Subprocess, Task
from server.definitions.service import Service
from server.findings import Finding
from server.types import JsonValue


def check_unused(subject: Subject, service: Service) -> Iterator[Finding]:
    """A note on every document of the bundle that no other document names."""
    used = _used_by_items(service) | _used_by_nodes(service) | _used_by_schemas(subject)
    used |= {("codelist", column.codelist) for table in service.tables.values() for column in table.inputs.values()}
    used |= {("codelist", column.codelist) for table in service.tables.values() for column in table.outputs.values()}
    written: dict[str, Iterable[str]] = {
        "process": service.processes,
        "table": service.tables,
        "notice": service.notices,
        "connector": service.connectors,
        "task_data_schema": service.task_forms,
        "codelist": [name for name in service.codelists if subject.path("codelist", name) in subject.documents],
        "consent": service.consents,
        "guide": service.guides,
    }
    for kind, names in written.items():
        for name in names:
            if (kind, name) not in used:
                yield subject.document(kind, name).note("unused-document", name=name)


def _used_by_items(service: Service) -> set[tuple[str, str | None]]:
    used: set[tuple[str, str | None]] = {("process", service.items.intake)}
    used |= {("process", item.process) for item in service.items.items.values()}
    used |= {("consent", material.template) for material in service.materials.materials.values()}
    used |= {("guide", name) for name in ("index", *service.items.items)}
    used |= {("codelist", name) for name in MATERIAL_LISTS if service.materials.materials}
    return used


def _used_by_nodes(service: Service) -> set[tuple[str, str | None]]:
    used: set[tuple[str, str | None]] = set()
    for definition in service.processes.values():
        for node in definition.nodes.values():
            match node:
                case Task():
                    used.add(("task_data_schema", node.form))
                case Call():
                    used.add(("connector", node.connector))
                case Decide():
                    used.add(("table", node.table))
                case PublicNotice() | Notify():
                    used.add(("notice", node.notice))
                case Subprocess() | Each():
                    used.add(("process", node.process))
    return used


def _used_by_schemas(subject: Subject) -> set[tuple[str, str | None]]:
    """Code lists and consent texts that data schemas name."""
    used: set[tuple[str, str | None]] = set()
    pending: list[JsonValue] = [value for path, value in subject.documents.items() if path.endswith("/data.schema.json")]
    while pending:
        part = pending.pop()
        if isinstance(part, list):
            pending += part
        elif isinstance(part, dict):
            pending += part.values()
            element = part.get("x-element")
            used |= {("codelist", part["x-codelist"])} if isinstance(part.get("x-codelist"), str) else set()
            used |= (
                {("consent", element["text"])} if isinstance(element, dict) and isinstance(element.get("text"), str) else set()
            )
    return used

"""What applicants are asked to supply can be asked, is told to them, and comes back to the case."""

from __future__ import annotations

from collections.abc import Iterator

from server.checks.layout import form_document
from server.checks.subject import Subject
from server.definitions.process import Task, Wait
from server.definitions.service import Service
from server.findings import Finding

#: The message that brings what was missing.
_MESSAGE = "supplement"
#: Answer of the asking task to the list its codes are from.
_LISTS = {"supplement_fields": "fields", "supplement_materials": "materials"}


def check_supplements(subject: Subject, service: Service) -> Iterator[Finding]:
    """A wait for what is missing names the task that says what is, and that task's form can say it."""
    for process_id, definition in service.processes.items():
        for name, node in definition.nodes.items():
            if not isinstance(node, Wait):
                continue
            here = subject.document("process", process_id).under("nodes", name)
            if node.supplement is not None and node.message != _MESSAGE:
                yield here.error("supplement-not-awaited", node=name, message=_MESSAGE)
            elif node.message == _MESSAGE and node.supplement is None:
                yield here.error("supplement-of-nothing", node=name)
            asking = definition.nodes.get(node.supplement or "")
            if isinstance(asking, Task) and asking.form in service.task_forms:
                yield from _asked(subject, service, str(asking.form))


def _asked(subject: Subject, service: Service, form_id: str) -> Iterator[Finding]:
    form = service.task_forms[form_id]
    if form.id in subject.broken:
        return
    properties = form.schema.get("properties", {})
    document = form_document(service, form, "data.schema.json").under("properties")
    if not _LISTS.keys() & properties.keys():
        yield document.error("supplement-cannot-be-asked", form=form_id)
    for name, codelist in _LISTS.items():
        items = properties.get(name, {}).get("items")
        if name in properties and (not isinstance(items, dict) or items.get("x-codelist") != codelist):
            yield document.under(name).error("supplement-of-other-list", field=name, codelist=codelist)

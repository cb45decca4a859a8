"""Names that a service may not give, because something else has them everywhere."""

from __future__ import annotations

import re
from collections.abc import Iterator

from server.checks.layout import form_document
from server.checks.subject import Subject
from server.definitions.form import FormDefinition
from server.definitions.service import Service
from server.findings import Finding

#: A service is addressed by its folder and that of its province or issuer.
_SERVICE_ID = re.compile(r"[a-z][a-z0-9_]*/[a-z][a-z0-9_]*")
#: First parts of names that applications and their processes know beside the fields of the form.
_OF_APPLICATIONS = frozenset({"materials", "parameters", "case", "provided", "row"})
#: The same for the answers of a task.
_OF_TASKS = frozenset({"outcome", "round", "parameters", "row"})


def check_names(subject: Subject, service: Service) -> Iterator[Finding]:
    """The service can be addressed, and no field or fact has a name that means something else in every rule."""
    if not _SERVICE_ID.fullmatch(subject.id):
        yield subject.document("bundle").under("id").error("bundle-id-form", id=subject.id)
    yield from _taken(subject, service, service.form, _OF_APPLICATIONS)
    for form in service.task_forms.values():
        yield from _taken(subject, service, form, _OF_TASKS)


def _taken(subject: Subject, service: Service, form: FormDefinition, taken: frozenset[str]) -> Iterator[Finding]:
    if form.id not in subject.broken:
        for name in form.schema.get("properties", {}):
            if name in taken:
                yield form_document(service, form, "data.schema.json").under("properties", name).error("name-taken", name=name)
    for name in form.logic.facts:
        if name.split(".")[0] in taken:
            yield form_document(service, form, "logic.json").under("facts", name).error("name-taken", name=name)

"""What is checked: the documents of one service, read and compiled as far as they let themselves be."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

import msgspec

from server.checks.materials import MaterialRules, compile_materials
from server.checks.place import Place
from server.definitions.data_schema import schema_faults
from server.definitions.form import FormDefinition
from server.definitions.process import Call, ProcessDefinition, Task
from server.definitions.regions import contains
from server.definitions.service import (
    FORM_TREE,
    LIBRARY,
    PROCESS_TREE,
    Documents,
    Service,
    documents_of,
    path_of,
    read_service,
)
from server.definitions.workdays import is_day
from server.documents.canonical import fault_of
from server.documents.pointer import format_pointer
from server.findings import Finding
from server.forms.compile import CompiledForm, compile_form, labels_of
from server.forms.surroundings import FormSurroundings, surroundings_of
from server.overlays.compose import Composed, compose
from server.overlays.overlay import base_documents
from server.processes.compile import compile_process
from server.processes.compiled import CompiledProcess
from server.rules.facts import Facts, compile_facts
from server.rules.types import STRING, RuleType
from server.rules.variables import variables_of_schema
from server.types import JsonValue

#: What a task form knows besides its own answers: the outcome the official has chosen.
TASK_FORM_VARIABLES: Mapping[str, RuleType] = {"outcome": STRING}


class Subject(msgspec.Struct, frozen=True, kw_only=True):
    """One service on its way to a release; parts that do not compile are absent and explained by `findings`."""

    id: str
    region: str
    documents: dict[str, JsonValue]
    service: Service | None = None
    #: Form ids, and `<connector>.<operation>`, whose schemas cannot be used.
    broken: frozenset[str] = frozenset()
    form: CompiledForm | None = None
    task_forms: dict[str, CompiledForm] = {}
    processes: dict[str, CompiledProcess] = {}
    materials: dict[str, MaterialRules] = {}
    #: How the documents came about.
    composed: Composed | None = None
    #: What they were composed of.
    sources: Mapping[str, JsonValue] = {}
    #: Met while composing, reading and compiling.
    findings: tuple[Finding, ...] = ()

    def path(self, kind: str, name: str = "") -> str:
        """The path of one of the service's documents."""
        return path_of(self.id, kind, name)

    def document(self, kind: str, name: str = "") -> Place:
        """The place of one of the service's documents."""
        return Place(self.path(kind, name))


def compile_subject(documents: Documents, service_id: str, region: str) -> Subject:
    """The service's documents as they hold in the region, read and compiled; what stands in the way is among the findings.

    Nothing is ever raised. The subject's region is the lowest one on the way down to `region` that changes something.
    """
    sources = documents_of(documents, service_id)
    inexact = tuple(_inexact(sources))
    if inexact:
        return Subject(id=service_id, region=region, documents=base_documents(sources, service_id), findings=inexact)
    composed = compose(sources, service_id=service_id, region=region)
    service, found = read_service(composed.documents, service_id)
    subject = Subject(
        id=service_id,
        region=_region(composed, sources),
        documents=composed.documents,
        service=service,
        composed=composed,
        sources=sources,
        findings=(*composed.findings, *found),
    )
    return subject if service is None else _compiled(subject, service)


def _region(composed: Composed, sources: Documents) -> str:
    """The region of a release: of the lowest layer, or of the base where the region asked for lies in it."""
    if composed.layers:
        return composed.layers[-1]
    listed = sources.get(f"{LIBRARY}/regions/{composed.base}.json")
    known = listed.get("regions") if isinstance(listed, dict) else None
    inside = isinstance(known, dict) and composed.region in known and contains(composed.base, composed.region)
    return composed.base if inside else composed.region


def _compiled(subject: Subject, service: Service) -> Subject:
    found = list(subject.findings)
    broken = _broken_schemas(service, found)
    surroundings = surroundings_of(service)
    form = None if service.form.id in broken else _form(service.form, surroundings, {}, service.id, found)
    variables = form.rule_variables if form is not None else _variables(service.form, surroundings, broken)
    titles = labels_of(form) if form is not None else {name: name for name in variables or {}}
    task_surroundings = surroundings_of(service, titles)
    task_forms: dict[str, CompiledForm] = {}
    for name, definition in service.task_forms.items():
        if definition.id not in broken:
            task_form = _form(definition, task_surroundings, TASK_FORM_VARIABLES, service.id, found)
            task_forms |= {name: task_form} if task_form is not None else {}
    processes = _processes(_with_days(service), variables, broken, found) if variables is not None else {}
    materials, faults = compile_materials(service, variables) if variables is not None else ({}, ())
    return msgspec.structs.replace(
        subject,
        broken=broken,
        form=form,
        task_forms=task_forms,
        processes=processes,
        materials=materials,
        findings=(*found, *faults),
    )


def _inexact(documents: Documents) -> Iterator[Finding]:
    """Documents without canonical bytes: they hold numbers beyond exactness or characters no text can have."""
    for path, value in documents.items():
        fault = fault_of(value)
        if fault:
            yield Finding(code="document-not-exact", severity="error", path=path, params={"detail": fault})


def _broken_schemas(service: Service, found: list[Finding]) -> frozenset[str]:
    """Form ids and `<connector>.<operation>` whose schemas cannot be used."""
    broken: set[str] = set()
    for name, definition in {"": service.form, **service.task_forms}.items():
        faults = schema_faults(definition.schema, path_of(service.id, "task_data_schema" if name else "data_schema", name))
        found += faults
        broken |= {definition.id} if faults else set()
    for connector_id, connector in service.connectors.items():
        for name, operation in connector.operations.items():
            for member, schema in (("request", operation.request), ("reply", operation.reply)):
                under = format_pointer(("operations", name, member))
                faults = schema_faults(schema, path_of(service.id, "connector", connector_id), under=under)
                found += faults
                broken |= {f"{connector_id}.{name}"} if faults else set()
    return frozenset(broken)


def _form(
    definition: FormDefinition,
    surroundings: FormSurroundings,
    extra: Mapping[str, RuleType],
    service_id: str,
    found: list[Finding],
) -> CompiledForm | None:
    form = compile_form(definition, surroundings, extra)
    if isinstance(form, CompiledForm):
        return form
    found += _placed(form, FORM_TREE, service_id)
    return None


def _variables(definition: FormDefinition, surroundings: FormSurroundings, broken: frozenset[str]) -> dict[str, RuleType] | None:
    """What rules may use of a form that does not compile, unless its schema or its facts are what is wrong."""
    if definition.id in broken:
        return None
    known = variables_of_schema(definition.schema) | surroundings.parameters
    facts = compile_facts(definition.logic.facts, known)
    return known | facts.types if isinstance(facts, Facts) else None


def _processes(
    service: Service, variables: Mapping[str, RuleType], broken: frozenset[str], found: list[Finding]
) -> dict[str, CompiledProcess]:
    task_variables = {
        name: variables_of_schema(form.schema) for name, form in service.task_forms.items() if form.id not in broken
    }
    compiled: dict[str, CompiledProcess] = {}
    for name, definition in service.processes.items():
        if broken.intersection(_schemas_of(definition)):
            continue
        process = compile_process(name, service, variables, task_variables)
        if isinstance(process, CompiledProcess):
            compiled[name] = process
        else:
            found += _placed(process, PROCESS_TREE, service.id)
    return compiled


def _schemas_of(definition: ProcessDefinition) -> Iterator[str]:
    """The schemas a process leans on, named as `_broken_schemas` names them."""
    for node in definition.nodes.values():
        if isinstance(node, Call):
            yield f"{node.connector}.{node.operation}"
        elif isinstance(node, Task) and node.form is not None:
            yield f"tasks/{node.form}"


def _placed(findings: tuple[Finding, ...], tree: str, service_id: str) -> Iterator[Finding]:
    """Findings whose paths are relative to the bundle's folder in a tree, with their whole paths."""
    return (msgspec.structs.replace(finding, path=f"{tree}/{service_id}/{finding.path}") for finding in findings)


def _with_days(service: Service) -> Service:
    """The service with only those days in its calendar that are days; the others are findings of a check."""
    calendar = service.calendar
    days = {name: tuple(filter(is_day, getattr(calendar, name))) for name in ("holidays", "workdays")}
    return msgspec.structs.replace(service, calendar=msgspec.structs.replace(calendar, **days))

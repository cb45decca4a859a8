"""What is checked: the documents of one service, read and compiled as far as they let themselves be."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import partial

import msgspec

from server.checks.materials import MaterialRules, compile_materials
from server.checks.place import Place
from server.checks.workshop import Workshop
from server.definitions.bundle import Calendar
from server.definitions.data_schema import schema_faults
from server.definitions.form import FormDefinition
from server.definitions.process import Call, ProcessDefinition, Task
from server.definitions.regions import RegionTree, contains
from server.definitions.service import (
    FORM_TREE,
    LIBRARY,
    PROCESS_TREE,
    Documents,
    Service,
    documents_of,
    path_of,
    read_document,
    read_service,
)
from server.definitions.workdays import is_day
from server.documents.canonical import fault_of
from server.documents.pointer import format_pointer
from server.findings import Finding
from server.forms.compile import CompiledForm, compile_form, labels_of
from server.forms.surroundings import FormSurroundings, surroundings_of, task_surroundings
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


def compile_subject(documents: Documents, service_id: str, region: str, workshop: Workshop | None = None) -> Subject:
    """The service's documents as they hold in the region, read and compiled; what stands in the way is among the findings.

    Nothing is ever raised. The subject's region is the lowest one on the way down to `region` that changes something. What
    a `workshop` has made of the same documents before is not made again.
    """
    shop = workshop or Workshop()
    sources = shop.same(documents_of(documents, service_id))
    inexact = tuple(finding for path in sources for finding in shop.made(("exact", path), _inexact, path, sources[path]))
    if inexact:
        return Subject(id=service_id, region=region, documents=base_documents(sources, service_id), findings=inexact)
    composed = compose(sources, service_id=service_id, region=region)
    own = shop.same(composed.documents)
    service, found = read_service(own, service_id, lambda value, place, path: shop.made(path, read_document, value, place, path))
    subject = Subject(
        id=service_id,
        region=_region(composed, sources),
        documents=own,
        service=service,
        composed=composed,
        sources=sources,
        findings=(*composed.findings, *found),
    )
    return subject if service is None else _compiled(subject, service, shop)


def _region(composed: Composed, sources: Documents) -> str:
    """The region of a release: of the lowest layer, or of the base where the region asked for lies in it."""
    if composed.layers:
        return composed.layers[-1]
    listed = sources.get(f"{LIBRARY}/regions/{composed.base}.json")
    known = listed.get("regions") if isinstance(listed, dict) else None
    inside = isinstance(known, dict) and composed.region in known and contains(composed.base, composed.region)
    return composed.base if inside else composed.region


def _compiled(subject: Subject, service: Service, shop: Workshop) -> Subject:
    broken, faults = shop.seen("schemas", _broken_schemas, service)
    found = [*subject.findings, *faults]
    regions = shop.made("regions", RegionTree, service.regions.regions)
    surroundings = surroundings_of(service, regions=regions)
    form = None if service.form.id in broken else _form(service.form, surroundings, {}, service.id, found, shop)
    variables = form.rule_variables if form is not None else _variables(service.form, surroundings, broken)
    titles = labels_of(form) if form is not None else {name: name for name in variables or {}}
    offering = surroundings_of(service, titles, regions)
    task_forms: dict[str, CompiledForm] = {}
    for name, definition in service.task_forms.items():
        if definition.id not in broken:
            narrowed = task_surroundings(offering, definition.schema)
            task_form = _form(definition, narrowed, TASK_FORM_VARIABLES, service.id, found, shop)
            task_forms |= {name: task_form} if task_form is not None else {}
    processes = _processes(_with_days(service, shop), variables, broken, found, shop) if variables is not None else {}
    materials: dict[str, MaterialRules] = {}
    if variables is not None:
        materials, faults = shop.seen("materials", compile_materials, service, given=(variables,))
        found += faults
    return msgspec.structs.replace(
        subject,
        broken=broken,
        form=form,
        task_forms=task_forms,
        processes=processes,
        materials=materials,
        findings=tuple(found),
    )


def _inexact(path: str, value: JsonValue) -> tuple[Finding, ...]:
    """A finding for a document without canonical bytes: it holds numbers beyond exactness or characters no text can have."""
    fault = fault_of(value)
    return (Finding(code="document-not-exact", severity="error", path=path, params={"detail": fault}),) if fault else ()


def _broken_schemas(service: Service) -> tuple[frozenset[str], tuple[Finding, ...]]:
    """Form ids and `<connector>.<operation>` whose schemas cannot be used, and why."""
    broken: set[str] = set()
    found: list[Finding] = []
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
    return frozenset(broken), tuple(found)


def _form(
    definition: FormDefinition,
    surroundings: FormSurroundings,
    extra: Mapping[str, RuleType],
    service_id: str,
    found: list[Finding],
    shop: Workshop,
) -> CompiledForm | None:
    form = shop.made(definition.id, compile_form, definition, surroundings, extra)
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
    service: Service, variables: Mapping[str, RuleType], broken: frozenset[str], found: list[Finding], shop: Workshop
) -> dict[str, CompiledProcess]:
    task_variables = {
        name: shop.made(("variables", name), variables_of_schema, form.schema)
        for name, form in service.task_forms.items()
        if form.id not in broken
    }
    compiled: dict[str, CompiledProcess] = {}
    for name, definition in service.processes.items():
        if broken.intersection(_schemas_of(definition)):
            continue
        make = partial(compile_process, name)
        process = shop.seen(("process", name), make, service, given=(variables, task_variables))
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


def _with_days(service: Service, shop: Workshop) -> Service:
    """The service with only those days in its calendar that are days; the others are findings of a check."""
    return msgspec.structs.replace(service, calendar=shop.made("days", _only_days, service.calendar))


def _only_days(calendar: Calendar) -> Calendar:
    days = {name: tuple(filter(is_day, getattr(calendar, name))) for name in ("holidays", "workdays")}
    return msgspec.structs.replace(calendar, **days)

"""What is checked: the documents of one service, read and compiled as far as they let themselves be."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

import msgspec

from server.definitions.materials import Material
from server.definitions.service import Documents, Service, documents_of, path_of, read_service
from server.definitions.workdays import Workdays
from server.documents.pointer import format_pointer
from server.findings import Finding
from server.forms.compile import CompiledForm, compile_form, labels_of
from server.forms.surroundings import surroundings_of
from server.rules.expressions import Environment, Rule, compile_rule
from server.rules.types import BOOL, STRING, RuleType
from server.types import JsonValue

#: What a task form knows besides its own answers: the outcome the official has chosen.
TASK_FORM_VARIABLES: Mapping[str, RuleType] = {"outcome": STRING}


class MaterialRules(msgspec.Struct, frozen=True, kw_only=True):
    """A material with its compiled rules."""

    id: str
    material: Material
    due: Rule
    waived: Rule | None = None


class Subject(msgspec.Struct, frozen=True, kw_only=True):
    """One service on its way to a release; parts that do not compile are absent and explained by `findings`."""

    id: str
    region: str
    documents: dict[str, JsonValue]
    service: Service | None = None
    form: CompiledForm | None = None
    task_forms: dict[str, CompiledForm] = {}
    materials: dict[str, MaterialRules] = {}
    #: Met while reading and compiling.
    findings: tuple[Finding, ...] = ()

    def path(self, kind: str, name: str = "") -> str:
        """The path of one of the service's documents."""
        return path_of(self.id, kind, name)


def compile_subject(documents: Documents, service_id: str, region: str) -> Subject:
    """The service's documents read and compiled; whatever stands in the way is among the findings, never raised."""
    own = {path: value for path, value in documents_of(documents, service_id).items() if "/overlays/" not in path}
    service, findings = read_service(own, service_id)
    subject = Subject(id=service_id, region=region, documents=own, service=service, findings=findings)
    if service is None:
        return subject
    form = compile_form(service.form, surroundings_of(service))
    if not isinstance(form, CompiledForm):
        return msgspec.structs.replace(subject, findings=(*findings, *_placed(form, service_id)))
    found = list(findings)
    task_forms = _task_forms(service, form, found)
    materials = _materials(service, form, found)
    return msgspec.structs.replace(subject, form=form, task_forms=task_forms, materials=materials, findings=tuple(found))


def calendar_of(service: Service) -> Workdays:
    """The working days of a service."""
    return Workdays(service.calendar)


def _task_forms(service: Service, form: CompiledForm, found: list[Finding]) -> dict[str, CompiledForm]:
    surroundings = surroundings_of(service, labels_of(form))
    compiled: dict[str, CompiledForm] = {}
    for name, definition in service.task_forms.items():
        task_form = compile_form(definition, surroundings, TASK_FORM_VARIABLES)
        if isinstance(task_form, CompiledForm):
            compiled[name] = task_form
        else:
            found += _placed(task_form, service.id)
    return compiled


def _materials(service: Service, form: CompiledForm, found: list[Finding]) -> dict[str, MaterialRules]:
    environment = Environment(form.rule_variables)
    path = path_of(service.id, "materials")
    compiled: dict[str, MaterialRules] = {}
    for name, material in sorted(service.materials.materials.items(), key=lambda entry: (entry[1].row, entry[0])):
        rules: dict[str, Rule] = {}
        for aspect in ("due", "waived"):
            text = getattr(material, aspect)
            if text is None:
                continue
            rule = compile_rule(environment, text, BOOL)
            if isinstance(rule, Rule):
                rules[aspect] = rule
                continue
            pointer = format_pointer(("materials", name, aspect))
            found += (Finding(code=f.code, severity="error", path=path, pointer=pointer, params=f.params) for f in rule)
        if "due" in rules:
            compiled[name] = MaterialRules(id=name, material=material, due=rules["due"], waived=rules.get("waived"))
    return compiled


def _placed(findings: Iterable[Finding], service_id: str) -> tuple[Finding, ...]:
    """A form's findings with their documents' full paths."""
    tree = path_of(service_id, "bundle").removesuffix("bundle.json")
    return tuple(msgspec.structs.replace(finding, path=tree + finding.path) for finding in findings)

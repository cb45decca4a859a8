"""Names that lead from one document to another: processes, agencies, fields, items, texts and codes."""

from __future__ import annotations

import re
from collections.abc import Iterator

from server.checks.place import Place, nearest, repeated
from server.checks.subject import Subject
from server.definitions.process import Actor, Task
from server.definitions.regions import contains
from server.definitions.service import Service
from server.findings import Finding
from server.rules.types import STRING, RuleType, list_of

FORMAT = 1
#: A rule that is nothing but a text.
_TEXT = re.compile("'([^']*)'")
#: Code lists of the kind and the form of materials.
MATERIAL_LISTS = ("material_kind", "material_form")


def check_head(subject: Subject, service: Service) -> Iterator[Finding]:
    """The head of the bundle: its id and format, its region, and the fields it names."""
    head, document = service.bundle, subject.document("bundle")
    if head.id != subject.id:
        yield document.under("id").error("bundle-id", id=head.id, expected=subject.id)
    if head.format != FORMAT:
        yield document.under("format").error("unknown-format", format=head.format, expected=FORMAT)
    if head.region not in service.regions.regions:
        yield document.under("region").error("unknown-region", region=head.region)
    elif subject.region not in service.regions.regions or not contains(head.region, subject.region):
        yield document.under("region").error("region-outside", region=subject.region, upper=head.region)
    if subject.form is None:
        return
    yield from _field_of_type(subject.form.variables, head.place_field, STRING, document.under("place_field"))
    yield from _field_of_type(subject.form.variables, head.person_field, STRING, document.under("person_field"))
    yield from _field_of_type(subject.form.variables, head.name_field, STRING, document.under("name_field"))
    yield from _field_of_type(subject.form.variables, head.items_field, list_of(STRING), document.under("items_field"))


def check_items(subject: Subject, service: Service) -> Iterator[Finding]:
    """Every item leads to a process, an office and fields that exist, and its limits agree."""
    document = subject.document("items")
    if not service.items.items:
        yield document.under("items").error("no-items")
    yield from _process(subject, service, service.items.intake, document.under("intake"))
    yield from _scope(subject, service.items.common_scope, document.under("common_scope"))
    for item_id, item in service.items.items.items():
        here = document.under("items", item_id)
        yield from _process(subject, service, item.process, here.under("process"))
        yield from _office(service, item.lead_agency, item.level, here.under("lead_agency"), here.under("level"))
        yield from _scope(subject, item.data_scope, here.under("data_scope"))
        if item.promised_limit is not None and item.legal_limit is not None and item.promised_limit > item.legal_limit:
            yield here.under("promised_limit").error(
                "promised-beyond-legal", promised=item.promised_limit, legal=item.legal_limit
            )


def check_materials(subject: Subject, service: Service) -> Iterator[Finding]:
    """Materials name items, kinds, forms and texts that exist; what is waived says why."""
    rows: dict[int, str] = {}
    for name, material in service.materials.materials.items():
        here = subject.document("materials").under("materials", name)
        for index, item_id in enumerate(material.items or ()):
            if item_id not in service.items.items:
                near = nearest(item_id, service.items.items)
                yield here.under("items", index).error("unknown-item", item=item_id, suggestion=near)
        for index in repeated(material.items or ()):
            yield here.under("items", index).error("listed-twice", entry=(material.items or ())[index])
        if material.items == ():
            yield here.under("items").error("material-without-item", material=name)
        for list_id, member, code in zip(MATERIAL_LISTS, ("kind", "form"), (material.kind, material.form), strict=True):
            yield from _code(service, list_id, code, here.under(member))
        if material.template is not None and material.template not in service.consents:
            near = nearest(material.template, service.consents)
            yield here.under("template").error("unknown-consent", text=material.template, suggestion=near)
        if material.waived is not None and not material.waived_reason:
            yield here.under("waived").error("waived-without-reason", material=name)
        if material.row in rows:
            yield here.under("row").error("row-twice", row=material.row, other=rows[material.row])
        rows.setdefault(material.row, name)


def check_offices(subject: Subject, service: Service) -> Iterator[Finding]:
    """Every agency has an office, and every task goes to a level at which its agency has one."""
    for agency_id, agency in service.agencies.agencies.items():
        if not agency.levels:
            here = subject.document("agencies").under("agencies", agency_id, "levels")
            yield here.error("agency-without-office", agency=agency_id)
    for process_id, definition in service.processes.items():
        for node_id, node in definition.nodes.items():
            if isinstance(node, Task):
                here = subject.document("process", process_id).under("nodes", node_id, "actor")
                yield from _actor(service, node.actor, here)
                fixed = _TEXT.fullmatch((node.actor.region or "").strip())
                if fixed is not None and fixed[1] not in service.regions.regions:
                    yield here.under("region").error("unknown-region", region=fixed[1])


def check_connectors(subject: Subject, service: Service) -> Iterator[Finding]:
    """Connectors belong to agencies and declare fields that exist."""
    for connector_id, connector in service.connectors.items():
        document = subject.document("connector", connector_id)
        if connector.owner is not None and connector.owner not in service.agencies.agencies:
            near = nearest(connector.owner, service.agencies.agencies)
            yield document.under("owner").error("unknown-agency", agency=connector.owner, suggestion=near)
        for name, operation in connector.operations.items():
            if not operation.path.startswith("/"):
                yield document.under("operations", name, "path").error("path-without-slash", path=operation.path)
            yield from _scope(subject, operation.data_scope, document.under("operations", name, "data_scope"))


def _actor(service: Service, actor: Actor, here: Place) -> Iterator[Finding]:
    yield from _office(service, actor.agency, actor.level, here.under("agency"), here.under("level"))
    if actor.instead_level is not None and actor.agency in service.agencies.agencies:
        yield from _office(service, actor.agency, actor.instead_level, here.under("agency"), here.under("instead_level"))
    if (actor.instead_level is None) != (actor.instead_when is None):
        yield here.error("instead-incomplete")


def _office(service: Service, agency_id: str, level: str, at_agency: Place, at_level: Place) -> Iterator[Finding]:
    agency = service.agencies.agencies.get(agency_id)
    if agency is None:
        near = nearest(agency_id, service.agencies.agencies)
        yield at_agency.error("unknown-agency", agency=agency_id, suggestion=near)
    elif level not in agency.levels:
        yield at_level.error("agency-without-level", agency=agency_id, level=level)


def _code(service: Service, list_id: str, code: str, here: Place) -> Iterator[Finding]:
    codelist = service.codelists.get(list_id)
    if codelist is None:
        yield here.error("unknown-codelist", codelist=list_id, suggestion=nearest(list_id, service.codelists))
    elif code not in codelist.codes:
        yield here.error("unknown-code", code=code, codelist=list_id, suggestion=nearest(code, codelist.codes))


def _process(subject: Subject, service: Service, process_id: str, here: Place) -> Iterator[Finding]:
    if subject.path("process", process_id) not in subject.documents:
        yield here.error("unknown-process", process=process_id, suggestion=nearest(process_id, service.processes))


def _scope(subject: Subject, fields: tuple[str, ...], here: Place) -> Iterator[Finding]:
    if subject.form is None:
        return
    for index, field in enumerate(fields):
        if field not in subject.form.fields:
            near = nearest(field, subject.form.fields)
            yield here.under(index).error("unknown-field", field=field, suggestion=near)
    for index in repeated(fields):
        yield here.under(index).error("field-twice", field=fields[index])


def _field_of_type(variables: dict[str, RuleType], field: str, expected: RuleType, here: Place) -> Iterator[Finding]:
    found = variables.get(field)
    if found is None:
        yield here.error("unknown-field", field=field, suggestion=nearest(field, variables))
    elif found != expected:
        yield here.error("field-type", field=field, expected=str(expected), found=str(found))
